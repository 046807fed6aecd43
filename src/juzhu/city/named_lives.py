"""People to be whose lives take a turn when a visitor says so on the control page."""

from datetime import date, timedelta
from typing import Final

from juzhu.city.named_parts import Named, permit, settled, someone

_PHONES: Final = 31
"""Their phones are 1380000 and this number, and the following."""


def _will_gain_hukou(b: date) -> Named:
    return Named(
        someone(
            _PHONES,
            "马小深",
            "320102",
            date(1991, 5, 20),
            996,
            "江苏省南京市玄武区长江路12号",
            **settled(b, permit=permit(b + timedelta(days=200), years=3)),
        ),
        "在控制台让他转为深圳户籍：居住证从那天起注销，发短信；撤回这条，全部恢复。",
        "Let him gain a Shenzhen hukou on the control page: the permit ends. Take it back.",
    )


def _wrongly_dead(b: date) -> Named:
    return Named(
        someone(
            _PHONES + 1,
            "谢小安",
            "430702",
            date(1983, 8, 14),
            998,
            "湖南省常德市武陵区武陵大道80号",
            **settled(b, permit=permit(b + timedelta(days=30), years=5)),
        ),
        "在签注期。在控制台登记他死亡，再撤回：不发短信给家人，恢复后道歉，补回耽误的天数。",
        "In the window. Report him dead on the control page, then take it back: nothing is lost.",
    )


def _number_twice(b: date) -> Named:
    return Named(
        someone(
            _PHONES + 2,
            "韩小重",
            "210102",
            date(1989, 3, 3),
            997,
            "辽宁省沈阳市和平区南京街5号",
            **settled(b, permit=permit(b + timedelta(days=120), years=2)),
        ),
        "号码重号，在控制台更正：居住证、手机和记录都还是他的，用新号码登录。",
        "His number was given out twice. Correct it on the control page: everything stays his.",
    )


LIVES: Final = (_will_gain_hukou, _wrongly_dead, _number_twice)
