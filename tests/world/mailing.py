"""Issues with all that a letter can tell, for tests of what is mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from copydesk.news.letter import Issue, IssueLink, IssuePicture, IssueStory
from copydesk.newsletters.composing import RenderedIssue, render
from copydesk.rendering import Renderer, load_strings
from world.letters import SITE, issue, issue_story

AT = datetime(2026, 11, 28, 7, tzinfo=UTC)
PICTURE = IssuePicture(
    url=f"{SITE}/pictures/quay.jpg", width=640, height=360, alt="Two pilot boats at the quay"
)
COVERAGE = (
    IssueLink(name="Reuters", url="https://reuters.example/pilots"),
    IssueLink(name="BBC", url="https://bbc.example/pilots"),
)


def make_story(number: int, **changes: object) -> IssueStory:
    """Return a story about pilot boats; `changes` are fields of it."""
    story = issue_story(
        f"2026-11-27-pilot-boats-{number}",
        f"Pilot boats stay in harbour, day {number}",
        excerpt="Both basins are closed, since the wind at the mole is more than boats can stand.",
        language="en",
        published_at=datetime(2026, 11, 27, 5, tzinfo=UTC),
        minutes=3,
    )
    return replace(story, **changes)  # type: ignore[arg-type]


def make_issue(*stories: IssueStory, **changes: object) -> Issue:
    """Return an issue that tells these stories; `changes` are fields of it."""
    plain = replace(issue(*stories, at=AT), preheader="What the gale closes")
    return replace(plain, **changes)  # type: ignore[arg-type]


def render_in(issue: Issue, language: str = "en", own: Path | None = None) -> RenderedIssue:
    """Render an issue in a language, with a newsroom's own templates or ours alone."""
    return render(issue, Renderer(own), load_strings(language))
