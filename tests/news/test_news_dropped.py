"""Why a lead becomes no story: a closed list, each reason found at a step of the line."""

from __future__ import annotations

from copydesk.news.source import DROP_REASONS, DROP_STAGES


def test_every_reason_is_found_at_a_step_of_the_line() -> None:
    assert set(DROP_REASONS) == set(DROP_STAGES)
    assert {"watch", "fetch", "extract", "judge", "review"} == set(DROP_STAGES.values())
