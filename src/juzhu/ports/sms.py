"""Sending a short message (短信)."""

from typing import Protocol


class SmsRejectedError(Exception):
    """The gateway will never take this message: bad number, forbidden text. Do not retry."""


class SmsUnavailableError(Exception):
    """The gateway did not answer. The message may have been sent: retry with the same key only."""


class SmsGateway(Protocol):
    """A carrier's gateway that takes each message key once."""

    def send(self, *, key: str, phone: str, text: str) -> str:
        """Send `text` to `phone` and return the gateway's own message number.

        Sending again with the same `key` is safe: the gateway delivers once and returns the first
        number again.

        Raises:
            SmsRejectedError: never retry.
            SmsUnavailableError: retry later with the same key.

        """
