"""Update the stored stories of each group on one event: its leader and the others."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk.judge.coverage._additions import choose_additions, keeps_additions
from copydesk.judge.coverage._arrivals import is_grouped
from copydesk.judge.coverage._heat import heat, heat_alone, sum_heat, usual_of
from copydesk.judge.coverage._leader import (
    Contest,
    choose_beside,
    confirms,
    in_order,
    is_kept_back,
    is_trusted,
    leader_by_ruling,
    leads_by_ruling,
    lift_of,
    list_copies,
    newest_of,
    note_size,
    passes,
    snapshot,
    was_pinned,
    weigh_beside,
)
from copydesk.judge.coverage._ruled_groups import (
    is_move,
    is_ruled,
    lead_in,
    name_of,
    paths_without_ruling,
    pin_on,
)
from copydesk.judge.coverage.groups import FoundGroups, find_groups
from copydesk.judge.gate import gate_reason
from copydesk.news import Beat, Reason, ReasonKind, Shelved, Story
from copydesk.news.ruling import find_matter
from copydesk.news.story import Related, Surroundings, time_and_path

BESIDE = 50

_DECIDED_HERE = frozenset({"heat", "published", "group", "lead", "text", "trusted"})
_JOINED = frozenset(
    {
        ReasonKind.JOINED,
        ReasonKind.JOINED_BY_HEADLINE,
        ReasonKind.JOINED_LATER,
        ReasonKind.RETURNED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSetting:
    """The inputs for updating the stories of a group on one event.

    `own` has the paths of grouped stories by URL: related stories from former groups are removed by
    it. `count_stories` returns how many of a month's stories have a topic. `shelved` has each story
    with its known text, by path.
    """

    beat: Beat
    own: Mapping[str, str]
    count_stories: Callable[[str], int]
    shelved: Mapping[str, Shelved]


def lead_group(name: str, group: Sequence[Story], setting: GroupSetting) -> tuple[Story, ...]:
    """Choose a group's leader; return all stories of the group updated for it, the leader first.

    The story with most merits leads, among those that would be on the site. An editor's pin goes
    before that, then an editor's `lead` rule, then a verdict; a held story leads only if there is
    no other. Related to the leader are at most 50 stories that readers see; related to each of them
    is the leader.
    """
    beat = setting.beat
    kept = {addition.story: addition for story in group for addition in story.additions}
    group = [note_size(story, setting.shelved[story.path].text) for story in group]
    chosen = leader_by_ruling(group, beat)
    contest = Contest(group=group, beat=beat, newest=newest_of(group), chosen=chosen)
    leader, *behind = contest.rank()
    others = sort_by_quality(behind)
    weighed = weigh_beside(leader, others, beat)
    seen = [story for story, lack in weighed if not lack]
    beside = in_order(map(snapshot, seen))[:BESIDE]
    additions = choose_additions(
        _shelve(leader, setting), [_shelve(story, setting) for story in seen], beat, kept
    )
    ruled = lead_in(group, beat) if leader is chosen else None
    why = [*_why_in(leader, name), ruled[1] if ruled else contest.why(leader)]
    front = _in_front(leader, others, setting, why)
    return (
        replace(
            front,
            group=name,
            related=in_order((*_copies(leader, setting.own), *beside)),
            additions=additions,
        ),
        *(_behind(story, leader, lack, name, setting.own) for story, lack in weighed),
    )


def _shelve(story: Story, setting: GroupSetting) -> Shelved:
    return replace(setting.shelved[story.path], story=story)


def leave_group(story: Story, setting: GroupSetting) -> Story:
    """Return a story removed from its group, as if it had never been in one.

    If a verdict took it out, its reasons say so: when the verdict is taken back, it may return.
    """
    if not story.group and story.heat != -1:
        return story
    quality = story.quality or 0
    gate = setting.beat.scoring.publish_at
    published = not is_kept_back(story) and (quality >= gate or is_trusted(story))
    is_let_through = published and quality < gate
    reason = Reason.of(ReasonKind.TRUSTED_SOURCE) if is_let_through else gate_reason(quality, gate)
    hot = heat_alone(story, setting.beat)
    return replace(
        story,
        group="",
        related=_copies(story, setting.own),
        additions=(),
        heat=sum_heat(story, hot, setting.beat),
        published=published,
        reasons=_with_reasons(story, *_why_out(story), reason, *hot),
    )


def _why_out(story: Story) -> list[Reason]:
    if not (story.is_kept_out and story.verdict and story.group):
        return []
    why = Reason.of(ReasonKind.KEPT_OUT, said=story.verdict.said, group=story.group)
    return [why, *_size(story)]


def sort_by_quality(stories: Iterable[Story]) -> list[Story]:
    """Sort stories: highest quality first, then the earliest, then by path."""
    return sorted(stories, key=lambda story: (-(story.quality or 0), *time_and_path(story)))


def _in_front(
    leader: Story, others: Sequence[Story], setting: GroupSetting, why: Sequence[Reason]
) -> Story:
    """Return a group's leader as it is on the site; `why` are the reasons why it leads."""
    beat = setting.beat
    confirming = [story for story in others if confirms(story, beat)]
    topics = {topic for story in (leader, *others) for topic in story.topics}
    hot = heat(leader, confirming, beat, usual_of(topics, setting.count_stories, beat))
    lift = lift_of(leader, others, beat)
    pin = pin_on(leader, beat)
    published = not is_kept_back(leader) and (pin is not None or passes(leader, lift, beat))
    return replace(
        leader,
        published=published,
        heat=sum_heat(leader, hot, beat),
        reasons=_with_reasons(
            leader, *filter(None, [pin]), *why, *hot, *_gate_reasons(leader, lift, beat)
        ),
    )


