"""What may be done for a person, by how they were identified: the whole matrix, in this one file.

On the telephone a code that was sent to the reserved phone, and read out, is the proof. It carries
what does little harm in the wrong hands and can be seen, undone or done again. What changes who
is told of things, who gets the card, or cannot be taken back needs the person and their card.
"""

from collections.abc import Mapping
from typing import Final

from juzhu.modules.desk.contracts import Identified

HERE: Final = frozenset({Identified.CARD, Identified.SEEN})
OR_ON_THE_TELEPHONE: Final = HERE | {Identified.CODE}
CARD_READ: Final = frozenset({Identified.CARD})

NEEDS: Final[Mapping[str, frozenset[Identified]]] = {
    "endorse": OR_ON_THE_TELEPHONE,
    "case-withdraw": OR_ON_THE_TELEPHONE,
    "case-review": OR_ON_THE_TELEPHONE,
    "wrong": OR_ON_THE_TELEPHONE,  # say that data are wrong; an officer looks into it
    "share": OR_ON_THE_TELEPHONE,
    "helpers": OR_ON_THE_TELEPHONE,  # see them, and end a mandate
    "helper-end": OR_ON_THE_TELEPHONE,
    "helper-name": CARD_READ,
    "apply": HERE,
    "sheet": HERE,
    "phone": HERE,
    "reissue": HERE,
    "card": HERE,  # and each card read, as `cases.collection` sees to
    "name": HERE,
    "consent": HERE,
    "agent": HERE,
    "cancel": HERE,
    "not-asked": HERE,
    "hearing": HERE,
}
"""By the name of the address."""


def enough(address: str, identified: Identified) -> bool:
    """Say whether this business may be done for a person identified so."""
    return identified in NEEDS[address]
