"""What is edited by hand leads to one build, after whoever is at work in the newsroom."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from copydesk.background import EditedFiles, RoundStarter
from copydesk.building import build
from copydesk.kit import locks
from copydesk.newsroom import Silence, open_newsroom
from copydesk.newsroom.records import find_stale_pages
from copydesk.newsroom.reports import RoundStatus
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, newsroom
from world.watched import is_watching

WALL = "_news/2026-11-19-wall.md"
RECORD = """---
title: {title}
date: "2026-11-19T08:00:00Z"
published: true
---
"""


class RecordingStarter(RoundStarter):
    """Note what is asked for, and which locks others hold then; start nothing."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root
        self.asked: list[str] = []
        self.code = 0
        self.was_asked = asyncio.Event()

    async def build(self, *, deploy: bool = False) -> int:
        held = [name for name in ("round", "build") if is_held(self.root, name)]
        self.asked.append(" ".join(("build", *(["and deploy"] if deploy else []), *held)))
        self.was_asked.set()
        return self.code

    async def refresh_catalogue(self) -> int:
        self.asked.append("catalogue")
        return 0


def is_held(root: Path, name: str) -> bool:
    with locks.hold(root / ".copydesk" / f"{name}.lock") as is_free:
        return not is_free


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "beat", git=False)
    (root / "_news").mkdir()
    write(root, WALL, "Sea wall")
    with open_newsroom(root, NOW, {}) as opened:
        build(opened, Silence())
    return root


def write(root: Path, path: str, title: str) -> None:
    (root / path).write_text(RECORD.format(title=title), "utf-8")


class Desk:
    """Edited files of a newsroom, at work."""

    def __init__(self, edited: EditedFiles, starter: RecordingStarter, said: list[str]) -> None:
        self.edited = edited
        self.starter = starter
        self.said = said


def at_work(root: Path, work: Callable[[Desk], Awaitable[None]]) -> Desk:
    """Do some work while files are watched; return what was asked for and said."""

    async def inside() -> Desk:
        with open_newsroom(root, NOW, {}) as opened:
            said: list[str] = []
            starter = RecordingStarter(root)
            edited = EditedFiles(opened, starter, asyncio.Lock(), said.append)
            edited.try_again_seconds = 0.01
            desk = Desk(edited, starter, said)
            task = asyncio.create_task(edited.go_on())
            try:
                await until(lambda: is_watching(root))
                await work(desk)
            finally:
                task.cancel()
                await asyncio.wait([task], timeout=PATIENCE_SECONDS)
            assert task.cancelled()
            return desk

    return asyncio.run(inside())


async def until(what: Callable[[], bool]) -> None:
    """Wait until something is so, at most a minute."""
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.01)


def test_an_edit_asks_for_the_catalogue_then_for_a_build(root: Path) -> None:
    async def work(desk: Desk) -> None:
        write(root, WALL, "Herons")
        await desk.starter.was_asked.wait()

    desk = at_work(root, work)

    assert ["catalogue", "build"] == desk.starter.asked
    assert [f"building the site, because {WALL} changed"] == desk.said


def test_the_site_is_behind_from_an_edit_until_its_build_is_over(root: Path) -> None:
    async def work(desk: Desk) -> None:
        assert not desk.edited.is_behind
        write(root, WALL, "Herons")
        await until(lambda: desk.edited.is_behind)
        await desk.starter.was_asked.wait()
        await until(lambda: not desk.edited.is_behind)

    at_work(root, work)


def test_a_reading_list_asks_for_a_build_and_the_rest_of_the_data_for_none(root: Path) -> None:
    async def work(desk: Desk) -> None:
        (root / "_data" / "rulings.yaml").write_text("rules:\n")
        (root / "_data" / "lists").mkdir()
        (root / "_data" / "lists" / "best.yaml").write_text("title: The best\n")
        await desk.starter.was_asked.wait()

    desk = at_work(root, work)

    assert ["build"] == desk.starter.asked
    assert ["building the site, because _data/lists/best.yaml changed"] == desk.said


def test_changed_settings_ask_for_a_build(root: Path) -> None:
    async def work(desk: Desk) -> None:
        with (root / "beat.toml").open("a") as file:
            file.write("# mine\n")
        (root / "README.md").write_text("Tides")
        await desk.starter.was_asked.wait()

    desk = at_work(root, work)

    assert ["build"] == desk.starter.asked
    assert ["building the site, because beat.toml changed"] == desk.said


def test_a_build_is_sent_on_where_rounds_are(root: Path) -> None:
    async def work(desk: Desk) -> None:
        desk.edited.deploys = lambda: True
        write(root, WALL, "Herons")
        await desk.starter.was_asked.wait()

    assert "build and deploy" == at_work(root, work).starter.asked[-1]


def test_a_build_that_failed_is_told_of(root: Path) -> None:
    async def work(desk: Desk) -> None:
        desk.starter.code = 1
        write(root, WALL, "Herons")
        await until(lambda: len(desk.said) == 2)

    assert "exit code 1" in at_work(root, work).said[-1]


@pytest.mark.parametrize("name", ["round", "build"])
def test_whoever_is_at_work_in_the_newsroom_is_waited_for(root: Path, name: str) -> None:
    at = RoundStatus(pid=os.getpid(), began=datetime(2026, 11, 27, tzinfo=UTC))
    (root / ".copydesk" / "round.json").write_bytes(msgspec.json.encode(at))

    async def work(desk: Desk) -> None:
        lock = locks.Lock(root / ".copydesk" / f"{name}.lock")
        assert lock.acquire()
        threading.Timer(1.0, lock.release).start()
        write(root, WALL, "Herons")
        await desk.starter.was_asked.wait()

    assert ["catalogue", "build"] == at_work(root, work).starter.asked


