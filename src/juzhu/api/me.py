"""What a partner sees of itself."""

from django.http import HttpRequest
from ninja import Router

from juzhu.api.calls import Call
from juzhu.api.schemas import Me

router = Router(tags=["partner"])


@router.get("/me", response=Me, operation_id="me", summary="Who you are here")
def me(request: HttpRequest) -> Me:
    """Return the caller's entry in the registry of partners."""
    call: Call = request.scope["juzhu.call"]  # type: ignore[attr-defined]
    return Me(code=call.partner.code, scopes=sorted(call.partner.grants))
