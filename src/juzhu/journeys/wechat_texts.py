"""What the official account answers, in the language it was asked in. No name, no number."""

from enum import StrEnum
from typing import Final, NamedTuple

from juzhu.domain.permit import PermitStatus
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.notices.wordings import worded


class Topic(StrEnum):
    """What can be asked."""

    STATE = "state"
    ENDORSE = "endorse"
    SHEET = "sheet"


class Word(NamedTuple):
    """A word that was understood."""

    topic: Topic
    english: bool


WORDS: Final = {
    "状态": Word(Topic.STATE, english=False),
    "居住证": Word(Topic.STATE, english=False),
    "签注": Word(Topic.ENDORSE, english=False),
    "信息单": Word(Topic.SHEET, english=False),
    "status": Word(Topic.STATE, english=True),
    "endorse": Word(Topic.ENDORSE, english=True),
    "sheet": Word(Topic.SHEET, english=True),
}
_MOST_ASKED: Final = 20
_PLACES: Final = {Topic.STATE: "home", Topic.ENDORSE: "endorse", Topic.SHEET: "sheet"}


def word_of(text: str) -> Word | None:
    """Return the word in a short text, None for anything else."""
    asked = text.strip().lower()
    if asked in WORDS:
        return WORDS[asked]
    if len(asked) > _MOST_ASKED:
        return None
    return next((word for name, word in WORDS.items() if name in asked), None)


def welcome(site: str) -> str:
    """Greet a new follower."""
    return (
        f"这里可以办居住证：申领、签注、开信息单，都不用跑。\n{site}/go/home/\n\n"
        f"绑定微信后，到期提醒也发到这里：\n{site}/wechat/\n\n"
        "发“状态”“签注”或“信息单”，马上告诉您怎么办。In English: status, endorse, sheet."
    )


def help_text(site: str) -> str:
    """Say what can be asked."""
    return (
        f"发“状态”“签注”或“信息单”，马上告诉您怎么办。其他业务在这里：\n{site}/go/home/\n"
        "人工咨询请拨 12345。\nIn English: status, endorse, sheet."
    )


def sheet(word: Word, site: str) -> str:
    """Lead to the information sheets."""
    url = _url(word, site)
    if word.english:
        return f"Make, save or withdraw an information sheet:\n{url}"
    return f"开信息单、保存、作废，都在这里：\n{url}"


def sign_in_first(word: Word, site: str) -> str:
    """Lead somebody who has bound no account to the page that knows."""
    url, bind = _url(word, site), f"{site}/wechat/"
    if word.english:
        return f"Sign in to see it:\n{url}\nBind this account to be answered here:\n{bind}"
    return f"登录后就能看到：\n{url}\n绑定微信后，在这里就能查：\n{bind}"


def no_permit(word: Word, site: str) -> str:
    """Say that there is no permit in force."""
    url = f"{site}/go/apply/"
    if word.english:
        return f"You have no residence permit in force. See whether you can have one:\n{url}"
    return f"您现在没有有效的居住证。看看能不能申领：\n{url}"


def standing(word: Word, status: PermitStatus, site: str) -> str:
    """Say how the permit stands and what can be done, with days and nothing else."""
    url = _url(word, site)
    english, chinese = _STANDING[status.state]
    if word.english:
        through, opens = status.valid_through, status.window_opens
        said = english.format(through=f"{through:%d %b %Y}", opens=f"{opens:%d %b %Y}")
        return f"{said}\n{url}"
    values = {"through": status.valid_through.isoformat(), "opens": status.window_opens.isoformat()}
    return f"{worded(chinese, values)}\n{url}"


_STANDING: Final = {
    PermitState.VALID: (
        "Your residence permit is valid through {through}; endorse from {opens}.",
        "您的居住证有效，有效期至{through}。{opens}起可以签注。",
    ),
    PermitState.IN_WINDOW: (
        "Your residence permit can be endorsed now, through {through}. One minute, no fee.",
        "您的居住证现在可以签注，最晚{through}（含当天）。约1分钟，不收费。",
    ),
    PermitState.SUSPENDED: (
        "Your residence permit is suspended. A late endorsement restores it at once.",
        "您的居住证中止使用了。补签注当天恢复。",
    ),
    PermitState.NOT_YET_ISSUED: (
        "Your residence permit is not in force yet.",
        "您的居住证还没有生效。",
    ),
}


def _url(word: Word, site: str) -> str:
    return f"{site}/go/{_PLACES[word.topic]}/"
