"""Numbers and names that people go by: read, checked, normalised, masked."""

from typing import Final

_PREFIXES_OF_ELSEWHERE: Final = ("810000", "820000", "830000", "9")


def is_resident_of_elsewhere(number: str) -> bool:
    """Say whether the number is of a resident of Hong Kong, Macau or Taiwan, or a foreigner."""
    return number.startswith(_PREFIXES_OF_ELSEWHERE)
