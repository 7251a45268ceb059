"""The desk of hostile words in a browser that keeps no policy, beside one of harmless words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from world.browsing import come_in, origin_of
from world.command import copydesk
from world.hostile import NAMES, keep_hostile, make_hostile
from world.hostile_site import Write, tame
from world.letter_desk import LETTERS
from world.payloads import PAYLOADS
from world.served_newsroom import serve_newsroom
from world.unguarded import Look, Lookout, open_lookout
from world.waiting import waiting_newsroom

# `test_browser_hostile.py` is the smaller form: it keeps the policy, and compares with nothing
pytestmark = [pytest.mark.browser, pytest.mark.long]

VIEWS = (
    *("?view=all&order=time", "dropped/", "stash/", "list/", "list/?id=worst", "write/", "file/"),
    *("people/", "numbers/", "sources/", "letters/", "letters/daily/?q=coast", "recall/"),
    "today/",
)
QUERIES = (("q", PAYLOADS[0]), ("topic", PAYLOADS[30]))
# Which dropped leads the first page has depends on the second; some words fold to no detail.
DETAIL = "P class lang"
ANSWERS = ("queue", "choices", "dropped", "sources", "lists", "topics", "views", "stashes", "posts")
PARTS = ("", "edit/", "trail/", "neighbours/")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A served desk at which a window without policies is signed in; a token of its API."""

    token: str
    lookout: Lookout
    write: Write

    def look(self, path: str) -> Look:
        """Open a page below `/desk/` and look at it."""
        self.lookout.go(f"{self.lookout.window.origin}/desk/{path}")
        return self.lookout.look()

    def look_at_story(self, number: int, part: str) -> Look:
        """Open a story, or a part of its page, and look at it."""
        return self.look(f"story/{quote(self.write(NAMES[number]), safe='')}/{part}")


@contextmanager
def open_desk(folder: Path, chromium: Browser, write: Write) -> Iterator[Desk]:
    root = waiting_newsroom(folder / "beat", len(NAMES), partial(make_hostile, write=write))
    keep_hostile(root, write)
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(LETTERS)
    with serve_newsroom(root) as served, open_lookout(chromium, origin_of(served)) as lookout:
        come_in(lookout.window, served)
        said = copydesk("-C", root, "desk", "user", "token", "Anna", "--label", "program").out
        yield Desk(lookout=lookout, write=write, token=said.split()[-1])


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[list[Desk]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(open_desk(tmp_path_factory.mktemp("desk"), chromium, write))
            for write in (str, tame)
        ]


@pytest.mark.parametrize("view", range(len(VIEWS)))
def test_a_view_has_the_elements_of_a_harmless_one(desks: list[Desk], view: int) -> None:
    hostile, plain = (desk.look(VIEWS[view]) for desk in desks)

    faults = [fault for fault in hostile.find_faults(plain) if not fault.endswith(DETAIL)]
    assert [] == faults, VIEWS[view]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[0])
def test_a_search_has_the_elements_of_a_harmless_one(
    desks: list[Desk], query: tuple[str, str]
) -> None:
    field, words = query
    hostile, plain = (desk.look(f"?{field}={quote(desk.write(words))}") for desk in desks)

    assert [] == hostile.find_faults(plain)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_story_has_the_elements_of_a_harmless_one(
    desks: list[Desk], number: int, part: str
) -> None:
    hostile, plain = (desk.look_at_story(number, part) for desk in desks)

    assert [] == hostile.find_faults(plain)


def test_no_answer_of_the_desks_api_is_a_page(desks: list[Desk]) -> None:
    desk = desks[0]
    page = desk.lookout.window.page
    page.set_extra_http_headers({"Authorization": f"Bearer {desk.token}"})
    shown = ""
    for path in (*ANSWERS, f"stories/{quote(NAMES[1], safe='')}", f"queue?q={quote(PAYLOADS[0])}"):
        desk.lookout.asked.clear()
        response = page.goto(f"{desk.lookout.window.origin}/desk/api/{path}")
        assert response
        shown += response.text()
        look = desk.lookout.look()
        assert "json" in response.headers["content-type"]
        assert "nosniff" == response.headers["x-content-type-options"]
        assert "html" not in look.type
        assert ((), (), ()) == (look.ran, look.unsafe, look.asked), path
    page.set_extra_http_headers({})
    assert "<script>alert(1)</script>" in shown


def test_words_that_are_put_in_as_markup_are_caught(desks: list[Desk]) -> None:
    """The net has no holes: the desk's page, in which one headline became markup."""
    hostile, plain = desks
    look = plain.look_at_story(1, "")
    hostile.lookout.go(f"{hostile.lookout.window.origin}/desk/story/{quote(NAMES[1], safe='')}/")
    words = "<img src=https://thief.example/x onerror=alert(1)><a href=javascript:alert(1)>x</a>"
    page = hostile.lookout.window.page
    page.evaluate("(words) => document.querySelector('h1').innerHTML = words", words)
    faults = hostile.lookout.look().find_faults(look)

    for kind in ("ran: alert", "unsafe: ", "more than once or new: ", "asked: "):
        assert [fault for fault in faults if fault.startswith(kind)], kind
