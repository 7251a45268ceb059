"""The two profiles, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copydesk.judge import _everyday, copies, coverage, quality, topics
from copydesk.judge.profile import Profile
from copydesk.news import Beat, ProfileName


def profile_of(beat: Beat) -> Profile:
    """Return the profile that the beat's settings name."""
    return _PROFILES[beat.scoring.profile](beat)


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
        signals=quality.SIGNALS,
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