def test_a_round_that_was_killed_is_not_waited_for(root: Path) -> None:
    at = RoundStatus(pid=os.getpid(), began=datetime(2026, 11, 27, tzinfo=UTC))  # another's by now
    (root / ".copydesk" / "round.json").write_bytes(msgspec.json.encode(at))

    async def work(desk: Desk) -> None:
        write(root, WALL, "Herons")
        await desk.starter.was_asked.wait()

    assert ["catalogue", "build"] == at_work(root, work).starter.asked


def test_the_lock_of_rounds_is_not_asked_while_no_round_says_that_it_is_at_work(
    root: Path,
) -> None:
    async def work(desk: Desk) -> None:
        with locks.hold(root / ".copydesk" / "round.lock"):
            write(root, WALL, "Herons")
            await desk.starter.was_asked.wait()

    assert ["catalogue", "build round"] == at_work(root, work).starter.asked


def test_what_is_edited_while_others_are_at_work_is_in_the_same_build(root: Path) -> None:
    async def work(desk: Desk) -> None:
        with locks.hold(root / ".copydesk" / "build.lock"):
            write(root, WALL, "Herons")
            await until(desk.edited.turn.locked)
            write(root, "_news/2026-11-19-later.md", "Later")
        await desk.starter.was_asked.wait()

    desk = at_work(root, work)

    assert [
        "building the site, because _news/2026-11-19-later.md and 1 more files changed"
    ] == desk.said


def test_who_waits_for_a_build_can_be_ended(root: Path) -> None:
    async def work(desk: Desk) -> None:
        write(root, WALL, "Herons")
        await until(desk.edited.turn.locked)

    with locks.hold(root / ".copydesk" / "build.lock"):
        desk = at_work(root, work)

    assert [] == desk.starter.asked


def test_what_is_no_record_in_a_folder_of_records_asks_for_nothing(root: Path) -> None:
    async def work(desk: Desk) -> None:
        (root / "_news" / "4913").touch()  # vim asks in this way whether it may write
        write(root, WALL, "Herons")
        await desk.starter.was_asked.wait()

    assert [f"building the site, because {WALL} changed"] == at_work(root, work).said


def test_a_newsroom_that_goes_and_comes_back_is_built(root: Path) -> None:
    async def work(desk: Desk) -> None:
        root.rename(root.parent / "elsewhere")
        await until(lambda: len(desk.said) > 1)
        (root.parent / "elsewhere").rename(root)
        await desk.starter.was_asked.wait()
        write(root, WALL, "Herons")
        await until(lambda: f"building the site, because {WALL} changed" in desk.said)

    desk = at_work(root, work)

    assert "the folder was moved or deleted" in desk.said[0]
    assert "No such file or directory" in desk.said[1]
    assert [
        "building the site, because files changed",
        f"building the site, because {WALL} changed",
    ] == desk.said[2:]


def test_what_cannot_be_locked_is_said_once_and_tried_again(root: Path) -> None:
    lock = root / ".copydesk" / "build.lock"
    lock.unlink()
    lock.mkdir()

    async def work(desk: Desk) -> None:
        write(root, WALL, "Herons")
        await until(lambda: bool(desk.said))
        await asyncio.sleep(0.1)  # it tries several times
        lock.rmdir()
        await desk.starter.was_asked.wait()

    desk = at_work(root, work)

    assert "the newsroom's folder cannot be written" in desk.said[0]
    assert ["building the site, because files changed"] == desk.said[1:]


def test_a_newsroom_that_is_deleted_is_not_begun_anew(root: Path) -> None:
    async def work(desk: Desk) -> None:
        with locks.hold(root / ".copydesk" / "build.lock"):
            write(root, WALL, "Herons")
            await until(desk.edited.turn.locked)
            shutil.rmtree(root)
        await until(lambda: not desk.edited.turn.locked())

    desk = at_work(root, work)

    assert [] == desk.starter.asked
    assert not root.exists()


@contextlib.contextmanager
def index_of(root: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(root / ".copydesk" / "pages.sqlite")) as pages:
        yield pages
        pages.commit()


@pytest.mark.parametrize(
    ("statement", "is_built"),
    [
        pytest.param("UPDATE paper_sites SET site = site", True, id="whole"),
        pytest.param("UPDATE paper_entries SET stamp = stamp || ' at 1'", True, id="read again"),
        pytest.param("UPDATE paper_sites SET head = x''", False, id="killed"),
        pytest.param("UPDATE paper_sites SET site = '/elsewhere'", False, id="of another site"),
        pytest.param("DROP TABLE paper_entries", False, id="of another version"),
    ],
)
def test_a_record_is_built_where_the_index_of_a_whole_build_has_it(
    root: Path, statement: str, *, is_built: bool
) -> None:
    with index_of(root) as pages:
        pages.execute(statement)
    with open_newsroom(root, NOW, {}) as opened:
        signatures = {path: opened.archive.signature(path) for path in (WALL, "_news/none.md")}
        assert (set() if is_built else {WALL}) == find_stale_pages(opened, signatures)
        (root / WALL).unlink()
        gone = find_stale_pages(opened, {WALL: None})

    assert ({WALL} if is_built else set()) == gone


def test_an_index_that_is_not_there_is_not_made(root: Path) -> None:
    (root / ".copydesk" / "pages.sqlite").unlink()
    with open_newsroom(root, NOW, {}) as opened:
        assert {WALL} == find_stale_pages(opened, {WALL: opened.archive.signature(WALL)})

    assert not (root / ".copydesk" / "pages.sqlite").exists()
