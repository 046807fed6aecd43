"""What an officer may rule, and on which article."""

from collections.abc import Iterable, Mapping
from typing import Final

from juzhu.domain.findings import Condition, Finding
from juzhu.domain.parameters import ART_19, ART_21, ART_24
from juzhu.domain.vocabulary import Business, Outcome
from juzhu.modules.cases.contracts import RulingReason

OUTCOMES: Final[Mapping[RulingReason, Outcome]] = {
    RulingReason.SAME_PERSON: Outcome.APPROVED,
    RulingReason.RECORD_CORRECTED: Outcome.APPROVED,
    RulingReason.DOCUMENTS_SEEN: Outcome.APPROVED,
    RulingReason.NOT_SAME_PERSON: Outcome.REFUSED,
    RulingReason.NOT_MET: Outcome.REFUSED,
    RulingReason.NOT_SHOWN: Outcome.REFUSED,
}
"""The outcome that each reason stands for: an officer picks a reason, never a bare yes or no."""

_ON_IDENTITY: Final = frozenset({RulingReason.SAME_PERSON, RulingReason.NOT_SAME_PERSON})


def reasons_for(findings: Iterable[Finding]) -> list[RulingReason]:
    """Return the reasons that answer what is open in a case, in the order of the list.

    That it is the same person answers no other question: where the register knows who it is, a
    condition of the law that is not met cannot be granted, or an application refused, on that.
    """
    doubted = any(it.condition is Condition.IDENTITY_MATCHED and not it.met for it in findings)
    return [reason for reason in OUTCOMES if doubted or reason not in _ON_IDENTITY]


_ARTICLES: Final = {
    Business.FIRST_ISSUE: ART_19,
    Business.ENDORSEMENT: ART_24,
    Business.REISSUE: ART_21,
    Business.REPLACEMENT: ART_21,
}


def citation(business: Business) -> str:
    """Return the article that sets the conditions of a business."""
    return _ARTICLES[business].citation
