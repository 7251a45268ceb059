"""An article appraised by itself, then completed by its picture and by what is filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.judge import copies, shelves
from copydesk.news import Article, Beat, Dropped, Image, Provider, Ruling, Shelved, Story
from judge.conftest import NOON

Make = Callable[..., Article]
PICTURE = "https://paper.example/lead.jpg"
TEXT = " ".join(f"word{number}" for number in range(100))


@pytest.fixture(params=["copydesk", "everyday"])
def either(request: pytest.FixtureRequest, beat: Beat) -> Beat:
    return replace(beat, scoring=replace(beat.scoring, profile=request.param))


def appraised(article: Article, beat: Beat) -> judge.Appraisal:
    outcome = judge.appraise(article, beat)
    assert isinstance(outcome, judge.Appraisal)
    return outcome


@pytest.mark.parametrize("picture", ["", PICTURE])
def test_it_is_the_story_that_judging_all_at_once_gives(
    picture: str, make_article: Make, either: Beat
) -> None:
    article = make_article(title="A chatbot in court", text=TEXT, image=picture)
    shelf = shelves.MemoryShelf()

    at_once = judge.assess(article, either, shelf)

    assert at_once == judge.complete(appraised(article, either), either, shelf, picture)


def test_the_picture_that_a_page_names_counts_for_nothing_until_it_was_had(
    make_article: Make, either: Beat
) -> None:
    named = make_article(title="A chatbot in court", image=PICTURE)
    plain = replace(named, image="")
    shelf = shelves.MemoryShelf()

    one, other = appraised(named, either), appraised(plain, either)

    assert (one.pictured, one.bare) == (other.pictured, other.bare)
    assert () == judge.complete(one, either, shelf, "").images
    assert (Image(url=PICTURE),) == judge.complete(other, either, shelf, PICTURE).images


def test_a_picture_is_worth_its_points_and_stands_where_it_always_stood(
    make_article: Make, beat: Beat
) -> None:
    gazette = Provider(name="The Gazette", domain="gazette.example")
    article = make_article(title="A chatbot in court", text=TEXT, provider=gazette)
    found = appraised(article, beat)

    told = [reason.why for reason in found.pictured.reasons]

    assert 5 == found.pictured.quality - found.bare.quality
    assert [why for why in told if why != "has a picture"] == [
        reason.why for reason in found.bare.reasons
    ]
    assert told[-1] != "has a picture"


def test_bounds_are_those_of_the_whole_sum(make_article: Make, beat: Beat) -> None:
    worst = make_article(title="You need to know this chatbot!!", credit="PR Newswire")
    found = appraised(worst, beat)

    (given,) = [
        one.points for one in found.bare.reasons if one.why == "raised to the minimum quality 0"
    ]
    (with_picture,) = [
        one.points for one in found.pictured.reasons if one.why == "raised to the minimum quality 0"
    ]

    assert given is not None
    assert given - 5 == with_picture


def test_what_is_no_story_is_dropped_before_anybody_asks_for_its_picture(
    make_article: Make, beat: Beat
) -> None:
    rule = Ruling(said="block", by="Ada", at=NOON, why="", values=("paper.example",))
    blocked = judge.appraise(make_article(title="AI"), replace(beat, rulings=(rule,)))
    off = judge.appraise(make_article(title="Penguins"), beat)

    assert isinstance(blocked, Dropped)
    assert isinstance(off, Dropped)
    assert ("ruled-out", "off-beat") == (blocked.reason, off.reason)


def test_one_appraisal_is_an_original_or_a_copy_by_what_is_filed(
    make_article: Make, beat: Beat
) -> None:
    found = appraised(make_article("two", title="A chatbot in court", text=TEXT), beat)
    shelf = shelves.MemoryShelf()
    alone = judge.complete(found, beat, shelf, "")
    first = Story(path="_news/one.md", title="One", published_at=NOON)
    shelf.add(Shelved(story=first, text=TEXT), copies.fingerprint(TEXT))

    behind = judge.complete(found, beat, shelf, "")

    assert ("", "one") == (alone.copy_of, behind.copy_of)
    assert (False, -1) == (behind.published, behind.heat)
    assert copies.fingerprint(TEXT) == found.fingerprint
