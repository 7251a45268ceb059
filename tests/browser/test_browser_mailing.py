"""Mailing in a real Chromium: an issue is sent, paused, resumed and ended by keyboard, live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from copydesk.mail_store import open_mail
from copydesk.mail_store.deliveries import DeliveryState
from world.browsing import DESKTOP, PHONE, Window, new_context, start_chromium
from world.mail_desk import fill_ledger, lead_to, link_in, mail_desk_newsroom, secure_front
from world.mail_soak import add_readers, mail_server, name_issue
from world.served_desk import HOST
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
FAULTS = """axe.run(document, {rules: {"target-size": {enabled: true}}}).then((found) =>
  found.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 200))]))"""
READERS = 300
ORIGIN = f"https://{HOST}"
SETTLED = "document.querySelector('.far progress').value"
STATE = "document.querySelector('[data-sending]').dataset.state"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    with mail_server(tmp_path_factory.mktemp("server"), {"rules": []}) as server:
        yield server


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, log: tuple[int, Path]
) -> Iterator[ServedNewsroom]:
    folder = tmp_path_factory.mktemp("mailing")
    pace = "letters_a_minute = 1200"  # slow enough to be paused
    root = mail_desk_newsroom(folder, log[0], pace, connections=1)
    add_readers(root, READERS)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def chromium(
    tmp_path_factory: pytest.TempPathFactory, served: ServedNewsroom, playwright: Playwright
) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("front")
    with (
        secure_front(folder, served.port) as port,
        start_chromium(playwright, *lead_to(port)) as browser,
    ):
        yield browser


@pytest.fixture(scope="module")
def window(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium, ignore_https_errors=True) as context:
        window = Window.open(context, ORIGIN)
        window.go(link_in(served.root, "Anna"))
        window.page.click("main button")
        window.page.wait_for_url("**/desk/account/")
        yield window


def count_taken(log: Path) -> dict[str, int]:
    taken: dict[str, int] = {}
    for line in log.read_text("utf-8").splitlines() if log.exists() else ():
        address = line.partition("\t")[0]
        taken[address] = taken.get(address, 0) + 1
    return taken


def test_an_issue_is_sent_paused_resumed_and_ended_by_keyboard(
    served: ServedNewsroom, window: Window, log: tuple[int, Path]
) -> None:
    issue = name_issue(served.root)
    window.go("/desk/")
    window.press("g", "b")
    window.wait_for("document.querySelector('.unsent h3 a')")
    window.page.focus(".unsent h3 a")
    window.press("Enter")
    window.wait_for("document.querySelector('button[data-key=s]')")
    window.press("s")

    window.wait_for(f"{STATE} === 'sending'")  # by itself: nobody asked for the page anew
    window.wait_for(f"{SETTLED} > 0")
    window.press("p")
    window.wait_for(f"{STATE} === 'paused'")
    with closing(open_mail(served.root / ".copydesk")) as store:
        sending = store.ledger.find(issue)
        assert sending is not None
        until(
            lambda: not store.ledger.count(sending.number).get(DeliveryState.INTENDED)
        )  # letters under way are over
    taken = count_taken(log[1])
    assert 0 < len(taken) < READERS
    window.page.reload()
    assert len(taken) == window.page.evaluate(SETTLED)

    window.press("s")
    window.wait_for(f"{SETTLED} > {len(taken)}")
    window.page.focus(".ending-of summary")
    window.press("Enter", "Tab", "Space", "Tab", "Enter")
    window.wait_for(f"{STATE} === 'ended'")
    assert "confirmed by Anna" in window.page.inner_text("main")
    assert {1} == {*count_taken(log[1]).values()}
    assert [] == window.noted


@pytest.mark.sample("phone")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_a_phone_shows_the_whole(
    served: ServedNewsroom, window: Window, size: tuple[int, int]
) -> None:
    with closing(open_mail(served.root / ".copydesk")) as store:
        is_filled = store.ledger.find("tidewatch-2026-11-10") is not None
    if not is_filled:
        fill_ledger(served.root, 60)
    window.page.set_viewport_size({"width": size[0], "height": size[1]})
    pages = ["", "tidewatch-2026-11-10/", "tidewatch-2026-11-13/", "readers/", "readers/1/"]
    for page in (*pages, "readers/suppressions/", "checks/"):
        window.go(f"/desk/mailing/{page}")
        window.page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = 1)")
        window.page.evaluate(AXE)
        assert [] == window.page.evaluate(FAULTS), page
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
    assert [] == window.noted


def test_a_file_is_rehearsed_and_imported_by_its_form(window: Window) -> None:
    window.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    window.go("/desk/mailing/readers/")
    file = {"name": "fair.csv", "mimeType": "text/csv", "buffer": b"email\na@f.example\nno\n"}
    window.page.set_input_files("[name=file]", file)  # type: ignore[arg-type]
    window.page.select_option(".import [name=letter]", "daily")
    window.page.fill(".import [name=consent]", "a fair in May")
    window.page.locator(".import .fields button").press("Enter")
    window.wait_for("document.querySelector('[name=token]')")
    window.page.evaluate(AXE)
    assert [] == window.page.evaluate(FAULTS)
    window.page.locator(".import button.main").press("Enter")
    window.wait_for("document.querySelector('.told-well')")
    assert "1 subscriber was added" in window.page.inner_text(".told-well")
    assert [] == window.noted
