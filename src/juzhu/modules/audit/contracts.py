"""What may leave the audit module."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """Why somebody looked at or acted on a person's data; the holder reads it in words."""

    PRECHECK = "precheck"  # the conditions were checked before an application
    DECIDE = "decide"  # an application was decided
    SIGN_IN = "sign_in"  # the person signed in
    REGISTER = "register"  # a legacy permit was taken over
    REVIEW = "review"  # an officer looked again
    NIGHT_ROUND = "night_round"  # reminders and calendar notices
    SHEET = "sheet"  # an information sheet was made for the holder
    CHECK = "check"  # somebody checked a sheet on the public page
    SHARE = "share"  # somebody used a share code of the holder


@dataclass(frozen=True, slots=True)
class LookView:
    """One entry of a person's ledger, for "who looked at my data".

    Attributes:
        at: when.
        who: actor in the form `kind:name`, e.g. `system:decision`, `department:insurance`.
        purpose: why.
        fields: names of what was seen, as keys of `web` texts.
        occasion: acceptance number or other occasion, "" when none.
        times: how often the same was looked at for the same purpose that day; `at` is the latest.

    """

    at: datetime
    who: str
    purpose: Purpose
    fields: tuple[str, ...]
    occasion: str
    times: int = 1
