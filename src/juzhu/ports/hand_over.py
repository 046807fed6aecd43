"""Who may hand people over to these pages, already signed in (登录交接)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AppIssuer:
    """The backend of an app, registered with its public keys.

    Attributes:
        issuer: what its tokens name in `iss`.
        keys: public JSON Web Keys by `kid`.
        levels: trust level (2 to 5) of each `acr` it may claim; any other is refused.

    """

    issuer: str
    keys: Mapping[str, Mapping[str, Any]]
    levels: Mapping[str, int]
