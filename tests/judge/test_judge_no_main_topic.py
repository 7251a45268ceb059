"""A beat of several topics and none above them: what is about any of them is on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.judge.topics import describe_miss, relevance
from copydesk.news import Article, Beat, Dropped, Source, Story, Topic
from copydesk.news.beat import Scoring

from .conftest import OFFICIAL

Make = Callable[..., Article]
BEES = Topic(id="bees", name="Bees", keywords=("bee", "swarm"))
HONEY = Topic(id="honey", name="Honey", keywords=("honey",))
MEAD = Topic(id="mead", name="Mead", parent="Honey", keywords=("mead",))


@pytest.fixture
def beat() -> Beat:
    return Beat(
        title="B",
        main_topic=False,
        topics=(BEES, HONEY, MEAD),
        sources=(Source(url=OFFICIAL, name="The Lab", official=True),),
    )


def topics(article: Article, beat: Beat) -> list[str]:
    return [match.topic for match in relevance(article, beat)]


def test_a_topic_stands_by_its_own_words(make_article: Make, beat: Beat) -> None:
    article = make_article(title="A swarm of bees", text="The bee. The swarm.")

    outcome = judge.assess(article, beat, shelves.MemoryShelf())

    assert isinstance(outcome, Story)
    assert outcome.topics == ("Bees",)


def test_a_topic_brings_those_above_it(make_article: Make, beat: Beat) -> None:
    article = make_article(title="Mead for all", text="The mead. The mead.")

    assert topics(article, beat) == ["Mead", "Honey"]


def test_no_story_loses_points_for_a_word_of_a_main_topic(make_article: Make, beat: Beat) -> None:
    article = make_article(title="A swarm of bees", text="The bee. The swarm. " * 20)

    below_honey = (replace(BEES, parent="Honey"), HONEY)
    below = replace(beat, main_topic=True, topic="Honey", topics=below_honey)
    with_main = judge.assess(article, below, shelves.MemoryShelf())
    without = judge.assess(article, beat, shelves.MemoryShelf())

    assert isinstance(with_main, Story)
    assert isinstance(without, Story)
    assert (with_main.quality or 0) < (without.quality or 0)


def test_in_everyday_the_words_of_the_text_give_the_topics_then(
    make_article: Make, beat: Beat
) -> None:
    old = replace(beat, scoring=Scoring(profile="everyday"))

    def topics_of(**fields: str) -> tuple[str, ...]:
        outcome = judge.assess(make_article(**fields), old, shelves.MemoryShelf())
        assert isinstance(outcome, Story)
        return outcome.topics

    assert topics_of(title="A swarm", text="Honey.") == ("Bees",)
    assert topics_of(title="A day", text="Honey and mead.") == ("Honey", "Mead")


def test_what_is_nearly_about_one_topic_is_on_it(make_article: Make, beat: Beat) -> None:
    assert topics(make_article(section="Bees"), beat) == ["Bees"]


def test_where_one_stands_what_is_nearly_there_does_not(make_article: Make, beat: Beat) -> None:
    article = make_article(title="Mead for all", text="The mead. The mead.", section="Bees")

    assert "Bees" not in topics(article, beat)


def test_what_is_off_the_beat_says_what_was_needed(make_article: Make, beat: Beat) -> None:
    text = "Plain words follow here. " * 200
    article = make_article(text=f"{text} A bee. {text}")

    outcome = judge.assess(article, beat, shelves.MemoryShelf())

    assert isinstance(outcome, Dropped)
    assert outcome.detail.startswith('nearest topic Bees: "bee" once in text')
    assert outcome.detail.endswith("; confidence 30 is needed")


def test_an_official_source_is_about_no_topic_by_that_alone(make_article: Make, beat: Beat) -> None:
    article = make_article(source=OFFICIAL)

    assert isinstance(judge.assess(article, beat, shelves.MemoryShelf()), Dropped)
    sure = replace(beat, sources=(replace(beat.sources[0], topics=("Bees",)),))
    assert topics(article, sure) == ["Bees"]


FILLER = "Plain words follow here. " * 50


def test_one_mention_of_one_word_in_a_whole_article_is_no_topic(
    make_article: Make, beat: Beat
) -> None:
    assert not topics(make_article(text=f"A bee flew by. {FILLER}"), beat)
    assert not topics(make_article(excerpt="A bee flew by.", text=FILLER), beat)
    assert not topics(make_article(excerpt="A bee.", text=f"A bee. {FILLER}"), beat)  # the same one
    # another word, another mention, the page's own word, the headline: each is one witness more
    assert topics(make_article(text=f"A bee left the swarm. {FILLER}"), beat) == ["Bees"]
    assert topics(make_article(text=f"A bee. A bee. {FILLER}"), beat) == ["Bees"]
    assert topics(make_article(text=f"A bee. {FILLER}", keywords=("bees",)), beat) == ["Bees"]
    assert topics(make_article(title="Bees", text=FILLER), beat) == ["Bees"]


def test_one_mention_is_enough_for_a_brief(make_article: Make, beat: Beat) -> None:
    assert topics(make_article(text="A bee flew by. Plain words follow here."), beat) == ["Bees"]


def test_a_topic_beside_a_stronger_one_is_mentioned_on_the_way(
    make_article: Make, beat: Beat
) -> None:
    """Without a main topic the news is divided; below one parent, topics come together."""
    article = make_article(
        title="A swarm of bees", text=f"The swarm. The bees. Honey, honey. {FILLER} Honey."
    )
    siblings = replace(beat, topics=tuple(replace(topic, parent="Farm") for topic in beat.topics))

    assert topics(article, beat) == ["Bees"]
    assert topics(article, siblings) == ["Bees", "Honey"]


def test_what_a_story_has_five_words_for_is_one_of_its_sides(
    make_article: Make, beat: Beat
) -> None:
    words = ("comb", "nectar", "wax", "jar", "spoon")
    wide = replace(beat, topics=(BEES, replace(HONEY, keywords=words)))
    rest = "Plain words follow here. " * 25

    def topics_with(count: int) -> list[str]:
        """Return the topics of an article with so many words of honey, in as many places."""
        said = [words[at % count] for at in range(5)]
        text = f"The bees. A swarm. {rest.join(f'A {word}. ' for word in said)}"
        return topics(make_article(title="A swarm of bees", text=text), wide)

    assert topics_with(4) == ["Bees"]
    assert topics_with(5) == ["Bees", "Honey"]


def test_a_miss_for_one_word_says_so(make_article: Make, beat: Beat) -> None:
    article = make_article(excerpt="A bee flew by.", text=f"A bee. {FILLER}")

    miss = describe_miss(article, beat)

    assert miss.startswith('nearest topic Bees: "bee" in lede, once in text (confidence 51)')
    assert miss.endswith("; one mention of a keyword is not enough")
