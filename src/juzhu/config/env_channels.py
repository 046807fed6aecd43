"""Settings of the channels: apps that hand people over, WeChat, what a portal must show."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """Part of `Env`. A default in parentheses is computed from other settings."""

    app_issuers_file: str = field(
        metadata=variable(
            "JUZHU_APP_ISSUERS_FILE",
            parse.text,
            "(none)",
            "File of the apps that may hand over people they have signed in "
            "(`channels/police-app.md`).",
        )
    )
    wechat_file: str = field(
        metadata=variable(
            "JUZHU_WECHAT_FILE",
            parse.text,
            "(sandbox: the city plays WeChat; production: none, no WeChat)",
            "File of the WeChat official account, mode 600 (`channels/wechat.md`).",
        )
    )
