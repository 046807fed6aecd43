"""What people read about partners: names of scopes, and the warnings to contacts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from juzhu.modules.partners.contracts import Scope

SCOPES: Final[Mapping[Scope, str]] = {
    Scope.SCHOOL_ENROLMENT: "子女入学",
    Scope.PLATE_LOTTERY: "小汽车指标",
    Scope.DRIVING_LICENCE: "驾驶证业务",
    Scope.MARRIAGE: "婚姻登记",
    Scope.HOUSING: "住房保障",
    Scope.EXIT_ENTRY: "出入境",
    Scope.HUKOU_POINTS: "积分入户",
    Scope.EVENTS: "读取变更",
    Scope.SHEETS: "凭共享码取信息单",
}
"""What scopes are called among people."""


class WarningKind(StrEnum):
    """What a contact is warned of."""

    ASKED_TOO_OFTEN = "asked_too_often"
    GRANT_ENDS = "grant_ends"
    LAST_KEY_ENDS = "last_key_ends"
    FEED_UNREAD = "feed_unread"


TEXTS: Final[Mapping[WarningKind, str]] = {
    WarningKind.ASKED_TOO_OFTEN: "贵单位因“{purpose}”对同一人的核验超过约定次数，请核对业务。",
    WarningKind.GRANT_ENDS: "贵单位“{purpose}”的核验授权到{day}为止，请及时联系续期。",
    WarningKind.LAST_KEY_ENDS: "贵单位最后一把公钥到{day}失效，之后不能核验，请登记新的公钥。",
    WarningKind.FEED_UNREAD: "贵单位从{day}以后没有读取居住证变更，证件可能已有变化，请检查接口。",
}
"""The SMS without its signature; the first edition of each."""

ACTS: Final[Mapping[str, str]] = {
    "registered": "登记",
    "amended": "修改登记",
    "granted": "授权",
    "key_added": "登记公钥",
    "key_ended": "公钥失效",
    "suspended": "停用",
    "resumed": "恢复",
    "hints_replayed": "重发提醒",
}
"""What acts on a partner's entry are called; see `PartnerChange.what`."""
