"""What was typed, kept while language, 长辈版 or device is changed; sealed, and read once."""

from typing import Any, Final, TypeVar

from django.forms import MultipleChoiceField
from django.http import HttpRequest, QueryDict

from juzhu.web import forms, sealed

F = TypeVar("F", bound=forms.Form)

_DRAFT: Final = "draft"
_NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "lang", "mode", "here", "form"})


def keep(request: HttpRequest, *, path: str) -> None:
    """Keep the posted fields for the page at `path`; only one draft is ever held."""
    put(request, path=path, typed=typed(request))


def typed(request: HttpRequest) -> dict[str, list[str]]:
    """Return the posted fields that a person typed or chose."""
    return {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}


def put(request: HttpRequest, *, path: str, typed: dict[str, list[str]]) -> None:
    """Keep fields for the page at `path`, from wherever they come."""
    if typed:  # a page without a form needs no session
        sealed.put(request, _DRAFT, [path, typed])


def form(request: HttpRequest, kind: type[F], **kwargs: Any) -> F:
    """Return the page's form: as it was before the switch, or fresh.

    A form that was shown with its mistakes is shown with them again.
    """
    found = take(request)
    if found is None:
        return kind(**kwargs)
    if "checked" in found:
        return kind(found, **kwargs)
    initial = {
        name: found.getlist(name) if isinstance(field, MultipleChoiceField) else found.get(name)
        for name, field in kind.base_fields.items()
        if name in found
    }
    return kind(**kwargs | {"initial": kwargs.get("initial", {}) | initial})


def take(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on this page before the switch, once; None when there is nothing."""
    held = sealed.get(request, _DRAFT)
    request.session.pop(_DRAFT, None)
    if held is None or held[0] != request.path:
        return None
    draft = QueryDict(mutable=True)
    for name, values in held[1].items():
        draft.setlist(name, values)
    return draft
