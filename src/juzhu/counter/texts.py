"""What roles, reasons, acts and states are called on the staff pages (Chinese only)."""

from collections.abc import Mapping
from typing import Final

from juzhu.domain.vocabulary import Business
from juzhu.modules.cases.contracts import CaseState, RulingReason
from juzhu.modules.desk.contracts import ActKind, Identified, Reason
from juzhu.modules.faults.contracts import BY_OUTAGE, BY_SILENCE, Part
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
}

IDENTIFIED: Final[Mapping[Identified, str]] = {
    Identified.CARD: "本人，已读卡",
    Identified.SEEN: "本人，已看身份证",
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
    ActKind.AGENT_CHANGED: "改代领人",
    ActKind.CANCELLED: "注销",
    ActKind.REVIEW_ASKED: "申请人工复核",
    ActKind.WITHDRAWN: "撤回申请",
    ActKind.DECIDED: "复核",
    ActKind.CARD_HANDED_OVER: "发卡",
    ActKind.CARD_REFUSED: "没有发卡",
    ActKind.CARD_ARRIVED: "卡片到货",
    ActKind.CARD_SPOILED: "废卡登记",
    ActKind.CARD_DESTROYED: "销毁无人领的卡",
    ActKind.WRITTEN_DOWN: "新登记",
}

BUSINESSES: Final[Mapping[Business, str]] = {
    Business.FIRST_ISSUE: "申领",
    Business.ENDORSEMENT: "签注",
    Business.REISSUE: "补领",
    Business.REPLACEMENT: "换领",
}

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
