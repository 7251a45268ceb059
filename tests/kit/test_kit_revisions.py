"""Which changes between two versions of a page are news: 40 pairs that changed, 40 that did not."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from copydesk.kit.revisions import Figure, find_changed_figures, hide_names, is_reworded

CASES = Path(__file__).parents[1] / "cases" / "revisions.toml"
PAIRS: dict[str, list[list[str]]] = tomllib.loads(CASES.read_text("utf-8"))
KEPT = "Nothing else is new in the town by the sea."


@pytest.mark.parametrize(("old", "new"), PAIRS["reworded"])
def test_another_wording_is_a_change(old: str, new: str) -> None:
    assert is_reworded(old, new)
    assert is_reworded(new, old)


@pytest.mark.parametrize(("old", "new"), PAIRS["respelled"])
def test_commas_spelling_dates_and_other_digits_are_no_change(old: str, new: str) -> None:
    assert not is_reworded(old, new)
    assert not is_reworded(new, old)


@pytest.mark.parametrize(("old", "new", "changed"), PAIRS["figures"])
def test_a_figure_that_changed_is_found_with_the_word_behind_it(
    old: str, new: str, changed: str
) -> None:
    expected = [Figure(*changed.split(" "))]
    assert expected == list(find_changed_figures([KEPT, old], [new, KEPT]))


@pytest.mark.parametrize(("old", "new"), PAIRS["same_figures"])
def test_the_same_figure_a_date_and_another_sentence_are_no_change(old: str, new: str) -> None:
    assert [] == list(find_changed_figures([old], [new]))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Council drops sea wall", "Council keeps sea wall", "Council drops sea wall"),
        ("Lea Brandt held in fraud case", "Woman held in fraud case", ""),
        ("Lea Brandt arrested", "Woman freed", "… arrested"),
        (
            "Police hold Lea Brandt, Ute Holm and 3 more",
            "Police hold five",
            "Police hold … and 3 more",
        ),
        ("Ballots for robots", "Robots may vote", "… for robots"),
        ("EU to back cap", "MEPs reject cap", "… to back cap"),
        ("Brown held in raid", "Man in brown coat held in raid", ""),
    ],
)
def test_names_that_were_taken_out_are_hidden(old: str, new: str, shown: str) -> None:
    assert shown == hide_names(old, new)


@pytest.mark.parametrize("noise", ["1 ", "word 1 ", "word 1. ", "1.1", "… A"])
def test_comparing_two_versions_takes_time_that_grows_with_the_length(noise: str) -> None:
    text = noise * (200_000 // len(noise))
    began = time.process_time()
    list(find_changed_figures(text.split(". "), f"{text} 2".split(". ")))
    is_reworded(text, f"{text} x")
    hide_names(text, "x")
    assert time.process_time() - began < 8
