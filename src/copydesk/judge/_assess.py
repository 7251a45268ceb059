"""Assess an article: on the beat or not, its topics, its quality, what it repeats."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.judge._appraise import appraise, complete
from copydesk.judge._profiles import profile_of
from copydesk.judge.profile import Features, QualityScore, weigh_by
from copydesk.news import Article, Beat, Dropped, Shelf, Shelved, Story


def assess(article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
    """Judge an article: return it as a story without a path, or why it is none.

    What the shelf holds decides about copies only; whether the article is filed already, by its
    address, is asked before.
    """
    outcome = appraise(article, beat)
    if isinstance(outcome, Dropped):
        return outcome
    return complete(outcome, beat, shelf, article.image)


def weigh(features: Features, beat: Beat) -> QualityScore:
    """Compute the quality of what is known of an article, by the beat's profile, with reasons."""
    profile = profile_of(beat)
    return weigh_by(profile.signals, features, beat, profile.highest)


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
) -> tuple[Story, ...]:
    """Return the stories that change by what stands beside them, by path.

    `stories` are those of the live window, the fresh ones among them; `fresh` are the paths that
    are new since this was last asked, `rejudged` of filed ones that were judged again: they stay
    where they are, but who leads, and with what heat, is decided again. Called again with the
    answers filed, it returns nothing.
    """
    return profile_of(beat).regroup(stories, beat, fresh, rejudged)
