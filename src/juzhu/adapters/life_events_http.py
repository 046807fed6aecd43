"""Reading the feed of life events over the gateway: `juzhu.ports.life_events.LifeEvents`."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from juzhu.adapters.gateway import Gateway, GatewayMalformedError, GatewayUnreachableError
from juzhu.domain.identity import NumberError, parse_id_number
from juzhu.ports.life_events import LifeEvent, LifeEventsUnavailableError, LifeKind

PATH: Final = "/life-events/query"
LIMIT_SECONDS: Final = 5.0


class _Line(msgspec.Struct, frozen=True):
    position: int
    key: str
    source: str
    kind: LifeKind
    id_number: str
    on: date
    new_number: str = ""
    undoes: str = ""


class _Page(msgspec.Struct, frozen=True):
    events: list[_Line]


_DECODER: Final = msgspec.json.Decoder(_Page)
_ENCODER: Final = msgspec.json.Encoder()


class HttpLifeEvents:
    """The feed behind the departments' gateway: signed both ways."""

    def __init__(self, gateway: Gateway, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._gateway = gateway
        self._limit_seconds = limit_seconds

    def after(self, position: int, *, limit: int) -> Sequence[LifeEvent]:
        """Return up to `limit` events behind `position`, in their order.

        Raises:
            LifeEventsUnavailableError: no answer that can be believed: silent, badly signed, not
                the agreed shape, or with a place left out.

        """
        question = _ENCODER.encode({"after": position, "limit": limit})
        try:
            reply = self._gateway.call(PATH, question, within_seconds=self._limit_seconds)
            if reply.status != 200:
                raise LifeEventsUnavailableError(f"status {reply.status}")
            page = _DECODER.decode(reply.body)
            return [_event(line, position + n) for n, line in enumerate(page.events, start=1)]
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise LifeEventsUnavailableError(type(error).__name__) from error
        except (msgspec.DecodeError, _GapError) as error:
            raise LifeEventsUnavailableError(f"not understood: {type(error).__name__}") from error


class _GapError(ValueError):
    """A place is missing: what stood there would be passed over for good."""


def _event(line: _Line, position: int) -> LifeEvent:
    if line.position != position or not 0 < len(line.key) <= 40:
        raise _GapError(line.position)
    return LifeEvent(
        position=position,
        key=line.key,
        source=line.source[:16],
        kind=line.kind,
        id_number=_number(line.id_number),
        on=line.on,
        new_number=_number(line.new_number) if line.new_number else "",
        undoes=line.undoes,
    )


def _number(written: str) -> str:
    """Return the eighteen characters; one of fifteen is the same person (GB 11643).

    What is no such number comes as it is: it may be the very mistake that is put right.
    """
    try:
        return parse_id_number(written, on=date.max).number
    except NumberError:
        return written.strip().upper()[:32]
