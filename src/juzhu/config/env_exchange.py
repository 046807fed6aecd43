"""The settings of the departments' exchange."""

from dataclasses import dataclass, field

from juzhu.config import parse
from juzhu.config.parse import Address
from juzhu.config.variable import variable


@dataclass(frozen=True, kw_only=True)  # without slots: Env inherits from several
class ExchangeSettings:
    """Where the exchange listens and how it is reached."""

    api_listen: Address = field(
        metadata=variable(
            "JUZHU_API_LISTEN",
            parse.address,
            "127.0.0.1:8602",
            "Where the departments' exchange listens, as host:port.",
        )
    )
    api_url: str = field(
        metadata=variable(
            "JUZHU_API_URL",
            parse.web_url,
            "(sandbox: the address of JUZHU_API_LISTEN; production: required)",
            "The address of the exchange as departments reach it; access tokens are bound to it.",
        )
    )
    api_workers: int = field(
        metadata=variable(
            "JUZHU_API_WORKERS", parse.number(1, 64), "1", "Processes of the exchange."
        )
    )

    database_replica_urls: tuple[str, ...] = field(
        metadata=variable(
            "DATABASE_REPLICA_URLS",
            parse.database_urls,
            "(none)",
            "Streaming replicas of the database, separated by commas: verifications are read there "
            "while one is at most five seconds behind.",
        ),
        repr=False,
    )

    @property
    def exchange_address(self) -> str:
        """The address of the exchange as departments reach it, without a slash at its end."""
        return self.api_url or f"http://{self.api_listen.host}:{self.api_listen.port}"
