"""The settings of the seal: who carries its key, what belongs to it, what the sheets need besides.

They are the first part of `Env`, which reads them with all the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from juzhu.config import parse
from juzhu.config.parse import EnvError, SealKind
from juzhu.config.variable import variable

TRIAL_ISSUER: Final = "TEST"
"""What the tokens of a sandbox name as their issuer, and no other."""


@dataclass(frozen=True, kw_only=True)  # without slots: Env inherits from several
class SealSettings:
    """Everything of the seal and the sheets; how a seal is got and changed: operations/seal.md."""

    seal: SealKind = field(
        metadata=variable(
            "JUZHU_SEAL",
            parse.one_of(SealKind),
            "(sandbox: `trial`; production: required)",
            "Who carries the seal's key: `file`, `token` (PKCS#11), `service` (over the gateway), "
            "or `trial`, made at the first start, marked 样章测试 and never in production.",
        )
    )
    seal_certificate: Path | None = field(
        metadata=variable(
            "JUZHU_SEAL_CERTIFICATE",
            parse.path,
            "(none; needed unless the seal is the trial's)",
            "PEM file of the seal's certificate, for an ECDSA P-256 key.",
        )
    )
    seal_chain: tuple[Path, ...] = field(
        metadata=variable(
            "JUZHU_SEAL_CHAIN",
            parse.paths,
            "(none)",
            "PEM files of the certificates between the seal's and its root, separated by commas.",
        )
    )
    seal_roots: tuple[Path, ...] = field(
        metadata=variable(
            "JUZHU_SEAL_ROOTS",
            parse.paths,
            "(none; needed unless the seal is the trial's)",
            "PEM files of the roots of the seal's and the time-stamp authority's certificates.",
        )
    )
    seal_former: tuple[Path, ...] = field(
        metadata=variable(
            "JUZHU_SEAL_FORMER",
            parse.paths,
            "(none)",
            "PEM files of the seal's former certificates: their sheets stay checkable.",
        )
    )
    seal_picture: Path | None = field(
        metadata=variable(
            "JUZHU_SEAL_PICTURE",
            parse.path,
            "(sandbox: the trial's; production: required)",
            "SVG of the red seal, square, paths in plain colours only.",
        )
    )
    seal_key_file: Path | None = field(
        metadata=variable(
            "JUZHU_SEAL_KEY_FILE",
            parse.path,
            "(none)",
            "`file`: PEM file of the seal's key, readable by its owner only.",
        )
    )
    seal_library: Path | None = field(
        metadata=variable(
            "JUZHU_SEAL_LIBRARY",
            parse.path,
            "(none)",
            "`token`: the device's PKCS#11 library.",
        )
    )
    seal_token: str = field(
        metadata=variable("JUZHU_SEAL_TOKEN", parse.text, "(none)", "`token`: label of the token.")
    )
    seal_key_label: str = field(
        metadata=variable(
            "JUZHU_SEAL_KEY_LABEL", parse.text, "(none)", "`token`: label of the key on it."
        )
    )
    seal_pin: str = field(
        metadata=variable("JUZHU_SEAL_PIN", parse.text, "(none)", "`token`: PIN of its user."),
        repr=False,
    )
    seal_url: str = field(
        metadata=variable(
            "JUZHU_SEAL_URL",
            parse.web_url,
            "(as JUZHU_GATEWAY_URL)",
            "`service`: the gateway behind which the seal service answers.",
        )
    )
    seal_time_url: str = field(
        metadata=variable(
            "JUZHU_SEAL_TIME_URL",
            parse.web_url,
            "(none)",
            "Time-stamp authority (RFC 3161); with it every seal carries its time.",
        )
    )
    seal_crls: Path | None = field(
        metadata=variable(
            "JUZHU_SEAL_CRLS",
            parse.path,
            "(none)",
            "Folder of fresh revocation lists (DER); with it and a time-stamp authority a sheet "
            "stays checkable after its certificates have ended.",
        )
    )
    sheet_fonts: Path | None = field(
        metadata=variable(
            "JUZHU_SHEET_FONTS",
            parse.path,
            "(none)",
            "Folder of further fonts (TTF, OTF) for rare characters on sheets.",
        )
    )
    sheet_issuer: str = field(
        metadata=variable(
            "JUZHU_SHEET_ISSUER",
            parse.issuer,
            "SZGA",
            "Who speaks in the code of a sheet, 2 to 12 capitals and digits. A sandbox's always "
            f"says {TRIAL_ISSUER}.",
        )
    )


UNSET: Final[Mapping[str, object]] = {
    "seal": SealKind.TRIAL,
    "seal_certificate": None,
    "seal_chain": (),
    "seal_roots": (),
    "seal_former": (),
    "seal_picture": None,
    "seal_key_file": None,
    "seal_library": None,
    "seal_crls": None,
    "sheet_fonts": None,
}
"""What stands for a setting that is no text and was not set."""

_NEEDED: Final = {
    SealKind.TRIAL: (),
    SealKind.FILE: ("seal_key_file",),
    SealKind.TOKEN: ("seal_library", "seal_token", "seal_key_label", "seal_pin"),
    SealKind.SERVICE: (),
}
_OF_EVERY_REAL_SEAL: Final = ("seal_certificate", "seal_roots")


def refuse_incomplete(env: SealSettings, *, production: bool) -> None:
    """Raise EnvError unless what is set makes a seal, and in production a real one."""
    if production:
        _refuse_trial(env)
    if env.seal_crls and not env.seal_time_url:
        raise EnvError("JUZHU_SEAL_CRLS is of use with JUZHU_SEAL_TIME_URL only: set both.")
    if env.seal is SealKind.TRIAL:
        return
    needed = (*_OF_EVERY_REAL_SEAL, *_NEEDED[env.seal])
    missing = [f"JUZHU_{name.upper()}" for name in needed if not getattr(env, name)]
    if missing:
        raise EnvError(f"JUZHU_SEAL is {env.seal}, so these must be set: {', '.join(missing)}.")


def _refuse_trial(env: SealSettings) -> None:
    if env.seal is SealKind.TRIAL:
        kinds = ", ".join(kind for kind in SealKind if kind is not SealKind.TRIAL)
        raise EnvError(f"JUZHU_SEAL must be one of {kinds} when JUZHU_MODE is production.")
    if env.seal_picture is None:
        raise EnvError("JUZHU_MODE is production, so this must be set: JUZHU_SEAL_PICTURE.")
    if env.sheet_issuer == TRIAL_ISSUER:
        raise EnvError(f"JUZHU_SHEET_ISSUER must not be {TRIAL_ISSUER} in production.")
