"""What anybody may fetch to check sheets without asking us: public keys and status lists."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from juzhu import wiring
from juzhu.journeys import verify
from juzhu.web.access import public_page

_FOR_ALL: Final = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}


@require_safe
@public_page
def keys(_request: HttpRequest) -> HttpResponse:
    """Return every key that still verifies, as a JSON Web Key Set."""
    return JsonResponse(wiring.proofs().public_keys(), headers=_FOR_ALL)


@require_safe
@public_page
def status_list(_request: HttpRequest, number: int) -> HttpResponse:
    """Return a signed status list; whose sheet is looked up in it is not told to us."""
    signed = verify.status_list(number, at=wiring.clock().now())
    if signed is None:
        raise Http404
    return HttpResponse(signed, "application/statuslist+jwt", headers=_FOR_ALL)
