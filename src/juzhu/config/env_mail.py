"""Settings of e-mail to departments' contacts."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """Part of `Env`."""

    mail_url: str = field(
        metadata=variable(
            "JUZHU_MAIL_URL",
            parse.mail_url,
            "(none)",
            "Mail server for departments' contacts: `smtps://user:password@host`, `smtp://…` with "
            "STARTTLS, or `smtp+plain://localhost`. Without it they are told by SMS only.",
        ),
        repr=False,
    )
    mail_from: str = field(
        metadata=variable(
            "JUZHU_MAIL_FROM",
            parse.mailbox,
            "juzhu@localhost",
            "The address those letters come from.",
        )
    )
