"""A newsroom with two letters and stories of today, invented for the desk that composes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk.news import Reason, ReasonKind, Story
from world import editions
from world.desk import desk_newsroom

# none is due while tests run: the server has a clock, and files what is
_HOUR = f"{datetime.now(UTC) + timedelta(hours=12):%H:%M}"
LETTERS = f"""
[[letter]]
id = "daily"
title = "The Day"
at = "{_HOUR}"
zone = "UTC"

[[letter]]
id = "weekly"
title = "The Week"
days = ["sunday"]
approval = "editor"
"""
TITLES = (
    "Sea wall holds through the highest tide in forty years",
    "Harbour master warns of silt",
    "Ferry to the islands cancelled until Thursday",
    "Council votes on the dunes after nine hours",
    "Storm surge barrier closes for the third time",
    'Oysters <img src=x onerror=alert(1)> "onmouseover="alert(1) {{ 7 * 7 }} \u202e <!--/story-->',
)


def story_of(number: int) -> str:
    """Return the name of a story's record: 0 leads the issue."""
    return f"2026-11-19-tide-{number}"


def letter_story(number: int, title: str) -> Story:
    """Return a story of the last hours that is published, the hotter the lower its number."""
    story = editions.story(
        story_of(number),
        topics=("Coast",),
        title=title,
        published_at=datetime.now(UTC) - timedelta(hours=1 + number),  # the server has a clock
    )
    reasons = (Reason.of(ReasonKind.REACHES_GATE, quality=90 - number, gate=45),)
    return replace(story, verdict=None, quality=90 - number, heat=90 - number, reasons=reasons)


def letter_newsroom(root: Path) -> Path:
    """Make a newsroom whose letters have six stories to tell."""
    stories = [letter_story(number, title) for number, title in enumerate(TITLES)]
    return desk_newsroom(root, stories, more=LETTERS)
