"""Sending one short message at once, while somebody waits: codes and warnings in no inbox."""

from collections.abc import Callable, Mapping

from juzhu.adapters import sms_bulk
from juzhu.ports.sms import (
    NotTaken,
    Rejected,
    Sms,
    SmsGateway,
    SmsRejectedError,
    SmsUnavailableError,
    Taken,
    Unsure,
)


class SmsNow:
    """Sends by the provider that carries now, or by another if that one has certainly not taken it.

    Args:
        providers: all of them by name, most preferred first.
        carrier: returns the name of the one that carries now.

    """

    def __init__(self, providers: Mapping[str, SmsGateway], carrier: Callable[[], str]) -> None:
        self._providers = providers
        self._carrier = carrier

    def send(
        self,
        *,
        key: str,
        phone: str,
        text: str,
        template: str = "",
        values: tuple[tuple[str, str], ...] = (),
    ) -> str:
        """Send and return the provider's number of it, "" when it may be on its way.

        A provider without keys is never given the same message twice: without its answer the
        message counts as sent.

        Raises:
            SmsRejectedError: never retry.
            SmsUnavailableError: retry later with the same key.

        """
        message = Sms(key, phone, text, template, values)
        first = self._carrier()
        others = [name for name in self._providers if name != first]
        for gateway in [self._providers[name] for name in (first, *others)]:
            match sms_bulk.hand_over(gateway, [message])[0]:
                case Taken(number):
                    return number
                case Rejected(reason, no_subscriber):
                    raise SmsRejectedError(reason, no_subscriber=no_subscriber)
                case Unsure(reason) if gateway.once_per_key:
                    raise SmsUnavailableError(reason)
                case Unsure():
                    return ""
                case NotTaken():
                    continue
        raise SmsUnavailableError("no provider took it")
