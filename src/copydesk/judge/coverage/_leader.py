"""Who leads a group: by an editor's word, of those that readers would see, by merits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

from copydesk.judge.coverage._beside import confirms, is_off_beat
from copydesk.judge.coverage._heat import corroboration
from copydesk.judge.coverage._merits import (
    STAYS,
    compare_merits,
    is_brief_beside,
    weigh_merits,
)
from copydesk.judge.coverage._ruled_groups import is_lead, is_pin, lead_in, name_of, pin_on
from copydesk.news import Beat, Reason, ReasonKind, Story

LIFT = 20  # how far corroboration can carry a story over the gate
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})

_Rank = tuple[bool, bool, bool, bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A group whose leader is sought, when its latest came, and whom an editor wants in front."""

    group: Sequence[Story]
    beat: Beat
    newest: datetime | None
    chosen: Story | None

    def rank(self) -> list[Story]:
        """Return the stories, the leader first.

        That is the one of most merits, unless it would hide the group and another one would not.
        """
        ranked = sorted(self.group, key=self._order)
        best = self._rank_of(ranked[0])
        peers = takewhile(lambda story: self._rank_of(story) == best, ranked)
        leader = next(filter(self._is_seen_in_front, peers), ranked[0])
        return [leader, *(story for story in ranked if story is not leader)]

    def why(self, leader: Story) -> Reason:
        """Return why a leader stands before the best of the others, whoever of them led before."""
        second = min(
            (story for story in self.group if story is not leader),
            key=lambda story: self._order(story, anew=True),
        )
        return Reason.of(
            ReasonKind.LEADS, other=name_of(second), merits=self._compare(leader, second)
        )

    def _compare(self, leader: Story, second: Story) -> str:
        ahead, behind = self._rank_of(leader), self._rank_of(second)
        if ahead[:3] != behind[:3]:
            return "an editor's word"
        if ahead != behind:
            return "the other is held or off the beat"
        merits, others = self._merits_of(leader), self._merits_of(second)
        words = compare_merits(merits, others)
        if sum(others.values()) <= sum(merits.values()):
            return words
        why = "it led before" if self._stays(leader) else "the other would not be published"
        return f"{why}, {words}" if words else why

    def _order(self, story: Story, *, anew: bool = False) -> tuple[_Rank, int, datetime, str]:
        merits = sum(self._merits_of(story).values())
        stays = STAYS if not anew and self._stays(story) else 0
        moment = story.published_at or _NO_TIME
        return (self._rank_of(story), -merits - stays, moment, story.path)

    def _rank_of(self, story: Story) -> _Rank:
        return _rank(story, self.beat, self.chosen)

    def _stays(self, story: Story) -> bool:
        """Decide whether a story leads by its merits, and is given up for clearly better ones."""
        leads = bool(story.published and story.heat != -1 and story.group)
        led_by_rule = story is not self.chosen and any(map(is_lead, story.reasons))
        if was_pinned(story, self.beat) or led_by_rule:
            return False
        return leads and not is_brief_beside(story, self.group)

    def _merits_of(self, story: Story) -> dict[str, int]:
        return weigh_merits(story, self.newest)

    def _is_seen_in_front(self, story: Story) -> bool:
        most = (story.quality or 0) + LIFT
        if most < self.beat.scoring.publish_at and not (story.published or is_trusted(story)):
            return False
        others = [other for other in self.group if other is not story]
        return passes(story, lift_of(story, others, self.beat), self.beat)


def leads_by_ruling(leader: Story, group: Sequence[Story], beat: Beat) -> bool:
    """Decide whether no other story is above a leader by an editor's pin, ruling or verdict."""
    chosen = leader_by_ruling(group, beat)
    if leader is not chosen and any(map(is_lead, leader.reasons)):
        return False
    return _rank(leader, beat, chosen) == min(_rank(story, beat, chosen) for story in group)


def _rank(story: Story, beat: Beat, chosen: Story | None) -> _Rank:
    is_published_by_verdict = story.verdict is not None and story.verdict.said == "publish"
    return (
        not is_pinned(story, beat),
        story is not chosen,
        not is_published_by_verdict,
        is_kept_back(story),
        is_off_beat(story, beat),
    )


def leader_by_ruling(group: Sequence[Story], beat: Beat) -> Story | None:
    """Return the story that an editor wants to lead a group, None where it would hide the group.

    The newest `lead` on one of the group counts, and no older one. It publishes nothing: what is
    kept back, or below the gate in front of the others, leaves the lead to whom it is due.
    """
    ruled = lead_in(group, beat)
    if ruled is None or is_kept_back(ruled[0]):
        return None
    story, _ = ruled
    others = [other for other in group if other is not story]
    return story if passes(story, lift_of(story, others, beat), beat) else None


def is_pinned(story: Story, beat: Beat) -> bool:
    """Decide whether an editor has pinned a story; whether the time is over is not asked here."""
    return pin_on(story, beat) is not None


def was_pinned(story: Story, beat: Beat) -> bool:
    """Decide whether a story leads by a pin that is gone."""
    return any(map(is_pin, story.reasons)) and pin_on(story, beat) is None


def is_kept_back(story: Story) -> bool:
    """Decide whether an editor, or the wait for one, keeps a story off the site."""
    if story.verdict is not None:
        return story.verdict.said != "publish"
    return any(reason.about == "held" for reason in story.reasons)


def is_trusted(story: Story) -> bool:
    """Decide whether a story is published whatever its quality; behind another one it waits."""
    return any(reason.kind in _TRUSTED for reason in story.reasons)


def lift_of(leader: Story, others: Sequence[Story], beat: Beat) -> int:
    """Return the points by which the others carry a leader over the gate."""
    support = corroboration(leader, [other for other in others if confirms(other, beat)], beat)
    return min(LIFT, support.points or 0) if support else 0


def passes(leader: Story, lift: int, beat: Beat) -> bool:
    """Decide whether a leader reaches the gate, is let through whatever its points, or was."""
    was_let_through = bool(leader.published) and not was_pinned(leader, beat)
    reaches = (leader.quality or 0) + lift >= beat.scoring.publish_at
    return reaches or was_let_through or is_trusted(leader)
