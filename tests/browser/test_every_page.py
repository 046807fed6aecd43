"""Every page in every state, in a real browser: axe, console, reflow, sizes, rings, weight.

The states are reached once; each is then looked at in several shapes. `make pictures` keeps a
picture of each in `screenshots/`, which is not part of the repository.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import pytest

from tests.browser import inspect_page as check
from tests.browser.conftest import PHONE, Visitor
from tests.browser.look_over import look_over, too_heavy
from tests.browser.looked_at import WALKED
from tests.browser.people_states import PUBLIC, states_of_people
from tests.browser.sheet_states import State

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every_page")]


@pytest.fixture(scope="module")
def states(system, browser, looking) -> dict[str, State]:
    """Bring the city's people into every state; return how to see each."""
    found = states_of_people(system, browser) | {n: State([], path) for n, path in PUBLIC.items()}
    if looking is not browser:  # in which nothing can be typed
        found = {name: state for name, state in found.items() if state.then is None}
    return dict(sorted(found.items(), key=lambda named: whose(named[1])))


def whose(state: State) -> str:
    return "".join(sorted(cookie["value"] for cookie in state.cookies))


def walk(
    visitor: Visitor, states: dict[str, State], look: Callable[[Visitor, str], Sequence[str]]
) -> list[str]:
    """Show one state after the other, changing the person as rarely as possible."""
    looks: list[Any] = visitor.context.cookies()
    faults: list[str] = []
    for _, persons in groupby(states.items(), lambda named: whose(named[1])):
        for number, (name, state) in enumerate(persons):
            if number == 0:
                visitor.become([*state.cookies, *looks])
            visitor.page.set_viewport_size(PHONE["viewport"])
            state.open(visitor)
            faults += look(visitor, name)
    return faults


def follow(visitor: Visitor, link: str) -> bool:
    return visitor.context.request.get(visitor.system.url + link).ok


def test_every_page_is_whole_in_chinese(visit, system, states, browser, looking):
    visitor = visit()
    visitor.context.add_init_script(check.AXE)
    if system.folder is not None and looking is browser:  # elsewhere some are out of reach
        assert set(WALKED.values()) <= set(states)
    followed: set[str] = set()
    weights: dict[str, int] = {}

    def look(visitor: Visitor, name: str) -> list[str]:
        weights[name] = check.weight(visitor.page)
        found = [*too_heavy(visitor.page), *check.without_ring(visitor.page)]
        if name != "absent":  # a page that needs neither session nor database
            if not check.elder_in_sight(visitor.page):
                found.append("no way to the elder version on the first screen")
            new = [link for link in check.links(visitor.page) if link not in followed]
            found += [f"{link} leads nowhere" for link in new if not follow(visitor, link)]
            followed.update(new)
        return [f"{name}: {it}" for it in found] + look_over(visitor.page, name, lang="chinese")

    faults = walk(visitor, states, look)

    print("heaviest:", sorted(weights.items(), key=lambda it: -it[1])[:5])  # noqa: T201
    assert not faults, "\n".join(faults)


def test_every_page_is_whole_in_english(visit, states):
    visitor = visit(lang="en")
    visitor.context.add_init_script(check.AXE)

    faults = walk(visitor, states, lambda v, name: look_over(v.page, name, lang="english"))

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_pages_that_are_made_for_the_old_are_whole(visit, states, lang):
    visitor = visit(elder=True, lang=lang)
    visitor.context.add_init_script(check.AXE)
    own = {name: state for name, state in states.items() if name.startswith(("home", "welcome"))}

    faults = walk(visitor, own, lambda v, name: look_over(v.page, name, lang=lang, elder=True))

    assert not faults, "\n".join(faults)
