"""The one place where a port meets its adapter, chosen from settings."""

from juzhu.ports.clock import Clock


def clock() -> Clock:
    """Return the system's clock."""
    raise NotImplementedError
