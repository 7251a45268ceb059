"""Whether a group's records are as the last round filed them, so that nobody need lead it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copydesk.judge.coverage._beside import choose_beside
from copydesk.judge.coverage._lead import BESIDE, GroupSetting, sort_by_quality
from copydesk.judge.coverage._leader import leads_by_ruling, was_pinned
from copydesk.news import Story


def is_as_filed(name: str, group: Sequence[Story], setting: GroupSetting) -> bool:
    """Decide whether a group is as it was filed: no ruling moved a story, no round was cut off.

    One leads, and neither pin nor ruling nor verdict puts another in front.
    """
    if len(group) == 1:
        return not group[0].group and not was_pinned(group[0], setting.beat)
    if any(story.group != name for story in group):
        return False
    leaders = [story for story in group if story.heat != -1]
    return len(leaders) == 1 and _leads_as_filed(leaders[0], group, setting)


def _leads_as_filed(leader: Story, group: Sequence[Story], setting: GroupSetting) -> bool:
    if not leads_by_ruling(leader, group, setting.beat) or was_pinned(leader, setting.beat):
        return False
    return _lists_all(leader, [story for story in group if story is not leader], setting)


def _lists_all(leader: Story, others: Sequence[Story], setting: GroupSetting) -> bool:
    """Decide whether a leader has those beside it whom readers see, and the others it alone.

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
