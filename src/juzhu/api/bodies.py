"""Reading the body of a call."""

from typing import Any

from juzhu.api.problems import Kind, Problem
from juzhu.modules.partners import strict_json


def read(raw: bytes) -> Any:
    """Return the JSON value in a body; raise Problem MALFORMED (see `strict_json.read`)."""
    try:
        return strict_json.read(raw)
    except strict_json.RefusedError as error:
        raise Problem(Kind.MALFORMED, str(error)) from None
