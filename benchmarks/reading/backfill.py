"""Measure `copydesk backfill`: reading archives by workers, the cheap test, and many archives.

    python benchmarks/reading/backfill.py [--pages WARC] [--archives 4] [--many 5200]

`--pages` is a recording whose pages the archives hold, each archive all of them; without it pages
are invented. Milliseconds and pages a second are of CPU time (user and system, workers counted).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from copydesk import extract  # noqa: E402
from copydesk.errors import PageError  # noqa: E402
from copydesk.fetch.warc import WarcPages  # noqa: E402
from copydesk.news import Beat, Lead, Topic  # noqa: E402
from copydesk.rounds.backfill._read import FUNCTION, ArchiveTask, Wanted  # noqa: E402
from copydesk.rounds.backfill._store import ArchiveRead  # noqa: E402
from copydesk.rounds.workers import LocalWorkers, call_all  # noqa: E402
from world.command import copydesk  # noqa: E402
from world.newsroom import NOW, newsroom  # noqa: E402
from world.web_archives import invent_pages, write_archives  # noqa: E402

WORDS = ("coast", "sea wall", "artificial intelligence", "machine learning", "AI")


def spent() -> float:
    """Return the CPU seconds of this process, of those below it, and of those that these ended."""
    parents, seconds = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            pid = int(folder.name)
            parents[pid] = int(fields[1])
            seconds[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return sum(spent for pid, spent in seconds.items() if is_below(pid, parents))


def is_below(pid: int, parents: Mapping[int, int]) -> bool:
    """Return whether a process is this one or descends from it."""
    while pid in parents and pid != os.getpid():
        pid = parents[pid]
    return pid == os.getpid()


def read_alone(path: Path, beat: Beat) -> float:
    """Return the CPU milliseconds that a page takes when nothing else is done."""
    pages = [found.page for found in WarcPages(path)]
    for page in pages[:3]:
        with contextlib.suppress(PageError):
            extract.read(page, Lead(url=page.url, source="", found=page.fetched_at), beat)
    began = time.process_time()
    for page in pages:
        with contextlib.suppress(PageError):
            extract.read(page, Lead(url=page.url, source="", found=page.fetched_at), beat)
    return 1000 * (time.process_time() - began) / len(pages)


def read_by_workers(paths: Sequence[Path], beat: Beat, size: int, *, skips_test: bool) -> None:
    """Read archives with `size` workers; print pages per second of CPU, and of the clock."""
    wanted = Wanted(languages=("en",), hosts=frozenset(), any_host=True, skips_test=skips_test)
    workers = LocalWorkers(beat, msgspec.msgpack.encode(wanted), size)
    tasks = [
        msgspec.msgpack.encode(ArchiveTask(name=f"{number}", file=str(path)))
        for number, path in enumerate(paths)
    ]
    pages = kept = 0
    counts: dict[str, int] = {}

    async def run() -> None:
        nonlocal pages, kept
        async for _, answer in call_all(workers, FUNCTION, tasks):
            assert isinstance(answer, bytes), answer
            read = msgspec.msgpack.decode(answer, type=ArchiveRead)
            pages, kept = pages + read.pages, kept + len(read.kept)
            for why, count in read.counts.items():
                counts[why] = counts.get(why, 0) + count

    began, before = time.monotonic(), spent()
    asyncio.run(run())
    seconds, cpu = time.monotonic() - began, spent() - before
    workers.close()
    test = "without the test" if skips_test else "with the test   "
    failed = counts.get("no-keyword", 0)
    passed = f", {100 * (pages - failed) / pages:.1f} % pass it" if not skips_test else ""
    print(
        f"{size} workers, {test}: {pages} pages, {kept} kept, "
        f"{pages / cpu:.1f} pages a second of CPU, {pages / seconds:.1f} of the clock{passed}"
    )


def fill_from_many(folder: Path, count: int) -> None:
    """Fill a newsroom from many small archives; print time, memory and what a second time costs."""
    pages = invent_pages(400)
    archives = write_archives(folder / "few", pages, 100)
    many = folder / "many"
    many.mkdir()
    for number in range(count):
        shutil.copyfile(archives[number % 100], many / f"NEWS-{number:05}.warc.gz")
    root = newsroom(folder / "beat", more='[fetch]\ncontact = "mailto:a@tidewatch.example"\n')
    for turn in ("first", "again"):
        began, before = time.monotonic(), spent()
        said = copydesk(
            "-C", root, "--now", NOW.isoformat(), "backfill", "--json", "--web", archives[0], many
        )
        assert said.code == 0, said.err
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{count} archives, {turn}: {said.json()['read']} read, "
            f"{time.monotonic() - began:.1f} s, {spent() - before:.1f} s of CPU, {most:.0f} MB"
        )


def main() -> None:
    """Run the measurements that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--archives", type=int, default=4)
    parser.add_argument("--many", type=int, default=0)
    options = parser.parse_args()
    topics = (Topic(id="x", name="Coast", keywords=WORDS),)
    beat = replace(Beat(title="A site"), topics=topics)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = options.pages or write_archives(folder / "one", invent_pages(300), 1)[0]
        copies = [folder / f"{number}.warc.gz" for number in range(options.archives)]
        for copy in copies:
            shutil.copyfile(source, copy)
        alone = read_alone(source, beat)
        print(f"alone: {alone:.1f} ms a page, .9 of that pace is {900 / alone:.1f} pages a second")
        for size in (1, 2):
            read_by_workers(copies, beat, size, skips_test=True)
        read_by_workers(copies, beat, 2, skips_test=False)
        if options.many:
            fill_from_many(folder, options.many)


if __name__ == "__main__":
    main()
