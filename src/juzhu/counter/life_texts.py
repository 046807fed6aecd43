"""What the registers of persons tell, and what became of it, in words of the staff pages."""

from collections.abc import Mapping
from typing import Final

from juzhu.journeys.sign_in import Way
from juzhu.modules.cases.contracts import Channel
from juzhu.modules.desk.contracts import Identified
from juzhu.modules.lives.contracts import Outcome
from juzhu.ports.life_events import LifeKind

KINDS: Final[Mapping[LifeKind, str]] = {
    LifeKind.HUKOU_GAINED: "转为深圳户籍",
    LifeKind.DEATH: "死亡",
    LifeKind.NUMBER_CORRECTED: "身份号码更正",
    LifeKind.TAKEN_BACK: "撤回以前的通知",
}

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.NOBODY: "系统里没有这个人",
    Outcome.NOTHING: "没有要改的",
    Outcome.DONE: "已经照办",
    Outcome.REVIEW: "等人工核对",
    Outcome.SETTLED: "人工核对过，不用改",
    Outcome.ANNULLED: "是错的，已全部恢复",
}

WHY: Final[Mapping[str, str]] = {
    "ahead": "日期还没有到",
    "number": "新号码不是一个有效的身份号码",
    "taken": "新号码已经是另一个人的",
    "undoes": "要撤回的通知找不到，或者是另一个人的",
    "refused": "和已有的记录矛盾，系统没有照办",
}

CHANNELS: Final[Mapping[str, str]] = {
    Channel.WEB: "网页",
    Channel.WECHAT: "公众号",
    Channel.MINI_PROGRAM: "小程序",
    Channel.APP: "手机应用",
}
"""Through which pages a holder did something."""

PROOFS: Final[Mapping[str, str]] = {
    Way.FACE: "人脸核验",
    Way.CODE: "预留手机号的验证码",
    Way.ACCOUNT: "统一身份认证账号",
}
"""How a person showed who they are."""

IDENTIFIED: Final[Mapping[str, str]] = {
    Identified.CARD: "读身份证",
    Identified.SEEN: "看身份证，手工输入号码",
    Identified.CODE: "电话，预留手机的验证码",
    Identified.ABSENT: "本人不在场",
}
"""How an officer knew the person."""
