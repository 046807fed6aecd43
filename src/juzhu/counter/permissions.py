"""Who may open which address: the whole matrix, in this one file.

An address that does not stand here opens for nobody; a test walks every address with every role.
Reading is GET, writing is POST. The auditor reads all and changes nothing; the administrator
sees accounts and no personal data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from juzhu.modules.staff.contracts import Role

Roles = frozenset[Role]

NOBODY: Final[Roles] = frozenset()
ALL: Final[Roles] = frozenset(Role)
DESK: Final[Roles] = frozenset({Role.OFFICER, Role.SUPERVISOR})
LOOKERS: Final[Roles] = DESK | {Role.AUDITOR}
DECIDERS: Final[Roles] = frozenset({Role.REVIEWER, Role.SUPERVISOR})
REVIEW_READERS: Final[Roles] = DECIDERS | {Role.AUDITOR}
KEEPERS: Final[Roles] = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may read (GET) and who may write (POST)."""

    read: Roles = NOBODY
    write: Roles = NOBODY


PUBLIC: Final = frozenset({"sign-in"})
"""Open to whoever reaches the staff network."""

MATRIX: Final[Mapping[str, Rule]] = {
    "home": Rule(read=ALL),
    "sign-out": Rule(write=ALL),
    "password": Rule(read=ALL, write=ALL),
    "shift": Rule(read=DESK, write=DESK),
    "hand-over": Rule(read=DESK, write=DESK),
    "desk": Rule(read=LOOKERS),
    "find": Rule(write=LOOKERS),
    "choose": Rule(read=LOOKERS, write=LOOKERS),
    "show": Rule(write=LOOKERS),
    "leave": Rule(write=LOOKERS),
    "stay": Rule(write=LOOKERS),
    "case": Rule(read=LOOKERS),
    "newcomer": Rule(read=DESK, write=DESK),
    "endorse": Rule(read=DESK, write=DESK),
    "apply": Rule(read=DESK, write=DESK),
    "case-again": Rule(write=DESK),
    "case-review": Rule(write=DESK),
    "case-withdraw": Rule(write=DESK),
    "case-receipt": Rule(read=DESK),
    "sheet": Rule(read=DESK, write=DESK),
    "sheet-made": Rule(read=DESK),
    "sheet-file": Rule(read=DESK),
    "name": Rule(read=DESK, write=DESK),
    "phone": Rule(read=DESK, write=DESK),
    "phone-code": Rule(read=DESK, write=DESK),
    "hearing": Rule(read=DESK, write=DESK),
    "wrong": Rule(read=DESK, write=DESK),
    "agent": Rule(read=DESK, write=DESK),
    "consent": Rule(read=DESK, write=DESK),
    "helpers": Rule(read=DESK, write=DESK),
    "helper-end": Rule(write=DESK),
    "call": Rule(write=DESK),
    "call-code": Rule(read=DESK, write=DESK),
    "share": Rule(read=DESK, write=DESK),
    "reissue": Rule(read=DESK, write=DESK),
    "card": Rule(read=DESK, write=DESK),
    "card-refuse": Rule(write=DESK),
    "card-spoil": Rule(write=DESK),
    "pay-code": Rule(read=DESK),
    "stock": Rule(read=LOOKERS),
    "stock-arrive": Rule(write=DESK),
    "stock-destroy": Rule(write=frozenset({Role.SUPERVISOR})),
    "cancel": Rule(read=DESK, write=DESK),
    "not-asked": Rule(read=DESK, write=DESK),
    "statement": Rule(read=DESK),
    "done": Rule(read=DESK),
    "day": Rule(read=LOOKERS),
    "next-ticket": Rule(write=DESK),
    "new-ticket": Rule(write=DESK),
    "review": Rule(read=REVIEW_READERS),
    "review-case": Rule(read=REVIEW_READERS),
    "review-claim": Rule(write=DECIDERS),
    "review-ask": Rule(write=DECIDERS),
    "review-back": Rule(write=DECIDERS),
    "review-decide": Rule(write=DECIDERS),
    "review-sign": Rule(write=DECIDERS),
    "review-done": Rule(read=DECIDERS),
    "sample": Rule(read=REVIEW_READERS),
    "sample-case": Rule(read=REVIEW_READERS, write=DECIDERS),
    "dispute": Rule(read=REVIEW_READERS, write=DECIDERS),
    "dispute-answer": Rule(write=DECIDERS),
    "signal": Rule(read=REVIEW_READERS),
    "signal-propose": Rule(write=DECIDERS),
    "signal-sign": Rule(write=DECIDERS),
    "asked": Rule(read=REVIEW_READERS),
    "asked-answer": Rule(write=DECIDERS),
    "asked-sign": Rule(write=DECIDERS),
    "fraud-new": Rule(read=DECIDERS, write=DECIDERS),
    "fraud": Rule(read=REVIEW_READERS, write=DECIDERS),
    "fraud-reverse": Rule(write=DECIDERS),
    "held-release": Rule(write=DECIDERS),
    "followups": Rule(read=LOOKERS),
    "followup": Rule(read=LOOKERS, write=DESK),
    "followup-result": Rule(write=DESK),
    "faults": Rule(read=LOOKERS | REVIEW_READERS, write=frozenset({Role.SUPERVISOR})),
    "fault-answer": Rule(write=frozenset({Role.SUPERVISOR})),
    "payments": Rule(read=REVIEW_READERS),
    "payment": Rule(read=REVIEW_READERS),
    "payment-refund": Rule(write=DECIDERS),
    "payment-answer": Rule(write=DECIDERS),
    "payment-again": Rule(write=DECIDERS),
    "payment-difference": Rule(write=DECIDERS),
    "accounts": Rule(read=KEEPERS | {Role.AUDITOR}),
    "end-session": Rule(write=KEEPERS),
    "bureau:overview": Rule(read=REVIEW_READERS | {Role.ADMINISTRATOR}),
}


REFERENCE: Final = Rule(read=frozenset({Role.ADMINISTRATOR}), write=frozenset({Role.ADMINISTRATOR}))
"""Every page of reference data (`counter.reference`): no personal data, many of one kind."""
_REFERENCE_NAMES: Final = "admin:"


def may(role: Role, address: str, method: str) -> bool:
    """Say whether `role` may open the address of this name by this method."""
    is_reference = address.startswith(_REFERENCE_NAMES)
    rule = REFERENCE if is_reference else MATRIX.get(address, Rule())
    return role in (rule.read if method in ("GET", "HEAD") else rule.write)
