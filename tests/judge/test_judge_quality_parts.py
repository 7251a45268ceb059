"""A quality as a table: its reasons by the parts that today's signals know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from copydesk import judge
from copydesk.judge import QualityPart
from copydesk.news import Article, Beat, Image, Reason, Story, Topic
from copydesk.news.beat import Scoring

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
EVERYDAY = Scoring(profile="everyday")
BEAT = Beat(title="T", topic="AI", topics=(Topic(id="ai", name="AI", keywords=("chatbot",)),))
STORY = Story(
    path="_news/2026-03-02-chatbot.md",
    title="Chatbot in hospital",
    published_at=AT,
    topics=("AI",),
    images=(Image(url="https://gazette.example/p.jpg"),),
    quality=37,
)
ARTICLE = Article(
    url="https://gazette.example/chatbot",
    web_url="https://gazette.example/chatbot",
    title="Chatbot in hospital",
    published_at=AT,
    source="https://gazette.example/feed",
    found=AT,
    text="A chatbot works in the hospital. " * 40,
)


def reasons(*lines: str) -> tuple[Reason, ...]:
    return tuple(map(Reason.parse, lines))


def points(parts: tuple[QualityPart, ...]) -> dict[str, int]:
    return {part.part: part.points for part in parts}


def test_the_parts_of_a_record_of_the_reference_are_its_own_rules() -> None:
    beat = replace(BEAT, scoring=EVERYDAY)
    story = replace(STORY, reasons=judge.explain(STORY, beat))

    parts = judge.quality_parts(story, beat, None)

    assert {"relevance": 17, "wrapping": 20} == points(parts)
    assert [str(reason) for part in parts for reason in part.reasons] == [
        str(reason) for reason in story.reasons if reason.about == "quality"
    ]


def test_points_of_an_official_source_are_its_sources() -> None:
    beat = replace(BEAT, scoring=EVERYDAY)
    story = replace(STORY, quality=87)
    story = replace(story, reasons=judge.explain(story, beat))

    assert {"relevance": 17, "wrapping": 20, "source": 50} == points(
        judge.quality_parts(story, beat, None)
    )


def test_words_of_another_version_belong_to_no_part_and_count_all_the_same() -> None:
    story = replace(
        STORY,
        reasons=reasons(
            "topic AI: by hand",
            "quality +30: a rule of long ago",
            "quality +20: has a picture",
            "quality -60: another one",
            "quality: not scored yet",
            "quality +10: raised to the minimum quality 0",
            "published: quality 0 is below the threshold 70",
        ),
    )

    assert {"": -30, "wrapping": 20, "bounds": 10} == points(judge.quality_parts(story, BEAT, None))
    assert 0 == sum(points(judge.quality_parts(story, BEAT, ARTICLE)).values())


def test_what_todays_signals_find_again_is_of_their_part() -> None:
    appraised = judge.appraise(ARTICLE, BEAT)
    assert isinstance(appraised, judge.Appraisal)
    story = replace(STORY, reasons=appraised.pictured.reasons)

    parts = judge.quality_parts(story, BEAT, ARTICLE)

    assert sum(points(parts).values()) == appraised.pictured.quality
    known = {signal.part for signal in judge.profile_of(BEAT).signals} | {"bounds"}
    assert known.issuperset(points(parts))


def test_a_story_without_points_has_no_table() -> None:
    assert () == judge.quality_parts(replace(STORY, reasons=()), BEAT, ARTICLE)
    unscored = reasons("quality: not scored yet")
    assert () == judge.quality_parts(replace(STORY, reasons=unscored), BEAT, ARTICLE)
