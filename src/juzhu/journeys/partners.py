"""Registering the trial's departments, with their private keys as files in the data folder."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from juzhu import wiring
from juzhu.modules.partners import jose, once, queries, services
from juzhu.modules.partners.sandbox import PARTNERS, SandboxPartner

FOLDER_NAME: Final = "sandbox-partners"  # in the data folder
_ACTOR: Final = "system:sandbox"


def register_sandbox(folder: Path) -> int:
    """Register whichever of the trial's departments is missing; return how many were.

    Each has a file `<code>.jwk` (mode 0600) with its private key: what a department keeps for
    itself. Safe to repeat.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = queries.registry()
    fresh = [partner for partner in PARTNERS if known.partner(partner.code) is None]
    for partner in fresh:
        _register(partner, folder, wiring.clock().now())
    return len(fresh)


def forget_traces() -> int:
    """Delete what protects against repetition once it cannot matter any more; return how much.

    By the machine's clock, as assertions and answers live by it: the city's may be months ahead.
    """
    now = datetime.fromtimestamp(time.time(), UTC)
    return services.forget_spent(before=now) + once.forget(before=now - once.KEPT)


def _register(partner: SandboxPartner, folder: Path, at: datetime) -> None:
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
