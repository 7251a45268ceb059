"""A morning at the desk in a real Chromium: many stories by keyboard, and what git says."""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from copydesk.archive import Archive, read_rulings
from world.browsing import Window, add_authenticator, new_context, origin_of, setup_path
from world.newsroom import run_git
from world.served_newsroom import ServedNewsroom, serve_newsroom, until
from world.waiting import PAIRS, name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOUND = "https://ok.example/a"
FILED = """fetch("/desk/actions").then((answer) => answer.json()).then((told) =>
  told.filter(({ kind }) => kind === "file").map(({ state }) => state))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """How many stories wait, and which of them are rejected and held; others follow on those."""

    count: int
    rejected: range
    held: range
    most_presses: int

    @property
    def undone(self) -> int:
        return self.held.stop

    @property
    def renamed(self) -> int:
        return self.undone + 1

    @property
    def noted(self) -> int:
        return self.undone + 2

    @property
    def last(self) -> int:
        """Return the last row; other newsrooms' stories of the first events come after it."""
        return self.count - PAIRS - 1


SHORT = Morning(count=24, rejected=range(4, 7), held=range(7, 9), most_presses=120)
LONG = Morning(count=100, rejected=range(4, 24), held=range(24, 34), most_presses=250)


@pytest.fixture(
    scope="module", params=[SHORT, pytest.param(LONG, marks=pytest.mark.long)], ids=["24", "100"]
)
def morning(request: pytest.FixtureRequest) -> Morning:
    chosen: Morning = request.param
    return chosen


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, morning: Morning) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("triage") / "beat", morning.count)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def window(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    """Return the window of an owner who came by the link that was printed, and has a passkey."""
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        add_authenticator(window)
        window.go(setup_path(served))
        window.wait_for("document.activeElement.name === 'name'")
        window.write("Anna")
        window.press("Enter")
        window.page.wait_for_url("**/desk/account/")
        yield window


def press_button(window: Window, words: str) -> None:
    """Walk to a button with Tab, as who has no mouse does, and press it."""
    for _ in range(40):
        window.press("Tab")
        if window.page.evaluate("document.activeElement.textContent.trim()") == words:
            return window.press("Enter")
    raise AssertionError(words)


def await_row(window: Window, number: int) -> None:
    """Wait until the hand is on a row."""
    window.wait_for(f"document.activeElement.dataset.name === '{name_of(number)}'")


def decide(window: Window, key: str, *, until_row: int) -> None:
    window.press(key)
    await_row(window, until_row)


def group_and_pin(window: Window) -> None:
    """Split the first event, merge the next two, pin the fourth; publish what leads."""
    await_row(window, 0)
    window.press("s")
    decide(window, "p", until_row=1)
    window.press("x", "j", "x", "m")
    await_row(window, 1)
    decide(window, "p", until_row=3)
    window.press("i")
    if window.page.locator("dialog").count():
        window.press("2")
    decide(window, "p", until_row=4)


def reject_and_hold(window: Window, morning: Morning) -> None:
    """Reject by the second of the reasons, hold, and take one word back for another."""
    for number in morning.rejected:
        window.press("r")
        window.wait_for("document.querySelector('dialog[open] .choices')")
        decide(window, "2", until_row=number + 1)
    for number in morning.held:
        decide(window, "h", until_row=number + 1)
    undone = morning.undone
    decide(window, "p", until_row=undone + 1)
    window.wait_for(f"document.querySelector('[data-name$=\"{undone:03}\"][data-state=saved]')")
    decide(window, "u", until_row=undone)
    decide(window, "h", until_row=undone + 1)


def edit(window: Window, number: int, *keys: str, words: str) -> None:
    """Write words into a field of a story's form, publish it from its page, and come back."""
    await_row(window, number)
    window.press("e")
    window.wait_for("document.activeElement.name === 'title'")
    window.press(*keys)
    window.write(words)
    window.press("Control+Enter")
    window.page.wait_for_url(f"**/story/{name_of(number)}/")
    window.press("g", "w")
    await_row(window, number)
    decide(window, "p", until_row=number + 1)


def file_page(window: Window, morning: Morning) -> None:
    """File a page that no source lists, and come back."""
    window.press("g", "f")
    window.wait_for("document.activeElement.name === 'url'")
    window.write(FOUND)
    window.press("Control+Enter")
    window.page.wait_for_url("**/desk/today/")
    window.press("g", "w")
    await_row(window, morning.noted + 1)


def publish_rest(window: Window, morning: Morning) -> None:
    for number in range(morning.noted + 1, morning.last):
        decide(window, "p", until_row=number + 1)
    window.press("p")
    window.wait_for("!Object.keys(localStorage).some((key) => key.startsWith('copydesk-outbox'))")


def expected_words(morning: Morning) -> dict[int, str]:
    """Return what was said of each story; of what a group has beside its leader, nothing."""
    said = dict.fromkeys(range(morning.last + 1), "publish")
    said |= dict.fromkeys(morning.rejected, "reject")
    said |= dict.fromkeys([*morning.held, morning.undone], "hold")
    del said[2]  # merged with 1, which leads
    return said


def test_a_passkey_is_made_and_opens_the_desk(window: Window) -> None:
    press_button(window, "Add a passkey")
    window.page.wait_for_selector(".things form")
    press_button(window, "Sign out")
    window.page.wait_for_url("**/desk/sign-in*")
    press_button(window, "Sign in with a passkey")
    window.page.wait_for_selector(".row.here")

    assert f"{window.origin}/desk/" == window.page.url
    assert [] == window.noted


def test_many_stories_are_triaged_by_keyboard(
    window: Window, served: ServedNewsroom, morning: Morning
) -> None:
    window.presses, began = 0, time.monotonic()
    group_and_pin(window)
    reject_and_hold(window, morning)
    edit(window, morning.renamed, "Control+a", words="Tide won")
    edit(window, morning.noted, "Tab", "Tab", "Tab", words="We *saw* it.")
    file_page(window, morning)
    publish_rest(window, morning)
    print(f"{window.presses} key presses, {time.monotonic() - began:.1f} s")

    archive = Archive(served.root)
    numbers = range(morning.count)
    stories = {number: archive.read(f"_news/{name_of(number)}.md") for number in numbers}
    said = {number: story.verdict.said for number, story in stories.items() if story.verdict}
    assert [] == window.noted
    assert expected_words(morning) == said
    assert ["done"] == window.page.evaluate(FILED)
    assert "Tide won" == stories[morning.renamed].title
    assert "We *saw* it." == stories[morning.noted].note
    assert {"press release"} == {stories[number].verdict.why for number in morning.rejected}  # type: ignore[union-attr]
    assert window.presses <= morning.most_presses


def test_git_has_each_word_once(window: Window, served: ServedNewsroom, morning: Morning) -> None:
    log = run_git(served.root, "log", "--format=%B")
    ids = re.findall(r"^Copydesk-Action: .*#(\S+)$", log, re.MULTILINE)
    words = Counter(re.findall(r"^Copydesk-Action: (\w+)", log, re.MULTILINE))
    words.pop("file", None)  # a tip waits in the memory: alone it makes no commit
    rules = Counter(rule.said for rule in read_rulings(served.root).rules)

    assert len(ids) == len(set(ids))
    assert {"split": 1, "merge": 1, "pin": 1, "rename": 1, "set": 1} == rules
    assert {"verdict": morning.last + 1, "undo": 1, "rule": 5} == words
    assert "" == run_git(served.root, "status", "--porcelain")


def test_the_site_shows_what_was_published(
    window: Window, served: ServedNewsroom, morning: Morning
) -> None:
    visitor = served.browser()
    site = served.root / ".copydesk/site"

    published = {0, 1, 3, morning.renamed, morning.noted, morning.last}

    def find_shown() -> set[int]:
        """Return whose headlines stand on a page; a build may end between two pages."""
        pages = ""
        with contextlib.suppress(FileNotFoundError):  # it is being built
            pages = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
        found = re.findall(r"Matter (\d+) of the coast|(Tide won)", pages)
        return {int(number or morning.renamed) for number, _ in found}

    until(lambda: visitor.get("/").status == 200)
    until(lambda: find_shown() >= published)
    assert set() == find_shown() & {*morning.rejected, *morning.held, morning.undone}
