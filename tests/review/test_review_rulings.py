"""An editor's rules: what a story is called and is about, and which two rules cannot both hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.news import Beat, Reason, Ruling, Story, Topic
from copydesk.news.ruling import RULING_KINDS, RulingKind
from copydesk.review.rules import apply_rulings, find_contradiction, find_ruled_fields, with_rule

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COAST, TOWN = Topic(id="coast", name="Coast"), Topic(id="town", name="Town")
STORY = Story(
    path="_news/2026-03-02-a.md",
    title="Old words",
    published_at=NOON,
    quality=40,
    topics=("Coast",),
    reasons=(
        Reason(about="topic Coast", why='"wall" in title'),
        Reason(about="quality", why="x", points=40),
        Reason(about="published", why="quality 40 is below the threshold 70"),
    ),
)
NAME = "2026-03-02-a"


def rule(
    said: RulingKind, *stories: str, values: tuple[str, ...] = (), why: str = "so", by: str = "Ed"
) -> Ruling:
    return Ruling(said=said, by=by, at=NOON, why=why, stories=stories, values=values)


def beat(*rulings: Ruling) -> Beat:
    return Beat(title="x", topic="Coast", topics=(COAST, TOWN), rulings=rulings)


def test_a_retopic_gives_a_story_its_topics_and_says_whose_word_that_is() -> None:
    story = apply_rulings(STORY, beat(rule("retopic", NAME, values=("Town",))))

    assert story.topics == ("Town",)
    assert [str(reason) for reason in story.reasons] == [
        "topic Town: set by Ed: so",
        "quality +40: x",
        "published: quality 40 is below the threshold 70",
    ]


def test_a_rename_gives_a_story_its_headline_and_says_whose_word_that_is() -> None:
    story = apply_rulings(STORY, beat(rule("rename", NAME, values=("New words",))))

    assert (story.title, story.path) == ("New words", STORY.path)
    assert str(story.reasons[0]) == "title: set by Ed: so"


def test_the_later_rule_holds() -> None:
    rules = [rule("rename", NAME, values=(title,)) for title in ("One", "Two")]
    assert apply_rulings(STORY, beat(*rules)).title == "Two"


def test_ruled_twice_is_ruled_once() -> None:
    ours = beat(rule("rename", NAME, values=("N",)), rule("retopic", NAME, values=("Town",)))
    once = apply_rulings(STORY, ours)
    assert apply_rulings(once, ours) == once


@pytest.mark.parametrize(
    "one",
    [
        rule("rename", "2026-03-02-b", values=("N",)),
        rule("retopic", NAME, values=("No Such",)),
        rule("pin", NAME),
        rule("split", NAME),
        rule("merge", NAME, "b"),
        rule("block", values=("old words",)),
    ],
    ids=lambda one: one.said,
)
def test_other_rules_change_nothing_in_a_story(one: Ruling) -> None:
    assert apply_rulings(STORY, beat(one)) == STORY
    assert not find_ruled_fields(STORY, beat(one))


def test_topics_that_are_none_of_the_beat_any_more_are_passed_over() -> None:
    ours = beat(rule("retopic", NAME, values=("No Such", "Town")))
    assert apply_rulings(STORY, ours).topics == ("Town",)


def test_an_archived_record_is_ruled_by_its_name() -> None:
    story = replace(STORY, path=f"_archive/{STORY.path}")
    assert apply_rulings(story, beat(rule("rename", NAME, values=("N",)))).title == "N"


def test_a_record_without_reasons_gets_none() -> None:
    ours = beat(rule("rename", NAME, values=("N",)))
    assert apply_rulings(replace(STORY, reasons=()), ours).reasons == ()


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("", "set by Ed"),
        ("two\nlines\x1b[31m", "set by Ed: two lines[31m"),
        ("x" * 10_000, f"set by Ed: {'x' * 200}…"),
    ],
)
def test_a_reason_is_one_short_line(why: str, told: str) -> None:
    story = apply_rulings(STORY, beat(rule("rename", NAME, values=("N",), why=why)))
    assert story.reasons[0].why == told


def test_the_fields_are_known_in_which_a_rule_stands_above_the_page() -> None:
    ours = beat(rule("rename", NAME, values=("N",)), rule("retopic", NAME, values=("Town",)))
    assert find_ruled_fields(STORY, ours) == {"title", "topics"}


# which rules are on one matter


def test_an_equal_rule_again_changes_nothing_whenever_it_is_said() -> None:
    old = rule("pin", "a")
    assert with_rule([old], replace(old, at=NOON + timedelta(days=1))) == (old,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rule("rename", "a", values=("One",)), rule("rename", "a", values=("Two",))),
        (rule("retopic", "a", values=("Coast",)), rule("retopic", "a", values=("Town",))),
        (rule("pin", "a"), rule("pin", "a", by="Ada")),
        (rule("merge", "a", "b"), rule("merge", "b", "a", why="else")),
        (rule("split", "a", "b", "c"), rule("split", "a", "c", "b")),
        (rule("block", values=("x", "Y")), rule("block", values=("y", "x"))),
    ],
    ids=lambda one: one.said,
)
def test_a_rule_on_the_same_matter_takes_the_place_of_the_older(old: Ruling, new: Ruling) -> None:
    other = rule("pin", "z")
    assert with_rule([old, other], new) == (other, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rule("rename", "a", values=("N",)), rule("rename", "b", values=("N",))),
        (rule("split", "a", "b"), rule("split", "b", "a")),
        (rule("split", "a"), rule("split", "a", "b")),
        (rule("pin", "a"), rule("rename", "a", values=("N",))),
        (rule("block", values=("x",)), rule("block", values=("y",))),
    ],
)
def test_a_rule_on_another_matter_stands_beside_it(old: Ruling, new: Ruling) -> None:
    assert with_rule([old], new) == (old, new)


AB, BC = rule("merge", "a", "b"), rule("merge", "b", "c")


@pytest.mark.parametrize(
    ("old", "new", "against"),
    [
        ([AB], rule("split", "a", "b"), AB),
        ([AB], rule("split", "a"), AB),
        ([AB, BC], rule("split", "a", "c"), AB),
        ([rule("split", "a", "b")], AB, rule("split", "a", "b")),
        ([rule("split", "b")], AB, rule("split", "b")),
        ([rule("split", "a", "c"), AB], BC, rule("split", "a", "c")),
    ],
)
def test_a_rule_that_says_the_opposite_is_found(
    old: list[Ruling], new: Ruling, against: Ruling
) -> None:
    assert find_contradiction(old, new) == against


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([], AB),
        ([AB], rule("split", "a", "c")),
        ([AB], rule("split", "c")),
        ([AB], rule("pin", "a")),
        ([rule("split", "a", "c")], AB),
        ([rule("split", "c")], AB),
        ([AB], rule("merge", "c", "d")),
    ],
)
def test_rules_that_agree_are_let_stand(old: list[Ruling], new: Ruling) -> None:
    assert find_contradiction(old, new) is None


@pytest.mark.parametrize("said", RULING_KINDS)
def test_a_rule_that_names_nothing_is_like_any_other(said: RulingKind) -> None:
    empty, other = rule(said), rule("split", "a")

    assert with_rule([empty, other], rule(said, why="else")) == (
        other,
        rule(said, why="else"),
    )
    assert find_contradiction([AB, empty], rule(said)) is None
    assert find_contradiction([empty], other) is None
    assert apply_rulings(STORY, beat(empty)) == STORY
