"""The city plays WeChat, in a process of its own; only the addresses are put together here."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from juzhu import wiring
from juzhu.adapters.background import close_background
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.sms_http import HttpSms
from juzhu.adapters.wechat_api import WechatApi
from juzhu.adapters.wechat_crypto import Callbacks
from juzhu.adapters.wechat_file import WechatSettings, citys_wechat
from juzhu.city.process import CityProcess
from juzhu.modules.channels.lent import LentSecrets
from juzhu.modules.notices.texts import TEXTS

PHONE = "13800006021"


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityProcess]:
    with CityProcess(tmp_path_factory.mktemp("wechat-city")) as running:
        yield running
    close_background()


@dataclass
class Wechat:
    """The other side: WeChat's API, phones and faults."""

    city: CityProcess
    settings: WechatSettings

    def post(self, path: str, content: Any) -> Any:
        connection = http.client.HTTPConnection(self.city.host, self.city.port, timeout=10)
        try:
            headers = {"content-type": "application/json"}
            connection.request("POST", path, json.dumps(content), headers)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
            return json.loads(body)
        finally:
            connection.close()

    def control(self, **wishes: Any) -> Any:
        return self.post("/wechat/control.json", wishes)

    def calls(self, path: str) -> int:
        return int(self.control()["calls"].get(path, 0))

    def phone(self, number: str = PHONE) -> list[dict[str, Any]]:
        return list(self.control()["phones"].get(number, []))

    def misbehave(self, mode: str) -> None:
        self.post("/control/services/wechat", {"mode": mode, "latency_ms": 0})

    def code(self, number: str = PHONE) -> str:
        return str(self.control(code_for=number)["code"])

    def openid(self, api: WechatApi, number: str = PHONE) -> str:
        return api.openid_of(self.code(number))


@pytest.fixture
def wechat(world, city: CityProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wechat]:
    """Yield WeChat as the service finds it; nothing of the test before is left in its faults."""
    words = {occasion.value: editions[-1].chinese for occasion, editions in TEXTS.items()}
    settings = citys_wechat(city.url, city.secret.encode(), words)
    api, callbacks = WechatApi(settings, LentSecrets(), limit_seconds=1), Callbacks(settings)
    monkeypatch.setattr(wiring, "wechat", lambda: api)
    monkeypatch.setattr(wiring, "wechat_callbacks", lambda: callbacks)
    providers = {"city": HttpSms(Gateway(url=city.url, secret=city.secret))}
    monkeypatch.setattr(wiring, "sms_providers", lambda: providers)
    found = Wechat(city, settings)
    yield found
    found.post("/control/reset", {})
    found.control(faults=[])


@pytest.fixture
def api(wechat: Wechat) -> WechatApi:
    found = wiring.wechat()
    assert isinstance(found, WechatApi)
    found.sign_page("https://jz.example/", now=0)  # its token is fetched, so faults meet the call
    return found
