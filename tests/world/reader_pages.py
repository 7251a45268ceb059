"""Readers' pages of a small newsroom, asked as servers ask an app, and what is kept behind them."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message, Scope

from copydesk.mail_store import MailStore, links, open_mail
from copydesk.mail_store.links import ReaderLink
from copydesk.newsletters import reader_pages
from copydesk.newsletters.readers import consent
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.serve import Site, WebApp
from world.newsroom import NOW, newsroom

READER = "mara@tidewatch.example"
FORM = "application/x-www-form-urlencoded"
PUBLIC = "https://letters.tidewatch.example/tide"
MAIL = """
timezone = "Europe/Berlin"
[serve]
public_url = "{public_url}"
[mail]
deliver = "smtp"
from_address = "letters@tidewatch.example"
[mail.smtp]
host = "localhost"
security = "none"
[[letter]]
id = "daily"
title = "The Tide"
[[letter]]
id = "weekly"
title = "The Week & its <tides>"
"""

Fields = Mapping[str, str] | Sequence[tuple[str, str]]


def mail_newsroom(
    root: Path, *, more: str = "", public_url: str = PUBLIC, git: bool = True
) -> Path:
    """Make a newsroom with two letters whose readers can be sent mail."""
    return newsroom(root, more=more + MAIL.format(public_url=public_url), git=git)


@dataclass(frozen=True)
class PageAnswer:
    """What a reader's browser got."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class PageRequest:
    """What a browser or a mail program asks below `/mail`; `client` is its network."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    client: str = "203.0.113.5"


@dataclass
class ReaderDesk:
    """Readers' pages at work; `now` is their clock, `said` what the operator was told."""

    root: Path
    newsroom: Newsroom
    runner: asyncio.Runner
    now: datetime = NOW
    said: list[str] = field(default_factory=list)
    app: ASGIApp | None = None
    is_broken: bool = False

    def read_newsroom(self) -> Newsroom:
        """Return the newsroom as of now."""
        return replace(self.newsroom, now=self.now)

    def read_for_pages(self) -> Newsroom:
        """Return the newsroom as the pages see it; raises where they are to fail."""
        if self.is_broken:
            raise ZeroDivisionError
        return self.read_newsroom()

    @contextmanager
    def kept(self) -> Iterator[MailStore]:
        """Open what is kept of readers for the block, as another process does."""
        with closing(open_mail(self.newsroom.private)) as store:
            yield store

    def dump(self) -> list[str]:
        """Return all that the file holds, as SQL."""
        with closing(sqlite3.connect(self.newsroom.private / "mail.sqlite")) as connection:
            return list(connection.iterdump())

    def get(self, path: str, method: str = "GET", **headers: str) -> PageAnswer:
        """Ask for a page below `/mail`."""
        return self.ask(method, path, b"", headers)

    def post(self, path: str, fields: Fields | bytes, kind: str = FORM) -> PageAnswer:
        """Send a form, or whatever bytes."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return self.ask("POST", path, body, {"Content-Type": kind})

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> PageAnswer:
        """Send a request."""
        return self.runner.run(self._send(PageRequest(path, method, body, headers or {})))

    def ask_together(self, requests: Sequence[PageRequest]) -> list[PageAnswer]:
        """Send requests all at once, and return their answers in the same order."""

        async def send_all() -> list[PageAnswer]:
            return await asyncio.gather(*map(self._send, requests))

        return self.runner.run(send_all())

    def leave_while_waiting(self, requests: Sequence[PageRequest]) -> int:
        """Send requests and break all off before the first answer; return how many had none."""

        async def send_and_leave() -> int:
            tasks = [asyncio.ensure_future(self._send(request)) for request in requests]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            return sum(isinstance(end, asyncio.CancelledError) for end in ended)

        return self.runner.run(send_and_leave())

    def follow_mail(self) -> str:
        """Return the path of the link in the newest mail of the outbox, below `/mail`."""
        with self.kept() as store:
            mail = max(store.outbox.list_due(self.now), key=lambda mail: mail.number)
            written = consent.write_outbox_mail(self.read_newsroom(), store, mail)
            assert written is not None
            store.outbox.end(mail)
        found = re.search(rf"{re.escape(PUBLIC)}/mail(/\S+)", written.text)
        assert found, written.text
        return found[1]

    def subscribe(self, address: str = READER, letter: str = "daily") -> None:
        """Let somebody subscribe and confirm."""
        assert self.post("/subscribe", {"address": address, "letter": letter}).status == 200
        assert self.post(self.follow_mail(), {}).status == 200

    def link(self, purpose: links.LinkPurpose, letter: str = "", subscriber: int = 1) -> str:
        """Return a lasting link of a reader's, by themselves the first one's, below `/mail`."""
        with self.kept() as store:
            link = ReaderLink(purpose=purpose, subscriber=subscriber, made=self.now, letter=letter)
            page = "leave" if purpose == "unsubscribe" else purpose
            return f"/{page}/{store.links.sign(link)}"

    def move(self, by: timedelta) -> None:
        """Let time go by."""
        self.now += by

    async def _send(self, request: PageRequest) -> PageAnswer:
        assert self.app is not None
        place, _, query = f"/mail{request.path}".partition("?")
        body, headers = request.body, request.headers
        scope: Scope = {
            "type": "http",
            "method": request.method,
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": (request.client, 4711),
        }
        sent: list[Message] = []
        parts = [body[at : at + 65_536] for at in range(0, len(body), 65_536)] or [b""]

        async def receive() -> Message:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        return PageAnswer(sent[0]["status"], told, text)


@contextmanager
def open_reader_desk(
    folder: Path, *, is_made: bool = False, environ: Mapping[str, str] | None = None
) -> Iterator[ReaderDesk]:
    """Open readers' pages for the block, mounted as the server mounts them."""
    root = folder / "beat" if is_made else mail_newsroom(folder / "beat", git=False)
    with open_newsroom(root, NOW, environ or {}) as opened, asyncio.Runner() as runner:
        desk = ReaderDesk(root, opened, runner)
        pages = reader_pages.serve_subscriptions(
            desk.read_for_pages, desk.said.append, lambda scope: str(scope["client"][0])
        )
        app = runner.run(pages.__aenter__())
        desk.app = WebApp(Site(opened.site, ""), desk.said.append, mounts={"/mail": app})
        try:
            yield desk
        finally:
            runner.run(pages.__aexit__(None, None, None))
