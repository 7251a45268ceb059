"""Sentences: their ends are found in many scripts, and abbreviations are none."""

from __future__ import annotations

from itertools import pairwise

import pytest

from copydesk.kit import sentences


def split(passage: str) -> list[str]:
    starts = [0, *sentences.ends(passage)]
    return [passage[at:end].strip() for at, end in pairwise(starts)]


@pytest.mark.parametrize(
    "told",
    [
        ["The ferry sank.", "Nobody was hurt!", "Was it the tide?"],
        ["The U.S. navy came.", "It left."],
        ["Mr. Holm and Dr. J. R. Lund spoke.", "They left."],
        ["Das Schiff ist z.B. hier.", "Am 3. Mai fährt es, ca. 5 Mio. Euro teuer."],
        ["M. Lund est là.", "Il parle."],
        ["MM. Lund et Holm sont là.", "Ils parlent."],
        ["Das Büro in der Hafen-Str. Nord ist zu.", "Sie gehen."],
        ["Pos. Name und Boot folgen.", "Sie fahren evtl . Montag."],
        ["Er liest bei röm. Dichtern.", "Sie schläft ."],
        ["It grew by 3.5 percent in 2019.", "The rest fell."],
        ["It is ferry No. 5 since Oct. 7 or so.", "There is no."],
        ["“Go!” she said.", "He went."],
        ["He said “no.”", "She left."],
        ["Yahoo! is a word.", "So is port."],
        ["It sank... or not.", "Who knows…"],
        ["東京です。", "雨です！", "「本当？」", "はい。"],
        ["¿Qué?", "Sí."],
        ["هل غرقت؟", "نعم."],
        ["नौका डूब गई।", "कोई घायल नहीं।"],
    ],
)
def test_a_passage_is_told_apart_into_sentences(told: list[str]) -> None:
    blank = "" if told[0].endswith("。") else " "

    assert told == split(blank.join(told))


@pytest.mark.parametrize("passage", ["See harbour.Example for more", "3.5 tons", "no end", ""])
def test_a_stop_within_a_word_ends_nothing(passage: str) -> None:
    assert [] == list(sentences.ends(passage))


@pytest.mark.parametrize("limit", [9, 10, 11])
def test_a_limit_makes_no_end_where_the_passage_goes_on(limit: int) -> None:
    assert [] == list(sentences.ends("We use Vue.JS here", limit))


def test_a_passage_of_megabytes_is_read_in_one_pass() -> None:
    assert sum(1 for _ in sentences.ends("The U.S. is it. " * 100_000)) == 100_000
