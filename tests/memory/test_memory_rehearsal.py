"""What is to be remembered is made once, later or again, and never by half."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from copydesk.errors import MemoryStoreError
from copydesk.memory import Fate, Memory, Revisit

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FATE = Fate(
    identity="a.example/x", url="https://a.example/x", state="filed", at=NOON, path="_news/x.md"
)
LOOK = Revisit(path="_news/x.md", url="https://a.example/x", due=NOON, kept=b"\x00plan")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as store:
        yield store


def rehearse(memory: Memory) -> bytes:
    """Rehearse a fate, digests and a look that moves."""
    with memory.rehearse() as rehearsal:
        memory.keep_fate(FATE)
        memory.keep_digests("_news/x.md", {"title": "1"})
        memory.revisits.put(LOOK)
        memory.move("_news/x.md", "_archive/_news/x.md")
        assert memory.revisits.get("_archive/_news/x.md") is not None
    return rehearsal.encode()


def test_what_is_rehearsed_is_seen_in_the_block_and_not_made(memory: Memory) -> None:
    rehearse(memory)
    assert memory.fate(FATE.identity) is None
    assert memory.revisits.get("_archive/_news/x.md") is None


@pytest.mark.parametrize("times", [1, 2])
def test_played_twice_it_is_as_if_it_were_played_once(memory: Memory, times: int) -> None:
    rehearsed = rehearse(memory)
    for _ in range(times):
        memory.play(rehearsed)
    moved = "_archive/_news/x.md"
    found = memory.fate(FATE.identity)
    assert found is not None
    assert found.path == moved
    assert memory.digests(moved) == {"title": "1"}
    look = memory.revisits.get(moved)
    assert look is not None
    assert look.kept == LOOK.kept
    assert memory.digests("_news/x.md") == {}


def test_nothing_rehearsed_is_nothing(memory: Memory) -> None:
    with memory.rehearse() as rehearsal:
        assert memory.fate("x") is None
    assert rehearsal.encode() == b""


def test_after_a_rehearsal_changes_are_made_again(memory: Memory) -> None:
    with memory.rehearse() as rehearsal:
        memory.keep_fate(FATE)
    before = rehearsal.encode()
    memory.keep_digests("_news/x.md", {"title": "1"})
    assert rehearsal.encode() == before
    assert memory.digests("_news/x.md") == {"title": "1"}


def test_a_rehearsal_that_fails_makes_nothing_and_ends(memory: Memory) -> None:
    with pytest.raises(MemoryStoreError), memory.rehearse():
        memory._run("INSERT INTO nowhere VALUES (?)", 1)
    memory.keep_fate(FATE)
    assert memory.fate(FATE.identity) == FATE


def test_what_another_version_rehearsed_or_nobody_is_not_played(memory: Memory) -> None:
    version, *steps = msgspec.msgpack.decode(rehearse(memory))
    for strange in (msgspec.msgpack.encode([version + 1, *steps]), b"", b"\xc1", b"{}"):
        memory.play(strange)
    assert memory.fate(FATE.identity) is None
