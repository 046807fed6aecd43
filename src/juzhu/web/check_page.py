"""What the answer to a public check shows: the verdict first, then what to compare."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from juzhu.domain.sheet import Standing
from juzhu.journeys.verify import Shared
from juzhu.modules.sheets.contracts import CheckResult, CheckView, ShareField
from juzhu.ports.sheets import FileProblem
from juzhu.web import addresses, sheet_texts


class Verdict(NamedTuple):
    """The answer in one line, and what it means for whoever holds the sheet."""

    tone: str  # "" for good, "warn", "calm"
    icon: str
    title: str | Promise
    meaning: str | Promise


_TRUE: Final[Mapping[Standing, Verdict]] = {
    Standing.VALID: Verdict("", "check", _("信息单真实，证件有效"), ""),
    Standing.SUSPENDED: Verdict(
        "warn",
        "circle-alert",
        _("信息单真实，证件中止使用"),
        _("补签注以前不能使用。"),
    ),
    Standing.CANCELLED: Verdict(
        "warn", "circle-alert", _("信息单真实，证件已注销"), _("这张居住证不能再用。")
    ),
}
_CHANGED: Final[Mapping[Standing, Verdict]] = {
    Standing.VALID: Verdict(
        "calm",
        "info",
        _("信息单真实，证件后来有变化"),
        _("证件现在有效，以下面“现在的情况”为准。"),
    ),
    Standing.SUSPENDED: Verdict(
        "warn",
        "circle-alert",
        _("信息单真实，但证件现在中止使用"),
        _("补签注以前不能使用。"),
    ),
    Standing.CANCELLED: Verdict(
        "warn", "circle-alert", _("信息单真实，但证件现在已注销"), _("这张居住证不能再用。")
    ),
}
_WITHDRAWN: Final = Verdict(
    "warn", "undo-2", _("这张信息单已作废"), _("持证人把它作废了，请不要采信，可以请他重新开一张。")
)
_UNKNOWN: Final = Verdict(
    "warn",
    "file-search",
    _("查无此单"),
    _("没有用这个核验码开出过信息单。请对照单子再输一次；还是查不到，就不要采信。"),
)
_FILES: Final[Mapping[FileProblem, Verdict]] = {
    FileProblem.CHANGED: Verdict(
        "warn",
        "triangle-alert",
        _("文件被改动过"),
        _("它和开出时不一样了，请不要采信。重新保存、转换过的文件也会这样，请用原来的文件再试。"),
    ),
    FileProblem.DAMAGED: Verdict(
        "warn",
        "triangle-alert",
        _("文件不完整，读不出来"),
        _("可能没有下载完，或者加过密码。请用原来的文件再试，或者输入核验码。"),
    ),
    FileProblem.UNSIGNED: Verdict(
        "warn",
        "triangle-alert",
        _("文件里没有电子印章"),
        _("它不是我们开出的信息单，请不要采信。扫描件、拍照转成的 PDF 请用核验码核验。"),
    ),
    FileProblem.OTHER_SIGNER: Verdict(
        "warn",
        "triangle-alert",
        _("文件里的印章不是我们的"),
        _("它不是我们开出的信息单，请不要采信。"),
    ),
}


def answer(found: CheckView, problem: FileProblem | None, at: datetime) -> dict[str, Any]:
    """Return what the page of an answer shows."""
    genuine = found.result in (CheckResult.TRUE, CheckResult.CHANGED)
    return {
        "found": found,
        "verdict": _verdict(found, problem),
        "genuine": genuine,
        "changed": found.result is CheckResult.CHANGED,
        "checked_at": at,
        "host": addresses.host(),
    }


def _verdict(found: CheckView, problem: FileProblem | None) -> Verdict:
    if problem is not None:
        return _FILES[problem]
    match found.result:
        case CheckResult.TRUE:
            assert found.standing_now is not None, "a genuine sheet has a permit"
            return _TRUE[found.standing_now]
        case CheckResult.CHANGED:
            assert found.standing_now is not None, "a genuine sheet has a permit"
            return _CHANGED[found.standing_now]
        case CheckResult.WITHDRAWN:
            return _WITHDRAWN
        case CheckResult.UNKNOWN | CheckResult.DAMAGED:
            return _UNKNOWN


def shared(found: Shared, at: datetime) -> dict[str, Any]:
    """Return what the page of an opened share code shows, in the order of the form."""
    labels = sheet_texts.SHARED | {ShareField.NAME: _("姓名")}
    rows = [(name, found.shown[name]) for name in labels if name in found.shown]
    return {
        "found": found,
        "rows": [(labels[name], name.value, value) for name, value in rows],
        "checked_at": at,
        "host": addresses.host(),
    }
