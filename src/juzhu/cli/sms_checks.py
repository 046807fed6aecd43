"""What `juzhu doctor` says of the providers of short messages."""

from collections.abc import Iterator
from pathlib import Path

from juzhu.adapters.background import background
from juzhu.adapters.smpp_session import NotConnectedError
from juzhu.adapters.sms_alibaba import AlibabaSms
from juzhu.adapters.sms_file import SmsFileError, read_providers
from juzhu.adapters.sms_smpp import SmppSms
from juzhu.adapters.sms_tencent import TencentSms
from juzhu.cli.findings import Check, Level
from juzhu.config.env import Env
from juzhu.modules.notices.texts import newest
from juzhu.ports.sms import SmsGateway


def sms_checks(env: Env) -> Iterator[Check]:
    """Say whether the providers' file can be used, and whether each carrier's line lets us in."""
    if not env.sms_providers_file:
        return
    try:
        providers = read_providers(Path(env.sms_providers_file))
    except SmsFileError as error:
        yield Check("sms providers", Level.FAIL, str(error), "see docs/operations/sms.md")
        return
    yield Check("sms providers", Level.OK, ", ".join(providers))
    for provider in providers.values():
        yield from _provider(provider)


def _provider(provider: SmsGateway) -> Iterator[Check]:
    name = f"sms {provider.name}"
    if isinstance(provider, SmppSms):
        try:
            background().run(provider.try_out())
        except NotConnectedError as error:
            advice = "check host, port and account; nothing is sent over it meanwhile"
            yield Check(name, Level.WARN, str(error), advice)
        else:
            yield Check(name, Level.OK, "binds")
    if isinstance(provider, TencentSms | AlibabaSms):
        missing = [template for template in newest() if not provider.knows(template)]
        if missing:
            advice = f"have them approved: `juzhu notices templates` ({', '.join(missing[:3])}, …)"
            yield Check(name, Level.WARN, f"{len(missing)} texts have no template", advice)
        else:
            yield Check(name, Level.OK, "every text has a template")
