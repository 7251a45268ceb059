"""The weights of a topic's confidence: shares that are shares, each with its evidence."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from copydesk.judge import topics

ROWS = tomllib.loads((Path(topics.__file__).parent / "tables" / "weights.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", ROWS)
def test_a_weight_moved_by_a_third_changes_f1_by_less_than_three_points(name: str) -> None:
    row = ROWS[name]

    assert {"weight", "less", "more"} == row.keys()
    assert row["weight"] > 0
    assert max(abs(row["less"]), abs(row["more"])) < 3


@pytest.mark.parametrize(("once", "twice"), [("title", "title_twice"), ("lede", "lede_twice")])
def test_several_keywords_make_surer_than_one_and_none_makes_certain(once: str, twice: str) -> None:
    assert 0 < ROWS[once]["weight"] < ROWS[twice]["weight"] < 1


def test_a_headline_that_the_text_forgets_is_worth_less_than_one_that_it_does_not() -> None:
    assert ROWS["bare_title"]["weight"] < ROWS["title"]["weight"]
    assert ROWS["lede"]["weight"] < ROWS["bare_title"]["weight"]
