"""Settings of the staff pages and of the card readers at their desks."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.parse import Address
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class CounterSettings:
    """Part of `Env`. A default in parentheses is computed from other settings."""

    counter_listen: Address = field(
        metadata=variable(
            "JUZHU_COUNTER_LISTEN",
            parse.address,
            "127.0.0.1:8603",
            "Where the staff pages listen, as host:port; reachable from the staff's network only.",
        )
    )
    counter_workers: int = field(
        metadata=variable(
            "JUZHU_COUNTER_WORKERS",
            parse.number(1, 64),
            "1",
            "Processes that serve the staff pages.",
        )
    )
    reader_url: str = field(
        metadata=variable(
            "JUZHU_READER_URL",
            parse.web_url,
            "(sandbox: the city; production: `http://127.0.0.1:8610`)",
            "Where the card reader of a desk answers, as its browser reaches it.",
        )
    )
    reader_secret: str = field(
        metadata=variable(
            "JUZHU_READER_SECRET",
            parse.text,
            "(sandbox: made at the first start; production: none)",
            "The secret with which card readers prove what they read. Without it numbers are "
            "typed.",
        ),
        repr=False,
    )
