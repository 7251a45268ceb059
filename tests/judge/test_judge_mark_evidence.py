"""The words that earned topics and points are found in the text by what gave the points."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.judge.words import locate_words, tokenize
from copydesk.news import Article, Beat, Topic

SEA = Topic(id="sea", name="Sea", keywords=("sea wall", "harbour", "US"))
WAR = Topic(id="war", name="War", keywords=("war",))
TRADE = Topic(id="trade", name="Trade", keywords=("trade war",))
BEAT = Beat(title="B", main_topic=False, topics=(SEA, WAR, TRADE))
NAMES = frozenset({"Sea", "War", "Trade"})
ARTICLE = Article(
    url="https://gull.example/a",
    web_url="https://gull.example/a",
    title="Sea walls rise",
    published_at=datetime(2026, 1, 1, tzinfo=UTC),
    source="s",
    found=datetime(2026, 1, 1, tzinfo=UTC),
    language="en",
)


def marked(passage: str, text: str = "", beat: Beat = BEAT) -> list[tuple[str, str]]:
    article = replace(ARTICLE, text=text or passage)
    [marks] = judge.mark_evidence([passage], article, beat, NAMES)
    return [(passage[mark.start : mark.end], mark.topic) for mark in marks]


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        ("Old sea walls, and the Harbours'.", [("sea walls", "Sea"), ("Harbours'", "Sea")]),
        ("The U.S. has none; us neither.", [("U.S.", "Sea")]),
        (
            "A harbour-side café\u2019s sea\u00a0wall",
            [("harbour", "Sea"), ("sea\u00a0wall", "Sea")],
        ),
        ("see https://sea.example/harbour first", []),
        ("a trade war is no war of ours", [("trade war", "Trade"), ("war", "War")]),
        ("the seaside", []),
        ("", []),
    ],
)
def test_a_keyword_is_marked_where_the_judge_finds_it(
    passage: str, words: list[tuple[str, str]]
) -> None:
    assert words == [found for found in marked(passage) if found[1]]


def test_words_of_consequence_are_those_that_the_text_is_scored_by() -> None:
    text = "The council voted. Thousands were killed near the harbour."
    score = judge.assess(replace(ARTICLE, text=text), BEAT, shelves.MemoryShelf())

    words = [word for word, topic in marked(text) if not topic]

    told = str(getattr(score, "reasons", score))
    assert {"council", "voted", "killed"} <= set(words)
    assert all(word in told for word in words[:2])
    assert ("harbour", "Sea") in marked(text)


def test_topics_that_the_story_has_not_are_not_marked() -> None:
    article = replace(ARTICLE, text="war at the harbour")
    [marks] = judge.mark_evidence(["war at the harbour"], article, BEAT, {"War"})

    assert ["War"] == [mark.topic for mark in marks if mark.topic]


def test_what_is_read_no_more_for_points_has_no_mark_of_them() -> None:
    passages = ["x" * 5_000, "The council voted."]
    *_, last = judge.mark_evidence(passages, replace(ARTICLE, text="\n".join(passages)), BEAT, ())

    assert () == last


def test_a_profile_that_looks_for_letters_marks_nothing() -> None:
    scoring = replace(BEAT.scoring, profile="everyday")

    assert [] == marked("The sea wall", beat=replace(BEAT, scoring=scoring))


def test_places_of_words_are_not_guessed() -> None:
    glued = "U. S."  # two pieces, and one abbreviation with neither

    tokens = tokenize(glued)

    places = locate_words(glued, tokens)
    assert len(places) in {0, len(tokens)}
    assert () == locate_words("one\u2019s two", tokenize("one"))
