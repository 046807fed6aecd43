"""What a city is started with, from environment variables; parsed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

DEFAULT_SEED: Final = "shenzhen"
DEFAULT_POPULATION: Final = 20_000_000


class CitySettingsError(Exception):
    """The city cannot start with these settings; the message says which variable and why."""


@dataclass(frozen=True, slots=True)
class CitySettings:
    """Settings of one city.

    Attributes:
        data_dir: folder of the journal; one city process at a time.
        secret: shared secret of the gateway (JUZHU_GATEWAY_SECRET).
        app_id: the caller the gateway knows (JUZHU_GATEWAY_APPID).
        seed: fixes the population. None: as in the journal, or "shenzhen" for a new city.
        population: how many people of the seed are on record; as for the seed.
        service_url: where the service answers, for what WeChat posts to it.
        born_on: the day the city is born, for a new city only. None: the real day.

    """

    data_dir: Path
    secret: bytes
    app_id: str = "juzhu"
    seed: str | None = None
    population: int | None = None
    born_on: date | None = None
    service_url: str = "http://127.0.0.1:8600"


def from_environment(environment: Mapping[str, str]) -> CitySettings:
    """Read the settings of a city from environment variables.

    Raises:
        CitySettingsError: a variable is missing or cannot be read.

    """
    try:
        population = environment.get("JUZHU_CITY_POPULATION")
        born_on = environment.get("JUZHU_CITY_BORN_ON")
        return CitySettings(
            data_dir=Path(_required(environment, "JUZHU_CITY_DATA_DIR")),
            secret=_required(environment, "JUZHU_GATEWAY_SECRET").encode(),
            app_id=environment.get("JUZHU_GATEWAY_APPID") or "juzhu",
            seed=environment.get("JUZHU_CITY_SEED") or None,
            population=int(population) if population else None,
            born_on=date.fromisoformat(born_on) if born_on else None,
            service_url=_service(environment),
        )
    except ValueError as error:
        raise CitySettingsError(f"JUZHU_CITY_POPULATION or JUZHU_CITY_BORN_ON: {error}") from error


def _service(environment: Mapping[str, str]) -> str:
    listen = environment.get("JUZHU_LISTEN") or "127.0.0.1:8600"
    return environment.get("JUZHU_PUBLIC_URL") or f"http://{listen}"


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise CitySettingsError(f"{name} is not set")
    return value
