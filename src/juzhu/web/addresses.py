"""Where a request came from, and where it came to."""

import ipaddress
from urllib.parse import urlsplit

from django.http import HttpRequest

from juzhu import wiring


def client_address(request: HttpRequest) -> str:
    """Return the peer's address as the server saw it; a proxy in front is the server's business."""
    return str(request.META.get("REMOTE_ADDR", ""))


def client_source(request: HttpRequest) -> str:
    """Return what counts as one caller: the address, for IPv6 the /64 that a household has."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return address


def host() -> str:
    """Return the name of the site as people see it in the address bar."""
    return urlsplit(wiring.verify_url()).netloc
