"""Signed statements that can be checked without us: the token in the QR, and the status list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from juzhu.domain.sheet import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetClaims:
    """What the token in a sheet's QR states: true at `made_at`, nothing about later.

    Attributes:
        check_code: the sheet's twelve characters.
        name: whole, as printed beside the QR.
        id_mask: citizen number masked as on screens, 4301 **** **** 0018.
        standing: at `made_at`.
        valid_through: last valid day as of `made_at`.
        purpose: as printed.
        made_at: instant of making, to the second.
        photo_digest: first 16 bytes of the photo's SHA-256, b"" without photo.
        list_number: which status list carries the sheet's present standing.
        list_index: its place there.

    """

    check_code: str
    name: str
    id_mask: str
    standing: Standing
    valid_through: date
    purpose: str
    made_at: datetime
    photo_digest: bytes
    list_number: int
    list_index: int


class ProofError(ValueError):
    """A token or list not of ours, damaged, or of an unknown key; the message says which."""


class ProofSigner(Protocol):
    """Signs with the key in use; keys are named and rotate, old public ones stay published."""

    def token(self, claims: SheetClaims) -> str:
        """Return the token as digits for the fragment of the verify URL."""

    def read(self, token: str) -> SheetClaims:
        """Return what a token of ours states.

        Raises:
            ProofError: otherwise.

        """

    def status_list(self, *, number: int, statuses: bytes, at: datetime, uri: str) -> bytes:
        """Return the signed status list (`application/statuslist+jwt`).

        Args:
            number: of the list.
            statuses: two bits each, low bits first: 0 valid, 1 cancelled, 2 suspended, 3 withdrawn.
            at: when it was true; it expires an hour later.
            uri: where it is published.

        """

    def public_keys(self) -> dict[str, object]:
        """Return the JSON Web Key Set with every key that still verifies."""
