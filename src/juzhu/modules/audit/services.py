"""Writing to the ledger, always inside the transaction of the act itself."""

from collections.abc import Sequence
from datetime import datetime

from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.audit.models import Entry


def record(
    *,
    person_id: int,
    actor: str,
    purpose: Purpose,
    at: datetime,
    fields: Sequence[str] = (),
    occasion: str = "",
    note: str = "",
) -> None:
    """Write one ledger entry (台账); it commits or vanishes with the act it describes.

    Args:
        person_id: whose data.
        actor: `kind:name`, e.g. `system:decision`.
        purpose: why.
        at: when.
        fields: names of what was seen.
        occasion: acceptance number or the like.
        note: outcome in one word, never personal data.

    """
    Entry.objects.create(
        person_id=person_id,
        actor=actor,
        purpose=purpose,
        at=at,
        fields=",".join(fields),
        occasion=occasion,
        note=note,
    )
