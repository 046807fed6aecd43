"""What a setting is: the environment variable, how its text is read, its default, its meaning."""

from collections.abc import Callable


def variable(
    name: str, read: Callable[[str], object], default: str, meaning: str
) -> dict[str, object]:
    """Return the metadata of a field of the settings.

    A default in parentheses is computed from other settings; "required" stands for production.
    """
    return {"variable": name, "parse": read, "default": default, "meaning": meaning}
