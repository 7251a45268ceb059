"""Words that stand by a topic and that its keywords do not imply, each tried on whole articles."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from copydesk.judge import keywords, topics
from copydesk.judge.keywords import TopicSample
from copydesk.news import Article, Beat, Topic

Make = Callable[..., Article]
SEA = Topic(id="sea", name="Sea", keywords=("harbour", "fishing boat"))
LAND = Topic(id="land", name="Land", keywords=("meadow",), excluded=("lawn",))
BEAT = Beat(title="B", main_topic=False, topics=(SEA, LAND))


def samples(
    texts: dict[str, list[str]], *, event: str = "", publisher: str = ""
) -> Iterator[TopicSample]:
    """Yield a sample for each text on a topic, all of one event or publisher where that is said."""
    for topic, said in texts.items():
        for number, text in enumerate(said):
            yield TopicSample(
                key=f"{topic}-{number}",
                text=text,
                topics=frozenset({topic} - {""}),
                event=event or f"{topic}-{number}",
                publisher=publisher or f"{number % 3}.example",
            )


def found(texts: dict[str, list[str]], beat: Beat = BEAT, *names: str, **same: str) -> set[str]:
    """Return the words found for the first topic of some texts."""
    words = keywords.find_words(samples(texts, **same), beat, "en", names, 20)
    return {word.word for word in words.get(next(iter(texts)), ())}


NETS = [f"Old trawlers {verb} their nets again" for verb in ("lose", "mend", "sell", "cut")]
VERBS = "dry stack bale burn weigh rake sell cut lift tie"
HAY = [f"Farmers {verb} some hay" for verb in VERBS.split()]


def test_a_word_that_stands_by_a_topic_is_found_with_its_counts() -> None:
    texts = {"Sea": NETS, "Land": [*HAY, "The trawlers pass a field"]}

    words = keywords.find_words(samples(texts), BEAT, "en", (), 20)["Sea"]

    trawlers = next(word for word in words if word.word == "trawlers")
    assert (trawlers.topic, trawlers.on, trawlers.off) == ("Sea", 4, 1)
    assert set(trawlers.keys) == {"Sea-0", "Sea-1", "Sea-2", "Sea-3", "Land-10"}
    nets = next(word for word in words if word.word == "nets")
    assert nets.strength > trawlers.strength
    assert words.index(nets) < words.index(trawlers)


def test_a_phrase_stands_for_its_words_and_a_name_keeps_its_capitals() -> None:
    texts = {
        "Sea": [f"Skipper Ada Gull {verb} today" for verb in ("won", "lost", "ate")],
        "Land": HAY,
    }

    assert "Skipper Ada Gull" in found(texts)
    assert not {"Ada", "Gull", "Ada Gull"} & found(texts)


def test_the_stories_of_no_topic_have_their_words() -> None:
    assert "nets" in found({"": NETS, "Land": HAY})


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(replace(SEA, keywords=("net",)), id="a keyword's other form"),
        pytest.param(replace(SEA, aliases=("nets",)), id="an alias"),
        pytest.param(replace(SEA, translations=(("en", ("nets",)),)), id="a translation"),
        pytest.param(replace(SEA, excluded=("nets",)), id="an excluded word"),
        pytest.param(replace(SEA, keywords=("fishing net",)), id="a part of a keyword"),
        pytest.param(replace(SEA, dismissed=("net",)), id="a dismissed word's other form"),
    ],
)
def test_what_a_topic_knows_is_not_suggested(known: Topic) -> None:
    texts = {"Sea": NETS, "Land": HAY}

    assert "nets" in found(texts)
    assert "nets" not in found(texts, replace(BEAT, topics=(known, LAND)))


def test_a_keyword_of_another_topic_is_not_suggested_but_one_of_a_topic_above() -> None:
    texts = {"Sea": NETS, "Land": HAY}
    other = replace(LAND, keywords=("nets",))
    above = replace(SEA, parent="Land")

    assert "nets" not in found(texts, replace(BEAT, topics=(SEA, other)))
    assert "nets" in found(texts, replace(BEAT, topics=(above, other)))


def test_a_phrase_with_a_dismissed_word_in_it_is_another_word() -> None:
    texts = {"Sea": [f"Drift nets {verb} today" for verb in ("tear", "sink", "fill", "rot")]}
    texts["Land"] = HAY

    assert "Drift nets" in found(texts, replace(BEAT, topics=(replace(SEA, dismissed=("nets",)),)))


@pytest.mark.parametrize("events", [20, 60, 150])
def test_words_that_stand_anywhere_by_chance_are_not_suggested(events: int) -> None:
    """Each word is drawn for any story alike: what one topic has more of, it has by chance."""
    chance = random.Random(1)
    vocabulary = [f"{first}a{last}" for first in "bdfgklmnprst" for last in "bdfgklmnprst"]
    texts: dict[str, list[str]] = {"Sea": [], "Land": []}
    for number in range(events):
        texts["Land" if number % 3 else "Sea"].append(" ".join(chance.choices(vocabulary, k=12)))

    assert len(found(texts)) <= 1
    assert "nets" in found({"Sea": [*texts["Sea"], *NETS * 3], "Land": texts["Land"]})


def test_a_publisher_is_not_suggested() -> None:
    texts = {
        "Sea": [f"Heron Daily: ships {verb}" for verb in ("sail", "sink", "turn")],
        "Land": HAY,
    }

    assert "Heron Daily" in found(texts)
    assert "Heron Daily" not in found(texts, BEAT, "The Heron Daily")


def test_what_one_publisher_alone_says_is_not_suggested_where_there_are_several() -> None:
    own = [*samples({"Sea": NETS}, publisher="gull.example")]
    others = [*samples({"Land": HAY})]

    several = keywords.find_words([*own, *others], BEAT, "en", (), 20)
    alone = keywords.find_words(
        [replace(sample, publisher="gull.example") for sample in (*own, *others)],
        BEAT,
        "en",
        (),
        20,
    )

    assert not several["Sea"]
    assert "nets" in {word.word for word in alone["Sea"]}


def test_reports_on_one_event_say_a_word_once() -> None:
    one = [*samples({"Sea": NETS}, event="regatta")]

    words = keywords.find_words([*one, *samples({"Land": HAY})], BEAT, "en", (), 20)

    assert not words["Sea"]


def test_a_common_word_is_not_suggested() -> None:
    texts = {"Sea": [f"{said} and would not wasn't" for said in NETS], "Land": HAY}
    everywhere = {topic: [f"{said} anchors" for said in said_] for topic, said_ in texts.items()}

    words = {part for word in found(everywhere) for part in word.split()}

    assert "nets" in words
    assert not {"and", "would", "wasn", "anchors"} & words


@pytest.mark.parametrize("text", ["", "\u00b6", "' ' '", "漁船 漁船", "1 2 3", "nets " * 50_000])
def test_odd_texts_are_read(text: str) -> None:
    assert "nets" in found({"Sea": [*NETS, text], "Land": [*HAY, text]})


def test_no_stories_have_no_words() -> None:
    assert keywords.find_words([], BEAT, "en", (), 20) == {}


def test_a_keyword_is_tried_on_the_whole_article(make_article: Make) -> None:
    more = topics.with_keyword(BEAT, "Sea", "trawler")
    article = make_article(title="Trawlers", text="A trawler. A trawler.")

    effect = topics.try_keyword(article, BEAT, more, "Sea")

    assert (effect.is_won, effect.before, effect.lost) == (True, (), ())
    assert not topics.try_keyword(article, more, more, "Sea").is_won
    assert not topics.try_keyword(make_article(title="Hay"), BEAT, more, "Sea").is_won


def test_a_keyword_may_cost_another_topic(make_article: Make) -> None:
    more = topics.with_keyword(BEAT, "Sea", "trawler")
    article = make_article(
        title="Trawlers", text=f"The meadow. A meadow. {'A trawler. ' * 20}{'Plain words. ' * 90}"
    )

    assert topics.try_keyword(article, BEAT, more, "Sea").lost == ("Land",)


@pytest.mark.parametrize(("word", "can"), [("net", True), (" ", False), ("!", False), ("漁", True)])
def test_a_keyword_needs_something_to_look_for(word: str, can: bool) -> None:
    assert keywords.can_be_found(word, "en") is can
