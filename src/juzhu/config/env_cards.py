"""Settings of the cards (证件)."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class CardSettings:
    """Part of `Env`. A default in parentheses is computed from other settings."""

    card_factory_url: str = field(
        metadata=variable(
            "JUZHU_CARD_FACTORY_URL",
            parse.web_url,
            "(sandbox: the city; production: none)",
            "The card factory, behind the gateway's signatures. Without it cards are ordered and "
            "wait; permits are in force all the same.",
        )
    )
