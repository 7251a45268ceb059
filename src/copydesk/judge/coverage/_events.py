"""Events: which of the stories of some weeks are on one happening, and what that changes in them.

copies beside originals  >  stream (filed ones known, new ones found out)  >  settle  >  led

What is filed stays where it is until a new story, a correction or an editor's rule moves it. So a
round without news changes nothing, and one that was cut off is made good by the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from copydesk.judge.coverage._groups import with_copies
from copydesk.judge.coverage._heat import usual_of
from copydesk.judge.coverage._led import alone, led
from copydesk.judge.coverage._rules import Rules, name_of
from copydesk.judge.coverage._stream import JOIN, Document, Place, Stream
from copydesk.kit import text
from copydesk.news import Beat, Reason, Shelved, Story

_BACKGROUND = 5
_MOST_BEHIND = timedelta(days=14)
_NO_TIME = datetime.min.replace(tzinfo=UTC)


def with_coverage(
    stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str]
) -> tuple[Story, ...]:
    """Give the stories that change by copies and coverage beside them, by path.

    `stories` are those of some weeks, and all others of their groups; `fresh` are the paths of the
    new ones.
    """
    before = {one.story.path: one.story for one in stories}
    after = {**before, **{one.path: one for one in with_copies(stories, beat, fresh)}}
    found = _Found.of([one for one in stories if not one.story.copy_of], beat, fresh)
    for path, reason in found.reasons.items():
        after[path] = _with_reason(after[path], reason)
    groups = found.groups
    for name, paths in groups.items():
        if not _has_news(name, [before[path] for path in paths], fresh):
            continue
        for story in _filed(name, [after[path] for path in paths], beat, before.values()):
            after[story.path] = story
    for path, near in found.near.items():
        after[path] = replace(after[path], background=_background(path, near, groups, after))
    changed = (story for path, story in after.items() if story != before[path])
    return tuple(sorted(changed, key=lambda story: story.path))


def _filed(
    name: str, group: Sequence[Story], beat: Beat, all_stories: Iterable[Story]
) -> Iterable[Story]:
    if len(group) == 1:
        return [alone(group[0], beat)]
    topics = {topic for story in group for topic in story.topics}
    return led(name, group, beat, usual_of(topics, all_stories, beat.topic))


def _has_news(name: str, group: Sequence[Story], fresh: frozenset[str]) -> bool:
    """Say whether a group is not as it was filed: a new story, or a round that was cut off."""
    if any(story.path in fresh for story in group):
        return True
    if len(group) == 1:
        return bool(group[0].group)
    if any(story.group != name for story in group):
        return True
    leaders = [story for story in group if story.heat != -1]
    if len(leaders) != 1:
        return True
    beside = {one.web_url for one in leaders[0].related}
    others = [story for story in group if story is not leaders[0]]
    missing = [one for one in others if (one.web_url or one.original_url) not in beside]
    return bool(missing) and len(beside) < len(others)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Paths by their group's name; of new stories why they joined, and which groups are near."""

    groups: Mapping[str, Sequence[str]]
    reasons: Mapping[str, Reason]
    near: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str]) -> _Found:
        """Find out where new stories belong among those that are filed."""
        rules = Rules(beat, [one.story for one in stories], fresh)
        stream = Stream(_words_of(beat), rules.apart, rules.whole)
        places: dict[str, Place] = {}
        paths: dict[str, str] = {}
        for one in sorted(stories, key=lambda one: (one.story.path in fresh, _moment(one))):
            document = _document(one, rules.group_of(one.story))
            paths[document.key] = one.story.path
            if one.story.path in fresh:
                places[one.story.path] = stream.place(document)
            else:
                stream.add(document)
        stream.settle()
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name, group in stream.groups().items():
            groups[group].append(paths[name])
        return cls(
            groups=groups,
            reasons={path: _joined(one) for path, one in places.items() if one.likeness >= JOIN},
            near={path: [name for name, _ in one.near] for path, one in places.items()},
        )


def _words_of(beat: Beat) -> list[str]:
    """Give the words of the main topic: they stand everywhere on the beat."""
    main = [topic for topic in beat.topics if topic.name == beat.topic]
    return [word for topic in main for word in (topic.name, *topic.keywords, *topic.aliases)]


def _document(shelved: Shelved, group: str) -> Document:
    story = shelved.story
    return Document(
        key=name_of(story),
        title=story.title,
        text=text.prose(shelved.text) or story.excerpt,
        language=story.language,
        moment=_moment(shelved)[0],
        group=group,
        vector=shelved.vector,
    )


def _moment(shelved: Shelved) -> tuple[datetime, str]:
    """Give when a story came, and its path.

    Its own date, unless that is weeks before it was found, or after: then it tells nothing.
    """
    story = shelved.story
    published, found = story.published_at or _NO_TIME, shelved.found
    if found is None or _MOST_BEHIND > found - published >= timedelta(0):
        return published, story.path
    return found, story.path


def _joined(place: Place) -> Reason:
    shared = ", ".join(f'"{word}"' for word in place.shared)
    return Reason(about="group", why=f"joined at likeness {place.likeness:.2f}, shares {shared}")


def _with_reason(story: Story, reason: Reason) -> Story:
    if not story.reasons:
        return story
    others = (one for one in story.reasons if one.about != "group")
    return replace(story, reasons=(*others, reason))


def _background(
    path: str,
    near: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    after: Mapping[str, Story],
) -> tuple[str, ...]:
    """Give the names of the leaders of the groups that are near, never its own."""
    leaders = (
        leader
        for name in near
        if path not in groups.get(name, ())
        for leader in [_leader(groups.get(name, ()), after)]
        if leader
    )
    return tuple(dict.fromkeys(leaders))[:_BACKGROUND]


def _leader(paths: Iterable[str], after: Mapping[str, Story]) -> str:
    return next((name_of(after[path]) for path in paths if after[path].heat != -1), "")
