"""What a partner's contact reads by SMS; no text is longer than 70 characters."""

from collections.abc import Mapping
from typing import Final

from juzhu.modules.webhooks.contracts import AlertKind

ALERTS: Final[Mapping[AlertKind, str]] = {
    AlertKind.RESTING: "【居住证】贵单位的变更提醒连续5次未送达，已放慢推送。"
    "请检查接收地址；变更数据仍可随时读取。",
    AlertKind.UNREACHABLE: "【居住证】贵单位的变更提醒三天未送达，已停止推送。"
    "修好后请恢复；变更数据仍可随时读取。",
    AlertKind.GONE: "【居住证】贵单位的接收地址答复已停用，已停止推送提醒。变更数据仍可随时读取。",
}
