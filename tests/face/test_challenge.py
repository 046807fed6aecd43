"""The challenge as a judge of numbers: what passes, what does not, whoever is in front of it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.face.challenge import (
    ACTION_SECONDS,
    GAP_SECONDS,
    Action,
    Challenge,
    Moment,
    Over,
    chosen,
)

OPEN = 0.3
STEP = 0.1
BLINK, LEFT, RIGHT = Action.BLINK, Action.LEFT, Action.RIGHT
MOVES = {
    BLINK: [(0, 0.05), (0, 0.05), (0, OPEN)],
    LEFT: [(10, OPEN), (20, OPEN), (25, OPEN), (10, OPEN), (3, OPEN)],
    RIGHT: [(-10, OPEN), (-20, OPEN), (-25, OPEN), (-10, OPEN), (-3, OPEN)],
}
FRONT = [(0, OPEN)]


class Person:
    """Somebody in front of the camera at ten frames a second, whose head is a little turned."""

    def __init__(self, challenge: Challenge, *, leaning: float = 4.0) -> None:
        self.challenge, self.leaning, self.at = challenge, leaning, 0.0

    def show(self, poses) -> "Person":
        for yaw, openness in poses:
            self.challenge.see(Moment(self.at, self.leaning + yaw, openness))
            self.at += STEP
        return self

    def wait_until_asked(self) -> Action:
        while self.challenge.present is None and self.challenge.over is None:
            self.show(FRONT)
        self.show(FRONT * 3)  # nobody moves at once
        assert self.challenge.present is not None
        return self.challenge.present


def a_challenge(*actions: Action) -> Challenge:
    return Challenge(actions, (0.5,) * len(actions))


@given(st.integers(0, 10_000), st.floats(-12, 12))
def test_whoever_does_what_is_asked_passes(seed, leaning):
    challenge = Challenge.made(random.Random(seed))
    person = Person(challenge, leaning=leaning)

    while not challenge.succeeded:
        person.show(MOVES[person.wait_until_asked()])
        assert challenge.over is None


@given(st.integers(0, 10_000))
def test_movements_are_two_or_three_with_a_turn_and_a_blink(seed):
    actions = chosen(random.Random(seed))

    assert len(actions) in (2, 3)
    assert BLINK in actions
    assert {LEFT, RIGHT} & set(actions)


def test_every_order_is_chosen_about_as_often():
    chance = random.Random(1)
    counts: dict[tuple[Action, ...], int] = {}
    for _ in range(3000):
        counts[chosen(chance)] = counts.get(chosen(chance), 0) + 1

    assert len(counts) == 14
    assert max(counts.values()) < 3000 / 5


@pytest.mark.parametrize(
    ("actions", "shown", "over"),
    [
        ((BLINK, LEFT), FRONT * 120, Over.TOO_SLOW),  # a photograph held still
        ((LEFT, BLINK), MOVES[RIGHT] * 3, Over.WRONG),
        ((BLINK, LEFT), MOVES[LEFT], Over.WRONG),
        ((LEFT, BLINK), [(4, OPEN), (-4, OPEN)] * 60, Over.TOO_SLOW),  # a photograph tilted
        ((BLINK, LEFT), [(0, 0.2), (0, 0.25)] * 60, Over.TOO_SLOW),  # eyes narrowed, not closed
        ((BLINK, LEFT), [(0, 0.05)] * 120, Over.TOO_SLOW),  # eyes closed and left so
    ],
)
def test_what_was_not_asked_for_does_not_pass(actions, shown, over):
    challenge = a_challenge(*actions)
    person = Person(challenge).show(FRONT * 4)
    person.wait_until_asked()

    person.show(shown)

    assert challenge.over is over
    assert not challenge.succeeded


def test_a_turn_while_nothing_is_asked_is_a_recording():
    challenge = a_challenge(LEFT, BLINK)

    Person(challenge).show(FRONT * 4).show(MOVES[LEFT])

    assert challenge.over is Over.WRONG


def test_a_movement_in_the_instant_of_asking_is_a_recording():
    challenge = a_challenge(LEFT, BLINK)
    person = Person(challenge).show(FRONT * 4)
    while challenge.present is None:
        person.show(FRONT)

    person.show([(20, OPEN)])

    assert challenge.over is Over.TOO_SOON


def recorded(seed: int) -> list[tuple[float, float]]:
    """Return all that the camera saw of somebody who passed."""
    challenge, shown = Challenge.made(random.Random(seed)), []
    person = Person(challenge)
    while not challenge.succeeded:
        poses = FRONT * 3 + MOVES[challenge.present] if challenge.present else FRONT
        shown += poses
        person.show(poses)
    return shown


def test_a_recording_shown_again_and_again_seldom_passes():
    """It passes only where its turns happen to be the next one's, in order and in time."""
    passed = 0
    for seed in range(400):
        challenge = Challenge.made(random.Random(seed + 1))
        Person(challenge).show(recorded(seed) * 2)
        passed += challenge.succeeded

    assert passed < 400 * 0.25


@pytest.mark.parametrize(
    ("gap", "over"), [(GAP_SECONDS - STEP, None), (GAP_SECONDS + STEP, Over.LOST)]
)
def test_a_face_that_was_away_too_long_may_be_another(gap, over):
    challenge = a_challenge(BLINK, LEFT)
    person = Person(challenge).show(FRONT * 6)
    person.at += gap - STEP

    person.show(FRONT)

    assert challenge.over is over


def test_frames_without_a_face_count_as_away():
    challenge = a_challenge(BLINK, LEFT)
    person = Person(challenge).show(FRONT * 6)

    challenge.nothing_seen(person.at + GAP_SECONDS)

    assert challenge.over is Over.LOST


@pytest.mark.parametrize("poses", [[(40, OPEN)], [(0, OPEN)] * 3 + [(40, OPEN)]])
def test_who_never_looks_straight_ahead_was_not_seen_rather_than_too_slow(poses):
    challenge = a_challenge(BLINK, LEFT)
    person = Person(challenge)

    while challenge.over is None:
        person.show(poses)

    assert challenge.over is Over.UNSEEN


def test_dark_first_frames_only_take_time():
    challenge = a_challenge(BLINK, LEFT)
    for number in range(20):
        challenge.nothing_seen(number * STEP)
    person = Person(challenge)
    person.at = 2.0

    person.show(MOVES[person.show(FRONT * 4).wait_until_asked()])

    assert (challenge.done, challenge.over) == (1, None)


def test_waiting_too_long_before_a_movement_ends_it():
    challenge = a_challenge(BLINK, LEFT)
    person = Person(challenge)
    person.wait_until_asked()
    person.show(FRONT * int(ACTION_SECONDS / STEP))

    assert challenge.over is Over.TOO_SLOW
