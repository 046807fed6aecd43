"""The facts file: the facts of one person as JSON, written and strictly read."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from juzhu.domain.facts import (
    UNKNOWN,
    Enrolment,
    Facts,
    Identity,
    InsuranceMonths,
    MonthSet,
    Registration,
    Talent,
    Unknown,
)
from juzhu.domain.identity import NumberError, parse_id_number, upgrade_id_number
from juzhu.domain.permit import Action, ActionKind, CancelReason
from juzhu.domain.reader import Json, Mistake, Reader, WireError, parse
from juzhu.domain.vocabulary import EducationLevel, Insurance, Source, TalentKind

T = TypeVar("T")
Object = dict[str, Json]


def facts_from_json(text: str | bytes) -> Facts:
    """Return the facts written in `text`, the content of a facts file.

    A key left out means "none on record"; a source named in `unavailable` is unknown, whatever
    the file says about it. Months given twice count once.

    Raises:
        WireError: with all mistakes found, each with its place and the way to mend it.

    """
    reader = Reader()
    whole = reader.object(parse(text), "", _KEYS)
    silent = set(reader.each(whole.get("unavailable", []), "unavailable", reader.word_of(Source)))
    person = reader.object(whole.get("person", {}), "person", _PERSON_KEYS)

    def section(source: Source, read: Callable[[Reader, Json, str], T], none: T) -> T | Unknown:
        key = source.value
        value = read(reader, whole[key], key) if key in whole else none
        return UNKNOWN if source in silent else value

    facts = Facts(
        id_number=_read_id_number(reader, person),
        identity=_read_identity(reader, person, silent),
        alive=_read_alive(reader, person, silent),
        shenzhen_hukou=_read_hukou(reader, person, silent),
        registrations=section(Source.REGISTRATIONS, _read_registrations, ()),
        insurance=section(Source.INSURANCE, _read_insurance, {}),
        talent=section(Source.TALENT, _read_talents, ()),
        enrolment=section(Source.ENROLMENT, _read_enrolments, ()),
        permit=section(Source.PERMIT, _read_permit, ()),
    )
    if reader.mistakes:
        raise WireError(reader.mistakes)
    return facts


def doubts_about(facts: Facts, *, on: date) -> tuple[Mistake, ...]:
    """Return what looks mistyped though a decision can be made from it.

    Registers hold numbers that were once issued with an error (错号), and a question may be
    asked about nobody in particular: neither is a reason not to decide.
    """
    doubts = []
    try:
        parse_id_number(facts.id_number, on=on)
    except NumberError as error:
        doubts.append(Mistake("person.id_number", str(error)))
    return tuple(doubts)


def facts_document(facts: Facts) -> Object:
    """Return the facts as a facts file holds them: what is not on record is left out."""
    document: Object = {"person": _person_document(facts)}
    sections: dict[str, Json] = {
        "registrations": None
        if facts.registrations is UNKNOWN
        else [_registration_document(item) for item in facts.registrations],
        "insurance": None
        if facts.insurance is UNKNOWN
        else {kind.value: [*months.written()] for kind, months in facts.insurance.items()},
        "talent": None
        if facts.talent is UNKNOWN
        else [_talent_document(item) for item in facts.talent],
        "enrolment": None
        if facts.enrolment is UNKNOWN
        else [_enrolment_document(item) for item in facts.enrolment],
        "permit": None if facts.permit is UNKNOWN else _permit_document(facts.permit),
        "unavailable": _unavailable(facts),
    }
    return document | {key: value for key, value in sections.items() if value}


def _read_id_number(reader: Reader, person: Object) -> str:
    path = "person.id_number"
    if "id_number" not in person:
        reader.fail(path, "missing: give the citizen number")
        return ""
    text = reader.text(person["id_number"], path)
    if text is None:
        return ""
    number = text.strip().upper()
    if re.fullmatch("[0-9]{15}|[0-9]{17}[0-9X]", number) is None:
        reader.fail(path, f"18 digits needed (the last may be X), {len(number)} characters found")
        return ""
    return upgrade_id_number(number) if len(number) == 15 else number


def _read_identity(reader: Reader, person: Object, silent: set[Source]) -> Identity | Unknown:
    word = person.get("identity", Identity.MATCHED.value)
    if word == UNKNOWN.value or Source.POPULATION in silent:
        return UNKNOWN
    for identity in Identity:
        if word == identity.value:
            return identity
    reader.fail("person.identity", "unknown word: use matched, mismatched or unknown")
    return UNKNOWN


def _read_alive(reader: Reader, person: Object, silent: set[Source]) -> bool | Unknown:
    alive = person.get("alive", True)
    if alive is None or Source.POPULATION in silent:
        return UNKNOWN
    return bool(reader.flag(alive, "person.alive"))


def _read_hukou(reader: Reader, person: Object, silent: set[Source]) -> bool | Unknown:
    hukou = reader.flag(person.get("shenzhen_hukou", False), "person.shenzhen_hukou")
    return UNKNOWN if Source.HUKOU in silent else bool(hukou)


def _read_registrations(reader: Reader, value: Json, path: str) -> tuple[Registration, ...]:
    def read(item: Json, path: str) -> Registration | None:
        fields = reader.object(item, path, ("from", "to", "house_code"))
        start, end = reader.span(fields, path)
        house_code = reader.needed_text(fields, "house_code", path)
        if house_code is not None and re.fullmatch("[0-9]{25}", house_code) is None:
            found = "a building's 19" if len(house_code) == 19 else f"{len(house_code)} characters"
            reader.fail(f"{path}.house_code", f"25 digits down to the room needed, {found} found")
        if start is None or house_code is None:
            return None
        return Registration(start, end, house_code)

    return tuple(reader.each(value, path, read))


def _read_insurance(reader: Reader, value: Json, path: str) -> InsuranceMonths:
    fields = reader.object(value, path, tuple(Insurance))
    return {
        kind: _read_months(reader, fields[kind], f"{path}.{kind}")
        for kind in Insurance
        if kind in fields
    }


def _read_months(reader: Reader, value: Json, path: str) -> MonthSet:
    def read(item: Json, path: str) -> int | None:
        text = reader.text(item, path)
        if text is None:
            return None
        try:
            return MonthSet.of([text]).bits
        except ValueError as error:
            reader.fail(path, str(error))
            return None

    bits = 0
    for month in reader.each(value, path, read):
        bits |= month
    return MonthSet(bits)


def _read_talents(reader: Reader, value: Json, path: str) -> tuple[Talent, ...]:
    def read(item: Json, path: str) -> Talent | None:
        fields = reader.object(item, path, ("kind", "full_time", "issued_by"))
        kind = reader.needed_word(fields, "kind", path, TalentKind)
        full_time = reader.flag(fields.get("full_time", True), f"{path}.full_time")
        issued_by = reader.text(fields.get("issued_by", ""), f"{path}.issued_by")
        if kind is None or full_time is None or issued_by is None:
            return None
        return Talent(kind, full_time, issued_by)

    return tuple(reader.each(value, path, read))


def _read_enrolments(reader: Reader, value: Json, path: str) -> tuple[Enrolment, ...]:
    def read(item: Json, path: str) -> Enrolment | None:
        fields = reader.object(item, path, ("level", "full_time", "from", "to"))
        level = reader.needed_word(fields, "level", path, EducationLevel)
        full_time = reader.needed_flag(fields, "full_time", path)
        start, end = reader.span(fields, path)
        if level is None or full_time is None or start is None:
            return None
        return Enrolment(level, full_time, start, end)

    return tuple(reader.each(value, path, read))


def _read_permit(reader: Reader, value: Json, path: str) -> tuple[Action, ...]:
    if value is None:
        return ()
    if isinstance(value, dict) and "actions" in value:
        fields = reader.object(value, path, ("actions",))
        return tuple(reader.each(fields["actions"], f"{path}.actions", _action_reader(reader)))
    fields = reader.object(value, path, ("issued_on", "endorsed_on"))
    issued = reader.needed_day(fields, "issued_on", path)
    endorsed = reader.each(fields.get("endorsed_on", []), f"{path}.endorsed_on", reader.day)
    if issued is None:
        return ()
    first = Action(ActionKind.ISSUED, issued)
    return (first, *(Action(ActionKind.ENDORSED, day) for day in endorsed))


def _action_reader(reader: Reader) -> Callable[[Json, str], Action | None]:
    def read(item: Json, path: str) -> Action | None:
        fields = reader.object(item, path, ("kind", "on", "reason", "until"))
        kind = reader.needed_word(fields, "kind", path, ActionKind)
        on = reader.needed_day(fields, "on", path)
        given = fields.get("reason")
        reason = None if given is None else reader.word(given, f"{path}.reason", CancelReason)
        last = fields.get("until")
        until = None if last is None else reader.day(last, f"{path}.until")
        return None if kind is None or on is None else Action(kind, on, reason, until)

    return read


def _person_document(facts: Facts) -> Object:
    person: Object = {"id_number": facts.id_number}
    if facts.shenzhen_hukou is not UNKNOWN:
        person["shenzhen_hukou"] = facts.shenzhen_hukou
    if _population_is_silent(facts):
        return person
    if facts.alive is not True:
        person["alive"] = None if facts.alive is UNKNOWN else facts.alive
    if facts.identity is not Identity.MATCHED:
        person["identity"] = facts.identity.value
    return person


def _registration_document(registration: Registration) -> Object:
    start, end, house_code = registration
    return {"from": start.isoformat(), "to": _written(end), "house_code": house_code}


def _talent_document(talent: Talent) -> Object:
    kind, full_time, issued_by = talent
    return {"kind": kind.value, "full_time": full_time, "issued_by": issued_by}


def _enrolment_document(enrolment: Enrolment) -> Object:
    level, full_time, start, end = enrolment
    return {
        "level": level.value,
        "full_time": full_time,
        "from": start.isoformat(),
        "to": _written(end),
    }


def _permit_document(actions: tuple[Action, ...]) -> Object:
    """Return the short form where issue and endorsements say everything, else every action."""
    if not actions:
        return {}
    plain = [Action(ActionKind.ENDORSED, action.on) for action in actions]
    plain[0] = Action(ActionKind.ISSUED, actions[0].on)
    if plain == [*actions]:
        issued, *endorsed = (action.on.isoformat() for action in actions)
        return {"issued_on": issued, "endorsed_on": [*endorsed]}
    return {"actions": [_action_document(action) for action in actions]}


def _action_document(action: Action) -> Object:
    kind, on, reason, until = action
    document: Object = {"kind": kind.value, "on": on.isoformat()}
    if reason is not None:
        document["reason"] = reason.value
    if until is not None:
        document["until"] = until.isoformat()
    return document


def _unavailable(facts: Facts) -> list[Json]:
    silent = {
        Source.ENROLMENT: facts.enrolment is UNKNOWN,
        Source.HUKOU: facts.shenzhen_hukou is UNKNOWN,
        Source.INSURANCE: facts.insurance is UNKNOWN,
        Source.PERMIT: facts.permit is UNKNOWN,
        Source.POPULATION: _population_is_silent(facts),
        Source.REGISTRATIONS: facts.registrations is UNKNOWN,
        Source.TALENT: facts.talent is UNKNOWN,
    }
    return [source.value for source, is_silent in silent.items() if is_silent]


def _population_is_silent(facts: Facts) -> bool:
    return facts.alive is UNKNOWN and facts.identity is UNKNOWN


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_KEYS: Final = (
    "person",
    "registrations",
    "insurance",
    "talent",
    "enrolment",
    "permit",
    "unavailable",
)
_PERSON_KEYS: Final = ("id_number", "shenzhen_hukou", "alive", "identity")
