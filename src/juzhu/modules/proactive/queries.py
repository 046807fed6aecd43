"""Reading consents and watches."""

from datetime import date

from juzhu.domain.vocabulary import Business
from juzhu.modules.proactive.contracts import ConsentView, WatchView
from juzhu.modules.proactive.models import Consent, Watch


def consent_of(person_id: int) -> ConsentView | None:
    """Return the consent in force, None when there is none."""
    row = Consent.objects.filter(person_id=person_id, withdrawn_at__isnull=True).first()
    return None if row is None else ConsentView(row.given_at, row.withdrawn_at, row.wording)


def due(*, on: date, after: int, limit: int) -> list[WatchView]:
    """Return watches whose day has come, by number from `after` on."""
    rows = Watch.objects.filter(look_on__lte=on, pk__gt=after).order_by("pk")[:limit]
    return [_view(row) for row in rows]


def watch(watch_id: int) -> WatchView | None:
    """Return one watch; None when it is over."""
    row = Watch.objects.filter(pk=watch_id).first()
    return None if row is None else _view(row)


def watch_of(person_id: int, business: Business) -> WatchView | None:
    """Return the watch over this person for this business, None when there is none."""
    row = Watch.objects.filter(person_id=person_id, business=business).first()
    return None if row is None else _view(row)


def _view(row: Watch) -> WatchView:
    return WatchView(row.pk, row.person_id, Business(row.business), row.look_on)
