"""The English words of a copy of one's data; keys and codes are English and mostly speak."""

from collections.abc import Mapping
from typing import Final

from juzhu.journeys.my_data_labels import VALUES

SECTIONS: Final[Mapping[str, str]] = {
    "person": "You",
    "permits": "Residence permits",
    "cases": "Applications",
    "cards": "Cards",
    "payments": "Fees",
    "sheets": "Information sheets",
    "shares": "Share codes",
    "messages": "Messages to you",
    "disputes": "What you did not accept",
    "consents": "What you allowed",
    "life": "What registers of persons told",
    "hearings": "What you were asked to explain",
    "ends": "Cancellations asked for in your name",
    "looks": "Who looked at your data",
}

_LABELS: Final[Mapping[str, str]] = {
    "id_number": "Citizen number",
    "former_id_numbers": "Numbers before a correction",
    "phone": "Reserved phone",
    "phone_doubted": "Phone no longer used",
    "window_opens": "Endorsement from",
    "continuous_since": "Held without a break since",
    "acts": "History",
    "act": "What",
    "on": "Day",
    "until": "Extended to",
    "number": "Acceptance no.",
    "route": "By which route",
    "agent": "Collected by",
    "helper": "Who acts for you",
    "holder": "For whom you act",
    "tasks": "May",
    "met": "Condition met",
    "citation": "Article",
    "at": "When",
    "ruling": "Officer's words",
    "card_number": "Production no.",
    "ground": "Why",
    "ordered_at": "Begun",
    "serial": "Chip no.",
    "events": "History",
    "event": "What",
    "payment_number": "Payment no.",
    "yuan": "Amount (yuan)",
    "sheet_number": "Sheet no.",
    "uses": "Times used",
    "text_en": "Text",
    "words": "Your words",
    "consent": "What",
    "given_at": "Since",
    "hear_by": "To be answered by",
    "proofs": "How identity was shown",
    "account": "WeChat identifier",
}
_CODES: Final[Mapping[str, str]] = {
    "holder:self": "you",
    "system:decision": "the permit system",
    "system:precheck": "the permit system",
    "none": "not wanted",
    "stands": "the cancellation stands",
    "helper": "somebody acts for you",
    "helps": "you act for somebody",
    "wechat": "WeChat",
    "STABLE": "stable home and job",
    "TALENT": "introduced talent",
    "STUDENT": "full-time student",
}


def label(key: str) -> str:
    """Return what an entry is called: its key in words where nothing better is written."""
    return _LABELS.get(key) or key.removesuffix("_at").replace("_", " ").capitalize()


def code(value: str) -> str:
    """Return a code in words; what is no code stands as it is."""
    if value in _CODES:
        return _CODES[value]
    return value.replace("_", " ").replace("-", " ") if value in VALUES else value
