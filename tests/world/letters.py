"""Issues of an invented harbour's letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from copydesk.news.letter import Issue, IssueLink, IssuePicture, IssueSection, IssueStory

SITE = "https://harbour.example"
AT = datetime(2026, 11, 28, 7, tzinfo=UTC)
PICTURE = IssuePicture(
    url=f"{SITE}/pictures/quay.jpg", width=640, height=360, alt="Two pilot boats at the quay"
)
COVERAGE = (
    IssueLink(name="Reuters", url="https://reuters.example/pilots"),
    IssueLink(name="BBC", url="https://bbc.example/pilots"),
)


def make_story(number: int, **changes: object) -> IssueStory:
    """Return a story of the harbour; `changes` are fields of it."""
    story = IssueStory(
        name=f"2026-11-27-pilot-boats-{number}",
        title=f"Pilot boats stay in harbour for a {number}th day",
        url=f"https://gull.example/news/{number}",
        page=f"{SITE}/news/2026-11-27-pilot-boats-{number}/",
        excerpt="Both basins are closed, since the wind at the mole is more than boats can stand.",
        source="The Gull",
        language="en",
        published_at=datetime(2026, 11, 27, 5, tzinfo=UTC),
        minutes=3,
    )
    return replace(story, **changes)  # type: ignore[arg-type]


def make_issue(*stories: IssueStory, **changes: object) -> Issue:
    """Return an issue that tells these stories in one section; `changes` are fields of it."""
    section = IssueSection(title="Top stories", stories=stories)
    issue = Issue(
        letter="daily",
        name="harbour-2026-11-28",
        title="Harbour Every Day",
        at=AT,
        since=datetime(2026, 11, 27, 7, tzinfo=UTC),
        subject=stories[0].title if stories else "Nothing new",
        preheader="What the gale closes, and for how long",
        page=f"{SITE}/newsletter/harbour-2026-11-28/",
        archive=f"{SITE}/newsletter/",
        home=f"{SITE}/",
        sections=(section,) if stories else (),
    )
    return replace(issue, **changes)  # type: ignore[arg-type]
