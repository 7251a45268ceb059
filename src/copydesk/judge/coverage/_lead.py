"""Lead a group of stories on one happening: one stands in front, the others beside it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from copydesk.judge._gate import gate_reason
from copydesk.judge.coverage._heat import corroboration, heat
from copydesk.judge.coverage._related import in_order, snapshot
from copydesk.judge.coverage._ruled_groups import (
    is_lead,
    is_move,
    is_pin,
    lead_in,
    pin_on,
)
from copydesk.news import Beat, Reason, ReasonKind, Related, Story

STAYS = 15  # a new story must be so much better to take the lead from one that readers know
LIFT = 20  # how far corroboration can carry a story over the gate
BESIDE = 50
_NO_TIME = datetime.min.replace(tzinfo=UTC)

_EditorRank = tuple[bool, bool, bool, bool]

_DECIDED_HERE = frozenset({"heat", "published", "group", "trusted"})
_JOINED = frozenset({ReasonKind.JOINED, ReasonKind.JOINED_BY_HEADLINE})
_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})


def lead_group(
    name: str, group: Sequence[Story], beat: Beat, usual: float, own: Container[str]
) -> tuple[Story, ...]:
    """Return a group's stories as they are filed under its name, the leader first.

    The best leads; one that leads already stays in front unless another is 15 points better. An
    editor's pin, then an editor's `lead`, then an editor's word, stands above quality; what is held
    or rejected leads only where nothing else can, and what is rejected is nobody's confirmation.
    The leader has the others beside it, at most 50; they have it. `own` are the addresses of
    stories that are no copies: those beside it from former groups go.
    """
    chosen = leader_by_ruling(group, beat)
    leader = min(group, key=lambda story: _rank(story, beat, chosen))
    others = sorted((story for story in group if story is not leader), key=_by_quality)
    shown = [story for story in others if is_shown(story)]
    reasons = heat(leader, shown, beat, usual)
    if leader is chosen and (ruled := lead_in(group, beat)):
        reasons = (ruled[1], *reasons)
    front = _in_front(leader, shown, beat, reasons)
    beside = in_order(map(snapshot, shown))[:BESIDE]
    return (
        replace(front, group=name, related=in_order((*_copies(leader, own), *beside))),
        *(_behind(story, leader, name, own) for story in others),
    )


def leave_group(story: Story, beat: Beat, own: Container[str]) -> Story:
    """Return a story that has left its group as if it had never been in it."""
    if not story.group and story.heat != -1:
        return story
    quality = story.quality or 0
    gate = beat.scoring.publish_at
    published = not is_kept_back(story) and (quality >= gate or _is_trusted(story))
    is_let_through = published and quality < gate
    reason = Reason.of(ReasonKind.TRUSTED_SOURCE) if is_let_through else gate_reason(quality, gate)
    return replace(
        story,
        group="",
        related=_copies(story, own),
        heat=quality,
        published=published,
        reasons=_with_reasons(story, reason),
    )


def leads_by_ruling(leader: Story, group: Sequence[Story], beat: Beat) -> bool:
    """Decide whether no other story is above a leader by an editor's pin, ruling or verdict."""
    chosen = leader_by_ruling(group, beat)
    if leader is not chosen and any(map(is_lead, leader.reasons)):
        return False
    rank = _rank_by_editor(leader, beat, chosen)
    return rank == min(_rank_by_editor(story, beat, chosen) for story in group)


def _rank_by_editor(story: Story, beat: Beat, chosen: Story | None) -> _EditorRank:
    is_published_by_verdict = story.verdict is not None and story.verdict.said == "publish"
    is_pinned = pin_on(story, beat) is not None
    return (not is_pinned, story is not chosen, not is_published_by_verdict, is_kept_back(story))


def leader_by_ruling(group: Sequence[Story], beat: Beat) -> Story | None:
    """Return the story that an editor wants to lead a group, None where it would hide the group.

    The newest `lead` on one of the group counts, and no older one. It publishes nothing: what is
    kept back, or below the gate in front of the others, leaves the lead to whom it is due.
    """
    ruled = lead_in(group, beat)
    if ruled is None or is_kept_back(ruled[0]):
        return None
    story, _ = ruled
    others = [other for other in group if other is not story and is_shown(other)]
    return story if _passes(story, _lift(story, others, beat), beat) else None


