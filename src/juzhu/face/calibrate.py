"""How often the check would err at each threshold, on photographs of the operator's own.

One folder per person, photographs inside. Nothing is kept, nothing leaves the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from juzhu.face.embedding import distance
from juzhu.face.frames import reference
from juzhu.face.networks import Array

THRESHOLDS: Final = (0.40, 0.42, 0.44, 0.46, 0.48, 0.50, 0.52, 0.54, 0.56, 0.60)
_SUFFIXES: Final = frozenset({".jpg", ".jpeg"})


@dataclass(frozen=True, slots=True)
class Rates:
    """Errors at one threshold, as counts.

    Attributes:
        threshold: greatest distance taken for the same person.
        refused: pairs of one person that would not be recognised.
        same: pairs of one person.
        accepted: pairs of different people that would pass for one.
        different: pairs of different people.

    """

    threshold: float
    refused: int
    same: int
    accepted: int
    different: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a folder of photographs showed.

    Attributes:
        people: how many, with at least one usable photograph.
        photographs: how many were usable.
        unusable: files in which no face was found.
        rates: one line per threshold.

    """

    people: int
    photographs: int
    unusable: tuple[Path, ...]
    rates: tuple[Rates, ...]


def calibrate(folder: Path) -> Calibration:
    """Compare every photograph with every other one.

    Raises:
        NotADirectoryError: `folder` is none.

    """
    faces: list[tuple[str, Array]] = []
    unusable = []
    for path in _photographs(folder):
        face = reference(path.read_bytes())
        if face is None:
            unusable.append(path)
        else:
            faces.append((path.parent.name, face))
    same: list[float] = []
    different: list[float] = []
    for (one, face), (other, its_face) in combinations(faces, 2):
        (same if one == other else different).append(distance(face, its_face))
    return Calibration(
        people=len({person for person, _ in faces}),
        photographs=len(faces),
        unusable=tuple(unusable),
        rates=tuple(
            Rates(
                threshold,
                refused=sum(it > threshold for it in same),
                same=len(same),
                accepted=sum(it <= threshold for it in different),
                different=len(different),
            )
            for threshold in THRESHOLDS
        ),
    )


def _photographs(folder: Path) -> Iterator[Path]:
    for person in sorted(folder.iterdir()):
        if person.is_dir():
            yield from sorted(it for it in person.iterdir() if it.suffix.lower() in _SUFFIXES)
