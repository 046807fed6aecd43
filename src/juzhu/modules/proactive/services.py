"""Giving and taking back a consent; beginning, moving and ending a watch."""

from datetime import date, datetime

from django.db import transaction

from juzhu.domain.vocabulary import Business
from juzhu.modules.proactive.contracts import WORDING
from juzhu.modules.proactive.models import Consent, Watch


@transaction.atomic
def give_consent(*, person_id: int, at: datetime, look_on: date) -> None:
    """Record the standing consent and the first look; repeating changes nothing.

    Args:
        person_id: who agrees.
        at: when.
        look_on: the day on which the window opens, or today within it.

    """
    Consent.objects.get_or_create(
        person_id=person_id,
        withdrawn_at=None,
        defaults={"given_at": at, "wording": WORDING},
    )
    watch(person_id=person_id, business=Business.ENDORSEMENT, look_on=look_on)


@transaction.atomic
def withdraw_consent(*, person_id: int, at: datetime) -> None:
    """Take the consent back: from now on nothing is done without asking."""
    Consent.objects.filter(person_id=person_id, withdrawn_at__isnull=True).update(withdrawn_at=at)
    end_watch(person_id=person_id, business=Business.ENDORSEMENT)


def watch(*, person_id: int, business: Business, look_on: date) -> None:
    """Look at this person again on that day, instead of any other day for this business."""
    Watch.objects.update_or_create(
        person_id=person_id, business=business, defaults={"look_on": look_on}
    )


def endorsed(*, person_id: int, window_opens: date) -> None:
    """Move the look of somebody who consented to the next window."""
    if Consent.objects.filter(person_id=person_id, withdrawn_at__isnull=True).exists():
        watch(person_id=person_id, business=Business.ENDORSEMENT, look_on=window_opens)


def end_watch(*, person_id: int, business: Business) -> None:
    """Look no more."""
    Watch.objects.filter(person_id=person_id, business=business).delete()
