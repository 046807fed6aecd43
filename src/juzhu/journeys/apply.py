"""Applying and endorsing: check, accept, ask the departments, decide; one way for both."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from juzhu import wiring
from juzhu.domain.evaluate import evaluate
from juzhu.domain.findings import Condition, Decision
from juzhu.domain.vocabulary import Business, Source
from juzhu.journeys.evidence import entry, facts_from, open_home, sources_of
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import services as case_services
from juzhu.modules.cases.contracts import Application, CaseView
from juzhu.modules.cases.services import LiveCaseExists
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.ports.departments import AnswerStatus, InsuranceEntry, RegistrationsEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Precheck:
    """What the state already knows, before anything is asked of the person.

    Attributes:
        decision: what the law would say today.
        address: the registered home now, "" when none or unknown.
        living_since: first day of that registration, None when none or unknown.
        living_months: full months of continuous residence found, None when unknown.
        employer: paying employer, "" when none or unknown.
        insured_months: running months of one insurance kind, None when unknown.
        silent: departments that did not answer.

    """

    decision: Decision
    address: str
    living_since: date | None
    living_months: int | None
    employer: str
    insured_months: int | None
    silent: tuple[Source, ...]


def precheck(*, person_id: int, business: Business, at: datetime) -> Precheck:
    """Ask the departments and say what the law would decide now; nothing is applied for.

    The look is written to the ledger before the answer is shown.
    """
    person = people.person(person_id)
    answers = wiring.departments().ask(
        id_number=person.id_number, name=person.name, sources=sources_of(business), at=at
    )
    permit = permits.permit_of(person_id, at.date())
    facts = facts_from(answers, id_number=person.id_number, name=person.name)
    if permit is not None:
        facts = replace(facts, permit=permit.actions)
    decision = evaluate(business, facts, on=at.date())
    audit.record(
        person_id=person_id,
        actor="system:precheck",
        purpose=Purpose.PRECHECK,
        at=at,
        fields=sources_of(business),
        note=decision.outcome,
    )
    registrations = entry(answers, Source.REGISTRATIONS, RegistrationsEntry)
    home = open_home(registrations, at.date())
    insurance = entry(answers, Source.INSURANCE, InsuranceEntry)
    return Precheck(
        decision=decision,
        address=home[0],
        living_since=home[1],
        living_months=_found(decision, _RESIDENCE),
        employer=(insurance.employer or "") if insurance else "",
        insured_months=_found(decision, _INSURANCE),
        silent=tuple(
            source
            for source, answer in answers.items()
            if answer.status is not AnswerStatus.ANSWERED
        ),
    )


_RESIDENCE: Final = (Condition.RESIDENCE_CONTINUOUS,)
_INSURANCE: Final = (Condition.INSURANCE_CONSECUTIVE, Condition.INSURANCE_IN_YEAR)


def _found(decision: Decision, conditions: tuple[Condition, ...]) -> int | None:
    for finding in decision.findings:
        if finding.condition in conditions and isinstance(finding.found, int):
            return finding.found
    return None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The case exists; `case` is decided if the departments answered in time."""

    case: CaseView


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """A live case of this business exists; nothing new was made (一人一件)."""

    number: str


def submit(*, person_id: int, application: Application, at: datetime) -> Submitted | AlreadyOpen:
    """Accept, ask and decide. The same idempotency key gives the same case again."""
    accepted = case_services.accept(person_id=person_id, application=application, at=at)
    if isinstance(accepted, LiveCaseExists):
        return AlreadyOpen(accepted.number)
    if accepted.fresh:
        pursue(number=accepted.number)
    return Submitted(cases.case_of(person_id, accepted.number))


def pursue(*, number: str, attempts: int | None = None) -> None:
    """Ask the departments and decide a case the machine may decide; leave any other alone.

    Nothing is locked while the departments are asked. The instant of deciding is taken after
    they answered, so a record never claims to be older than its evidence.

    Args:
        number: acceptance number.
        attempts: how many the case had when this try was planned. If it has more by now, a later
            try is planned and this one is dropped: a case has one chain of tries, however often
            its owner presses "again".

    """
    found = cases.to_pursue(number)
    if found is None or (attempts is not None and found[1] != attempts):
        return
    person = people.person(found[0])
    answers = wiring.departments().ask(
        id_number=person.id_number,
        name=person.name,
        sources=sources_of(Business(found[2])),
        at=wiring.clock().now(),
    )
    case_services.decide(
        number=number,
        facts=facts_from(answers, id_number=person.id_number, name=person.name),
        answers=list(answers.values()),
        at=wiring.clock().now(),
    )


def reconsider(*, person_id: int, number: str) -> None:
    """Ask the departments again about a case before the officers: a register may be corrected."""
    person = people.person(person_id)
    business = cases.case_of(person_id, number).business
    answers = wiring.departments().ask(
        id_number=person.id_number,
        name=person.name,
        sources=sources_of(business),
        at=wiring.clock().now(),
    )
    case_services.decide_afresh(
        number=number,
        facts=facts_from(answers, id_number=person.id_number, name=person.name),
        answers=list(answers.values()),
        at=wiring.clock().now(),
    )


def again(*, person_id: int, number: str) -> CaseView:
    """Try a waiting case again because its owner asks; raise CaseNotFoundError for anybody else."""
    cases.case_of(person_id, number)
    pursue(number=number)
    return cases.case_of(person_id, number)


def withdraw(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Withdraw a case before its decision; a closed one is returned as it is."""
    case_services.withdraw(person_id=person_id, number=number, at=at)
    return cases.case_of(person_id, number)


def ask_review(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Put a refused case before an officer (PIPL 第二十四条); repeating changes nothing."""
    case_services.ask_review(person_id=person_id, number=number, at=at)
    return cases.case_of(person_id, number)


def remind(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Have the person told by SMS on the earliest day named by a refusal."""
    case_services.remind(person_id=person_id, number=number, at=at)
    return cases.case_of(person_id, number)
