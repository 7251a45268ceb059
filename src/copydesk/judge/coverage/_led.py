"""Led: a group of stories on one event as it is filed, one in front, the others beside it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from copydesk.judge._gate import measured
from copydesk.judge.coverage._heat import corroboration, heat
from copydesk.judge.coverage._related import in_order, snapshot
from copydesk.judge.coverage._rules import (
    is_lead,
    is_of_the_front,
    is_pin,
    is_ruled,
    lead_in,
    pin_on,
)
from copydesk.news import Beat, Reason, ReasonKind, Related, Story

STAYS = 15  # a new story must be so much better to take the lead from one that readers know
LIFT = 20  # how far corroboration can carry a story over the gate
BESIDE = 50
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_ITS_OWN = frozenset({"heat", "published", "group", "trusted"})
_JOINED = frozenset({ReasonKind.JOINED, ReasonKind.JOINED_BY_HEADLINE})
_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})


def led(
    name: str, group: Sequence[Story], beat: Beat, usual: float, own: Container[str]
) -> tuple[Story, ...]:
    """Give a group's stories as they are filed under its name, the leader first.

    The best leads; one that leads already stays in front unless another is 15 points better. An
    editor's pin, then an editor's `lead`, then an editor's word, stands above quality; what is held
    or rejected leads only where nothing else can, and what is rejected is nobody's confirmation.
    The leader has the others beside it, at most 50; they have it. `own` are the addresses of
    stories that are no copies: those beside it from former groups go.
    """
    wanted = wanted_in_front(group, beat)
    leader = min(group, key=lambda story: _rank(story, beat, wanted))
    others = sorted((story for story in group if story is not leader), key=_by_quality)
    shown = [story for story in others if is_shown(story)]
    reasons = heat(leader, shown, beat, usual)
    if leader is wanted and (told := lead_in(group, beat)):
        reasons = (told[1], *reasons)
    front = _front(leader, shown, beat, reasons)
    beside = in_order(map(snapshot, shown))[:BESIDE]
    return (
        replace(front, group=name, related=in_order((*_copies(leader, own), *beside))),
        *(_behind(story, leader, name, own) for story in others),
    )


def alone(story: Story, beat: Beat, own: Container[str]) -> Story:
    """Give a story that has left its group as if it had never been in it."""
    if not story.group and story.heat != -1:
        return story
    quality = story.quality or 0
    gate = beat.scoring.publish_at
    published = not is_kept_back(story) and (quality >= gate or _is_trusted(story))
    is_let = published and quality < gate
    reason = Reason.of(ReasonKind.TRUSTED_SOURCE) if is_let else measured(quality, gate)
    return replace(
        story,
        group="",
        related=_copies(story, own),
        heat=quality,
        published=published,
        reasons=_with(story, reason),
    )


def leads_by_word(leader: Story, group: Sequence[Story], beat: Beat) -> bool:
    """Say whether no other one is above a leader by an editor's pin, rule or word."""
    wanted = wanted_in_front(group, beat)
    if leader is not wanted and any(map(is_lead, leader.reasons)):
        return False
    return _word(leader, beat, wanted) == min(_word(story, beat, wanted) for story in group)


def _word(story: Story, beat: Beat, wanted: Story | None) -> tuple[bool, bool, bool, bool]:
    said = story.verdict.said if story.verdict else ""
    is_pinned = pin_on(story, beat) is not None
    return (not is_pinned, story is not wanted, said != "publish", is_kept_back(story))


def wanted_in_front(group: Sequence[Story], beat: Beat) -> Story | None:
    """Return the story that an editor wants to lead a group, None where it would hide the group.

    The newest `lead` on one of the group counts, and no older one. It publishes nothing: what is
    kept back, or below the gate in front of the others, leaves the lead to whom it is due.
    """
    told = lead_in(group, beat)
    if told is None or is_kept_back(told[0]):
        return None
    others = [story for story in group if story is not told[0] and is_shown(story)]
    return told[0] if _passes(told[0], _lift(told[0], others, beat), beat) else None


def is_pinned(story: Story, beat: Beat) -> bool:
    """Say whether an editor has pinned a story; whether the time is over is not asked here."""
    return pin_on(story, beat) is not None


def is_shown(story: Story) -> bool:
    """Say whether a story may stand beside another one: an editor did not reject it."""
    return story.verdict is None or story.verdict.said not in {"reject", "remove"}


