"""What a person changed in the file stays changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import review
from copydesk.news import Image, Story, Verdict
from copydesk.news.story import Extra, Related

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILED = Story(
    path="_news/a.md",
    title="Old title",
    excerpt="Old excerpt",
    published_at=NOON,
    topics=("AI", "Health"),
    images=(Image(url="https://a.example/old.jpg", width=10, height=10),),
    quality=50,
    heat=50,
    published=False,
    secured="sealed",
    body="a body",
    extra=(Extra(after="", text="own: line"),),
    related=(Related(title="r", published_at=NOON, web_url="https://r.example"),),
)
FRESH = Story(
    path="",
    title="New title",
    excerpt="New excerpt",
    published_at=NOON,
    topics=("AI",),
    images=(Image(url="https://a.example/new.jpg"),),
    quality=90,
    heat=90,
    published=True,
)
KNOWN = dict(review.digests(FILED))


FIELDS = {"title", "excerpt", "topics", "image", "published"}


def test_digests_are_the_first_eight_digits_of_sha256() -> None:
    assert review.digests(FILED)[0] == (
        "title",
        hashlib.sha256(b"Old title").hexdigest()[:8],
    )
    assert {name for name, _ in review.digests(FILED)} == FIELDS


@pytest.mark.parametrize(
    ("edited", "field"),
    [
        (replace(FILED, title="Hers"), "title"),
        (replace(FILED, excerpt=""), "excerpt"),
        (replace(FILED, topics=("Health", "AI")), "topics"),
        (replace(FILED, images=()), "image"),
        (replace(FILED, published=not FILED.published), "published"),
    ],
)
def test_an_edited_field_is_seen_and_stays(edited: Story, field: str) -> None:
    assert review.find_hand_edits(edited, KNOWN) == {field}
    story = review.keep_hand_edits(edited, FRESH, KNOWN)
    expected = {
        "title": edited.title if field == "title" else FRESH.title,
        "excerpt": edited.excerpt if field == "excerpt" else FRESH.excerpt,
        "topics": edited.topics if field == "topics" else FRESH.topics,
        "image": edited.images if field == "image" else FRESH.images,
    }
    assert expected == {
        "title": story.title,
        "excerpt": story.excerpt,
        "topics": story.topics,
        "image": story.images,
    }


def test_an_edited_field_stays_touched_through_later_rounds() -> None:
    edited = replace(FILED, title="Hers")
    once = review.keep_hand_edits(edited, FRESH, KNOWN)
    assert review.find_hand_edits(once, dict(once.machine)) == {"title"}
    again = review.keep_hand_edits(once, replace(FRESH, title="Newer"), dict(once.machine))
    assert again.title == "Hers"


def test_a_measured_picture_is_no_persons_hand() -> None:
    measured = replace(FILED, images=(replace(FILED.images[0], width=99, is_cached=True),))
    assert review.find_hand_edits(measured, KNOWN) == frozenset()


def test_the_rest_of_the_record_is_kept() -> None:
    story = review.keep_hand_edits(FILED, FRESH, KNOWN)
    assert (story.path, story.secured, story.body) == ("_news/a.md", "sealed", "a body")
    assert (story.extra, story.related) == (FILED.extra, FILED.related)
    assert (story.quality, story.heat, story.published) == (90, 90, True)


def test_a_verdict_binds_what_is_judged_anew() -> None:
    ruled = replace(FILED, verdict=Verdict(by="ann", at=NOON, said="hold", why=""))
    story = review.keep_hand_edits(ruled, FRESH, KNOWN)
    assert (story.published, story.verdict) == (False, ruled.verdict)


def test_a_record_of_which_nothing_is_known_is_left_as_it_is() -> None:
    assert FIELDS == review.find_hand_edits(FILED, {})
    assert review.keep_hand_edits(FILED, FRESH, {}) == FILED


def test_a_field_that_is_not_known_counts_as_touched() -> None:
    known = {name: digest for name, digest in KNOWN.items() if name != "image"}
    assert review.find_hand_edits(FILED, known) == {"image"}
    assert review.keep_hand_edits(FILED, FRESH, known).images == FILED.images


def test_any_text_has_a_digest() -> None:
    assert len(dict(review.digests(replace(FILED, title="\ud800 😀")))["title"]) == 8


def test_standing_beside_others_changes_what_the_line_wrote() -> None:
    regrouped = replace(FILED, published=not FILED.published, heat=-1)
    story = review.set_beside_others(FILED, regrouped, KNOWN)
    assert (story.published, story.heat) == (regrouped.published, -1)
    assert review.find_hand_edits(story, dict(story.machine)) == frozenset()


def test_a_published_flag_that_a_person_wrote_outlives_a_new_neighbour() -> None:
    by_hand = replace(FILED, published=not FILED.published)
    regrouped = replace(by_hand, published=FILED.published, heat=-1)
    story = review.set_beside_others(by_hand, regrouped, KNOWN)
    assert (story.published, story.heat) == (by_hand.published, by_hand.heat)


def test_a_verdict_outlives_a_new_neighbour() -> None:
    said = Verdict(by="Ed", at=NOON, said="publish", why="lead")
    filed = replace(FILED, verdict=said, published=True, heat=90)
    story = review.set_beside_others(filed, replace(filed, published=False, heat=-1), KNOWN)
    assert (story.published, story.heat) == (True, 90)


def test_a_record_of_which_nothing_is_known_stands_beside_nobody() -> None:
    assert review.set_beside_others(FILED, replace(FILED, heat=-1), {}) == FILED
