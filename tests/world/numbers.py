"""A newsroom whose rounds have counted, and that is held against somebody's list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from copydesk.memory import Memory, Tally, find_step
from copydesk.news.story import RecallKind
from copydesk.rounds.recall import KeptRecall, RecallDay, RecallTrace

LIST = "https://tern.example/feed.xml"
_SETTING = f'[recall]\nlists = ["{LIST}", "https://tern.example/second.xml"]'
SOURCE = "https://gull.example/feed.xml"
EARLIER = "https://heron.example/feed.xml"
ODD = '<b onclick="x()">A keeper</b> & "his" lamp'


def fill_numbers(root: Path, words: Sequence[str] = (), paths: Sequence[str] = ()) -> None:
    """Let a newsroom know a list, what rounds of three days counted, and how it met the list.

    Each of some `words` is a source's path, the headline of a missed story, and why it failed. It
    was an hour until the records of some `paths` were filed, each third of them on one day.
    """
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n{_SETTING}\n")
    now = datetime.now(UTC).replace(microsecond=0)
    tally: Tally = {
        ("dropped", "off-beat"): 7,
        ("dropped", "robots"): 2,
        ("delay", str(find_step(3_600))): 4,
        ("delay", str(find_step(90_000))): 1,
    }
    seen = {RecallKind.HAVE: 6, RecallKind.COVERED: 2, RecallKind.UNSEEN: 2}
    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory, memory.together():
        for ago in range(3):
            day, timed = (now - timedelta(days=ago)).date(), paths[ago::3]
            memory.counts.add(day, SOURCE, time_stories(timed) if paths else tally)
        if paths:  # an earlier version's
            memory.counts.add((now - timedelta(days=4)).date(), EARLIER, tally)
        for word in words:
            memory.counts.add(now.date(), f"https://gull.example/{word}", tally)
        kept = KeptRecall(
            list=LIST,
            asked_at=now,
            kinds=seen,
            days=[RecallDay(day=now.date().isoformat(), kinds=seen)],
            missed=[
                make_trace("keeper", RecallKind.UNSEEN, title=ODD),
                make_trace("bakery", RecallKind.DROPPED, reason="off-beat", source=SOURCE),
                make_trace("ferry", RecallKind.OPEN, reason="failed", detail="status 500"),
                *(
                    make_trace(word, RecallKind.OPEN, title=word, reason="failed", detail=word)
                    for word in words
                ),
            ],
        )
        failed = KeptRecall(list=LIST.replace("feed", "second"), asked_at=now, failed="no <list>")
        for one in (kept, failed):
            memory.recall.put(one.list, msgspec.msgpack.encode(one))


def time_stories(paths: Sequence[str]) -> Tally:
    """Return what a round counts of stories that were filed an hour after their publication."""
    timed: Tally = {("timed", path): 1 for path in paths}
    return {**timed, ("delay", str(find_step(3_600))): len(paths), ("dropped", "off-beat"): 7}


def make_trace(name: str, kind: RecallKind, **more: str) -> RecallTrace:
    """Return how a story of the list was met."""
    about = {"title": name.capitalize(), **more}
    return RecallTrace(
        url=f"https://tern.example/{name}",
        published_at="2026-11-19T12:00:00Z",
        kind=kind,
        **about,  # type: ignore[arg-type]
    )
