"""The texts of messages, Chinese and English: no personal data, one segment where it can be.

A text that was sent is never changed: a new wording is a new edition at the end of its row, and
messages written before keep theirs. Days are filled in from ISO values, as the person reads them.
"""

from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Any, Final, NamedTuple

from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.texts_beside import BESIDE
from juzhu.modules.notices.texts_of_person import OF_THE_PERSON, Text

SIGNATURE: Final = "【深圳居住证】"

SEGMENT: Final = 70
"""Characters of one segment in UCS-2, the coding of any text with Chinese in it."""
SEGMENT_OF_SEVERAL: Final = 67
"""Likewise when a text needs more than one: each carries its place (3GPP TS 23.040, 9.2.3.24.1)."""


TEXTS: Final[Mapping[Occasion, tuple[Text, ...]]] = {
    **OF_THE_PERSON,
    Occasion.ISSUED: (
        Text(
            "申请通过，居住证{on}生效，有效至{valid_through}，不用等卡。受理号{number}。",
            "Granted. Your residence permit is in force from {on}, valid through {valid_through}, with or without a card. Ref {number}.",
        ),
    ),
    Occasion.ENDORSED: (
        Text(
            "签注好了，有效期至{valid_through}。下次签注从{window_opens}开始。受理号{number}。",
            "Endorsed. Your permit is valid through {valid_through}; next endorsement from {window_opens}. Ref {number}.",
        ),
    ),
    Occasion.ENDORSED_FOR_YOU: (
        Text(
            "按您的授权自动签注了，有效期至{valid_through}，7天内可撤销。受理号{number}。",
            "Endorsed as you authorised. Valid through {valid_through}; you can undo this for 7 days. Ref {number}.",
        ),
    ),
    Occasion.ENDORSEMENT_UNDONE: (
        Text(
            "自动签注已按您的要求撤销，这次签注由您自己办。受理号{number}。",
            "The automatic endorsement was undone as you asked; this one is yours to make. Ref {number}.",
        ),
    ),
    Occasion.NOT_ENDORSED_YET: (
        Text(
            "自动签注还没办成，条件差一点，原因在“签注预测”里，最晚{valid_through}。",
            "Not endorsed yet: a condition is not met. The reason is under Outlook; last day {valid_through}.",
        ),
    ),
    Occasion.EXTENDED: (
        Text(
            "系统故障耽误了签注，您的签注时间延长到{valid_through}（含当天），有效期同样延长。",
            "A fault on our side cost you days. You can endorse through {valid_through}; the permit stays valid as long.",
        ),
    ),
    Occasion.REFUSED: (
        Text(
            "您的申请这次没有通过，原因和办法在“居住证服务-办理进度”里。受理号{number}。",
            "Your application did not pass this time. The reasons and what you can do are under Progress. Ref {number}.",
        ),
    ),
    Occasion.WAITING: (
        Text(
            "有部门系统暂时连不上，申请已存好，不用重填，有结果再发短信。受理号{number}。",
            "A department cannot be reached for now. Your application is kept; the result will come by SMS. Ref {number}.",
        ),
    ),
    Occasion.IN_REVIEW: (
        Text(
            "您的申请已转人工核对，{answer_by}前答复。受理号{number}。",
            "An officer is looking at your application; answer by {answer_by}. Ref {number}.",
        ),
    ),
    Occasion.WITHDRAWN: (
        Text(
            "您的申请已按您的要求撤回，随时可以再办。受理号{number}。",
            "Your application was withdrawn as you asked. You can apply again at any time. Ref {number}.",
        ),
    ),
    Occasion.BEING_CORRECTED: (
        Text(
            "部门更正了您的数据，没通过的申请正在重新核对，{answer_by}前答复。受理号{number}。",
            "A department corrected its data. Your refused application is looked at again; answer by {answer_by}. Ref {number}.",
        ),
    ),
    Occasion.CORRECTED: (
        Text(
            "部门更正数据后，您之前没通过的申请现在通过了，有效期至{valid_through}。",
            "A department corrected its data: the application refused before is granted. Valid through {valid_through}.",
        ),
    ),
    Occasion.WINDOW_OPENED: (
        Text(
            "您的居住证可以签注了，请在{valid_through}前（含当天）办理，约1分钟，不收费。",
            "Your residence permit can be endorsed now, through {valid_through}. One minute, no fee.",
        ),
    ),
    Occasion.DAYS_30: (
        Text(
            "您的居住证还没签注，最晚{valid_through}（含当天），网上办约1分钟，不收费。",
            "Your residence permit is not endorsed yet; you can do so through {valid_through}. One minute online, no fee.",
        ),
    ),
    Occasion.DAYS_7: (
        Text(
            "居住证签注快到期了，最晚{valid_through}（含当天），过了这天会中止使用。",
            "Few days are left to endorse your residence permit: through {valid_through}. After that day it is suspended.",
        ),
    ),
    Occasion.DAYS_1: (
        Text(
            "{valid_through}是您居住证签注的最后一天，过了这天会中止使用。网上办约1分钟。",
            "{valid_through} is the last day to endorse your residence permit; then it is suspended. One minute online.",
        ),
    ),
    Occasion.SUSPENDED: (
        Text(
            "您的居住证没有按时签注，{suspended_from}起中止使用。补签注当天恢复，最晚{last_day}。",
            "Your permit was not endorsed in time and is suspended from {suspended_from}. A late endorsement restores it at once, by {last_day}.",
        ),
    ),
    Occasion.STILL_SUSPENDED: (
        Text(
            "您的居住证从{suspended_from}起中止使用，还能补签注，当天恢复，最晚{last_day}。",
            "Your permit is suspended since {suspended_from}. A late endorsement still restores it at once, by {last_day}.",
        ),
    ),
    Occasion.ENDS_IN_60: (
        Text(
            "您中止使用的居住证还能补签注，当天恢复，最晚{last_day}，过了这天会注销。",
            "Your suspended permit can still be restored at once by a late endorsement, by {last_day}; then it is cancelled.",
        ),
    ),
    Occasion.ENDS_IN_30: (
        Text(
            "您中止使用的居住证快要注销了，最晚{last_day}补签注，当天恢复使用。",
            "Your suspended permit will soon be cancelled. A late endorsement restores it at once, by {last_day}.",
        ),
    ),
    Occasion.ENDS_IN_7: (
        Text(
            "您的居住证就要注销了，最晚{last_day}补签注，过了这天只能重新申领。",
            "Your permit is about to be cancelled. Endorse by {last_day}; after that only a new application is possible.",
        ),
    ),
    Occasion.CANCELLED: (
        Text(
            "您的居住证已于{cancelled_on}注销。需要时可按首次申领的条件重新申领。",
            "Your residence permit was cancelled on {cancelled_on}. You may apply again under the conditions of a first application.",
        ),
    ),
    Occasion.SHEET_READY: (
        Text(
            "您要的信息单做好了，可到“居住证服务-信息单”查看。单号{number}。",
            "The information sheet you asked for is ready. No. {number}.",
        ),
    ),
    Occasion.SHEET_HELD: (
        Text(
            "您名字或住址里有生僻字，信息单由工作人员制作，好了发短信。单号{number}。",
            "A rare character in your name or address: an officer makes your sheet; you will be told by SMS. No. {number}.",
        ),
    ),
    Occasion.SHEET_PHOTO: (
        Text(
            "您留存的照片系统读不出来，信息单由工作人员制作，好了发短信。单号{number}。",
            "The photograph on record cannot be read: an officer makes your sheet; you will be told by SMS. No. {number}.",
        ),
    ),
    Occasion.SHARE_USED: (
        Text(
            "您的共享码（{code}）刚被使用一次，可在“谁查看过我的信息”查看。",
            "Your share code ({code}) was used once. See who looked at my data.",
        ),
    ),
    Occasion.DISPUTE_ANSWERED: (
        Text(
            "您{on}不认可的那次查看有答复了，请到“居住证服务-谁查看过我的信息”查看。",
            "There is an answer about the look you questioned on {on}. See who looked at my data.",
        ),
    ),
    Occasion.PAYMENT_RETURNED: (
        Text(
            "{on}多付或迟付的工本费{amount}元已原路退回，到账以支付机构为准。单号{number}。",
            "The {amount} yuan you paid late or twice on {on} went back; your provider says when it arrives. No. {number}.",
        ),
    ),
    Occasion.FEE_REFUNDED: (
        Text(
            "您{on}缴的工本费已退回{amount}元，到账以支付机构为准。单号{number}。",
            "{amount} yuan of the fee you paid on {on} went back; your provider says when it arrives. No. {number}.",
        ),
    ),
    Occasion.MAY_APPLY_NOW: (
        Text(
            "您关注的申请条件今天可能满足了，可到“居住证服务”重新申请，约1分钟。",
            "The conditions you asked about may be met today. You can apply again, in about one minute.",
        ),
    ),
    Occasion.FEE_DUE: (
        Text(
            "申请通过，请在{pay_by}前（含当天）缴工本费{yuan}元，缴费后制卡。受理号{number}。",
            "Approved. Please pay the card fee of CNY {yuan} by {pay_by}; the card is made after that. Ref {number}.",
        ),
    ),
    Occasion.FEE_LAPSED: (
        Text(
            "没有在{pay_by}前缴工本费，这次制卡到此结束，需要时可重新申请。受理号{number}。",
            "The card fee was not paid by {pay_by}, so this request has ended. You can apply again. Ref {number}.",
        ),
    ),
    Occasion.CARD_ORDERED: (
        Text(
            "您的居住证卡开始制作，最晚{due_on}做好，做好了发短信。受理号{number}。",
            "Your card is being made; it will be ready by {due_on} and we will tell you. Ref {number}.",
        ),
    ),
    Occasion.CARD_READY: (
        Text(
            "您的居住证卡到受理点了，请带身份证领取，地点在“办理进度”里。受理号{number}。",
            "Your card is at the acceptance point. Bring your identity card; the place is under Progress. Ref {number}.",
        ),
    ),
    Occasion.CARD_POSTED: (
        Text(
            "您的居住证卡已寄出，运单号{tracking}，取件码{code}，只告诉送件的人。",
            "Your card is in the post, tracking no. {tracking}. Pickup code {code}: tell it only to the courier.",
        ),
    ),
    Occasion.CARD_CAME_BACK: (
        Text(
            "您的居住证卡没有寄到，退回受理点了，请带身份证领取，地点在“办理进度”里。",
            "Your card could not be delivered and is at an acceptance point. Bring your identity card; see Progress.",
        ),
    ),
    Occasion.CARD_FETCHED: (
        Text(
            "您的居住证卡已由您指定的代领人领走。不是您的意思，请拨12345。受理号{number}。",
            "Your card was fetched by the agent you named. If this is not what you wanted, call 12345. Ref {number}.",
        ),
    ),
    Occasion.CARD_DELIVERED: (
        Text(
            "您的居住证卡已凭取件码送到。没有收到，请拨12345。受理号{number}。",
            "Your card was delivered against the pickup code. If you have not received it, call 12345. Ref {number}.",
        ),
    ),
    Occasion.CARD_REFUSED: (
        Text(
            "有人来领您的居住证卡，条件不符，没有发给他，原因在“办理进度”里。受理号{number}。",
            "Somebody came for your card and did not get it. The reason is under Progress. Ref {number}.",
        ),
    ),
    Occasion.CARD_WAITS: (
        Text(
            "您的居住证卡还没领，到{until}没领会销毁，居住证照样有效。受理号{number}。",
            "Your card is still waiting. If not fetched by {until} it is destroyed; your permit stays valid. Ref {number}.",
        ),
    ),
    Occasion.CARD_DESTROYED: (
        Text(
            "您的居住证卡长期没领，已经销毁。居住证照样有效，要卡可以补领。受理号{number}。",
            "Your card was not fetched for long and has been destroyed. Your permit stays valid; you can ask for another. Ref {number}.",
        ),
    ),
    Occasion.WECHAT_BOUND: (
        Text(
            "您的居住证绑定了一个微信号，提醒也会发到微信。不是您本人办的，请拨12345。",
            "A WeChat account was bound to your residence permit; reminders go there too. If this was not you, call 12345.",
        ),
    ),
    Occasion.WECHAT_LEFT: (
        Text(
            "您的居住证不再绑定原来的微信号，提醒照常发短信。不是您本人办的，请拨12345。",
            "A WeChat account is no longer bound to your residence permit; reminders still come by SMS. If this was not you, call 12345.",
        ),
    ),
}


