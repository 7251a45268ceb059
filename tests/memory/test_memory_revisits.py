"""Second looks: each host has its share, and an earlier version's plans are brought along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.kit import databases
from copydesk.memory import Memory, Revisit, migrate

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as store:
        yield store


def put(memory: Memory, host: str, *hours: float) -> None:
    """Plan looks at a host's pages that have been due for so many hours."""
    for number, late in enumerate(hours):
        due = NOON - timedelta(hours=late)
        url = f"https://{host}.example/{number}"
        memory.revisits.put(Revisit(path=f"_news/{host}{number}.md", url=url, due=due))


def shared(memory: Memory, at_most: int, a_host: int) -> list[str]:
    looks = memory.revisits.share(NOON, YESTERDAY, at_most, a_host)
    return [one.path.removeprefix("_news/").removesuffix(".md") for one in looks]


def test_a_host_gets_no_more_than_its_share_and_the_longest_due_come_first(memory: Memory) -> None:
    put(memory, "a", 1, 4, 3, 2, -1)
    put(memory, "b", 2.5)
    assert shared(memory, 9, 2) == ["a1", "a2", "b0"]


def test_each_hosts_first_look_comes_before_any_second(memory: Memory) -> None:
    put(memory, "a", 9, 8, 7)
    put(memory, "b", 2)
    put(memory, "c", 1)
    assert shared(memory, 4, 3) == ["a0", "a1", "b0", "c0"]


def test_of_a_host_with_too_many_those_that_are_not_late_come_first(memory: Memory) -> None:
    put(memory, "a", 72, 48, 2, 1)
    assert shared(memory, 9, 3) == ["a0", "a2", "a3"]


def test_what_nobody_came_to_is_forgotten(memory: Memory) -> None:
    put(memory, "a", 72, 1)
    memory.revisits.forget_due(YESTERDAY)
    assert shared(memory, 9, 9) == ["a1"]


def test_the_plans_of_a_memory_without_hosts_have_them(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    urls = [
        "https://a.example/1",
        "http://b.example:8080",
        "https://a.example/2?x=https://c.example/",
    ]
    with closing(databases.connect(path)) as connection:
        migrate(connection, to=3)
        connection.executemany(
            "INSERT INTO revisits VALUES (?, ?, '2026-11-20T11:00:00Z', x'7b7d')",
            [(f"_news/{number}.md", url) for number, url in enumerate(urls)],
        )
    with closing(Memory(path)) as brought:
        assert shared(brought, 9, 1) == ["0", "1"]
        assert brought.revisits.get("_news/2.md") is not None
