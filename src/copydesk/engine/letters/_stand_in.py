"""Stand-in: letters and their issues from the newest records, until the composer is wired up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from copydesk import mail
from copydesk.engine.newsroom import Newsroom
from copydesk.news import Issue, IssueEdits, IssueSection, IssueStory, LetterOptions
from copydesk.placement.addresses import record_name
from copydesk.rendering import Renderer, load_strings

_NEWEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter, and when it is due."""

    options: LetterOptions
    due_at: datetime | None = None


def list_letters(newsroom: Newsroom) -> list[LetterRow]:
    """Return the letters of beat.toml."""
    return [LetterRow(options=options) for options in newsroom.settings.letters]


def compose_issue(newsroom: Newsroom, letter_id: str, at: datetime, edits: IssueEdits) -> Issue:
    """Compose an issue of the newest published records."""
    options = next(one for one in newsroom.settings.letters if one.id == letter_id)
    known = {story.name: story for story in _list_stories(newsroom, edits)}
    stories = _put_in_order(known, edits)
    home = f"{newsroom.beat.url}/"
    name = f"{letter_id}-{at:%Y-%m-%d}"
    sections = (IssueSection(title=newsroom.beat.title, stories=stories),) if stories else ()
    return Issue(
        letter=letter_id,
        name=name,
        title=options.title or newsroom.beat.title,
        at=at,
        since=at - timedelta(days=1),
        subject=edits.subject or (stories[0].title if stories else ""),
        preheader=edits.preheader or " / ".join(story.title for story in stories[1:4]),
        page=f"{home}newsletter/{name}/",
        archive=f"{home}newsletters/",
        home=home,
        note=edits.note,
        sections=sections,
    )


def render_issue(newsroom: Newsroom, issue: Issue) -> mail.RenderedIssue:
    """Render an issue in our own theme."""
    return mail.render(issue, Renderer(), load_strings(newsroom.beat.locale))


def _list_stories(newsroom: Newsroom, edits: IssueEdits) -> Iterable[IssueStory]:
    files = sorted((newsroom.root / "_news").glob("*.md"))[:_NEWEST]
    for file in files:
        story = newsroom.archive.read(f"_news/{file.name}")
        name = record_name(story.path)
        title, excerpt = edits.words.get(name, ("", ""))
        if (story.quality or 0) >= newsroom.beat.scoring.publish_at:
            yield IssueStory(
                name=name,
                title=title or story.title,
                url=story.web_url,
                excerpt=excerpt or story.excerpt,
                source=story.provider.name if story.provider else "",
                published_at=story.published_at,
            )


def _put_in_order(known: dict[str, IssueStory], edits: IssueEdits) -> tuple[IssueStory, ...]:
    names: Sequence[str] = [*edits.order, *known]
    first = dict.fromkeys(name for name in names if name in known and name not in edits.dropped)
    return tuple(replace(known[name]) for name in first)
