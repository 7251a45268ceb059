"""The two profiles, by name."""

from __future__ import annotations

from copydesk.judge import _copies, _copydesk, _everyday, _groups
from copydesk.judge._profile import Profile
from copydesk.news import Beat


def profile_of(beat: Beat) -> Profile:
    """Give the profile that the beat's settings name."""
    if beat.scoring.profile == "everyday":
        return Profile(
            name="everyday",
            blocks=False,
            signals=_everyday.signals(beat),
            relevance=_everyday.relevance,
            topics=_everyday.topics,
            copy=_everyday.no_copy,
            regroup=_groups.with_leaders,
        )
    return Profile(
        name="copydesk",
        blocks=True,
        signals=_copydesk.SIGNALS,
        relevance=_copydesk.relevance,
        topics=_copydesk.topics,
        copy=_copies.original,
        regroup=_groups.with_copies,
    )
