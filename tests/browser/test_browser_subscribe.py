"""A reader in a real Chromium: from the form on the site to a letter, to choices, and out again."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from copydesk import building
from copydesk.archive import Archive
from copydesk.mail_store import links
from copydesk.mail_store.links import ReaderLink
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsletters.readers import addresses, consent
from copydesk.newsroom import Silence, open_newsroom
from world import records
from world.browsing import DESKTOP, PHONE, Window, new_context
from world.desk import stories
from world.letters import SITE, issue, issue_story
from world.mailing import render_in
from world.newsroom import NOW
from world.reader_pages import READER, mail_newsroom
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
FAULTS = """axe.run(document,
  {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then((found) =>
  found.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 200))]))"""
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
RTL = '[language]\ndirection = "rtl"\n'


@dataclass
class Readers:
    """A served newsroom whose site has the form, and what is kept of its readers."""

    root: Path
    served: ServedNewsroom

    @property
    def origin(self) -> str:
        """Where the site and readers' pages are."""
        return f"http://127.0.0.1:{self.served.port}"

    def follow_mail(self) -> str:
        """Return the address of the link in the newest mail of the outbox, and take it out."""
        now = datetime.now(UTC)
        with (
            open_newsroom(self.root, now, {}) as newsroom,
            addresses.open_readers(newsroom) as store,
        ):
            waiting = store.outbox.list_due(now + timedelta(days=9))
            mail = max(waiting, key=lambda mail: mail.number)
            written = consent.write_outbox_mail(newsroom, store, mail)
            store.outbox.end(mail)
        assert written is not None
        found = re.search(r"http://\S+", written.text)
        assert found
        return found[0]

    def link(self, purpose: links.LinkPurpose, letter: str = "") -> str:
        """Return the address of a link that stands in the first reader's letters."""
        now = datetime.now(UTC)
        with (
            open_newsroom(self.root, now, {}) as newsroom,
            addresses.open_readers(newsroom) as store,
        ):
            link = ReaderLink(purpose=purpose, subscriber=1, made=now, letter=letter)
            page = "leave" if purpose == "unsubscribe" else purpose
            return f"{self.origin}/mail/{page}/{store.links.sign(link)}"

    def letters(self) -> list[str]:
        """Return which letters the first reader gets."""
        with (
            open_newsroom(self.root, NOW, {}) as newsroom,
            addresses.open_readers(newsroom) as store,
        ):
            return [kept.letter for kept in store.subscriptions.of(1)]


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def build_site(root: Path) -> None:
    names = [story.path[6:-3] for story in stories()]
    for story in stories():
        records.write(Archive(root), story)
    note = "We were *there*.\n\n- by day\n- by night"
    told = tuple(issue_story(name, page=f"{SITE}/news/{name}/", note=note) for name in names)
    with open_newsroom(root, NOW, {}) as newsroom:
        for name in ("daily-2026-11-20", "weekly-2026-11-20"):
            made = issue(*told[:3], name=name)
            file_issue(newsroom, made, render_in(made))
        building.build(newsroom, Silence())


@pytest.fixture
def readers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Readers]:
    port = free_port()
    root = mail_newsroom(tmp_path / "beat", public_url=f"http://127.0.0.1:{port}")
    if request.param:
        (root / "_templates").mkdir()
        (root / "_templates/strings.toml").write_text(request.param, "utf-8")
    build_site(root)
    with serve_newsroom(root, port) as served:
        yield Readers(root, served)


def look(window: Window) -> None:
    """Let axe look at a page in the light and in the dark, and see whether a phone shows it."""
    page = window.page
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FAULTS) == [], page.url
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate(OVERFLOWS) is False, page.url


def press(window: Window, words: str) -> None:
    window.page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize("readers", [""], indirect=True, ids=["left to right"])
def test_a_reader_subscribes_confirms_chooses_and_leaves(
    readers: Readers, chromium: Browser
) -> None:
    with new_context(chromium) as context:
        window = Window.open(context, readers.origin)
        page = window.page
        for path in ("/coast/", "/coast/newsletters/", "/coast/newsletter/weekly-2026-11-20/"):
            window.go(path)
            look(window)
        assert page.locator(".subscribe input:checked").get_attribute("value") == "weekly"
        page.get_by_label("Your e-mail address").fill(READER)
        page.get_by_label("The Tide").check()
        page.keyboard.press("Tab")
        press(window, "Subscribe")
        assert page.locator("h1").inner_text() == "Check your e-mail"
        look(window)

        page.goto(readers.follow_mail())
        assert readers.letters() == []
        look(window)
        press(window, "Confirm subscription")
        assert page.locator("h1").inner_text() == "You are subscribed"
        assert readers.letters() == ["daily", "weekly"]
        look(window)

        page.goto(readers.link("choices"))
        look(window)
        page.get_by_label("The Week & its <tides>").uncheck()
        press(window, "Save my choices")
        assert "Your choices are saved." in page.locator("[role=status]").inner_text()
        assert readers.letters() == ["daily"]
        look(window)
        press(window, "Send me the link")
        look(window)
        page.goto(readers.follow_mail())
        assert READER in page.locator("main").inner_text()
        look(window)

        page.goto(readers.link("unsubscribe", "daily"))
        look(window)
        press(window, "Unsubscribe from The Tide")
        assert page.locator("h1").inner_text() == "You are unsubscribed"
        assert readers.letters() == []
        look(window)
        assert window.noted == []


@pytest.mark.parametrize("readers", [RTL], indirect=True, ids=["right to left"])
def test_a_wrong_form_has_the_focus_where_it_is_wrong(readers: Readers, chromium: Browser) -> None:
    with new_context(chromium) as context:
        window = Window.open(context, readers.origin)
        page = window.page
        window.go("/mail/subscribe")
        look(window)
        page.get_by_label("Your e-mail address").fill("mara@")
        page.keyboard.press("Enter")
        page.wait_for_selector("[aria-invalid]")

        assert page.evaluate("document.activeElement.value") == "mara@"
        look(window)
        for path in ("/mail/choices/forged", "/mail/nowhere"):
            window.go(path)
            look(window)
        assert [note.partition(":")[0] for note in window.noted] == ["400", "404", "404"]


@pytest.mark.sample("right to left")
@pytest.mark.parametrize("strings", ["", RTL], ids=["left to right", "right to left"])
def test_the_form_for_the_only_letter_is_reached_from_every_page(
    tmp_path: Path, chromium: Browser, strings: str
) -> None:
    port = free_port()
    root = mail_newsroom(tmp_path / "beat", public_url=f"http://127.0.0.1:{port}")
    beat = root / "beat.toml"
    beat.write_text(
        beat.read_text("utf-8").replace('[[letter]]\nid = "daily"\ntitle = "The Tide"', "")
    )
    (root / "_templates").mkdir()
    (root / "_templates/strings.toml").write_text(strings, "utf-8")
    build_site(root)
    with serve_newsroom(root, port) as served, new_context(chromium) as context:
        window = Window.open(context, f"http://127.0.0.1:{served.port}")
        for path in ("/coast/about/", "/coast/newsletter/weekly-2026-11-20/"):
            window.go(path)
            look(window)
        window.go("/coast/about/")
        window.page.get_by_role("link", name="Subscribe by e-mail").click()
        window.page.wait_for_url("**/coast/#subscribe")
        look(window)
        form = window.page.locator(".subscribe")
        assert form.locator("h2").inner_text() == "Subscribe to The Week & its <tides>"
        assert form.locator(".rhythm").inner_text() == "Daily"
        assert window.noted == []
