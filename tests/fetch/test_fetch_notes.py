"""What is noted of a host is bounded, whatever its robots.txt says."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from copydesk.fetch.hosts import MemoryLimits, Notes, RobotsRecord
from copydesk.fetch.polite import Polite
from copydesk.news import Page
from world.fetching import OPTIONS, START, A, Desk, page, refusal

ROBOTS = "https://a.example/robots.txt"
FORBIDDEN = "https://a.example/no/1"
NEXT_DAY = START + timedelta(days=1)


def noise(lines: int) -> list[str]:
    """Give rules that no packing makes shorter than half."""
    return [f"/{hashlib.sha256(bytes([n % 256, n // 256])).hexdigest()}" for n in range(lines)]


def robots(paths: Sequence[str]) -> Page:
    rules = "".join(f"Disallow: {path}\n" for path in ["/no/", *paths])
    return page(ROBOTS, body=f"User-agent: *\n{rules}".encode())


def record(*lines: str) -> RobotsRecord:
    return RobotsRecord(until=NEXT_DAY, rules=lines)


def test_a_long_record_is_packed_and_comes_back_whole() -> None:
    notes = Notes(None)
    long = record(*(f"-/news/archive/of/the/year/{number}" for number in range(5_000)))

    notes.write("robots a", long)

    assert notes.read("robots a", RobotsRecord) == long
    assert len(notes.changes()["robots a"]) < len(msgspec.msgpack.encode(long)) / 5


def test_a_record_that_is_too_large_is_not_kept_and_leaves_the_one_before() -> None:
    notes = Notes(None)
    notes.write("robots a", record("-/x"))

    notes.write("robots a", record(*noise(3_000)))

    assert notes.read("robots a", RobotsRecord) == record("-/x")


@pytest.mark.parametrize("damage", ["cut", "bent", "bomb"])
def test_a_packed_record_that_was_damaged_is_not_known(damage: str) -> None:
    notes = Notes(None)
    notes.write("k", record(*noise(100)))
    kept = notes.changes()["k"]
    bombs = zlib.compress(b"\x91" * 100_000_000)
    damaged = {"cut": kept[:-40], "bent": kept[:40] + b"\0\0\0" + kept[43:], "bomb": bombs}

    assert Notes({"k": damaged[damage]}).read("k", RobotsRecord) is None


def test_robots_too_large_to_note_are_obeyed_and_asked_for_again_next_round() -> None:
    desk = Desk({ROBOTS: robots(noise(3_000)), A: 200})

    assert [refusal(one) for one in desk.fetch(FORBIDDEN, FORBIDDEN)] == ["robots", "robots"]
    assert desk.script.count(ROBOTS) == 1
    assert f"robots {ROBOTS.removesuffix('/robots.txt')}" not in desk.polite.changes()

    later = Desk(desk.script.pages)
    later.polite = Polite(later.script, OPTIONS, later.clock, dict(desk.polite.changes()))
    assert [refusal(one) for one in later.fetch(FORBIDDEN)] == ["robots"]
    assert later.script.count(ROBOTS) == 1


def test_rules_in_memory_are_bounded_by_their_weight() -> None:
    hosts = [f"https://h{number}.example" for number in range(20)]
    pages = {f"{host}/robots.txt": robots(noise(100)) for host in hosts}
    desk = Desk(pages, MemoryLimits(rule_bytes=200_000))

    for _ in range(2):
        answers = desk.fetch(*(f"{host}/no/1" for host in hosts))
        assert {refusal(one) for one in answers} == {"robots"}

    held = desk.polite._robots._entries
    assert len(held) < len(hosts)
    assert {desk.script.count(url) for url in pages} == {1}
