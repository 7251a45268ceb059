"""Find which of the stories of some weeks report on the same happening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copydesk.judge.clustering import OF_THE_BEAT, Assignment, NewsDocument, Stream
from copydesk.judge.coverage._ruled_groups import RuledGroups, name_of
from copydesk.kit import text
from copydesk.news import Beat, Reason, ReasonKind, Shelved

_MOST_BEHIND = timedelta(days=14)
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroups:
    """Paths by their group's name; of new stories why they joined, and which groups are near."""

    paths: Mapping[str, Sequence[str]]
    reasons: Mapping[str, Reason]
    near: Mapping[str, Sequence[str]]


def find_groups(stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str]) -> FoundGroups:
    """Find where new stories belong among those that are filed, by words and by rulings."""
    ruled = RuledGroups(beat, [shelved.story for shelved in stories], fresh)
    stream = Stream(_words_of_main(beat), ruled.apart, ruled.whole, _words_below_main(beat))
    reasons: dict[str, Reason] = {}
    near: dict[str, Sequence[str]] = {}
    path_of: dict[str, str] = {}
    for moment, shelved in _as_they_came(stories, ruled):
        path = shelved.story.path
        document = _to_document(shelved, moment, ruled.group_of(shelved.story))
        path_of[document.key] = path
        if path not in fresh:
            stream.add(document)
            continue
        assignment = stream.place(document)
        near[path] = [name for name, _ in assignment.near]
        if not document.group and (reason := _reason_of(assignment)):
            reasons[path] = reason
    stream.settle()
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for key, group in stream.groups().items():
        paths[group].append(path_of[key])
    reasons.update((path_of[key], why) for key, why in ruled.moved.items() if key in path_of)
    return FoundGroups(paths=paths, reasons=reasons, near=near)


def _as_they_came(stories: Sequence[Shelved], ruled: RuledGroups) -> list[tuple[datetime, Shelved]]:
    """Return the stories with their moments in order of time, those of a known group first.

    What is new then sees whom a ruling brings into a group before it joins there.
    """
    latest = max((shelved.found for shelved in stories if shelved.found), default=_NEVER)
    moments = [(_moment(shelved, latest), shelved) for shelved in stories]
    return sorted(
        moments,
        key=lambda pair: (not ruled.group_of(pair[1].story), pair[0], pair[1].story.path),
    )


def _words_of_main(beat: Beat) -> list[str]:
    """Return the words of the main topic: they stand everywhere on the beat."""
    main = [topic for topic in beat.topics if topic.name == beat.topic]
    return [word for topic in main for word in (topic.name, *topic.keywords, *topic.aliases)]


def _words_below_main(beat: Beat) -> dict[str, float]:
    """Return the words of the other topics, with the share of a beat's stories that may have each.

    That is as if each topic had as many stories as another, and each of its words as many of them:
    one with a single word has it nearly everywhere, one of thirty names tells them well apart.
    """
    others = [topic for topic in beat.topics if topic.name != beat.topic]
    shares: dict[str, float] = {}
    for topic in others:
        words = dict.fromkeys((*topic.keywords, *topic.aliases))
        for word in words:
            share = min(OF_THE_BEAT, 1 / (len(others) * len(words)))
            shares[word] = max(share, shares.get(word, 0.0))
    return shares


def _to_document(shelved: Shelved, moment: datetime, group: str) -> NewsDocument:
    story = shelved.story
    return NewsDocument(
        key=name_of(story),
        title=story.title,
        text=text.prose(shelved.text) or story.excerpt,
        language=story.language,
        moment=None if moment == _NO_TIME else moment,
        group=group,
        vector=shelved.vector,
    )


def _moment(shelved: Shelved, latest: datetime) -> datetime:
    """Return when a story came, `latest` being when the last of all was found.

    Its own date, unless that is weeks before it was found, or after: then it tells nothing.
    """
    published, found = shelved.story.published_at or _NO_TIME, shelved.found
    if found is None:
        return min(published, latest)
    return published if _MOST_BEHIND > found - published >= timedelta(0) else found


def _reason_of(assignment: Assignment) -> Reason | None:
    """Return why a story is in the group of another, None where it began one."""
    if assignment.same_headline:
        return Reason.of(ReasonKind.JOINED_BY_HEADLINE)
    if not assignment.similarity:
        return None
    shared = ", ".join(f'"{word}"' for word in assignment.shared)
    return Reason.of(ReasonKind.JOINED, likeness=f"{assignment.similarity:.2f}", words=shared)
