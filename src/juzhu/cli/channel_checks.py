"""What `juzhu doctor` says about the channels."""

from collections.abc import Iterator

from juzhu import wiring
from juzhu.adapters.app_issuers import AppIssuersError
from juzhu.cli.findings import Check, Level
from juzhu.config.env import Env
from juzhu.modules.partners.jose import JoseRefusedError, public_key


def channel_checks(env: Env) -> Iterator[Check]:
    """Check the files of the channels that are set."""
    if env.app_issuers_file:
        yield _apps()


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
