"""The `copydesk` profile: relevance, topics, quality, each with its reason; from case files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Dropped, Provider, Story
from copydesk.news.article import Author
from copydesk.news.beat import Scoring

CASES = sorted((Path(__file__).parents[1] / "cases" / "judge" / "assess").glob("*.toml"))
FEED = "https://feeds.gazette.example/all.xml"
OFFICIAL = "https://lab.example/blog.xml"
Make = Callable[..., Article]


def filed(article: Article, beat: Beat) -> Story:
    story = judge.assess(article, beat, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def article_of(case: dict[str, object], make_article: Make) -> Article:
    """Make the article of a case: `characters` of filler, `domain` for a provider."""
    fields = dict(case)
    domain = str(fields.pop("domain", "paper.example"))
    characters = int(str(fields.pop("characters", 0)))
    text = str(fields.pop("text", ""))
    filler = "Plain words follow here. " * (characters // 25)
    return make_article(
        text=text + filler,
        provider=Provider(name=domain, domain=domain),
        **{name: tuple(one) if isinstance(one, list) else one for name, one in fields.items()},
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_article_is_judged_as_its_case_says(path: Path, make_article: Make, beat: Beat) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    expected = case["expected"]
    outcome = judge.assess(article_of(case["article"], make_article), beat, shelves.MemoryShelf())
    if "dropped" in expected:
        assert isinstance(outcome, Dropped)
        assert outcome.reason == expected["dropped"]
        return
    assert isinstance(outcome, Story)
    assert list(outcome.topics) == expected["topics"]
    assert outcome.published is expected["published"]
    assert [str(reason) for reason in outcome.reasons] == expected["reasons"]


def test_the_reasons_of_quality_make_its_sum(make_article: Make, beat: Beat) -> None:
    story = filed(make_article(title="You need to know this chatbot!!", credit="PR Newswire"), beat)
    points = [reason.points or 0 for reason in story.reasons if reason.about == "quality"]
    assert story.quality == sum(points) == story.heat


def test_what_is_kept_off_the_beat_has_no_topics_and_stays_off_the_site(
    make_article: Make, beat: Beat
) -> None:
    beat = replace(beat, scoring=replace(beat.scoring, off_beat="keep"))
    article = make_article(
        title="Choir wins",
        text="Song " * 500,
        image="https://paper.example/p.jpg",
        authors=("Ann",),
        provider=Provider(name="The Gazette", domain="gazette.example"),
    )
    story = filed(article, beat)
    assert (story.topics, story.published) == ((), False)
    assert str(story.reasons[0]) == "topic: no keyword of any topic in the article"


def test_a_beat_without_topics_takes_everything(make_article: Make, beat: Beat) -> None:
    story = filed(make_article(text="Song " * 500), replace(beat, topics=(), topic=""))
    assert story.topics == ()
    assert "quality +48: fits the site's subject" in map(str, story.reasons)


def test_parents_in_a_circle_end(make_article: Make, beat: Beat) -> None:
    one, two = (
        replace(beat.topics[4], name="One", parent="Two", keywords=("robot",)),
        replace(beat.topics[4], name="Two", parent="One", keywords=()),
    )
    story = filed(make_article(title="Robot"), replace(beat, topics=(one, two)))
    assert story.topics == ("One", "Two")


def test_language_access_and_credit_come_along(make_article: Make, beat: Beat) -> None:
    story = filed(make_article(title="AI", language="en", access="free", credit="Wire"), beat)
    assert (story.language, story.access, story.credit) == ("en", "free", "Wire")


@pytest.mark.parametrize(
    ("seconds", "length"),
    [(0, ""), (5, "PT5S"), (60, "PT1M"), (605, "PT10M5S"), (3600, "PT1H"), (90_061, "PT25H1M1S")],
)
def test_the_length_of_a_video_is_spelled_as_iso_8601_does(
    seconds: int, length: str, make_article: Make, beat: Beat
) -> None:
    assert filed(make_article(title="AI", type="video", seconds=seconds), beat).length == length


def test_what_the_publisher_refuses_comes_along(make_article: Make, beat: Beat) -> None:
    story = filed(make_article(title="AI", refuses=("ai-train", "snippet")), beat)
    assert story.refuses == ("ai-train", "snippet")


def test_the_time_of_the_update_is_kept(make_article: Make, beat: Beat) -> None:
    article = make_article(title="AI")
    assert filed(replace(article, updated_at=article.found), beat).updated_at == article.found


def test_a_source_that_the_beat_no_longer_has_gives_nothing(make_article: Make, beat: Beat) -> None:
    official = make_article(source=OFFICIAL)
    assert filed(official, beat).topics == ("AI",)
    dropped = judge.assess(official, replace(beat, sources=()), shelves.MemoryShelf())
    assert isinstance(dropped, Dropped)


def test_judging_twice_gives_the_same(make_article: Make, beat: Beat) -> None:
    article = make_article(title="Chatbot in hospital", text="The EU and AI. " * 100)
    assert filed(article, beat) == filed(article, beat)


@pytest.mark.parametrize("credit", ["Reuters", "By Ann Smith, Associated Press", "AFP", "dpa"])
def test_another_newsrooms_work_is_worth_a_little_less(
    credit: str, make_article: Make, beat: Beat
) -> None:
    own = filed(make_article(title="AI"), beat).quality or 0
    reprint = filed(make_article(title="AI", credit=credit), beat).quality
    assert reprint == max(0, own - 5)


def test_an_agency_on_its_own_site_tells_its_own(make_article: Make, beat: Beat) -> None:
    article = make_article(title="AI", provider=Provider(name="Reuters", domain="reuters.com"))
    assert filed(replace(article, credit="Reuters"), beat).quality == filed(article, beat).quality


@pytest.mark.parametrize(("characters", "is_stub"), [(1499, True), (1500, False)])
def test_what_ends_before_a_wall_is_a_stub(
    characters: int, is_stub: bool, make_article: Make, beat: Beat
) -> None:
    story = filed(make_article(title="AI", text="x" * characters, access="paywalled"), beat)
    assert any("before the paywall" in one.why for one in story.reasons) is is_stub


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({"title": "EU votes"}, 30),
        ({"title": "EU votes on AI"}, 36),
        ({"title": "EU votes", "text": "It is about artificial intelligence."}, 36),
        ({"title": "EU votes", "source": OFFICIAL}, 48),
        ({"title": "Hospital opens"}, 36),  # not below the main topic
    ],
)
def test_a_topic_below_the_main_one_is_surer_with_a_word_of_it_somewhere(
    fields: dict[str, str], points: int, make_article: Make, beat: Beat
) -> None:
    story = filed(make_article(**fields), beat)
    (told,) = [one for one in story.reasons if one.why.startswith("fits the site's subject")]
    assert told.points == points


def test_an_alias_is_a_word_of_the_main_topic(make_article: Make, beat: Beat) -> None:
    topics = (replace(beat.topics[0], aliases=("thinking machines",)), *beat.topics[1:])
    article = make_article(title="EU votes on thinking machines")
    story = filed(article, replace(beat, topics=topics))
    assert not any("nowhere" in one.why for one in story.reasons)


def test_a_main_topic_without_keywords_is_not_asked_for(make_article: Make, beat: Beat) -> None:
    topics = (replace(beat.topics[0], keywords=()), *beat.topics[1:])
    story = filed(make_article(title="EU votes"), replace(beat, topics=topics))
    assert not any("nowhere" in one.why for one in story.reasons)


def test_on_the_second_scale_a_lone_story_is_as_hot_as_its_reasons_say(
    make_article: Make, beat: Beat
) -> None:
    second = replace(beat, scoring=replace(beat.scoring, scale=2))
    story = filed(make_article(title="You need to know this chatbot!!"), second)
    points = [reason.points or 0 for reason in story.reasons if reason.about == "heat"]
    assert (story.heat, points[0]) == (sum(points), 30)


def test_an_agency_is_an_author_of_the_story_and_no_reporter(
    make_article: Make, beat: Beat
) -> None:
    agency = Author(name="AP", kind="agency")
    signed = make_article(title="A chatbot", authors=(), corporate_authors=(agency,))
    bare = make_article(title="A chatbot", authors=())

    assert (Author(name="Ann"), agency) == filed(replace(signed, authors=("Ann",)), beat).authors
    assert replace(filed(signed, beat), authors=()) == filed(bare, beat)
    everyday = replace(beat, scoring=Scoring(profile="everyday"))
    assert () == filed(signed, everyday).authors
