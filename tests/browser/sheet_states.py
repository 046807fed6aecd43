"""Brings people of the city to every page of the information sheet and of its public check."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.browser import inspect_page as check
from tests.browser.conftest import Visitor

NAME = "古丽娜尔·买买提"


def look_at(visitor: Visitor, name: str) -> None:
    """Keep a picture of a page that only time leads to, and hold it to what all are held to."""
    visitor.shoot(f"phone/{name}")
    assert check.faults(visitor.page, elder=False) + check.accessibility_faults(visitor.page) == []


def a_holder(visit: Callable[..., Visitor], **options: Any) -> Visitor:
    """Sign in somebody who holds a permit, applying first if need be."""
    visitor = visit(**options)
    person = visitor.sign_in(NAME, "/apply/")
    if visitor.page.is_visible("#id_phone"):
        visitor.page.fill("#id_phone", person["phone"])
        visitor.press()
        assert visitor.title() == "申请通过"
    return visitor


@dataclass
class State:
    """A page in one of its states: whose cookies, which address, and what is done there."""

    cookies: list[Any]
    path: str
    then: Callable[[Visitor], None] | None = None

    def show(self, visitor: Visitor, looks: Sequence[Any] = ()) -> None:
        """Bring the browser there, with the cookies of how pages are shown."""
        visitor.become([*self.cookies, *looks])
        self.open(visitor)

    def open(self, visitor: Visitor) -> None:
        """Bring the browser there, which has the cookies already."""
        visitor.go(self.path)
        if self.then is not None:
            self.then(visitor)


def check_code(visitor: Visitor, code: str) -> None:
    """Type a check code."""
    visitor.page.fill("#id_code", code)
    visitor.press()


def check_file(visitor: Visitor, content: bytes) -> None:
    """Give a file to be checked."""
    file = {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": content}
    visitor.page.set_input_files("#id_file", file)
    visitor.press()


def open_share(visitor: Visitor, code: str, birth_date: str) -> None:
    """Type a share code and a birth date."""
    visitor.page.fill("#id_code", code)
    visitor.page.fill("#id_birth_date", birth_date)
    visitor.press()


def make_sheet(visitor: Visitor, purpose: str = "子女入学", own: str = "") -> str:
    """Make a sheet; return its address."""
    visitor.go("/sheet/new/")
    visitor.page.check(f"input[value={purpose}]")
    if own:
        visitor.page.fill("#id_own_purpose", own)
    visitor.press()
    return visitor.page.url.removeprefix(visitor.system.url)


def make_share(visitor: Visitor, *fields: str) -> tuple[str, str]:
    """Make a share code; return its address and the code."""
    visitor.go("/shares/new/")
    visitor.page.check("input[value=租房]")
    for field in fields:
        visitor.page.check(f"input[value={field}]")
    visitor.press()
    where = visitor.page.url.removeprefix(visitor.system.url)
    return where, visitor.page.inner_text(".bigcode")


def code_of(visitor: Visitor) -> str:
    """Return the check code on the page of a sheet."""
    return visitor.page.inner_text("dd.num b").strip()


def file_of(visitor: Visitor, sheet: str) -> bytes:
    """Return the sealed file."""
    return visitor.context.request.get(f"{visitor.system.url}{sheet}file.pdf").body()


def press_empty(visitor: Visitor) -> None:
    """Send the form as it is."""
    visitor.press()


def states_of_sheets(
    *, holder: Visitor, suspended: Visitor, newcomer: Visitor, frugal: Visitor
) -> dict[str, State]:
    """Return the states; `frugal` has a permit and never makes anything."""
    mine, theirs, new = (
        partial(State, visitor.context.cookies()) for visitor in (holder, suspended, newcomer)
    )
    none = partial(State, frugal.context.cookies())
    found = {
        "sheet-none": none("/sheet/"),
        "sheet-new": mine("/sheet/new/"),
        "sheet-new-errors": mine("/sheet/new/", press_empty),
        "share-none": none("/shares/"),
        "share-new": mine("/shares/new/"),
        "share-new-errors": mine("/shares/new/", press_empty),
        "sheet-new-suspended": theirs("/sheet/new/"),
    }
    found |= _sheets(holder, suspended, newcomer, mine, theirs, new)
    found |= _shares(holder, mine)
    found |= _held(newcomer, new)
    holder.system.switch("photographs", "silent")
    found["sheet-making"] = new(make_sheet(newcomer, "租房"))
    return found


def _sheets(
    holder: Visitor, suspended: Visitor, newcomer: Visitor, mine: Any, theirs: Any, new: Any
) -> dict[str, State]:
    sheet = make_sheet(holder)
    code, pdf = code_of(holder), file_of(holder, sheet)
    make_sheet(holder, "other", "办理深圳图书馆借书证和少儿图书馆的卡片证")
    gone = make_sheet(holder, "租房")
    gone_code = code_of(holder)
    holder.go(f"{gone}withdraw/")
    holder.press("main form [type=submit]")
    off = make_sheet(suspended)
    off_code = code_of(suspended)
    long_name = make_sheet(newcomer, "购房")
    newcomer_code = code_of(newcomer)
    tampered = bytearray(pdf)
    tampered[len(tampered) // 3] ^= 1
    return {
        "sheets": mine("/sheet/"),
        "sheet": mine(sheet),
        "sheet-withdraw": mine(f"{sheet}withdraw/"),
        "sheet-withdrawn": mine(gone),
        "sheet-suspended": theirs(off),
        "sheet-long-name": new(long_name),
        "verify-true": State([], "/verify/", partial(check_code, code=code)),
        "verify-long-name": State([], "/verify/", partial(check_code, code=newcomer_code)),
        "verify-suspended": State([], "/verify/", partial(check_code, code=off_code)),
        "verify-withdrawn": State([], "/verify/", partial(check_code, code=gone_code)),
        "verify-unknown": State([], "/verify/", partial(check_code, code="7K2M-93QD-5TXA")),
        "verify-errors": State([], "/verify/", partial(check_code, code="7K2M-93QD")),
        "verify-file-true": State([], "/verify/file/", partial(check_file, content=pdf)),
        "verify-file-changed": State(
            [], "/verify/file/", partial(check_file, content=bytes(tampered))
        ),
        "verify-file-errors": State([], "/verify/file/", partial(check_file, content=b"GIF89a")),
    }


HOLD = """
from juzhu.cli import running
running.start_django()
from juzhu import wiring
from juzhu.modules.sheets import services
from juzhu.modules.sheets.contracts import Hold
from juzhu.modules.sheets.models import Sheet
for number, reason, characters in {held}:
    services.hold(
        sheet_id=Sheet.objects.get(number=number).pk,
        reason=Hold(reason),
        characters=characters,
        at=wiring.clock().now(),
    )
