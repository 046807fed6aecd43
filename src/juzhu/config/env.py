"""The environment: every setting of a deployment, typed, read once, refused when wrong.

`docs/operations/settings.md` holds the same table for readers; a test keeps the two equal.
"""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from juzhu.config import env_defaults, env_face, env_seal, parse, secrets
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.config.env_cards import CardSettings
from juzhu.config.env_channels import ChannelSettings
from juzhu.config.env_counter import CounterSettings
from juzhu.config.env_exchange import ExchangeSettings
from juzhu.config.env_face import FaceSettings
from juzhu.config.env_mail import MailSettings
from juzhu.config.env_payments import PaymentSettings
from juzhu.config.env_seal import SealSettings
from juzhu.config.env_sms import SmsSettings
from juzhu.config.parse import Address, ClockKind, EnvError, LogFormat, Mode
from juzhu.config.secrets import VaultKeys
from juzhu.config.variable import variable

EXIT_CODE: Final = 2
_SHORTEST_SECRET_KEY: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Env(
    ExchangeSettings,
    SealSettings,
    CounterSettings,
    SmsSettings,
    MailSettings,
    CardSettings,
    ChannelSettings,
    FaceSettings,
    PaymentSettings,
):
    """All settings of this process. `settings.JUZHU` is the one in use.

    A default in parentheses is computed from other settings; "required" stands for production.
    """

    mode: Mode = field(
        metadata=variable(
            "JUZHU_MODE",
            parse.one_of(Mode),
            "sandbox",
            "`sandbox`: a trial with a simulated city. `production`: real people; nothing "
            "simulated is let in and every secret must be given.",
        )
    )
    data_dir: Path = field(
        metadata=variable(
            "JUZHU_DATA_DIR",
            parse.path,
            "(`/var/lib/juzhu` for root, else `~/.local/share/juzhu`)",
            "Folder of the embedded database, secrets, static files and logs.",
        )
    )
    database_url: str = field(
        metadata=variable(
            "DATABASE_URL",
            parse.database_url,
            "(the embedded server in the data folder)",
            "A PostgreSQL server, version 15 or later: `postgresql://user:password@host/name`.",
        ),
        repr=False,
    )
    database_pool: int = field(
        metadata=variable(
            "JUZHU_DATABASE_POOL",
            parse.number(1, 200),
            "8",
            "Most database connections of one process.",
        )
    )
    lock_timeout_ms: int = field(
        metadata=variable(
            "JUZHU_LOCK_TIMEOUT_MS",
            parse.number(0, 3_600_000),
            "4000",
            "The database gives up waiting for a lock after this many milliseconds; 0 is never.",
        )
    )
    statement_timeout_ms: int = field(
        metadata=variable(
            "JUZHU_STATEMENT_TIMEOUT_MS",
            parse.number(0, 86_400_000),
            "15000",
            "The database gives up a statement after this many milliseconds; 0 is never.",
        )
    )
    secret_key: str = field(
        metadata=variable(
            "JUZHU_SECRET_KEY",
            parse.text,
            "(sandbox: made at the first start; production: required)",
            f"Signs sessions and forms. At least {_SHORTEST_SECRET_KEY} random characters.",
        ),
        repr=False,
    )
    vault_keys_file: str = field(
        metadata=variable(
            "JUZHU_VAULT_KEYS_FILE",
            parse.text,
            "(none)",
            "File with the keys of identifiers at rest, readable by its owner only.",
        )
    )
    vault_keys: VaultKeys | None = field(
        metadata=variable(
            "JUZHU_VAULT_KEYS",
            secrets.parse_vault_keys,
            "(sandbox: made at the first start; production: required, or the file)",
            "The same keys as JSON text: "
            '`{"current": "k1", "encryption": {"k1": "<base64 of 32 bytes>"}, '
            '"digest": "<base64 of 32 bytes>"}`.',
        ),
        repr=False,
    )
    city_url: str = field(
        metadata=variable(
            "JUZHU_CITY_URL",
            parse.web_url,
            "http://127.0.0.1:8601",
            "Where the sandbox city answers. Unused in production.",
        )
    )
    city_data_dir: str = field(
        metadata=variable(
            "JUZHU_CITY_DATA_DIR",
            parse.text,
            "(`city` in the data folder)",
            "Folder of the sandbox city's journal.",
        )
    )
    city_seed: str = field(
        metadata=variable(
            "JUZHU_CITY_SEED",
            parse.text,
            "(as the city began, else `shenzhen`)",
            "Fixes the sandbox city's people.",
        )
    )
    city_population: str = field(
        metadata=variable(
            "JUZHU_CITY_POPULATION",
            parse.digits,
            "(as the city began, else 20000000)",
            "How many people the sandbox city has.",
        )
    )
    city_born_on: str = field(
        metadata=variable(
            "JUZHU_CITY_BORN_ON",
            parse.day,
            "(as the city began, else today)",
            "The first day of a new sandbox city, as 2026-01-31.",
        )
    )
    gateway_url: str = field(
        metadata=variable(
            "JUZHU_GATEWAY_URL",
            parse.web_url,
            "(sandbox: the city; production: required)",
            "The exchange gateway of the departments.",
        )
    )
    gateway_appid: str = field(
        metadata=variable(
            "JUZHU_GATEWAY_APPID",
            parse.text,
            "(sandbox: `juzhu`; production: required)",
            "This installation's name at the exchange gateway.",
        )
    )
    gateway_secret: str = field(
        metadata=variable(
            "JUZHU_GATEWAY_SECRET",
            parse.text,
            "(sandbox: made at the first start; production: required)",
            "The secret that signs requests to the exchange gateway.",
        ),
        repr=False,
    )
    clock: ClockKind = field(
        metadata=variable(
            "JUZHU_CLOCK",
            parse.one_of(ClockKind),
            "(sandbox: `city`; production: `system`)",
            "Where the day comes from: `system`, or `city`, the sandbox's clock that can travel.",
        )
    )
    listen: Address = field(
        metadata=variable(
            "JUZHU_LISTEN",
            parse.address,
            "127.0.0.1:8600",
            "Where the web server listens, as host:port.",
        )
    )
    public_url: str = field(
        metadata=variable(
            "JUZHU_PUBLIC_URL",
            parse.web_url,
            "(sandbox: the address of JUZHU_LISTEN; production: required)",
            "The address of the pages as people reach them; printed in the QR of every sheet.",
        )
    )
    allowed_hosts: tuple[str, ...] = field(
        metadata=variable(
            "JUZHU_ALLOWED_HOSTS",
            parse.names,
            "(sandbox: `localhost,127.0.0.1,[::1]`; production: required)",
            "Host names under which the pages are reached, separated by commas.",
        )
    )
    trusted_proxy: int = field(
        metadata=variable(
            "JUZHU_TRUSTED_PROXY",
            parse.number(0, 5),
            "0",
            "How many reverse proxies stand in front; their `X-Forwarded-For` and "
            "`X-Forwarded-Proto` are believed, nobody else's.",
        )
    )
    web_workers: int = field(
        metadata=variable(
            "JUZHU_WEB_WORKERS", parse.number(1, 64), "2", "Processes of the web server."
        )
    )
    web_threads: int = field(
        metadata=variable(
            "JUZHU_WEB_THREADS",
            parse.number(1, 64),
            "4",
            "Threads in each process of the web server.",
        )
    )
    worker_concurrency: int = field(
        metadata=variable(
            "JUZHU_WORKER_CONCURRENCY",
            parse.number(1, 64),
            "4",
            "Jobs that one worker runs side by side.",
        )
    )
    log_format: LogFormat = field(
        metadata=variable(
            "JUZHU_LOG_FORMAT",
            parse.one_of(LogFormat),
            "(sandbox: `console`; production: `json`)",
            "How log lines look.",
        )
    )
    log_level: str = field(
        metadata=variable(
            "JUZHU_LOG_LEVEL",
            parse.level,
            "INFO",
            "Least severity that is logged: DEBUG, INFO, WARNING or ERROR.",
        )
    )
    metrics_token: str = field(
        metadata=variable(
            "JUZHU_METRICS_TOKEN",
            parse.text,
            "(none)",
            "With it, `/metrics` answers `Authorization: Bearer …` from anywhere; without it, only "
            "callers on the same machine.",
        ),
        repr=False,
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read all settings.

        Raises:
            EnvError: one is wrong or missing, or an unknown JUZHU_ variable is set.

        """
        _refuse_unknown(environ)
        given = {name: value for name, value in environ.items() if value != ""}
        folder = _parsed("data_dir", given) or env_defaults.data_dir(given)
        if _parsed("mode", given) is Mode.PRODUCTION:
            defaults = env_defaults.of_production(folder)
        else:
            city_url = str(_parsed("city_url", given) or _default(FIELDS["city_url"]))
            defaults = env_defaults.of_sandbox(folder, city_url)
        defaults |= env_seal.UNSET
        values: dict[str, object] = {}
        for name, entry in FIELDS.items():
            value = _parsed(name, given)
            if value is None:
                value = defaults[name] if name in defaults else _default(entry)
            values[name] = value
        values["vault_keys"] = env_defaults.vault_keys_in_file(given) or values["vault_keys"]
        values["seal_url"] = values["seal_url"] or values["gateway_url"]
        env = cls(**values)  # type: ignore[arg-type]  # each parsed by its own field
        return env._checked()

    @property
    def production(self) -> bool:
        """Whether real people are served."""
        return self.mode is Mode.PRODUCTION

    @property
    def address(self) -> str:
        """The address of the pages as people reach them, without a slash at its end."""
        return self.public_url or f"http://{self.listen.host}:{self.listen.port}"

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded server in the data folder."""
        return self.database_url == EmbeddedPostgres(self.data_dir).url

    def _checked(self) -> Self:
        env_seal.refuse_incomplete(self, production=self.production)
        env_face.refuse_incomplete(self, production=self.production)
        if not self.production:
            return self
        missing = [
            str(FIELDS[name].metadata["variable"])
            for name in _REQUIRED_IN_PRODUCTION
            if not getattr(self, name)
        ]
        if missing:
            raise EnvError(f"JUZHU_MODE is production, so these must be set: {', '.join(missing)}.")
        if len(self.secret_key) < _SHORTEST_SECRET_KEY:
            raise EnvError(
                f"JUZHU_SECRET_KEY is too short: give at least {_SHORTEST_SECRET_KEY} random "
                f"characters."
            )
        if self.clock is ClockKind.CITY:
            raise EnvError("JUZHU_CLOCK must be system when JUZHU_MODE is production.")
        return self


_OF_SEAL: Final = {entry.name for entry in dataclasses.fields(SealSettings)}
FIELDS: Final = {
    entry.name: entry
    for entry in sorted(dataclasses.fields(Env), key=lambda entry: entry.name in _OF_SEAL)
}
"""Every setting by its name in `Env`; the metadata hold variable, default and meaning."""

_REQUIRED_IN_PRODUCTION: Final = (
    "secret_key",
    "vault_keys",
    "gateway_url",
    "gateway_appid",
    "gateway_secret",
    "sms_url",
    "public_url",
    "api_url",
    "allowed_hosts",
)


def _default(entry: "dataclasses.Field[Any]") -> object:
    text = str(entry.metadata["default"])
    return "" if text.startswith("(") else entry.metadata["parse"](text)


def _parsed(name: str, given: Mapping[str, str]) -> Any:
    variable = str(FIELDS[name].metadata["variable"])
    if variable not in given:
        return None
    try:
        return FIELDS[name].metadata["parse"](given[variable])
    except ValueError as error:
        raise EnvError(f"{variable} {error}.") from None


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {str(entry.metadata["variable"]) for entry in FIELDS.values()}
    strange = sorted(
        name
        for name in environ
        if name.startswith("JUZHU_") and name not in known and not name.startswith(_TEST_PREFIXES)
    )
    if strange:
        raise EnvError(
            f"{strange[0]} is not a setting of Juzhu: see docs/operations/settings.md for the list."
        )


_TEST_PREFIXES: Final = ("JUZHU_TEST_", "JUZHU_REQUIRE_")  # read by the tests, not by Juzhu
