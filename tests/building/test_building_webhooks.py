"""Webhooks: who wants to know hears of each event once it can, signed, in order, and in the end."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from copydesk.building import channels
from copydesk.building.channels import OwedCalls, note_site_events, send_calls
from copydesk.errors import ConfigError
from copydesk.newsroom import Newsroom, open_newsroom
from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, run_git
from world.served_newsroom import filed_newsroom

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of our own").decode()
WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"


@dataclass
class Receiver:
    """Somebody who is called: notes what came, and answers as it is told."""

    status: int = 204
    location: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def heard(self) -> list[tuple[str, str]]:
        told = [json.loads(body) for _, body in self.calls]
        return [(one["type"], one["data"]["name"]) for one in told]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append((headers, body))
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filed_newsroom(tmp_path_factory.mktemp("webhooks"))


@pytest.fixture
def root(filed: Path, tmp_path: Path, receiver: Receiver) -> Path:
    """Make a newsroom whose webhook has looked already, with two stories on the site."""
    root = shutil.copytree(filed, tmp_path / "beat", symlinks=True)
    beat = (root / "beat.toml").read_text("utf-8")
    beat = beat.replace("[fetch]\n", '[fetch]\nallow_hosts = ["127.0.0.1"]\n', 1)
    if "[fetch]" not in beat:
        beat += '\n[fetch]\nallow_hosts = ["127.0.0.1"]\n'
    beat += f'\n[[webhook]]\nurl = "{receiver.url}"\nsecret_env = "HOOK"\n'
    (root / "beat.toml").write_text(beat, "utf-8")
    with opened(root) as newsroom:
        assert 0 == note_site_events(newsroom)
    return root


@contextmanager
def opened(root: Path, now: datetime = NOON, secret: str = SECRET) -> Iterator[Newsroom]:
    with open_newsroom(root, now, {"HOOK": secret}) as newsroom:
        yield newsroom


def change(root: Path, old: str, new: str) -> None:
    record = root / "_news" / f"{WALL}.md"
    text = record.read_text("utf-8")
    assert old in text
    record.write_text(text.replace(old, new, 1), "utf-8")
    run_git(root, "commit", "-qam", "by hand")


def note(root: Path, now: datetime = NOON) -> int:
    with opened(root, now) as newsroom:
        return note_site_events(newsroom)


def call(root: Path, now: datetime = NOON) -> tuple[str, ...]:
    with opened(root, now) as newsroom:
        return asyncio.run(send_calls(newsroom.settings, newsroom.memory, now))


def owed(root: Path) -> list[str]:
    with opened(root) as newsroom:
        return [call.why for call in OwedCalls(newsroom.memory, NOON).list()]


def test_what_readers_see_is_told_and_nothing_else(root: Path, receiver: Receiver) -> None:
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    assert 1 == note(root)
    assert 0 == note(root)
    change(root, "quality: ", "quality: 1")  # rounds do that by themselves
    assert 0 == note(root)
    change(root, "quality: ", "quality: no number ")  # nobody knows what it says
    assert 0 == note(root)
    change(root, "quality: no number ", "quality: ")
    assert 0 == note(root)
    change(root, "published: true", "published: false")
    assert 1 == note(root)
    change(root, "published: false", "published: true")
    assert 1 == note(root)
    run_git(root, "rm", "-q", f"_news/{WALL}.md")
    run_git(root, "commit", "-qm", "gone")
    assert 1 == note(root)

    assert () == call(root)
    kinds = ["corrected", "removed", "published", "removed"]
    assert [(f"story.{kind}", WALL) for kind in kinds] == receiver.heard()
    assert [] == owed(root)
    data = json.loads(receiver.calls[0][1])["data"]
    assert "A sea wall to rise by two metres" == data["title"]
    assert {"name": WALL} == json.loads(receiver.calls[1][1])["data"]


def test_a_call_is_signed_as_standard_webhooks_says(root: Path, receiver: Receiver) -> None:
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    note(root)
    call(root)
    ((headers, body),) = receiver.calls
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(b"a secret of our own", content, hashlib.sha256).digest()
    assert f"v1,{base64.b64encode(digest).decode()}" == headers["webhook-signature"]
    assert str(int(NOON.timestamp())) == headers["webhook-timestamp"]


@pytest.mark.parametrize("status", [500, 307])
def test_who_does_not_hear_is_called_again_for_a_day(
    root: Path, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    receiver.location = receiver.url.replace("/hook", "/elsewhere") if status < 400 else ""
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    note(root)
    change(root, 'title: "A sea wall', 'title: "The sea wall')
    note(root, NOON + timedelta(seconds=1))

    assert () == call(root, NOON)
    assert 1 == len(receiver.calls)  # the second waits with the first, and no redirect is followed
    assert [f"the response has status {status}", ""] == owed(root)
    said = copydesk("-C", root, "sources", "check").err
    assert (
        f"has 2 pending calls since 2026-11-20 12:00 UTC: the response has status {status}"
    ) in said
    assert () == call(root, NOON + timedelta(seconds=29))
    assert 1 == len(receiver.calls)
    assert () == call(root, NOON + timedelta(seconds=31))
    ids = {headers["webhook-id"] for headers, _ in receiver.calls}
    assert (2, 1) == (len(receiver.calls), len(ids))

    (given_up,) = call(root, NOON + timedelta(days=1))
    assert "could not receive evt_" in given_up
    receiver.status, receiver.location = 204, ""
    call(root, NOON + timedelta(days=1, seconds=1))
    assert "The sea wall" in json.loads(receiver.calls[-1][1])["data"]["title"]
    assert [] == owed(root)


def test_a_private_address_is_not_called(root: Path, receiver: Receiver) -> None:
    beat = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(beat.replace('allow_hosts = ["127.0.0.1"]\n', ""), "utf-8")
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    note(root)
    call(root)
    assert [] == receiver.calls
    assert owed(root)[0]


def test_without_a_secret_nobody_is_called(root: Path, receiver: Receiver) -> None:
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    with opened(root, secret="") as newsroom:
        assert 0 == note_site_events(newsroom)
        assert "the environment variable HOOK is not set" in newsroom.settings.warnings[-1]
        assert () == asyncio.run(send_calls(newsroom.settings, newsroom.memory, NOON))
    assert [] == receiver.calls


def test_a_history_that_was_rewritten_begins_anew(root: Path, receiver: Receiver) -> None:
    with opened(root) as newsroom:
        OwedCalls(newsroom.memory, NOON).keep_mark("0" * 39 + "1")
        assert 0 == note_site_events(newsroom)
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    assert 1 == note(root)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ('url = "ftp://hooks.example/"\nsecret_env = "A"', "webhook[0].url"),
        ('url = "https://hooks.example/"', "webhook[0].secret_env: this setting is missing"),
        ('url = "https://hooks.example/"\nsecret_env = "A B"', "webhook[0].secret_env"),
        (
            'url = "https://hooks.example/"\nsecret_env = "A"\nevents = ["publised"]',
            "unknown event: publised",
        ),
        (
            (
                'url = "https://hooks.example/"\nsecret_env = "A"\n[[webhook]]\n'
                'url = "https://hooks.example/"\nsecret_env = "B"'
            ),
            "webhook[0] already has this address",
        ),
    ],
)
def test_a_webhook_that_cannot_be_meant_is_told(tmp_path: Path, block: str, words: str) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    with (root / "beat.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[webhook]]\n{block}\n")
    with pytest.raises(ConfigError) as raised, opened(root):
        pass
    assert words in str(raised.value)


def test_a_call_that_another_process_sent_meanwhile_is_not_repeated(
    root: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(root, 'title: "Sea wall', 'title: "A sea wall')
    note(root)
    hold_lock: Callable[[Path], AbstractContextManager[bool]] = vars(channels)["hold_lock"]

    def hold_it_after_another_process(path: Path) -> AbstractContextManager[bool]:
        monkeypatch.setattr(channels, "hold_lock", hold_lock)
        other = threading.Thread(target=call, args=(root,))
        other.start()
        other.join(PATIENCE_SECONDS)
        return hold_lock(path)

    # only here can the other one come between the list of calls and the lock
    monkeypatch.setattr(channels, "hold_lock", hold_it_after_another_process)
    call(root)

    assert [] == owed(root)
    assert [("story.corrected", WALL)] == receiver.heard()
