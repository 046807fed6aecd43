"""What was typed, kept while the language or the 长辈版 is switched; sealed, and read once."""

from typing import Any, Final, TypeVar

from django.forms import MultipleChoiceField
from django.http import HttpRequest, QueryDict

from juzhu.web import forms, sealed

F = TypeVar("F", bound=forms.Form)

_DRAFT: Final = "draft"
_NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "lang", "mode", "here", "form"})


def keep(request: HttpRequest, *, path: str) -> None:
    """Keep the posted fields for the page at `path`; only one draft is ever held."""
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}
    if typed:  # a page without a form needs no session
        sealed.put(request, _DRAFT, [path, typed])


def form(request: HttpRequest, kind: type[F], **kwargs: Any) -> F:
    """Return the page's form: as it was before the switch, or fresh.

    A form that was shown with its mistakes is shown with them again.
    """
    typed = take(request)
    if typed is None:
        return kind(**kwargs)
    if "checked" in typed:
        return kind(typed, **kwargs)
    initial = {
        name: typed.getlist(name) if isinstance(field, MultipleChoiceField) else typed.get(name)
        for name, field in kind.base_fields.items()
        if name in typed
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
