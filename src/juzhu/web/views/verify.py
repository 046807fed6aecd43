"""Checking in public: a sheet by its code or its file, and a share code.

Answers come with the POST itself and are stored by nobody, so that no address holds a code.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from juzhu import wiring
from juzhu.journeys import verify as journey
from juzhu.modules.sheets import queries
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import CheckResult, CheckView
from juzhu.ports.sheets import FileProblem
from juzhu.web import check_page, drafts, sheet_forms
from juzhu.web.access import public_page
from juzhu.web.addresses import client_source
from juzhu.web.middleware import PERMISSIONS_POLICY

_ANOTHER_FILE = {
    FileProblem.NOT_PDF: _("这不是 PDF 文件。请选保存下来的信息单 PDF；照片和截图请用核验码核验"),
    FileProblem.TOO_LARGE: _("文件超过 2 MB，不是信息单。请选保存下来的信息单 PDF"),
}
_NOT_OPENED = _("没有对上。请看码和出生日期有没有抄错；也可能码已经到期，或者持证人停用了")


@require_http_methods(["GET", "POST"])
@public_page
def check(request: HttpRequest) -> HttpResponseBase:
    """By the twelve characters; a scanned QR brings its token in the fragment, to the page only."""
    if request.method == "GET":
        return _with_camera(_code_page(request, drafts.form(request, sheet_forms.CheckForm)))
    at = wiring.clock().now()
    if (closed := _closed(request, at)) is not None:
        return closed
    form = sheet_forms.CheckForm(request.POST)
    if not form.is_valid():
        return _with_camera(_code_page(request, form, status=422))
    answer = journey.by_code(form.cleaned_data["code"], at=at)
    assert answer is not None, "the form has read the code"
    return _answered(request, answer, at, code=form.cleaned_data["code"])


def _code_page(
    request: HttpRequest, form: sheet_forms.CheckForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "web/verify/code.html", {"form": form}, status=status)


def _with_camera(response: HttpResponse) -> HttpResponse:
    """Let this page alone ask for the camera, to read a code; no other page may."""
    response["Permissions-Policy"] = PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")
    return response


@require_http_methods(["GET", "POST"])
@public_page
def check_file(request: HttpRequest) -> HttpResponseBase:
    """By the PDF itself."""
    if request.method == "GET":
        return render(request, "web/verify/file.html", {"form": sheet_forms.FileForm()})
    at = wiring.clock().now()
    if (closed := _closed(request, at)) is not None:
        return closed
    form = sheet_forms.FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "web/verify/file.html", {"form": form}, status=422)
    answer, problem = journey.by_file(form.cleaned_data["file"].read(), at=at)
    if problem in _ANOTHER_FILE:
        form.add_error("file", _ANOTHER_FILE[problem])
        return render(request, "web/verify/file.html", {"form": form}, status=422)
    return _answered(request, answer, at, problem=problem)


@require_http_methods(["GET", "POST"])
@public_page
def check_share(request: HttpRequest) -> HttpResponseBase:
    """By a share code and its holder's birth date; every reason to refuse looks the same."""
    if request.method == "GET":
        form = drafts.form(request, sheet_forms.ShareCheckForm)
        return render(request, "web/verify/share.html", {"form": form})
    at = wiring.clock().now()
    if (closed := _closed(request, at)) is not None:
        return closed
    form = sheet_forms.ShareCheckForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        shared = journey.by_share_code(given["code"], given["birth_date"], at=at)
        if shared is not None:
            return render(request, "web/verify/shared.html", check_page.shared(shared, at))
        sheet_services.miss(source=client_source(request), at=at)
        form.add_error(None, _NOT_OPENED)
    return render(request, "web/verify/share.html", {"form": form}, status=422)


def _answered(
    request: HttpRequest,
    answer: CheckView,
    at: datetime,
    *,
    problem: FileProblem | None = None,
    code: str = "",
) -> HttpResponse:
    if answer.result in (CheckResult.UNKNOWN, CheckResult.DAMAGED):
        sheet_services.miss(source=client_source(request), at=at)
    context = check_page.answer(answer, problem, at) | {"code": code}
    return render(request, "web/verify/answer.html", context)


def _closed(request: HttpRequest, at: datetime) -> HttpResponse | None:
    """429: too many checks from here found nothing."""
    until = queries.closed_until(client_source(request), at)
    if until is None:
        return None
    response = render(request, "web/verify/too_many.html", {"retry_at": until}, status=429)
    response["Retry-After"] = str(max(1, round((until - at).total_seconds())))
    return response
