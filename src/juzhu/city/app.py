"""The city as a web application."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from juzhu.city import (
    cashier_page,
    control,
    enrolment,
    factory_desk,
    pages,
    reader,
    records,
    wechat_api,
    wechat_phone,
)
from juzhu.city.answers import json_response
from juzhu.city.bodies import LONGEST_FILE, BodyTooLongError
from juzhu.city.control import BadRequestError
from juzhu.city.events import Service
from juzhu.city.gate import NotAdmittedError
from juzhu.city.misbehave import gateway_endpoint
from juzhu.city.services import FURTHER, PATHS
from juzhu.city.settings import CitySettings, from_environment
from juzhu.city.state import City


def create_app(settings: CitySettings | None = None) -> Starlette:
    """Return the city; without `settings` they are read from the environment.

    Raises:
        CitySettingsError: a variable is missing, unreadable, or contradicts the city found.
        CityLockedError: another process runs this city.
        CorruptJournalError: the journal is damaged.

    """
    city = City(settings or from_environment(os.environ))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        city.close()

    app = Starlette(
        # The gateway first: it is asked six times for every case.
        routes=[
            *(_gateway_route(service) for service in PATHS),
            *_further_routes(),
            *_factory_routes(),
            *_ROUTES,
        ],
        exception_handlers={
            NotAdmittedError: _not_admitted,
            BadRequestError: _bad_request,
            BodyTooLongError: _too_long,
        },
        lifespan=lifespan,
    )
    app.state.city = city
    return app


def _gateway_route(service: Service) -> Route:
    return Route(PATHS[service], gateway_endpoint(service), methods=["POST"])


def _further_routes() -> list[Route]:
    return [
        Route(path, gateway_endpoint(service, handler), methods=["POST"])
        for path, (service, handler) in FURTHER.items()
    ]


def _factory_routes() -> list[Route]:
    take = gateway_endpoint(Service.CARDS, factory_desk.take_file, longest=LONGEST_FILE)
    tell = gateway_endpoint(Service.CARDS, factory_desk.tell_news)
    return [
        Route("/cards/files", take, methods=["POST"]),
        Route("/cards/news", tell, methods=["POST"]),
    ]


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _stylesheet(_request: Request) -> Response:
    css = files("juzhu.city").joinpath("static", "city.css").read_text(encoding="utf-8")
    return Response(css, media_type="text/css")


_ROUTES = [
    Route("/healthz", _healthz),
    Route("/clock", control.clock),
    Route("/", pages.home),
    Route("/city.css", _stylesheet),
    Route("/people", pages.people),
    Route("/enrol", enrolment.show),
    Route("/enrol", enrolment.enrol, methods=["POST"]),
    Route("/enrol.js", enrolment.script),
    Route("/people.json", records.people),
    Route("/phones", pages.phones),
    Route("/phones.json", records.phones),
    Route("/phones/{phone}.json", records.phone),
    Route("/phones/{phone}", pages.phone),
    Route("/legacy/permits.csv", records.permits),
    Route("/reader", reader.show),
    Route("/reader", reader.place, methods=["POST"]),
    Route("/reader/card", reader.card),
    Route("/cashier/{token}", cashier_page.show),
    Route("/cashier/{token}", cashier_page.pay, methods=["POST"]),
    Route("/courier", factory_desk.show),
    Route("/courier/hand", factory_desk.hand, methods=["POST"]),
    Route("/courier/back", factory_desk.back, methods=["POST"]),
    Route("/control", control.show),
    Route("/control.json", control.state),
    Route("/control/clock", control.move_clock, methods=["POST"]),
    Route("/control/services/{service}", control.switch, methods=["POST"]),
    Route("/control/lives", control.happen, methods=["POST"]),
    Route("/control/reset", control.reset, methods=["POST"]),
    *wechat_api.ROUTES,
    *wechat_phone.ROUTES,
]


async def _not_admitted(_request: Request, error: Exception) -> Response:
    return json_response({"error": str(error)}, 401)


async def _bad_request(_request: Request, error: Exception) -> Response:
    return json_response({"error": "bad_request", "message": str(error)}, 422)


async def _too_long(_request: Request, _error: Exception) -> Response:
    return json_response({"error": "too_long"}, 413)
