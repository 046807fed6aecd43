"""Who may hold a permit: conditions about the person, common to all routes."""

from typing import Final

from juzhu.domain.conditions.case import Case, Rule, fact_finding
from juzhu.domain.facts import UNKNOWN, Identity
from juzhu.domain.findings import Condition, Finding
from juzhu.domain.identity import is_resident_of_elsewhere
from juzhu.domain.parameters import ART_2, ART_20, ART_27, ART_51
from juzhu.domain.vocabulary import Source

_ELIGIBLE_PERSON = Condition.ELIGIBLE_PERSON
_IDENTITY_MATCHED = Condition.IDENTITY_MATCHED
_ALIVE = Condition.ALIVE
_NOT_SHENZHEN_HUKOU = Condition.NOT_SHENZHEN_HUKOU
_POPULATION = Source.POPULATION
_HUKOU = Source.HUKOU
_MATCHED = Identity.MATCHED


def look_eligible(case: Case) -> Finding:
    """Ask whether the rules on permits apply to the person at all.

    They do not to residents of Hong Kong, Macau and Taiwan nor to foreigners, whom their own
    permits serve (条例 第五十一条). The number itself says it.
    """
    met = not is_resident_of_elsewhere(case.facts.id_number)
    return fact_finding(case, _ELIGIBLE_PERSON, met, _POPULATION, ART_51.citation)


def look_identity(case: Case) -> Finding:
    """Ask whether the name agrees with the population base (人口库).

    A difference is unknown, not a no: an officer looks, since rare characters and old names
    differ between registers without anybody's fault.
    """
    met = True if case.facts.identity is _MATCHED else None
    return fact_finding(case, _IDENTITY_MATCHED, met, _POPULATION, ART_20.citation)


def look_alive(case: Case) -> Finding:
    """Ask whether the person lives; death ends a permit (条例 第二十七条, 其他情形)."""
    alive = case.facts.alive
    met = None if alive is UNKNOWN else alive
    return fact_finding(case, _ALIVE, met, _POPULATION, ART_27.citation)


def look_hukou(case: Case) -> Finding:
    """Ask whether the person's household registration (户籍) is elsewhere (条例 第二条)."""
    hukou = case.facts.shenzhen_hukou
    met = None if hukou is UNKNOWN else not hukou
    return fact_finding(case, _NOT_SHENZHEN_HUKOU, met, _HUKOU, ART_2.citation)


ELIGIBLE: Final = Rule(look_eligible)
IDENTITY: Final = Rule(look_identity)
LIVING: Final = Rule(look_alive)
HUKOU: Final = Rule(look_hukou)
