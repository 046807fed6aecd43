"""Checks on real photographs: who is let in, who is not, and that nothing is left afterwards."""

import gc
import os
import random
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from juzhu.city.portraits import portrait
from juzhu.face import checks as module
from juzhu.face.challenge import Over
from juzhu.face.checks import (
    LIFE_SECONDS,
    Checks,
    ForeignCheckError,
    TooBusyError,
    UnknownCheckError,
)
from juzhu.face.frames import Trouble, look
from tests.face.puppet import PHOTOGRAPHS, Puppet, movement

ENROLLED = Path(module.__file__).parents[1] / "city" / "data" / "faces"
OBAMA, BIDEN = Puppet(PHOTOGRAPHS / "obama3.jpg"), Puppet(PHOTOGRAPHS / "biden.jpg")


class Booth:
    """A camera and a clock in front of the checks."""

    def __init__(self, **more: object) -> None:
        self.now = 100.0
        self.checks = Checks(clock=lambda: self.now, chance=random.Random(3), **more)
        self.name = self.checks.begin()

    def show(self, *frames: bytes):
        self.now += 0.1 * len(frames)
        return self.checks.look_at(self.name, frames)

    def perform(self, puppet: Puppet, *, limit: int = 12):
        """Do what is asked until it is over, one way or the other."""
        poses: list[dict[str, object]] = []
        for _ in range(limit * 10):
            progress = self.show(puppet.jpeg(**(poses.pop(0) if poses else {})))
            if progress.succeeded or progress.over:
                return progress
            if progress.action and not poses:
                poses = [{}] * 3 + movement(progress.action)
        raise AssertionError("it never ended")


@pytest.fixture(scope="module")
def passed() -> module._Check:
    booth = Booth()
    assert booth.perform(OBAMA).succeeded
    return booth.checks._under_way[booth.name]


def booth_after(passed: module._Check) -> Booth:
    """Return a check of its own in which somebody has done all that was asked."""
    booth = Booth()
    check = booth.checks._under_way[booth.name]
    check.challenge, check.faces = passed.challenge, list(passed.faces)
    return booth


def test_the_right_person_is_let_in_once(passed):
    booth = booth_after(passed)

    assert booth.checks.verdict(booth.name, (ENROLLED / "obama.jpg").read_bytes()) is True

    with pytest.raises(UnknownCheckError):
        booth.checks.verdict(booth.name, (ENROLLED / "obama.jpg").read_bytes())


@pytest.mark.parametrize("other", ["biden.jpg", "collins.jpg"])
def test_another_person_is_not(passed, other):
    booth = booth_after(passed)

    assert booth.checks.verdict(booth.name, (ENROLLED / other).read_bytes()) is False


@pytest.mark.parametrize("photograph", [None, b"", b"\xff\xd8\xff broken", "drawing"])
def test_a_photograph_without_a_face_lets_nobody_in(passed, photograph):
    booth = booth_after(passed)
    data = portrait("430105199203049976", male=True) if photograph == "drawing" else photograph

    assert booth.checks.verdict(booth.name, data) in (None, False)


def test_a_still_photograph_does_not_pass():
    booth, frame = Booth(), OBAMA.jpeg()

    progress = booth.show(frame)
    while progress.over is None:
        booth.now += 1.2  # few frames are enough to see that nothing moves
        progress = booth.show(frame)

    assert progress.over is Over.TOO_SLOW
    assert booth.checks.verdict(booth.name, (ENROLLED / "obama.jpg").read_bytes()) is False


def test_another_face_after_the_first_is_noticed():
    booth = Booth()
    progress = booth.show(*[OBAMA.jpeg()] * 6)
    while progress.action is None:
        progress = booth.show(OBAMA.jpeg())

    other = [{}] * 3 + movement(progress.action)
    for pose in other:
        progress = booth.show(BIDEN.jpeg(**pose))

    assert progress.over in (Over.SWAPPED, Over.LOST)


def noise(side: int) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    return _jpeg(Image.fromarray(pixels))


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def two_people() -> bytes:
    both = Image.new("RGB", (960, 360))
    both.paste(Image.fromarray(OBAMA.picture), (0, 0))
    both.paste(Image.fromarray(BIDEN.picture), (480, 0))
    return _jpeg(both)


