"""A newsroom in which a hundred stories wait for an editor, invented for the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from copydesk.news import Provider, Reason, ReasonKind, Story
from copydesk.review import digests
from world import editions
from world.desk import desk_newsroom
from world.newsroom import NOW

MODE = '[review]\nmode = "hold"\n'
PAPERS = ("Gull", "Heron Daily", "The Tern", "Plover Post", "Avocet")
PAIRS = 4  # events of which a second newsroom has a story, too


def name_of(number: int) -> str:
    """Return the name of a record: 0 is the first row of the queue."""
    return f"2026-11-19-story-{number:03}"


def waiting_newsroom(
    root: Path, count: int = 100, change: Callable[[int, Story], Story] = lambda _, story: story
) -> Path:
    """Make a newsroom with so many stories that wait; the last ones are coverage of the first."""
    stories = [change(number, _story(number, count)) for number in range(count)]
    filed = [replace(story, machine=digests(story)) for story in stories]
    return desk_newsroom(root, filed, more=MODE)


def _story(number: int, count: int) -> Story:
    pair = number if number < PAIRS else count - 1 - number
    is_paired = 0 <= pair < PAIRS < count
    leads = number < PAIRS
    paper = PAPERS[number % len(PAPERS)]
    quality = 90 - number // 2
    story = editions.story(
        name_of(number),
        topics=("Coast",),
        title=f"Matter {number} of the coast is settled at last",
        excerpt=f"What {paper} says of matter {number}, in a sentence or two of the usual length.",
        published_at=NOW - timedelta(minutes=10 * number),
        published=False,
        verdict=None,
        provider=Provider(name=paper, domain=f"{paper.split()[-1].lower()}.example"),
        group=f"2026-11-19-event-{pair}" if is_paired else "",
        reasons=(
            Reason.of(ReasonKind.PICTURE, points=4),
            *([Reason.of(ReasonKind.FOUNDED)] if is_paired else []),
            Reason.of(ReasonKind.ALL_HELD),
        ),
    )
    return replace(story, quality=quality, heat=quality if leads or not is_paired else -1)
