"""From a decision's findings to what the page shows, condition by condition."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from juzhu.domain.findings import Condition, Finding
from juzhu.domain.vocabulary import Source
from juzhu.modules.evidence.contracts import AnswerView
from juzhu.web import texts


@dataclass(frozen=True, slots=True)
class Bar:
    """A number on its way to what is needed."""

    needed_text: str
    found_text: str
    needed: int
    found: int

    @property
    def shown(self) -> int:
        """The length of the bar, never longer than full."""
        return min(self.found, self.needed)


@dataclass(frozen=True, slots=True)
class Row:
    """One condition, or several of which one is enough, as one entry of the list."""

    short: str
    heading: str
    met: bool | None
    alternatives: bool
    lines: tuple[str, ...]
    bars: tuple[Bar, ...]
    passes_on: date | None
    source: Source
    source_name: str
    asked_at: datetime | None


_BASICS: Final = frozenset(
    {
        Condition.ELIGIBLE_PERSON,
        Condition.IDENTITY_MATCHED,
        Condition.ALIVE,
        Condition.NOT_SHENZHEN_HUKOU,
        Condition.NO_LIVE_PERMIT,
        Condition.PERMIT_ENDORSABLE,
        Condition.PERMIT_HELD,
        Condition.ENDORSEMENT_TIMING,
        Condition.RESIDENCE_OPEN,
    }
)
"""Facts that are either so or not: those in order share one entry."""

_WAITING_ENDS_IT: Final = frozenset(
    {
        Condition.ENDORSEMENT_TIMING,
        Condition.RESIDENCE_CONTINUOUS,
        Condition.RESIDENCE_IN_YEAR,
        Condition.INSURANCE_CONSECUTIVE,
        Condition.INSURANCE_IN_TWO_YEARS,
        Condition.INSURANCE_IN_YEAR,
        Condition.ENROLLED,
        Condition.RESIDENCE_OPEN,
    }
)


def rows(findings: Iterable[Finding], answers: Sequence[AnswerView] = ()) -> list[Row]:
    """Return the list for the page: what failed first, then what is open, then what holds."""
    asked = {answer.source: answer.asked_at for answer in answers}
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.condition.group, []).append(finding)
    plain = [group[0] for group in groups.values() if _goes_without_saying(group)]
    told = [_row(group, asked) for group in groups.values() if not _goes_without_saying(group)]
    return sorted(told, key=lambda row: _ORDER[row.met]) + ([_basics(plain)] if plain else [])


_ORDER: Final[dict[bool | None, int]] = {False: 0, None: 1, True: 2}


def names(sources: Iterable[Source]) -> str:
    """Return what registers are called, as one phrase; empty for none."""
    return listed(texts.SOURCES[source] for source in sources)


def listed(words: Iterable[Any]) -> str:
    """Return words as one phrase: 社保、连续居住; in English with commas."""
    return (", " if get_language() == "en" else "、").join(map(str, words))


def citations(findings: Iterable[Finding]) -> list[str]:
    """Return the articles behind what is not met, by instrument: 《…条例》第十九条、第二十条."""
    articles: dict[str, list[str]] = {}
    for citation in dict.fromkeys(f.citation for f in findings if f.met is not True):
        instrument, mark, article = citation.rpartition("》")
        articles.setdefault(instrument + mark, []).append(article)
    return [instrument + "、".join(found) for instrument, found in articles.items()]


def corrections(found: Iterable[Row]) -> list[tuple[str, str]]:
    """Return (register, how to have it corrected) for every register behind an unmet condition."""
    sources = dict.fromkeys(row.source for row in found if row.met is not True)
    return [(str(texts.SOURCES[source]), str(texts.CORRECTIONS[source])) for source in sources]


def _goes_without_saying(group: list[Finding]) -> bool:
    return len(group) == 1 and group[0].met is True and group[0].condition in _BASICS


def _basics(plain: list[Finding]) -> Row:
    """Return one entry for all that is in order and needs no number."""
    return Row(
        short="",
        heading=_("基本条件都符合"),
        met=True,
        alternatives=False,
        lines=(listed(texts.CONDITIONS[finding.condition].short for finding in plain),),
        bars=(),
        passes_on=None,
        source=plain[0].source,
        source_name="",
        asked_at=None,
    )


def _row(group: list[Finding], asked: dict[Source, datetime]) -> Row:
    met = _any_met([finding.met for finding in group])
    shown = next((f for f in group if f.met is met), group[0])
    text = texts.CONDITIONS[shown.condition]
    return Row(
        short=str(text.short),
        heading=str({True: text.met, False: text.failed, None: text.unknown}[met]),
        met=met,
        alternatives=len(group) > 1 and met is False,
        lines=_lines(shown) if met is True else _lines(shown) + _counted_kinds(group),
        bars=() if met is True else tuple(bar for f in group if (bar := _bar(f)) is not None),
        passes_on=_passes_on(group) if met is False else None,
        source=shown.source,
        source_name=str(texts.SOURCES[shown.source]),
        asked_at=asked.get(shown.source),
    )


def _any_met(found: list[bool | None]) -> bool | None:
    if True in found:
        return True
    return None if None in found else False


def _passes_on(group: list[Finding]) -> date | None:
    days = [f.passes_on for f in group if f.passes_on and f.condition in _WAITING_ENDS_IT]
    return min(days, default=None)


def _lines(finding: Finding) -> tuple[str, ...]:
    text = texts.CONDITIONS[finding.condition]
    if _is_number(finding.found):
        if finding.met is not True:
            return ()  # the bar says it
        counted = str(text.found % {"n": finding.found})
        return (counted + _of_kind(finding),)
    meaning = (text.codes or {}).get(str(finding.found))
    return (str(meaning),) if meaning else ()


def _of_kind(finding: Finding) -> str:
    if finding.kind is None:
        return ""
    return _("（%(kind)s）") % {"kind": texts.INSURANCES[finding.kind]}


def _counted_kinds(group: list[Finding]) -> tuple[str, ...]:
    """Return which insurance the bars count: kinds are never added up."""
    kinds = dict.fromkeys(texts.INSURANCES[f.kind] for f in group if f.kind is not None)
    if not kinds:
        return ()
    return (_("按缴得最多的%(kind)s算，不同险种不相加") % {"kind": listed(kinds)},)


def _bar(finding: Finding) -> Bar | None:
    if not _is_number(finding.needed) or not _is_number(finding.found):
        return None
    assert isinstance(finding.needed, int)
    assert isinstance(finding.found, int)
    text = texts.CONDITIONS[finding.condition]
    if finding.unit == "days":
        have = ngettext("已有 %(n)d 天", "已有 %(n)d 天", finding.found)
    else:
        have = ngettext("已有 %(n)d 个月", "已有 %(n)d 个月", finding.found)
    return Bar(
        needed_text=str(text.needed % {"n": finding.needed}),
        found_text=have % {"n": finding.found},
        needed=finding.needed,
        found=finding.found,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
