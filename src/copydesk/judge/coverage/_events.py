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
from copydesk.judge.coverage._led import BESIDE, alone, is_shown, leads_by_word, led, was_pinned
from copydesk.judge.coverage._off import is_off
from copydesk.judge.coverage._rarity import OF_THE_BEAT
from copydesk.judge.coverage._rules import Rules, is_ruled, name_of, undone
from copydesk.judge.coverage._stream import Document, Place, Stream
from copydesk.kit import text
from copydesk.news import Beat, Reason, ReasonKind, Shelved, Story

_BACKGROUND = 5
_MOST_BEHIND = timedelta(days=14)
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


def with_coverage(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    anew: frozenset[str] = frozenset(),
) -> tuple[Story, ...]:
    """Give the stories that change by copies and coverage beside them, by path.

    `stories` are those of some weeks, and all others of their groups; `fresh` are the paths of the
    new ones, `anew` of those that stay in their groups but were judged again. Where a rule that
    moved a story is gone, it is put among the others as if it were new.
    """
    before = {one.story.path: one.story for one in stories}
    after = {**before, **{one.path: one for one in with_copies(stories, beat, fresh)}}
    originals = [one for one in stories if not one.story.copy_of and not is_off(one.story, beat)]
    own = {at: one.story.path for one in originals for at in one.story.addresses}
    free = undone([one.story for one in originals], beat)
    fresh |= free
    after.update((path, _without_rule(after[path])) for path in free)
    found = _Found.of(originals, beat, fresh)
    touched = fresh | anew
    for path, reason in found.reasons.items():
        after[path] = _with_reason(after[path], reason)
    groups = found.groups
    for name, paths in groups.items():
        filed = [before[path] for path in paths]
        if touched.isdisjoint(paths) and _is_as_filed(name, filed, own, beat):
            continue
        group = [after[path] for path in paths]
        if len(group) == 1:
            after[paths[0]] = alone(group[0], beat, own)
            continue
        usual = usual_of({topic for one in group for topic in one.topics}, before.values(), beat)
        after.update((story.path, story) for story in led(name, group, beat, usual, own))
    for path, near in found.near.items():
        after[path] = replace(after[path], background=_background(path, near, groups, after))
    changed = (story for path, story in after.items() if story != before[path])
    return tuple(sorted(changed, key=lambda story: story.path))


def _is_as_filed(name: str, group: Sequence[Story], own: Mapping[str, str], beat: Beat) -> bool:
    """Say whether a group is as it was filed: no rule moved a story, no round was cut off.

    One leads, all the others are beside it, and it alone beside them; copies do not count. No other
    was pinned, and none stands in front that an editor keeps back.
    """
    if len(group) == 1:
        return not group[0].group and not was_pinned(group[0], beat)
    leaders = [story for story in group if story.heat != -1]
    if len(leaders) != 1 or any(story.group != name for story in group):
        return False
    [leader] = leaders
    if not leads_by_word(leader, group, beat) or was_pinned(leader, beat):
        return False
    paths = {story.path for story in group}
    listed = {
        story.path: {own[one.web_url] for one in story.related if one.web_url in own}
        for story in group
    }
    beside = listed.pop(leader.path)
    shown = sum(is_shown(story) for story in group if story is not leader)
    is_whole = beside <= paths and len(beside) == min(shown, BESIDE)
    return is_whole and all(one == {leader.path} for one in listed.values())


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
        stream = Stream(_words_of(beat), rules.apart, rules.whole, _words_below(beat))
        reasons: dict[str, Reason] = {}
        near: dict[str, Sequence[str]] = {}
        paths: dict[str, str] = {}
        for moment, one in _as_they_came(stories, rules):
            path = one.story.path
            document = _document(one, moment, rules.group_of(one.story))
            paths[document.key] = path
            if path not in fresh:
                stream.add(document)
                continue
            place = stream.place(document)
            near[path] = [name for name, _ in place.near]
            if (place.likeness or place.same_headline) and not document.group:
                reasons[path] = _joined(place)
        stream.settle()
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name, group in stream.groups().items():
            groups[group].append(paths[name])
        reasons.update((paths[name], why) for name, why in rules.moved.items() if name in paths)
        return cls(groups=groups, reasons=reasons, near=near)


def _as_they_came(stories: Sequence[Shelved], rules: Rules) -> list[tuple[datetime, Shelved]]:
    """Give the stories with their moments in order of time, those of a known group first.

    What is new then sees whom a rule brings into a group before it joins there.
    """
    latest = max((one.found for one in stories if one.found), default=_NEVER)
    moments = [(_moment(one, latest), one) for one in stories]
    return sorted(
        moments,
        key=lambda pair: (not rules.group_of(pair[1].story), pair[0], pair[1].story.path),
    )


def _words_of(beat: Beat) -> list[str]:
    """Give the words of the main topic: they stand everywhere on the beat."""
    main = [topic for topic in beat.topics if topic.name == beat.topic]
    return [word for topic in main for word in (topic.name, *topic.keywords, *topic.aliases)]


def _words_below(beat: Beat) -> dict[str, float]:
    """Give the words of the other topics, with the share of a beat's stories that may have each.

    That is as if each topic had as many stories as another, and each of its words as many of them:
    one with a single word has it nearly everywhere, one of thirty names tells them well apart.
    """
    others = [topic for topic in beat.topics if topic.name != beat.topic]
    shares: dict[str, float] = {}
    for topic in others:
        found = dict.fromkeys((*topic.keywords, *topic.aliases))
        for word in found:
            share = min(OF_THE_BEAT, 1 / (len(others) * len(found)))
            shares[word] = max(share, shares.get(word, 0.0))
    return shares


def _document(shelved: Shelved, moment: datetime, group: str) -> Document:
    story = shelved.story
    return Document(
        key=name_of(story),
        title=story.title,
        text=text.prose(shelved.text) or story.excerpt,
        language=story.language,
        moment=None if moment == _NO_TIME else moment,
        group=group,
        vector=shelved.vector,
    )


def _moment(shelved: Shelved, latest: datetime) -> datetime:
    """Give when a story came, `latest` being when the last of all was found.

    Its own date, unless that is weeks before it was found, or after: then it tells nothing.
    """
    published, found = shelved.story.published_at or _NO_TIME, shelved.found
    if found is None:
        return min(published, latest)
    return published if _MOST_BEHIND > found - published >= timedelta(0) else found


def _joined(place: Place) -> Reason:
    if place.same_headline:
        return Reason.of(ReasonKind.JOINED_BY_HEADLINE)
    shared = ", ".join(f'"{word}"' for word in place.shared)
    return Reason.of(ReasonKind.JOINED, likeness=f"{place.likeness:.2f}", words=shared)


def _with_reason(story: Story, reason: Reason) -> Story:
    if not story.reasons:
        return story
    others = (one for one in story.reasons if one.about != "group")
    return replace(story, reasons=(*others, reason))


def _without_rule(story: Story) -> Story:
    return replace(story, reasons=tuple(one for one in story.reasons if not is_ruled(one)))


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
