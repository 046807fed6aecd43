"""What may leave the permits module."""

from dataclasses import dataclass

from juzhu.domain.permit import Action, PermitStatus


@dataclass(frozen=True, slots=True)
class PermitView:
    """A permit with its state on the day it was asked for.

    Attributes:
        id: our own number of the permit.
        number: the e-licence code, `440300` + year + eight characters.
        person_id: the holder.
        status: state and dates on the asked day.
        actions: the acts it is folded from, oldest first.

    """

    id: int
    number: str
    person_id: int
    status: PermitStatus
    actions: tuple[Action, ...]
