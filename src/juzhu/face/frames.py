"""One frame looked at: is there one face, near enough, and what is it doing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from juzhu.face import detector, features
from juzhu.face.embedding import embedding
from juzhu.face.networks import Array, Picture
from juzhu.face.pictures import MOST_PIXELS_OF_FRAME, PictureError, is_dark, opened

_SMALLEST_SHARE: Final = 0.25
"""Of the picture's shorter side that a face must fill: farther away an eye is a few pixels."""
_SECOND_SHARE: Final = 0.4
"""A second face counts from this share of the first: not somebody on a poster far behind."""
_SURE: Final = 0.5


class Trouble(StrEnum):
    """Why a frame shows nothing to go by."""

    BROKEN = "broken"  # not a picture
    DARK = "dark"
    NOBODY = "nobody"
    SEVERAL = "several"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame shows of the one face in it.

    Attributes:
        yaw: degrees, positive to the person's own left.
        openness: of the eyes, height over width.
        box: left, top, right, bottom in pixels.
        picture: the frame, for as long as it is looked at.
        points: of the mesh.

    """

    yaw: float
    openness: float
    box: Array
    picture: Picture
    points: Array

    def embedding(self) -> Array:
        """Return the face's numbers."""
        return embedding(self.picture, self.points)


def look(jpeg: bytes) -> Seen | Trouble:
    """Return what a frame of a camera shows."""
    try:
        picture = opened(jpeg, most_pixels=MOST_PIXELS_OF_FRAME)
    except PictureError:
        return Trouble.BROKEN
    if is_dark(picture):
        return Trouble.DARK
    return seen(picture)


def seen(picture: Picture) -> Seen | Trouble:
    """Return what a picture shows."""
    found = detector.boxes(picture)
    if not found:
        return Trouble.NOBODY
    if len(found) > 1 and found[1].side > found[0].side * _SECOND_SHARE:
        return Trouble.SEVERAL
    if found[0].side < min(picture.shape[:2]) * _SMALLEST_SHARE:
        return Trouble.FAR
    sure, points = features.mesh(picture, found[0])
    if sure < _SURE:
        return Trouble.NOBODY
    return Seen(
        yaw=features.yaw(points),
        openness=features.openness(picture, points),
        box=found[0].corners,
        picture=picture,
        points=points,
    )


def reference(jpeg: bytes) -> Array | None:
    """Return the numbers of the one face on a photograph; None when none can be told.

    Photographs of identity cards show a face from near; one that is small is taken all the same.
    """
    try:
        picture = opened(jpeg)
    except PictureError:
        return None
    found = detector.boxes(picture)
    if not found:
        return None
    sure, points = features.mesh(picture, found[0])
    return embedding(picture, points) if sure >= _SURE else None
