"""Where a request came from."""

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the peer's address as the server saw it; a proxy in front is the server's business."""
    return str(request.META.get("REMOTE_ADDR", ""))
