"""The building blocks of the people to be: homes, jobs and permits counted from a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from juzhu.city.days import shift_months
from juzhu.city.numbers import citizen_number
from juzhu.city.person import ALL_FIVE, Home, Job, LegacyPermit, Person
from juzhu.domain.calendar import anniversary, month_index

_HOUSES: Final = (
    ("4403050070020300018012003", "深圳市南山区粤海街道科技园社区锦绣花园18栋1203室"),
    ("4403090020010500066008002", "深圳市龙华区民治街道民治社区翠湖新村66栋802室"),
    ("4403060180020700120005001", "深圳市宝安区西乡街道固戍社区阳光公寓120栋501室"),
    ("4403070130020900033020006", "深圳市龙岗区坂田街道杨美社区荔香苑33栋2006室"),
    ("4403030020010200009003004", "深圳市罗湖区黄贝街道黄贝岭社区木棉小区9栋304室"),
)
_EMPLOYER: Final = "深圳市示例科技有限公司（虚构）"
SCHOOL: Final = "深圳示例大学"


def home(born_on: date, *, months_ago: int, house: int, ended: date | None = None) -> Home:
    """Return a residence registration that began `months_ago`, in one of five rooms."""
    code, address = _HOUSES[house]
    return Home(shift_months(born_on, -months_ago), ended, code, address)


def job(born_on: date, first_back: int, last_back: int | None = None) -> Job:
    """Return a job by months back from the last month posted on `born_on` (0 is that month)."""
    posted = month_index(born_on) - 1
    last = None if last_back is None else posted - last_back
    return Job(posted - first_back, last, ALL_FIVE, _EMPLOYER)


def permit(due: date, *, years: int) -> LegacyPermit:
    """Return a permit endorsed in time up to now, whose next year is full on `due`."""
    issued = anniversary(due, -years)
    endorsed = tuple(anniversary(issued, n) - timedelta(days=13 + 7 * n) for n in range(1, years))
    return LegacyPermit(issued, endorsed)


def settled(born_on: date, **changes: object) -> dict[str, object]:
    """Return the life of someone who has lived and worked here for years."""
    life: dict[str, object] = {
        "homes": (home(born_on, months_ago=38, house=0),),
        "jobs": (job(born_on, 36),),
    }
    return life | changes


def someone(
    serial: int,
    name: str,
    region: str,
    birth: date,
    sequence: int,
    hukou_address: str,
    **life: object,
) -> Person:
    """Return a person; `serial` makes the phone number 1380000xxxx."""
    facts: dict[str, object] = {
        "id_number": citizen_number(region, birth, sequence),
        "name": name,
        "population_name": name,
        "sex": "1" if sequence % 2 else "2",
        "ethnic_group": "汉",
        "birth_date": birth,
        "hukou_address": hukou_address,
        "phone": f"1380000{serial:04d}",
    }
    return Person(**(facts | life))  # type: ignore[arg-type]  # keys are the class's own fields


@dataclass(frozen=True, slots=True)
class Named:
    """A person to be, with what a visitor of the sandbox should expect, in both languages."""

    person: Person
    expect: str
    expect_en: str
