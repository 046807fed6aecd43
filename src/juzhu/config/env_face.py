"""Settings of the face check (刷脸)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.parse import Address, EnvError, FaceKind
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class FaceSettings:
    """Part of `Env`. A default in parentheses is computed from other settings."""

    face: FaceKind | None = field(
        metadata=variable(
            "JUZHU_FACE",
            parse.one_of(FaceKind),
            "(sandbox: `simulated`; production: required)",
            "Who checks faces: `local`, this machine's own process (`face.md` says what it does "
            "not stop); `wechat`, for those who come by WeChat; `simulated`, the sandbox only; "
            "`none`: everybody signs in another way.",
        )
    )
    face_url: str = field(
        metadata=variable(
            "JUZHU_FACE_URL",
            parse.web_url,
            "(sandbox: the city)",
            "`simulated`: where the sandbox's face check answers.",
        )
    )
    face_listen: Address = field(
        metadata=variable(
            "JUZHU_FACE_LISTEN",
            parse.address,
            "127.0.0.1:8606",
            "`local`: where the process that looks at faces listens, for this machine only.",
        )
    )
    face_threshold: float = field(
        metadata=variable(
            "JUZHU_FACE_THRESHOLD",
            parse.share,
            "0.48",
            "`local`: greatest distance of two faces taken for one person; find yours with "
            "`juzhu face calibrate`.",
        )
    )
    account_issuer: str = field(
        metadata=variable(
            "JUZHU_ACCOUNT_ISSUER",
            parse.web_url,
            "(none)",
            "The unified identity platform's issuer (OpenID Connect); with it people sign in with "
            "their account there.",
        )
    )
    account_client: str = field(
        metadata=variable(
            "JUZHU_ACCOUNT_CLIENT",
            parse.text,
            "(none)",
            "What the platform knows this service by.",
        )
    )
    account_secret: str = field(
        metadata=variable(
            "JUZHU_ACCOUNT_SECRET",
            parse.text,
            "(none)",
            "The secret that goes with it.",
        ),
        repr=False,
    )
    account_levels: Mapping[str, int] = field(
        metadata=variable(
            "JUZHU_ACCOUNT_LEVELS",
            parse.levels,
            "2=2,3=3,4=4,5=5",
            "Which `acr` of the platform is which trust level, 2 to 5; another opens nothing.",
        )
    )


def refuse_incomplete(env: FaceSettings, *, production: bool) -> None:
    """Raise EnvError unless it is said who checks faces, and in production nobody simulates it."""
    if env.account_issuer and not (env.account_client and env.account_secret):
        raise EnvError(
            "JUZHU_ACCOUNT_ISSUER is set, so these must be set: JUZHU_ACCOUNT_CLIENT, "
            "JUZHU_ACCOUNT_SECRET."
        )
    if not production:
        return
    kinds = ", ".join(kind for kind in FaceKind if kind is not FaceKind.SIMULATED)
    if env.face is None or env.face is FaceKind.SIMULATED:
        raise EnvError(f"JUZHU_FACE must be one of {kinds} when JUZHU_MODE is production.")
