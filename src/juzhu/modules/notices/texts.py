"""The texts of messages, Chinese and English: no personal data, one segment where it can be.

Days are written in the message as the person reads them, filled from ISO values.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from juzhu.modules.notices.contracts import Occasion

SIGNATURE: Final = "【深圳居住证】"

CHINESE: Final[Mapping[Occasion, str]] = {
    Occasion.ISSUED: "您的居住证申请通过，{on}起生效，有效期至{valid_through}，不用等实体卡。受理号{number}。",
    Occasion.ENDORSED: "签注好了，居住证有效期至{valid_through}。下次签注从{window_opens}开始。受理号{number}。",
    Occasion.REFUSED: "您的申请这次没有通过，原因和办法请到“居住证服务-办理进度”查看。受理号{number}。",
    Occasion.WAITING: "有部门系统暂时连不上，您的申请已存好，不用重填，出结果再发短信。受理号{number}。",
    Occasion.IN_REVIEW: "您的申请已转人工核对，{answer_by}前答复。受理号{number}。",
    Occasion.WITHDRAWN: "您的申请已按您的要求撤回，随时可以再办。受理号{number}。",
    Occasion.WINDOW_OPENED: "您的居住证可以签注了，请在{valid_through}前（含当天）办理，约1分钟，不收费。",
    Occasion.SUSPENDED: "您的居住证没有按时签注，{suspended_from}起中止使用。补签注当天恢复，最晚{last_day}。",
    Occasion.CANCELLED: "您的居住证已于{cancelled_on}注销。需要时可按首次申领的条件重新申领。",
    Occasion.SHEET_READY: "您要的信息单做好了，可到“居住证服务-信息单”查看。单号{number}。",
    Occasion.SHEET_HELD: "您名字或住址里有生僻字，信息单由工作人员制作，好了再发短信。单号{number}。",
    Occasion.SHARE_USED: "您的共享码（{code}，{purpose}）刚被使用一次，可在“谁查看过我的信息”查看。",
    Occasion.MAY_APPLY_NOW: "您关注的申请条件今天可能满足了，可到“居住证服务”重新申请，约1分钟。",
}

ENGLISH: Final[Mapping[Occasion, str]] = {
    Occasion.ISSUED: (
        "Your residence permit is granted, in force from {on}, valid through {valid_through}. "
        "No need to wait for a card. Ref {number}."
    ),
    Occasion.ENDORSED: (
        "Endorsed. Your permit is valid through {valid_through}; "
        "next endorsement from {window_opens}. Ref {number}."
    ),
    Occasion.REFUSED: (
        "Your application did not pass this time. See the reasons and what you can do under "
        "Progress. Ref {number}."
    ),
    Occasion.WAITING: (
        "A department cannot be reached for now. Your application is kept; the result will come "
        "by SMS. Ref {number}."
    ),
    Occasion.IN_REVIEW: "An officer is looking at your application; answer by {answer_by}. "
    "Ref {number}.",
    Occasion.WITHDRAWN: "Your application was withdrawn as you asked. Ref {number}.",
    Occasion.WINDOW_OPENED: (
        "Your residence permit can be endorsed now, through {valid_through}. One minute, no fee."
    ),
    Occasion.SUSPENDED: (
        "Your residence permit was not endorsed in time and is suspended from {suspended_from}. "
        "Endorse to restore it the same day, by {last_day} at the latest."
    ),
    Occasion.CANCELLED: (
        "Your residence permit was cancelled on {cancelled_on}. You may apply again under the "
        "conditions of a first application."
    ),
    Occasion.SHEET_READY: "The information sheet you asked for is ready. No. {number}.",
    Occasion.SHEET_HELD: (
        "A rare character in your name or address: an officer makes your sheet; you will be told "
        "by SMS. No. {number}."
    ),
    Occasion.SHARE_USED: "Your share code ({code}, {purpose}) was used once. See who looked at my data.",
    Occasion.MAY_APPLY_NOW: "The conditions you asked about may be met today. You can apply again.",
}


def sms(occasion: Occasion, values: Mapping[str, Any]) -> str:
    """Return the Chinese text as sent; raises KeyError when a value is missing."""
    return SIGNATURE + CHINESE[occasion].format(**{k: _chinese(v) for k, v in values.items()})


def english(occasion: Occasion, values: Mapping[str, Any]) -> str:
    """Return the English text of the same message, for the inbox."""
    return ENGLISH[occasion].format(**{k: _english(v) for k, v in values.items()})


def sign_in_code(code: str) -> str:
    """Return the text that carries a sign-in code."""
    return f"{SIGNATURE}登录验证码{code}，5分钟内有效。工作人员不会向您要这个码。"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _chinese(value: Any) -> str:
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else str(value)


def _english(value: Any) -> str:
    day = _day(value)
    return f"{day.day} {day:%b} {day.year}" if day else str(value)
