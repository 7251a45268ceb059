"""Time whole rounds over thousands of feeds on loopback, beside aiohttp alone.

    python benchmarks/wire/sweep.py [--feeds 1000 10000 50000] [--json FILE]

For each size a world of its own is served (`tests/world/serve.py`: ten feeds on three hosts), and a
newsroom of that many sources is laid out. A first round knows nothing and fills robots.txt and
validators; the measured one runs two days later by its clock: 97 of 100 feeds answer 304. A last
one, in which nothing is due, says what a round costs without a sweep. Then 10,000 feeds once more,
of which all changed in the measured round. All are `copydesk run --json` as a process, measured
from outside: nothing here knows how copydesk works. aiohttp alone runs just before and just after
the measured round; on a machine that has other work, its share of the processor
(`beside_aiohttp_cpu`) says more than the wall does.

`delay_seconds` is 0.02 here and 5 in life: the pauses of a real sweep would measure patience.
Every source wants only items with a word that none has, so that no page is asked for. Politeness is
read off the world's access log (`tests/world/politeness.py`), over all rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "tests"
sys.path.insert(0, str(TESTS))

from world.log import Visit, read_log  # noqa: E402
from world.politeness import Manners, violations  # noqa: E402
from world.serve import feed_path, host_name, robots_text  # noqa: E402

DELAY = 0.02
DAYS = ("2026-11-20", "2026-11-22")
TIME = "T08:00:00Z"
AIMS = {"cpu_ms": 1.5, "beside_aiohttp": 0.5, "rss_mb": 400.0, "start_seconds": 2.0}
ALL_CHANGED_AT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round, measured: seconds of the wall and the processor, the greatest resident size."""

    name: str
    feeds: int
    wall_seconds: float
    cpu_seconds: float
    rss_mb: float
    start_seconds: float
    sweep_seconds: float
    requests: int
    unchanged: int
    failed: int


