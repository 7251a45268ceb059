"""Stories and letters for issues that are composed: one story an event, unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copydesk.news import Provider, Story, Topic
from copydesk.news.letter import Issue, IssueEdits, IssueStory, LetterOptions, PartOptions
from copydesk.newsletters.composing.drafts import (
    EarlierIssues,
    Headings,
    IssueMaterial,
    IssuePlace,
    draft_issue,
)
from copydesk.placement import FrontRules
from copydesk.placement.addresses import record_name

MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)
DAILY = LetterOptions(
    id="daily", title="The Day", zone="UTC", parts=(PartOptions(kind="lead", most=8),)
)
NO_EDITS = IssueEdits()


def make_story(number: int, hours: float = 5, **fields: object) -> Story:
    """Make a published story of a newsroom of its own, so many hours old at seven."""
    given: dict[str, object] = {
        "path": f"_news/2026-11-{number:02}-story.md",
        "title": f"Story {number}",
        "published_at": MORNING - timedelta(hours=hours),
        "heat": 100 - number,
        "provider": Provider(name=f"Paper {number}", domain=f"paper-{number}.example"),
        "web_url": f"https://paper-{number}.example/story",
    }
    return Story(**given | fields)  # type: ignore[arg-type]


def make_material(
    stories: Iterable[Story],
    letter: LetterOptions = DAILY,
    at: datetime = MORNING,
    since: datetime | None = None,
    **fields: object,
) -> IssueMaterial:
    """Make what an issue is made of; `fields` are others of it."""
    stories = list(stories)
    by_name = {record_name(story.path): story for story in stories}
    topics = ("Ports", "Fish")
    given: dict[str, object] = {
        "letter": letter,
        "place": IssuePlace(
            name=f"{letter.id}-{at:%Y-%m-%d}",
            page="https://tidewatch.example/newsletter/daily/",
            archive="https://tidewatch.example/newsletters/",
            home="https://tidewatch.example/",
        ),
        "since": since or at - timedelta(days=1),
        "stories": stories,
        "rules": FrontRules(
            at=at,
            event=lambda story: story.group or story.copy_of or record_name(story.path),
            owner=lambda story: story.provider.domain if story.provider else "",
            is_firm=lambda story: False,
            named=by_name.get,
        ),
        "tell": tell,
        "headings": Headings(of_kind={"lead": "Leading stories", "notes": "From the newsroom"}),
        "sections": tuple(Topic(id=name.lower(), name=name) for name in topics),
        "topic_ids": {name: name.lower() for name in topics},
        "above": {name: (name.lower(),) for name in topics},
    }
    return IssueMaterial(**given | fields)  # type: ignore[arg-type]


def tell(story: Story) -> IssueStory:
    """Return what an issue tells of a story."""
    return IssueStory(
        name=record_name(story.path),
        title=story.title,
        url=story.web_url,
        excerpt=story.excerpt,
        note=story.note,
    )


def compose(material: IssueMaterial, edits: IssueEdits = NO_EDITS) -> Issue | None:
    """Compose an issue. Return None if it has too few new stories to be sent."""
    draft = draft_issue(material, edits)
    return draft.issue if draft.is_enough else None


def list_names(issue: Issue | None) -> list[str]:
    """Return the names of the stories of an issue in their order, none of none."""
    sections = issue.sections if issue else ()
    return [story.name for section in sections for story in section.stories]


def remember(issues: Sequence[Issue], material: IssueMaterial) -> IssueMaterial:
    """Return the material with what earlier issues told, by the events of today."""
    events: dict[str, datetime] = {}
    names: set[str] = set()
    for issue in sorted(issues, key=lambda issue: issue.at):
        names.update(list_names(issue))
        for name in list_names(issue):
            story = material.rules.named(name)
            events[material.rules.event(story) if story else name] = issue.at
    last = frozenset(list_names(issues[-1])) if issues else frozenset[str]()
    earlier = EarlierIssues(names=frozenset(names), told_at=events, last_names=last)
    return replace(material, earlier=earlier)
