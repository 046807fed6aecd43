"""Signing in with an account of the unified identity platform (统一身份认证平台)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class AccountUnavailableError(Exception):
    """The platform did not answer, or not sensibly; offer another way to sign in."""


class AccountRefusedError(Exception):
    """The platform, or the person there, said no; or what came back is not for this sign-in."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A sign-in on its way through the platform; kept, sealed, until the person comes back.

    Attributes:
        address: where the browser goes.
        state: must come back as it was: ties the answer to this browser.
        nonce: must be in the token: ties the token to this sign-in.
        verifier: proves to the platform that whoever redeems the code began the sign-in (PKCE).
        fresh: the person must show anew who they are, not by a session of the platform.

    """

    address: str
    state: str
    nonce: str
    verifier: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the platform vouches for. Never log it.

    Attributes:
        id_number: citizen number, as the platform writes it.
        name: as the platform writes it.
        level: trust level, 2 to 5.
        shown_at: when the person showed the platform who they are.

    """

    id_number: str
    name: str
    level: int
    shown_at: datetime


class AccountProvider(Protocol):
    """A provider of accounts."""

    def send(self, *, back: str, fresh: bool) -> Errand:
        """Return where to send the browser; `back` is our address that it returns to.

        Raises:
            AccountUnavailableError: the platform's addresses are not known and cannot be asked.

        """

    def fetch(self, errand: Errand, *, code: str, back: str, at: datetime) -> Account:
        """Redeem the code that the browser brought back.

        Raises:
            AccountUnavailableError: no answer, or none to be believed.
            AccountRefusedError: the code is not good, or the token is not for this errand.

        """
