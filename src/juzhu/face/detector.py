"""Where the faces are: MediaPipe BlazeFace, short range (a face within two metres)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from juzhu.face.networks import Array, Picture, network

_SIDE: Final = 128
_SURE: Final = 0.5
_SAME: Final = 0.3
"""Overlap (intersection over union) from which two boxes are the same face."""


@dataclass(frozen=True, slots=True)
class Box:
    """A face found: sureness, and where, in pixels of the picture.

    Attributes:
        score: 0 to 1.
        corners: left, top, right, bottom.
        eyes: the right and the left eye of the person, x and y each.

    """

    score: float
    corners: Array
    eyes: Array

    @property
    def side(self) -> float:
        """The longer side in pixels."""
        return float((self.corners[2:] - self.corners[:2]).max())


def boxes(picture: Picture) -> list[Box]:
    """Return the faces in the picture, the largest first."""
    numbers, scale, offset = _fitted(picture)
    found = network("detector")(numbers)
    scores = 1 / (1 + np.exp(-np.clip(found["classificators"][0, :, 0], -50, 50)))
    sure = np.flatnonzero(scores > _SURE)
    if not sure.size:
        return []
    raw, scores = found["regressors"][0][sure] / _SIDE, scores[sure]
    points = raw.reshape(len(sure), 8, 2)  # centre, size, then six points of the face
    points[:, 0] += _ANCHORS[sure]
    points[:, 2:] += _ANCHORS[sure][:, None]
    return _merged(points, scores, scale=scale, offset=offset)


def overlap(one: Array, others: Array) -> Array:
    """Return how far boxes (left, top, right, bottom) cover each other, 0 to 1."""
    sides = np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])
    common = np.maximum(sides, 0).prod(1)
    both = (one[2:] - one[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1)
    return np.asarray(common / (both - common), np.float32)


def _fitted(picture: Picture) -> tuple[Array, float, Array]:
    height, width = picture.shape[:2]
    scale = _SIDE / max(height, width)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (_SIDE - inner[0]) // 2, (_SIDE - inner[1]) // 2
    small = Image.fromarray(picture).resize(inner, Image.Resampling.BILINEAR)
    numbers = np.zeros((_SIDE, _SIDE, 3), np.float32)
    numbers[top : top + inner[1], left : left + inner[0]] = (
        np.asarray(small, np.float32) / 127.5 - 1
    )
    offset = np.array([left, top], np.float32)
    return np.ascontiguousarray(numbers.transpose(2, 0, 1)[None]), scale, offset


def _merged(points: Array, scores: Array, *, scale: float, offset: Array) -> list[Box]:
    """Average the boxes of each face, weighted by how sure they are."""
    corners = np.concatenate([points[:, 0] - points[:, 1] / 2, points[:, 0] + points[:, 1] / 2], 1)
    left = np.ones(len(scores), bool)
    found = []
    for best in np.argsort(-scores):
        if not left[best]:
            continue
        same = (overlap(corners[best], corners) > _SAME) & left
        same[best] = True
        left &= ~same
        weights = scores[same] / scores[same].sum()
        box = np.einsum("n,nc->c", weights, corners[same]).reshape(2, 2)
        eyes = np.einsum("n,nij->ij", weights, points[same, 2:4])
        found.append(
            Box(
                score=float(scores[best]),
                corners=((box * _SIDE - offset) / scale).reshape(-1).astype(np.float32),
                eyes=((eyes * _SIDE - offset) / scale).astype(np.float32),
            )
        )
    return sorted(found, key=lambda box: -box.side)


def _anchors() -> Array:
    made: list[npt.NDArray[np.float64]] = []
    for stride, each in ((8, 2), (16, 6)):
        cells = _SIDE // stride
        rows, columns = np.divmod(np.arange(cells * cells).repeat(each), cells)
        made.append(np.stack([columns + 0.5, rows + 0.5], 1) / cells)
    return np.concatenate(made).astype(np.float32)


_ANCHORS: Final = _anchors()
