"""Where people come from and where in Shenzhen they live.

`data/counties.tsv`: county codes (GB/T 2260) of the provinces people come from; only counties
whose code has stood since the middle of the 1980s, when citizen numbers were first given out.
`data/shenzhen.tsv`: every street of Shenzhen with its statistical code and some of its
communities. The order of the communities, and with it the digits 10-12 of a house code, is the
sandbox's own; the nine digits before it are real.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from juzhu.city.draws import Draws

_LANES = (
    "和平路",
    "人民路",
    "建设路",
    "解放路",
    "文化路",
    "桥头村",
    "新屋村",
    "石板村",
    "河东村",
    "青山村",
)
_ESTATES = ("花园", "小区", "新村", "公寓", "苑")
_ESTATE_NAMES = ("阳光", "锦绣", "翠湖", "丽景", "海悦", "康乐", "福居", "安泰", "荔香", "木棉")


@dataclass(frozen=True, slots=True)
class County:
    """A county-level division outside Shenzhen; `name` is the whole of it, province first."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Community:
    """A residents' community (社区) of Shenzhen: twelve digits and its whole name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """One room: its 25-digit house code (房屋编码) and its address."""

    code: str
    address: str


def _rows(name: str) -> list[list[str]]:
    text = files("juzhu.city").joinpath("data", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


@cache
def counties() -> tuple[County, ...]:
    """Return the counties people come from, by code."""
    return tuple(County(code, "".join(names)) for code, *names in _rows("counties.tsv"))


@cache
def county_place() -> dict[str, int]:
    """Return each county code's place in `counties()`."""
    return {county.code: place for place, county in enumerate(counties())}


@cache
def communities() -> tuple[Community, ...]:
    """Return the communities of Shenzhen that people live in."""
    return tuple(
        Community(f"{code}{place:03d}", f"深圳市{district}{street}{name}社区")
        for code, district, street, names in _rows("shenzhen.tsv")
        for place, name in enumerate(names.split(" "), start=1)
    )


def draw_house(draws: Draws) -> House:
    """Return a room somewhere in Shenzhen."""
    community = draws.pick(communities())
    grid, building = draws.between(1, 12), draws.between(1, 180)
    floor, door = draws.between(1, 30), draws.between(1, 8)
    code = f"{community.code}{grid:02d}{building:05d}{floor:03d}{door:03d}"
    estate = draws.pick(_ESTATE_NAMES) + draws.pick(_ESTATES)
    return House(code, f"{community.name}{estate}{building}栋{floor}{door:02d}室")


def draw_hukou_address(draws: Draws, county: County) -> str:
    """Return a registered permanent residence (常住户口所在地) in `county`."""
    lane = draws.pick(_LANES)
    unit = "组" if lane.endswith("村") else "号"
    return f"{county.name}{lane}{draws.between(1, 199)}{unit}"
