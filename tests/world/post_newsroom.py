"""A newsroom with stories whose pages are built, and channels that post them to a fake network."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from copydesk.archive import record
from copydesk.building import posts
from copydesk.desk_store import open_desk
from copydesk.desk_store.posts import Post, PostLog
from copydesk.news import Story
from copydesk.news.ruling import Verdict
from copydesk.newsroom import Newsroom, open_newsroom
from world.chats import TOKEN
from world.networks import NOON, FakeNetwork
from world.newsroom import newsroom, run_git, write_files
from world.pds import PASSWORD

T = TypeVar("T")
SITE = "https://tidewatch.example/coast"
PAGE = """<!doctype html><html lang="en"><head>
<meta property="og:title" content="{title} – Tidewatch">
<meta property="og:description" content="{line}">
<meta property="og:image" content="{site}/pictures/wall.jpg">
<meta property="og:image:type" content="image/jpeg">
<meta property="og:image:alt" content="A sea wall">
</head><body></body></html>"""
SECRETS = {"TOKEN": "token", "PASSWORD": PASSWORD, "CHAT_TOKEN": TOKEN}


@dataclass
class PostDesk:
    """The newsroom in a folder, its network, and the time there."""

    root: Path
    network: FakeNetwork
    channel: str
    now: datetime = NOON
    hooks: dict[str, str] = field(default_factory=dict)  # secrets that are a path at the network
    environ: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Write the settings, whose network has an address now."""
        block = self.channel.replace("URL", self.network.url)
        secrets = {name: self.network.url + path for name, path in self.hooks.items()}
        self.environ = {**SECRETS, **secrets}
        newsroom(
            self.root, more=f'[fetch]\nallow_hosts = ["127.0.0.1"]\ntimeout_seconds = 1\n{block}'
        )
        write_files(self.root, {".copydesk/site/pictures/wall.jpg": b"\xff\xd8 a wall"})

    def file(self, name: str, title: str, *, line: str = "It is new.", **fields: object) -> None:
        """File a story as published, commit it, and put its page on the site."""
        told: dict[str, Any] = {
            "published_at": self.now,
            "published": True,
            "heat": 50,
            "quality": 60,
            "topics": ("Coast",),
            "web_url": f"https://gull.example/{name}",
            "original_url": f"https://gull.example/{name}",
        }
        story = Story(path=f"_news/{name}.md", title=title, excerpt=line, **{**told, **fields})
        page = PAGE.format(title=escape(title), line=escape(line), site=SITE)
        files = {
            story.path: record.emit_story(story),
            f".copydesk/site/news/{name}/index.html": page.encode(),
        }
        write_files(self.root, files)
        run_git(self.root, "add", "-A")
        run_git(self.root, "commit", "-qm", f"file {name}")

    @contextlib.contextmanager
    def open(self) -> Iterator[Newsroom]:
        """Open the newsroom at the present time."""
        with open_newsroom(self.root, self.now, self.environ) as opened:
            yield opened

    @contextlib.contextmanager
    def log(self) -> Iterator[PostLog]:
        """Open the log of posts."""
        with contextlib.closing(open_desk(self.root / ".copydesk")) as desk:
            yield desk.posts

    def posts(self) -> list[Post]:
        """Return all posts, the first one first."""
        with self.log() as log:
            return log.list_latest(1_000)[::-1]

    def look(self, **later: float) -> list[Post]:
        """Let time pass, do what is due, and return all posts."""
        self.now += timedelta(**later)
        self.network.now = self.now
        with self.open() as opened:
            self.notes += posts.send_posts(opened, lambda: self.now)
        return self.posts()

    def begin(self, name: str = "2026-12-02-wall") -> None:
        """Let the channel begin, and file a story an hour later."""
        assert not self.look()
        self.now += timedelta(hours=1)
        self.file(name, "Sea wall breaks at Fenholm")

    def remove(self, name: str = "2026-12-02-wall") -> None:
        """Remove a story for good."""
        verdict = Verdict(by="Ed", at=self.now, said="remove", why="wrong")
        self.file(name, "Sea wall breaks at Fenholm", published=False, verdict=verdict)


def at_desk(desk: PostDesk, work: Callable[[PostDesk], T]) -> T:
    """Run the network and, in a thread, work with the newsroom."""

    async def run() -> T:
        async with desk.network:
            desk.prepare()
            return await asyncio.to_thread(work, desk)

    return asyncio.run(run())


def channel(to: str, more: str = "", variable: str = "TOKEN") -> str:
    """Return the block of a channel for beat.toml; in it, URL is the network's address."""
    return f'[[post]]\nid = "out"\nto = "{to}"\nmode = "send"\nsecret_env = "{variable}"\n{more}\n'
