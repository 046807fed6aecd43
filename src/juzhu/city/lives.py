"""How people of the synthetic population live: arrival, homes, jobs, talent, school, permit.

The shares are round guesses that keep every outcome of the law in sight, not statistics.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple

from juzhu.city.draws import Draws
from juzhu.city.person import ALL_FIVE, Home, Job, LegacyPermit, Qualification, Study
from juzhu.city.places import draw_house
from juzhu.domain.calendar import anniversary, month_index
from juzhu.domain.vocabulary import EducationLevel, Insurance, TalentKind

LONGEST_STAY_DAYS: Final = 4000
FORESEEN_DAYS: Final = 3650
"""Moves and changes of job are known this far ahead of the city's birth; then all stay put."""

_FOUR = (Insurance.PENSION, Insurance.MEDICAL, Insurance.INJURY, Insurance.UNEMPLOYMENT)
_TRADES = ("电子", "物流", "餐饮", "服饰", "科技", "建筑", "贸易", "家政", "精密制造", "商业服务")
_FIRMS = ("鹏程", "南粤", "海岸", "新源", "宏图", "联创", "汇丰源", "天合", "前景", "立信达")
_SCHOOLS = ("深圳示例职业学院", "深圳示例大学", "深圳示例技师学院")
_TALENTS = (
    (TalentKind.DEGREE, "教育部学历认证（示例）"),
    (TalentKind.SKILL_CERTIFICATE, "深圳市人力资源和社会保障局"),
    (TalentKind.RETURNED_STUDENT, "深圳市人力资源和社会保障局"),
    (TalentKind.HIGH_LEVEL, "深圳市人力资源和社会保障局"),
)


class Life(NamedTuple):
    """What the registers will hold about a person besides who they are."""

    homes: tuple[Home, ...]
    jobs: tuple[Job, ...]
    qualifications: tuple[Qualification, ...] = ()
    studies: tuple[Study, ...] = ()


def draw_arrival(draws: Draws, epoch: date) -> date:
    """Return the day a person came to Shenzhen: one in six within the year before `epoch`."""
    days = draws.between(1, 365) if draws.chance(16) else draws.between(400, LONGEST_STAY_DAYS)
    return epoch - timedelta(days=days)


def draw_life(draws: Draws, arrived: date, epoch: date) -> Life:
    """Return the life of someone who came on `arrived`."""
    leaves = epoch - timedelta(days=draws.between(1, 300)) if draws.chance(4) else None
    homes = _draw_homes(draws, arrived, epoch, leaves)
    kind = draws.below(100)
    if kind < 5:
        return Life(homes, (), studies=(_draw_study(draws, arrived),))
    jobs = _draw_jobs(draws, arrived, epoch)
    if kind < 15:
        talent, issuer = draws.pick(_TALENTS)
        return Life(homes, jobs, qualifications=(Qualification(talent, True, issuer),))
    return Life(homes, jobs)


def draw_permit(draws: Draws, arrived: date, epoch: date) -> LegacyPermit | None:
    """Return the permit of someone who came on `arrived` as it stood the day before `epoch`."""
    issued = arrived + timedelta(days=draws.between(370, 500))
    if issued >= epoch or not draws.chance(85):
        return None
    endorsed: list[date] = []
    anchor, year = issued, 1
    while anniversary(anchor, year) <= epoch + timedelta(days=60):
        due = anniversary(anchor, year)
        fate = draws.below(100)
        day = due - timedelta(days=draws.between(1, 60))
        if fate >= 92:
            day = due + timedelta(days=draws.between(1, 700))
        if fate >= 98 or day >= epoch:
            break
        endorsed.append(day)
        anchor, year = (anchor, year + 1) if day < due else (day, 1)
    return LegacyPermit(issued, tuple(endorsed))


def _draw_homes(draws: Draws, arrived: date, epoch: date, leaves: date | None) -> tuple[Home, ...]:
    homes = []
    start, horizon = arrived, epoch + timedelta(days=FORESEEN_DAYS)
    while leaves is None or start <= leaves:
        end: date | None = start + timedelta(days=draws.between(150, 1500))
        if leaves is not None and end is not None and end > leaves:
            end = leaves
        if end is not None and end > horizon:
            end = None
        house = draw_house(draws)
        homes.append(Home(start, end, house.code, house.address))
        if end is None:
            break
        gap = draws.between(31, 70) if draws.chance(8) else draws.between(1, 20)
        start = end + timedelta(days=gap)
    return tuple(homes)


def _draw_jobs(draws: Draws, arrived: date, epoch: date) -> tuple[Job, ...]:
    jobs = []
    kinds = ALL_FIVE if draws.chance(85) else _FOUR
    month = month_index(arrived) + draws.below(3)
    horizon = month_index(epoch) + FORESEEN_DAYS // 30
    while month <= horizon:
        last: int | None = month + draws.between(4, 60)
        if last is not None and last > horizon:
            last = None
        firm = f"深圳市{draws.pick(_FIRMS)}{draws.pick(_TRADES)}有限公司（虚构）"
        jobs.append(Job(month, last, kinds, firm))
        if last is None:
            break
        month = last + 1 + (0 if draws.chance(65) else draws.between(1, 6))
    return tuple(jobs)


def _draw_study(draws: Draws, arrived: date) -> Study:
    level = EducationLevel.HIGHER if draws.chance(70) else EducationLevel.SECONDARY
    start = date(arrived.year, 9, 1) if arrived.month <= 9 else date(arrived.year + 1, 9, 1)
    return Study(level, draws.chance(90), start, None, draws.pick(_SCHOOLS))
