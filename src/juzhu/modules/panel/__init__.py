"""What the pages of reference data have in common: Django's admin, without its accounts and log.

Staff sign in as everywhere (`counter.gate`), a change is a service's, and the service writes down
who did it; so neither `django.contrib.auth` nor `django.contrib.admin` is installed, and no table
of theirs exists. Their templates, scripts and styles are used as they are (docs/decisions/0051).
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.views.i18n import JavaScriptCatalog

FORM_TEMPLATE: Final = "admin/change_form.html"


def column(
    name: str, label: str, read: Callable[[Any], object], *, order: str | None = None
) -> Any:  # Any: the stubs know columns of text only
    """Return a column of a list, or a line of a page, under a heading of its own."""

    def shown(row: Any) -> object:  # Any: a row of any of our tables
        return read(row)

    shown.__name__ = name
    return admin.display(shown, description=label, ordering=order, empty_value="—")


def titled(field: str, title: str, kind: type[Any] = admin.AllValuesFieldListFilter) -> Any:
    """Return a filter of a list under a heading of its own."""

    class Titled(kind):  # type: ignore[misc]  # of a kind that is given
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self.title = title

    return field, Titled


BY_PARTNER: Final = titled("partner", "部门", admin.RelatedFieldListFilter)


class _Words(JavaScriptCatalog):
    """The admin's words, although it is no installed app."""

    def get_paths(self, packages: Any) -> list[str]:  # noqa: ARG002
        """Return where they lie."""
        return [str(Path(admin.__file__).with_name("locale"))]


class Site(admin.AdminSite):
    """The pages of reference data, for whoever the gate lets in."""

    site_header = "参考数据"
    site_title = "参考数据"
    index_title = "参考数据"
    empty_value_display = "—"

    def now(self) -> datetime:
        """Return the instant by the city's clock, for what the law dates."""
        raise NotImplementedError

    def machine_now(self) -> datetime:
        """Return the instant by the machine's clock, for keys and addresses."""
        raise NotImplementedError

    def actor(self, request: HttpRequest) -> str:
        """Return who acts, as what is done is written down."""
        raise NotImplementedError

    def has_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Let in whoever has passed the gate."""
        return True

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses of lists and forms: nothing that knows accounts of Django's."""
        found: list[URLPattern | URLResolver] = [
            path("", self.admin_view(self.index), name="index"),
            path("jsi18n/", self.admin_view(self.i18n_javascript, cacheable=True), name="jsi18n"),
        ]
        for model, panel in self._registry.items():
            where = f"{model._meta.app_label}/{model._meta.model_name}/"
            found.append(path(where, include(panel.urls)))
        labels = dict.fromkeys(model._meta.app_label for model in self._registry)
        home = self.admin_view(self._home)
        return [*found, *(path(f"{it}/", home, {"app_label": it}, "app_list") for it in labels)]

    def _home(self, request: HttpRequest, app_label: str) -> HttpResponse:  # noqa: ARG002
        return redirect("admin:index")

    def i18n_javascript(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002
        """Return the words of the admin's scripts."""
        return _Words.as_view()(request)

    def get_log_entries(self, request: HttpRequest) -> Any:  # noqa: ARG002
        """Return nothing: acts are written down by the services, where they belong."""
        return ()

    def get_app_list(self, request: HttpRequest, app_label: Any = None) -> list[Any]:  # noqa: ARG002
        """Return the menu, in the order in which the pages were registered."""
        apps: dict[str, Any] = {}
        for model, panel in self._registry.items():
            app = model._meta.app_config
            assert app is not None
            may_add = panel.has_add_permission(request)
            entry = {
                "name": str(model._meta.verbose_name_plural),
                "object_name": model._meta.object_name,
                "admin_url": reverse(_name(model, "changelist")),
                "add_url": reverse(_name(model, "add")) if may_add else None,
                "view_only": not panel.has_change_permission(request),
            }
            frame: dict[str, Any] = {"name": app.verbose_name, "app_label": app.label}
            frame |= {"app_url": reverse("admin:index"), "models": []}
            apps.setdefault(app.label, frame)["models"].append(entry)
        return list(apps.values())


class Panel(admin.ModelAdmin):  # type: ignore[type-arg]  # generic to the stubs only
    """A list of rows and a page for each; rows are changed by services only, and never deleted.

    Attributes:
        may_add: whether there is a form for a new row; its `save_model` calls a service.
        may_change: likewise for a row there is.
        columns: of the list, and the lines of a page where nothing can be changed (`column`).

    """

    admin_site: Site
    columns: ClassVar[tuple[Any, ...]] = ()
    may_add: ClassVar[bool] = False
    may_change: ClassVar[bool] = False
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """Return list, form and page; there is no deleting, and history is a table of ours."""
        kept = ("_changelist", "_add", "_change")
        return [it for it in super().get_urls() if str(it.name).endswith(kept)]

    def get_list_display(self, request: HttpRequest) -> Any:  # noqa: ARG002
        """Return the columns."""
        return self.columns

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ARG002
        """Return the lines of a page to be read; a panel with a form names its own."""
        return self.columns

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ARG002
        """Likewise."""
        return self.columns

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Say whether rows can be made here."""
        return self.may_add

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Say whether rows can be changed here."""
        return self.may_change

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Nothing here is ever deleted."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Whoever has passed the gate may read."""
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Likewise."""
        return True

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Call the service; a panel that has a form says which."""
        raise NotImplementedError

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Leave it to the service, which has written down what it did."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Likewise."""

    def render_change_form(  # Django's
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Model | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Show the page of a row, as Django's does, but for what only its own tables know."""
        more = {
            "add": add,
            "change": change,
            "has_view_permission": True,
            "has_add_permission": self.may_add,
            "has_change_permission": self.may_change,
            "has_delete_permission": False,
            "has_editable_inline_admin_formsets": False,
            "has_file_field": False,
            "has_absolute_url": False,
            "form_url": form_url,
            "opts": self.opts,
            "save_as": False,
            "save_on_top": False,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "app_label": self.opts.app_label,
        }
        return TemplateResponse(request, FORM_TEMPLATE, context | more)


def _name(model: type[Model], what: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
