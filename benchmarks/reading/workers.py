"""Measure the reading stage alone: this machine's pool, and Dask clusters of one and more workers.

    python benchmarks/reading/workers.py [--times 200] [--workers 1,2] [--length 16] [--repeat 3]

The pages are the example's recorded web, TIMES over, each time with other hosts and days. LENGTH is
how many variants of each paragraph a page has, so that it takes as long as pages of the live web.
Each line is one run: pages, seconds, milliseconds a page, and a digest of all that was read, which
must be the same in every line. A cluster is a scheduler and workers on loopback. It runs before its
time begins, and so do the processes of the pool.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from msgspec.msgpack import encode

from copydesk import config
from copydesk.config import Settings
from copydesk.news import Article, Dropped, Lead, Page
from copydesk.news.options import WorkerOptions
from copydesk.rounds import ReaderPool, workers

EXAMPLE = Path(__file__).parents[2] / "examples" / "ai"
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def main() -> None:
    """Measure, and print a line for each run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--length", type=int, default=16)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    environ = {**os.environ, "COPYDESK_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    settings = config.load(EXAMPLE / "newsroom", environ)
    for _ in range(options.repeat):
        for size in map(int, options.workers.split(",")):
            pages = make_pages(options.times, options.length)
            measure(f"pool of {size}", ReaderPool(settings.beat, workers=size), pages)
            with run_cluster(settings, size) as clustered:
                pages = make_pages(options.times, options.length)
                measure(f"Dask workers: {size}", open_cluster(clustered, size), pages)


def make_pages(times: int, length: int) -> Iterator[tuple[Page, Lead]]:
    """Yield the articles of the recorded web again and again, from other hosts on other days."""
    with (EXAMPLE / "web.warc.gz").open("rb") as file:
        found = [
            (str(record.headers["WARC-Target-URI"]), body)
            for record in ArchiveIterator(file, record_types=WarcRecordType.response)
            if record.http_headers.status_code == 200
            and b"<article" in (body := record.reader.read())
        ]
    for turn in range(times):
        day = (NOW - timedelta(days=turn % 5)).strftime("%Y-%m-%d").encode()
        for url, recorded in found:
            moved = url.replace("://", f"://t{turn}.", 1)
            dated = re.sub(rb"2026-11-\d\d", day, recorded)
            body = re.sub(rb"<p>.*?</p>", lambda found: vary(found[0], length), dated, flags=re.S)
            page = Page(
                url=moved, final_url=moved, status=200, headers={}, body=body, fetched_at=NOW
            )
            yield page, Lead(url=moved, source="", found=NOW)


def vary(paragraph: bytes, length: int) -> bytes:
    """Return variants of a paragraph, each with another number in its sentences."""
    return b"".join(paragraph.replace(b". ", b" %d. " % number) for number in range(length))


def measure(name: str, readers: ReaderPool, pages: Iterator[tuple[Page, Lead]]) -> None:
    """Read all pages, as many at once as a round would hold in memory; print what it took."""

    async def read_one(page: Page, lead: Lead) -> bytes:
        outcome: Article | Dropped = await readers.article(page, lead)
        return hashlib.sha256(encode(outcome)).digest()

    async def read_all() -> None:
        given = list(pages)
        await asyncio.gather(*(read_one(*one) for one in given[:50]))  # everybody is awake
        began = time.perf_counter()
        tasks = []
        for page, lead in given:
            await readers.room()
            tasks.append(asyncio.ensure_future(read_one(page, lead)))
            await asyncio.sleep(0)
        digest = hashlib.sha256(b"".join(await asyncio.gather(*tasks))).hexdigest()[:12]
        seconds = time.perf_counter() - began
        each = 1000 * seconds / len(given)
        print(f"{name}: {len(given)} pages, {seconds:.1f} s, {each:.1f} ms a page, {digest}")
        print(*readers.notes, sep="\n", end="", flush=True)

    with contextlib.closing(readers):
        asyncio.run(read_all())


def open_cluster(settings: Settings, size: int) -> ReaderPool:
    """Return a reader pool that knows all workers of its cluster."""
    readers = workers.DaskReaders(settings, lambda: None)
    while readers.workers.size < size:
        time.sleep(0.1)
    return readers


@contextlib.contextmanager
def run_cluster(settings: Settings, size: int) -> Iterator[Settings]:
    """Run a scheduler and workers on loopback; yield the settings that name them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = (sys.executable, "-m", "dask")
    scheduler = (*dask, "scheduler", "--no-dashboard", "--host", address)
    worker = (
        *dask,
        "worker",
        address,
        "--no-dashboard",
        "--nthreads",
        "1",
        "--nworkers",
        str(size),
    )
    environ = {**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        for command in (scheduler, worker):
            quiet = subprocess.DEVNULL
            started = subprocess.Popen(command, env=environ, cwd=folder, stderr=quiet)
            stack.callback(started.wait)
            stack.callback(started.terminate)
        yield replace(settings, workers=WorkerOptions(dask=address))


if __name__ == "__main__":
    main()
