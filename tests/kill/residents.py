"""People at the pages: each signs in, applies or endorses, and presses again when nothing answers.

What they were told is written down as they are told it; `invariants.py` holds the system to it.
"""

import http.client
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from juzhu.domain.vocabulary import Business
from juzhu.modules.cases.contracts import CaseState
from tests.kill.town import Town, connection

PATIENCE_SECONDS: Final = 150.0
"""How long a resident goes on pressing before the system counts as gone."""

_ANSWER_SECONDS: Final = 20.0
_LOOKS: Final = 3
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_KEY: Final = re.compile(r'name="key" value="([^"]+)"')
_HEADING: Final = re.compile(r"<h1>([^<]*)</h1>")
_NUMBER: Final = re.compile(r"/cases/([^/]+)/")
_CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")
_STATES: Final = {
    "正在核验": CaseState.ACCEPTED,
    "工作人员正在核对": CaseState.IN_REVIEW,
    "申请通过": CaseState.APPROVED,
    "签注好了": CaseState.APPROVED,
    "这次没有通过": CaseState.REFUSED,
    "这次申请已撤回": CaseState.WITHDRAWN,
    "这次申请已结束": CaseState.ENDED,
}
_PATHS: Final = {Business.FIRST_ISSUE: "/apply/", Business.ENDORSEMENT: "/endorse/"}


class WrongAnswerError(AssertionError):
    """A page said what it must not say, or nothing for too long."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came back."""

    status: int
    text: str
    location: str


@dataclass(slots=True)
class Story:
    """What one person did and was told.

    Attributes:
        key: the form's idempotency key, as the case must hold it.
        number: the acceptance number on the answer to the submission.
        states: what the case's page said, in order.
        signed_in: how often the pages confirmed a signing in.
        codes: how many sign-in codes were asked for.
        reminder: a reminder was confirmed; likewise `review`.
        wrong: what should not have happened.

    """

    id_number: str
    name: str
    phone: str
    business: Business
    key: str = ""
    number: str = ""
    states: list[CaseState] = field(default_factory=list)
    signed_in: int = 0
    codes: int = 0
    reminder: bool = False
    review: bool = False
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


