"""Cleared: a story whose verdict was taken back, as the machine has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from copydesk.news import Reason, ReasonKind, Story, Verdict
from copydesk.review._hand_edits import digests
from copydesk.review._judgement import is_kept_off

_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})


def is_edited_since(story: Story, verdict: Verdict) -> bool:
    """Decide whether a person has written into the file what the verdict does not say."""
    return bool(story.published) != (verdict.said == "publish")


def keep_edit(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story without its verdict that stays published, or not, as a person wrote it.

    Its digest tells that: it is none of what stands there.
    """
    story = replace(story, verdict=None)
    if not known or dict(digests(story))["published"] != known.get("published"):
        return story
    other = dict(digests(replace(story, published=not story.published)))
    return with_digests(story, {**known, "published": other["published"]})


def without_verdict(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story without its verdict, published or not as the line wrote it last.

    Where nobody knows that, it is not published. What the line had behind another story, or
    below the gate in front of others, takes its place among them anew.
    """
    was_published = _as_the_line_wrote(story, known)
    has_place = bool(story.copy_of or story.group)
    published = was_published and not (has_place and story.heat == -1)
    heat = -1 if has_place and not published else story.heat
    return replace(story, verdict=None, published=published, heat=heat)


def decide_by_points(story: Story, points: int, publish_at: int) -> Story:
    """Return a story as its own record lets the machine decide; a copy is never published.

    `points` are those that the gate sees. What today's rules kept off stays off, what waits for an
    editor waits, and what a source's trust let through is let through.
    """
    if story.copy_of:
        return replace(story, published=False, heat=-1)
    if is_kept_off(story) or any(reason.about == "held" for reason in story.reasons):
        return replace(story, published=False)
    if _is_trusted(story):
        return replace(story, published=True)
    published = points >= publish_at
    kind = ReasonKind.REACHES_GATE if published else ReasonKind.BELOW_GATE
    reason = Reason.of(kind, quality=points, gate=publish_at)
    return replace(story, published=published, reasons=_instead(story, reason))


def answer_for(filed: Story, story: Story, known: Mapping[str, str]) -> Story:
    """Return a cleared story with its digest, and its reasons in the order in which they stood."""
    if Counter(story.reasons) == Counter(filed.reasons):
        story = replace(story, reasons=filed.reasons)
    if not known:
        return story
    return with_digests(story, {**known, "published": dict(digests(story))["published"]})


def with_digests(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story with these digests as its own."""
    return replace(story, machine=tuple(known.items()))


def _as_the_line_wrote(story: Story, known: Mapping[str, str]) -> bool:
    """Return whether the line had a story published, which its digest tells: there are but two."""
    yes = dict(digests(replace(story, published=True)))["published"]
    return known.get("published") == yes


def _is_trusted(story: Story) -> bool:
    return any(reason.kind in _TRUSTED for reason in story.reasons)


def _instead(story: Story, reason: Reason) -> tuple[Reason, ...]:
    """Put a reason in the place of the one of its kind; where there is none, add none."""
    return tuple(reason if other.about == reason.about else other for other in story.reasons)