def _gate_reasons(leader: Story, lift: int, beat: Beat) -> list[Reason]:
    """Return why a leader is published or not; the filed reason stays if something else decided."""
    quality, gate = leader.quality or 0, beat.scoring.publish_at
    filed = [reason for reason in leader.reasons if reason.about == "published"]
    if is_kept_back(leader):
        return filed
    if quality + lift < gate:
        if kind := _let_through_by(leader, beat):
            return [Reason.of(kind)]
        if leader.published and not was_pinned(leader, beat):
            return filed
    return [_gate_reason_with_lift(quality, lift, gate)]


def _gate_reason_with_lift(quality: int, lift: int, gate: int) -> Reason:
    if quality >= gate or not lift:
        return gate_reason(quality, gate)
    kind = ReasonKind.REACHES_GATE if quality + lift >= gate else ReasonKind.BELOW_GATE
    return Reason.of(kind, quality=quality, lift=lift, gate=gate)


def _let_through_by(leader: Story, beat: Beat) -> ReasonKind | None:
    """Return what publishes a leader below the publishing threshold, None for nothing."""
    if pin_on(leader, beat) is not None:
        return ReasonKind.PUBLISHED_BY_PIN
    return ReasonKind.TRUSTED_SOURCE if is_trusted(leader) else None


def _behind(story: Story, leader: Story, lack: str, name: str, own: Container[str]) -> Story:
    """Return a story as it stands behind its leader; `lack` is why readers do not see it, or ""."""
    why = _why_in(story, name)
    why += [Reason.of(ReasonKind.NOT_BESIDE, lack=lack)] if lack else []
    why += [Reason.of(ReasonKind.WOULD_BE_PUBLISHED)] if is_trusted(story) else []
    why += [Reason.of(ReasonKind.BEHIND_LEADER, leader=name_of(leader))]
    return replace(
        story,
        published=False,
        heat=-1,
        group=name,
        related=in_order((*_copies(story, own), snapshot(leader))),
        additions=(),
        reasons=_with_reasons(story, *why),
    )


def _why_in(story: Story, name: str) -> list[Reason]:
    """Return the reasons why a story is in the group with this name, with the size of its text."""
    size = _size(story)
    if any(map(is_move, story.reasons)):  # the reason names a rule, and stays
        return size
    if name == name_of(story):
        return [Reason.of(ReasonKind.FOUNDED), *size]
    joined = [reason for reason in story.reasons if reason.kind in _JOINED]
    if any(reason.former_group for reason in story.reasons):
        joined = [Reason.of(ReasonKind.RETURNED)]
    return [*(joined or [Reason.of(ReasonKind.JOINED_LATER)]), *size]


def _size(story: Story) -> list[Reason]:
    return [reason for reason in story.reasons if reason.about == "text"]


def _copies(story: Story, own: Container[str]) -> tuple[Related, ...]:
    return tuple(related for related in story.related if related.web_url not in own)


def _with_reasons(story: Story, *reasons: Reason) -> tuple[Reason, ...]:
    """Return a story's reasons with new ones for what a group decides; none if it had none."""
    if not story.reasons:
        return ()
    others = (old for old in story.reasons if old.about not in _DECIDED_HERE or is_move(old))
    return (*others, *reasons)


