"""Writers left open, killed and taken back, readers that forget, and what one must believe.

The model knows only acts that were committed. Whoever follows the feed, takes in what is told and
strikes out what is corrected, must believe exactly what these acts make true.
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from juzhu.domain.permit import Action, ActionKind, CancelReason, PermitHistoryError, turns
from juzhu.modules.permits import queries, services
from tests.factories import a_person, noon

BEGIN = date(2020, 1, 15)
DAY = timedelta(days=1)
KINDS = [kind for kind in ActionKind if kind is not ActionKind.ISSUED]
ENDS = ["commit", "commit", "roll back", "kill"]


class Writer:
    """A process of its own, so to speak: a thread with its own connection and open transaction."""

    def __init__(self, work):
        self._thread = ThreadPoolExecutor(1)
        self._outcome = self._thread.submit(self._begin, work)
        self.pid, self.made = self._outcome.result()

    def _begin(self, work):
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        try:
            made = work()
        except PermitHistoryError:
            self._end("roll back")
            raise
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0], made

    def end(self, how):
        """Commit, roll back, or be killed before the commit; say whether it was committed."""
        if how == "kill":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [self.pid])
        done = self._thread.submit(self._end, how).result()
        self._thread.shutdown()
        return done

    def _end(self, how):
        if how == "roll back":
            transaction.set_rollback(True)
        try:
            self._transaction.__exit__(None, None, None)
        except DatabaseError:
            assert how == "kill"
            return False
        finally:
            connection.close()
        return how == "commit"


class Feed(RuleBasedStateMachine):
    """Writers, the calendar, and two readers: one from the beginning, one that forgets pages."""

    @initialize(days=st.integers(0, 400))
    def begin(self, days):
        self.today = BEGIN + days * DAY
        services.materialise_events(on=self.today, at=noon(self.today))
        self.start = self.place = queries.head()
        self.read, self.again = [], 0  # keys as taken in, and how many were read twice
        self.acts = {}  # committed acts of each permit
        self.open = {}  # writers by permit; None for one that issues
        self.occasions = 0

    def teardown(self):
        for writer, *_ in getattr(self, "open", {}).values():
            writer.end("roll back")

    # --- writers ---------------------------------------------------------------------------------

    def _issue(self):
        self.occasions += 1
        person_id = a_person(phone=None)
        return services.issue(
            person_id=person_id, on=self.today, at=noon(self.today), occasion="SL1"
        )

    def _act(self, permit_id, action):
        self.occasions += 1
        return services.act(
            permit_id=permit_id,
            kind=action.kind,
            on=action.on,
            at=noon(self.today),
            occasion=f"x{self.occasions}",
            reason=action.reason,
        )

    def _allowed(self, data, permit_id=None):
        """Draw an act that the law allows, on a permit that no open writer holds."""
        free = sorted(self.acts.keys() - self.open.keys())
        if not free:
            return None
        permit_id = permit_id or data.draw(st.sampled_from(free))
        kind = data.draw(st.sampled_from(KINDS))
        on = max(self.today - data.draw(st.integers(0, 30)) * DAY, self.acts[permit_id][0].on)
        action = Action(kind, on, CancelReason.DEATH if kind is ActionKind.CANCELLED else None)
        try:
            turns(self._with(permit_id, action))
        except PermitHistoryError:
            return None
        return permit_id, action

    def _with(self, permit_id, action):
        return sorted([*self.acts[permit_id], action], key=lambda found: found.on)

    @rule()
    def issue(self):
        permit = self._issue()
        self.acts[permit.id] = [Action(ActionKind.ISSUED, self.today)]

    @rule(data=st.data())
    def act(self, data):
        self._acts(data)

    def _acts(self, data, permit_id=None):
        found = self._allowed(data, permit_id)
        if found and self._tries(*found):
            self.acts[found[0]] = self._with(*found)

    def _tries(self, permit_id, action):
        try:
            self._act(permit_id, action)
        except PermitHistoryError:
            return False  # the service knows one law more: nothing after the end
        return True

    @precondition(lambda self: len(self.open) < 4)
    @rule(data=st.data())
    def open_writer(self, data):
        if data.draw(st.booleans()):
            writer, issued_on = Writer(self._issue), self.today
            permit_id = writer.made.id
            self.open[permit_id] = writer, [Action(ActionKind.ISSUED, issued_on)]
        elif found := self._allowed(data):
            permit_id, action = found
            try:
                writer = Writer(lambda: self._act(permit_id, action))
            except PermitHistoryError:
                return
            self.open[permit_id] = writer, self._with(permit_id, action)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def end_writer(self, data):
        permit_id = data.draw(st.sampled_from(sorted(self.open)))
        writer, acts = self.open.pop(permit_id)
        if writer.end(data.draw(st.sampled_from(ENDS))):
            self.acts[permit_id] = acts

    @rule(days=st.integers(1, 400))
    def days_pass(self, days):
        self.today += days * DAY

    # --- readers ---------------------------------------------------------------------------------

    @rule()
    def materialise_and_be_killed(self):
        Writer(lambda: services.materialise_events(on=self.today, at=noon(self.today))).end("kill")

    @rule(limit=st.integers(1, 5), forgets=st.booleans())
    def read_a_page(self, limit, forgets):
        services.materialise_events(on=self.today, at=noon(self.today))
        window = queries.events(after=self.place, limit=limit)
        self.read += [event.key for event in window.events]
        if forgets:
            self.again += len(window.events)
        elif window.events:
            self.place = window.events[-1].place

    @rule()
    def believe_what_is_told(self):
        services.materialise_events(on=self.today, at=noon(self.today))
        believed = defaultdict(list)
        events = queries.events(after=self.start, limit=10_000).events
        for event in events:
            if event.only_for is not None:
                continue
            if event.kind == "corrected":
                believed[event.permit_id].remove((event.undoes, event.on))
            else:
                believed[event.permit_id].append((event.kind, event.on))
        for permit_id, acts in self.acts.items():
            if permit_id not in self.open:  # else the next read tells what the calendar brought
                assert sorted(believed[permit_id]) == sorted(self._true(acts))
        # A reader that forgets has missed nothing of what lies before its place.
        behind = [event.key for event in events if event.position <= self.place.position]
        assert set(behind) <= set(self.read)
        assert len(self.read) - self.again == len(behind)

    def _true(self, acts):
        found = turns(acts)
        ahead = [turn for turn in found.ahead if turn.on <= self.today]
        return [(turn.kind.value, turn.on) for turn in [*found.happened, *ahead]]

    @invariant()
    def places_have_no_gaps(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(position), coalesce(max(position), 0) FROM permits_event")
            count, highest = cursor.fetchone()
        assert count == highest


def follow(machine, *, examples, steps):
    """Run a machine; the numbers say how long."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