def is_pinned(story: Story, beat: Beat) -> bool:
    """Decide whether an editor has pinned a story; whether the time is over is not asked here."""
    return pin_on(story, beat) is not None


def is_shown(story: Story) -> bool:
    """Decide whether a story may stand beside another one: an editor did not reject it."""
    return story.verdict is None or story.verdict.said not in {"reject", "remove"}


def was_pinned(story: Story, beat: Beat) -> bool:
    """Decide whether a story leads by a pin that is gone."""
    return any(map(is_pin, story.reasons)) and pin_on(story, beat) is None


def _by_quality(story: Story) -> tuple[int, datetime, str]:
    return (-(story.quality or 0), story.published_at or _NO_TIME, story.path)


def _rank(story: Story, beat: Beat, chosen: Story | None) -> tuple[_EditorRank, int, datetime, str]:
    stays = STAYS if story.published and story.heat != -1 and story.group else 0
    if was_pinned(story, beat) or (story is not chosen and any(map(is_lead, story.reasons))):
        stays = 0
    quality, moment, path = _by_quality(story)
    return (_rank_by_editor(story, beat, chosen), quality - stays, moment, path)


def is_kept_back(story: Story) -> bool:
    """Decide whether an editor, or the wait for one, keeps a story off the site."""
    if story.verdict is not None:
        return story.verdict.said != "publish"
    return any(reason.about == "held" for reason in story.reasons)


def _in_front(
    leader: Story, others: Sequence[Story], beat: Beat, reasons: Sequence[Reason]
) -> Story:
    quality = leader.quality or 0
    lift = _lift(leader, others, beat)
    pin = pin_on(leader, beat)
    published = not is_kept_back(leader) and (pin is not None or _passes(leader, lift, beat))
    return replace(
        leader,
        published=published,
        heat=max(0, quality + sum(reason.points or 0 for reason in reasons)),
        reasons=_with_reasons(
            leader, *filter(None, [pin]), *reasons, *_gate_reasons(leader, lift, beat)
        ),
    )


def _lift(leader: Story, others: Sequence[Story], beat: Beat) -> int:
    support = corroboration(leader, others, beat)
    return min(LIFT, support.points or 0) if support else 0


def _passes(leader: Story, lift: int, beat: Beat) -> bool:
    """Decide whether a leader reaches the gate, is let through whatever its points, or was."""
    was_let_through = bool(leader.published) and not was_pinned(leader, beat)
    reaches = (leader.quality or 0) + lift >= beat.scoring.publish_at
    return reaches or was_let_through or _is_trusted(leader)


def _gate_reasons(leader: Story, lift: int, beat: Beat) -> list[Reason]:
    """Return why a leader is published or not; where something else decided, that stays."""
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
    """Return what publishes a leader below the gate, None where nothing does."""
    if pin_on(leader, beat) is not None:
        return ReasonKind.PUBLISHED_BY_PIN
    return ReasonKind.TRUSTED_SOURCE if _is_trusted(leader) else None


def _behind(story: Story, leader: Story, name: str, own: Container[str]) -> Story:
    front = PurePosixPath(leader.path).stem
    why = [reason for reason in story.reasons if reason.kind in _JOINED]
    why += [Reason.of(ReasonKind.WOULD_BE_PUBLISHED)] if _is_trusted(story) else []
    why += [Reason.of(ReasonKind.BEHIND_LEADER, leader=front)]
    return replace(
        story,
        published=False,
        heat=-1,
        group=name,
        related=in_order((*_copies(story, own), snapshot(leader))),
        reasons=_with_reasons(story, *why),
    )


def _is_trusted(story: Story) -> bool:
    """Decide whether a story is published whatever its quality; behind another one it waits."""
    return any(reason.kind in _TRUSTED for reason in story.reasons)


def _copies(story: Story, own: Container[str]) -> tuple[Related, ...]:
    return tuple(related for related in story.related if related.web_url not in own)


def _with_reasons(story: Story, *reasons: Reason) -> tuple[Reason, ...]:
    """Return the reasons with new ones on what a group decides; a record without any gets none."""
    if not story.reasons:
        return ()
    others = (old for old in story.reasons if old.about not in _DECIDED_HERE or is_move(old))
    return (*others, *reasons)
