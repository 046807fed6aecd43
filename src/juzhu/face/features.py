"""The points of one face, which way it looks, and how far its eyes are open.

MediaPipe's face mesh (468 points with depth) and iris network. The mesh alone does not see a blink;
the iris network, which looks at each eye closely, does.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from juzhu.face.detector import Box
from juzhu.face.networks import Array, Picture, network

_MESH_SIDE: Final = 192
_EYE_SIDE: Final = 64
_MARGIN: Final = 1.5
_RIGHT_EAR, _LEFT_EAR = 234, 454
_RIGHT_EYE, _LEFT_EYE = (33, 133), (263, 362)  # outer and inner corner
_LIDS: Final = ((3, 11), (4, 12), (5, 13))  # points of the iris network: lower and upper lid


@dataclass(frozen=True, slots=True)
class Window:
    """A square cut out of a picture, turned; `point` leads back from it into the picture."""

    corner: Array
    along: Array
    """One pixel of the window to the right, as a step in the picture."""
    side: int

    def cut(self, picture: Picture) -> Array:
        """Return the window's pixels, 0 to 1."""
        (a, d), (x, y) = self.along, self.corner
        turned = Image.fromarray(picture).transform(
            (self.side, self.side),
            Image.Transform.AFFINE,
            (a, -d, x, d, a, y),
            Image.Resampling.BILINEAR,
        )
        return np.asarray(turned, np.float32) / 255

    def points(self, inside: Array) -> Array:
        """Return points of the window (x, y, depth) in the picture."""
        a, d = self.along
        x, y = inside[:, 0], inside[:, 1]
        depth = inside[:, 2] * np.hypot(a, d)
        return np.stack([a * x - d * y + self.corner[0], d * x + a * y + self.corner[1], depth], 1)


def window(centre: Array, side: float, axis: Array, pixels: int) -> Window:
    """Return a window of `pixels` on a square of `side` around `centre`, its x along `axis`."""
    along = axis / np.hypot(*axis) * side / pixels
    half = pixels / 2
    a, d = along
    corner = centre - np.array([a * half - d * half, d * half + a * half])
    return Window(corner, along, pixels)


def mesh(picture: Picture, box: Box) -> tuple[float, Array]:
    """Return how sure it is that there is a face (0 to 1), and its 468 points (x, y, depth)."""
    centre = (box.corners[:2] + box.corners[2:]) / 2
    where = window(centre, box.side * _MARGIN, box.eyes[1] - box.eyes[0], _MESH_SIDE)
    found = network("mesh")(_first(where.cut(picture)))
    sure = 1 / (1 + np.exp(-float(found["conv2d_30"].ravel()[0])))
    return sure, where.points(found["conv2d_20"].reshape(-1, 3))


def yaw(points: Array) -> float:
    """Return how far the head is turned in degrees; positive to the person's own left."""
    across = points[_LEFT_EAR] - points[_RIGHT_EAR]
    return float(np.degrees(np.arctan2(across[2], across[0])))


def openness(picture: Picture, points: Array) -> float:
    """Return how far the eyes are open: height over width, the mean of both; about 0.3 open."""
    right = _eye(picture, points, _RIGHT_EYE, mirrored=False)
    left = _eye(picture, points, _LEFT_EYE, mirrored=True)
    return (right + left) / 2


def _eye(picture: Picture, points: Array, corners: tuple[int, int], *, mirrored: bool) -> float:
    outer, inner = points[corners[0], :2], points[corners[1], :2]
    axis = outer - inner if mirrored else inner - outer
    where = window((outer + inner) / 2, float(np.hypot(*axis)) * 2.3, axis, _EYE_SIDE)
    pixels = where.cut(picture)
    if mirrored:  # the network knows right eyes only
        pixels = pixels[:, ::-1]
    found = network("iris")(_first(pixels))["output_eyes_contours_and_brows"].reshape(-1, 3)[
        :16, :2
    ]
    heights = [np.hypot(*(found[low] - found[high])) for low, high in _LIDS]
    return float(np.mean(heights) / np.hypot(*(found[0] - found[8])))


def _first(pixels: Array) -> Array:
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
