"""What may leave the notices module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Occasion(StrEnum):
    """Why a message is written; each has one text in `notices.texts`."""

    ISSUED = "issued"
    ENDORSED = "endorsed"
    REFUSED = "refused"
    WAITING = "waiting"  # a department is silent; the case is kept
    IN_REVIEW = "in_review"
    WITHDRAWN = "withdrawn"
    WINDOW_OPENED = "window_opened"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    SHEET_READY = "sheet_ready"
    SHEET_HELD = "sheet_held"  # a rare character: an officer makes it
    SHARE_USED = "share_used"
    MAY_APPLY_NOW = "may_apply_now"  # the reminder asked for after a refusal


class Delivery(StrEnum):
    """Where a message's SMS stands."""

    SCHEDULED = "scheduled"  # for a later day
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # the gateway will never take it
    NO_PHONE = "no_phone"  # shown in the inbox only


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message in a person's inbox.

    Attributes:
        text: Chinese text, as sent.
        text_en: the same in English.
        case_number: the case it is about, "" when none.

    """

    occasion: Occasion
    text: str
    text_en: str
    written_at: datetime
    due_on: date
    delivery: Delivery
    case_number: str