class World:
    """The served world: its process and its log."""

    def __init__(self, process: subprocess.Popen[str], log: Path, feeds: int) -> None:
        assert process.stdout is not None
        about = json.loads(process.stdout.readline())
        self.nameserver, self.port = about["nameserver"], about["port"]
        self.feeds = feeds
        self.hosts = hosts_of(feeds)
        self._process, self._log = process, log

    def tell(self, words: str) -> None:
        """Have the world do something, and wait until it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def visits(self, since: float = 0.0) -> list[Visit]:
        """Give the visits since a moment of `time.monotonic`."""
        self.tell("log")
        return [visit for visit in read_log(self._log) if visit.start >= since]

    def url(self, number: int) -> str:
        """Give the address of a feed."""
        return f"http://{host_name(number % self.hosts)}:{self.port}{feed_path(number)}"


def hosts_of(feeds: int) -> int:
    """Return the number of hosts for a number of feeds: three for ten."""
    return max(feeds * 3 // 10, 1)


@contextmanager
def served(feeds: int, folder: Path, changed: float, more: Sequence[str] = ()) -> Iterator[World]:
    """Serve a world while the block runs; `more` are further options of `world.serve`."""
    log = folder / "log"
    command = ["-m", "world.serve", "--feeds", str(feeds), "--hosts", str(hosts_of(feeds))]
    process = subprocess.Popen(
        [sys.executable, *command, "--changed", str(changed), "--log", str(log), *more],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        world = World(process, log, feeds)
        try:
            yield world
        finally:
            world.tell("end")


def lay_out(root: Path, world: World, delay: float = DELAY) -> None:
    """Make the newsroom."""
    names = ", ".join(f'"{host_name(number)}"' for number in range(world.hosts))
    root.mkdir()
    (root / "beat.toml").write_text(
        '[site]\ntitle = "Sweep"\nurl = "https://sweep.example"\n[fetch]\n'
        f'contact = "mailto:desk@sweep.example"\ndelay_seconds = {delay}\n'
        f'nameservers = ["{world.nameserver}"]\nallow_hosts = [{names}]\n'
        + "".join(
            f'[[source]]\nurl = "{world.url(number)}"\ninclude = ["zugzwang"]\n'
            for number in range(world.feeds)
        ),
        "utf-8",
    )
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)


def run_round(name: str, day: str, root: Path, world: World) -> Round:
    """Run one round as a process, and measure it from outside."""
    out = root.parent / "report.json"
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run", "--json"]
    began = time.monotonic()
    with out.open("wb") as stdout:
        process = subprocess.Popen(
            [*command, "--now", day + TIME], stdout=stdout, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the round {name} ended with exit code {process.returncode}")
    visits = world.visits(began)
    feeds = [visit for visit in visits if visit.path != "/robots.txt"]
    first = min((visit.start for visit in visits), default=began + wall)
    return Round(
        name=name,
        feeds=world.feeds,
        wall_seconds=wall,
        cpu_seconds=used.ru_utime + used.ru_stime,
        rss_mb=used.ru_maxrss / 1_024,
        start_seconds=first - began,
        sweep_seconds=max((visit.end for visit in visits), default=first) - first,
        requests=len(feeds),
        unchanged=sum(visit.status == 304 for visit in feeds),
        failed=len(json.loads(out.read_bytes())["failed"]),
    )


def aiohttp_alone(world: World) -> list[float]:
    """Give the seconds, of the wall and of the processor, in which aiohttp alone asks all feeds."""
    known = [(world.url(number), f'"{number}-0"') for number in range(world.feeds)]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("alone.py")), world.nameserver],
        input=json.dumps(known),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def rude(world: World, delay: float = DELAY) -> list[str]:
    """Give every breach of manners in what copydesk asked, in all rounds."""
    robots = {host_name(number): robots_text(number) for number in range(world.hosts)}
    asked = (visit for visit in world.visits() if visit.agent.startswith("copydesk"))
    found = violations(asked, Manners(delay_seconds=delay, robots=robots))
    return [f"{one.kind}: {one.host}{one.path}: {one.what}" for one in found]


def sweep(feeds: int, changed: float = 0.03) -> dict[str, object]:
    """Measure one size."""
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        with served(feeds, folder, changed) as world:
            root = folder / "newsroom"
            lay_out(root, world)
            rounds = [run_round("cold", DAYS[0], root, world)]
            world.tell("edition 1")
            name = "unchanged" if changed < 1 else "all changed"
            alone = [aiohttp_alone(world)]
            rounds.append(run_round(name, DAYS[1], root, world))
            alone.append(aiohttp_alone(world))
            rounds.append(run_round("idle", DAYS[1], root, world))
            breaches = rude(world)
    wall, cpu = (sum(times) / len(alone) for times in zip(*alone, strict=True))
    return {
        "feeds": feeds,
        "hosts": hosts_of(feeds),
        "rounds": [asdict(one) for one in rounds],
        "aiohttp_seconds": wall,
        "aiohttp_cpu_seconds": cpu,
        "violations": breaches,
        "figures": figures(rounds, wall, cpu),
    }


def figures(rounds: list[Round], wall: float, cpu: float) -> dict[str, float]:
    """Return the figures of the measured round that have an aim."""
    _, measured, idle = rounds
    spent = measured.cpu_seconds - idle.cpu_seconds
    return {
        "cpu_ms": 1_000 * measured.cpu_seconds / measured.feeds,
        "cpu_ms_sweep": 1_000 * spent / measured.feeds,
        "beside_aiohttp": wall / measured.sweep_seconds,
        "beside_aiohttp_cpu": cpu / spent,
        "requests_a_second": measured.requests / measured.sweep_seconds,
        "rss_mb": measured.rss_mb,
        "start_seconds": measured.start_seconds,
    }


def show(one: dict[str, object]) -> None:
    """Print one size, each figure beside its aim."""
    print(f"\n{one['feeds']} feeds on {one['hosts']} hosts, delay_seconds = {DELAY}")
    for part in one["rounds"]:
        asked = f"{part['requests']:6} feeds asked, {part['unchanged']:6} unchanged"
        spent = f"wall {part['wall_seconds']:.1f} s, CPU {part['cpu_seconds']:.1f} s"
        print(f"  {part['name']:12} {asked}, {part['failed']} failed: {spent}")
    for name, value in one["figures"].items():
        aim = f"  (aim {AIMS[name]:g})" if name in AIMS else ""
        print(f"  {name:18} {value:9.2f}{aim}")
    alone, cpu = one["aiohttp_seconds"], one["aiohttp_cpu_seconds"]
    print(f"  aiohttp alone      {alone:9.2f} s, CPU {cpu:.2f} s")
    print(f"  violations         {len(one['violations']):9}  (aim 0)")
    for breach in one["violations"][:5]:
        print(f"    {breach}")


def grown(done: list[dict[str, object]]) -> None:
    """Print how the cost of a feed grows with their number."""
    first = done[0]
    for one in done[1:]:
        times = one["feeds"] / first["feeds"]
        cpu = one["rounds"][1]["cpu_seconds"] / first["rounds"][1]["cpu_seconds"]
        rss = one["rounds"][1]["rss_mb"] / first["rounds"][1]["rss_mb"]
        print(
            f"{times:g} times the feeds: CPU x {cpu:.1f}, RSS x {rss:.1f} (aim: at most {times:g})"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    done = []
    for feeds in chosen.feeds:
        done.append(sweep(feeds))
        show(done[-1])
    print()
    grown(done)
    if ALL_CHANGED_AT in chosen.feeds:
        done.append(sweep(ALL_CHANGED_AT, changed=1.0))
        show(done[-1])
    if chosen.json:
        chosen.json.write_text(json.dumps(done, indent=1), "utf-8")


if __name__ == "__main__":
    main()
