"""The kernel tells which files change; folders may come, go and come back."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from copydesk.background import FileChanges, FileWatcher, find_network_mount

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")
Work = Callable[[FileWatcher], Awaitable[None]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("_news", "_data", ".copydesk"):
        (tmp_path / "beat" / folder).mkdir(parents=True)
    return tmp_path / "beat"


def watch(root: Path, work: Work) -> None:
    """Do some work with a watcher of `_news`, `_people` and `assets`."""

    async def inside() -> None:
        watched = {"_news", "_people", "assets"}
        with closing(FileWatcher(root, lambda path: path.split("/")[0] in watched)) as watcher:
            await watcher.begin()
            await work(watcher)

    asyncio.run(inside())


def paths(*names: str) -> FileChanges:
    return FileChanges(paths=frozenset(names))


def test_a_file_that_is_written_moved_or_deleted_is_told_of(root: Path) -> None:
    (root / "_news" / "gone.md").touch()

    async def work(watcher: FileWatcher) -> None:
        (root / "_news" / "gone.md").unlink()
        (root / "_news" / "wall.md").write_text("wall")
        (root / "_news" / ".new-wall").write_text("seals")
        (root / "_news" / ".new-wall").rename(root / "_news" / "seals.md")
        assert paths("_news/gone.md", "_news/wall.md", "_news/seals.md") == await watcher.read()
        assert not await watcher.read()

    watch(root, work)


@pytest.mark.parametrize(
    "name",
    [
        *("_news/.wall.md.swp", "_news/wall.md~", "beat.toml", "_data/x.yaml", ".copydesk/x.md"),
        "_news/\udcff.md",
    ],
)
def test_what_is_no_record_of_anybody_is_not_told_of(root: Path, name: str) -> None:
    async def work(watcher: FileWatcher) -> None:
        (root / name).write_text("x")
        assert not await watcher.read()

    watch(root, work)


def test_what_is_read_is_not_told_of(root: Path) -> None:
    (root / "_news" / "wall.md").write_text("wall")

    async def work(watcher: FileWatcher) -> None:
        assert "wall" == (root / "_news" / "wall.md").read_text()
        assert not await watcher.read()

    watch(root, work)


def test_a_new_folder_is_told_of_with_all_that_is_in_it_and_watched(root: Path) -> None:
    async def work(watcher: FileWatcher) -> None:
        month = root / "_news" / "2026-12" / "first"
        month.mkdir(parents=True)
        (month / "wall.md").touch()
        (root / "assets").mkdir()
        (root / "assets" / "logo.svg").touch()
        told = await watcher.read()
        assert {"_news/2026-12/first/wall.md", "assets/logo.svg"} <= told.paths
        (month / "seals.md").touch()
        (root / "assets" / "logo.svg").unlink()
        assert paths("_news/2026-12/first/seals.md", "assets/logo.svg") == await watcher.read()

    watch(root, work)


def test_a_folder_that_is_deleted_and_comes_back_is_watched_again(root: Path) -> None:
    (root / "_news" / "wall.md").touch()

    async def work(watcher: FileWatcher) -> None:
        shutil.rmtree(root / "_news")
        assert (await watcher.read()).everything
        (root / "_news").mkdir()
        assert not (await watcher.read()).everything
        (root / "_news" / "seals.md").touch()
        assert paths("_news/seals.md") == await watcher.read()

    watch(root, work)


def test_a_folder_that_is_moved_away_is_watched_no_longer(root: Path) -> None:
    (root / "_news" / "old" / "older").mkdir(parents=True)

    async def work(watcher: FileWatcher) -> None:
        (root / "_news" / "old").rename(root / "drawer")
        assert FileChanges(everything=True) == await watcher.read()
        (root / "drawer" / "older" / "wall.md").touch()
        (root / "drawer" / "seals.md").touch()
        assert not await watcher.read()

    watch(root, work)


def test_a_link_is_followed_where_records_would_be_listed_and_nowhere_else(root: Path) -> None:
    for place in ("people", "drawer"):
        (root.parent / place).mkdir()
    (root / "_people").symlink_to(root.parent / "people")
    (root / "_news" / "link").symlink_to(root.parent / "drawer")

    async def work(watcher: FileWatcher) -> None:
        (root / "_news" / "later").symlink_to(root.parent / "drawer")
        assert paths("_news/later") == await watcher.read()
        (root.parent / "people" / "ada.md").touch()
        (root.parent / "drawer" / "wall.md").touch()
        assert paths("_people/ada.md") == await watcher.read()
        (root / "_people").unlink()
        assert (await watcher.read()).everything
        (root.parent / "people" / "ada.md").unlink()
        assert not await watcher.read()

    watch(root, work)


def test_more_than_the_kernel_keeps_is_everything(root: Path) -> None:
    most = int(QUEUE.read_text())
    if most > 50_000:
        pytest.skip("the kernel keeps too many events here")

    async def work(watcher: FileWatcher) -> None:
        for number in range(most // 2 + 1):  # two events each
            (root / "_news" / f"{number % 100}.md").touch()
            (root / "_news" / f"{number % 100}.md").unlink()
        (root / "_news" / "2026-12").mkdir()  # which nobody is told of
        assert (await watcher.read()).everything
        (root / "_news" / "2026-12" / "wall.md").touch()
        assert paths("_news/2026-12/wall.md") == await watcher.read()

    watch(root, work)


@pytest.mark.parametrize("is_moved", [True, False])
def test_without_its_root_it_can_tell_nothing(root: Path, *, is_moved: bool) -> None:
    async def work(watcher: FileWatcher) -> None:
        if is_moved:
            root.rename(root.parent / "elsewhere")
        else:
            shutil.rmtree(root)
        with pytest.raises(OSError, match="moved or deleted"):
            await watcher.read()

    watch(root, work)


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    watcher = FileWatcher(tmp_path / "nowhere", lambda _name: True)
    with closing(watcher), pytest.raises(FileNotFoundError):
        asyncio.run(watcher.begin())


def test_a_watcher_that_is_ended_as_it_begins_is_waited_for(tmp_path: Path) -> None:
    at_work = threading.Event()
    asked: list[str] = []

    def is_watched(name: str) -> bool:
        at_work.set()
        time.sleep(0.2)
        asked.append(name)
        return False

    async def end_it() -> None:
        with closing(FileWatcher(tmp_path, is_watched)) as watcher:
            beginning = asyncio.create_task(watcher.begin())
            await asyncio.to_thread(at_work.wait)
            beginning.cancel()
            with suppress(asyncio.CancelledError):
                await beginning
            assert ["one"] == asked

    (tmp_path / "one").mkdir()
    asyncio.run(end_it())


def test_a_burst_is_told_of_at_once(root: Path) -> None:
    async def work(watcher: FileWatcher) -> None:
        async def write() -> None:
            for number in range(10):
                (root / "_news" / f"{number}.md").write_text("wall")
                await asyncio.sleep(0.02)

        writing = asyncio.create_task(write())
        told = await watcher.wait()
        await writing
        assert paths(*(f"_news/{number}.md" for number in range(10))) == told

    watch(root, work)


def test_no_descriptor_is_left(root: Path) -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - their names

    async def work(watcher: FileWatcher) -> None:
        waiting = asyncio.create_task(watcher.wait())
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()

    watch(root, work)

    assert before == os.listdir("/proc/self/fd")  # noqa: PTH208


MOUNTS = """\
21 1 254:0 / / rw - ext4 /dev/vda rw
22 21 0:40 / /srv rw,relatime shared:3 - nfs4 files:/srv rw
23 22 0:41 / /srv/my\\040beat/local rw - ext4 /dev/vdb rw
24 21 0:42 / /mnt/far rw - fuse.sshfs ada@host: rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/my beat", "nfs4"),
        ("/srv/my beat/local/news", ""),
        ("/mnt/far/beat", "fuse.sshfs"),
        ("/srvs/beat", ""),
    ],
)
def test_a_network_file_system_is_known_by_its_mount(
    tmp_path: Path, folder: str, kind: str
) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)

    assert kind == find_network_mount(Path(folder), tmp_path / "mountinfo")


def test_without_a_table_of_mounts_nothing_is_known(tmp_path: Path) -> None:
    assert "" == find_network_mount(tmp_path, tmp_path / "nowhere")
