"""The name of the rules that decided: an edition of the code and a digest of every parameter."""

from hashlib import sha256
from typing import Final

from juzhu.domain.law import Dated
from juzhu.domain.parameters import PARAMETERS

EDITION: Final = "3"
"""Raise it with every change to the rules; `tests/domain/test_ruleset.py` says when and how."""


def canonical_text(parameters: tuple[Dated[int], ...]) -> str:
    """Return the parameters with all versions as text, one version a line."""
    return "".join(
        f"{parameter.name}|{parameter.unit}|{version.value}|{version.citation}"
        f"|{version.article.instrument.url}|{version.effective}|{version.confidence}\n"
        for parameter in parameters
        for version in parameter.versions
    )


def ruleset_of(edition: str, parameters: tuple[Dated[int], ...]) -> str:
    """Return the name of a rule-set: edition, colon, 16 hex digits of SHA-256."""
    digest = sha256(f"{edition}\n{canonical_text(parameters)}".encode()).hexdigest()
    return f"{edition}:{digest[:16]}"


RULESET: Final = ruleset_of(EDITION, PARAMETERS)
"""The rule-set of this code."""
