"""Where providers of short messages report what became of them.

Their callbacks carry no signature. So the address has a secret part, and a report is believed only
when its number is of a message that this provider was given, and its phone the one it went to.
"""

from hmac import compare_digest

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from juzhu import wiring
from juzhu.journeys import messages
from juzhu.ports.sms import SmsCallbackError
from juzhu.web.access import public_page


@csrf_exempt
@require_POST
@public_page
def receipts(request: HttpRequest, provider: str, token: str) -> HttpResponseBase:
    """Take in the receipts of one callback; a wrong address looks absent."""
    gateway = wiring.sms_providers().get(provider)
    expected = gateway.callback_token if gateway else ""
    if gateway is None or not expected or not compare_digest(expected.encode(), token.encode()):
        raise Http404
    try:
        found = gateway.parse(request.body)
    except SmsCallbackError:
        return HttpResponse(status=400)
    messages.note_receipts(found, provider=provider)
    return HttpResponse(gateway.callback_answer, content_type="application/json")
