"""Issues of letters and their mails, invented for tests in the form that rendering gives them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from copydesk.news.letter import Issue, IssueSection, IssueStory, LetterOptions
from copydesk.newsletters.composing import RenderedIssue
from copydesk.newsletters.composing.drafts import next_due
from world.newsroom import NOW

SITE = "https://tidewatch.example/coast"


def issue_story(name: str, title: str = "", **more: object) -> IssueStory:
    """Return a story of an issue by its record's name."""
    plain = IssueStory(
        name=name,
        title=title or f"Title of {name}",
        url=f"https://herald.example/{name}",
        page=f"{SITE}/news/{name}/",
        excerpt="Beaches are closed.",
        source="The Herald",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def issue(
    *stories: IssueStory,
    name: str = "tidewatch-2026-11-20",
    at: datetime = NOW,
    since: datetime | None = None,
) -> Issue:
    """Return an issue that tells these stories in one section."""
    return Issue(
        letter=name[:-11],
        name=name,
        title="Tidewatch",
        at=at,
        since=since or at - timedelta(days=1),
        subject=stories[0].title if stories else "",
        preheader=" / ".join(story.title for story in stories[:3]),
        page=f"{SITE}/newsletter/{name}/",
        archive=f"{SITE}/newsletters/",
        home=f"{SITE}/",
        topics=("Coast",),
        sections=(IssueSection(title="Lead", stories=stories),) if stories else (),
    )


def mail(issue: Issue) -> RenderedIssue:
    """Return the mail of an issue, each story between its comments."""
    sections = "".join(map(_section, issue.sections))
    note = f"<!--note--><p>{issue.note}</p><!--/note-->" if issue.note else ""
    subject, preheader = html.escape(issue.subject), html.escape(issue.preheader)
    head = f"<head><title>{subject}</title></head>"
    body = f"<body><div>{preheader}</div><table>{note}{sections}</table></body>"
    return RenderedIssue(
        subject=issue.subject,
        preheader=issue.preheader,
        html=f'<!doctype html><html lang="en">{head}{body}</html>\n',
        text="",
    )


def _section(section: IssueSection) -> str:
    title = html.escape(section.title).replace("--", "&#45;&#45;")
    stories = "".join(map(_story, section.stories))
    heading = f"<tr><td><h2>{html.escape(section.title)}</h2></td></tr>"
    return f"<!--section {section.kind} {title}-->{heading}{stories}<!--/section-->"


def _story(story: IssueStory) -> str:
    href = html.escape(story.page or story.url)
    coverage = "".join(
        f'<a href="{html.escape(link.url)}">{html.escape(link.name)}</a>' for link in story.coverage
    )
    title, excerpt, source = map(html.escape, (story.title, story.excerpt, story.source))
    return (
        f'<!--story {story.name}--><tr><td><h3><a href="{href}">{title}</a></h3>'
        f'<p class="excerpt">{excerpt}</p><p><span class="source">{source}</span> {coverage}</p>'
        "</td></tr><!--/story-->"
    )


def names(sections: Sequence[object]) -> list[str]:
    """Return the names of the stories that were read back."""
    return [item.name for section in sections for item in section.items]  # type: ignore[attr-defined]


def due_between(letter: LetterOptions, after: datetime, until: datetime) -> list[datetime]:
    """Return the times at which a newsletter is due, later than `after` and up to `until`."""
    found: list[datetime] = []
    while (due := next_due(letter, found[-1] if found else after)) and due <= until:
        found.append(due)
    return found
