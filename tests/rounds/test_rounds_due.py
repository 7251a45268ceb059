"""Whether a round is due agrees with what a round would do."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk import config
from copydesk.archive.ledger import Ledger, SourceEnded, SourceKept
from copydesk.background import what_is_due
from copydesk.memory import Memory
from copydesk.news import Source
from copydesk.newsroom import open_newsroom
from copydesk.rounds.sources.states import (
    HubPush,
    find_hub_pushed_sources,
    keep_hub_push,
    read_hub_pushed_page,
    use_up_hub_push,
)
from copydesk.watch.schedule import state
from world import records
from world.newsroom import NOW, newsroom

GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAITING = state.SourceState(last_ok_at=NOW, next_at=NOW + HOUR)
ENDED = SourceEnded(at=NOW, why="status 410: gone for good")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a newsroom whose two sources are waiting."""
    made = newsroom(tmp_path / "beat", git=False)
    remember(made, GULL, HERON)
    return made


def remember(root: Path, *urls: str) -> None:
    with closing(memory_of(root)) as memory:
        for url in urls:
            memory.keep_source(url, msgspec.json.encode(WAITING))


def memory_of(root: Path) -> Memory:
    return Memory(root / ".copydesk" / "memory.sqlite")


def why(root: Path) -> str:
    with closing(memory_of(root)) as memory:
        return what_is_due(config.load(root, {}), memory, NOW).why


def forget(root: Path) -> None:
    with closing(memory_of(root)) as memory:
        memory.forget_sources([GULL])


def test_a_source_without_a_state_is_new(root: Path) -> None:
    assert why(root) == ""
    forget(root)
    assert why(root) == "a source is new"


def test_a_source_that_the_ledger_ends_is_not_new_when_its_state_was_lost(root: Path) -> None:
    records.write_ledger(root, Ledger(ended={GULL: ENDED}))
    forget(root)

    assert why(root) == ""


def test_a_source_that_an_editor_kept_is_asked_again(root: Path) -> None:
    records.write_ledger(root, Ledger(ended={GULL: ENDED}))
    forget(root)
    assert why(root) == ""

    kept = SourceKept(by="Ada", at=NOW, why="it is back")
    records.write_ledger(root, Ledger(ended={GULL: ENDED}, kept={GULL: kept}))

    assert why(root) == "a source is new"


def test_a_ledger_that_cannot_be_read_ends_nothing(root: Path) -> None:
    (root / "_data" / "sources.yaml").write_text("ended: [\n", "utf-8")
    forget(root)

    assert why(root) == "a source is new"


PUSHES = {
    "just now": (timedelta(), "a WebSub hub sent new content", b"new"),
    "while a round is at work": (HOUR, "", None),
    "before a clock was set back": (30 * DAY, "a WebSub hub sent new content", None),
}


@pytest.mark.parametrize(("ahead", "due", "body"), PUSHES.values(), ids=PUSHES.keys())
def test_a_push_is_due_when_a_round_reads_it(
    root: Path, ahead: timedelta, due: str, body: bytes | None
) -> None:
    with closing(memory_of(root)) as memory:
        keep_hub_push(memory, GULL, HubPush(at=NOW + ahead, body=b"new"))

    assert why(root) == due
    with open_newsroom(root, NOW, {}) as opened:
        assert find_hub_pushed_sources(opened.beat, opened.memory, opened.now) == (
            {GULL} if due else set()
        )
        page = read_hub_pushed_page(opened.memory, opened.now, Source(url=GULL))
        assert (page and page.body) == body
        use_up_hub_push(opened.memory, opened.now, Source(url=GULL))
    assert why(root) == ""