def is_as_filed(name: str, group: Sequence[Story], setting: GroupSetting) -> bool:
    """Return whether the stored stories of a group are up to date with the editors' rules.

    That is so if one story leads, and no pin, rule or verdict of an editor puts another one before
    it.
    """
    if len(group) == 1:
        return not group[0].group and not was_pinned(group[0], setting.beat)
    if any(story.group != name for story in group):
        return False
    leaders = [story for story in group if story.heat != -1]
    if len(leaders) != 1 or not keeps_additions(leaders[0], group, setting.beat):
        return False
    return _leads_as_filed(leaders[0], group, setting)


def _leads_as_filed(leader: Story, group: Sequence[Story], setting: GroupSetting) -> bool:
    if not leads_by_ruling(leader, group, setting.beat) or was_pinned(leader, setting.beat):
        return False
    return _lists_all(leader, [story for story in group if story is not leader], setting)


def _lists_all(leader: Story, others: Sequence[Story], setting: GroupSetting) -> bool:
    """Return whether the leader lists the stories that readers see, and each of them the leader.

    Copies do not count.
    """
    seen = choose_beside(leader, sort_by_quality(others), setting.beat)
    shown = {story.path for story in seen}
    beside = _paths_beside(leader, setting.own)
    if not beside <= shown or len(beside) != min(len(shown), BESIDE):
        return False
    return all(_paths_beside(story, setting.own) == {leader.path} for story in others)


def _paths_beside(story: Story, own: Mapping[str, str]) -> set[str]:
    return {own[related.web_url] for related in story.related if related.web_url in own}


# Group the stories of some weeks again by event, and return those that change.
#
# list copies of originals  >  find groups  >  lead each that has changed  >  background
#
# A filed story stays in its group until a new story, a correction or a rule moves it. So a run
# without news changes nothing, and an interrupted one is completed by the next.

_BACKGROUND = 5  # most similar groups that are listed

Stories = dict[str, Story]  # by path


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    around: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Group stories by event and find copies again; return those that change, ordered by path.

    `stories` are those of some weeks with all of their groups. `fresh` are the paths of new ones;
    `rejudged` of those that were judged again and stay in their groups. A story is placed as if it
    were new if the rule that moved it is gone. With `around`, `stories` need only hold those that a
    new one may join, and those to be looked at.
    """
    before = _by_path(_stories_of(stories))
    stories = _let_return(stories)
    after = {**_by_path(_stories_of(stories)), **_by_path(list_copies(stories))}
    originals = [shelved for shelved in stories if is_grouped(shelved.story, beat)]
    freed = _find_freed_paths(_stories_of(originals), beat)
    found = find_groups(originals, beat, fresh | freed, around.corpus if around else None)
    after.update(_with_moves(found.reasons, freed, after))
    kept_out = _list_kept_out(before.values())
    setting = _make_setting(stories, beat, around)
    after.update(_by_path(leave_group(after[story.path], setting) for story in kept_out))
    changing = _find_changing_groups(found.paths, before, fresh | freed | rejudged, setting)
    changing.update(story.group for story in kept_out)
    for name in changing & found.paths.keys():
        group = [after[path] for path in found.paths[name]]
        after.update(_by_path(_as_group(name, group, setting)))
    _set_matters(found, after)
    _set_background(found, after, beat)
    return tuple(after[path] for path in sorted(after) if after[path] != before[path])


def _make_setting(
    stories: Sequence[Shelved], beat: Beat, around: Surroundings | None
) -> GroupSetting:
    filed = _stories_of(stories)
    members = [story for story in filed if is_grouped(story, beat)]
    return GroupSetting(
        beat=beat,
        own=_paths_by_address([*members, *_list_kept_out(filed)]),
        count_stories=around.count_stories if around else _count_topics(filed),
        shelved={shelved.story.path: shelved for shelved in stories},
    )


def _list_kept_out(stories: Iterable[Story]) -> list[Story]:
    """Return the stories that a verdict keeps out of groups; copies are in none anyway."""
    return [story for story in stories if story.is_kept_out and not story.copy_of]


def find_freed_paths(stories: Iterable[Story], beat: Beat) -> frozenset[str]:
    """Return the paths of stories to group again, since an editor's rule or decision is gone."""
    return _find_freed_paths([story for story in stories if is_grouped(story, beat)], beat)


