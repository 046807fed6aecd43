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
    site_code: str = field(
        metadata=variable(
            "JUZHU_SITE_CODE",
            parse.digits,
            "(none)",
            "The portal's 网站标识码, shown at the foot of the pages with a link to report faults.",
        )
    )
    site_icp: str = field(
        metadata=variable(
            "JUZHU_SITE_ICP",
            parse.text,
            "(none)",
            "The portal's ICP备案 number, with its words, shown at the foot of the pages.",
        )
    )
    site_police: str = field(
        metadata=variable(
            "JUZHU_SITE_POLICE",
            parse.text,
            "(none)",
            "The portal's 公安备案 number, with its words, shown at the foot of the pages.",
        )
    )
