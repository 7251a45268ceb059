"""Summaries and translated headlines that an editor approved, wrote or dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import review
from copydesk.news import Beat, Ruling, Story
from copydesk.news.beat import Scoring
from copydesk.news.summary import (
    CitedSentence,
    ReadArticle,
    Summary,
    TextReview,
    Translation,
    digest_text,
)
from copydesk.review.rules import apply_rulings, take_back, with_rule, without_lost_sets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME, OTHER = "2026-03-02-a", "2026-03-02-b"
TEXT = "The mill closed. 40 people left."
SUMMARY = Summary(
    sentences=(
        CitedSentence(text="The mill closed.", stories=(NAME,)),
        CitedSentence(text="40 people left.", stories=(OTHER, NAME)),
    ),
    by="model tiny",
    at=NOON,
    language="en",
    sources=(ReadArticle(story=NAME, article="1"), ReadArticle(story=OTHER, article="2")),
    digest=digest_text(TEXT),
)
TRANSLATION = Translation(
    title="A headline",
    original="Words",
    language="en",
    by="model tiny",
    at=NOON,
    digest=digest_text("A headline"),
)
STORY = Story(
    path=f"_news/{NAME}.md",
    title="Words",
    published_at=NOON,
    language="de-AT",
    summary=SUMMARY,
    translation=TRANSLATION,
)


def set_to(field: str, words: str, *opened: str) -> Ruling:
    values = (field, words, *opened)
    return Ruling(said="set", by="Ed", at=NOON, why="", stories=(NAME,), values=values)


def beat(*rulings: Ruling, profile: str = "copydesk") -> Beat:
    scoring = Scoring(profile=profile)  # type: ignore[arg-type]
    return Beat(title="x", scoring=scoring, rulings=rulings, locale="en-GB")


def test_the_models_own_text_gets_a_review_once_its_reports_were_opened() -> None:
    rules = beat(set_to("summary", TEXT, OTHER, NAME))
    story = apply_rulings(STORY, rules)

    assert story.summary == replace(
        SUMMARY, review=TextReview(by="Ed", at=NOON, opened=(OTHER, NAME))
    )
    assert story == apply_rulings(story, rules)
    assert story.summary is not None
    assert story.summary.author == "model"


@pytest.mark.parametrize("opened", [(), (NAME,), ("another",)])
def test_without_all_its_reports_a_models_text_is_not_reviewed(opened: tuple[str, ...]) -> None:
    assert SUMMARY == apply_rulings(STORY, beat(set_to("summary", TEXT, *opened))).summary


def test_another_text_is_the_editors_and_unchanged_sentences_keep_their_citations() -> None:
    rules = beat(set_to("summary", "The mill closed. Most people left.", OTHER))
    story = apply_rulings(STORY, rules)

    assert story.summary is not None
    assert story.summary == Summary(
        sentences=(
            SUMMARY.sentences[0],
            CitedSentence(text="Most people left."),
        ),
        by="person Ed",
        at=NOON,
        language="en",
        sources=SUMMARY.sources,
        digest=digest_text("The mill closed. Most people left."),
        review=TextReview(by="Ed", at=NOON, opened=(OTHER,), changed=True),
    )
    assert story.summary.author == "person"
    assert story == apply_rulings(story, rules)


def test_a_story_without_a_summary_gets_the_editors_in_its_own_language() -> None:
    story = apply_rulings(replace(STORY, summary=None), beat(set_to("summary", "Unsere。Worte。")))

    assert story.summary is not None
    assert ("person Ed", "de", ()) == (
        story.summary.by,
        story.summary.language,
        story.summary.sources,
    )
    assert ["Unsere。", "Worte。"] == [sentence.text for sentence in story.summary.sentences]


def test_a_reviewed_text_that_is_gone_does_not_come_back_as_the_editors() -> None:
    bare = replace(STORY, summary=None, translation=None)
    rules = [set_to("summary", TEXT, NAME, OTHER), set_to("translation", "A headline", NAME)]

    assert bare == apply_rulings(bare, beat(*rules))


def test_a_text_that_was_edited_in_its_file_is_nobodys_to_approve() -> None:
    by_hand = replace(SUMMARY, sentences=(CitedSentence(text="By hand."),))
    story = apply_rulings(
        replace(STORY, summary=by_hand), beat(set_to("summary", "By hand.", NAME, OTHER))
    )

    assert story.summary is not None
    assert "person Ed" == story.summary.by
    assert {"summary"} <= review.find_hand_edits(replace(STORY, summary=by_hand), {})
    assert "summary" not in review.find_hand_edits(STORY, {})


def test_none_drops_a_text_until_the_rule_is_undone() -> None:
    story = apply_rulings(STORY, beat(set_to("summary", "none"), set_to("translation", "none")))

    assert (None, None) == (story.summary, story.translation)


def test_a_headline_needs_nothing_opened_and_another_one_is_the_editors() -> None:
    approved = apply_rulings(STORY, beat(set_to("translation", "A headline", NAME)))
    changed = apply_rulings(STORY, beat(set_to("translation", "Our headline", NAME)))

    assert approved.translation == replace(TRANSLATION, review=TextReview(by="Ed", at=NOON))
    assert changed.translation == Translation(
        title="Our headline",
        original="Words",
        language="en",
        by="person Ed",
        at=NOON,
        digest=digest_text("Our headline"),
        review=TextReview(by="Ed", at=NOON, changed=True),
    )


def test_undone_a_review_leaves_the_models_text_and_an_editors_text_goes() -> None:
    approved = apply_rulings(STORY, beat(set_to("summary", TEXT, NAME, OTHER)))
    changed = apply_rulings(STORY, beat(set_to("summary", "Ours.")))

    assert SUMMARY == take_back(approved, "summary", STORY).summary
    assert take_back(changed, "summary", STORY).summary is None
    known = replace(changed, reasons=())
    assert known == without_lost_sets(known, STORY, beat())


def test_everyday_has_no_place_for_texts_and_a_later_rule_replaces_the_earlier() -> None:
    rule = set_to("summary", "Ours.")

    assert STORY == apply_rulings(STORY, beat(rule, profile="everyday"))
    assert (rule,) == with_rule([set_to("summary", "none")], rule)
