"""What conditions, registers and the ledger's words are called on the pages.

Every `Condition` has a text here; the test of that walks the enum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from juzhu.domain.collection import Refusal
from juzhu.domain.findings import Condition
from juzhu.domain.vocabulary import Insurance, Source
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases.contracts import Channel

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionText:
    """How one condition reads.

    Attributes:
        short: one word for a summary sentence.
        met: heading when it holds.
        failed: heading when it does not.
        unknown: heading while nobody could tell.
        needed: what the law asks for, with its number, for a bar.
        found: what is on record, with its number.
        codes: what a code in `found` means, when it is no number.

    """

    short: Text
    met: Text
    failed: Text
    unknown: Text
    needed: Text = ""
    found: Text = ""
    codes: Mapping[str, Text] | None = None


CHANNELS: Final[Mapping[Channel, Text]] = {
    Channel.WEB: _("网页"),
    Channel.WECHAT: _("微信公众号"),
    Channel.MINI_PROGRAM: _("小程序"),
    Channel.APP: _("警务应用"),
    Channel.COUNTER: _("受理台"),
    Channel.PROACTIVE: _("自动办理"),
}
"""Where an application came from."""

CONDITIONS: Final[Mapping[Condition, ConditionText]] = {
    Condition.ELIGIBLE_PERSON: ConditionText(
        short=_("适用人员"),
        met=_("属于可以申领的人员"),
        failed=_("居住证不发给港澳台居民和外国人"),
        unknown=_("人员类别还没有核对"),
        codes={"False": _("港澳台居民请办港澳台居民居住证，外国人请办临时住宿登记")},
    ),
    Condition.IDENTITY_MATCHED: ConditionText(
        short=_("身份信息"),
        met=_("身份信息一致"),
        failed=_("身份信息不一致"),
        unknown=_("身份信息要人工核对"),
        codes={"None": _("姓名和人口库里的写法不完全一样，由工作人员核对")},
    ),
    Condition.ALIVE: ConditionText(
        short=_("本人状态"),
        met=_("人口库状态正常"),
        failed=_("人口库登记的状态不对"),
        unknown=_("人口库状态还没有核对"),
        codes={"False": _("人口库登记有误的，请带身份证到任一受理点更正")},
    ),
    Condition.NOT_SHENZHEN_HUKOU: ConditionText(
        short=_("户籍"),
        met=_("非深圳户籍"),
        failed=_("您已经是深圳户籍"),
        unknown=_("户籍还没有核对"),
        codes={"False": _("深圳户籍居民不用办居住证")},
    ),
    Condition.NO_LIVE_PERMIT: ConditionText(
        short=_("现有居住证"),
        met=_("没有在用的居住证"),
        failed=_("您已经有居住证"),
        unknown=_("现有居住证还没有核对"),
        codes={
            "valid": _("证件有效，不用再申领"),
            "in_window": _("证件有效，现在可以签注"),
            "suspended": _("证件中止使用，补签注就能恢复，不用重新申领"),
        },
    ),
    Condition.PERMIT_ENDORSABLE: ConditionText(
        short=_("居住证"),
        met=_("居住证可以签注"),
        failed=_("没有可以签注的居住证"),
        unknown=_("居住证登记还没有核对"),
        codes={
            "False": _("名下没有居住证，请先申领"),
            "cancelled": _("居住证已注销，请重新申领"),
        },
    ),
    Condition.PERMIT_HELD: ConditionText(
        short=_("居住证"),
        met=_("有居住证"),
        failed=_("没有可以补换卡的居住证"),
        unknown=_("居住证登记还没有核对"),
        codes={
            "False": _("名下没有居住证，请先申领"),
            "cancelled": _("居住证已注销，请重新申领"),
        },
    ),
    Condition.ENDORSEMENT_TIMING: ConditionText(
        short=_("签注时间"),
        met=_("已到签注时间"),
        failed=_("还没到签注时间"),
        unknown=_("签注时间还没有核对"),
    ),
    Condition.RESIDENCE_OPEN: ConditionText(
        short=_("居住登记"),
        met=_("现在有居住登记"),
        failed=_("现在没有居住登记"),
        unknown=_("居住登记还没有核对"),
        codes={
            "False": _("请房东、单位或社区网格员先为您办居住登记"),
            "elsewhere": _("登记的地址不在深圳，或者在深汕合作区，那里适用广东省居住证"),
        },
    ),
    Condition.RESIDENCE_CONTINUOUS: ConditionText(
        short=_("连续居住"),
        met=_("连续居住已满 12 个月"),
        failed=_("连续居住还没满 12 个月"),
        unknown=_("居住时间还没有核对"),
        needed=ngettext_lazy("连续居住满 %(n)d 个月", "连续居住满 %(n)d 个月", "n"),
        found=ngettext_lazy("已连续居住 %(n)d 个月", "已连续居住 %(n)d 个月", "n"),
    ),
    Condition.INSURANCE_CONSECUTIVE: ConditionText(
        short=_("社保"),
        met=_("社保连续缴纳已满 12 个月"),
        failed=_("社保还没有满足"),
        unknown=_("社保还没有核对"),
        needed=ngettext_lazy("连续缴满 %(n)d 个月", "连续缴满 %(n)d 个月", "n"),
        found=ngettext_lazy("已连续缴纳 %(n)d 个月", "已连续缴纳 %(n)d 个月", "n"),
    ),
    Condition.INSURANCE_IN_TWO_YEARS: ConditionText(
        short=_("社保"),
        met=_("社保近两年累计已满 18 个月"),
        failed=_("社保还没有满足"),
        unknown=_("社保还没有核对"),
        needed=ngettext_lazy("近两年累计 %(n)d 个月", "近两年累计 %(n)d 个月", "n"),
        found=ngettext_lazy("近两年已缴 %(n)d 个月", "近两年已缴 %(n)d 个月", "n"),
    ),
    Condition.RESIDENCE_IN_YEAR: ConditionText(
        short=_("近一年居住"),
        met=_("近一年居住已满 8 个月"),
        failed=_("近一年居住还没满 8 个月"),
        unknown=_("近一年居住还没有核对"),
        needed=ngettext_lazy("近一年累计 %(n)d 天", "近一年累计 %(n)d 天", "n"),
        found=ngettext_lazy("近一年已登记居住 %(n)d 天", "近一年已登记居住 %(n)d 天", "n"),
    ),
    Condition.INSURANCE_IN_YEAR: ConditionText(
        short=_("近一年社保"),
        met=_("近一年社保已满 8 个月"),
        failed=_("近一年社保还没满 8 个月"),
        unknown=_("近一年社保还没有核对"),
        needed=ngettext_lazy("近一年累计缴 %(n)d 个月", "近一年累计缴 %(n)d 个月", "n"),
        found=ngettext_lazy("近一年已缴 %(n)d 个月", "近一年已缴 %(n)d 个月", "n"),
    ),
    Condition.TALENT: ConditionText(
        short=_("人才引进"),
        met=_("符合人才引进规定"),
        failed=_("没有查到符合条件的人才记录"),
        unknown=_("人才记录还没有核对"),
        codes={
            "high_level": _("高层次专业人才"),
            "overseas_high_level": _("海外高层次人才"),
            "returned_student": _("出国留学人员"),
            "degree": _("全日制大专及以上学历"),
            "skill_certificate": _("深圳核发的高级工及以上证书"),
            "degree_part_time": _("查到的学历不是全日制，这一条只看全日制学历"),
            "skill_certificate_elsewhere": _("查到的技能证书不是深圳核发的，目前不算在内"),
        },
    ),
    Condition.ENROLLED: ConditionText(
        short=_("在读学生"),
        met=_("正在深圳全日制就读"),
        failed=_("没有查到全日制在读的学籍"),
        unknown=_("学籍还没有核对"),
        codes={
            "secondary": _("中等学历（职业）教育"),
            "higher": _("高等学历（职业）教育"),
            "part_time": _("查到的学籍不是全日制"),
            "not_begun": _("学籍还没到开始的日期"),
            "ended": _("学籍已经结束"),
        },
    ),
}

ONE_OF: Final = _("下面满足一条就可以")

CARD_REFUSALS: Final[Mapping[str, Text]] = {
    Refusal.NOT_READ: _("没有带您的身份证"),
    Refusal.NOT_THE_HOLDER: _("来的人和身份证上的照片不像"),
    Refusal.NO_AGENT: _("来的不是您本人，您也没有指定代领人"),
    Refusal.ANOTHER_PERSON: _("来的不是您指定的代领人"),
    Refusal.NUMBER_DIFFERS: _("代领人的姓名对，身份号码和您填的差一点，请核对后更正"),
    Refusal.NAME_DIFFERS: _("代领人的身份号码对，姓名和您填的不一样，请核对后更正"),
    Refusal.PERMIT_ENDED: _("居住证已经注销，卡不再发"),
    Refusal.HOLDER_DIED: _("卡已作废"),
    Refusal.WRONG_POINT: _("卡在另一个受理点"),
    "wrong_code": _("送件时取件码不对"),
}
"""Why somebody who came for a card did not get it, as its holder reads it."""

SOURCES: Final[Mapping[Source, Text]] = {
    Source.POPULATION: _("人口库"),
    Source.HUKOU: _("户籍系统"),
    Source.REGISTRATIONS: _("居住登记系统"),
    Source.INSURANCE: _("社保系统"),
    Source.TALENT: _("人才系统"),
    Source.ENROLMENT: _("学籍系统"),
    Source.PERMIT: _("居住证登记"),
}

CHECKS: Final[Mapping[Source, Text]] = {
    Source.POPULATION: _("身份信息"),
    Source.HUKOU: _("户籍"),
    Source.REGISTRATIONS: _("居住登记"),
    Source.INSURANCE: _("社保"),
    Source.TALENT: _("人才"),
    Source.ENROLMENT: _("学籍"),
    Source.PERMIT: _("居住证"),
}

CORRECTIONS: Final[Mapping[Source, Text]] = {
    Source.POPULATION: _("带身份证到任一受理点，请工作人员核对人口库里的登记。"),
    Source.HUKOU: _("带户口簿到任一受理点，请工作人员核对户籍登记。"),
    Source.REGISTRATIONS: _(
        "租房的请房东、住宿舍的请单位更正居住登记；也可以自己在网上申报，或者请社区网格员上门登记。"
    ),
    Source.INSURANCE: _("请参保单位核对，由单位或您本人向社保局申请更正。"),
    Source.TALENT: _(
        "国内学历请先在学信网核对，国外学历先做学历认证，技能证书请向深圳市人社局查询。"
    ),
    Source.ENROLMENT: _("请学校学籍管理部门核对并更正。"),
    Source.PERMIT: _("带身份证到任一受理点，请工作人员核对居住证登记。"),
}

INSURANCES: Final[Mapping[Insurance, Text]] = {
    Insurance.PENSION: _("养老保险"),
    Insurance.MEDICAL: _("医疗保险"),
    Insurance.INJURY: _("工伤保险"),
    Insurance.UNEMPLOYMENT: _("失业保险"),
    Insurance.MATERNITY: _("生育保险"),
}

LOOKERS: Final[Mapping[str, Text]] = {
    "system:precheck": _("居住证系统"),
    "system:decision": _("居住证系统"),
    "system:night": _("居住证系统"),
    "system:load": _("居住证系统"),
    "public:check": _("拿到您信息单的人"),
    "share:code": _("用您共享码的人"),
    "holder:self": _("您本人"),
    "department:population": _("人口库"),
    "department:civil-affairs": _("民政部门"),
}

LOOKER_KINDS: Final[Mapping[str, Text]] = {
    "operator": _("系统维护人员"),
    "system": _("居住证系统"),
    "officer": _("居住证工作人员"),
    "department": _("政府部门"),
    "partner": _("政府部门"),
    "holder": _("您本人"),
    "helper": _("您授权的亲友"),
}

PURPOSES: Final[Mapping[Purpose, Text]] = {
    Purpose.PRECHECK: _("您打开页面时，替您核对条件"),
    Purpose.DECIDE: _("办理您的申请"),
    Purpose.SIGN_IN: _("登录"),
    Purpose.WECHAT: _("在微信里查询、绑定或解除"),
    Purpose.REGISTER: _("转入以前的居住证"),
    Purpose.FORECAST: _("预测下次签注或核对您能不能办"),
    Purpose.REVIEW: _("人工复核"),
    Purpose.NIGHT_ROUND: _("到期提醒"),
    Purpose.CARD: _("给您制作居住证卡"),
    Purpose.SHEET: _("给您开信息单"),
    Purpose.CHECK: _("核验您的信息单"),
    Purpose.SHARE: _("查看您共享的信息"),
    Purpose.COPY: _("您下载自己的全部信息"),
    Purpose.SELF_SERVICE: _("您自己在手机上办理"),
    Purpose.MANDATE: _("您授权亲友代办，或者收回授权"),
    Purpose.HELPER: _("您授权的亲友替您看或者替您办"),
    Purpose.DESK_VISIT: _("您到受理点当面办理"),
    Purpose.DESK_CALL: _("您打电话咨询或者办理"),
    Purpose.SUPERVISION: _("监督检查业务办理"),
    Purpose.LIFE_EVENT: _("人口库或民政告知户籍、号码等变化"),
    Purpose.FRAUD: _("核实居住证是不是如实申领"),
    Purpose.DISPUTE: _("答复您不认可的查看"),
    Purpose.PAYMENT: _("处理您的缴费或退款"),
    Purpose.SCHOOL_ENROLMENT: _("义务教育入学"),
    Purpose.PLATE_LOTTERY: _("小汽车指标申请"),
    Purpose.DRIVING_LICENCE: _("办理驾驶证"),
    Purpose.MARRIAGE: _("婚姻登记"),
    Purpose.HOUSING: _("住房保障"),
    Purpose.EXIT_ENTRY: _("办理出入境证件"),
    Purpose.HUKOU_POINTS: _("积分入户"),
    Purpose.EVENTS: _("以前查询过您的部门收到状态变更通知"),
}

FIELDS: Final[Mapping[str, Text]] = {
    "name": _("姓名（部分遮住）"),
    "id_number": _("身份号码（部分遮住）"),
    "standing": _("证件状态"),
    "status": _("证件状态"),
    "valid_through": _("有效期"),
    "continuous_since": _("连续持证起始日"),
    "first_issued_on": _("首次签发日期"),
    "held_periods": _("持证时间段"),
    "purpose": _("用途"),
    "phone": _("预留手机号（部分遮住）"),
    "whole_number": _("完整的身份号码"),
    "whole_phone": _("完整的预留手机号"),
    "address": _("登记住址"),
    "cases": _("办理记录"),
    "card": _("居住证卡"),
    "sheet": _("整张信息单"),
    "dispute": _("您提出的异议"),
    "payment": _("缴费记录"),
}
"""What a check or a share code shows; the other fields of the ledger are registers."""


HELPER: Final = _("您授权的亲友 %(name)s")
OFFICER: Final = _("居住证工作人员，工号 %(number)s")

DEPARTMENTS: Final[Mapping[str, Text]] = {
    "市教育局": _("市教育局"),
    "市交通运输局": _("市交通运输局"),
    "市公安局交通警察局": _("市公安局交通警察局"),
    "市民政局": _("市民政局"),
    "市住房和建设局": _("市住房和建设局"),
    "市公安局出入境管理支队": _("市公安局出入境管理支队"),
}
"""Names of departments that have an English one; others are shown as registered."""


def looker(who: str, departments: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return who looked, in words; the kind alone when the name has no text.

    Args:
        who: as the ledger writes it.
        departments: names of partners by code, as registered, and masked names of helpers by
            how the ledger names them.

    """
    kind, _colon, name = who.partition(":")
    if kind == "partner" and name in departments:
        return str(DEPARTMENTS.get(departments[name], departments[name]))
    if kind == "officer" and name:
        return str(OFFICER % {"number": masked(name)})
    if kind == "helper" and who in departments:
        return str(HELPER % {"name": departments[who]})
    known = LOOKERS.get(who) or LOOKER_KINDS.get(kind)
    return str(known) if known else name or who


def masked(staff_number: str) -> str:
    """Return a staff number as it is told to people: 0***21; enough to name it in a complaint."""
    return f"{staff_number[:1]}***{staff_number[-2:]}" if len(staff_number) > 3 else "***"


def field_name(name: str) -> str:
    """Return what was seen, in words."""
    if name in FIELDS:
        return str(FIELDS[name])
    try:
        return str(CHECKS[Source(name)])
    except ValueError:
        return name
