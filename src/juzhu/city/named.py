"""The people to be: made-up persons, one for each outcome, the same in every sandbox city.

Their numbers end in the sequences 996-999, which nobody of the population has; their dates are
counted from the day the city was born, so each is in the described situation on that day.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from juzhu.city.days import shift_months
from juzhu.city.named_faces import FACES
from juzhu.city.named_lives import LIVES
from juzhu.city.named_parts import SCHOOL, Named, home, job, permit, settled, someone
from juzhu.city.person import LegacyPermit, Qualification, Study
from juzhu.domain.calendar import anniversary
from juzhu.domain.vocabulary import EducationLevel, Source, TalentKind


def named_people(born_on: date) -> tuple[Named, ...]:
    """Return the people to be of a city born on `born_on`, in the order of the people page."""
    return tuple(make(born_on) for make in _MAKERS)


def _qualifies(b: date) -> Named:
    return Named(
        someone(
            1,
            "陈小明",
            "430105",
            date(1992, 3, 4),
            997,
            "湖南省长沙市开福区和平路18号",
            homes=(home(b, months_ago=20, house=1),),
            jobs=(job(b, 18),),
        ),
        "第一次申领，当场通过：居住满 12 个月，社保连续满 12 个月。",
        "First permit, approved at once: 12 months of residence and of insurance in a row.",
    )


def _not_yet(b: date) -> Named:
    return Named(
        someone(
            2,
            "林小雨",
            "450302",
            date(1998, 7, 21),
            998,
            "广西壮族自治区桂林市秀峰区解放路7号",
            homes=(home(b, months_ago=27, house=1),),
            jobs=(job(b, 20, 16), job(b, 8)),
        ),
        "现在申领通不过：社保连续 9 个月，两年内共 14 个月。继续缴 3 个月后通过（把时钟往前拨）。",
        "Not yet: 9 months of insurance in a row, 14 within two years. Passes 3 months later.",
    )


def _in_window(b: date) -> Named:
    return Named(
        someone(
            3,
            "王小芳",
            "420103",
            date(1990, 11, 2),
            996,
            "湖北省武汉市江汉区建设路56号",
            **settled(b, permit=permit(b + timedelta(days=48), years=3)),
        ),
        "有居住证，正在签注期，还剩 47 天。签注当场通过。",
        "Holds a permit within the endorsement window, 47 days left. Endorsed at once.",
    )


def _window_refused(b: date) -> Named:
    return Named(
        someone(
            4,
            "李小𬱖",
            "510722",
            date(1988, 1, 30),
            998,
            "四川省绵阳市三台县文化路102号",
            **settled(
                b,
                jobs=(job(b, 40, 11), job(b, 5)),
                permit=permit(b + timedelta(days=20), years=2),
            ),
        ),
        "在签注期，但一年内社保只有 6 个月（要 8 个月），签注通不过。名字里有生僻字。",
        "Within the window, but only 6 of the 8 months of insurance needed. A rare character.",
    )


def _suspended(b: date) -> Named:
    return Named(
        someone(
            5,
            "赵小刚",
            "410305",
            date(1985, 5, 17),
            999,
            "河南省洛阳市涧西区人民路33号",
            **settled(b, permit=permit(b - timedelta(days=100), years=2)),
        ),
        "居住证使用功能已中止 100 天。补办签注，当天恢复。",
        "Suspended for 100 days. A late endorsement restores the permit the same day.",
    )


def _cancelled(b: date) -> Named:
    due = anniversary(b - timedelta(days=30), -2)
    return Named(
        someone(
            6,
            "周小兰",
            "360102",
            date(1979, 9, 9),
            996,
            "江西省南昌市东湖区河东村12组",
            **settled(b, permit=permit(due, years=1)),
        ),
        "中止满两年，居住证已注销。可以重新申领，当场通过。",
        "Suspended for two years and so cancelled. A new application is approved at once.",
    )


def _outside_window(b: date) -> Named:
    return Named(
        someone(
            7,
            "吴小龙",
            "440804",
            date(1995, 12, 25),
            997,
            "广东省湛江市坡头区青山村8组",
            **settled(b, permit=LegacyPermit(b - timedelta(days=120))),
        ),
        "居住证有效，还没到签注期。页面告诉您从哪天起可以签注。",
        "Holds a valid permit; the page says from which day it can be endorsed.",
    )


def _talent(b: date) -> Named:
    degree = Qualification(TalentKind.DEGREE, True, "教育部学历认证（示例）")
    return Named(
        someone(
            8,
            "欧阳小文",
            "430426",
            date(1999, 2, 14),
            996,
            "湖南省衡阳市祁东县新屋村3组",
            homes=(home(b, months_ago=2, house=2),),
            jobs=(job(b, 0),),
            qualifications=(degree,),
        ),
        "人才引进（全日制大专及以上学历），来深 2 个月，直接申领，当场通过。",
        "Introduced talent (full-time degree), here for two months: approved directly.",
    )


def _student(b: date) -> Named:
    term = shift_months(b, -15)
    study = Study(EducationLevel.HIGHER, True, term, None, SCHOOL)
    return Named(
        someone(
            9,
            "阿卜杜热合曼·吐尔逊江·阿卜杜克热木",
            "653101",
            date(2005, 6, 1),
            997,
            "新疆维吾尔自治区喀什地区喀什市人民路21号",
            ethnic_group="维吾尔",
            homes=(home(b, months_ago=14, house=3),),
            studies=(study,),
        ),
        "全日制在读学生，直接申领，当场通过。名字很长。",
        "Full-time student: approved directly. A very long name.",
    )


def _two_years(b: date) -> Named:
    return Named(
        someone(
            10,
            "古丽娜尔·买买提",
            "653101",
            date(1993, 4, 18),
            996,
            "新疆维吾尔自治区喀什地区喀什市解放路5号",
            ethnic_group="维吾尔",
            homes=(home(b, months_ago=30, house=2),),
            jobs=(job(b, 23, 12), job(b, 6)),
        ),
        "社保中断过，连续不满 12 个月，但两年内累计 19 个月，申领当场通过。少数民族名字带间隔号。",
        "A break in insurance, but 19 months within two years: approved. A name with a dot.",
    )


def _no_registration(b: date) -> Named:
    return Named(
        someone(
            11,
            "黄小莉",
            "350205",
            date(1991, 8, 8),
            998,
            "福建省厦门市海沧区桥头村6组",
            jobs=(job(b, 30),),
        ),
        "社保够，但没有居住登记，申领通不过。",
        "Enough insurance but no residence registration: refused.",
    )


def _moved_out(b: date) -> Named:
    ended = b - timedelta(days=45)
    return Named(
        someone(
            12,
            "徐小海",
            "370404",
            date(1987, 10, 10),
            999,
            "山东省枣庄市峄城区石板村77组",
            homes=(home(b, months_ago=24, house=4, ended=ended),),
            jobs=(job(b, 22),),
        ),
        "45 天前搬走，没有新的居住登记，申领通不过。",
        "Moved out 45 days ago and registered nowhere since: refused.",
    )


def _insurance_breaks(b: date) -> Named:
    return Named(
        someone(
            13,
            "孙小芸",
            "340621",
            date(1994, 1, 6),
            996,
            "安徽省淮北市濉溪县和平路9号",
            **settled(b, broken_sources=frozenset({Source.INSURANCE})),
        ),
        "社保部门查她总是出错：申请一直在核验中，不会被拒绝。",
        "The insurance register always fails for her: the case waits and is never refused.",
    )


def _face_fails(b: date) -> Named:
    return Named(
        someone(
            14,
            "郭小宝",
            "330302",
            date(1996, 6, 16),
            997,
            "浙江省温州市鹿城区建设路40号",
            **settled(b, face_matches=False),
        ),
        "刷脸（模拟）总是不成功，要用别的办法登录。条件本身都符合。",
        "The simulated face check never recognises him. He meets every condition.",
    )


def _hong_kong(b: date) -> Named:
    return Named(
        someone(
            15,
            "李港生",
            "810000",
            date(1989, 7, 1),
            997,
            "香港特别行政区",
            **settled(b),
        ),
        "港澳台居民居住证号码：不办这种居住证，另有港澳台居民居住证。",
        "A Hong Kong resident's number: this permit does not apply to him.",
    )


def _dead(b: date) -> Named:
    return Named(
        someone(
            16,
            "何长青",
            "130229",
            date(1950, 1, 15),
            999,
            "河北省唐山市玉田县青山村1组",
            **settled(b, died_on=b - timedelta(days=10)),
        ),
        "人口库登记已去世：不能办理，刷脸（模拟）也不成功。",
        "Reported dead by the population base: nothing is granted, the face check fails.",
    )


def _new_hukou(b: date) -> Named:
    return Named(
        someone(
            17,
            "高小深",
            "220502",
            date(1990, 2, 28),
            997,
            "广东省深圳市福田区莲花街道景田社区",
            **settled(
                b,
                hukou_since=b - timedelta(days=30),
                permit=permit(b + timedelta(days=30), years=4),
            ),
        ),
        "30 天前转为深圳户籍，手里还有居住证：应当注销，不能再签注。",
        "Became a Shenzhen hukou holder 30 days ago: the permit is to be cancelled.",
    )


def _misspelt(b: date) -> Named:
    return Named(
        someone(
            18,
            "罗小强",
            "520103",
            date(1986, 12, 12),
            999,
            "贵州省贵阳市云岩区文化路15号",
            **settled(b, population_name="罗晓强"),
        ),
        "人口库里的名字是“罗晓强”，和本人不一致：转人工，机器不会拒绝。",
        "The population base spells his name differently: an officer looks, nobody is refused.",
    )


_MAKERS: Final[tuple[Callable[[date], Named], ...]] = (
    _qualifies,
    _not_yet,
    _in_window,
    _window_refused,
    _suspended,
    _cancelled,
    _outside_window,
    _talent,
    _student,
    _two_years,
    _no_registration,
    _moved_out,
    _insurance_breaks,
    _face_fails,
    _hong_kong,
    _dead,
    _new_hukou,
    _misspelt,
    *LIVES,
    *FACES,
)
