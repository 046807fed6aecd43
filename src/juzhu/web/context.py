"""What every template may ask for."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from juzhu import wiring
from juzhu.domain.identity import mask_name
from juzhu.modules.people import queries as people
from juzhu.web import acting, display, sessions


def page(request: HttpRequest) -> dict[str, Any]:
    """Say how the page is shown and whether somebody is signed in."""
    in_english = get_language() == "en"
    return {
        "english": in_english,
        "html_lang": "en" if in_english else "zh-Hans",
        "elder": display.mode(request) == display.ELDER,
        "marks": wiring.site_marks(),
        "signed_in": sessions.visitor(request) is not None,
        "acting_for": _acting_for(request),
        "idle_warning_seconds": sessions.IDLE_WARNING_SECONDS,
        "idle_end_seconds": sessions.IDLE_END_SECONDS,
        "simulated": wiring.face_kind() == "simulated" and wiring.face().simulated,
        "face_here": wiring.face_kind() == "local",
        "has_accounts": wiring.has_accounts(),
        "trial": wiring.is_trial(),
    }


def _acting_for(request: HttpRequest) -> str:
    """Return the masked name of the person for whom this page is used, "" for oneself."""
    mandate = acting.mandate_of(request)
    return mask_name(people.person(mandate.holder_id).name) if mandate else ""
