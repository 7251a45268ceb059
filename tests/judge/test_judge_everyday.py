"""The `everyday` profile: the reference's points (SPEC 2.1, 2.2, 2.3, 2.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.judge import copies, profile, shelves
from copydesk.news import Article, Beat, Dropped, Shelved, Story

OFFICIAL = "https://lab.example/blog.xml"
HEALTH = "https://clinic.example/feed.xml"
Make = Callable[..., Article]


@pytest.fixture
def everyday(beat: Beat) -> Beat:
    return replace(beat, scoring=replace(beat.scoring, profile="everyday"))


def filed(article: Article, beat: Beat) -> Story:
    story = judge.assess(article, beat, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def points(what: profile.Features, beat: Beat) -> int:
    return judge.weigh(what, beat).quality


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (profile.Features(title="Nothing in it"), 0),
        (profile.Features(title="Nothing in it", topics=("AI",)), 2),
        (profile.Features(title="Unknown topics count", topics=("AI", "No such topic")), 4),
        (profile.Features(title="ai and artificial intelligence", topics=("AI",)), 32),
        (profile.Features(title="ai", topics=("Health",)), 2),
        (profile.Features(title="x", image=True), 20),
        (profile.Features(title="x", amp=True), 20),
        (profile.Features(title="x", domain="gazette.example"), 40),
        (profile.Features(title="x", domain="www.gazette.example"), 0),
        (profile.Features(title="x", official=True), 50),
        (profile.Features(title="x", video=True), 50),
        (profile.Features(title="x" * 70, image=True), 20),
        (profile.Features(title="x" * 71, image=True), 20),
        (profile.Features(title="x" * 72, image=True), 19),
        (profile.Features(title="x" * 300, image=True), 0),
    ],
)
def test_points_are_the_references(what: profile.Features, expected: int, everyday: Beat) -> None:
    assert points(what, everyday) == expected


def test_a_keyword_listed_twice_counts_twice(everyday: Beat) -> None:
    topic = replace(everyday.topics[0], keywords=("robot", "robot"))
    beat = replace(everyday, topics=(topic,))
    assert points(profile.Features(title="Robots rise", topics=("AI",)), beat) == 2 + 30


def test_an_organization_is_worth_what_the_site_says(everyday: Beat) -> None:
    beat = replace(everyday, scoring=replace(everyday.scoring, organization_points=30))
    assert points(profile.Features(title="x", domain="gazette.example"), beat) == 30


def test_reasons_make_the_sum_even_where_it_is_cut_at_nought(everyday: Beat) -> None:
    weighed = judge.weigh(profile.Features(title="x" * 300, topics=("AI",)), everyday)
    assert weighed.quality == 0
    assert sum(reason.points or 0 for reason in weighed.reasons) == 0
    assert str(weighed.reasons[-1]) == "quality +113: raised to the minimum quality 0"


def test_topics_are_the_main_one_then_title_matches_in_file_order(
    make_article: Make, everyday: Beat
) -> None:
    article = make_article(title="Hospital chatbot said no", excerpt="The AI Act applies.")
    assert filed(article, everyday).topics == ("AI", "Generative AI", "Health")


def test_a_sources_topic_stands_before_the_main_one(make_article: Make, everyday: Beat) -> None:
    article = make_article(title="Chatbot in ward", source=HEALTH)
    assert filed(article, everyday).topics == ("Health", "AI", "Generative AI")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Baidu grows"},  # "ai" inside a word, as the reference did it
        {"excerpt": "A new kind of AI."},
        {"text": "Far down the page a chatbot is mentioned."},
        {"source": OFFICIAL},
        {"source": HEALTH},
    ],
)
def test_what_matches_or_comes_from_the_beats_own_sources_is_filed(
    fields: dict[str, str], make_article: Make, everyday: Beat
) -> None:
    assert filed(make_article(**fields), everyday).topics[-1] != ""


@pytest.mark.parametrize("excerpt", ["She said so by email.", "See https://x.example/ai"])
def test_what_matches_only_inside_words_of_the_text_is_off_the_beat(
    excerpt: str, make_article: Make, everyday: Beat
) -> None:
    dropped = judge.assess(make_article(excerpt=excerpt), everyday, shelves.MemoryShelf())
    assert isinstance(dropped, Dropped)
    assert dropped.reason == "off-beat"


def test_what_is_kept_off_the_beat_has_the_main_topic_all_the_same(
    make_article: Make, everyday: Beat
) -> None:
    beat = replace(everyday, scoring=replace(everyday.scoring, off_beat="keep"))
    assert filed(make_article(), beat).topics == ("AI",)


@pytest.mark.parametrize(("publish_at", "published"), [(57, True), (58, False)])
def test_a_story_is_published_from_the_gate_on(
    publish_at: int, published: bool, make_article: Make, everyday: Beat
) -> None:
    beat = replace(everyday, scoring=replace(everyday.scoring, publish_at=publish_at))
    article = make_article(
        title="An AI desk",
        image="https://paper.example/p.jpg",
        amp_web_url="https://paper.example/amp/a",
    )
    story = filed(article, beat)
    assert (story.quality, story.heat, story.published) == (57, 57, published)


def test_a_record_has_none_of_our_blocks(make_article: Make, everyday: Beat) -> None:
    ours = {"language": "en", "access": "free", "credit": "Wire", "refuses": ("image",)}
    story = filed(make_article(title="AI", seconds=61, **ours), everyday)
    assert (story.language, story.access, story.credit, story.copy_of) == ("", "", "", "")
    assert (story.length, story.refuses) == ("", ())
    assert (story.reasons, story.machine, story.verdict) == ((), (), None)


def test_a_video_that_the_site_shows_itself_has_no_address_elsewhere(
    make_article: Make, everyday: Beat
) -> None:
    video = make_article(title="AI", type="video", featured_content="<iframe></iframe>")
    assert filed(video, everyday).web_url == ""
    assert filed(replace(video, featured_content=""), everyday).web_url == video.web_url


@pytest.mark.parametrize(
    ("amp", "cached"),
    [
        ("", ""),
        ("https://www.a.example/x", "https://www-a-example.cdn.ampproject.org/c/s/www.a.example/x"),
        ("http://a.example/x?amp", "https://a-example.cdn.ampproject.org/c/a.example/x?amp"),
    ],
)
def test_an_amp_page_has_its_cached_address(
    amp: str, cached: str, make_article: Make, everyday: Beat
) -> None:
    assert filed(make_article(title="AI", amp_web_url=amp), everyday).cdn_amp_web_url == cached


def test_the_same_text_again_is_no_copy_here(make_article: Make, everyday: Beat) -> None:
    text = " ".join(f"word{number}" for number in range(200))
    first = make_article("one", title="AI one", text=text)
    shelf = shelves.MemoryShelf()
    story = replace(filed(first, everyday), path="_news/one.md")
    shelf.add(Shelved(story=story, text=text), copies.fingerprint(text))
    again = judge.assess(make_article("two", title="AI two", text=text), everyday, shelf)
    assert isinstance(again, Story)
    assert again.copy_of == ""
