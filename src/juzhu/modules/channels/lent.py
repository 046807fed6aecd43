"""The secrets that WeChat lends: `juzhu.ports.wechat.SharedSecrets` over one row each.

They live by the machine's clock. No lock is held while WeChat is asked: whoever goes there leaves
a note in the row, and the others wait for what comes back.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from juzhu.modules.channels.models import LentSecret
from juzhu.ports.wechat import Fetch, Secret, WechatUnavailableError

EARLY: Final = timedelta(minutes=5)
"""Fetched anew this long before it ends, so that none runs out on its way."""
FETCH_TIME: Final = timedelta(seconds=15)
_WAIT_SECONDS: Final = 8.0
_PAUSE_SECONDS: Final = 0.05


class LentSecrets:
    """Hands out the secrets; the only writer of their rows."""

    def get(self, kind: Secret, fetch: Fetch, *, stale: str = "") -> str:
        """Return the secret; of processes that want a new one, one fetches it."""
        limit = time.monotonic() + _WAIT_SECONDS
        while True:
            found = _take(kind, stale)
            if isinstance(found, str):
                return found
            if found:
                return _fetched(kind, fetch)
            if time.monotonic() > limit:
                raise WechatUnavailableError(f"another process fetches the {kind}")
            time.sleep(_PAUSE_SECONDS)


@transaction.atomic
def _take(kind: Secret, stale: str) -> str | bool:
    """Return the secret if it is good; else whether it is for this process to fetch it."""
    now = datetime.now(UTC)  # noqa: TID251 - the machine's own clock
    LentSecret.objects.get_or_create(kind=kind)
    row = LentSecret.objects.select_for_update().get(kind=kind)
    good = row.good_until is not None and row.good_until > now
    if row.value and good and row.value != stale:
        return str(row.value)
    if row.fetching_until is not None and row.fetching_until > now:
        return False
    row.fetching_until = now + FETCH_TIME
    row.save(update_fields=("fetching_until",))
    return True


def _fetched(kind: Secret, fetch: Fetch) -> str:
    try:
        value, seconds = fetch()
    except BaseException:
        LentSecret.objects.filter(kind=kind).update(fetching_until=None)
        raise
    good = datetime.now(UTC) + timedelta(seconds=seconds) - EARLY  # noqa: TID251
    LentSecret.objects.filter(kind=kind).update(value=value, good_until=good, fetching_until=None)
    return value
