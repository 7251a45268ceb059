"""The two profiles, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copydesk.judge import _everyday, copies, coverage, quality, topics
from copydesk.judge.profile import Profile
from copydesk.news import Beat, ProfileName


def profile_of(beat: Beat) -> Profile:
    """Give the profile that the beat's settings name."""
    return _PROFILES[beat.scoring.profile](beat)


def _everyday_profile(beat: Beat) -> Profile:
    return Profile(
        name="everyday",
        blocks=beat.scoring.traits.has_blocks,
        signals=_everyday.signals(beat),
        highest=None,
        relevance=_everyday.relevance,
        miss=_everyday.miss,
        near=_everyday.near,
        topics=_everyday.topics,
        copy=_everyday.no_copy,
        regroup=coverage.regroup_everyday,
    )


def _copydesk_profile(beat: Beat) -> Profile:
    return Profile(
        name="copydesk",
        blocks=beat.scoring.traits.has_blocks,
        signals=quality.SIGNALS,
        highest=quality.HIGHEST,
        relevance=topics.relevance,
        miss=topics.miss,
        near=topics.near,
        topics=topics.topics,
        copy=copies.original_near,
        regroup=coverage.regroup,
    )


_PROFILES: Mapping[ProfileName, Callable[[Beat], Profile]] = {
    "copydesk": _copydesk_profile,
    "everyday": _everyday_profile,
}
