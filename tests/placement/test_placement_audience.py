"""What readers add to a story's heat."""

from __future__ import annotations

import pytest

from copydesk.placement import read_points


@pytest.mark.parametrize(
    ("reads", "points"),
    [
        ({}, {}),
        ({"one": 500}, {}),
        ({"one": 19, "two": 2, "three": 2, "four": 2, "five": 2}, {}),
        ({"one": 40, "two": 20, "three": 20, "four": 20, "five": 1}, {"one": 10}),
        (dict.fromkeys("abcdef", 900), {}),
    ],
    ids=["nobody reads", "one page alone", "a handful", "twice as often", "all alike"],
)
def test_points_of_readers(reads: dict[str, int], points: dict[str, int]) -> None:
    assert read_points(reads) == points
