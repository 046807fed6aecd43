"""The checks of `juzhu doctor`: each looks at one thing and says what to do about it."""

import os
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from django.db import connection

from juzhu import wiring
from juzhu.adapters.clock_system import SystemClock
from juzhu.cli import face, static_files
from juzhu.cli.channel_checks import channel_checks
from juzhu.cli.findings import Check, Level
from juzhu.cli.payment_checks import payment_checks, waiting_payments
from juzhu.cli.seal_checks import seal_checks
from juzhu.cli.sms_checks import sms_checks
from juzhu.config import health, secrets
from juzhu.config.env import Env
from juzhu.config.parse import FaceKind
from juzhu.domain import parameters
from juzhu.journeys import cards, partners
from juzhu.modules.audit import seals as audit
from juzhu.modules.lives import queries as lives
from juzhu.modules.rounds import closing
from juzhu.ports.clock import ClockUnavailableError

_OLDEST_DATABASE: Final = 15
_PATIENCE_SECONDS: Final = 3
_SKEW_WARN_SECONDS: Final = 1.0
_SKEW_FAIL_SECONDS: Final = 30.0
_MOST_UNSEALED: Final = 100_000
_LEAST_FREE_BYTES: Final = 1_000_000_000
_LEAST_FREE_SHARE: Final = 0.1


def all_checks(env: Env) -> Iterator[Check]:
    """Yield every check of this deployment; those of the database only when it answers."""
    yield Check("settings", Level.OK, f"mode {env.mode}, data in {env.data_dir}")
    yield from _account(env)
    if not env.data_dir.is_dir():
        advice = "run `juzhu up` for a trial, or set JUZHU_DATA_DIR to the folder that is meant"
        yield Check("data folder", Level.FAIL, f"{env.data_dir} does not exist yet", advice)
        return
    yield from _key_files(env)
    if env.vault_keys is None:
        return  # nothing below works without
    yield _disk(env)
    yield from _database(env)
    yield _face(env)
    yield from seal_checks(env)
    yield from channel_checks(env)
    yield from _neighbours(env)
    yield from sms_checks(env)
    yield from payment_checks(env)
    yield from _law()
    yield _static()


def _account(env: Env) -> Iterator[Check]:
    if env.production and os.geteuid() == 0:
        advice = "start Juzhu under an account of its own"
        yield Check("account", Level.WARN, "runs as root", advice)


def _key_files(env: Env) -> Iterator[Check]:
    if env.vault_keys is None:
        advice = "set JUZHU_VAULT_KEYS_FILE, or run `juzhu up` once in a sandbox"
        yield Check("vault keys", Level.FAIL, "none", advice)
    files = [env.data_dir / secrets.FILE_NAME]
    files += [Path(env.vault_keys_file)] if env.vault_keys_file else []
    for path in (path for path in files if path.exists()):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Check("key file", Level.FAIL, f"{path} has mode {mode:o}", f"chmod 600 {path}")
        else:
            yield Check("key file", Level.OK, f"{path} is its owner's only")


def _disk(env: Env) -> Check:
    usage = shutil.disk_usage(env.data_dir)
    found = f"{usage.free / 1e9:.1f} GB free of {usage.total / 1e9:.1f} GB"
    advice = f"make room below {env.data_dir}; a full disk stops the database"
    if usage.free < _LEAST_FREE_BYTES:
        return Check("disk", Level.FAIL, found, advice)
    level = Level.WARN if usage.free < usage.total * _LEAST_FREE_SHARE else Level.OK
    return Check("disk", level, found, advice if level is Level.WARN else "")


def _database(env: Env) -> Iterator[Check]:
    try:
        psycopg.connect(env.database_url, connect_timeout=_PATIENCE_SECONDS).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        advice = "start it with `juzhu up`" if env.embedded else "check DATABASE_URL and the server"
        yield Check("database", Level.FAIL, reason, advice)
        return
    yield _version()
    yield _skew()
    waiting = health.waiting_migrations()
    if waiting:
        found = f"{waiting} not applied"
        yield Check("migrations", Level.FAIL, found, "run `juzhu migrate`")
        return
    yield Check("migrations", Level.OK, "all applied")
    yield _workers()
    yield _failed_jobs()
    yield _partners()
    yield _cards(env)
    yield _ledger()
    yield _life_events()
    yield from _register()
    yield from waiting_payments()


def _partners() -> Check:
    found = partners.troubles()
    if found:
        advice = "tell their contacts; `juzhu partner list` shows everybody"
        return Check("partners", Level.WARN, "; ".join(found), advice)
    return Check("partners", Level.OK, "all have keys, no grant ends within 30 days")


def _cards(env: Env) -> Check:
    if not env.card_factory_url:
        advice = "set JUZHU_CARD_FACTORY_URL; cards are ordered and wait until then"
        return Check("cards", Level.WARN, "no card factory", advice)
    try:
        found = cards.troubles(at=wiring.clock().now())
    except ClockUnavailableError as error:
        return Check("cards", Level.WARN, f"the day is not known: {error}", "start the city")
    if found:
        advice = "`juzhu card files` shows them; ask the factory"
        return Check("cards", Level.WARN, "; ".join(found), advice)
    return Check("cards", Level.OK, "files acknowledged, none late")


