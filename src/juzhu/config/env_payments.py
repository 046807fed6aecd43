"""Settings of payments (缴费)."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)
class PaymentSettings:
    """Part of `Env`. A default in parentheses is computed from other settings."""

    payments_file: str = field(
        metadata=variable(
            "JUZHU_PAYMENTS_FILE",
            parse.text,
            "(sandbox: the city's cashier; production: none)",
            "File of the payment gateways (`payments.md`). Without it production takes no fees "
            "online.",
        )
    )
