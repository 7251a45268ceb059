"""What an editor blocked becomes no story: a site with all below it, a word of the headline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import judge
from copydesk.judge import gate
from copydesk.judge.shelves import MemoryShelf
from copydesk.news import Article, Beat, Dropped, Lead, Provider, Ruling, Story
from copydesk.news.beat import Scoring

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Maker = Callable[..., Article]


def block(*values: str, why: str = "spam") -> Ruling:
    return Ruling(said="block", by="Ed", at=NOON, why=why, values=values)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Your AI horoscope for Monday", "horoscope"),
        ("AI HOROSCOPES are here", "horoscope"),
        ("Your AI star-sign", "star sign"),
        ("AI in the US this week", "US"),
        ("Node.js gets AI", "node.js"),
        ("AI: 星座运势", "星座"),
    ],
)
def test_a_word_in_the_headline_is_ruled_out(
    title: str, word: str, beat: Beat, make_article: Maker
) -> None:
    outcome = judge.assess(
        make_article(title=title), replace(beat, rulings=(block(word),)), MemoryShelf()
    )

    assert isinstance(outcome, Dropped)
    assert outcome.reason == "ruled-out"
    assert outcome.detail == f'blocked by Ed: "{word}" in title (spam)'


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("AI horoscopic", "scop"),
        ("AI horoscope", "horo scope"),
        ("AI helps us", "US"),
        ("AI rises", "horoscope"),
    ],
)
def test_a_part_of_a_word_or_another_is_not(
    title: str, word: str, beat: Beat, make_article: Maker
) -> None:
    ours = replace(beat, rulings=(block(word),))
    assert isinstance(judge.assess(make_article(title=title), ours, MemoryShelf()), Story)


def test_a_word_in_the_text_alone_is_not_blocked(beat: Beat, make_article: Maker) -> None:
    article = make_article(title="AI rises", text="A horoscope.")
    ours = replace(beat, rulings=(block("horoscope"),))
    assert isinstance(judge.assess(article, ours, MemoryShelf()), Story)


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("https://tabloid.example/x", "tabloid.example"),
        ("https://stars.tabloid.example/x", "tabloid.example"),
        ("https://tabloid.example/x", "TABLOID.example"),
        ("https://tabloid.example/x", "www.tabloid.example"),
        ("https://tabloid.example/x", "https://tabloid.example/some/page"),
        ("https://xn--bcher-kva.example/x", "bücher.example"),
        ("https://a.news.co.uk/x", "news.co.uk"),
    ],
)
def test_a_blocked_site_has_no_story(url: str, value: str, beat: Beat, make_article: Maker) -> None:
    article = replace(make_article(title="AI rises"), url=url, web_url=url)
    outcome = judge.assess(article, replace(beat, rulings=(block(value),)), MemoryShelf())
    assert isinstance(outcome, Dropped)
    assert outcome.reason == "ruled-out"


@pytest.mark.parametrize("field", ["url", "web_url", "provider"])
def test_a_site_is_known_by_where_it_was_listed_is_read_and_who_has_it(
    field: str, beat: Beat, make_article: Maker
) -> None:
    values = {
        "url": "https://tabloid.example/x",
        "web_url": "https://tabloid.example/x",
        "provider": Provider(name="T", domain="tabloid.example"),
    }
    article = make_article(title="AI rises", **{field: values[field]})
    ours = replace(beat, rulings=(block("tabloid.example"),))
    assert isinstance(judge.assess(article, ours, MemoryShelf()), Dropped)


@pytest.mark.parametrize("value", ["blog.paper.example", "aper.example", "paper.example.com"])
def test_another_site_is_not_blocked(value: str, beat: Beat, make_article: Maker) -> None:
    ours = replace(beat, rulings=(block(value),))
    assert isinstance(judge.assess(make_article(title="AI rises"), ours, MemoryShelf()), Story)


@pytest.mark.parametrize(
    "scoring", [Scoring(off_beat="keep"), Scoring(profile="everyday")], ids=["keep", "everyday"]
)
def test_nothing_else_lets_it_in(scoring: Scoring, beat: Beat, make_article: Maker) -> None:
    ours = replace(beat, rulings=(block("horoscope"),), scoring=scoring)
    assert isinstance(
        judge.assess(make_article(title="AI horoscope"), ours, MemoryShelf()), Dropped
    )


def test_a_lead_and_a_story_are_asked_in_the_same_way() -> None:
    lead = Lead(url="https://tabloid.example/x", source="s", found=NOON)
    story = Story(path="_news/a.md", title="A horoscope", published_at=None)
    rules = [block("tabloid.example", "horoscope", why="")]
    assert gate.blocking_ruling(lead, rules) == "blocked by Ed: tabloid.example"
    assert gate.blocking_ruling(story, rules) == 'blocked by Ed: "horoscope" in title'
    assert gate.blocking_ruling(replace(lead, url="https://gull.example/"), rules) == ""
