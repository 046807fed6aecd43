"""The machine's own instant: sessions and codes know no travelling clock."""

from datetime import UTC, datetime

from juzhu.modules.staff import codes


def instant() -> datetime:
    """Return the instant by the machine."""
    return datetime.fromtimestamp(codes.now(), UTC)
