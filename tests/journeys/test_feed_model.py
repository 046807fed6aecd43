"""A department that follows people against a model: its verifications cross the events.

A verification reads how a permit stands, and is committed later, or never. Whoever takes the answer
and then, in order and each once, the events of the feed, must hold what the register holds.
"""

from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from juzhu.domain.permit import turns
from juzhu.journeys import feed
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners import services as partner_services
from juzhu.modules.partners.contracts import Caller, Scope
from juzhu.modules.partners.models import Known
from juzhu.modules.partners.sandbox import PARTNERS
from juzhu.modules.people.models import Person
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services
from tests.factories import NOON, noon
from tests.modules.feed_machine import DAY, ENDS, Feed, Writer, follow

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)


class Following(Feed):
    """The register's machine, and one department that verifies people and reads the feed."""

    @initialize()
    def register(self):
        code = f"p{next(_numbers)}"
        partner_id = partner_services.register(
            code=code, name="部门", contact="x", actor="test", at=NOON
        )
        for grant in PARTNERS[0].grants:
            partner_services.grant(code=code, grant=grant, actor="test", at=NOON)
        grants = partners.partner(code).grants
        self.caller = Caller(partner_id, code, {Scope.EVENTS: grants[Scope.EVENTS]})
        self.cursor = None
        self.taken = set()  # ids of events taken in
        self.believed = {}  # by person, what the department holds for true
        self.asking = {}  # verifications under way, by permit

    def teardown(self):
        for writer in getattr(self, "asking", {}).values():
            writer.end("roll back")
        super().teardown()

    def _verify(self, permit_id):
        """Read how it stands and note the person: what a verification does in its transaction."""
        view = permits.permit_by_id(permit_id, self.today)
        digest = Person.objects.values_list("id_digest", flat=True).get(pk=view.person_id)
        partner_services.learn(
            partner_id=self.caller.partner_id, people=[(view.person_id, bytes(digest))], at=NOON
        )
        found = turns(view.actions)
        ahead = [turn for turn in found.ahead if turn.on <= self.today]
        return view.person_id, {(t.kind.value, t.on) for t in [*found.happened, *ahead]}

    def _told(self, made):
        person_id, answer = made
        self.believed.setdefault(person_id, answer)

    def _choose(self, data):
        return data.draw(st.sampled_from(sorted(self.acts.keys() - self.asking.keys()) or [0]))

    @rule(data=st.data())
    def verify(self, data):
        if permit_id := self._choose(data):
            self._told(self._verify(permit_id))

    @precondition(lambda self: len(self.asking) < 3)
    @rule(data=st.data())
    def begin_to_verify(self, data):
        permit_id = self._choose(data)
        if permit_id and self._holder(permit_id) not in self.believed:
            self.asking[permit_id] = Writer(lambda: self._verify(permit_id))

    @precondition(lambda self: self.asking)
    @rule(data=st.data())
    def end_verification(self, data):
        writer = self.asking.pop(data.draw(st.sampled_from(sorted(self.asking))))
        if writer.end(data.draw(st.sampled_from(ENDS))):
            self._told(writer.made)

    @rule(data=st.data())
    def verify_while_it_happens(self, data):
        """Let acts, days and readings fall before and after the commit of a verification."""
        met = {permit for permit in self.acts if self._holder(permit) in self.believed}
        free = sorted(self.acts.keys() - met - self.asking.keys() - self.open.keys())
        if not free:
            return
        permit_id = data.draw(st.sampled_from(free))
        writer = Writer(lambda: self._verify(permit_id))
        self._happens(data, permit_id)
        if writer.end("commit"):
            self._told(writer.made)
        self._happens(data, permit_id)

    def _happens(self, data, permit_id):
        for step in data.draw(st.lists(st.sampled_from("anrd"), max_size=5)):
            if step == "a":
                self._acts(data, permit_id)
            elif step == "n":  # somebody else reads: the event gets its place
                services.materialise_events(on=self.today, at=noon(self.today))
            elif step == "r":
                self._follow(1000, dies=False)
            else:
                self.today += data.draw(st.sampled_from([1, 365, 731])) * DAY

    def _holder(self, permit_id):
        return permits.permit_by_id(permit_id, self.today).person_id

    @rule(limit=st.integers(1, 4), dies=st.booleans())
    def follow_a_page(self, limit, dies):
        self._follow(limit, dies)

    def _follow(self, limit, dies):
        page = feed.read(caller=self.caller, after=self.cursor, limit=limit, at=noon(self.today))
        for told in page.told:
            self._take_in(told.event)
            if dies:
                return True  # in the middle of a page: its cursor was not kept
        self.cursor = page.after
        return page.more or bool(page.told)

    def _take_in(self, event):
        if event.key in self.taken or event.person_id not in self.believed:
            assert event.key in self.taken  # nobody is told of people it has not asked about
            return
        self.taken.add(event.key)
        held = self.believed[event.person_id]
        if event.kind == "corrected":
            held.discard((event.undoes, event.on))
        else:
            held.add((event.kind, event.on))

    @rule()
    def hold_what_the_register_holds(self):
        while self._follow(100, dies=False):
            pass
        subjects = Known.objects.filter(partner_id=self.caller.partner_id)
        assert subjects.count() == len(self.believed)
        for permit_id, acts in self.acts.items():
            person_id = self._holder(permit_id)
            if person_id in self.believed and permit_id not in self.open:
                assert self.believed[person_id] == {*self._true(acts)}


def test_a_department_holds_what_the_register_holds_whatever_crosses_and_dies():
    follow(Following, examples=12, steps=20)


@pytest.mark.soak
def test_a_department_holds_what_the_register_holds_for_long():
    follow(Following, examples=100, steps=80)
