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
from copydesk.background import examine
from copydesk.building import posts
from copydesk.desk_store import open_desk
from copydesk.desk_store.posts import Post, PostLog
from copydesk.news import Story
from copydesk.news.ruling import Verdict
from copydesk.newsroom import Newsroom, open_newsroom
from world.chats import CHANNEL, ROOM, TOKEN, WEBHOOK, FakeChats
from world.mastodon import FakeMastodon
from world.networks import NOON, FakeNetwork
from world.newsroom import newsroom, run_git, write_files
from world.pds import HANDLE, PASSWORD, FakePds

T = TypeVar("T")
SITE = "https://tidewatch.example/coast"
FETCH = """\
[fetch]
contact = "mailto:ed@tidewatch.example"
allow_hosts = ["127.0.0.1"]
timeout_seconds = 1
"""
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
        newsroom(self.root, more=f"{FETCH}\n{block}")

    def file(self, name: str, title: str, *, line: str = "It is new.", **fields: Any) -> None:
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
            ".copydesk/site/pictures/wall.jpg": b"\xff\xd8 a wall",
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


# Desks with one channel each, and what their networks show.

MASTODON = channel("mastodon", 'server = "URL"')
BLUESKY = channel("bluesky", f'server = "URL"\naccount = "{HANDLE}"', "PASSWORD")
DISCORD = channel("discord")
WALL = "https://tidewatch.example/coast/news/2026-12-02-wall/"


def mastodon(root: Path, more: str = "") -> PostDesk:
    return PostDesk(root=root, network=FakeMastodon(), channel=MASTODON + more)


def bluesky(root: Path, more: str = "") -> PostDesk:
    return PostDesk(root=root, network=FakePds(), channel=BLUESKY + more)


def discord(root: Path) -> PostDesk:
    hooks = {"TOKEN": WEBHOOK}
    return PostDesk(root=root, network=FakeChats(), channel=DISCORD, hooks=hooks)


def of_chat(to: str, root: Path) -> PostDesk:
    account = {"slack": CHANNEL, "telegram": "@coast", "matrix": ROOM}[to]
    block = channel(to, f'server = "URL"\naccount = "{account}"', "CHAT_TOKEN")
    return PostDesk(root=root, network=FakeChats(), channel=block)


def states(found: list[Post]) -> list[str]:
    return [post.state for post in found]


def statuses(desk: PostDesk) -> list[str]:
    assert isinstance(desk.network, FakeMastodon)
    return [status.text for status in desk.network.statuses.values()]


def records(desk: PostDesk) -> list[str]:
    assert isinstance(desk.network, FakePds)
    return [record["text"] for record in desk.network.records.values()]


def messages(desk: PostDesk) -> list[str]:
    assert isinstance(desk.network, FakeChats)
    return [str(next(iter(message.values()))) for message in desk.network.messages.values()]


def findings(desk: PostDesk) -> list[str]:
    with desk.open() as opened:
        return [one.what for one in examine(opened) if one.check == "posts"]


def fail_then_look(fault: str, *waits: timedelta) -> Callable[[PostDesk], list[Post]]:
    """Fail the request that makes the post, and look again after each of these waits."""

    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        before = {FakeMastodon: 2, FakePds: 2, FakeChats: 0}[type(desk.network)]
        desk.network.plan = [""] * before + [fault]
        desk.look()
        for wait in waits:
            desk.look(seconds=wait.total_seconds())
        return desk.posts()

    return work


def shown_by(make: object) -> Callable[[PostDesk], list[str]]:
    """Return what lists the posts of the network of such a desk."""
    shows: dict[object, Callable[[PostDesk], list[str]]] = {
        mastodon: statuses,
        bluesky: records,
        discord: messages,
    }
    return shows[make]
