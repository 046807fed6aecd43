"""What roles, reasons, acts and states are called on the staff pages (Chinese only)."""

from collections.abc import Mapping
from typing import Final

from juzhu.domain.card import CardState
from juzhu.domain.collection import Refusal
from juzhu.domain.permit import CancelReason
from juzhu.domain.vocabulary import Business
from juzhu.modules.cases.contracts import CaseState, RulingReason
from juzhu.modules.desk.contracts import ActKind, Identified, Reason
from juzhu.modules.faults.contracts import BY_OUTAGE, BY_SILENCE, Part
from juzhu.modules.notices.contracts import Delivery, Failure, Occasion
from juzhu.modules.notices.followups import Result
from juzhu.modules.staff.contracts import Role

ROLES: Final[Mapping[Role, str]] = {
    Role.OFFICER: "受理员",
    Role.REVIEWER: "复核员",
    Role.SUPERVISOR: "值班长",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "系统管理员",
}

REASONS: Final[Mapping[Reason, str]] = {
    Reason.VISIT: "当面办理",
    Reason.CALL: "电话咨询",
    Reason.REVIEW: "人工复核",
    Reason.SUPERVISION: "监督检查",
    Reason.FOLLOW_UP: "上门告知",
}

IDENTIFIED: Final[Mapping[Identified, str]] = {
    Identified.CARD: "本人，已读卡",
    Identified.SEEN: "本人，已看身份证",
    Identified.CODE: "来电，已核对验证码",
    Identified.ABSENT: "本人不在场",
}

ACTS: Final[Mapping[ActKind, str]] = {
    ActKind.LOOKED: "查看",
    ActKind.NOT_FOUND: "查找，没有找到",
    ActKind.SHOWN: "显示完整号码",
    ActKind.APPLIED: "申领",
    ActKind.ENDORSED: "签注",
    ActKind.PRINTED: "打印信息单",
    ActKind.PHONE_CHANGED: "改手机号",
    ActKind.NAME_CORRECTED: "更正姓名",
    ActKind.AGENT_CHANGED: "改代领人",
    ActKind.CANCELLED: "注销",
    ActKind.DISPUTE_TAKEN: "有信息不对",
    ActKind.HEARD: "说明申领情况",
    ActKind.END_DISPUTED: "提出不是本人注销",
    ActKind.REVIEW_ASKED: "申请人工复核",
    ActKind.WITHDRAWN: "撤回申请",
    ActKind.DECIDED: "复核",
    ActKind.CARD_HANDED_OVER: "发卡",
    ActKind.CARD_REFUSED: "没有发卡",
    ActKind.CARD_ARRIVED: "卡片到货",
    ActKind.CARD_SPOILED: "废卡登记",
    ActKind.CARD_DESTROYED: "销毁无人领的卡",
    ActKind.FOLLOWED_UP: "联系没有通知到的人",
    ActKind.HELPER_NAMED: "授权亲友代办",
    ActKind.HELPER_ENDED: "收回代办授权",
    ActKind.CONSENT_GIVEN: "授权自动签注",
    ActKind.CONSENT_ENDED: "收回自动签注授权",
    ActKind.CALL_PROVEN: "核实来电",
    ActKind.SHARE_SENT: "发共享码",
    ActKind.WRITTEN_DOWN: "新登记",
}

ENDS: Final[Mapping[CancelReason, str]] = {
    CancelReason.TWO_YEARS_SUSPENDED: "使用功能中止满两年",
    CancelReason.SHENZHEN_HUKOU: "户籍系统登记已转为深圳户籍；不对的，办“有信息不对”",
    CancelReason.FRAUD: "核实后认定申领时弄虚作假",
    CancelReason.DEATH: "民政登记去世",
    CancelReason.OWN_REQUEST: "本人要求",
}

BUSINESSES: Final[Mapping[Business, str]] = {
    Business.FIRST_ISSUE: "申领",
    Business.ENDORSEMENT: "签注",
    Business.REISSUE: "补领",
    Business.REPLACEMENT: "换领",
}

CARD_STATES: Final[Mapping[CardState, str]] = {
    CardState.ORDERED: "等制卡",
    CardState.IN_PRODUCTION: "制卡中",
    CardState.MADE: "做好了，没发出",
    CardState.ON_WAY: "运送中",
    CardState.AT_POINT: "在库",
    CardState.IN_POST: "邮寄中",
    CardState.COMING_BACK: "退回途中",
    CardState.WITH_HOLDER: "已领取",
    CardState.DESTROYED: "已销毁",
    CardState.VOID: "已作废",
}

