"""The scores of benchmarks/grouping are those that the labelled data's own scorer gives."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pytest

from world.shared import SHARED, needs_shared

SCORES = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "grouping" / "scores.py"))
bcubed, pairwise = SCORES["bcubed"], SCORES["pairwise"]


@pytest.mark.parametrize(
    ("labels", "groups", "expected"),
    [
        pytest.param("aab", "xxy", (1, 1, 1, 1), id="all as labelled"),
        pytest.param("aaab", "xxyy", (3 / 4, 2 / 3, 1 / 2, 1 / 3), id="one astray"),
        pytest.param("aaa", "xyz", (1, 1 / 3, 1, 0), id="all alone"),
        pytest.param("abc", "xxx", (1 / 3, 1, 0, 1), id="all together"),
        pytest.param("", "", (0, 0, 1, 1), id="nothing"),
    ],
)
def test_groups_are_scored(labels: str, groups: str, expected: tuple[float, ...]) -> None:
    by_document, by_pair = bcubed(labels, groups), pairwise(labels, groups)
    scored = (by_document.precision, by_document.recall, by_pair.precision, by_pair.recall)

    assert pytest.approx(expected) == scored


@pytest.mark.parametrize(("labels", "groups"), [("abc", "xxx"), ("", ""), ("aaa", "xyz")])
def test_f1_is_defined_for_any_groups(labels: str, groups: str) -> None:
    assert 0 <= bcubed(labels, groups).f1 <= 1
    assert 0 <= pairwise(labels, groups).f1 <= 1


@needs_shared
@pytest.mark.parametrize("seed", range(5))
def test_they_are_the_scorers_of_the_labelled_data(seed: int) -> None:
    theirs = runpy.run_path(str(SHARED / "data" / "story" / "metrics.py"))["evaluate"]
    chance = random.Random(seed)
    labels = [chance.randrange(30) for _ in range(400)]
    groups = [one if chance.random() < 0.7 else chance.randrange(60) for one in labels]

    expected = theirs(labels, groups)
    for score, (p, r, f1) in ((bcubed, ("bP", "bR", "bF1")), (pairwise, ("P", "R", "F1"))):
        found = score(labels, groups)
        assert (expected[p], expected[r], expected[f1]) == (
            round(found.precision, 4),
            round(found.recall, 4),
            round(found.f1, 4),
        )
