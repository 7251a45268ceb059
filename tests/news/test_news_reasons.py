"""Two generations of reasons: a record keeps its words, and they mean what they meant."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from copydesk.news import Reason, ReasonKind

CASES = Path(__file__).parents[1] / "cases" / "news" / "reasons.toml"
ROWS: list[dict[str, Any]] = tomllib.loads(CASES.read_text("utf-8"))["reason"]
of_each = pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])


def test_every_kind_is_among_them() -> None:
    assert set(ReasonKind) == {row["kind"] for row in ROWS}


@of_each
def test_a_former_sentence_has_its_kind_and_values_and_is_given_back(
    row: Mapping[str, Any],
) -> None:
    reason = Reason.parse(row["text"])

    assert (row["kind"], row["values"]) == (reason.kind, reason.values)
    assert row["text"] == str(reason)


@of_each
def test_a_former_sentence_means_what_todays_means(row: Mapping[str, Any]) -> None:
    former, today = Reason.parse(row["text"]), Reason.parse(row["today"])

    assert former == today
    assert hash(former) == hash(today)
    assert former.kind is today.kind
    assert former.values.keys() == today.values.keys()


@of_each
def test_both_generations_are_shown_in_the_words_of_today(row: Mapping[str, Any]) -> None:
    former, today = Reason.parse(row["text"]), Reason.parse(row["today"])

    assert row["today"] == str(former.renewed) == str(today.renewed)
    assert str(former.for_readers) == str(today.for_readers)
    assert former.is_group_ruled is today.is_group_ruled
    assert former.former_group == today.former_group


@of_each
def test_only_the_words_of_today_are_written(row: Mapping[str, Any]) -> None:
    kind, former = ReasonKind(row["kind"]), Reason.parse(row["text"]).renewed
    if kind is ReasonKind.OTHER:
        return
    whose = former.about.partition(" ")[2]

    said = Reason.of(kind, whose=whose, points=former.points, **former.values)

    assert row["today"] == str(said)


def test_reasons_that_differ_in_a_value_are_not_equal() -> None:
    reasons = [Reason.parse(row["text"]) for row in ROWS]

    for one, other in itertools.combinations(reasons, 2):
        assert one != other, (str(one), str(other))
    assert Reason.parse("quality +12: 5 times it tells who says so") != Reason.parse(
        "quality +12: names its sources (6 times)"
    )
    assert Reason.parse("quality +8: on the beat") != Reason.parse("quality +9: on the beat")


def test_words_of_a_person_are_not_reworded() -> None:
    for text in (
        "title: set by fresher: off the beat",
        "title: set by Ed: an editor's word",
        'topic AI: "off the beat" in title (confidence 92)',
        "quality +25: 2 important terms in the text: newsroom, fresher",
        "group: joined at similarity 0.61, shared words: newsroom, newsrooms",
        "heat +20: 2 other independent publishers: newsroom, newsrooms",
    ):
        assert text == str(Reason.parse(text).renewed)
