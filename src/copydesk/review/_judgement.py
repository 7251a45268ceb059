"""Rejudged: a filed story with what today's rules say of it, but for what a person decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from copydesk.news import Reason, ReasonKind, Story
from copydesk.review._hand_edits import keep_hand_edits, set_beside_others
from copydesk.review._verdict import obey

_KEPT_OFF = frozenset({ReasonKind.KEPT_OFF_BEAT, ReasonKind.RULED_OUT})


def apply_judgement(filed: Story, judged: Story, known: Mapping[str, str]) -> Story:
    """Return a filed story with a judgement of today: topics, numbers, copy, reasons, headline.

    What it says of the article (dates, terms) stays as filed; excerpt, picture, address and note
    are as the caller has them, which is as filed or as an editor's rule says. A verdict holds,
    and so does what a person touched; a record of which nothing is known is judged whole, for
    somebody asked for just that, and stays one of which nothing is known.
    """
    fresh = replace(
        filed,
        title=judged.title,
        excerpt=judged.excerpt,
        web_url=judged.web_url,
        images=judged.images,
        note=judged.note,
        topics=judged.topics,
        quality=judged.quality,
        heat=judged.heat,
        published=judged.published,
        trust=judged.trust,
        copy_of=judged.copy_of,
        group=judged.group,
        background=judged.background,
        related=judged.related,
        reasons=judged.reasons,
    )
    if known:
        return replace(keep_hand_edits(filed, fresh, known), related=fresh.related)
    return fresh if filed.verdict is None else obey(fresh, filed.verdict)


def set_rejudged_beside_others(story: Story, regrouped: Story) -> Story:
    """Return a rejudged story with what standing beside others changes in it.

    Where an editor said, or a person wrote, whether it is published, that stays.
    """
    if story.machine:
        return set_beside_others(story, regrouped, dict(story.machine))
    if story.verdict is not None:
        is_shown = bool(story.published) and regrouped.heat == -1
        heat = story.heat if is_shown else regrouped.heat
        return replace(regrouped, published=story.published, heat=heat)
    return regrouped


def keep_off(story: Story, ruled_out: str) -> Story:
    """Return a story that would not be filed today: unpublished, alone, and with the reason.

    `ruled_out` are the words on the rule that blocks it, "" where it is off the beat.
    """
    if story.group:
        quality = story.quality or 0
        story = replace(story, group="", related=(), background=(), heat=quality)
    alone = {"heat", "group", "lead"}
    reasons = tuple(reason for reason in story.reasons if reason.about not in alone)
    if reasons:
        reasons = (
            *(reason for reason in reasons if reason.about not in {"published", "held"}),
            _why_off(ruled_out),
        )
    return replace(story, published=False, reasons=reasons)


def is_kept_off(story: Story) -> bool:
    """Decide whether a filed story was kept off the site for rules that would not have filed it."""
    return any(reason.kind in _KEPT_OFF for reason in story.reasons)


def _why_off(ruled_out: str) -> Reason:
    return Reason.exclusion(ruled_out) if ruled_out else Reason.of(ReasonKind.KEPT_OFF_BEAT)
