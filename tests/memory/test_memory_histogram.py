"""Durations are counted in steps, and shares read from them are near the truth."""

from __future__ import annotations

import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.memory import find_share, find_step

YEAR = 366 * 86_400.0


@given(st.lists(st.floats(60, YEAR), min_size=1, max_size=60))
def test_a_median_is_within_a_tenth_of_the_true_one(durations: list[float]) -> None:
    steps = Counter(map(find_step, durations))

    assert find_share(steps, 0.5) == pytest.approx(statistics.median_low(durations), rel=0.1)


def test_what_is_under_a_minute_or_over_a_year_has_its_place() -> None:
    assert 0 == find_step(0) == find_step(59.9) == find_step(-5)
    assert find_step(YEAR * 2) == find_step(YEAR * 90)
    assert 30 == find_share({0: 5}, 0.5)


def test_nine_tenths_are_read_as_the_half_is() -> None:
    steps = {find_step(600): 9, find_step(86_400): 1}

    assert find_share(steps, 0.9) == pytest.approx(600, rel=0.1)
    assert find_share(steps, 0.95) == pytest.approx(86_400, rel=0.1)


def test_nothing_has_no_median() -> None:
    assert find_share({}, 0.5) is None
    assert find_share({3: 0}, 0.5) is None
