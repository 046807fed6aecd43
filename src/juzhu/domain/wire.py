"""Facts, decisions and permit dates as JSON: the shapes that people and departments see.

A decision is stored as the bytes of its facts and of its answer. The same values always give the
same bytes (keys sorted, no spaces, UTF-8), so a record can be replayed and compared.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Final

from juzhu.domain.facts import Facts
from juzhu.domain.facts_file import doubts_about, facts_document, facts_from_json
from juzhu.domain.findings import Decision, Finding
from juzhu.domain.permit import PermitStatus
from juzhu.domain.reader import Json, Mistake, WireError
from juzhu.domain.vocabulary import PermitState

__all__ = [
    "Json",
    "Mistake",
    "WireError",
    "canonical",
    "decision_document",
    "decision_to_json",
    "doubts_about",
    "facts_document",
    "facts_from_json",
    "facts_to_json",
    "status_document",
    "status_to_json",
]


def canonical(document: Mapping[str, Json]) -> bytes:
    """Return `document` as JSON in its one form."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def facts_to_json(facts: Facts) -> bytes:
    """Return the facts as the bytes of a facts file; `facts_from_json` reads them back."""
    return canonical(facts_document(facts))


def decision_to_json(decision: Decision) -> bytes:
    """Return the answer as bytes, in the shape of `juzhu law decide --json`."""
    return canonical(decision_document(decision))


def decision_document(decision: Decision) -> dict[str, Json]:
    """Return the answer as `juzhu law decide --json` prints it."""
    return {
        "outcome": decision.outcome.value,
        "route": None if decision.route is None else decision.route.value,
        "findings": [_finding_document(finding) for finding in decision.findings],
        "earliest_day": _written(decision.earliest_day),
        "ruleset": decision.ruleset,
    }


def _finding_document(finding: Finding) -> dict[str, Json]:
    return {
        "condition": finding.condition.value,
        "met": finding.met,
        "needed": finding.needed,
        "found": finding.found,
        "unit": None if finding.unit is None else finding.unit.value,
        "source": finding.source.value,
        "citation": finding.citation,
        "passes_on": _written(finding.passes_on),
    }


def status_to_json(status: PermitStatus | None) -> bytes:
    """Return the dates of a permit as bytes, in the shape of `juzhu law dates --json`."""
    return canonical(status_document(status))


def status_document(status: PermitStatus | None) -> dict[str, Json]:
    """Return the dates as `juzhu law dates --json` prints them; nulls before the issue."""
    state = PermitState.NOT_YET_ISSUED if status is None else status.state
    document: dict[str, Json] = {"state": state.value}
    for name in _STATUS_DAYS:
        document[name] = _written(getattr(status, name, None))
    return document


_STATUS_DAYS: Final = (
    "valid_through",
    "window_opens",
    "window_closes",
    "suspended_from",
    "cancelled_on",
    "anchor",
    "continuous_since",
)


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
