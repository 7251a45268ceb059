"""Time how long an editor's word waits for a round that is at work.

    python benchmarks/bench_words.py fetch [MINUTES]      while it fetches, 1 minute if not told
    python benchmarks/bench_words.py file [STORIES]       while it files, 2000 if not told
    python benchmarks/bench_words.py remove [STORIES]     while it files: removals, shown at once

An invented newsroom has 400 stories on file. From the moment when `copydesk run` starts until it
ends, a word is said every half second, each as a process of its own: verdicts, headlines and
sources kept, in turn. No more than two are under way at once: a machine that is slower than that
would be measured at starting processes, and nothing else would get a turn on it. `fetch` runs over
a loopback web that takes seconds for each answer, `file` and `remove` over a recorded web.

A word's wait is its seconds beyond the median of the same word in an idle newsroom; with `lock` it
is what it spent waiting for the write lock alone. The round's process tells how long it held that
lock in one go. At the end every word that was accepted must stand in the records, rulings or
ledger, and have its commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCHMARKS / "paper"), str(BENCHMARKS.parent / "tests")]

from archive import Invented, invent  # noqa: E402
from world.background import hosts_in_background  # noqa: E402
from world.hosts import Hosts  # noqa: E402
from world.newsroom import Answer, feed, page, record_web  # noqa: E402
from world.web import Asked, sends  # noqa: E402

ON_FILE, IDLE, EVERY_SECONDS = 400, 6, 0.5
AT_ONCE, WORD_SECONDS, ROUND_SECONDS = 2, 120.0, 1_800.0  # the last two end what hangs
A_FEED = 100
HOSTS, SLOW_SECONDS = 12, 4.0
CLOCK, DATE, DAY = "2026-11-20T08:00:00Z", "Thu, 19 Nov 2026 10:00:00 GMT", "2026-11-19T10:00:00Z"
LATER = "2026-11-20T09:00:00Z"
BUSY = "another copydesk is writing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """One newsroom: its folder, the records on file, its sources."""

    root: Path
    records: list[str]
    sources: list[str]

    def command(self, *words: object) -> list[str]:
        """Return a command that a process of its own runs, telling how it fared with the lock."""
        return [sys.executable, __file__, "--timed", "-C", str(self.root), *map(str, words)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as it was said: its kind, its seconds, those at the lock, its commit, what it said."""

    kind: str
    about: str
    mark: str
    seconds: float
    lock_seconds: float
    commit: str
    error: str


def main() -> None:
    if sys.argv[1] == "--timed":
        run_timed(sys.argv[2:])
        return
    what, number = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        rounds = {"fetch": fetching, "file": filing, "remove": filing}
        kinds = ("remove",) if what == "remove" else ("hold", "rename", "keep")
        with rounds[what](Path(folder), number) as (newsroom, run):
            measure(newsroom, run, kinds)


def measure(newsroom: Newsroom, run: list[str], kinds: tuple[str, ...]) -> None:
    """Say words in the idle newsroom, then while the round runs, and print how they fared."""
    numbers = iter(range(len(newsroom.records)))
    idle = {
        kind: statistics.median(say(newsroom, kind, next(numbers)).seconds for _ in range(IDLE))
        for kind in kinds
    }
    began = time.monotonic()
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(newsroom.command(*run), stdout=subprocess.DEVNULL, stderr=told) as process,
    ):
        try:
            words = say_words(newsroom, process, kinds, numbers)
            process.wait(ROUND_SECONDS)
        finally:
            process.kill()
        told.seek(0)
        held = [float(each) for each in re.findall(r"(?m)^held ([\d.]+)$", told.read())]
    print(f"a round of {time.monotonic() - began:.1f} s, exit code {process.returncode}")
    show("wait", [max(0.0, one.seconds - idle[one.kind]) for one in words])
    show("lock", [one.lock_seconds for one in words])
    print(f"the round held the lock {len(held)} times, at most {max(held):.2f} s in one go")
    check(newsroom, words)