"""


def _held(newcomer: Visitor, new: Any) -> dict[str, State]:
    """Hold two sheets as the worker would: nobody in the city has such a name or photograph."""
    if newcomer.system.folder is None:
        return {}
    newcomer.system.switch("photographs", "error500")
    glyph, photo = make_sheet(newcomer, "租房"), make_sheet(newcomer, "购房")
    held = [(glyph.split("/")[2], "glyph", "𱁬"), (photo.split("/")[2], "photo", "")]
    settings = {
        "JUZHU_DATA_DIR": str(newcomer.system.folder),
        "JUZHU_CITY_URL": newcomer.system.city_url,
    }
    subprocess.run(
        [sys.executable, "-c", HOLD.format(held=held)], check=True, env=os.environ | settings
    )
    newcomer.system.switch("photographs")
    return {"sheet-held": new(glyph), "sheet-held-photo": new(photo)}


def _shares(holder: Visitor, mine: Any) -> dict[str, State]:
    person = holder.system.person("古丽娜尔·买买提")
    share, code = make_share(holder, "name", "continuous_since", "first_issued_on")
    ended, _ = make_share(holder)
    holder.go(f"{ended}revoke/")
    holder.press("main form [type=submit]")
    birth = person["id_number"][6:14]
    return {
        "shares": mine("/shares/"),
        "share": mine(share),
        "share-revoke": mine(f"{share}revoke/"),
        "share-revoked": mine(ended),
        "verify-shared": State(
            [], "/verify/share/", partial(open_share, code=code, birth_date=birth)
        ),
        "verify-share-errors": State(
            [], "/verify/share/", partial(open_share, code="123", birth_date="1990")
        ),
    }
