"""A browser that loses the network, its page, its session or the server: each word counts once."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from world.browsing import Window, come_in, come_in_by_link, new_context, origin_of
from world.machine import PATIENCE_SECONDS
from world.newsroom import run_git
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ACTIONS, EVENTS = "**/desk/actions", "**/desk/events"
MANY = 8
IS_SAVED = "!Object.keys(localStorage).some((key) => key.startsWith('copydesk-outbox'))"
IS_OFFLINE = "document.getElementById('toast-offline')"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("network") / "beat", 90)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window


@pytest.fixture
def window(anna: Window) -> Iterator[Window]:
    """Return the window of an editor who stands at the first open row of the queue."""
    anna.go("/desk/?order=time")
    anna.wait_for("document.activeElement.matches('.row.here:not(.done)')")
    yield anna
    anna.page.unroute_all(behavior="ignoreErrors")
    anna.page.context.set_offline(False)


def pick(window: Window, count: int = MANY) -> list[str]:
    """Select so many rows, and return their names."""
    for _ in range(count):
        window.press("x", "j")
    names = "[...document.querySelectorAll('.row')].filter((row) => row.querySelector(':checked'))"
    return list(window.page.evaluate(f"{names}.map((row) => row.dataset.name)"))


def count_words(served: ServedNewsroom, names: list[str]) -> Counter[str]:
    """Return how often git says that each of these was held."""
    log = run_git(served.root, "log", "--format=%B").splitlines()
    said = [line.split()[3] for line in log if line.startswith("Copydesk-Action: verdict hold")]
    counted = Counter(path.removeprefix("_news/").removesuffix(".md") for path in said)
    return Counter({name: counted[name] for name in names})


def test_a_word_is_taken_back_while_it_is_under_way(window: Window) -> None:
    held: list[Route] = []
    window.page.route(ACTIONS, lambda route: held.append(route) if not held else route.continue_())
    name = window.page.evaluate("document.querySelector('.row.here').dataset.name")
    window.press("h")
    window.wait_for("document.querySelector('[data-state=saving]')")

    window.press("u")

    row = f"document.querySelector('[data-name=\"{name}\"]')"
    window.wait_for(f"!{row}.matches('.done')")
    held[0].continue_()
    window.wait_for(IS_SAVED)
    window.wait_for(f"{row}.matches('.row:not(.done)')")
    assert "done" not in (window.page.get_attribute(f"[data-name='{name}']", "class") or "")


def test_words_said_without_a_network_are_filed_when_it_is_back(
    window: Window, served: ServedNewsroom
) -> None:
    names = pick(window)
    window.page.context.set_offline(True)
    window.press("h")
    window.wait_for(IS_OFFLINE)
    assert MANY == window.page.locator("[data-state=saving]").count()
    window.page.context.set_offline(False)
    window.wait_for(IS_SAVED)

    assert dict.fromkeys(names, 1) == count_words(served, names)
    assert not window.page.evaluate(IS_OFFLINE)


def test_words_whose_answer_is_lost_are_filed_once(window: Window, served: ServedNewsroom) -> None:
    """Nor do events tell what became of them: a web server between keeps these back."""
    window.page.route(EVENTS, lambda route: route.abort())
    window.page.reload()
    window.wait_for("document.activeElement.matches('.row.here')")
    names = pick(window)
    sent: list[int] = []

    def lose_answer(route: Route) -> None:
        if route.request.method == "POST" and len(sent) < 2:
            sent.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    window.page.route(ACTIONS, lose_answer)
    window.press("h")
    window.wait_for(IS_SAVED)

    assert [202, 202] == sent
    assert dict.fromkeys(names, 1) == count_words(served, names)


def test_a_page_that_is_loaded_again_sends_what_waited(
    window: Window, served: ServedNewsroom
) -> None:
    names = pick(window)
    window.page.route(ACTIONS, lambda route: route.abort())
    window.press("h")
    window.wait_for(IS_OFFLINE)
    window.page.reload()
    window.wait_for(f"document.querySelectorAll('[data-state=saving]').length === {MANY}")
    window.page.unroute(ACTIONS)
    window.page.reload()
    window.wait_for(IS_SAVED)

    assert dict.fromkeys(names, 1) == count_words(served, names)


def test_two_windows_do_not_lose_each_others_words(window: Window, served: ServedNewsroom) -> None:
    other = Window.open(window.page.context, window.origin)
    other.go("/desk/?order=time&view=all&q=matter")
    other.wait_for("document.activeElement.matches('.row')")
    names = pick(window, 2)
    theirs = pick(other, 2)
    window.page.context.set_offline(True)
    window.press("h")
    other.press("r")
    other.press("1")
    for each in (window, other):
        each.wait_for(IS_OFFLINE)
    other.page.close()
    window.page.context.set_offline(False)
    window.page.reload()
    window.wait_for(IS_SAVED)

    assert dict.fromkeys(names, 1) == count_words(served, names)
    for name in theirs:
        assert "said: reject" in (served.root / f"_news/{name}.md").read_text("utf-8")


def test_a_session_that_ended_loses_no_word_and_lends_none(
    window: Window, served: ServedNewsroom
) -> None:
    """Ben signs in where Anna's session ended: her words wait for her, and are not his."""
    context = window.page.context
    cookies = context.cookies()
    names = pick(window)
    context.clear_cookies()
    window.press("h")
    window.page.wait_for_url("**/desk/sign-in**")
    come_in_by_link(window, served, "Ben")
    window.go("/desk/?order=time")
    window.wait_for("document.activeElement.matches('.row.here')")
    assert dict.fromkeys(names, 0) == count_words(served, names)
    assert not window.page.locator("[data-state]").count()

    context.clear_cookies()
    context.add_cookies(cookies)  # type: ignore[arg-type]
    window.go("/desk/?order=time")
    window.wait_for(IS_SAVED)
    assert dict.fromkeys(names, 1) == count_words(served, names)
    assert "by Ben" not in run_git(served.root, "log", "--format=%B")


def test_a_server_that_ended_tells_what_became_of_words_when_it_is_back(
    window: Window, served: ServedNewsroom
) -> None:
    """Killed at once after the answer; half of the words are said while it is gone."""
    first = pick(window)
    window.press("h")
    window.wait_for("Object.values(localStorage).some((entry) => entry.includes('kept'))")
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait(PATIENCE_SECONDS)
    second = pick(window)
    window.press("h")
    window.wait_for(IS_OFFLINE)
    with serve_newsroom(served.root, served.port):
        window.wait_for(IS_SAVED)
        window.wait_for("!document.querySelector('[data-state=saving]')")

    names = [*first, *second]
    assert dict.fromkeys(names, 1) == count_words(served, names)