def say_words(
    newsroom: Newsroom,
    process: subprocess.Popen[bytes],
    kinds: tuple[str, ...],
    numbers: Iterator[int],
) -> list[Word]:
    """Say a word every half second until the round ends, or later where two are under way."""
    words = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way: set[Future[Word]] = set()
        while process.poll() is None and (number := next(numbers, None)) is not None:
            began = time.monotonic()
            under_way.add(pool.submit(say, newsroom, kinds[number % len(kinds)], number))
            if len(under_way) == AT_ONCE:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                words += [one.result() for one in done]
            time.sleep(max(0.0, began + EVERY_SECONDS - time.monotonic()))
    return words + [one.result() for one in under_way]


def say(newsroom: Newsroom, kind: str, number: int) -> Word:
    """Say one word in a process of its own."""
    record, mark = newsroom.records[number], f"word {number} of this run"
    if kind == "keep":
        record = newsroom.sources[number % len(newsroom.sources)]
        said: tuple[str, ...] = ("sources", "keep", record)
    elif kind == "rename":
        said = ("rule", "rename", record, mark)
    else:
        said = ("verdict", record, kind)
    began = time.monotonic()
    done = subprocess.run(
        newsroom.command(*said, "--why", mark, "--as", "Ed", "--json"),
        capture_output=True,
        text=True,
        check=False,
        timeout=WORD_SECONDS,
    )
    seconds = time.monotonic() - began
    waited = re.search(r"^waited ([\d.]+)$", done.stderr, re.MULTILINE)
    return Word(
        kind=kind,
        about=record,
        mark=mark,
        seconds=seconds,
        lock_seconds=float(waited.group(1)) if waited else 0.0,
        commit=json.loads(done.stdout)["commit"] or "" if done.returncode == 0 else "",
        error="" if done.returncode == 0 else done.stderr,
    )


def show(name: str, seconds: list[float]) -> None:
    print(f"{name}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")


def check(newsroom: Newsroom, words: list[Word]) -> None:
    """Print how many words were refused, and whether every other one stands and has its commit."""
    busy = [one for one in words if BUSY in one.error]
    failed = [one for one in words if one.error and one not in busy]
    log = git(newsroom.root, "log", "--format=%H").split()
    accepted = [one for one in words if not one.error]
    lost = [
        one
        for one in accepted
        if not stands(newsroom, one) or not (one.commit in log or one.kind == "keep")
    ]  # a source that was kept before is kept without a second commit
    print(f"{len(words)} words, {len(busy)} told busy, {len(failed)} failed, {len(lost)} lost")
    for one in (*failed[:3], *lost[:3]):
        print(f"  {one}")
    left = git(newsroom.root, "status", "--porcelain")
    journal = list((newsroom.root / ".copydesk" / "journal").glob("*.json"))
    print(f"git status {left or 'clean'}; {len(journal)} changes in the journal")


def stands(newsroom: Newsroom, one: Word) -> bool:
    """Return whether what was said is in the file that it belongs into."""
    if one.kind == "keep":
        return one.about in (newsroom.root / "_data" / "sources.yaml").read_text("utf-8")
    return one.mark in (newsroom.root / one.about).read_text("utf-8")


