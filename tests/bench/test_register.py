"""The register that benchmarks run on is one that the system could have made."""

from datetime import timedelta

import pytest
from django.db import connection

from bench import lives, register
from juzhu.domain.permit import ending, status_on
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.people.models import Person
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.models import Permit
from tests.factories import TODAY


@pytest.mark.django_db(transaction=True)
def test_everybody_is_found_by_number_and_every_permit_is_the_fold_of_its_actions():
    made = register.fill(400, on=TODAY, busy=0.1)

    states, due = set(), 0
    for i in range(1, 401):
        digest = people_services.digest_of(register.id_number(i))
        row = Permit.objects.get(person_id=Person.objects.get(id_digest=digest).pk)
        who = people.person(row.person_id)
        found = permits.permit_by_id(row.pk, TODAY)
        last = status_on(found.actions, max(action.on for action in found.actions))
        assert (who.name, who.phone) == (register.name(i), register.phone(i))
        assert (row.pk, row.number) == (i, register.permit_number(i, row.issued_on.year))
        assert (row.window_opens, row.suspended_from) == (last.window_opens, last.suspended_from)
        assert row.ends_on == ending(found.actions)
        states.add(found.status.state)
        due += any(row.suspended_from - timedelta(days=n) == TODAY for n, _ in lives.BUSY[:5])
    assert states == set(PermitState) - {PermitState.NOT_YET_ISSUED}
    assert due >= 30
    assert made.permits == 400


@pytest.mark.django_db(transaction=True)
def test_the_tables_have_their_indexes_back():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes ORDER BY 1")
        before = cursor.fetchall()
        register.fill(3, on=TODAY)
        cursor.execute("SELECT indexdef FROM pg_indexes ORDER BY 1")
        assert cursor.fetchall() == before
