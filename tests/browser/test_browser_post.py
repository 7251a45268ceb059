"""The whole way of a letter: the form, the mail that asks, the letter, and out by one click.

A real Chromium, `copydesk serve` and a mail server. Whatever opens each link of each mail by GET
and HEAD, as scanners do, changes nothing.
"""

from __future__ import annotations

import email
import http.client
import re
import socket
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from copydesk import building
from copydesk.archive import Archive
from copydesk.mail_store import open_mail
from copydesk.news.letter import Issue
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsroom import Silence, open_newsroom
from world import records
from world.background import mail_server_in_background
from world.browsing import Window, new_context
from world.command import copydesk
from world.desk import stories
from world.letters import SITE, issue, issue_story
from world.machine import PATIENCE_SECONDS
from world.mailing import render_in
from world.reader_pages import READER, mail_newsroom
from world.served_newsroom import serve_newsroom
from world.smtp import MailServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def post_office(folder: Path) -> Iterator[tuple[Path, str, MailServer]]:
    """Serve a newsroom with the form on its site; where it is, and the server that takes mail."""
    port = free_port()
    with mail_server_in_background() as mails:
        root = mail_newsroom(folder / "beat", public_url=f"http://127.0.0.1:{port}")
        beat = root / "beat.toml"
        text = beat.read_text("utf-8").replace(
            'security = "none"\n', f'security = "none"\nport = {mails.port}\n'
        )
        beat.write_text(text, "utf-8")
        for story in stories():
            records.write(Archive(root), story)
        words = ("mail", "doctor", "--overrule", "all", "--why", "loopback", "--as", "Anna")
        assert 0 == copydesk("-C", root, *words).code
        with open_newsroom(root, datetime.now(UTC), {}) as newsroom:
            file_issue(newsroom, old := make_issue("weekly-2026-11-20"), render_in(old))
            building.build(newsroom, Silence())
        with serve_newsroom(root, port):
            yield root, f"http://127.0.0.1:{port}", mails


def make_issue(name: str) -> Issue:
    names = [story.path[6:-3] for story in stories()]
    told = tuple(issue_story(each, page=f"{SITE}/news/{each}/") for each in names)
    return issue(*told[:3], name=name, at=datetime.now(UTC).replace(microsecond=0))


def wait_for(found: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < until
        time.sleep(0.05)


def read_mail(mails: MailServer, number: int) -> EmailMessage:
    """Wait for the mail of a number, from 0, and read it."""
    wait_for(lambda: len(mails.letters) > number)
    message = email.message_from_bytes(mails.letters[number], policy=default)
    assert isinstance(message, EmailMessage)
    assert READER == message["To"]
    return message


def list_links(message: EmailMessage, origin: str) -> list[str]:
    """Return the links of a mail that lead to our server."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    words = " ".join(part.get_content() for part in parts) + str(message["List-Unsubscribe"])
    return sorted(set(re.findall(rf"{re.escape(origin)}/[^\s\"'<>]+", words)))


def ask(method: str, url: str, body: str = "") -> int:
    """Ask for an address as a program does; return the status."""
    parsed = urllib.parse.urlsplit(url)
    with closing(http.client.HTTPConnection(parsed.netloc, timeout=PATIENCE_SECONDS)) as line:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        line.request(method, parsed.path, body or None, headers)
        return line.getresponse().status


def scan(message: EmailMessage, origin: str) -> None:
    """Open each link as a scanner does."""
    links = list_links(message, origin)
    assert links
    for link in links:
        assert 200 == ask("GET", link)
        assert 200 == ask("HEAD", link)


def standing(root: Path) -> tuple[object, ...]:
    """Return how the reader stands: what nobody may change by looking at links."""
    with closing(open_mail(root / ".copydesk")) as store:
        reader = store.subscribers.find(READER)
        if reader is None:
            return ()
        return (reader, store.subscriptions.of(reader.id), tuple(store.consents.of(reader.id)))


def letters_of(root: Path) -> list[str]:
    with closing(open_mail(root / ".copydesk")) as store:
        reader = store.subscribers.find(READER)
        return [each.letter for each in store.subscriptions.of(reader.id)] if reader else []


def test_from_the_form_to_a_letter_and_out_by_one_click(tmp_path: Path, chromium: Browser) -> None:
    with post_office(tmp_path) as (root, origin, mails), new_context(chromium) as context:
        window = Window.open(context, origin)
        window.go("/coast/newsletters/")
        window.page.get_by_label("Your e-mail address").fill(READER)
        window.page.get_by_label("The Tide").check()
        window.page.get_by_role("button", name="Subscribe", exact=True).click()
        asked = read_mail(mails, 0)
        before = standing(root)
        scan(asked, origin)
        assert before == standing(root)
        assert [] == letters_of(root)

        window.page.goto(list_links(asked, origin)[0])
        window.page.get_by_role("button", name="Confirm subscription", exact=True).click()
        assert "You are subscribed" == window.page.locator("h1").inner_text()
        today = f"daily-{datetime.now(UTC):%Y-%m-%d}"
        with open_newsroom(root, datetime.now(UTC), {}) as newsroom:
            file_issue(newsroom, new := make_issue(today), render_in(new))
        letter = read_mail(mails, 1)
        assert new.subject == letter["Subject"]
        before = standing(root)
        scan(letter, origin)
        assert before == standing(root)

        way_out = str(letter["List-Unsubscribe"]).strip("<>")
        for _ in range(2):  # a mail program may send it twice
            assert 200 == ask("POST", way_out, "List-Unsubscribe=One-Click")
            assert "daily" not in letters_of(root)
        said = copydesk("-C", root, "mail", "who", today)
        assert re.search(rf"accepted +{READER} +250", said.out)
        assert [] == window.noted