@contextlib.contextmanager
def filing(folder: Path, stories: float) -> Iterator[tuple[Newsroom, list[str]]]:
    """Give a newsroom, and the words of a round that files so many stories over a recorded web."""
    world = invent(2_000)
    hosts = [f"https://host{number}.example" for number in range(-(-int(stories or 2_000) // 100))]
    answers, new = answers_of(world, hosts, int(stories or 2_000))
    web = record_web(folder / "web.warc.gz", {**answers, **new})
    newsroom = on_file(folder, world, hosts)
    yield newsroom, ["--now", LATER, "run", "--all-due", "--web", str(web)]


@contextlib.contextmanager
def fetching(folder: Path, minutes: float) -> Iterator[tuple[Newsroom, list[str]]]:
    """Give a newsroom, and the words of a round that waits so long for a slow web."""
    world = invent(2_000)
    with hosts_in_background() as hosts:
        names = [f"slow{number}" for number in range(HOSTS)]
        pages = max(1, int(60 * (minutes or 1) / SLOW_SECONDS) - 2)
        urls = [hosts.url(name, "").rstrip("/") for name in names]
        answers, new = answers_of(world, urls, HOSTS * pages)
        for url, answer in {**answers, **new}.items():
            serve_slowly(hosts, names, urls, url, answer)
        more = (
            f'[fetch]\ncontact = "mailto:desk@bench.example"\ndelay_seconds = 0\n'
            f'nameservers = ["{hosts.names.address}"]\n'
            f"allow_hosts = {json.dumps(sorted(hosts.known))}\n"
        )
        newsroom = on_file(folder, world, urls, more)
        yield newsroom, ["run", "--all-due"]


def serve_slowly(hosts: Hosts, names: list[str], urls: list[str], url: str, answer: Answer) -> None:
    about = f"Content-Type: {answer.kind}\r\nContent-Length: {len(answer.body)}"
    head = f"HTTP/1.1 200 OK\r\n{about}\r\n\r\n"
    whole = sends(head.encode() + answer.body)

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(SLOW_SECONDS)
        await whole(asked, writer)

    base = next(one for one in urls if url.startswith(f"{one}/"))
    hosts.at(names[urls.index(base)], url.removeprefix(base), behave)


def answers_of(
    world: Invented, hosts: list[str], stories: int
) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Give the feeds of these hosts and their pages: so many stories, spread evenly."""
    feeds, pages = {}, {}
    for number, host in enumerate(hosts):
        items = []
        for count in range(number, stories, len(hosts)):
            title, url = world.sentence(6, 10), f"{host}/{count}.html"
            told = "\n".join(world.sentence(20, 40) + "." for _ in range(8))
            pages[url] = page(title, told, date=DAY)
            items.append((title, url, DATE))
        feeds[f"{host}/feed.xml"] = feed(*items)
    return feeds, pages


def on_file(folder: Path, world: Invented, hosts: list[str], more: str = "") -> Newsroom:
    """Make a newsroom with these sources and 400 stories, of others that are gone again."""
    from copydesk import archive

    old = [f"https://old{number}.example" for number in range(4)]
    feeds, pages = answers_of(world, old, ON_FILE)
    web = record_web(folder / "old.warc.gz", {**feeds, **pages})
    root = folder / "beat"
    root.mkdir()
    sources = [f"{host}/feed.xml" for host in (*old, *hosts)]
    listed = "".join(f'[[source]]\nurl = "{one}"\n' for one in sources)
    about = '[site]\ntitle = "Bench"\nurl = "https://bench.example"\n[scoring]\noff_beat = "keep"\n'
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    (root / "beat.toml").write_text(about + more + listed, "utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "-c", "user.name=Ed", "-c", "user.email=ed@bench.example", "commit", "-qm", "start")
    ran = [
        sys.executable,
        "-m",
        "copydesk",
        "-C",
        str(root),
        "--now",
        CLOCK,
        "run",
        "--web",
        str(web),
    ]
    subprocess.run(ran, check=True, capture_output=True)
    records = archive.Archive(root).paths()
    assert len(records) == ON_FILE, len(records)
    random.Random(1).shuffle(records)
    return Newsroom(root=root, records=records, sources=sources)


def git(root: Path, *words: str) -> str:
    return subprocess.run(
        ("git", *words), cwd=root, check=True, capture_output=True, text=True
    ).stdout


def run_timed(words: list[str]) -> None:
    """Run a command of copydesk; print what it waited for the write lock, and how long it held."""
    from copydesk.cli import main as copydesk
    from copydesk.kit.locks import Lock

    acquire, release = Lock.acquire, Lock.release
    since = [0.0]

    def timed_acquire(lock: Lock, wait_seconds: float = 0.0) -> bool:
        began = time.monotonic()
        had = acquire(lock, wait_seconds)
        if lock._path.name == "write.lock":  # noqa: SLF001 - no other lock is meant
            since[0] = time.monotonic()
            print(f"waited {since[0] - began:.3f}", file=sys.stderr)
        return had

    def timed_release(lock: Lock) -> None:
        if lock.is_held and lock._path.name == "write.lock":  # noqa: SLF001
            print(f"held {time.monotonic() - since[0]:.3f}", file=sys.stderr)
        release(lock)

    Lock.acquire, Lock.release = timed_acquire, timed_release  # type: ignore[method-assign,assignment]
    copydesk(words)


if __name__ == "__main__":
    main()
