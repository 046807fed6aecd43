"""What may leave the lives module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from juzhu.ports.life_events import LifeKind


class Outcome(StrEnum):
    """What became of a signal."""

    NOBODY = "nobody"  # the person is not in the register
    NOTHING = "nothing"  # there was nothing left to change
    DONE = "done"
    REVIEW = "review"  # an officer must look: the machine cannot tell what is right
    SETTLED = "settled"  # an officer has looked and said so
    ANNULLED = "annulled"  # it was wrong, and everything is as before


@dataclass(frozen=True, slots=True)
class Silence:
    """Whether the registers' feed answers.

    Attributes:
        since: since when it has not; None while it does.
        why: what came instead of an answer, "" while it does.
        failures: tries without an answer, ever.

    """

    since: datetime | None
    why: str
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalView:
    """What a source told of one person. Never log it.

    Attributes:
        id: our number of it.
        key: the source's name of it.
        kind: what is said to have happened.
        on: since which day.
        person_id: of whom, None for somebody who is not in the register.
        new_number: the corrected citizen number, "" for other kinds.
        former_number: the number before, "" for other kinds.
        received_at: when it was taken in.
        outcome: what became of it.
        why: of an outcome for an officer, in one word.
        cases: acceptance numbers of the cases that ended by it.
        words: an officer's, on proposing to undo it or on settling it.
        proposed_by: who proposed that it was wrong, "" for nobody.
        answered_by: who signed or settled it, "" for nobody.

    """

    id: int
    key: str
    source: str
    kind: LifeKind
    on: date
    person_id: int | None
    new_number: str
    former_number: str
    received_at: datetime
    outcome: Outcome
    why: str
    cases: tuple[str, ...]
    words: str
    proposed_by: str
    answered_by: str

    @property
    def occasion(self) -> str:
        """Under which name its acts stand in the register."""
        return f"life-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingView:
    """That a permit may have been obtained by false statements (弄虚作假), and what became of it.

    Attributes:
        ground: what the officer holds against it, as the person reads it.
        hear_by: last day on which the person is waited for.
        said: the person's own words, "" while there are none.
        outcome: "" while open, then `cancelled`, `dropped` or `reversed`.
        words: the reasons of the decision.
        cases: acceptance numbers of the cases that ended by it.

    """

    id: int
    person_id: int
    permit_id: int
    opened_by: str
    opened_at: datetime
    ground: str
    hear_by: date
    said: str
    said_at: datetime | None
    outcome: str
    words: str
    decided_by: str
    decided_at: datetime | None
    cases: tuple[str, ...]

    @property
    def occasion(self) -> str:
        """Under which name its acts stand in the register."""
        return f"fraud-{self.id}"

    def may_be_decided(self, on: date) -> bool:
        """Say whether the person has been heard, or could have been, by that day."""
        return not self.outcome and (self.said_at is not None or on > self.hear_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a cancellation was asked for: what the file keeps of who it was.

    Attributes:
        channel: through which pages, "" at a counter.
        proofs: the ways in which the person had freshly proven who they are (`Way`), on the phone.
        officer: staff number of whoever did it at a counter, "" on the phone.
        point: where.
        identified: how the officer knew the person.

    """

    channel: str = ""
    proofs: tuple[str, ...] = ()
    officer: str = ""
    point: str = ""
    identified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEndView:
    """A cancellation on request, and what became of the holder's word that it was not theirs.

    Attributes:
        occasion: under which name its act stands in the register.
        on: the day from which the permit is cancelled.
        asked_at: when it was asked for.
        asking: how; empty for one from before that was kept.
        cases: acceptance numbers of the cases that ended by it.
        said: the holder's own words, "" while they have said nothing.
        heard_by: staff number of whoever took them down, "" from the phone.
        answer_by: last day for an answer.
        proposed_by: who proposed to restore the permit, "" for nobody.
        outcome: "" while open, then `restored` or `stands`.
        words: an officer's reasons, for the holder too once there is an outcome.

    """

    id: int
    occasion: str
    person_id: int
    permit_id: int
    on: date
    asked_at: datetime
    asking: Asking
    cases: tuple[str, ...]
    said: str
    said_at: datetime | None
    heard_by: str
    answer_by: date | None
    proposed_by: str
    outcome: str
    words: str
    answered_by: str
    answered_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether the holder waits for an answer."""
        return self.said_at is not None and not self.outcome
