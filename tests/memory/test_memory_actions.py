"""What editors did of late is remembered, with what takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.memory import Memory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as opened:
        yield opened


def test_an_action_is_known_until_it_is_forgotten(memory: Memory) -> None:
    memory.actions.put("one", NOON, b"back")
    memory.actions.put("two", NOON + timedelta(days=1), b"")
    assert memory.actions.get("one") == b"back"
    assert memory.actions.get("three") is None

    memory.actions.forget(NOON + timedelta(days=1))

    assert (memory.actions.get("one"), memory.actions.get("two")) == (None, b"")
