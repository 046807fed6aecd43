"""A few lines to write HTML with: everything is escaped unless it was built here."""

from html import escape
from typing import Final

from starlette.responses import Response

_EMPTY: Final = frozenset({"input", "meta", "link", "br"})
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_NAVIGATION: Final = (
    ("/people", "人物", "People"),
    ("/enrol", "建立试用身份", "Become somebody here"),
    ("/phones", "手机", "Phones"),
    ("/wechat", "微信", "WeChat"),
    ("/reader", "读卡器", "Reader"),
    ("/courier", "送卡", "Courier"),
    ("/control", "控制台", "Control"),
)


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def el(tag: str, *children: str, **attributes: str) -> Html:
    """Return an element; plain text among `children` and attribute values is escaped.

    A trailing or inner underscore of an attribute stands for nothing or a hyphen, so `class_` and
    `aria_current` can be written.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
    )
    if tag in _EMPTY:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def join(parts: tuple[str, ...] | list[Html]) -> Html:
    """Return the parts one after the other, escaping those that are plain text."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def english(text: str) -> Html:
    """Return the English line under a Chinese one."""
    return el("span", text, class_="en", lang="en")


def page(
    title: str, title_en: str, *body: str, status: int = 200, refresh_seconds: int = 0
) -> Response:
    """Return a whole page of the city with its navigation.

    `refresh_seconds` makes the browser load it again by itself; 0 does not.
    """
    head = [
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{title} · 模拟城市"),
        el("link", rel="stylesheet", href="/city.css"),
    ]
    if refresh_seconds:
        head.append(el("meta", http_equiv="refresh", content=str(refresh_seconds)))
    links = [
        el("a", zh, " ", english(en), href=path, **_current(title, zh))
        for path, zh, en in _NAVIGATION
    ]
    banner = el(
        "p",
        "这里是模拟城市：人、部门、短信都是虚构的。",
        english("A simulated city: its people, departments and messages are made up."),
        class_="banner",
    )
    document = el(
        "html",
        el("head", *head),
        el(
            "body",
            el("a", "跳到正文", class_="skip", href="#main"),
            el("header", banner, el("nav", *links, aria_label="模拟城市")),
            el("main", el("h1", title, english(title_en)), *body, id="main"),
        ),
        lang="zh-CN",
    )
    return Response(f"<!doctype html>{document}", status, headers=_HEADERS, media_type="text/html")


def _current(title: str, name: str) -> dict[str, str]:
    return {"aria_current": "page"} if title == name else {}
