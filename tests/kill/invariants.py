"""What must hold once it is quiet, read straight from the database and from the city's phones."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from juzhu.domain.permit import ActionKind
from juzhu.domain.vocabulary import Business, Outcome
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.notices.contracts import Delivery, Occasion
from juzhu.modules.notices.receipts import ASKED_AT
from juzhu.modules.notices.texts import sms
from tests.kill.residents import Story
from tests.kill.town import Town

Row = dict[str, Any]

DEPARTMENTS: Final = 6
SETTLED: Final = frozenset(set(CaseState) - {CaseState.ACCEPTED, CaseState.WAITING})
_RESULT: Final = {
    CaseState.APPROVED: Outcome.APPROVED,
    CaseState.REFUSED: Outcome.REFUSED,
    CaseState.IN_REVIEW: Outcome.UNKNOWN,
}
_GRANT: Final = {
    Business.FIRST_ISSUE: ActionKind.ISSUED,
    Business.ENDORSEMENT: ActionKind.ENDORSED,
}
_SENT: Final = (Delivery.HANDED_OVER, Delivery.DELIVERED)

_BUSY: Final = {
    "cases": "SELECT count(*) FROM cases_case WHERE state IN ('accepted', 'waiting')",
    "messages": "SELECT count(*) FROM notices_message WHERE "
    "delivery IN ('queued', 'sending') OR (delivery = 'postponed' AND pinned)"
    " OR (delivery = 'held' AND NOT not_before - tried_at = ANY(%(asked_at)s))",
    "jobs": "SELECT count(*) FROM procrastinate_jobs"
    " WHERE task_name NOT IN (SELECT task_name FROM procrastinate_periodic_defers)"
    " AND (status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now())",
}


def busy(town: Town) -> dict[str, int]:
    """Return what is still to be done, by kind; empty when it is quiet."""
    with psycopg.connect(town.database_url, autocommit=True) as link:
        asked_at = {"asked_at": list(ASKED_AT)}  # held and asked about once: it may stay so
        counts = {name: link.execute(query, asked_at).fetchone() for name, query in _BUSY.items()}
    return {name: row[0] for name, row in counts.items() if row and row[0]}


class Findings:
    """Everything the database and the phones hold, and each way in which it may be wrong."""

    def __init__(self, town: Town, stories: Sequence[Story], today: date) -> None:
        self.stories = stories
        self.today = today
        self.sms = town.delivered()
        self.phones = {story.phone: town.city(f"/phones/{story.phone}.json") for story in stories}
        with psycopg.connect(town.database_url, autocommit=True, row_factory=dict_row) as link:
            self.cases = _read(link, "SELECT * FROM cases_case")
            self.decisions = _read(link, "SELECT * FROM cases_decision ORDER BY case_id, attempt")
            self.answers = _read(link, "SELECT case_id, attempt, source FROM evidence_answer")
            self.permits = _read(link, "SELECT * FROM permits_permit")
            self.actions = _read(link, "SELECT * FROM permits_permitaction")
            self.messages = _read(link, "SELECT * FROM notices_message")
            self.ledger = _read(link, "SELECT * FROM audit_entry ORDER BY id")
            self.jobs = _read(link, "SELECT * FROM procrastinate_jobs")
            rounds = _read(link, "SELECT DISTINCT task_name FROM procrastinate_periodic_defers")
            self.periodic = {row["task_name"] for row in rounds}
        self.by_number = {case["number"]: case for case in self.cases}

    def wrong(self) -> list[str]:
        """Return one line for each thing lost, doubled or left behind."""
        checks: list[Callable[[], Iterator[str]]] = [
            self._told,
            self._submissions,
            self._cases,
            self._actions,
            self._permits,
            self._decisions,
            self._ledger,
            self._messages,
            self._deliveries,
            self._phones,
            self._jobs,
        ]
        return [f"{check.__name__[1:]}: {line}" for check in checks for line in check()]

    def _told(self) -> Iterator[str]:
        """What a person was told stays so."""
        for story in self.stories:
            yield from (f"{story.number or story.business}: {wrong}" for wrong in story.wrong)
            told = [state for state in story.states if state in SETTLED]
            case = self.by_number.get(story.number)
            if told and case is not None and told[-1] != case["state"]:
                yield f"{story.number} was told {told[-1]} and is {case['state']}"
            if len(set(told)) > 1:
                yield f"{story.number} was told {' and then '.join(told)}"
            if story.reminder and case is not None and case["remind_on"] is None:
                yield f"{story.number}: the confirmed reminder is gone"
            if story.review and case is not None and case["review_asked_at"] is None:
                yield f"{story.number}: the confirmed review is gone"

    def _submissions(self) -> Iterator[str]:
        """Each key that was sent is one case under the number that was answered, and no more."""
        keys = Counter(case["key"] for case in self.cases)
        sent = {story.key for story in self.stories if story.key}
        yield from (f"{count} cases of one key" for count in keys.values() if count > 1)
        for case in self.cases:
            if case["key"] not in sent:
                yield f"{case['number']} has a key nobody sent"
        for story in self.stories:
            if story.number and story.number not in self.by_number:
                yield f"{story.number} was answered and is no case"
            elif story.number and self.by_number[story.number]["key"] != story.key:
                yield f"{story.number} was answered to somebody else's key"

    def _cases(self) -> Iterator[str]:
        for case in self.cases:
            if case["state"] not in SETTLED:
                yield f"{case['number']} is still {case['state']}"

    def _actions(self) -> Iterator[str]:
        """An approved case made one action; no other case made one; what was held is let go."""
        made: dict[str, Counter[str]] = {}
        for action in self.actions:
            made.setdefault(action["occasion"].partition("#")[0], Counter())[action["kind"]] += 1
        made.pop("legacy", None)
        for case in self.cases:
            kinds = made.pop(case["number"], Counter())
            grant = _GRANT[Business(case["business"])]
            granted = {kind: kinds.pop(kind, 0) for kind in set(_GRANT.values())}
            expected = dict.fromkeys(granted, 0)
            if case["state"] == CaseState.APPROVED:
                expected[grant] = 1
            held = kinds[ActionKind.CASE_OPENED] - kinds[ActionKind.CASE_CLOSED]
            if held and case["state"] not in (CaseState.APPROVED, CaseState.IN_REVIEW):
                yield f"{case['number']} ({case['state']}) still holds its permit"
            if granted != expected:
                yield f"{case['number']} ({case['state']}) made {granted}"
            if any(count > 1 for count in kinds.values()):
                yield f"{case['number']} acted twice: {dict(kinds)}"
        yield from (f"an action of no case: {occasion}" for occasion in made)

    def _permits(self) -> Iterator[str]:
        """An approved person holds one permit, the one that the case names."""
        live: dict[int, list[int]] = {}
        for permit in self.permits:
            if permit["ends_on"] is None or permit["ends_on"] > self.today:
                live.setdefault(permit["person_id"], []).append(permit["id"])
        for case in self.cases:
            held = live.get(case["person_id"], [])
            if case["state"] == CaseState.APPROVED and held != [case["permit_id"]]:
                yield f"{case['number']} granted {case['permit_id']}, the person holds {held}"
        yield from (f"a person holds {held}" for held in live.values() if len(held) > 1)

    def _decisions(self) -> Iterator[str]:
        """One decision for each attempt, with six answers; the last says what the case says."""
        of_case: dict[int, list[Row]] = {}
        for decision in self.decisions:
            of_case.setdefault(decision["case_id"], []).append(decision)
        answers = Counter((a["case_id"], a["attempt"]) for a in self.answers)
        for case in self.cases:
            made = of_case.pop(case["id"], [])
            if [d["attempt"] for d in made] != list(range(1, case["attempts"] + 1)):
                yield f"{case['number']}: {case['attempts']} attempts, {len(made)} decisions"
            for decision in made:
                if answers.pop((case["id"], decision["attempt"]), 0) != DEPARTMENTS:
                    yield f"{case['number']}: attempt {decision['attempt']} lacks answers"
            outcome = _RESULT.get(CaseState(case["state"]))
            if outcome and (not made or made[-1]["outcome"] != outcome):
                yield f"{case['number']} is {case['state']} without such a decision"
            if outcome and any(d["outcome"] != Outcome.UNKNOWN for d in made[:-1]):
                yield f"{case['number']} was decided twice"
        yield from (f"decisions of no case: {case_id}" for case_id in of_case)
        yield from (f"answers of no decision: {key}" for key in answers)

    def _ledger(self) -> Iterator[str]:
        """Each decision is one entry in the ledger, and each confirmed signing in at least one."""
        made: dict[str, list[str]] = {}
        entered: Counter[int] = Counter()
        for entry in self.ledger:
            if entry["purpose"] == Purpose.DECIDE:
                made.setdefault(entry["occasion"], []).append(entry["note"])
            elif entry["purpose"] == Purpose.SIGN_IN:
                entered[entry["person_id"]] += 1
        for case in self.cases:
            outcomes = [d["outcome"] for d in self.decisions if d["case_id"] == case["id"]]
            if made.pop(case["number"], []) != outcomes:
                yield f"{case['number']}: the ledger differs from {outcomes}"
        yield from (f"an entry for no case: {number}" for number in made)
        for story in self.stories:
            case_told = self.by_number.get(story.number)
            if case_told and entered[case_told["person_id"]] < story.signed_in:
                yield f"{story.number}: a confirmed signing in is not in the ledger"

    def _messages(self) -> Iterator[str]:
        """Each case wrote what belongs to its course, once."""
        written: dict[str, Counter[str]] = {}
        for message in self.messages:
            written.setdefault(message["case_number"], Counter())[message["occasion"]] += 1
        written.pop("", None)  # of the daily round: once by a constraint
        for case in self.cases:
            found, expected = written.pop(case["number"], Counter()), self._expected(case)
            if found != expected:
                yield f"{case['number']} ({case['state']}) wrote {dict(found)}, not {expected}"
        yield from (f"a message of no case: {number}" for number in written)

    def _expected(self, case: Row) -> Counter[str]:
        outcomes = [d["outcome"] for d in self.decisions if d["case_id"] == case["id"]]
        grant = Occasion.ISSUED if case["business"] == Business.FIRST_ISSUE else Occasion.ENDORSED
        last = {
            CaseState.APPROVED: grant,
            CaseState.REFUSED: Occasion.REFUSED,
            CaseState.WITHDRAWN: Occasion.WITHDRAWN,
            CaseState.IN_REVIEW: Occasion.IN_REVIEW,
            CaseState.ENDED: Occasion.CANCELLED,
        }[CaseState(case["state"])]
        expected: Counter[str] = Counter([last.value])
        waited = outcomes[:1] == [Outcome.UNKNOWN]
        if waited and not (case["state"] == CaseState.IN_REVIEW and len(outcomes) == 1):
            expected[Occasion.WAITING.value] += 1
        if case["review_asked_at"] is not None:
            expected[Occasion.IN_REVIEW.value] += 1
        return expected

    def _deliveries(self) -> Iterator[str]:
        """Each message that is due was delivered once, with its own text; nothing else was."""
        keys = Counter(message["key"] for message in self.sms)
        texts = {message["key"]: message["text"] for message in self.sms}
        yield from (
            f"{key} was delivered {count} times" for key, count in keys.items() if count > 1
        )
        for row in self.messages:
            key = f"message-{row['id']}"
            if wrong := self._wrong_with(row, keys.pop(key, 0), texts.get(key)):
                yield f"{key} ({row['occasion']}) {wrong}"
        codes = sum(key.startswith("code-") for key in keys)
        if codes < sum(story.codes for story in self.stories):
            yield f"{codes} sign-in codes were sent, fewer than were asked for"
        yield from (f"{key} belongs to no message" for key in keys if not key.startswith("code-"))

    @staticmethod
    def _wrong_with(row: dict[str, Any], count: int, text: str | None) -> str | None:
        unsent = {
            Delivery.SCHEDULED,  # its day has not come
            Delivery.POSTPONED,  # at night, with nobody at the screen
            Delivery.NEEDLESS,  # endorsed or decided meanwhile
        }
        if row["delivery"] == Delivery.HELD and row["occasion"] == Occasion.WAITING:
            unsent.add(Delivery.HELD)  # in a killed worker's hand, decided meanwhile, asked about
        if row["delivery"] in unsent:
            return f"is {row['delivery']} and was sent" if count else None
        if row["delivery"] not in _SENT:
            return f"is {row['delivery']}"
        if not count:
            return "is noted as sent and on no phone"
        said = sms(Occasion(row["occasion"]), row["values"])
        return None if text == said else "carried another text"

    def _phones(self) -> Iterator[str]:
        """The result of each case is on the phone of its person, once."""
        for story in self.stories:
            case = self.by_number.get(story.number)
            if case is None:
                continue
            due = {
                f"message-{row['id']}"
                for row in self.messages
                if row["person_id"] == case["person_id"] and row["delivery"] in _SENT
            }
            held = [m["key"] for m in self.phones[story.phone] if m["key"].startswith("message-")]
            if sorted(held) != sorted(due):
                yield f"{story.number}: the phone holds {held}, not {sorted(due)}"

    def _jobs(self) -> Iterator[str]:
        """No job is left but the next round, and the next look at cases closed meanwhile."""
        for job in self.jobs:
            periodic = job["task_name"] in self.periodic and job["status"] in ("todo", "doing")
            later = job["status"] == "todo" and job["scheduled_at"] is not None
            if not periodic and not later:
                yield f"{job['task_name']} {job['args']} is {job['status']}"


def _read(link: psycopg.Connection[Row], query: str) -> list[Row]:
    return link.execute(query.encode()).fetchall()
