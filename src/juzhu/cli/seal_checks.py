"""The checks of `juzhu doctor` on the seal: key, certificate, picture, time, lists, fonts."""

import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from juzhu import wiring
from juzhu.adapters import seal_probe
from juzhu.cli.findings import Check, Level
from juzhu.config.env import Env
from juzhu.ports.sheets import SealUnavailableError

_SOON: Final = timedelta(days=60)
_LISTS_SOON: Final = timedelta(days=2)
_SKEW: Final = timedelta(seconds=30)
_WAITS: Final = "sheets wait meanwhile and follow by themselves; see docs/operations/seal.md"


def seal_checks(env: Env) -> Iterator[Check]:
    """Yield what is to be said of the seal; nothing made on the way is kept."""
    try:
        yield _dates(env)
        yield _seal(env)
    except SealUnavailableError as error:
        yield Check("seal", Level.FAIL, str(error), _WAITS)
    if env.seal_key_file is not None and env.seal_key_file.exists():
        mode = stat.S_IMODE(env.seal_key_file.stat().st_mode)
        if mode & 0o077:
            advice = f"chmod 600 {env.seal_key_file}"
            found = f"{env.seal_key_file} has mode {mode:o}"
            yield Check("seal key", Level.FAIL, found, advice)
    if env.seal_time_url:
        yield _time(env)
    if env.seal_crls is not None:
        yield _lists(env)
    if env.sheet_fonts is not None:
        yield _fonts(env)


def _dates(env: Env) -> Check:
    files, now = wiring.seal_files(), _now()
    try:
        ends = seal_probe.ends_at(files.certificate)
    except (OSError, ValueError) as error:
        return Check("seal certificate", Level.FAIL, str(error), "name a PEM file")
    found = f"{env.seal}, until {ends:%Y-%m-%d}"
    advice = "have it renewed; then list the old one under JUZHU_SEAL_FORMER"
    if now > ends:
        return Check("seal certificate", Level.FAIL, found, advice)
    level = Level.WARN if ends - now < _SOON else Level.OK
    return Check("seal certificate", level, found, advice if level is Level.WARN else "")


def _seal(env: Env) -> Check:
    """Seal an empty page, key, chain, picture and time together, and check it as anybody's file."""
    wiring.sheet_pages()  # reads the picture and the fonts
    sealed = wiring.sealer().seal(seal_probe.blank_page())
    problem = wiring.sheet_files().examine(sealed).problem
    if problem is not None:
        advice = "JUZHU_SEAL_CHAIN and JUZHU_SEAL_ROOTS must lead from the certificate to its root"
        return Check("seal", Level.FAIL, f"seals, but the check says {problem}", advice)
    if not env.production:
        return Check("seal", Level.OK, "seals; marked 样章测试: sandbox")
    return Check("seal", Level.OK, "seals, and the check accepts it")


def _time(env: Env) -> Check:
    try:
        stated = seal_probe.time_from(env.seal_time_url)
    except SealUnavailableError as error:
        return Check("time stamps", Level.FAIL, str(error), _WAITS)
    skew = abs(stated - _now())
    found = f"answers, {skew.total_seconds():.0f} s from this machine's clock"
    if skew > _SKEW:
        return Check("time stamps", Level.WARN, found, "let NTP set this machine's clock")
    return Check("time stamps", Level.OK, found)


def _lists(env: Env) -> Check:
    name, advice = "revocation lists", "fetch them anew; without fresh ones nothing is sealed"
    assert env.seal_crls is not None
    try:
        first = seal_probe.first_stale(env.seal_crls)
    except (OSError, ValueError) as error:
        return Check(name, Level.FAIL, str(error), f"{env.seal_crls} holds lists in DER only")
    if first is None:
        return Check(name, Level.FAIL, f"none in {env.seal_crls}", advice)
    found, left = f"{first[0]} ends at {first[1]:%Y-%m-%d %H:%M} UTC", first[1] - _now()
    if left < timedelta(0):
        return Check(name, Level.FAIL, found, advice)
    level = Level.WARN if left < _LISTS_SOON else Level.OK
    return Check(name, level, found, advice if level is Level.WARN else "")


def _fonts(env: Env) -> Check:
    try:
        known = wiring.sheet_pages().fonts.paths[1:]
    except SealUnavailableError as error:
        return Check("fonts", Level.FAIL, str(error), "mend JUZHU_SHEET_FONTS")
    if not known:
        advice = f"put TTF or OTF files into {env.sheet_fonts}"
        return Check("fonts", Level.WARN, "the folder holds none", advice)
    return Check("fonts", Level.OK, f"{len(known)} more: {', '.join(p.name for p in known)}")


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)  # certificates live in the machine's time