class Browser:
    """One person's browser: cookies, forms, and a thumb that presses again."""

    def __init__(self, town: Town, rng: random.Random, statuses: Counter[str]) -> None:
        self._port = town.port
        self._rng = rng
        self._statuses = statuses
        self._cookies: dict[str, str] = {}
        self._address = ".".join(str(rng.randint(1, 254)) for _ in range(4))

    def get(self, path: str) -> Page:
        """Open a page, as often as it takes."""
        return self._insist("GET", path, "")

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form, as often as it takes; some thumbs press twice at once."""
        body = urlencode(fields)
        if self._rng.random() < 0.15:
            self._press_and_leave(path, body)
        return self._insist("POST", path, body)

    def _insist(self, method: str, path: str, body: str) -> Page:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                page = self._exchange(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                self._statuses[type(error).__name__] += 1
            else:
                self._statuses[str(page.status)] += 1
                if page.status < 500:
                    return page
            if time.monotonic() > deadline:
                raise WrongAnswerError(f"{method} {path}: no answer for {PATIENCE_SECONDS:.0f} s")
            time.sleep(self._rng.uniform(0.1, 0.8))

    def _exchange(self, method: str, path: str, body: str) -> Page:
        with connection(self._port, seconds=_ANSWER_SECONDS) as link:
            link.request(method, path, body or None, self._headers())
            response = link.getresponse()
            text = response.read().decode()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return Page(response.status, text, response.headers.get("Location", ""))

    def _press_and_leave(self, path: str, body: str) -> None:
        try:
            with connection(self._port, seconds=_ANSWER_SECONDS) as link:
                link.request("POST", path, body, self._headers())
                time.sleep(self._rng.uniform(0, 0.3))
        except OSError as error:
            self._statuses[type(error).__name__] += 1

    def _headers(self) -> dict[str, str]:
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": self._address,
        }


class Resident:
    """One person's errand from signing in to the answer."""

    def __init__(self, town: Town, story: Story, rng: random.Random) -> None:
        self._town = town
        self._rng = rng
        self._browser = Browser(town, rng, story.statuses)
        self.story = story

    def run(self) -> None:
        """Do the errand; whatever goes wrong is written into the story."""
        story = self.story
        try:
            if story.business is Business.ENDORSEMENT and self._rng.random() < 0.3:
                self._sign_in_by_code()
            else:
                self._sign_in_by_face()
            self._submit()
            self._follow()
        except (WrongAnswerError, http.client.HTTPException, OSError) as error:
            story.wrong.append(f"{type(error).__name__}: {error}")

    def _sign_in_by_face(self) -> None:
        page = self._browser.get("/sign-in/")
        token = _found(_TOKEN, page, "/sign-in/")
        fields = {"csrfmiddlewaretoken": token, "next": "/progress/", "here": "/sign-in/"}
        fields |= {"name": self.story.name, "id_number": self.story.id_number, "consent": "on"}
        page = self._browser.post("/sign-in/", fields)
        self._expect(page, 302, "/progress/", "signing in by face")
        self.story.signed_in += 1

    def _sign_in_by_code(self) -> None:
        page = self._browser.get("/sign-in/code/")
        fields = {
            "csrfmiddlewaretoken": _found(_TOKEN, page, "/sign-in/code/"),
            "next": "/progress/",
        }
        known = {"id_number": self.story.id_number, "phone": self.story.phone}
        self.story.codes += 1
        page = self._browser.post("/sign-in/code/", fields | known)
        self._expect(page, 302, "/sign-in/code/enter/", "asking for a code")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            # A second press may have sent a second code; the newest is the one that counts.
            if code := self._newest_code():
                page = self._browser.get("/sign-in/code/enter/?next=/progress/")
                fields["csrfmiddlewaretoken"] = _found(_TOKEN, page, "entering a code")
                page = self._browser.post("/sign-in/code/enter/", fields | {"code": code})
                if page.location == "/progress/":
                    self.story.signed_in += 1
                else:  # used up by a press whose answer was lost: anybody takes the other way
                    self._sign_in_by_face()
                return
            time.sleep(0.5)
        raise WrongAnswerError("the sign-in code never arrived")

    def _newest_code(self) -> str:
        messages: list[dict[str, Any]] = self._town.city(f"/phones/{self.story.phone}.json")
        texts = [message["text"] for message in messages if message["key"].startswith("code-")]
        return _found_in(_CODE, texts[-1]) if texts else ""

    def _submit(self) -> None:
        story, path = self.story, _PATHS[self.story.business]
        page = self._browser.get(path)
        self._expect(page, 200, "", path)
        story.key = _found(_KEY, page, path)
        fields = {"csrfmiddlewaretoken": _found(_TOKEN, page, path), "key": story.key}
        if story.business is Business.FIRST_ISSUE:
            fields |= {"phone": story.phone, "delivery": "none"}
        else:
            fields |= {"living": "stayed"}
        page = self._browser.post(path, fields)
        self._expect(page, 302, "/cases/", f"sending {path}")
        story.number = _found_in(_NUMBER, page.location)

    def _follow(self) -> None:
        """Look at the case a few times; some do something about what they read."""
        for _ in range(_LOOKS):
            page = self._look()
            state = self.story.states[-1]
            if state is CaseState.WAITING and self._rng.random() < 0.25:
                self._press("again/", page)
            elif state is CaseState.WAITING and self._rng.random() < 0.2:
                self._press("withdraw/", page)
                self._look()
                if self.story.states[-1] not in (CaseState.WITHDRAWN, *_DECIDED):
                    self.story.wrong.append(f"withdrawn, and still {self.story.states[-1]}")
                return
            elif state is CaseState.REFUSED:
                self._act_on_refusal(page)
            if state in _DECIDED:
                return
            time.sleep(self._rng.uniform(0.2, 1.5))

    def look_again(self) -> None:
        """Open the case once more, after the storm."""
        if not self.story.number:
            return
        try:
            self._look()
        except WrongAnswerError as error:
            self.story.wrong.append(f"{type(error).__name__}: {error}")

    def hurry(self) -> None:
        """Press "again" if the case was waiting when last looked at."""
        if self.story.states[-1:] == [CaseState.WAITING]:
            page = self._look()
            if self.story.states[-1] is CaseState.WAITING:
                self._press("again/", page)

    def _act_on_refusal(self, page: Page) -> None:
        if "remind/" in page.text and self._rng.random() < 0.4:
            self._press("remind/", page)
            self.story.reminder = True
        elif "/review/" in page.text and self._rng.random() < 0.4:
            self._press("review/", page)
            self.story.review = True

    def _press(self, action: str, page: Page) -> None:
        fields = {"csrfmiddlewaretoken": _found(_TOKEN, page, action)}
        page = self._browser.post(self._case(action), fields)
        self._expect(page, 302, self._case(), action)

    def _look(self) -> Page:
        page = self._browser.get(self._case())
        self._expect(page, 200, "", "the case's page")
        heading = _found(_HEADING, page, "the case's page")
        waiting = heading.endswith("暂时连不上")
        state = CaseState.WAITING if waiting else _STATES.get(heading)
        if state is None:
            raise WrongAnswerError(f"the case's page is headed {heading!r}")
        self.story.states.append(state)
        return page

    def _case(self, action: str = "") -> str:
        return f"/cases/{self.story.number}/{action}"

    def _expect(self, page: Page, status: int, location: str, doing: str) -> None:
        if page.status != status or not page.location.startswith(location):
            raise WrongAnswerError(f"{doing}: {page.status} {page.location} {_said(page)}")


_DECIDED: Final = (
    CaseState.APPROVED,
    CaseState.REFUSED,
    CaseState.WITHDRAWN,
    CaseState.ENDED,
    CaseState.IN_REVIEW,
)


def _found(pattern: re.Pattern[str], page: Page, where: str) -> str:
    found = pattern.search(page.text)
    if found is None:
        raise WrongAnswerError(f"{where}: {page.status} {page.location} {_said(page)}")
    return found[1]


def _found_in(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise WrongAnswerError(f"no {pattern.pattern} in {text!r}")
    return found[1] if pattern.groups else found[0]


def _said(page: Page) -> str:
    return "; ".join(re.findall(r"<h[12][^>]*>([^<]*)</h[12]>", page.text)[:3])
