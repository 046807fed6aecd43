"""Settings of short messages (短信)."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class SmsSettings:
    """Part of `Env`. A default in parentheses is computed from other settings."""

    sms_url: str = field(
        metadata=variable(
            "JUZHU_SMS_URL",
            parse.web_url,
            "(sandbox: the city; production: required)",
            "The carrier's gateway for short messages.",
        )
    )
    sms_providers_file: str = field(
        metadata=variable(
            "JUZHU_SMS_PROVIDERS_FILE",
            parse.text,
            "(none)",
            "File of the providers of short messages (`sms.md`); none: JUZHU_SMS_URL carries all.",
        )
    )
