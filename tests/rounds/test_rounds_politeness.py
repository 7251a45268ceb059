"""The checker finds every fault in a log, and none in the log of what copydesk does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk import rounds
from copydesk.newsroom import Silence, open_newsroom, reports
from world.background import hosts_in_background
from world.behaviours import feed_with_etag, stays
from world.hosts import Hosts
from world.log import Visit, read_log, write_log
from world.newsroom import TOPIC, run_git
from world.politeness import Manners, violations
from world.web import serves

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOSTS, FEEDS = 90, 300
CLOSED = "User-agent: *\nDisallow: /closed/\n"
GULL, HERON = "gull.world.example", "heron.world.example"


def visit(path: str, start: float, end: float, **more: object) -> Visit:
    fields = {"host": GULL, "status": 200, **more}
    return Visit(path=path, start=start, end=end, **fields)  # type: ignore[arg-type]


MANNERS = Manners(delay_seconds=1, delays={HERON: 3}, robots={GULL: CLOSED})
FAULTS = {
    "two at once": ([visit("/a", 0, 2), visit("/b", 1, 3)], ["at once"]),
    "two at once, the second within the first": (
        [visit("/a", 0, 5), visit("/b", 1, 2), visit("/c", 4, 4.5)],
        ["at once", "at once"],
    ),
    "one too soon": ([visit("/a", 0, 2), visit("/b", 2.9, 3)], ["too soon"]),
    "one too soon for its host": (
        [visit("/a", 0, 1, host=HERON), visit("/b", 3, 4, host=HERON)],
        ["too soon"],
    ),
    "a forbidden path": ([visit("/closed/a", 0, 1)], ["forbidden"]),
    "no validator where one was known": (
        [visit("/a", 0, 1, etag='"1"'), visit("/a", 9, 10)],
        ["unconditional"],
    ),
    "no validator after a not modified": (
        [
            visit("/a", 0, 1, etag='"1"'),
            visit("/a", 9, 10, status=304, conditional=True),
            visit("/a", 19, 20),
        ],
        ["unconditional"],
    ),
}
MANNERLY = {
    "nothing": [],
    "one after the other": [visit("/a", 0, 2), visit("/b", 3, 4)],
    "two hosts at once": [visit("/a", 0, 2), visit("/a", 1, 2, host=HERON)],
    "a validator that was known": [
        visit("/a", 0, 1, etag='"1"'),
        visit("/a", 9, 10, conditional=True),
    ],
    "a validator that was taken back": [
        visit("/a", 0, 1, etag='"1"'),
        visit("/a", 9, 10, conditional=True),
        visit("/a", 19, 20),
    ],
    "robots.txt itself": [visit("/robots.txt", 0, 1)],
    "what another host forbids": [visit("/closed/a", 0, 1, host=HERON)],
}


@pytest.mark.parametrize(("visits", "kinds"), FAULTS.values(), ids=FAULTS.keys())
def test_the_checker_finds(visits: Sequence[Visit], kinds: list[str]) -> None:
    assert kinds == [one.kind for one in violations(reversed(visits), MANNERS)]


@pytest.mark.parametrize("visits", MANNERLY.values(), ids=MANNERLY.keys())
def test_the_checker_lets_pass(visits: Sequence[Visit]) -> None:
    assert [] == violations(visits, MANNERS)


def test_a_log_survives_the_way_to_the_disk_but_for_a_line_that_is_cut_off(tmp_path: Path) -> None:
    visits = [visit("/a", 0, 1, etag='"1"'), visit("/b", 2.5, 3, agent="copydesk/1")]
    path = tmp_path / "log"
    write_log(path, visits)
    with path.open("ab") as out:
        out.write(b'{"host":"gull')

    assert visits == list(read_log(path))


# ---- the checker over what copydesk does ----


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What one round asked, and what it said of it."""

    report: reports.RoundReport
    visits: Sequence[Visit]


def stand_feeds(hosts: Hosts) -> list[str]:
    """Put up the feeds, with a robots.txt on every host; each seventh lies where it must not."""
    for number in range(HOSTS):
        hosts.at(f"paper{number}", "/robots.txt", stays(serves(CLOSED.encode())))
    urls = []
    for number in range(FEEDS):
        folder = "closed" if number % 7 == 0 else "open"
        path = f"/{folder}/{number}.xml"
        urls.append(hosts.at(f"paper{number % HOSTS}", path, feed_with_etag([], f'"{number}"')))
    return urls


def lay_out(root: Path, hosts: Hosts, urls: Sequence[str]) -> Path:
    """Make a newsroom whose sources these are."""
    names = sorted({hosts.name(f"paper{number}") for number in range(HOSTS)})
    quoted = ", ".join(f'"{name}"' for name in names)
    text = (
        '[site]\ntitle = "So"\nurl = "https://tidewatch.example"\ntopic = "Coast"\n[fetch]\n'
        'contact = "mailto:ed@tidewatch.example"\ndelay_seconds = 0.05\n'
        f'nameservers = ["{hosts.names.address}"]\nallow_hosts = [{quoted}]\n'
    )
    (root / "_data" / "topics").mkdir(parents=True)
    (root / "_data" / "topics" / "00-coast.yaml").write_text(TOPIC, "utf-8")
    sources = "".join(f'[[source]]\nurl = "{url}"\n' for url in urls)
    (root / "beat.toml").write_text(text + sources, "utf-8")
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    run_git(root, "init", "-q", "-b", "main")
    return root


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> list[Sweep]:
    """Run two rounds, two days apart: all is new in the first, and nothing in the second."""
    root = tmp_path_factory.mktemp("politeness") / "beat"
    done = []
    with hosts_in_background() as hosts:
        lay_out(root, hosts, stand_feeds(hosts))
        for days in (0, 2):
            seen = len(hosts.visits)
            with open_newsroom(root, NOW + timedelta(days=days), {}) as newsroom:
                report = rounds.run_round(newsroom, rounds.RoundOptions(), Silence())
            done.append(Sweep(report=report, visits=hosts.visits[seen:]))
    return done


def test_two_sweeps_break_no_manners(sweeps: list[Sweep]) -> None:
    names = [f"paper{number}.world.example" for number in range(HOSTS)]
    manners = Manners(delay_seconds=0.05, robots=dict.fromkeys(names, CLOSED))
    assert [] == violations([one for sweep in sweeps for one in sweep.visits], manners)


def test_a_sweep_asks_for_every_feed_that_it_may_and_for_each_robots_file_once(
    sweeps: list[Sweep],
) -> None:
    closed = sum(number % 7 == 0 for number in range(FEEDS))
    for sweep in sweeps:
        feeds = [one for one in sweep.visits if one.path.endswith(".xml")]
        robots = [one.host for one in sweep.visits if one.path == "/robots.txt"]
        assert len(feeds) == FEEDS - closed
        assert len(robots) == len(set(robots)) <= HOSTS
        assert closed == sum("robots" in one.what for one in sweep.report.failed)


def test_the_second_sweep_is_conditional_and_nothing_changed(sweeps: list[Sweep]) -> None:
    statuses = [{one.status for one in sweep.visits if ".xml" in one.path} for sweep in sweeps]
    assert [{200}, {304}] == statuses


def test_who_asks_can_be_reached(sweeps: list[Sweep]) -> None:
    agents = {one.agent for sweep in sweeps for one in sweep.visits}
    assert len(agents) == 1
    assert agents.pop().endswith("(+mailto:ed@tidewatch.example)")
