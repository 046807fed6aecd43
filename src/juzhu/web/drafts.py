"""What was typed, kept while the language or the 长辈版 is switched; sealed, and read once."""

import base64
import json
from typing import Any, Final, TypeVar

from django.http import HttpRequest, QueryDict

from juzhu.modules.vault.keys import VaultError
from juzhu.modules.vault.ring import ring
from juzhu.web import forms

F = TypeVar("F", bound=forms.Form)

_DRAFT: Final = "draft"
_LABEL: Final = "web.draft"
_NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "lang", "mode", "here", "form"})


def keep(request: HttpRequest, *, path: str) -> None:
    """Keep the posted fields for the page at `path`; only one draft is ever held."""
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}
    sealed = ring().seal(json.dumps([path, typed]), label=_LABEL)
    request.session[_DRAFT] = base64.b64encode(sealed).decode()


def form(request: HttpRequest, kind: type[F], **kwargs: Any) -> F:
    """Return the page's form: as it was before the switch, or fresh.

    A form that was shown with its mistakes is shown with them again.
    """
    typed = take(request)
    if typed is None:
        return kind(**kwargs)
    if "checked" in typed:
        return kind(typed, **kwargs)
    initial = {name: typed.get(name) for name in kind.base_fields if name in typed}
    return kind(**kwargs | {"initial": kwargs.get("initial", {}) | initial})


def take(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on this page before the switch, once; None when there is nothing."""
    held = request.session.pop(_DRAFT, None)
    if held is None:
        return None
    try:
        path, typed = json.loads(ring().open(base64.b64decode(held), label=_LABEL))
    except VaultError:  # the key was retired meanwhile: the draft is lost, the page is not
        return None
    if path != request.path:
        return None
    draft = QueryDict(mutable=True)
    for name, values in typed.items():
        draft.setlist(name, values)
    return draft
