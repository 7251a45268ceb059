"""A whole round over a web in which most sources misbehave: the good ones are filed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from world.background import hosts_in_background
from world.behaviours import feed, stays
from world.command import copydesk
from world.hosts import Hosts
from world.log import Visit
from world.misbehaviours import BY_NAME, stand, stand_neighbours
from world.newsroom import SEALS, TOPIC, WALL, page, run_git
from world.resource import ANo, NoFeed
from world.web import serves

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
STORIES = {
    "gull": ("Sea wall to rise by two metres", WALL),
    "heron": ("Grey seals are back on the coast", SEALS),
    "tern": ("Coast path opens after the landslip", WALL.replace("sea wall", "coast path")),
}
SLOW = ("slow head", "slow body")
BAD = (
    "gzip bomb",
    "brotli bomb",
    "body without an end",
    "half a chunk",
    "reset in the body",
    "huge headers",
    "noise",
    "hung up at once",
    "loop",
    "cookie wall",
    "move to a private name",
    "no such name",
    "name server that fails",
    "private name",
    "robots forbids",
    "robots broken",
    "too many requests, a date",
    "page instead of a feed",
    "consent page instead of a feed",
    "empty feed answer",
    "feed that is gone",
    "json that breaks off",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the round said, how it ended, which address each source has, who was asked when."""

    code: int
    report: Mapping[str, Any]
    urls: Mapping[str, str]
    visits: Sequence[Visit]

    def failures(self, name: str) -> list[Mapping[str, str]]:
        """Give the failures of one source."""
        return [one for one in self.report["failed"] if one["url"] == self.urls[name]]


def stand_good(hosts: Hosts) -> dict[str, str]:
    """Put up three sources that behave, each with a story."""
    urls = {}
    for name, (title, text) in STORIES.items():
        where = hosts.at(name, "/story", stays(serves(page(title, text).body)))
        item = (
            f"<item><title>{title}</title><link>{where}</link>"
            "<pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate></item>"
        )
        body = f"<rss version='2.0'><channel><title>{name}</title>{item}</channel></rss>"
        urls[name] = hosts.at(name, "/feed.xml", feed(body.encode()))
    return urls


def lay_out(root: Path, hosts: Hosts, urls: Mapping[str, str], seconds: int) -> Path:
    """Make a newsroom of these sources, each of which is waited for so long."""
    free = [name for name in urls if name not in BY_NAME or BY_NAME[name].is_allowed]
    labels = [BY_NAME[name].label if name in BY_NAME else name for name in free]
    quoted = ", ".join(f'"{hosts.name(label)}"' for label in labels)
    text = (
        '[site]\ntitle = "So"\nurl = "https://tidewatch.example"\ntopic = "Coast"\n[fetch]\n'
        'contact = "mailto:ed@tidewatch.example"\ndelay_seconds = 0\npenalty_seconds = 0\n'
        f"timeout_seconds = {seconds}\nconnect_seconds = {seconds}\nmax_bytes = 1000000\n"
        f'nameservers = ["{hosts.names.address}"]\nallow_hosts = [{quoted}]\n'
    )
    sources = "".join(f'[[source]]\nurl = "{url}"\n' for url in urls.values())
    (root / "_data" / "topics").mkdir(parents=True)
    (root / "_data" / "topics" / "00-coast.yaml").write_text(TOPIC, "utf-8")
    (root / "beat.toml").write_text(text + sources, "utf-8")
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    run_git(root, "init", "-q", "-b", "main")
    return root


def run_round(root: Path, hosts: Hosts, urls: Mapping[str, str], seconds: int) -> Done:
    """Run one round over these sources, as a person would."""
    lay_out(root, hosts, urls, seconds)
    said = copydesk("-C", root, "run", "--json", "--now", NOW.isoformat())
    return Done(code=said.code, report=json.loads(said.out), urls=urls, visits=hosts.visits)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Run a round over good and bad sources; none is cut off because the machine is busy."""
    root = tmp_path_factory.mktemp("misbehaviour") / "beat"
    with hosts_in_background() as hosts:
        stand_neighbours(hosts)
        urls = stand_good(hosts) | {name: stand(hosts, BY_NAME[name]) for name in BAD}
        return run_round(root, hosts, urls, 240)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Run a round over slow sources alone, which are cut off soon."""
    root = tmp_path_factory.mktemp("slow") / "beat"
    with hosts_in_background() as hosts:
        urls = {name: stand(hosts, BY_NAME[name]) for name in SLOW}
        return run_round(root, hosts, urls, 2)


@pytest.mark.slow
def test_the_good_sources_are_filed(done: Done) -> None:
    assert done.code == 0
    assert len(done.report["filed"]) == len(STORIES)
    assert done.report["commit"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*BAD, *SLOW])
def test_a_bad_source_costs_one_failure_with_words_and_a_hint(
    name: str, done: Done, slow: Done
) -> None:
    failures = (slow if name in SLOW else done).failures(name)
    assert len(failures) == 1
    makes = BY_NAME[name].makes
    assert isinstance(makes, ANo | NoFeed)
    assert makes.words in failures[0]["what"]
    assert not isinstance(makes, ANo) or f"({makes.reason}:" in failures[0]["what"]
    assert failures[0]["hint"]


@pytest.mark.slow
def test_nothing_else_failed(done: Done, slow: Done) -> None:
    assert (len(BAD), len(SLOW)) == (len(done.report["failed"]), len(slow.report["failed"]))


@pytest.mark.slow
def test_slow_sources_are_waited_for_together(slow: Done) -> None:
    first, second = [visit for visit in slow.visits if visit.path != "/robots.txt"]
    assert first.start < second.end
    assert second.start < first.end
