"""The pages of reference data (参考数据): partners, and the law and the texts to be read."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from juzhu import wiring
from juzhu.counter.gate import member_of
from juzhu.counter.law_texts import NAMES
from juzhu.counter.now import instant
from juzhu.domain.law import Confidence
from juzhu.domain.parameters import PARAMETERS, stale_reviews
from juzhu.modules.notices import previews
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.panel import Site
from juzhu.modules.partners import admin as partners
from juzhu.modules.webhooks import admin as webhooks
from juzhu.web import points

_PAGES: Final = (("texts", "短信文字"), ("law", "法定参数"), ("points", "受理点"))
_CONFIDENCE: Final = {
    Confidence.STATUTE: "法条原文",
    Confidence.GUIDE: "官方指南",
    Confidence.READING: "解释，见 docs/law",
}
_UNITS: Final = {
    "kinds": "种",
    "years": "年",
    "months": "个月",
    "days": "天",
    "working days": "个工作日",
    "fen": "分",
}


class Reference(Site):
    """Django's admin behind the gate of the staff pages, for administrators."""

    def now(self) -> datetime:
        """Return the city's instant."""
        return wiring.clock().now()

    def machine_now(self) -> datetime:
        """Return the machine's instant."""
        return instant()

    def actor(self, request: HttpRequest) -> str:
        """Return the administrator as the record of acts names them."""
        return member_of(request).actor

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, those to be read only first."""
        pages = (self.texts, self.law, self.points)
        read = [
            path(f"{name}/", self.admin_view(page), name=name)
            for (name, _), page in zip(_PAGES, pages, strict=True)
        ]
        return [*read, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: Any = None) -> list[Any]:
        """Return the menu with the pages to be read behind it."""
        entries = [
            {
                "name": label,
                "object_name": name,
                "admin_url": reverse(f"admin:{name}"),
                "add_url": None,
                "view_only": True,
            }
            for name, label in _PAGES
        ]
        home = reverse("admin:index")
        read = {"name": "只读", "app_label": "read", "app_url": home, "models": entries}
        return [*super().get_app_list(request, app_label), read]

    def texts(self, request: HttpRequest) -> HttpResponse:
        """Show each text that people get, every edition, filled with samples, and its length."""
        rows = [row for occasion in Occasion for row in previews.previews(occasion)]
        return self._page(request, "texts", {"rows": rows})

    def law(self, request: HttpRequest) -> HttpResponse:
        """Show every number of the law with article and days."""
        stale = stale_reviews(wiring.clock().now().date())
        rows = [
            (
                NAMES[parameter.name],
                parameter,
                version,
                _UNITS[parameter.unit],
                _CONFIDENCE[version.confidence],
                parameter in stale,
            )
            for parameter in PARAMETERS
            for version in parameter.versions
        ]
        return self._page(request, "law", {"rows": rows})

    def points(self, request: HttpRequest) -> HttpResponse:
        """Show the acceptance points."""
        return self._page(request, "points", {"rows": points.POINTS})

    def _page(self, request: HttpRequest, name: str, more: dict[str, Any]) -> HttpResponse:
        context = {**self.each_context(request), "title": dict(_PAGES)[name], **more}
        return TemplateResponse(request, f"admin/{name}.html", context)


site: Final = Reference()
partners.register(site)
webhooks.register(site)
