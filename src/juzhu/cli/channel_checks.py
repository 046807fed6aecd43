"""What `juzhu doctor` says about the channels."""

from collections.abc import Iterator

from juzhu import wiring
from juzhu.adapters.app_issuers import AppIssuersError
from juzhu.adapters.wechat_file import WechatFileError
from juzhu.cli.findings import Check, Level
from juzhu.config.env import Env
from juzhu.modules.notices import second
from juzhu.modules.partners.jose import JoseRefusedError, public_key


def channel_checks(env: Env) -> Iterator[Check]:
    """Check the files of the channels that are set."""
    if env.app_issuers_file:
        yield _apps()
    yield _wechat()
    if env.production:
        yield _marks(env)


def _marks(env: Env) -> Check:
    given = {
        "JUZHU_SITE_CODE": env.site_code,
        "JUZHU_SITE_ICP": env.site_icp,
        "JUZHU_SITE_POLICE": env.site_police,
    }
    missing = [name for name, value in given.items() if not value]
    if missing:
        advice = f"set {', '.join(missing)}: a government portal must show them"
        return Check("portal", Level.WARN, "the foot of the pages is incomplete", advice)
    return Check("portal", Level.OK, "the foot of the pages is complete")


def _wechat() -> Check:
    try:
        account = wiring.wechat()
    except WechatFileError as error:
        advice = "mend the file that JUZHU_WECHAT_FILE names (docs/channels/wechat.md)"
        return Check("wechat", Level.FAIL, str(error), advice)
    if account is None:
        return Check("wechat", Level.OK, "no official account")
    left = sorted(set(second.BESIDE) - set(account.templates))
    if left:
        advice = "apply for templates at 公众平台; until then these go by SMS alone"
        return Check("wechat", Level.WARN, f"no template for {', '.join(left)}", advice)
    return Check("wechat", Level.OK, f"account {account.app_id}")


def _apps() -> Check:
    advice = "mend the file that JUZHU_APP_ISSUERS_FILE names (docs/channels/police-app.md)"
    try:
        issuers = wiring.app_issuers()
        for kid, issuer in issuers.items():
            public_key(issuer.keys[kid])
    except (AppIssuersError, JoseRefusedError) as error:
        return Check("apps", Level.FAIL, str(error), advice)
    names = sorted({issuer.issuer for issuer in issuers.values()})
    return Check("apps", Level.OK, f"may hand people over: {', '.join(names) or 'none'}")