def far_away() -> bytes:
    room = Image.new("RGB", (640, 480), (90, 100, 110))
    room.paste(Image.fromarray(OBAMA.picture).resize((320, 240)), (160, 120))
    return _jpeg(room)


@pytest.mark.parametrize(
    ("frame", "trouble"),
    [
        (lambda: b"", Trouble.BROKEN),
        (lambda: b"\xff\xd8\xff\xe0" + os.urandom(2000), Trouble.BROKEN),
        (lambda: OBAMA.jpeg()[:3000], Trouble.BROKEN),
        (lambda: b"<svg onload=alert(1)>", Trouble.BROKEN),
        (lambda: _jpeg(Image.new("L", (9000, 9000))), Trouble.BROKEN),
        (lambda: _jpeg(Image.new("RGB", (640, 480))), Trouble.DARK),
        (lambda: noise(480), Trouble.NOBODY),
        (two_people, Trouble.SEVERAL),
        (far_away, Trouble.FAR),
    ],
)
def test_a_frame_without_one_near_face_says_why(frame, trouble):
    assert look(frame()) is trouble


def test_a_hundred_frames_a_second_are_not_looked_at(monkeypatch):
    seen: list[bytes] = []
    monkeypatch.setattr(module, "look", lambda frame: seen.append(frame) or Trouble.NOBODY)
    booth = Booth()

    for _ in range(50):
        booth.now += 0.1
        booth.checks.look_at(booth.name, [b"x"] * 10)

    assert len(seen) <= 10 * 5 + 10


def test_as_many_as_can_be_looked_at_and_no_more(monkeypatch):
    monkeypatch.setattr(module, "MOST_CHECKS", 2)
    booth = Booth()
    booth.checks.begin()
    with pytest.raises(TooBusyError):
        booth.checks.begin()

    booth.now += LIFE_SECONDS + 1

    booth.checks.begin()
    assert len(booth.checks) == 1


def test_a_process_knows_the_checks_of_the_one_before_it_from_those_that_never_were():
    booth, after = Booth(), Booth()

    with pytest.raises(ForeignCheckError):
        after.checks.look_at(booth.name, [])
    with pytest.raises(ForeignCheckError):
        after.checks.verdict(booth.name, None)
    with pytest.raises(UnknownCheckError):
        after.checks.look_at(after.name + "x", [])


def test_of_an_ended_check_nothing_is_in_memory(passed):
    booth = Booth()
    booth.show(*[OBAMA.jpeg()] * 6)
    assert booth.checks._under_way[booth.name].faces
    pictures = {id(it) for it in gc.get_objects() if issubclass(type(it), Image.Image)}

    booth.checks.verdict(booth.name, None)

    gc.collect()
    kept = [it for it in gc.get_objects() if issubclass(type(it), module._Check) and it.faces]
    assert all(check is passed for check in kept)  # the one that the other tests begin from
    assert len(booth.checks) == 0
    assert {id(it) for it in gc.get_objects() if issubclass(type(it), Image.Image)} <= pictures


def tilted(degrees: float) -> bytes:
    """Return a flat print turned about its upright axis, as a camera sees it."""
    width, height, focus = 400, 300, 600.0
    turn = np.radians(degrees)
    source, seen = [], []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        along, up = (x - width / 2) * np.cos(turn), y - height / 2
        away = focus + (x - width / 2) * np.sin(turn)
        source.append((x, y))
        seen.append((width / 2 + focus * along / away, height / 2 + focus * up / away))
    rows = [
        row
        for (x, y), (u, v) in zip(seen, source, strict=True)
        for row in ([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y])
    ]
    shape = np.linalg.solve(np.array(rows), np.array(source).reshape(-1))
    flat = Image.fromarray(OBAMA.picture).resize((width, height))
    return _jpeg(flat.transform((width, height), Image.Transform.PERSPECTIVE, tuple(shape)))


@pytest.mark.soak
@pytest.mark.parametrize("sign", [1, -1])
def test_a_print_turned_by_hand_does_not_pass(sign):
    booth = Booth()
    progress = booth.show(*[tilted(0)] * 6)
    swing = [*range(0, 45, 5), *range(40, -5, -5)]

    while progress.over is None:
        for degrees in swing:
            progress = booth.show(tilted(sign * degrees))

    assert progress.done == 0