def _life_events() -> Check:
    silence = lives.silence()
    if silence.since is None:
        return Check("life events", Level.OK, "the registers' feed answers")
    found = f"no answer since {silence.since:%Y-%m-%d %H:%M} UTC: {silence.why}"
    advice = "ask whoever runs the gateway; nothing is lost, it is read on from where it was"
    return Check("life events", Level.WARN, found, advice)


def _version() -> Check:
    number = connection.cursor().connection.info.server_version
    found = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number // 10000 < _OLDEST_DATABASE:
        advice = f"use PostgreSQL {_OLDEST_DATABASE} or later"
        return Check("database", Level.FAIL, found, advice)
    return Check("database", Level.OK, found)


def _skew() -> Check:
    before = time.time()
    there = float(_value("SELECT extract(epoch FROM clock_timestamp())"))
    skew = abs(there - (before + time.time()) / 2)
    found = f"{skew:.2f} s between this machine and the database"
    if skew < _SKEW_WARN_SECONDS:
        return Check("clocks", Level.OK, found)
    level = Level.FAIL if skew > _SKEW_FAIL_SECONDS else Level.WARN
    return Check("clocks", level, found, "let NTP set the clocks of both machines")


def _workers() -> Check:
    living = int(
        _value(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > now() - interval '60 seconds'"
        )
    )
    if living:
        return Check("workers", Level.OK, f"{living} at work")
    advice = "start `juzhu worker`: without one no message is sent and no waiting case decided"
    return Check("workers", Level.FAIL, "none at work", advice)


def _failed_jobs() -> Check:
    failed = int(_value("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"))
    if failed:
        advice = "see the worker's log; docs/operations/runbook.md tells how to run them again"
        return Check("jobs", Level.WARN, f"{failed} failed for good", advice)
    return Check("jobs", Level.OK, "none failed for good")


def _ledger() -> Check:
    """Whether sealing keeps up; that it is whole, only `juzhu audit verify` says."""
    last, behind = audit.last_seal(), audit.numbers_unsealed()
    found = f"{last.number if last else 0} seals, {behind} entries behind them"
    if behind > _MOST_UNSEALED:
        advice = "start `juzhu worker`, which seals; see its log for ledger.* lines"
        return Check("ledger", Level.WARN, found, advice)
    return Check("ledger", Level.OK, found)


def _register() -> Iterator[Check]:
    """Only when a load has closed it to everybody else."""
    register = closing.closed()
    if register is not None:
        found = f"closed since {register.closed_at:%Y-%m-%d %H:%M} UTC: a file is being taken over"
        advice = (
            "when no `juzhu load` runs any more, run it again with the same file; without the file"
            " `juzhu load --give-up` opens the register as it is"
        )
        yield Check("register", Level.WARN, found, advice)


def _value(query: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return float(row[0])


def _face(env: Env) -> Check:
    if env.face is FaceKind.NONE:
        return Check("face check", Level.OK, "none: people sign in another way")
    if env.face is FaceKind.WECHAT:
        return Check("face check", Level.OK, "WeChat's, for those who come by WeChat")
    if env.face is FaceKind.LOCAL and not face.is_installed():
        return Check("face check", Level.FAIL, "local, without its extra", "install juzhu[face]")
    if env.face is FaceKind.LOCAL:
        return Check(
            "face check",
            Level.WARN if env.production else Level.OK,
            "local: refuses photographs and most recordings; does not stop a virtual camera, an "
            "animated photograph, a forged video or a mask",
            "for a trial or a small deployment; acts that cannot be undone ask for the SMS code "
            "as well (docs/operations/face.md)",
        )
    if env.production:
        return Check("face check", Level.FAIL, "simulated in production", "set JUZHU_FACE")
    return Check("face check", Level.OK, "simulated: sandbox")


def _face_process(env: Env) -> list[tuple[str, str]]:
    match env.face:
        case FaceKind.SIMULATED:
            return [("face service", env.face_url)]
        case FaceKind.LOCAL:
            return [("face service", f"http://{env.face_listen}")]
        case _:
            return []


def _neighbours(env: Env) -> Iterator[Check]:
    """Only whether somebody listens: asking them more would need a person to ask about."""
    for name, url in (
        ("departments", env.gateway_url),
        *([] if env.sms_providers_file else [("short messages", env.sms_url)]),
        *_face_process(env),
    ):
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection(
                (parts.hostname or "", port), timeout=_PATIENCE_SECONDS
            ).close()
        except OSError as error:
            reason = f"{parts.hostname}:{port}: {error.strerror or error}"
            advice = "cases wait until it answers; tell its operator"
            yield Check(name, Level.WARN, reason, advice)
        else:
            yield Check(name, Level.OK, f"{parts.hostname}:{port} answers")


def _law() -> Iterator[Check]:
    stale = parameters.stale_reviews(SystemClock().now().date())
    if stale:
        advice = "have a lawyer review them and write the day in domain/parameters.py"
        found = f"not reviewed for over a year: {', '.join(number.name for number in stale)}"
        yield Check("law", Level.WARN, found, advice)
    else:
        yield Check("law", Level.OK, "every number was reviewed within a year")


def _static() -> Check:
    if static_files.is_current():
        return Check("static files", Level.OK, "of this version")
    advice = "start `juzhu web` once; it collects them"
    return Check("static files", Level.WARN, "not collected", advice)
