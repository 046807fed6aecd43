"""Every address is either public on purpose or behind the check of who is asking."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from juzhu.web.access import PUBLIC, RESIDENT

# A new public address is written here by hand, so that somebody thinks about it.
PUBLIC_ADDRESSES = {
    "healthz",
    "readyz",
    "metrics",
    "",
    "accessibility/",
    "record/",
    "account-closed/",
    "app/enter/",
    "calendar/feed/<str:secret>.ics",
    "display/",
    "endorse/moved/",
    "face-rules/",
    "go/<slug:name>/",
    "help/",
    "idle/",
    "pay/callbacks/<slug:gateway>/",
    "map/",
    "mini/document/<slug:number>/",
    "mini/pay/",
    "points/",
    "privacy/",
    ".well-known/juzhu-sheet-keys.json",
    "robots.txt",
    "sms/receipts/<slug:provider>/<str:token>/",
    "sign-in/",
    "sign-in/account/",
    "sign-in/account/back/",
    "sign-in/face/",
    "sign-in/wechat/",
    "sign-in/face/begin/",
    "sign-in/face/frames/",
    "sign-in/code/",
    "sign-in/code/enter/",
    "sign-out/",
    "signed-out/",
    "stay/",
    "uses/",
    "verify/",
    "ways/",
    "wechat/callback/",
    "verify/file/",
    "verify/share/",
    "verify/status/<int:number>",
}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, where)
        else:
            yield where, entry


def marks() -> dict[str, str | None]:
    return {
        where: getattr(entry.callback, "access", None) for where, entry in addresses(get_resolver())
    }


def test_every_view_is_marked():
    unmarked = {where for where, mark in marks().items() if mark not in (PUBLIC, RESIDENT)}

    assert unmarked == set()


def test_the_public_addresses_are_the_ones_written_down():
    public = {where for where, mark in marks().items() if mark == PUBLIC}

    assert public == PUBLIC_ADDRESSES


def test_a_stranger_gets_no_resident_page(client, db):
    shown = {}
    for where, mark in marks().items():
        if mark == RESIDENT:
            path = "/" + where.replace("<slug:number>", "1").replace("<int:number>", "1")
            path = path.replace("<slug:ground>", "lost").replace("<slug:form>", "pdf")
            answer = client.get(path)
            if answer.status_code == 405:
                answer = client.post(path)
            shown[path] = (answer.status_code, answer.headers.get("Location", ""))

    assert shown != {}
    assert {p: a for p, a in shown.items() if a[0] != 302 or not a[1].startswith("/sign-in/")} == {}
