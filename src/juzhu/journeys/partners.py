"""Looking after partners: by an operator's commands, and the trial's own departments."""

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import OKPKey

from juzhu import wiring
from juzhu.journeys import feed
from juzhu.modules.partners import jose, once, queries, services
from juzhu.modules.partners.contracts import CODE, AnswerField, Grant, PartnerView, Scope
from juzhu.modules.partners.jose import JoseRefusedError
from juzhu.modules.partners.sandbox import PARTNERS, SandboxPartner

FOLDER_NAME: Final = "sandbox-partners"  # in the data folder
_ACTOR: Final = "system:sandbox"
SOON: Final = timedelta(days=30)


class RefusedError(Exception):
    """The operator asked for something that cannot be; the message says what would be right."""


def check_code(code: str) -> None:
    """Refuse a code that tokens and the ledger could not carry."""
    if re.fullmatch(CODE, code) is None:
        raise RefusedError("a code is 2 to 32 lower-case letters, digits and hyphens")


def register(*, code: str, actor: str, **options: Any) -> None:
    """Register a partner; raise RefusedError when the code is taken."""
    try:
        services.register(code=code, actor=actor, at=wiring.clock().now(), **options)
    except services.PartnerExistsError:
        raise RefusedError(f"{code} is registered already") from None


def amend(code: str, *, actor: str, **changes: Any) -> None:
    """Change what is registered of a partner; raise RefusedError when there is none."""
    with _known(code):
        services.amend(code=code, actor=actor, at=wiring.clock().now(), changes=changes)


def grant(
    code: str,
    *,
    scope: str,
    fields: Sequence[str],
    valid_from: date | None,
    actor: str,
    **more: Any,
) -> None:
    """Grant a purpose; raise RefusedError when a word in it is unknown or a day is wrong."""
    now = wiring.clock().now()
    first = valid_from or now.date()
    if more["valid_to"] is not None and more["valid_to"] < first:
        raise RefusedError("the last day lies before the first")
    granted = Grant(
        scope=_word(Scope, scope),
        fields=tuple(_word(AnswerField, name) for name in fields),
        valid_from=first,
        **more,
    )
    with _known(code):
        services.grant(code=code, grant=granted, actor=actor, at=now)


def suspend(code: str, *, why: str, actor: str) -> None:
    """Shut a partner out; raise RefusedError when there is none."""
    with _known(code):
        services.suspend(code=code, why=why, actor=actor, at=wiring.clock().now())


def resume(code: str, *, actor: str) -> None:
    """Let a partner in again; raise RefusedError when there is none."""
    with _known(code):
        services.resume(code=code, actor=actor, at=wiring.clock().now())


def add_key(code: str, *, text: str, kid: str, actor: str) -> str:
    """Register the public key in `text` (JWK or PEM); return the name it has from now on."""
    try:
        key, name = jose.named_key(text, kid)
    except JoseRefusedError as error:
        raise RefusedError(str(error)) from None
    with _known(code):
        try:
            services.add_key(code=code, key=key, kid=name, actor=actor, at=_machine_now())
        except services.KeyTakenError:
            raise RefusedError("this key, or a key of this name, is registered already") from None
    return name


def end_key(code: str, *, kid: str, hours: int, actor: str) -> None:
    """Let a key end; raise RefusedError when there is none of this name."""
    now = _machine_now()
    with _known(code):
        ends_at = now + timedelta(hours=hours)
        if not services.end_key(code=code, kid=kid, ends_at=ends_at, actor=actor, at=now):
            raise RefusedError(f"{code} has no key {kid}")


def troubles() -> list[str]:
    """Return what keeps partners from asking, or will, and who has stopped reading the feed."""
    today, now = wiring.clock().now().date(), _machine_now()
    found = []
    for partner in queries.registry().partners.values():
        if partner.suspended:
            continue
        if not partner.jwks_uri and not queries.valid_keys(partner, now):
            found.append(f"{partner.code} has no key")
        ending = (one for one in partner.grants.values() if _ends_soon(one, today))
        found += [f"{partner.code}: {one.scope.value} ends on {one.valid_to}" for one in ending]
        if (last := feed.unread_since(partner, today=today)) is not None:
            found.append(f"{partner.code} has not read the feed since {last}")
    return found


def _ends_soon(granted: Grant, today: date) -> bool:
    last = granted.valid_to
    return last is not None and today <= last <= today + SOON


def all_partners() -> list[dict[str, Any]]:
    """Return every partner as plain values."""
    return [_plain(partner) for partner in queries.registry().partners.values()]


def _plain(partner: PartnerView) -> dict[str, Any]:
    return {
        "code": partner.code,
        "name": partner.name,
        "contact": partner.contact,
        "suspended": partner.suspended,
        "dpop": partner.dpop,
        "calls_per_minute": partner.calls_per_minute,
        "jwks_uri": partner.jwks_uri,
        "grants": [_plain_grant(grant) for grant in partner.grants.values()],
        "keys": [
            {"kid": key.kid, "ends_at": key.ends_at.isoformat() if key.ends_at else None}
            for key in partner.keys
        ],
    }


def _plain_grant(grant: Grant) -> dict[str, Any]:
    return {
        "scope": grant.scope.value,
        "legal_basis": grant.legal_basis,
        "fields": [field.value for field in grant.fields],
        "confidential_days": grant.confidential_days,
        "valid_from": grant.valid_from.isoformat(),
        "valid_to": grant.valid_to.isoformat() if grant.valid_to else None,
        "per_subject_per_day": grant.per_subject_per_day,
    }


@contextmanager
def _known(code: str) -> Iterator[None]:
    try:
        yield
    except queries.PartnerNotFoundError:
        raise RefusedError(f"there is no partner {code}: see `juzhu partner list`") from None


def _word(kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise RefusedError(f"{text} is not one of: {', '.join(kind)}") from None


def _machine_now() -> datetime:
    """Return the machine's instant, by which keys and assertions live; the city's may be ahead."""
    return datetime.fromtimestamp(time.time(), UTC)


def register_sandbox(folder: Path) -> int:
    """Register whichever of the trial's departments is missing; return how many were.

    Each has a file `<code>.jwk` (mode 0600) with its private key: what a department keeps for
    itself. Safe to repeat.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = queries.registry()
    fresh = [partner for partner in PARTNERS if known.partner(partner.code) is None]
    for partner in fresh:
        _register_one(partner, folder, wiring.clock().now())
    return len(fresh)


def forget_traces() -> int:
    """Delete what protects against repetition once it cannot matter any more; return how much.

    By the machine's clock, as assertions and answers live by it: the city's may be months ahead.
    """
    now = _machine_now()
    return services.forget_spent(before=now) + once.forget(before=now - once.KEPT)


def _register_one(partner: SandboxPartner, folder: Path, at: datetime) -> None:
    key = _key(folder / f"{partner.code}.jwk")
    services.register(
        code=partner.code,
        name=partner.name,
        contact=f"{partner.code}@sandbox.invalid",
        actor=_ACTOR,
        at=at,
        dpop=partner.dpop,
    )
    for grant in partner.grants:
        services.grant(code=partner.code, grant=grant, actor=_ACTOR, at=at)
    public = jose.public_key(key.as_dict(private=False))
    services.add_key(code=partner.code, key=public, kid=str(key.kid), actor=_ACTOR, at=at)


def _key(path: Path) -> OKPKey:
    """Return the key in the file; make it when there is none, whole and for its owner only."""
    if not path.exists():
        made = OKPKey.generate_key("Ed25519", auto_kid=True)
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(made.as_dict(private=True), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return OKPKey.import_key(json.loads(path.read_text()))
