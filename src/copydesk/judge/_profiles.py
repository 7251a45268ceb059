"""The two profiles, by name, and what the one of a beat decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from copydesk.judge import _everyday, copies, coverage, quality, topics
from copydesk.judge.profile import Features, Profile, QualityScore, weigh_by
from copydesk.news import Beat, ProfileName, Shelved, Story, Surroundings


def profile_of(beat: Beat) -> Profile:
    """Return the profile that the beat's settings name."""
    return _PROFILES[beat.scoring.profile](beat)


def weigh(features: Features, beat: Beat) -> QualityScore:
    """Compute the quality of what is known of an article, by the beat's profile, with reasons."""
    profile = profile_of(beat)
    return weigh_by(profile.signals, features, beat, profile.highest)


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    around: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Return the stories that change by what stands beside them, by path.

    `stories` are those of the live window, the fresh ones among them; `fresh` are the paths that
    are new since this was last asked, `rejudged` of filed ones that were judged again: they stay
    where they are, but who leads, and with what heat, is decided again. `around` says
    what is filed around them, so that of the filed ones only those are needed that a new one may
    meet (`find_candidates`); without it these stories are all that there are. Called again with the
    answers filed, it returns nothing.
    """
    return profile_of(beat).regroup(stories, beat, fresh, rejudged, around)


def _everyday_profile(beat: Beat) -> Profile:
    return Profile(
        name="everyday",
        blocks=beat.scoring.traits.has_blocks,
        signals=_everyday.signals(beat),
        highest=None,
        relevance=_everyday.relevance,
        describe_miss=_everyday.describe_miss,
        describe_near_miss=_everyday.describe_near_miss,
        topics=_everyday.topics,
        find_original=_everyday.find_no_original,
        regroup=coverage.regroup_everyday,
    )


def _copydesk_profile(beat: Beat) -> Profile:
    return Profile(
        name="copydesk",
        blocks=beat.scoring.traits.has_blocks,
        signals=quality.signals(beat.scoring.points),
        highest=quality.HIGHEST,
        relevance=topics.relevance,
        describe_miss=topics.describe_miss,
        describe_near_miss=topics.describe_near_miss,
        topics=topics.topics,
        find_original=copies.find_original_near,
        regroup=coverage.regroup,
    )


_PROFILES: Mapping[ProfileName, Callable[[Beat], Profile]] = {
    "copydesk": _copydesk_profile,
    "everyday": _everyday_profile,
}