def edition_of(occasion: Occasion) -> int:
    """Return the number of the newest edition of a text; the first is 1."""
    return len(TEXTS[occasion])


def sms(occasion: Occasion, values: Mapping[str, Any], edition: int = 1) -> str:
    """Return the Chinese text as sent; raises KeyError when a value is missing."""
    text = TEXTS[occasion][edition - 1].chinese
    return SIGNATURE + text.format(**{k: chinese(v) for k, v in values.items()})


def english(occasion: Occasion, values: Mapping[str, Any], edition: int = 1) -> str:
    """Return the English text of the same message, for the inbox."""
    text = TEXTS[occasion][edition - 1].english
    return text.format(**{k: _english(v) for k, v in values.items()})


def filled(
    occasion: Occasion, values: Mapping[str, Any], edition: int = 1
) -> tuple[tuple[str, str], ...]:
    """Return name and Chinese wording of each place of the SMS, in the order of the text."""
    places = Formatter().parse(TEXTS[occasion][edition - 1].chinese)
    return tuple((name, chinese(values[name])) for _, name, _, _ in places if name)


def segments(text: str) -> int:
    """Return how many segments carry `text` by SMS, counted in UTF-16 units as the carrier does."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= SEGMENT else -(-units // SEGMENT_OF_SEVERAL)


class Named(NamedTuple):
    """A text ready to send and the name of its edition, by which the clouds approve it."""

    text: str
    template: str


def sign_in_code(code: str) -> Named:
    """Return the text that carries a sign-in code."""
    return _beside("sign_in_code", code=code)


def phone_code(code: str) -> Named:
    """Return the text that carries a code to a number before it becomes somebody's phone."""
    return _beside("phone_code", code=code)


