"""Ask 100,000 sources in one process: what a source costs, what is held, whether hosts are spared.

    python benchmarks/wire/sources.py [--sources 1000 10000 100000] [--minutes 15] [--json FILE]

For each size a world is served on loopback (`tests/world/serve.py`: ten feeds on three hosts), and
a newsroom with all its feeds as sources is laid out. One feed in five has no validators, so that
its unchanged body is sent again; the others answer 304. Rounds follow each other, two days apart by
their clock: `first` knows nothing, `few new` meets 3 of 100 feeds with new items, `unchanged` none,
and `idle` runs at once afterwards, when nothing is due. Each is `copydesk run --json`: one process
asks, and its workers read.

Measured from outside, by /proc: the processor time of the process that asks and of its workers, the
greatest resident size of the process that asks, its most open files, and the size of its database.
`start` is the time until the first request.

`delay_seconds` is 0.02 for these, so that they end; 30 more sources on 9 hosts are asked with the
default of 5 seconds. After the rounds the access log of each world is read. A breach is: a request
before the host's pause was over, or while another one was under way, or against robots.txt, or
without the validator that the host gave, or to a host whose robots.txt had not been asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sweep import DELAY, TIME, World, lay_out, rude, served

from world.log import Visit

DAYS = {"first": 20, "few new": 22, "unchanged": 24, "idle": 24}
CHANGED, WITHOUT_VALIDATORS, ITEMS = 0.03, 0.2, 3
PAUSE, PAUSED_SOURCES = 5.0, 30
LOOK_SECONDS = 0.25
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round took: seconds, megabytes (2^20 bytes), and counts."""

    name: str
    wall_seconds: float
    start_seconds: float
    asking_cpu_seconds: float
    reading_cpu_seconds: float
    rss_mb: float
    database_mb: float
    files: int
    requests: int
    unchanged: int
    failed: int


class Watch(threading.Thread):
    """Looks at a process and its descendants until it ends; ends it when its time is over."""

    def __init__(self, process: subprocess.Popen[bytes], minutes: float) -> None:
        super().__init__()
        self.rss_mb, self.files = 0.0, 0
        self.cpu: dict[int, float] = {}
        self._process, self._until = process, time.monotonic() + minutes * 60
        self._is_over = threading.Event()
        self.start()

    def end(self) -> None:
        """Stop looking."""
        self._is_over.set()
        self.join()

    def run(self) -> None:
        """Look again and again."""
        while not self._is_over.wait(LOOK_SECONDS):
            if time.monotonic() > self._until:
                self._process.kill()
            try:
                self._look(self._process.pid)
            except (OSError, ValueError, IndexError):
                continue  # a process ended between two looks

    def _look(self, pid: int) -> None:
        status = Path(f"/proc/{pid}/status").read_text()
        self.rss_mb = max(self.rss_mb, int(status.split("VmHWM:")[1].split()[0]) / 1_024)
        self.files = max(self.files, sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()))
        known = dict(_processes())
        for other, (_, seconds) in known.items():
            ancestor = other
            while ancestor in known and ancestor != pid:
                ancestor = known[ancestor][0]
            if ancestor == pid:
                self.cpu[other] = seconds


def _processes() -> Iterator[tuple[int, tuple[int, float]]]:
    """Yield each process with its parent and its seconds of the processor."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(folder.name), (int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS)


def run_round(name: str, root: Path, world: World, minutes: float) -> Round:
    """Run one round as a process and measure it."""
    out = root.parent / "report.json"
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run", "--json"]
    began = time.monotonic()
    with out.open("wb") as stdout:
        process = subprocess.Popen(
            [*command, "--now", f"2026-11-{DAYS[name]}{TIME}"],
            stdout=stdout,
            stderr=subprocess.DEVNULL,
        )
        watch = Watch(process, minutes)
        _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.end()
    if process.returncode:
        raise SystemExit(f"the round {name} ended with exit code {process.returncode}")
    visits = world.visits(began)
    feeds = [visit for visit in visits if visit.path != "/robots.txt"]
    asking = watch.cpu.pop(process.pid, used.ru_utime + used.ru_stime)
    kept = root.rglob("*.sqlite*"), root.rglob("*.db*")
    return Round(
        name=name,
        wall_seconds=wall,
        start_seconds=min((visit.start for visit in visits), default=began + wall) - began,
        asking_cpu_seconds=asking,
        reading_cpu_seconds=sum(watch.cpu.values()),
        rss_mb=watch.rss_mb,
        database_mb=sum(file.stat().st_size for files in kept for file in files) / (1 << 20),
        files=watch.files,
        requests=len(visits),
        unchanged=sum(visit.status == 304 for visit in feeds),
        failed=len(json.loads(out.read_bytes())["failed"]),
    )


def unasked(visits: list[Visit]) -> Iterator[str]:
    """Yield the hosts whose first request was not for robots.txt."""
    met: set[str] = set()
    for visit in sorted(visits, key=lambda visit: visit.start):
        if visit.host not in met and visit.path != "/robots.txt":
            yield f"robots.txt not asked first: {visit.host}{visit.path}"
        met.add(visit.host)


def measure(sources: int, delay: float, minutes: float, names: list[str]) -> dict[str, object]:
    """Run the rounds over one world, and read its log."""
    with tempfile.TemporaryDirectory() as kept:
        folder, rounds = Path(kept), []
        more = ["--plain", str(WITHOUT_VALIDATORS), "--items", str(ITEMS)]
        with served(sources, folder, CHANGED, more) as world:
            lay_out(folder / "newsroom", world, delay)
            for name in names:
                if name == "few new":
                    world.tell("edition 1")
                rounds.append(run_round(name, folder / "newsroom", world, minutes))
            breaches = [*rude(world, delay), *unasked(world.visits())]
            return {
                "sources": sources,
                "hosts": world.hosts,
                "delay_seconds": delay,
                "rounds": [asdict(one) for one in rounds],
                "breaches": breaches,
            }


def show(done: dict[str, object]) -> None:
    """Print one size."""
    print(f"\n{done['sources']} sources on {done['hosts']} hosts, pause {done['delay_seconds']} s")
    print(
        "  round       ms a source: asks, reads   wall s  start s  RSS MB  files    DB MB  requests"
    )
    for one in done["rounds"]:
        asks, reads = (
            1_000 * one[f"{kind}_cpu_seconds"] / done["sources"] for kind in ("asking", "reading")
        )
        print(
            f"  {one['name']:10} {asks:18.2f} {reads:6.2f} {one['wall_seconds']:8.1f}"
            f" {one['start_seconds']:8.1f} {one['rss_mb']:7.0f} {one['files']:6}"
            f" {one['database_mb']:8.1f} {one['requests']:9} ({one['unchanged']} answered 304,"
            f" {one['failed']} failed)"
        )
    print(f"  breaches: {len(done['breaches'])} (aim 0)")
    for breach in done["breaches"][:5]:
        print(f"    {breach}")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--minutes", type=float, default=15.0, help="of one round, at most")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    done = [measure(PAUSED_SOURCES, PAUSE, chosen.minutes, ["first", "few new"])]
    show(done[-1])
    for sources in chosen.sources:
        done.append(measure(sources, DELAY, chosen.minutes, list(DAYS)))
        show(done[-1])
    if chosen.json:
        chosen.json.write_text(json.dumps(done, indent=1), "utf-8")


if __name__ == "__main__":
    main()
