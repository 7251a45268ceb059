"""Every kind of page of `copydesk serve`, and how much memory a thousand requests for it leave.

`pages_world` serves a newsroom with stories, letters and readers.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from copydesk.mail_store import open_mail
from copydesk.mail_store.links import LinkPurpose, ReaderLink
from copydesk.mail_store.subscriptions import Subscription
from world.api_client import make_token
from world.command import copydesk
from world.desk import desk_newsroom
from world.letter_desk import LETTERS, TITLES, letter_story, story_of
from world.machine import PATIENCE_SECONDS
from world.mail_desk import come_in_outside
from world.served_desk import HOST
from world.served_newsroom import ServedNewsroom, serve_newsroom

Asker = Literal["stranger", "editor", "program", "operator"]

_TOKEN = "a-token-of-the-programs-that-watch"
_STORY = story_of(0)
_READER = "mara@tidewatch.example"
_PUBLIC = "letters.tidewatch.example"
_SETTINGS = f"""
[serve]
public_url = "https://{_PUBLIC}/tide"
[mail]
deliver = "smtp"
from_address = "letters@tidewatch.example"
[mail.smtp]
host = "localhost"
port = 9
security = "none"
[desk]
host = "{HOST}"
api_requests_a_minute = 1000000
"""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKind:
    """A request for one kind of page, who sends it, and the statuses that answer it.

    `{confirm}` in a path is the token of a reader's link of that purpose.
    `is_stream` says that the answer never ends: it is closed after its first bytes.
    """

    path: str
    method: str = "GET"
    asker: Asker = "stranger"
    statuses: tuple[int, ...] = (200,)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_stream: bool = False

    @property
    def name(self) -> str:
        """Return what the kind is called in a table: who asks for what."""
        more = ", ".join(self.headers.keys() - _FORM.keys())
        return f"{self.asker}: {self.method} {self.path}{f' ({more})' if more else ''}"


@dataclass
class PagesWorld:
    """A served newsroom with pages of every kind, and what each asker sends along."""

    served: ServedNewsroom
    links: Mapping[str, str]
    sends: Mapping[Asker, Mapping[str, str]]
    _line: http.client.HTTPConnection | None = None

    def ask(self, kind: PageKind, times: int = 1) -> None:
        """Send the request of a kind so many times over one connection; check each answer."""
        for _ in range(times):
            line = self._line or http.client.HTTPConnection("127.0.0.1", self.served.port)
            line.timeout = PATIENCE_SECONDS
            sends = {**self.sends[kind.asker], **kind.headers}
            path = kind.path.format(**self.links)
            line.request(kind.method, path, kind.body or None, sends)
            answer = line.getresponse()
            body = answer.read(1) if kind.is_stream else answer.read()
            assert answer.status in kind.statuses, (kind.name, answer.status, body[:2_000])
            self._line = line
            if kind.is_stream or answer.will_close:
                self.close()

    def close(self) -> None:
        """Close the connection; the next request makes another one."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def measure_memory(self) -> float:
        """Return how much memory of its own the server holds, in MB."""
        return measure_memory(self.served.process.pid)


def measure_memory(process: int) -> float:
    """Return how much memory of its own a process holds, in MB.

    Files that are mapped do not count: how much of those is in memory is the kernel's affair.
    """
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found, status
    return int(found[1]) / 1024


@contextlib.contextmanager
def pages_world(folder: Path) -> Iterator[PagesWorld]:
    """Serve a newsroom with pages of every kind for the block."""
    root = desk_newsroom(
        folder / "beat",
        [letter_story(number, title) for number, title in enumerate(TITLES)],
        more=_SETTINGS + LETTERS,
    )
    assert 0 == copydesk("-C", root, "build").code
    links = _sign_links(root)
    os.environ["COPYDESK_METRICS_TOKEN"] = _TOKEN
    try:
        with serve_newsroom(root, with_agents=True) as served:
            browser = come_in_outside(served, "Anna")
            token = make_token(root, "Anna", "read", "propose", "decide", "manage")
            cookies = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
            world = PagesWorld(
                served,
                links,
                {
                    "stranger": {"Host": _PUBLIC},
                    "editor": {
                        "Host": HOST,
                        "Cookie": cookies,
                        "Origin": f"https://{HOST}",
                        "Sec-Fetch-Site": "same-origin",
                        "Sec-Fetch-Mode": "navigate",
                    },
                    "program": {"Host": HOST, "Authorization": f"Bearer {token}"},
                    "operator": {"Host": _PUBLIC, "Authorization": f"Bearer {_TOKEN}"},
                },
            )
            yield world
            world.close()
    finally:
        del os.environ["COPYDESK_METRICS_TOKEN"]


def _sign_links(root: Path) -> Mapping[str, str]:
    """Let somebody read the daily letter; return the tokens of their links, by purpose."""
    purposes: tuple[LinkPurpose, ...] = ("confirm", "choices", "manage", "unsubscribe")
    now = datetime.now(UTC).replace(microsecond=0)
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        reader = store.subscribers.add(_READER, now)
        store.subscribers.set_state(reader.id, "active")
        store.subscriptions.put(Subscription(subscriber=reader.id, letter="daily", since=now))
        wish = json.dumps([int(now.timestamp()), "", {"daily": []}])
        extra = f"{store.subscribers.key_of(_READER).hex()[:16]} {wish}"  # what mailed links carry
        return {
            purpose: store.links.sign(
                ReaderLink(
                    purpose=purpose,
                    subscriber=reader.id,
                    made=now,
                    letter="daily",
                    extra=extra if purpose in {"confirm", "manage"} else "",
                )
            )
            for purpose in purposes
        }


