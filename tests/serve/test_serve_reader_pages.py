"""Readers' pages beside the site: where they answer, and where nobody does."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.mail_store import open_mail
from copydesk.mail_store.links import ReaderLink
from world.newsroom import NOW, newsroom
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
            assert "Subscribe to newsletters" in here.get(path).body
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
        assert "Subscribe to newsletters" not in Browser(served.port).get("/mail/subscribe").body
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
    assert "Subscribing is not possible at the moment." in answer.body
    assert "This link is incomplete" in leave.body


def test_they_begin_and_end_with_the_settings_while_the_server_goes_on(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    file, more = root / "beat.toml", '[serve]\npublic_url = "http://localhost:8000/tide"\n'
    before = file.read_text("utf-8")
    with serve_newsroom(root) as served:
        browser = Browser(served.port)
        assert "This link is incomplete" not in browser.get("/mail/leave/forged").body
        assert "Subscribing is not possible" not in browser.get("/tide/mail/subscribe").body

        file.write_text(f'{before}{more}[[letter]]\nid = "daily"\n', "utf-8")
        until(lambda: "This link is incomplete" in browser.get("/mail/leave/forged").body)
        assert "Subscribing is not possible" in browser.get("/tide/mail/subscribe").body

        file.write_text(before, "utf-8")
        until(lambda: "This link is incomplete" not in browser.get("/mail/leave/forged").body)


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


async def send(port: int, request: str, body: bytes = b"", times: int = 1) -> list[int]:
    """Send a request so many times over one connection; return the statuses of the answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    statuses = []
    for _ in range(times):
        writer.write(f"{request}\r\nHost: letters.tidewatch.example\r\n".encode())
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
        statuses.append(int(head[9:12]))
    writer.close()
    return statuses


def test_who_unsubscribes_is_answered_while_others_flood(tmp_path: Path) -> None:
    """200 connections ask for pages as fast as they are answered; 20 mail programs unsubscribe."""
    root = mail_newsroom(tmp_path / "beat")
    with closing(open_mail(root / ".copydesk")) as store:
        readers = [store.subscribers.add(f"r{n}@tidewatch.example", NOW).id for n in range(20)]
        leave = [
            store.links.sign(ReaderLink(purpose="unsubscribe", subscriber=reader, made=NOW))
            for reader in readers
        ]

    async def flood(port: int) -> tuple[list[list[int]], list[list[int]]]:
        page = "GET /mail/subscribe HTTP/1.1\r\nX-Forwarded-For: 203.0.113.5"
        flooding = [asyncio.create_task(send(port, page, times=5)) for _ in range(200)]
        await asyncio.wait(flooding, return_when=asyncio.FIRST_COMPLETED)
        posts = [f"POST /mail/leave/{token} HTTP/1.1" for token in leave]
        answers = await asyncio.gather(*(send(port, post, b"page=0") for post in posts))
        return answers, await asyncio.gather(*flooding)

    with serve_newsroom(root) as served:
        answers, flooded = asyncio.run(flood(served.port))

    assert [[200]] * 20 == answers
    assert 503 in {status for statuses in flooded for status in statuses}
