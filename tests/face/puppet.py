"""One photograph made to move through its own mesh: turns of the head and blinks.

It passes the challenge, which is why it serves as the living person in the tests, and why the
documents say that the local check does not stop it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from juzhu.face import detector, features

PHOTOGRAPHS = Path(__file__).parent / "photographs"
CELL = 8
_EYES = (  # of the mesh: the outline of the right and the left eye
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_LID = (159, 386)  # above each eye: the colour of its skin is taken a little higher


@dataclass
class Puppet:
    """A photograph that can turn and blink."""

    path: Path

    @cached_property
    def picture(self) -> np.ndarray:
        image = Image.open(self.path).convert("RGB")
        image.thumbnail((400, 400))
        return np.asarray(image)

    @cached_property
    def points(self) -> np.ndarray:
        return features.mesh(self.picture, detector.boxes(self.picture)[0])[1]

    def jpeg(self, *, yaw: float = 0, closed: bool = False, dark: bool = False) -> bytes:
        image = Image.fromarray(self.picture if not dark else self.picture // 20)
        if closed:
            image = self._eyes_closed(image)
        if yaw:
            image = self._turned(image, yaw)
        out = BytesIO()
        image.save(out, "JPEG", quality=88)
        return out.getvalue()

    def _eyes_closed(self, image: Image.Image) -> Image.Image:
        skin, mask = image.copy(), Image.new("L", image.size, 0)
        on_skin, on_mask = ImageDraw.Draw(skin), ImageDraw.Draw(mask)
        for outline, lid in zip(_EYES, _LID, strict=True):
            eye = self.points[list(outline), :2]
            centre = eye.mean(0)
            height = np.ptp(eye[:, 1])
            shape = [tuple(it) for it in centre + (eye - centre) * (1.2, 2.2)]
            x, y = self.points[lid, :2] - (0, height * 0.9)
            on_skin.polygon(shape, fill=image.getpixel((int(x), int(y))))
            on_mask.polygon(shape, fill=255)
            low = [(x, y + height * 0.15) for x, y in eye[8:]]
            on_skin.line([tuple(eye[8]), *low, tuple(eye[0])], fill=(40, 25, 20), width=2)
        return Image.composite(skin, image, mask.filter(ImageFilter.GaussianBlur(1)))

    def _turned(self, image: Image.Image, yaw: float) -> Image.Image:
        """Turn the mesh about its vertical axis and let the picture follow it."""
        height, width = self.picture.shape[:2]
        centre = self.points[[234, 454]].mean(0)
        angle, from_centre = np.radians(yaw), self.points - centre
        moved = self.points[:, :2].copy()
        moved[:, 0] = (
            centre[0] + from_centre[:, 0] * np.cos(angle) - from_centre[:, 2] * np.sin(angle)
        )
        side = np.ptp(self.points[:, 1]) * 0.95
        ring = centre[:2] + side * np.array(
            [(np.cos(t), np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40, endpoint=False)]
        )
        to = np.vstack([moved, ring])
        back = np.vstack([self.points[:, :2], ring]) - to
        columns, rows = np.arange(0, width + 1, CELL), np.arange(0, height + 1, CELL)
        grid = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
        weights = 1 / (((grid[:, None] - to[None]) ** 2).sum(-1) + 1) ** 2
        shift = (weights[..., None] * back).sum(1) / weights.sum(1)[:, None]
        far = np.hypot(*(grid - centre[:2]).T) > side
        shift[far] = 0
        source = (grid + shift).reshape(len(rows), len(columns), 2)
        cells = [
            (
                (int(columns[i]), int(rows[j]), int(columns[i + 1]), int(rows[j + 1])),
                tuple(
                    float(it)
                    for corner in ((j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1))
                    for it in source[corner]
                ),
            )
            for j in range(len(rows) - 1)
            for i in range(len(columns) - 1)
        ]
        return image.transform(image.size, Image.Transform.MESH, cells, Image.Resampling.BILINEAR)


def movement(name: str) -> list[dict[str, object]]:
    """Return the poses of a movement, at ten frames a second, back in front at the end."""
    if name == "blink":
        return [{"closed": True}] * 3 + [{}] * 3
    sign = 1 if name == "left" else -1
    swing = [8, 16, 24, 30, 30, 24, 16, 8]
    return [{"yaw": sign * it} for it in swing] + [{}] * 3


def frames(puppet: Puppet, poses: Sequence[dict[str, object]]) -> Iterator[bytes]:
    """Yield the poses as JPEG frames."""
    for pose in poses:
        yield puppet.jpeg(**pose)