# ---- what there is ---------------------------------------------------------------------------


def _get(asker: Asker, below: str, paths: str) -> tuple[PageKind, ...]:
    """Return the kinds that are asked for without more, by their paths in a line."""
    return tuple(PageKind(path=f"{below}{path}", asker=asker) for path in paths.split())


_AT_DESK = {"Host": HOST}
SITE_KINDS = (
    *_get("stranger", "/", "style.css feed.xml rss.xml feed.json sitemap.xml search/"),
    *_get("stranger", "/", f"api/v2/index.json icon-512.png topics/coast/ news/{_STORY}/"),
    PageKind(path="/"),
    PageKind(path="/", headers={"Accept-Encoding": "gzip"}),
    PageKind(path="/", method="HEAD"),
    PageKind(path=f"/news/{_STORY}/", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}),
    PageKind(path="/icon-512.png", headers={"Range": "bytes=0-99"}, statuses=(206,)),
    PageKind(path=f"/news/{_STORY}", statuses=(301,)),
    PageKind(path="/nothing/", statuses=(404,)),
    PageKind(path="/", method="POST", body=b"a=b", headers=_FORM, statuses=(405,)),
    PageKind(path="/health"),
    PageKind(path="/metrics", asker="operator"),
    PageKind(path="/metrics", statuses=(404,)),
)
READER_KINDS = (
    *_get("stranger", "/mail/", "subscribe style.css confirm/{confirm} choices/{choices}"),
    *_get("stranger", "/mail/", "manage/{manage} manage/{manage}/data.json leave/{unsubscribe}"),
    PageKind(path="/mail/subscribe", method="HEAD"),
    PageKind(path="/mail/nothing", statuses=(404,)),
    PageKind(path="/mail/choices/forged", statuses=(404,)),
    # a form that is sent off again and again is told to wait
    PageKind(
        path="/mail/subscribe",
        method="POST",
        body=urlencode({"address": "ben@tidewatch.example", "letter": "daily"}).encode(),
        headers=_FORM,
        statuses=(200, 429),
    ),
    PageKind(path="/mail/confirm/{confirm}", method="POST", headers=_FORM),
    PageKind(
        path="/mail/choices/{choices}",
        method="POST",
        body=urlencode({"act": "choose", "letter": "daily"}).encode(),
        headers=_FORM,
    ),
    PageKind(path="/mail/bounces", method="POST", body=b"{}", statuses=(404,)),
)
SIGNED_OUT_KINDS = (
    PageKind(path="/desk/", headers=_AT_DESK, statuses=(303,)),
    PageKind(path="/desk/sign-in", headers=_AT_DESK),
    PageKind(path="/desk/sign-in/assets/sign_in.css", headers=_AT_DESK),
    PageKind(path="/desk/api/queue", headers=_AT_DESK, statuses=(401,)),
)
# each is written, or read from git, anew
COSTLY_KINDS = (
    *_get("editor", "/desk/letters/daily/", "preview text"),
    *_get("editor", f"/desk/story/{_STORY}/", "trail/ neighbours/"),
)
DESK_KINDS = (
    *_get("editor", "/desk/", f"?q=tide story/{_STORY}/ story/{_STORY}/edit/ rows?story={_STORY}"),
    *_get("editor", "/desk/", "dropped/ today/ versions actions write/ file/ stash/ list/"),
    *_get("editor", "/desk/", "numbers/ recall/ front/ sources/ sources/add/ topics/ what-if/"),
    *_get("editor", "/desk/", "sources/one/?url=https://gull.example/feed.xml"),
    *_get("editor", "/desk/", "topics/one/?name=Coast organizations/ people/ account/"),
    *_get("editor", "/desk/", "letters/ letters/daily/ letters/daily/now letters/daily/found"),
    *_get("editor", "/desk/", "mailing/ mailing/checks/ mailing/readers/ mailing/readers/1/"),
    PageKind(path="/desk/", asker="editor"),
    PageKind(path="/desk/nothing/", asker="editor", statuses=(404,)),
    PageKind(path="/desk/events", asker="editor", is_stream=True),
    PageKind(
        path="/desk/presence",
        method="POST",
        asker="editor",
        body=json.dumps({"story": _STORY}).encode(),
        statuses=(204, 400),
    ),
)
API_KINDS = (
    *_get("program", "/desk/api/", f"token queue choices stories/{_STORY} dropped sources topics"),
    *_get("program", "/desk/api/", f"stories/{_STORY}/trail topics/coast lists actions proposals"),
    *_get("program", "/desk/api/", "views numbers recall organizations letters letters/daily"),
    *_get("program", "/desk/api/", "people openapi.json"),
    PageKind(path="/desk/api/nothing", asker="program", statuses=(404,)),
    PageKind(
        path="/desk/api/mcp",
        method="POST",
        asker="program",
        body=json.dumps(_HELLO).encode(),
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        },
    ),
)
ALL_KINDS = (
    *(*SITE_KINDS, *READER_KINDS, *SIGNED_OUT_KINDS),
    *(*DESK_KINDS, *COSTLY_KINDS, *API_KINDS),
)