def mandate_code(*, helper: str, tasks: str, through: str, code: str) -> Named:
    """Return the text that asks a holder whether somebody may act for them."""
    return _beside("mandate_code", helper=helper, tasks=tasks, through=through, code=code)


def call_code(code: str) -> Named:
    """Return the text that carries a code to be read to the officer on the telephone."""
    return _beside("call_code", code=code)


def share_code(*, code: str, until: str) -> Named:
    """Return the text that carries a share code asked for on the telephone."""
    return _beside("share_code", code=code, until=until)


def phone_left() -> Named:
    """Return the text to a number that was somebody's reserved phone until now."""
    return _beside("phone_left")


def _beside(name: str, **values: str) -> Named:
    editions = BESIDE[name]
    return Named(SIGNATURE + editions[-1].format(**values), f"{name}.{len(editions)}")


def published() -> dict[str, str]:
    """Return every edition of every Chinese text by its name, without the signature."""
    found = {
        f"{occasion}.{number}": text.chinese
        for occasion, editions in TEXTS.items()
        for number, text in enumerate(editions, 1)
    }
    for name, editions in BESIDE.items():
        found |= {f"{name}.{number}": text for number, text in enumerate(editions, 1)}
    return found


def newest() -> list[str]:
    """Return the name of the newest edition of each text: what is sent from now on."""
    rows: list[tuple[str, int]] = [(occasion, len(texts)) for occasion, texts in TEXTS.items()]
    rows += [(name, len(texts)) for name, texts in BESIDE.items()]
    return [f"{name}.{edition}" for name, edition in rows]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def chinese(value: Any) -> str:
    """Return a value as a Chinese text has it."""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else str(value)


def _english(value: Any) -> str:
    day = _day(value)
    return f"{day.day} {day:%b} {day.year}" if day else str(value)
