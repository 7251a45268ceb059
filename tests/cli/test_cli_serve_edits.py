"""What is edited by hand while a server runs is on the site: one build a burst, none for ours."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, record_web, run_git, small_web
from world.served_newsroom import serve_command
from world.watched import is_watching

WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"
PAGE = "/news/2026-11-19-sea-wall-to-rise-by-two-metres/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a newsroom with two stories; without a contact its server does no rounds."""
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code == 0
    return root


class Server:
    """A server at work, its address and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    @property
    def builds(self) -> list[str]:
        """What it said of each build that it began."""
        return re.findall(r"building the site, because (.*)", self.said)

    def get(self, path: str) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said)
        assert found
        try:
            with urllib.request.urlopen(found[0] + path, timeout=PATIENCE_SECONDS) as answer:
                body: bytes = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return str(error.code)
        return body.decode()


@contextmanager
def serving(root: Path, *wrapped: str, watching: bool = True) -> Iterator[Server]:
    """Serve a newsroom, once it watches."""
    command = serve_command(root)
    log = root.parent / "serve.log"
    with log.open("w") as file, subprocess.Popen([*wrapped, *command], stderr=file) as process:
        server = Server(process, log)  # type: ignore[arg-type]
        try:
            until(lambda: "the site is at" in server.said)
            until(lambda: is_watching(root, process.pid) is watching)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so, at most a minute."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def retitle(root: Path, title: str, path: str = WALL) -> None:
    """Give a record another headline, as an editor's program does."""
    text = (root / path).read_text("utf-8")
    (root / path).write_text(re.sub(r"(?m)^title: .*$", f"title: {title}", text), "utf-8")


def test_an_edit_by_hand_is_on_the_site_and_in_the_catalogue(root: Path) -> None:
    with serving(root) as server:
        retitle(root, "Herons hold the harbour")
        until(lambda: "Herons hold the harbour" in server.get("/"))
        found = copydesk("-C", root, "stories", "--search", "herons", "--json").json()

    assert [f"{WALL} changed"] == server.builds
    assert [WALL] == [story["path"] for story in found["stories"]]


def test_a_burst_of_records_is_one_build(root: Path) -> None:
    text = (root / WALL).read_text("utf-8")
    with serving(root) as server:
        for number in range(300):
            (root / f"_news/2026-11-19-brought-{number}.md").write_text(text, "utf-8")
        until((root / ".copydesk/site/news/2026-11-19-brought-299/index.html").exists)
        until(lambda: "pages:" in server.said)

    assert ["_news/2026-11-19-brought-0.md and 299 more files changed"] == server.builds


def test_what_commands_wrote_and_built_leads_to_no_build(root: Path) -> None:
    with serving(root) as server:
        said = copydesk("-C", root, "verdict", WALL, "remove", "--why", "wrong town")
        assert said.code == 0, said.err
        until(lambda: server.get(PAGE) == "410")
        retitle(root, "Herons hold the harbour", SEALS)  # what is told of later than the other
        until(lambda: "pages:" in server.said)

    assert [f"{SEALS} changed"] == server.builds


def test_what_a_round_filed_leads_to_no_build(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    with serving(root) as server:
        run = copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z", "--json")
        assert sorted((SEALS, WALL)) == sorted(run.json()["filed"])
        retitle(root, "Herons hold the harbour", SEALS)
        until(lambda: "pages:" in server.said)

    assert [f"{SEALS} changed"] == server.builds


def test_a_pull_of_an_edit_and_a_removal_is_one_build(root: Path) -> None:
    run_git(root, "checkout", "-qb", "elsewhere")
    retitle(root, "Herons hold the harbour")
    (root / SEALS).unlink()
    run_git(root, "commit", "-qam", "two edits")
    run_git(root, "checkout", "-q", "main")
    assert copydesk("-C", root, "build").code == 0

    with serving(root) as server:
        assert "Sea wall" in server.get("/")
        run_git(root, "merge", "-q", "--ff-only", "elsewhere")
        until(lambda: "Herons hold the harbour" in server.get("/"))
        until(lambda: "pages:" in server.said)

    assert [f"{SEALS} and 1 more files changed"] == server.builds


def test_a_theme_is_built_when_it_changed(root: Path) -> None:
    with serving(root) as server:
        (root / "_templates").mkdir()
        (root / "_templates" / "theme.css").write_text(":root { --accent: #7a1f1f }\n", "utf-8")
        until(lambda: "#7a1f1f" in server.get("/style.css"))


NO_ROOM = """
from enum import IntEnum
flags = IntEnum("flags", "CLOSE_WRITE MOVED_FROM MOVED_TO CREATE DELETE Q_OVERFLOW IGNORED ISDIR"
    " ONLYDIR MOVE_SELF")
class INotify:
    def close(self): pass
    def add_watch(self, path, mask):
        if path.name == "_news":
            raise OSError(28, "No space left on device")
"""


@pytest.mark.sample("no more watches")
@pytest.mark.parametrize(
    ("library", "why"),
    [
        pytest.param("raise ImportError", "Function not implemented", id="not Linux"),
        pytest.param(NO_ROOM, "No space left on device", id="no more watches"),
    ],
)
def test_where_nothing_can_be_watched_the_site_is_served_as_before(
    root: Path, library: str, why: str
) -> None:
    broken = root.parent / "broken"
    broken.mkdir()
    (broken / "inotify_simple.py").write_text(library, "utf-8")

    with serving(root, "env", f"PYTHONPATH={broken}", watching=False) as server:
        until(lambda: why in server.said)
        assert "Sea wall" in server.get("/")

    assert 1 == server.said.count("edits by hand wait for the next run")
