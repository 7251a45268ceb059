"""The two profiles, by name."""

from __future__ import annotations

from copydesk.judge import _everyday, copies, coverage, quality, topics
from copydesk.judge.profile import Profile
from copydesk.news import Beat


def profile_of(beat: Beat) -> Profile:
    """Give the profile that the beat's settings name."""
    if beat.scoring.profile == "everyday":
        return Profile(
            name="everyday",
            blocks=False,
            signals=_everyday.signals(beat),
            highest=None,
            relevance=_everyday.relevance,
            miss=_everyday.miss,
            near=_everyday.near,
            topics=_everyday.topics,
            copy=_everyday.no_copy,
            regroup=coverage.with_leaders,
        )
    return Profile(
        name="copydesk",
        blocks=True,
        signals=quality.SIGNALS,
        highest=quality.HIGHEST,
        relevance=topics.relevance,
        miss=topics.miss,
        near=topics.near,
        topics=topics.topics,
        copy=copies.original_near,
        regroup=coverage.with_coverage,
    )