REFUSALS: Final[Mapping[Refusal, tuple[str, str]]] = {
    Refusal.NOT_READ: ("没有读持证人的身份证", "领卡要有持证人的身份证，读卡以后再发。"),
    Refusal.NOT_THE_HOLDER: ("人证不符", "请持证人本人来，或者先在网上指定代领人。"),
    Refusal.NO_AGENT: (
        "持证人没有指定代领人",
        "请持证人登录居住证服务指定代领人，当场就能生效；或者本人来领。",
    ),
    Refusal.ANOTHER_PERSON: (
        "来的不是登记的代领人",
        "请持证人登录居住证服务更改代领人，当场就能生效；或者本人来领。",
    ),
    Refusal.NUMBER_DIFFERS: (
        "姓名和登记的代领人一样，身份号码差一点",
        "多半是填错了。请持证人登录居住证服务改正代领人的号码，改好后再读一次卡；或者本人来领。",
    ),
    Refusal.NAME_DIFFERS: (
        "身份号码和登记的代领人一样，姓名不一样",
        "请持证人登录居住证服务改正代领人的姓名，改好后再读一次卡；或者本人来领。",
    ),
    Refusal.PERMIT_ENDED: ("居住证已经注销", "卡不再发。需要时可以重新申领。"),
    Refusal.HOLDER_DIED: (
        "人口库显示持证人已经去世",
        "卡已作废，居住证注销，缴过的工本费原路退回，家属不用再办。登记有误的，可以要求更正恢复。",
    ),
    Refusal.WRONG_POINT: ("卡在另一个受理点", "请到登记的受理点领取。"),
}
"""Why a card is not handed over, and the way out, as the officer tells it."""

STATES: Final[Mapping[CaseState, str]] = {
    CaseState.ACCEPTED: "正在核对",
    CaseState.WAITING: "等部门答复",
    CaseState.IN_REVIEW: "待复核",
    CaseState.APPROVED: "通过",
    CaseState.REFUSED: "没有通过",
    CaseState.WITHDRAWN: "已撤回",
    CaseState.ENDED: "已结束",
    CaseState.TO_PAY: "待缴费",
    CaseState.UNPAID: "没缴费，已结束",
    CaseState.UNDONE: "已撤销",
}

RULINGS: Final[Mapping[RulingReason, str]] = {
    RulingReason.SAME_PERSON: "姓名写法不同，核对是同一个人",
    RulingReason.RECORD_CORRECTED: "主管部门已经更正登记",
    RulingReason.DOCUMENTS_SEEN: "看过原件，条件满足",
    RulingReason.NOT_SAME_PERSON: "不是同一个人",
    RulingReason.NOT_MET: "核对以后，条件还是不满足",
    RulingReason.NOT_SHOWN: "一次告知要补的材料，到期没有补",
}

PARTS: Final[Mapping[Part, str]] = {
    Part.SERVICE: "居住证服务自己",
    Part.POPULATION: "人口信息",
    Part.HUKOU: "户籍",
    Part.REGISTRATIONS: "居住登记",
    Part.INSURANCE: "社会保险",
    Part.TALENT: "人才",
    Part.ENROLMENT: "学籍",
}

RECORDERS: Final[Mapping[str, str]] = {
    BY_OUTAGE: "系统（部门没有答复）",
    BY_SILENCE: "系统（自己停过）",
}

UNREACHED: Final[Mapping[Occasion, str]] = {
    Occasion.DAYS_1: "居住证签注快到期，过了最后一天会中止使用",
    Occasion.SUSPENDED: "居住证没有按时签注，已经中止使用，可以补签注",
    Occasion.ENDS_IN_7: "居住证就要注销，还可以补签注",
    Occasion.CANCELLED: "居住证已经注销，需要时可以重新申领",
}

WHY: Final[Mapping[str, str]] = {
    Failure.REFUSED: "运营商不收",
    Failure.UNREACHABLE: "关机或者停机",
    Failure.NO_SUBSCRIBER: "空号，或者换了人用",
    Failure.NEVER_TAKEN: "一直没有发出去",
    Failure.NO_ANSWER: "没有回执",
    Delivery.NO_PHONE: "没有留手机号",
    Delivery.HELD: "不知道送到没有",
}

FOLLOWED_UP: Final[Mapping[Result, str]] = {
    Result.REACHED: "告诉本人了",
    Result.NOT_REACHED: "没有找到本人",
    Result.MOVED: "已经不住在那里",
}
