"""A face as 128 numbers: dlib's network, on a face laid into dlib's own frame.

The distance of two faces is Euclidean. The face and its mirror image are averaged: measured, that
halves the errors. No number of a face ever leaves this process or outlives its check.
"""

from typing import Final

import numpy as np
from PIL import Image

from juzhu.face.networks import Array, Picture, network

SIDE: Final = 150
_POINTS: Final = [263, 362, 33, 133, 2]  # of the mesh: corners of the eyes, and under the nose
_FRAME: Final = np.array(
    [  # where dlib's shape predictor of five points puts them, in a unit square
        (0.8595674595992, 0.2134981538014),
        (0.6460604764104, 0.2289674387677),
        (0.1205750620789, 0.2137274526848),
        (0.3340850613712, 0.2290642403242),
        (0.4901123135679, 0.6277975316475),
    ]
)
_PADDING: Final = 0.25
_TARGET: Final = (_FRAME + _PADDING) / (1 + 2 * _PADDING) * SIDE


def embedding(picture: Picture, points: Array) -> Array:
    """Return the face's 128 numbers."""
    chip = _laid(picture, points[_POINTS, :2])
    both = np.stack([chip, chip[:, ::-1]]).transpose(0, 3, 1, 2).astype(np.float32)
    found = network("embedding")(np.ascontiguousarray(both))["embeddings"]
    return np.asarray(found.mean(0), np.float32)


def distance(one: Array, other: Array) -> float:
    """Return how different two faces are; under the threshold it is the same person."""
    return float(np.linalg.norm(one - other))


def _laid(picture: Picture, points: Array) -> Picture:
    """Return the face turned, scaled and moved onto dlib's frame (a similarity, least squares)."""
    source, target = points - points.mean(0), _TARGET - _TARGET.mean(0)
    size = (source**2).sum()
    a = (source * target).sum() / size
    b = (source[:, 0] * target[:, 1] - source[:, 1] * target[:, 0]).sum() / size
    onto = np.array([[a, -b], [b, a]])
    back = np.linalg.inv(onto)
    start = points.mean(0) - back @ _TARGET.mean(0)
    image, factor = Image.fromarray(picture), 1.2 * float(np.hypot(a, b))
    if factor < 1.2 / 1.6:  # shrink first, or pixels would be skipped
        image = image.resize(
            (max(1, round(image.width * factor)), max(1, round(image.height * factor))),
            Image.Resampling.BOX,
        )
        back, start = back * factor, start * factor
    return np.asarray(
        image.transform(
            (SIDE, SIDE),
            Image.Transform.AFFINE,
            (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1]),
            Image.Resampling.BILINEAR,
        )
    )
