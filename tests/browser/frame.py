"""Shows pages that the server made earlier, without the server."""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route

from tests.web.gallery import Picture

ORIGIN = "http://jz.example"
EMPTY_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>'


class Frame:
    """Shows what the server said, with its own policy; answers for the files that a page needs."""

    def __init__(self, page: Page, wx: str = "") -> None:
        """`wx` is what stands for WeChat's own script."""
        self.page, self.wx = page, wx
        self.picture: Picture | None = None
        page.route("**/*", self._answer)

    def show(self, picture: Picture) -> None:
        """Show a page."""
        self.picture = picture
        self.page.goto(ORIGIN + picture.path)

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = mimetypes.guess_type(path)[0] or ""
            route.fulfill(body=Path(found).read_bytes(), content_type=kind)
        elif (
            self.picture and route.request.url == ORIGIN + self.picture.path
        ):  # a page that waits asks for itself
            headers = {"content-security-policy": self.picture.policy}
            kind = "text/html; charset=utf-8"
            route.fulfill(body=self.picture.body, content_type=kind, headers=headers)
        elif path.endswith(".svg"):
            route.fulfill(body=EMPTY_PICTURE, content_type="image/svg+xml")
        else:
            route.fulfill(body=self.wx, content_type="text/javascript")
