"""Settings of the face check (刷脸)."""

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
            "not stop); `simulated`, the sandbox only; `none`: everybody signs in another way.",
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


def refuse_incomplete(env: FaceSettings, *, production: bool) -> None:
    """Raise EnvError unless it is said who checks faces, and in production nobody simulates it."""
    if not production:
        return
    kinds = ", ".join(kind for kind in FaceKind if kind is not FaceKind.SIMULATED)
    if env.face is None or env.face is FaceKind.SIMULATED:
        raise EnvError(f"JUZHU_FACE must be one of {kinds} when JUZHU_MODE is production.")
