"""The camera page: the person moves as asked, frames go to the server, the server decides."""

from dataclasses import asdict
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from juzhu import wiring
from juzhu.journeys import face_sign_in as journey
from juzhu.journeys.sign_in import NotSignedIn, SignedIn, SignInProblem
from juzhu.ports.face import (
    MOST_FRAMES_BYTES,
    BadFramesError,
    FaceBusyError,
    FaceUnavailableError,
    UnknownCheckError,
)
from juzhu.web import wanted
from juzhu.web.access import local_path, public_page
from juzhu.web.addresses import client_address
from juzhu.web.middleware import PERMISSIONS_POLICY
from juzhu.web.views.sign_in import closed, enter, with_next

_NOT_MATCHED = _(
    "没有核对上：可能不是同一个人，也可能光线不好。可以再试一次，或者换手机验证码登录。"
)
_UNAVAILABLE = _("人脸核身暂时连不上，不是您的原因。您可以过几分钟再试，或者换手机验证码登录。")


@require_http_methods(["GET", "POST"])
@public_page
def face(request: HttpRequest) -> HttpResponseBase:
    """Show the camera page; take its end, when every movement has been seen."""
    held = wanted.read(request)
    if held is None or wiring.face_kind() != "local":
        return redirect(with_next(request, "web:sign-in"))
    if request.method == "GET":
        return _page(request)
    wanted.keep(request, held.id_number, held.name)  # whatever comes, this check is over
    at = wiring.clock().now()
    if held.begun is None:
        return _page(request)
    match journey.finish(held.begun, id_number=held.id_number, name=held.name, at=at):
        case SignedIn() as signed_in:
            wanted.forget(request)
            return enter(request, signed_in)
        case NotSignedIn(SignInProblem.UNAVAILABLE):
            return _page(request, _UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE)
        case NotSignedIn():
            return _page(request, _NOT_MATCHED, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@public_page
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin a check, once the camera shows something. Each counts as an attempt."""
    held = wanted.read(request)
    if held is None:
        return _code(HTTPStatus.NOT_FOUND)
    at, ip = wiring.clock().now(), client_address(request)
    match journey.begin(id_number=held.id_number, ip=ip, at=at):
        case NotSignedIn(SignInProblem.UNAVAILABLE):
            return _code(HTTPStatus.SERVICE_UNAVAILABLE)
        case NotSignedIn() as refused:
            return closed(
                request, refused, by_face=True
            )  # a whole page: the camera's page shows it
        case begun:
            wanted.keep(request, held.id_number, held.name, begun)
            return _code(HTTPStatus.CREATED)


@require_POST
@public_page
def frames(request: HttpRequest) -> HttpResponseBase:
    """Look at the next frames; say what to do now."""
    held = wanted.read(request)
    if held is None or held.begun is None:
        return _code(HTTPStatus.NOT_FOUND)
    if int(request.headers.get("Content-Length") or 0) > MOST_FRAMES_BYTES:
        return _code(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        progress = journey.look(held.begun, request.body)
    except UnknownCheckError:
        return _code(HTTPStatus.NOT_FOUND)
    except BadFramesError:
        return _code(HTTPStatus.BAD_REQUEST)
    except FaceBusyError:
        return _code(HTTPStatus.TOO_MANY_REQUESTS)
    except FaceUnavailableError:
        wanted.keep(request, held.id_number, held.name)
        return _code(HTTPStatus.SERVICE_UNAVAILABLE)
    if progress.over is not None:
        wanted.keep(request, held.id_number, held.name)
    return JsonResponse(asdict(progress))


def _page(request: HttpRequest, problem: object = "", status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "problem": problem,
        "next": local_path(request, "next"),
        "most_bytes": MOST_FRAMES_BYTES,
    }
    response = render(request, "web/face.html", context, status=status)
    # This page alone may ask for the camera.
    response["Permissions-Policy"] = PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")
    return response


def _code(status: HTTPStatus) -> JsonResponse:
    return JsonResponse({}, status=status)
