"""What every template may ask for."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from juzhu import wiring
from juzhu.web import display, sessions


def page(request: HttpRequest) -> dict[str, Any]:
    """Say how the page is shown and whether somebody is signed in."""
    in_english = get_language() == "en"
    return {
        "english": in_english,
        "html_lang": "en" if in_english else "zh-Hans",
        "elder": display.mode(request) == display.ELDER,
        "marks": wiring.site_marks(),
        "signed_in": sessions.visitor(request) is not None,
        "idle_warning_seconds": sessions.IDLE_WARNING_SECONDS,
        "idle_end_seconds": sessions.IDLE_END_SECONDS,
        "simulated": wiring.face_kind() == "simulated" and wiring.face().simulated,
        "face_here": wiring.face_kind() == "local",
        "has_accounts": wiring.has_accounts(),
        "trial": wiring.is_trial(),
    }
