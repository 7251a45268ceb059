"""What an issue of a letter is made of, as whoever knows the records gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.news import IssueStory, LetterOptions, PartKind, Story, Topic
from copydesk.placement import FrontRules


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierIssues:
    """What earlier issues of a letter told.

    `names` are those of all records in any of them, `told_at` the last time of each event that any
    told, `last_names` the records of the last one.
    """

    names: frozenset[str] = frozenset()
    told_at: Mapping[str, datetime] = field(default_factory=dict)
    last_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """What parts are called that have no title of their own, and a story without a headline."""

    of_kind: Mapping[PartKind, str]
    of_lists: Mapping[str, str] = field(default_factory=dict)
    of_collections: Mapping[str, str] = field(default_factory=dict)
    untitled: str = "Untitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlace:
    """Where an issue stands: the name of its file, its address, that of all, and of the site.

    `site` is the site's title.
    """

    name: str
    page: str
    archive: str
    home: str
    site: str = ""
    language: str = "en"
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueMaterial:
    """Everything that an issue of a letter depends on, beside what editors change in it.

    `since` is the last issue. `stories` are published and came since then: those that are dated
    after it, and, in `late`, those of older dates that were filed or decided after it, by their
    names. `rules` are the front page's at the issue's time; `rules.named` knows every published
    story. `above` are the ids of a topic, by its name, and of those above it; `sections` are the
    topics right below the site's main one. `lists` are the published stories of reading lists and
    stashes, by kind and name, with an editor's words, `picks` what may be picked from other
    collections, the best first, each with its heat. `tell` says what an issue tells of a story.
    """

    letter: LetterOptions
    place: IssuePlace
    since: datetime
    stories: Sequence[Story]
    rules: FrontRules
    tell: Callable[[Story], IssueStory]
    headings: Headings
    late: frozenset[str] = frozenset()
    earlier: EarlierIssues = field(default_factory=EarlierIssues)
    sections: Sequence[Topic] = ()
    topic_ids: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[tuple[PartKind, str], Sequence[tuple[Story, str]]] = field(default_factory=dict)
    picks: Mapping[str, Sequence[tuple[IssueStory, float]]] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Return the time for which the issue is made."""
        return self.rules.at
