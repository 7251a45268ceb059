"""A newsroom that `copydesk serve` serves, and an editor at its desk."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from copydesk.kit import urls
from copydesk.memory import Fate, Memory
from copydesk.news.source import DropReason
from world.command import copydesk
from world.forked import Forked, fork_copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, record_web, small_web
from world.served_desk import Answer, Browser
from world.watched import is_watching


@dataclass
class ServedNewsroom:
    """A server at work: its newsroom, its process, and what it has said so far."""

    root: Path
    process: Forked | subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """What the server has said."""
        return self.log.read_text("utf-8")

    @property
    def port(self) -> int:
        """Where it listens."""
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.said)
        assert found, self.said
        return int(found[1])

    def browser(self) -> Browser:
        """Return a browser at this machine that nobody has signed in with."""
        return Browser(self.port)

    def owner(self, name: str = "Anna") -> Browser:
        """Return a browser with which the first owner came in, by the link that was printed."""
        browser = self.browser()
        link = re.findall(r"http://localhost:\d+(/desk/enter/\S+)", self.said)[-1]
        answer = browser.post(link, {"name": name})
        assert answer.status == 303, answer.body
        return browser


def filed_newsroom(folder: Path) -> Path:
    """Make a newsroom whose two stories are filed; without a contact it has no rounds."""
    root = newsroom(folder / "beat")
    web = record_web(folder / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code == 0
    return root


def drop_lead(root: Path, url: str, reason: DropReason, detail: str = "") -> None:
    """Let a newsroom's memory know that a round dropped a lead just now."""
    now = datetime.now(UTC)  # the server's clock says which days are listed
    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
        memory.keep_fate(
            Fate(
                identity=urls.identity(url),
                url=url,
                state="dropped",
                at=now,
                reason=reason,
                detail=detail,
                source="https://gull.example/feed",
            )
        )


_DEMO = """\
import sys
from datetime import UTC, datetime
from pathlib import Path
from copydesk import serve
from copydesk.newsroom import open_newsroom
with open_newsroom(Path(sys.argv[1]), datetime.now(UTC), {}) as newsroom:
    say = lambda line: print(line, file=sys.stderr, flush=True)
    serve.serve_demo(newsroom, serve.Address(port=0), "Anna", say)
"""


def serve_recorded(root: Path) -> AbstractContextManager[ServedNewsroom]:
    """Serve a newsroom for the block as `copydesk demo` does: its web is a recording."""
    command = [sys.executable, "-c", _DEMO, str(root)]

    def start(log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as file:
            return subprocess.Popen(command, stderr=file)

    return _serve(root, start)


_WITHOUT_AGENTS = """\
import sys
from copydesk.cli import main
sys.modules["mcp"] = None
main()
"""


def serve_newsroom(
    root: Path, port: int = 0, *, with_agents: bool = False
) -> AbstractContextManager[ServedNewsroom]:
    """Serve a newsroom for the block, once it listens; port 0 is any."""
    arguments = ["-C", str(root), "serve", "--port", str(port)]
    return _serve(root, lambda log: fork_copydesk(arguments, log, with_agents=with_agents))


def serve_command(root: Path, port: int = 0, *, with_agents: bool = False) -> list[str]:
    """Return the command that serves a newsroom.

    Without agents it runs as where the extra copydesk[mcp] is not installed: to load that takes
    two fifths of the start.
    """
    program = ["-m", "copydesk"] if with_agents else ["-c", _WITHOUT_AGENTS]
    return [sys.executable, *program, "-C", str(root), "serve", "--port", str(port)]


@contextmanager
def _serve(
    root: Path, start: Callable[[Path], Forked | subprocess.Popen[bytes]]
) -> Iterator[ServedNewsroom]:
    log = root.parent / "serve.log"
    served = ServedNewsroom(root, start(log), log)
    try:
        until(lambda: re.search("the desk ([(]|is at)", served.said) is not None)
        until(lambda: is_watching(root, served.process.pid))
        yield served
    finally:
        served.process.terminate()
        served.process.wait(PATIENCE_SECONDS)


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for_page(browser: Browser, path: str, words: str) -> Answer:
    """Ask for a page until it has these words."""
    found: list[Answer] = []

    def has_words() -> bool:
        found.append(browser.get(path))
        return words in found[-1].body

    until(has_words)
    return found[-1]
