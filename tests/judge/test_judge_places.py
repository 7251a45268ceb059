"""Topics that are countries, kinds of topics, and words that are no evidence for a topic."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from babel.core import Locale

from copydesk import judge
from copydesk.judge import shelves
from copydesk.judge.topics import find_changed_words, relevance
from copydesk.news import Article, Beat, Dropped, ReasonKind, Story, Topic
from copydesk.news.beat import Scoring

Make = Callable[..., Article]
TABLES = Path(judge.__file__).parent / "topics" / "tables" / "places"
TRADE = Topic(id="trade", name="Trade", keywords=("tariff", "export", "trade deal"))
BANKS = Topic(id="banks", name="Banks", keywords=("bank", "lender"))
STAGE = Topic(id="stage", name="Stage", keywords=("show", "play"))


def place(code: str, **fields: object) -> Topic:
    """Return a topic that is a country."""
    return Topic(id=code, name=f"In {code}", place=code, **fields)  # type: ignore[arg-type]


def general(*topics: Topic, **fields: object) -> Beat:
    """Return a beat on which no topic is above the others."""
    return Beat(title="B", main_topic=False, topics=topics, **fields)  # type: ignore[arg-type]


def found(article: Article, *topics: Topic) -> list[str]:
    return [match.topic for match in relevance(article, general(*topics))]


@pytest.mark.parametrize(
    ("code", "title", "language"),
    [
        ("CN", "China plans a port", "en"),
        ("CN", "Beijing plans a port", "en"),
        ("CN", "A Chinese port", "en"),
        ("CN", "Chinesische Häfen wachsen", "de"),
        ("CN", "Der Hafen der chinesischen Stadt", "de"),
        ("CN", "Un port chinois", "fr"),
        ("CN", "Un puerto chino", "es"),
        ("RU", "Порты России", "ru"),
        ("CN", "中国的港口", "zh"),
        ("US", "U.S. plans a port", "en"),
        ("US", "US PLANS A PORT IN MAY", "en"),
        ("US", "EE.UU. planea un puerto", "es"),
        ("EU", "The EU plans a port", "en"),
        ("MM", "Burma plans a port", "en"),
        ("KR", "South Korea plans a port", "en"),
        ("PS", "A port for the West Bank", "en"),
    ],
)
def test_a_place_is_found_by_its_names(
    code: str, title: str, language: str, make_article: Make
) -> None:
    article = make_article(title=title, language=language)
    if title.isupper():  # an abbreviation proves nothing there
        assert [] == found(article, place(code))
    else:
        assert [f"In {code}"] == found(article, place(code))


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("CN", "Her best china for the port"),
        ("TR", "A turkey in the port"),
        ("TR", "Turkey in the port"),
        ("GE", "A port in Georgia"),
        ("JO", "Jordan wins at the port"),
        ("TD", "Chad sees the port"),
        ("US", "Let us see the port"),
        ("US", "A port at the US Open"),
        ("US", "Washington Post on the port"),
        ("US", "Latin American ports"),
        ("IT", "IT in the port"),
        ("IN", "A port IN the south"),
        ("IS", "A port IS built"),
        ("KR", "North Korea plans a port"),
        ("GN", "A port in Papua New Guinea"),
    ],
)
def test_a_word_that_means_something_else_is_no_place(
    code: str, title: str, make_article: Make
) -> None:
    assert [] == found(make_article(title=title), place(code))


@pytest.mark.parametrize(
    ("code", "title", "witness"),
    [("GE", "A port in Georgia", "Tbilisi"), ("JO", "Jordan's port", "Amman"),
     ("TR", "Turkey plans a port", "Turkish")],
)  # fmt: skip
def test_a_doubtful_name_counts_beside_a_second_one(
    code: str, title: str, witness: str, make_article: Make
) -> None:
    article = make_article(title=title, text=f"So says the {witness} paper.")
    assert [f"In {code}"] == found(article, place(code))


def test_a_place_and_a_subject_do_not_compete(make_article: Make) -> None:
    article = make_article(
        title="China, China and China again",
        text="China raises a tariff on each export. A trade deal. "
        + "The Chinese capital Beijing, China. " * 20,
    )
    china = place("CN", kind="place")
    alone = {match.topic: match.confidence for match in relevance(article, general(TRADE))}
    rivals = {match.topic for match in relevance(article, general(TRADE, china))}
    kinds = relevance(article, general(replace(TRADE, kind="subject"), china))

    assert {"In CN"} == rivals
    assert alone["Trade"] == {match.topic: match.confidence for match in kinds}["Trade"]
    assert {"In CN", "Trade"} == {match.topic for match in kinds}


def test_a_place_in_a_subjects_words_counts_for_both(make_article: Make) -> None:
    trade = replace(TRADE, keywords=("chinese exports",), kind="subject")
    article = make_article(title="Chinese exports rise")
    assert {"Trade", "In CN"} == set(found(article, trade, place("CN", kind="place")))
    assert ["Trade"] == found(article, replace(trade, kind=""), place("CN"))


def test_a_place_below_the_main_topic_puts_nothing_on_the_beat_alone(make_article: Make) -> None:
    bees = Topic(id="bees", name="Bees", keywords=("bee",))
    beat = Beat(title="B", topic="Bees", topics=(bees, place("CN", parent="Bees")))
    alone = make_article(title="China and Beijing", text="China. " * 9)
    both = make_article(title="A bee in China", text="The bee in China. " * 9)

    assert () == relevance(alone, beat)
    assert {"Bees", "In CN"} == {match.topic for match in relevance(both, beat)}


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        (BANKS, "Soldiers in the West Bank"),
        (BANKS, "Readers on the Left Bank"),
        (STAGE, "Figures show a rise"),
        (STAGE, "He will play for time"),
    ],
)
def test_a_verb_or_part_of_a_name_is_no_evidence(
    topic: Topic, title: str, make_article: Make
) -> None:
    assert [] == found(make_article(title=title), topic)


def test_a_longer_name_is_of_no_topic_whatever_their_kinds(make_article: Make) -> None:
    article = make_article(title="Soldiers in the West Bank")
    banks = replace(BANKS, kind="subject")
    assert ["In PS"] == found(article, banks, place("PS", kind="place"))
    assert [] == found(article, banks, place("PT", kind="place"))


@pytest.mark.parametrize(
    ("topic", "title"), [(BANKS, "The bank on the left"), (STAGE, "A show for all")]
)
def test_the_same_word_as_a_noun_is_evidence(topic: Topic, title: str, make_article: Make) -> None:
    assert [topic.name] == found(make_article(title=title), topic)


def test_a_section_that_a_whole_article_does_not_bear_out_is_no_evidence(
    make_article: Make,
) -> None:
    football = Topic(id="football", name="Football", keywords=("goal", "striker"))
    phones = "The maker sells phones in many shops of the town. " * 20
    one_goal, goals = "Its goal is growth. " + phones, "A goal. A goal by the striker. " + phones

    def sure(text: str) -> list[int]:
        article = make_article(title="Phones", section="Football", text=text)
        return [match.confidence for match in relevance(article, general(football))]

    assert [] == sure(one_goal)
    assert sure(goals)


def test_a_new_place_and_a_new_kind_are_tried_on_the_right_articles() -> None:
    before = general(TRADE)
    assert find_changed_words(before, general(replace(TRADE, kind="subject")), "en") is None
    changed = find_changed_words(before, general(replace(TRADE, place="CN")), "en")
    assert changed is not None
    assert changed.may_touch(" beij a ")
    assert not changed.may_touch(" honey ")


# Near the beat.

NEAR = Scoring(near_beat=True)
MAKERS = Topic(id="makers", name="Makers", keywords=("OpenAI", "chip maker"))


def judged(article: Article, beat: Beat) -> Story | Dropped:
    return judge.assess(article, beat, shelves.MemoryShelf())


def near(article: Article, *topics: Topic) -> str:
    """Return why an article is held as near the beat, or why it is dropped."""
    outcome = judged(article, general(*topics, scoring=NEAR))
    if isinstance(outcome, Dropped):
        return outcome.reason
    assert not outcome.topics
    assert not outcome.published
    return next(str(one) for one in outcome.reasons if one.kind is ReasonKind.NEAR_BEAT)


def test_a_story_that_only_names_something_of_a_topic_is_held(make_article: Make) -> None:
    said = "OpenAI has an office there. He has never been to the office of OpenAI. "
    text = "The baker sells bread. " * 120 + said
    article = make_article(title="A bakery opens", text=text)

    assert near(article, MAKERS) == (
        'held: matches no topic, but names "OpenAI" of the topic Makers'
    )
    assert isinstance(judged(article, general(MAKERS)), Dropped)
    assert near(replace(article, text=text.replace("OpenAI", "The rival")), MAKERS) == "off-beat"
    assert near(replace(article, text=text.replace("OpenAI", "A chip maker")), MAKERS) == "off-beat"


def test_a_place_is_near_the_beat_in_the_headline_alone(make_article: Make) -> None:
    bees = Topic(id="bees", name="Bees", keywords=("bee",))
    below = place("CN", parent="Bees")
    beat = Beat(title="B", topic="Bees", topics=(bees, below), scoring=NEAR)
    named = judged(make_article(title="A bakery in Beijing", text="Bread. " * 90), beat)
    passing = judged(make_article(title="A bakery", text="Bread. " * 90 + "China. China."), beat)

    assert isinstance(named, Story)
    assert 'held: matches no topic, but names "Beijing" of the topic In CN' in map(
        str, named.reasons
    )
    assert isinstance(passing, Dropped)


def test_a_story_near_the_beat_is_told_from_its_findings_too(make_article: Make) -> None:
    article = make_article(title="A bakery opens", text="Bread. " * 200 + "OpenAI. " * 2)
    for scoring in (NEAR, Scoring(), Scoring(near_beat=True, off_beat="keep")):
        beat = general(MAKERS, scoring=scoring)
        findings = judge.examine_article(article, beat)
        assert judge.appraise(article, beat) == judge.appraise_findings(article, findings, beat)
    kept = judged(article, general(MAKERS, scoring=Scoring(near_beat=True, off_beat="keep")))
    assert isinstance(kept, Story)
    assert ReasonKind.NEAR_BEAT not in {reason.kind for reason in kept.reasons}


def test_the_tables_of_places_name_countries_once() -> None:
    known = Locale("en").territories
    codes = []
    for file in sorted(TABLES.glob("*.toml")):
        rows = tomllib.loads(file.read_text("utf-8"))
        rows.pop("weak"), rows.pop("longer")
        codes.append(set(rows))
        assert set() == set(rows) - set(known)
        for code, names in rows.items():
            assert len(names) == len(set(names)), (file.name, code)
            assert {code, "IT", "IN", "IS"}.isdisjoint(set(names) - {"US", "EU", "UN"}), code
    assert len(codes) == 4
    assert len(codes[0]) >= 60
    assert all(codes[0] == other for other in codes)
