"""Readers' pages beside the site: where they answer, and where nobody does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from world.newsroom import newsroom
from world.reader_pages import mail_newsroom
from world.served_desk import Browser
from world.served_newsroom import serve_newsroom, until

pytestmark = pytest.mark.slow

HOST = "desk.tidewatch.example"


def test_they_answer_below_the_public_path_and_without_it_and_never_at_the_desks_host(
    tmp_path: Path,
) -> None:
    root = mail_newsroom(tmp_path / "beat")
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[desk]\nhost = "{HOST}"\n')
    with serve_newsroom(root) as served:
        here, at_desk = (
            Browser(served.port, "letters.tidewatch.example"),
            Browser(served.port, HOST),
        )

        for path in ("/mail/subscribe", "/tide/mail/subscribe"):
            assert "Letters by mail" in here.get(path).body
            assert 404 == at_desk.get(path).status
            assert "not served at this host" in at_desk.get(path).body
        assert 404 == here.get("/mail/choices/forged").status
        assert 405 == here.ask("PUT", "/mail/subscribe").status
        big = {"Content-Type": "application/x-www-form-urlencoded"}
        assert 413 == here.ask("POST", "/mail/subscribe", b"a" * 100_000, big).status
        assert "" == here.ask("HEAD", "/mail/subscribe").body


@pytest.mark.parametrize("more", ["", '[[letter]]\nid = "daily"\n'])
def test_where_readers_cannot_reach_the_server_there_are_none(tmp_path: Path, more: str) -> None:
    root = newsroom(tmp_path / "beat", more=more)
    with serve_newsroom(root) as served:
        assert "Letters by mail" not in Browser(served.port).get("/mail/subscribe").body
        assert 405 == Browser(served.port).ask("POST", "/mail/subscribe", b"a=b").status
    assert not (root / ".copydesk/mail.sqlite").exists()


def test_where_nobody_is_sent_letters_nobody_can_ask_but_whoever_reads_can_leave(
    tmp_path: Path,
) -> None:
    more = '[serve]\npublic_url = "https://letters.tidewatch.example"\n[[letter]]\nid = "daily"\n'
    with serve_newsroom(newsroom(tmp_path / "beat", more=more)) as served:
        answer = Browser(served.port).get("/mail/subscribe")
        leave = Browser(served.port).get("/mail/leave/forged")

    assert 404 == answer.status
    assert "Nobody can subscribe here at the moment." in answer.body
    assert "This link is not whole" in leave.body


def test_they_begin_and_end_with_the_settings_while_the_server_goes_on(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    file, more = root / "beat.toml", '[serve]\npublic_url = "http://localhost:8000/tide"\n'
    before = file.read_text("utf-8")
    with serve_newsroom(root) as served:
        browser = Browser(served.port)
        assert "This link is not whole" not in browser.get("/mail/leave/forged").body
        assert "Nobody can subscribe" not in browser.get("/tide/mail/subscribe").body

        file.write_text(f'{before}{more}[[letter]]\nid = "daily"\n', "utf-8")
        until(lambda: "This link is not whole" in browser.get("/mail/leave/forged").body)
        assert "Nobody can subscribe here" in browser.get("/tide/mail/subscribe").body

        file.write_text(before, "utf-8")
        until(lambda: "This link is not whole" not in browser.get("/mail/leave/forged").body)


def test_the_desks_door_follows_the_settings(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    file = root / "beat.toml"
    before = file.read_text("utf-8")
    with serve_newsroom(root) as served:
        browser = Browser(served.port)
        assert 403 != browser.get("/desk/").status

        file.write_text(f'{before}[serve]\npublic_url = "https://tidewatch.example"\n', "utf-8")
        until(lambda: 403 == browser.get("/desk/").status)
        file.write_text(f"{before}[serve]\nevery_minutes = no number\n", "utf-8")
        time.sleep(3)  # a look at a file that is wrong changes nothing
        assert 403 == browser.get("/desk/").status
        file.write_text(before, "utf-8")
        until(lambda: 403 != browser.get("/desk/").status)
