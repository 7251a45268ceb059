"""A published newsroom for `copydesk verify`, and a server and a newsroom of a stranger."""

from __future__ import annotations

import contextlib
import functools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from copydesk import building
from copydesk.building import BuildOptions, VerifyOptions, VerifyReport
from copydesk.newsroom import Silence, open_newsroom
from illustrate.draw import drawn, encoded, fetched
from world.newsroom import KEY, NOW, newsroom, run_git

HOUR = timedelta(hours=1)
KEEP = "[front]\nkeep = true\n"
WALL, ROAD = "2026-11-20-sea-wall-to-rise", "2026-11-20-harbour-road-waits"
RECORD = """---
category: news
title: "{title}"
publishedDateTime: {at:%Y-%m-%dT%H:%M:%SZ}
webUrl: "https://{house}.example/{name}"
type: article
quality: 80
heat: {heat}
published: {published}

provider:
  name: {house}
  domain: {house}.example
---
"""


def file_story(
    root: Path, name: str, *, at: datetime = NOW - HOUR, heat: int = 80, published: bool = True
) -> str:
    """Write and commit the record of a story; return its name."""
    (root / "_news").mkdir(exist_ok=True)
    record = f"{at:%Y-%m-%d}-{name}"
    words = RECORD.format(
        title=name.replace("-", " ").capitalize(),
        at=at,
        house=f"the-{name}",
        name=name,
        heat=heat,
        published=str(published).lower(),
    )
    (root / "_news" / f"{record}.md").write_text(words)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", name)
    return record


PICTURE = "https://the-sea-wall-to-rise.example/wall.jpg"
LOW = "2026-11-20-a-story-below-the-threshold"
WITH_PICTURE = f"""images:
  - url: "{PICTURE}"
    width: 1200
    height: 800
    isCached: true
---
"""


def build(root: Path, at: datetime = NOW) -> None:
    with open_newsroom(root, at, {"COPYDESK_KEY": KEY}) as opened:
        building.build(opened, Silence(), BuildOptions(notes=True))


def make_published(root: Path) -> Path:
    """Make a newsroom with stories, a picture, a file of its own and a kept front page."""
    newsroom(root, more=KEEP)
    for name, heat in (("sea-wall-to-rise", 90), ("harbour-road-waits", 50), ("gulls-return", 40)):
        file_story(root, name, heat=heat)
    file_story(root, "a-story-below-the-threshold", published=False)
    record = root / "_news" / f"{WALL}.md"
    words = record.read_text().removesuffix("---\n")
    record.write_text(f"{words}\n{WITH_PICTURE}")
    (root / "assets").mkdir()
    (root / "assets" / "terms.txt").write_text("Be kind.\n")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "picture")
    with open_newsroom(root, NOW, {"COPYDESK_KEY": KEY}) as opened:
        opened.album.add(PICTURE, fetched(encoded(drawn(1200, 800)), PICTURE))
    build(root)
    build(root)  # all that it shows is in git by now
    return root


def check(target: Path | str, **options: object) -> VerifyReport:
    return building.verify(str(target), VerifyOptions(**options), Silence())  # type: ignore[arg-type]


class Asked(ThreadingHTTPServer):
    """A server of a folder on this machine; `paths` are those that it was asked for."""

    def __init__(self, folder: Path, redirect: str = "", delay_seconds: float = 0.0) -> None:
        self.paths: list[str] = []
        self.redirect = redirect
        self.delay = threading.Event()
        self.delay_seconds = delay_seconds
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(SimpleHTTPRequestHandler):
    server: Asked

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.delay.wait(self.server.delay_seconds)
        if self.server.redirect:
            self.send_response(302)
            self.send_header("Location", f"{self.server.redirect}{self.path}")
            self.end_headers()
            return
        with contextlib.suppress(OSError):
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@contextlib.contextmanager
def served(folder: Path, **how: object) -> Iterator[Asked]:
    server = Asked(folder, **how)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.delay.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Stranger:
    """A stranger's newsroom and site, which a test makes hostile; `mark` is what must not come."""

    root: Path
    mark: Path

    @property
    def site(self) -> Path:
        return self.root / ".copydesk" / "site"

    def commit(self) -> None:
        """Commit everything, and let the site name that commit."""
        run_git(self.root, "add", "-A")
        run_git(self.root, "commit", "-qm", "more")
        self.say(commit=run_git(self.root, "rev-parse", "HEAD").strip())

    def say(self, **values: str) -> None:
        file = self.site / "verify.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **values}))

    def write(self, path: str, words: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(words)
