"""Reputation: what the records say of a publisher, its bounds, and who credits whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.judge.reputation import MOST, PublisherWork, Reputations, find_credits
from copydesk.news import Article, Beat, Provider, Reason, ReasonKind, Story
from copydesk.news.beat import SECOND_SCALE, Reputation

Make = Callable[..., Article]
GULL = Provider(name="The Gull", domain="gull.example")
HERON = Provider(name="Heron Daily", domain="heron.example")
AVERAGE = {f"paper{number}.example": PublisherWork(40, 10, 10, 5) for number in range(4)}


@pytest.fixture
def second(beat: Beat) -> Beat:
    scoring = replace(beat.scoring, scale=2, points=SECOND_SCALE)
    return replace(beat, scoring=scoring)


def points(work: PublisherWork, credited: dict[str, set[str]] | None = None) -> int:
    return Reputations({**AVERAGE, GULL.domain: work}, credited or {}).of(GULL).points


def assess(article: Article, beat: Beat) -> Story:
    story = judge.assess(article, beat, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def test_what_is_not_known_is_worth_nothing() -> None:
    assert 0 == Reputations({}, {}).of(GULL).points
    assert 0 == Reputations(AVERAGE, {}).of(GULL).points


def test_own_reporting_and_being_first_raise_it_and_their_lack_lowers_it() -> None:
    assert points(PublisherWork(40, 36, 10, 9)) > 0 > points(PublisherWork(40, 0, 10, 0))


def test_a_few_stories_weigh_less_than_many() -> None:
    assert 0 < points(PublisherWork(2, 2)) < points(PublisherWork(200, 200))


def test_editors_decisions_count() -> None:
    works = {
        GULL.domain: PublisherWork(stories=9, decisions=9, approved=9),
        HERON.domain: PublisherWork(stories=9, decisions=9),
    }
    known = Reputations(works, {})

    assert known.of(GULL).points > 0 > known.of(HERON).points
    assert "9 of 9 editors' decisions were to publish" in known.of(GULL).why


def test_each_publisher_that_credits_counts_once_and_never_itself() -> None:
    nobody = PublisherWork()
    assert 0 == points(nobody, {"gull": {GULL.domain}})
    assert points(nobody, {"gull": {"a.example"}}) == points(
        nobody, {"gull": {"a.example", GULL.domain}, "thegull": {"a.example"}}
    )


def test_it_is_bounded() -> None:
    many = {"gull": {f"{number}.example" for number in range(1_000)}}
    assert MOST == points(PublisherWork(1_000, 1_000, 1_000, 1_000, 1_000, 1_000), many)


def test_two_that_credit_each_other_gain_less_than_one_whom_three_others_credit() -> None:
    circle = Reputations({}, {"gull": {HERON.domain}, "heron": {GULL.domain}})
    known = Reputations({}, {"gull": {"a.example", "b.example", "c.example"}})

    assert circle.of(GULL).points == circle.of(replace(HERON, name="Heron")).points
    assert circle.of(GULL).points < known.of(GULL).points


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("The harbour closes, according to the Tern Times. It said so.", ("Tern Times",)),
        ("A pilot told Reuters on Monday that ice was near.", ("Reuters",)),
        ("The Plover Post reported the loss first.", ("Plover Post",)),
        ("Der Hafen schließt, berichtet die Küsten Zeitung.", ("Küsten Zeitung",)),
        ("She told Anna Miller that the ferry sails.", ()),
        ("“He told the Tern Times of it,” she said.", ()),
        ("He told CNN. Heard everywhere, the horn was loud.", ("CNN",)),
    ],
)
def test_a_text_credits_publishers(text: str, credited: tuple[str, ...], beat: Beat) -> None:
    assert credited == find_credits(text, GULL, beat)


def test_a_text_that_credits_its_own_publisher_a_thousand_times(beat: Beat) -> None:
    text = "A pilot told the Gull News that ice was near. " * 1_000

    assert () == find_credits(text, GULL, beat)
    assert ("Gull News",) == find_credits(text, HERON, beat)


def test_a_long_text_of_capitals_is_read_to_its_end(beat: Beat) -> None:
    assert () == find_credits("According To The " * 200_000, GULL, beat)


def test_the_record_keeps_the_reputation_of_its_filing(make_article: Make, second: Beat) -> None:
    article = make_article(title="AI model", text="AI models. A pilot told Reuters so. " * 20)
    known = {article.provider.domain: Reputation(points=12, why="first on 5 of 9 events")}
    filed = assess(article, replace(second, reputations=known))
    again = assess(article, second.take_reputation(article.provider.domain, filed.reasons))

    assert 12 == (filed.quality or 0) - (assess(article, second).quality or 0)
    assert filed.reasons == again.reasons
    assert Reason.of(ReasonKind.CREDITS, publishers="Reuters") in filed.reasons


def test_a_number_in_a_record_that_we_did_not_write_counts_nothing(second: Beat) -> None:
    long = Reason.parse(f"quality +9: reputation of its publisher {'9' * 5000}: first on 1 of 1")

    assert {} == second.take_reputation("gull.example", [long]).reputations


def test_the_first_scale_knows_none(make_article: Make, beat: Beat) -> None:
    article = make_article(title="AI model", text="AI models. A pilot told Reuters so. " * 20)
    known = replace(beat, reputations={article.provider.domain: Reputation(points=9, why="x")})

    assert assess(article, beat) == assess(article, known)
    assert ReasonKind.CREDITS not in {reason.kind for reason in assess(article, beat).reasons}
