"""What a partner may ask is kept to over all processes, and the overshoot has its bound."""

import asyncio

import pytest
from django.db import connection

from juzhu.api.limits import UNSETTLED_SHARE, WINDOW_SECONDS, Limits, limits
from juzhu.api.problems import Problem
from juzhu.modules.partners import queries, services
from tests.api.conftest import problem
from tests.factories import NOON


def set_limit(code: str, calls: int) -> None:
    changes = {"calls_per_minute": calls}
    services.amend(code=code, changes=changes, actor="test", at=NOON)


def use_up(code: str, seconds: float) -> None:
    """Let other processes have used so much of the allowance."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_allowance"
            " SELECT id, clock_timestamp() + make_interval(secs => %s)"
            " FROM partners_partner WHERE code = %s ON CONFLICT (partner_id)"
            " DO UPDATE SET full_at = excluded.full_at",
            [seconds, code],
        )
    limits.forget()


def test_the_headers_count_down_and_the_last_is_refused(education):
    set_limit("education", 5)
    education.token = education.fetch_token().json()["access_token"]  # a call, too

    answers = [education.ask("GET", "/api/v1/me") for _ in range(6)]

    left = [one.headers["ratelimit"].split(";")[1] for one in answers[:4]]
    assert left == ["r=3", "r=2", "r=1", "r=0"]
    assert [one.status_code for one in answers] == [200] * 4 + [429] * 2
    refused = answers[-1]
    assert problem(refused)["slug"] == "too-many-requests"
    assert 0 < int(refused.headers["retry-after"]) <= 12
    assert refused.headers["ratelimit-policy"] == '"partner";q=5;w=60'


def test_what_others_let_through_counts_and_flows_back(education, border):
    education.headers("GET", "/api/v1/me")

    use_up("education", WINDOW_SECONDS + 5)  # it flows back while a slow machine asks
    assert education.ask("GET", "/api/v1/me").status_code == 429
    assert border.ask("GET", "/api/v1/me").status_code == 200
    use_up("education", WINDOW_SECONDS / 2)
    half = education.ask("GET", "/api/v1/me")

    assert half.status_code == 200
    assert 2990 <= int(half.headers["ratelimit"].split(";")[1].removeprefix("r=")) <= 3500


@pytest.mark.parametrize(("quota", "processes"), [(200, 4), (3, 2)])
def test_processes_together_overshoot_by_no_more_than_their_tenths(education, quota, processes):
    partner_id = queries.partner("education").id

    taken = asyncio.run(everybody_takes_all(partner_id, quota, processes))

    bound = processes * max(1, quota * UNSETTLED_SHARE)
    assert quota <= taken <= quota + bound


async def everybody_takes_all(partner_id: int, quota: int, processes: int) -> int:
    """Return how many calls processes let through that are asked side by side without a pause."""

    async def until_refused(process: Limits) -> int:
        for count in range(10 * quota):
            try:
                await process.take(partner_id, quota)
            except Problem:
                return count
        raise AssertionError("never refused")

    return sum(await asyncio.gather(*(until_refused(Limits()) for _ in range(processes))))