def _find_freed_paths(stories: Sequence[Story], beat: Beat) -> frozenset[str]:
    """Return the paths of stories whose rule is gone, so that nothing keeps them in their group.

    Also the paths of stories that a verdict took out of their group and keeps out no longer.
    """
    homeless = (story.path for story in stories if story.returns_to and not story.group)
    return paths_without_ruling(stories, beat).union(homeless)


def _find_changing_groups(
    groups: Mapping[str, Sequence[str]],
    before: Stories,
    touched: frozenset[str],
    setting: GroupSetting,
) -> set[str]:
    """Return the names of the groups with changed stories, or that are not as they were filed."""
    changing: set[str] = set()
    for name, paths in groups.items():
        group = [before[path] for path in paths]
        changing.update(story.group for story in group if story.group != name)  # the group it left
        if not touched.isdisjoint(paths) or not is_as_filed(name, group, setting):
            changing.add(name)
    return changing


def _let_return(stories: Sequence[Shelved]) -> list[Shelved]:
    """Return the stories; those that no verdict keeps out any longer are back in their groups."""
    groups = {shelved.story.group or name_of(shelved.story) for shelved in stories}
    return [
        replace(shelved, story=replace(shelved.story, group=group))
        if (group := shelved.story.returns_to) in groups and not shelved.story.group
        else shelved
        for shelved in stories
    ]


def _by_path(stories: Iterable[Story]) -> Stories:
    return {story.path: story for story in stories}


def _stories_of(stories: Iterable[Shelved]) -> list[Story]:
    return [shelved.story for shelved in stories]


def _paths_by_address(stories: Iterable[Story]) -> dict[str, str]:
    return {url: story.path for story in stories for url in story.addresses}


def _count_topics(stories: Iterable[Story]) -> Callable[[str], int]:
    return Counter(topic for story in stories for topic in set(story.topics)).__getitem__


def _as_group(name: str, group: Sequence[Story], setting: GroupSetting) -> tuple[Story, ...]:
    """Return a group's stories as they are filed under its name; a single story without a group."""
    if len(group) == 1:
        return (leave_group(group[0], setting),)
    return lead_group(name, group, setting)


def _with_moves(reasons: Mapping[str, Reason], freed: frozenset[str], after: Stories) -> Stories:
    """Return by path the stories that joined or left a group, with the reasons."""
    changed = {path: _without_ruling(after[path]) for path in freed}
    for path, reason in reasons.items():
        changed[path] = _with_reason(changed.get(path, after[path]), reason)
    return changed


def _with_reason(story: Story, reason: Reason) -> Story:
    if not story.reasons:
        return story
    others = (old for old in story.reasons if old.about != "group")
    return replace(story, reasons=(*others, reason))


def _without_ruling(story: Story) -> Story:
    reasons = (reason for reason in story.reasons if not (is_ruled(reason) or reason.former_group))
    return replace(story, reasons=tuple(reasons))


def _set_matters(found: FoundGroups, after: Stories) -> None:
    """Set the matter of all stories of each event."""
    for path, matter in found.matters.items():
        if after[path].matter != matter:
            after[path] = replace(after[path], matter=matter)


def _set_background(found: FoundGroups, after: Stories, beat: Beat) -> None:
    """Set the background of new stories, earliest first: the other events of their matter."""
    for path, near in found.near.items():
        others = (found.paths.get(name, ()) for name in near)
        leaders = [_leader(paths, after) for paths in others if path not in paths]
        background = _background(after[path], list(filter(None, leaders)), beat)
        after[path] = replace(after[path], background=background)


def _background(story: Story, near: Sequence[Story], beat: Beat) -> tuple[str, ...]:
    """Return a matter's other events by their first stories: the most similar, then those before.

    A first story is the group's name, which stays when another story leads it.
    """
    matter = _matter_of(story, beat)
    leaders = [leader for leader in near if matter and _matter_of(leader, beat) == matter]
    before = (name for leader in leaders for name in leader.background)
    own = {name_of(story), story.group}
    groups = {name_of(leader): leader.group or name_of(leader) for leader in leaders}
    events = dict.fromkeys((*groups.values(), *(groups.get(name, name) for name in before)))
    return tuple(itertools.filterfalse(own.__contains__, events))[:_BACKGROUND]


def _matter_of(story: Story, beat: Beat) -> str:
    return find_matter(story.group or name_of(story), story.matter, beat.rulings)


def _leader(paths: Iterable[str], after: Stories) -> Story | None:
    return next((after[path] for path in paths if after[path].heat != -1), None)
