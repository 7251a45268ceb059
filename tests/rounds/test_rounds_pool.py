"""Readers end cleanly whenever they are ended."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
import weakref
from datetime import UTC, datetime
from multiprocessing import forkserver
from pathlib import Path

import pytest

from copydesk.errors import PageError, PictureError
from copydesk.illustrate import PictureForms, make_forms, measure_picture
from copydesk.news import Beat, Page, Source
from copydesk.rounds import ReaderContext, ReaderPool
from illustrate.draw import URL as DRAWN
from illustrate.draw import drawn, encoded

NOW = datetime(2030, 1, 2, tzinfo=UTC)
URL = "https://gull.example/feed.xml"
PAGE = Page(
    url=URL, final_url=URL, status=200, headers={}, body=b"<rss><channel/></rss>", fetched_at=NOW
)


def test_locks_outlive_who_lets_go_of_them_before_its_processes_have_ended() -> None:
    context = ReaderContext()
    lock = weakref.ref(context.RLock())
    gc.collect()

    assert lock() is not None
    del context
    gc.collect()
    assert lock() is None


def test_what_readers_are_made_from_is_deaf_to_ctrl_c_while_it_loads() -> None:
    readers = ReaderPool(Beat(title="Coast"), workers=1)
    try:
        asyncio.run(readers.leads(PAGE, Source(url=URL), NOW))
    finally:
        readers.close()

    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    status = Path(f"/proc/{server}/status").read_text()
    (blocked,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigBlk")]
    assert int(blocked, 16) >> (signal.SIGINT - 1) & 1


@pytest.mark.parametrize(
    "library",
    [
        *("feedparser", "trafilatura", "htmldate", "pebble"),
        *("PIL.AvifImagePlugin", "PIL.WebPImagePlugin", "PIL.JpegImagePlugin"),
    ],
)
def test_a_reader_starts_with_all_that_reads_pages(library: str) -> None:
    readers = ReaderPool(Beat(title="Coast"), workers=1)
    try:
        assert asyncio.run(readers.call("", eval, f"{library!r} in __import__('sys').modules"))
    finally:
        readers.close()


def test_readers_whom_nobody_asks_are_neither_started_nor_loaded() -> None:
    code = """
import multiprocessing, sys
from copydesk.rounds import ReaderPool
from copydesk.news import Beat
ReaderPool(Beat(title="Coast")).close()
print("pebble" in sys.modules, multiprocessing.active_children())
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "False []\n" == done.stdout


def test_while_readers_load_the_caller_does_what_it_likes_once() -> None:
    async def work() -> None:
        await asyncio.gather(*(readers.leads(PAGE, Source(url=URL), NOW) for _ in range(2)))

    done: list[str] = []
    readers = ReaderPool(Beat(title="Coast"), workers=1, meanwhile=lambda: done.append("loaded"))
    try:
        assert [] == done
        asyncio.run(work())
    finally:
        readers.close()
    assert ["loaded"] == done


def test_an_idle_reader_that_the_system_kills_costs_no_page() -> None:
    async def work() -> None:
        for _ in range(3):
            number = await readers.call(URL, os.getpid)
            os.kill(number, signal.SIGKILL)
            assert await readers.call(URL, os.getpid) != number

    loads: list[str] = []
    readers = ReaderPool(Beat(title="Coast"), workers=1, meanwhile=lambda: loads.append("once"))
    try:
        asyncio.run(work())
    finally:
        readers.close()
    assert ["once"] == loads


def test_a_page_is_read_again_if_its_reader_was_killed(tmp_path: Path) -> None:
    system = "__import__('os')"
    code = f"{system}.mkdir({str(tmp_path / 'killed')!r}) or {system}.kill({system}.getpid(), 9)"
    readers = ReaderPool(Beat(title="Coast"), workers=1)
    try:
        with pytest.raises(PageError, match="FileExistsError"):  # what the second reader finds
            asyncio.run(readers.call(URL, eval, code))
    finally:
        readers.close()


PICTURES = [encoded(drawn(640 + number, 360)) for number in range(4)]


def forms(bodies: list[bytes], workers: int) -> list[PictureForms]:
    """Let so many readers make the forms of pictures, all asked at once."""

    async def work() -> list[PictureForms]:
        pictures = [measure_picture(DRAWN, body) for body in bodies]
        return await asyncio.gather(*map(readers.picture_forms, pictures))

    readers = ReaderPool(Beat(title="Coast"), workers=workers)
    try:
        return asyncio.run(work())
    finally:
        readers.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_readers_make_of_a_picture_what_is_made_here(workers: int) -> None:
    here = [make_forms(measure_picture(DRAWN, body)) for body in PICTURES]

    assert here == forms(PICTURES, workers)


def test_of_a_picture_that_is_cut_off_a_reader_says_so() -> None:
    with pytest.raises(PictureError, match="damaged or cut off") as caught:
        forms([PICTURES[0][:2000]], 1)

    assert DRAWN == caught.value.subject


@pytest.mark.parametrize("seconds", [0, 0.01, 0.3])
def test_readers_that_are_ended_while_they_start_say_nothing(
    seconds: float, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work() -> None:
        readers = ReaderPool(Beat(title="Coast"), workers=2)
        try:
            asked = asyncio.create_task(readers.leads(PAGE, Source(url=URL), NOW))
            await asyncio.sleep(seconds)
            asked.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asked
        finally:
            readers.close()

    asyncio.run(work())

    assert capfd.readouterr().err == ""
