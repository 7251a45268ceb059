"""A correction: a filed story with what its publisher changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from copydesk.news import Reason, Story
from copydesk.review._hand_edits import keep_hand_edits

# What was decided when it was filed, or by its neighbours since: no correction decides it anew.
_OF_ITS_GROUP = {"group", "lead", "text", "trusted"}
_DECIDED = frozenset({"published", "held", "copy", "heat", *_OF_ITS_GROUP})


def apply_correction(filed: Story, judged: Story, known: Mapping[str, str]) -> Story:
    """Return a filed story with a newer judgement's words, topics, quality and reasons.

    `judged` is the page as it would be judged now. Whether it is published stays; so do its path,
    date, picture and provider, and what it is a copy of. What a person touched stays too, and with
    nothing known of that all of the record does. Its heat moves with its quality.
    """
    fresh = replace(
        filed,
        title=judged.title,
        excerpt=judged.excerpt,
        topics=judged.topics,
        quality=judged.quality,
        heat=_heat(filed, judged),
        access=judged.access,
        credit=judged.credit,
        length=judged.length,
        refuses=judged.refuses,
        reasons=_reasons(filed, judged),
    )
    story = keep_hand_edits(filed, fresh, known)
    if story.published == filed.published:
        return story
    return replace(story, published=filed.published, heat=filed.heat)


def _heat(filed: Story, judged: Story) -> int | None:
    if filed.heat is None or filed.heat < 0:
        return filed.heat
    return max(0, filed.heat + (judged.quality or 0) - (filed.quality or 0))


def _reasons(filed: Story, judged: Story) -> tuple[Reason, ...]:
    if not judged.reasons:  # the profile keeps none
        return filed.reasons
    return (
        *(reason for reason in judged.reasons if reason.about not in _DECIDED),
        *(reason for reason in filed.reasons if reason.about in _DECIDED),
    )