def was_pinned(story: Story, beat: Beat) -> bool:
    """Say whether a story leads by a pin that there is no more."""
    return any(map(is_pin, story.reasons)) and pin_on(story, beat) is None


def _by_quality(story: Story) -> tuple[int, datetime, str]:
    return (-(story.quality or 0), story.published_at or _NO_TIME, story.path)


def _rank(
    story: Story, beat: Beat, wanted: Story | None
) -> tuple[tuple[bool, bool, bool, bool], int, datetime, str]:
    stays = STAYS if story.published and story.heat != -1 and story.group else 0
    if was_pinned(story, beat) or (story is not wanted and any(map(is_lead, story.reasons))):
        stays = 0
    quality, moment, path = _by_quality(story)
    return (_word(story, beat, wanted), quality - stays, moment, path)


def is_kept_back(story: Story) -> bool:
    """Say whether an editor, or the wait for one, keeps a story off the site."""
    if story.verdict is not None:
        return story.verdict.said != "publish"
    return any(reason.about == "held" for reason in story.reasons)


def _front(leader: Story, others: Sequence[Story], beat: Beat, reasons: Sequence[Reason]) -> Story:
    quality = leader.quality or 0
    lift = _lift(leader, others, beat)
    pin = pin_on(leader, beat)
    published = not is_kept_back(leader) and (pin is not None or _passes(leader, lift, beat))
    return replace(
        leader,
        published=published,
        heat=max(0, quality + sum(reason.points or 0 for reason in reasons)),
        reasons=_with(leader, *filter(None, [pin]), *reasons, *_let_pass(leader, lift, beat)),
    )


def _lift(leader: Story, others: Sequence[Story], beat: Beat) -> int:
    support = corroboration(leader, others, beat)
    return min(LIFT, support.points or 0) if support else 0


def _passes(leader: Story, lift: int, beat: Beat) -> bool:
    """Decide whether a leader reaches the gate, is let through whatever its points, or was."""
    was_let_through = bool(leader.published) and not was_pinned(leader, beat)
    reaches = (leader.quality or 0) + lift >= beat.scoring.publish_at
    return reaches or was_let_through or _is_trusted(leader)


def _let_pass(leader: Story, lift: int, beat: Beat) -> list[Reason]:
    """Give why a leader is published or not; where something else decided, that stays."""
    quality, gate = leader.quality or 0, beat.scoring.publish_at
    kept = [one for one in leader.reasons if one.about == "published"]
    if is_kept_back(leader):
        return kept
    if quality + lift < gate:
        if pin_on(leader, beat) is not None:
            return [Reason.of(ReasonKind.PUBLISHED_BY_PIN)]
        if _is_trusted(leader):
            return [Reason.of(ReasonKind.TRUSTED_SOURCE)]
        if leader.published and not was_pinned(leader, beat):
            return kept
    if quality >= gate or not lift:
        return [measured(quality, gate)]
    kind = ReasonKind.REACHES_GATE if quality + lift >= gate else ReasonKind.BELOW_GATE
    return [Reason.of(kind, quality=quality, lift=lift, gate=gate)]


def _behind(story: Story, leader: Story, name: str, own: Container[str]) -> Story:
    front = PurePosixPath(leader.path).stem
    why = [one for one in story.reasons if one.kind in _JOINED]
    why += [Reason.of(ReasonKind.WOULD_BE_PUBLISHED)] if _is_trusted(story) else []
    why += [Reason.of(ReasonKind.BEHIND_LEADER, leader=front)]
    return replace(
        story,
        published=False,
        heat=-1,
        group=name,
        related=in_order((*_copies(story, own), snapshot(leader))),
        reasons=_with(story, *why),
    )


def _is_trusted(story: Story) -> bool:
    """Say whether a story is published whatever its quality; behind another one it waits."""
    return any(one.kind in _TRUSTED for one in story.reasons)


def _stays(reason: Reason) -> bool:
    """Say whether a reason of a group holds in another one, too: a rule's, but for who leads."""
    return is_ruled(reason) and not is_of_the_front(reason)


def _copies(story: Story, own: Container[str]) -> tuple[Related, ...]:
    return tuple(one for one in story.related if one.web_url not in own)


def _with(story: Story, *reasons: Reason) -> tuple[Reason, ...]:
    """Give the reasons with new ones on what a group decides; a record without any gets none."""
    if not story.reasons:
        return ()
    kept = (one for one in story.reasons if one.about not in _ITS_OWN or _stays(one))
    return (*kept, *reasons)
