"""What travels in bodies and answers."""

from ninja import Schema
from pydantic import ConfigDict


class Strict(Schema):
    """Nothing is guessed and nothing unknown is let in."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Me(Strict):
    """The caller's entry in the registry."""

    code: str
    scopes: list[str]
