"""What may leave the rounds module."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What became of rows of a legacy file.

    Attributes:
        taken: permits taken over.
        known: permits that were already here and were left alone.
        refused: line in the file and what to mend; no identifier.

    """

    taken: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows it is made of."""
        return self.taken + self.known + len(self.refused)

    def add(self, other: "Tally") -> None:
        """Count the rows of `other` too."""
        self.taken += other.taken
        self.known += other.known
        self.refused += other.refused
