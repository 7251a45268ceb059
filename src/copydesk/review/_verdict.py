"""An editor's word, applied to a story."""

from __future__ import annotations

from dataclasses import replace

from copydesk.news import Beat, Story, Verdict


def apply_verdict(story: Story, verdict: Verdict, beat: Beat) -> Story:
    """Return the story as the verdict wants it; an equal verdict again changes nothing.

    `publish` puts it on the site, `hold`, `reject` and `remove` take it off. The record keeps the
    verdict, but in a profile whose records have no place for it: there the caller files it among
    the rulings and applies it after each judgement.
    """
    if beat.scoring.traits.keeps_verdicts_in_rulings:
        return obey(story, verdict)
    if story.verdict is not None and is_same_word(story.verdict, verdict):
        verdict = story.verdict
    return obey(replace(story, verdict=verdict), verdict)


def is_same_word(one: Verdict, other: Verdict) -> bool:
    """Decide whether two verdicts differ in nothing but the time."""
    return (one.by, one.said, one.why) == (other.by, other.said, other.why)


def obey(story: Story, verdict: Verdict) -> Story:
    """Return the story published or not, as the verdict says; a published one has a heat."""
    if verdict.said != "publish":
        return replace(story, published=False)
    heat = story.heat if story.heat is not None and story.heat >= 0 else story.quality or 0
    return replace(story, published=True, heat=heat)
