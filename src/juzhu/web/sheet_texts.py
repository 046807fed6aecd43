"""What purposes and shared fields are called on the pages of the information sheet."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from juzhu.modules.sheets.contracts import ShareField

Text = str | Promise

PURPOSES: Final[Mapping[str, Text]] = {
    "子女入学": _("子女入学"),
    "租房": _("租房"),
    "购房": _("购房"),
    "小汽车指标": _("小汽车指标"),
    "婚姻登记": _("婚姻登记"),
    "出入境": _("出入境"),
    "求职": _("求职"),
}
"""The purposes to choose from: as printed on the sheet, which is Chinese, and as the pages say."""

OTHER: Final = "other"

SHARED: Final[dict[ShareField, Text]] = {
    ShareField.NAME: _("姓名（部分遮住）"),
    ShareField.STANDING: _("证件状态"),
    ShareField.VALID_THROUGH: _("有效期至"),
    ShareField.CONTINUOUS_SINCE: _("连续持证起始日"),
    ShareField.FIRST_ISSUED_ON: _("首次签发日期"),
    ShareField.HELD_PERIODS: _("持证期间"),
    ShareField.SHEET: _("整张信息单（只给政府部门）"),
}
"""In the order of the pages."""

SHARED_HINTS: Final[dict[ShareField, Text]] = {
    ShareField.HELD_PERIODS: _("每一段持证的起止日期"),
    ShareField.SHEET: _("有完整的身份号码、住址和照片，带电子印章"),
}
"""What a choice amounts to, where its name does not say it."""
