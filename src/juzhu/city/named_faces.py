"""The people to be whose identity photograph shows a real face: for trying the local face check.

The photographs are in the public domain (`data/faces/RIGHTS.md`); nobody shown lives here.
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from juzhu.city.named_parts import Named, settled, someone


def _first(b: date) -> Named:
    return Named(
        someone(
            41,
            "欧小巴",
            "430105",
            date(1981, 8, 4),
            997,
            "湖南省长沙市开福区和平路41号",
            **settled(b, photograph="obama.jpg"),
        ),
        "照片上是真人的脸（公有领域）：用来试本机刷脸。条件都符合。",
        "His photograph shows a real face (public domain): for trying the local face check.",
    )


def _second(b: date) -> Named:
    return Named(
        someone(
            42,
            "拜小乔",
            "450302",
            date(1982, 11, 20),
            997,
            "广西壮族自治区桂林市秀峰区解放路42号",
            **settled(b, photograph="biden.jpg"),
        ),
        "照片上是真人的脸（公有领域）：用来试本机刷脸。条件都符合。",
        "His photograph shows a real face (public domain): for trying the local face check.",
    )


def _third(b: date) -> Named:
    return Named(
        someone(
            43,
            "柯小琳",
            "510704",
            date(1986, 11, 19),
            998,
            "四川省绵阳市游仙区青年路43号",
            **settled(b, photograph="collins.jpg"),
        ),
        "照片上是真人的脸（公有领域）：用来试本机刷脸。条件都符合。",
        "Her photograph shows a real face (public domain): for trying the local face check.",
    )


FACES: Final[tuple[Callable[[date], Named], ...]] = (_first, _second, _third)
