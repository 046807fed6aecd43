"""What an officer may rule, and on which article."""

from collections.abc import Mapping
from typing import Final

from juzhu.domain.parameters import ART_19, ART_24
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


def citation(business: Business) -> str:
    """Return the article that sets the conditions of a business."""
    article = ART_19 if business is Business.FIRST_ISSUE else ART_24
    return article.citation
