"""The providers' process, and the adapters that talk to it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from juzhu.adapters.background import close_background
from juzhu.adapters.payments_alipay import Alipay, AlipaySettings
from juzhu.adapters.payments_wechat import WeChatPay, WeChatSettings
from tests.adapters.payments import providers


class Providers:
    """The person at the phone, and the weather."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def do(self, **wish):
        request = Request(f"{self.url}/_do", data=json.dumps(wish).encode())
        with urlopen(request) as answer:
            return json.load(answer)

    def wechat(self, **changes) -> WeChatPay:
        return WeChatPay(wechat_settings(self, **changes), limit_seconds=1.0)

    def alipay(self, **changes) -> Alipay:
        settings = {
            "app_id": providers.APP_ID,
            "seller_id": providers.SELLER,
            "key_file": str(self.folder / "merchant.pem"),
            "alipay_key_file": str(self.folder / "platform.pem"),
            "url": f"{self.url}/gateway.do",
        }
        return Alipay(AlipaySettings(**settings | changes), limit_seconds=1.0)


def wechat_settings(found: Providers, **changes) -> WeChatSettings:
    settings = {
        "mchid": providers.MCHID,
        "appid": providers.APPID,
        "serial": providers.SERIAL,
        "key_file": str(found.folder / "merchant.pem"),
        "apiv3_key_file": str(found.folder / "apiv3"),
        "public_keys": {providers.KEY_ID: str(found.folder / "platform.pem")},
        "app_secret_file": str(found.folder / "app_secret"),
        "url": found.url,
        "login_url": found.url,
    }
    return WeChatSettings(**settings | changes)


@pytest.fixture(scope="session")
def started_providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    folder = tmp_path_factory.mktemp("providers")
    child = subprocess.Popen(
        [sys.executable, providers.__file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Providers(child.stdout.readline().strip(), folder)
    child.stdin.close()
    child.stdout.close()
    child.wait(5)
    close_background()


@pytest.fixture
def phone(started_providers: Providers) -> Iterator[Providers]:
    """Yield the running providers, well-behaved."""
    started_providers.do(mode="")
    yield started_providers
    started_providers.do(mode="")
