"""Single fields as an editor set them, and what cannot stand in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import review
from copydesk.news import Beat, Image, Reason, ReasonKind, Ruling, Story
from copydesk.news.beat import Scoring
from copydesk.review.rules import apply_rulings, find_ruled_fields, with_rule, without_lost_sets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME = "2026-03-02-a"
STORY = Story(
    path=f"_news/{NAME}.md",
    title="Words",
    excerpt="As read.",
    published_at=NOON,
    web_url="https://a.example/1",
    images=(Image(url="https://a.example/1.jpg", width=640, height=400),),
    reasons=(Reason(about="quality", why="x", points=40),),
)
READ = replace(STORY, path="", reasons=())


def set_to(field: str, value: str, name: str = NAME) -> Ruling:
    return Ruling(said="set", by="Ed", at=NOON, why="so", stories=(name,), values=(field, value))


def beat(*rulings: Ruling, profile: str = "copydesk") -> Beat:
    scoring = Scoring(profile=profile)  # type: ignore[arg-type]
    return Beat(title="x", scoring=scoring, rulings=rulings)


def test_each_field_is_as_it_was_set_and_says_whose_word_that_is() -> None:
    rules = [
        set_to("excerpt", "Ours."),
        set_to("picture", "https://b.example/2.jpg"),
        set_to("url", "https://b.example/2?utm_source=x"),
        set_to("note", "A note.\r\n\r\n- one"),
    ]
    story = apply_rulings(STORY, beat(*rules))

    assert story.excerpt == "Ours."
    assert story.images == (Image(url="https://b.example/2.jpg"),)
    assert story.web_url == "https://b.example/2"
    assert story.note == "A note.\n\n- one"
    told = {reason.about: reason.why for reason in story.reasons}
    assert told == {
        "quality": "x",
        **dict.fromkeys(("excerpt", "picture", "url", "note"), "set by Ed: so"),
    }
    assert find_ruled_fields(STORY, beat(*rules)) == {"excerpt", "image", "url", "note"}


def test_switched_off_changes_are_told_by_the_reason_alone_until_the_rule_is_undone() -> None:
    story = apply_rulings(STORY, beat(set_to("changes", "none")))

    assert STORY == replace(story, reasons=STORY.reasons)
    assert [ReasonKind.CHANGES_RULED] == [reason.kind for reason in story.reasons[:-1]]
    assert STORY == without_lost_sets(story, READ, beat())


def test_the_picture_that_stands_there_keeps_its_size_and_none_takes_it_away() -> None:
    same = apply_rulings(STORY, beat(set_to("picture", "https://a.example/1.jpg")))
    assert same.images == STORY.images
    assert apply_rulings(STORY, beat(set_to("picture", "none"))).images == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("picture", "javascript:alert(1)"),
        ("url", "javascript:alert(1)"),
        ("url", "none"),
        ("excerpt", " \u202e "),
        ("note", "\x07"),
        ("colour", "red"),
    ],
)
def test_what_cannot_stand_in_a_field_is_passed_over(field: str, value: str) -> None:
    rules = beat(set_to(field, value))
    assert apply_rulings(STORY, rules) == STORY
    assert find_ruled_fields(STORY, rules) == frozenset()


def test_a_rule_on_another_story_sets_nothing() -> None:
    assert apply_rulings(STORY, beat(set_to("excerpt", "x", "2026-03-02-b"))) == STORY


def test_everyday_has_no_place_for_a_note() -> None:
    story = apply_rulings(replace(STORY, reasons=()), beat(set_to("note", "x"), profile="everyday"))
    assert story.note == ""


def test_a_newer_set_of_one_field_takes_the_place_of_the_older_alone() -> None:
    rules = with_rule((set_to("excerpt", "1"), set_to("note", "n")), set_to("excerpt", "2"))
    assert [rule.values for rule in rules] == [("note", "n"), ("excerpt", "2")]


@pytest.mark.parametrize("field", ["excerpt", "picture", "url", "note"])
def test_a_field_without_its_rule_is_as_its_article_says(field: str) -> None:
    value = "https://b.example/2" if field in {"picture", "url"} else "Ours."
    ruled = apply_rulings(STORY, beat(set_to(field, value)))

    assert without_lost_sets(ruled, READ, beat(set_to(field, value))) == ruled
    assert without_lost_sets(ruled, READ, beat()) == STORY


def test_a_note_has_a_digest_where_there_is_one() -> None:
    noted = replace(STORY, note="Ours.")
    known = dict(review.digests(noted))
    assert "note" in known
    assert "note" not in dict(review.digests(STORY))
    assert review.find_hand_edits(noted, known) == frozenset()
    assert review.find_hand_edits(replace(noted, note="Hers."), known) == {"note"}
    assert review.find_hand_edits(STORY, known) == {"note"}
    assert review.find_hand_edits(noted, dict(review.digests(STORY))) == {"note"}


def test_a_note_that_a_person_took_out_stays_out() -> None:
    known = dict(review.digests(replace(STORY, note="Ours.")))
    fresh = replace(STORY, note="Ours.", title="New")
    once = review.keep_hand_edits(STORY, fresh, known)
    twice = review.keep_hand_edits(once, fresh, dict(once.machine))
    assert (once.note, twice.note, twice.title) == ("", "", "New")
