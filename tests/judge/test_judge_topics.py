"""Topics of the `copydesk` profile: evidence by where it stands; from case files and by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.judge.topics import describe_miss, relevance
from copydesk.news import Article, Beat, Dropped, Story, Topic

CASES = sorted((Path(__file__).parents[1] / "cases" / "judge" / "topics").glob("*.toml"))
FILLER = "Plain words follow here. "
Make = Callable[..., Article]


def topic(values: dict[str, object]) -> Topic:
    """Make a topic of a case; its id is made of its name."""
    translations = values.get("translations") or {}
    assert isinstance(translations, dict)
    fields = {
        name: tuple(one) if isinstance(one, list) else one
        for name, one in values.items()
        if name != "translations"
    }
    return Topic(
        id=str(values["name"]).lower().replace(" ", "-"),
        translations=tuple((code, tuple(words)) for code, words in translations.items()),
        **fields,  # type: ignore[arg-type]  # the case names the fields
    )


def beat_of(*topics: Topic, **fields: object) -> Beat:
    """Return a beat whose main topic is the first."""
    return Beat(title="B", topic=topics[0].name, topics=topics, **fields)  # type: ignore[arg-type]


def article_of(case: dict[str, object], make_article: Make) -> Article:
    """Make the article of a case; `filler` more sentences follow its text."""
    fields = {name: tuple(one) if isinstance(one, list) else one for name, one in case.items()}
    filler = FILLER * int(str(fields.pop("filler", 0)))
    return make_article(**{**fields, "text": str(fields.get("text", "")) + filler})


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_article_has_the_topics_that_its_case_says(path: Path, make_article: Make) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    beat = beat_of(*map(topic, case["topic"]), locale=case.get("locale", "en-us"))
    outcome = judge.assess(article_of(case["article"], make_article), beat, shelves.MemoryShelf())
    expected = case["expected"]
    if "dropped" in expected:
        assert isinstance(outcome, Dropped)
        assert outcome.detail == expected["dropped"]
        return
    assert isinstance(outcome, Story)
    assert list(outcome.topics) == expected["topics"]
    told = [str(one) for one in outcome.reasons if one.about.startswith("topic")]
    assert told == expected["reasons"]


AI = Topic(id="ai", name="AI", keywords=("ai",))
COURT = Topic(id="court", name="Court", parent="AI", keywords=("court",))


def sure(article: Article, beat: Beat, name: str = "Court") -> int:
    """Return the confidence in a topic, 0 where it does not stand."""
    found = {match.topic: match.confidence for match in relevance(article, beat)}
    return found.get(name, 0)


def test_a_title_says_more_than_a_lede_and_a_lede_more_than_the_text(make_article: Make) -> None:
    beat = beat_of(COURT)
    long = FILLER * 200
    places = (
        make_article(title="The court", text=f"A court. {long}"),
        make_article(title="The", text=f"A court, the court. {long}"),
        make_article(title="The", text=f"{long} A court. A court. A court. A court."),
    )
    title, lede, text = (sure(article, beat) for article in places)
    assert title > lede > text


def test_what_is_said_again_and_again_is_what_a_text_is_about(make_article: Make) -> None:
    beat = beat_of(COURT)
    spread = make_article(text=(FILLER * 30 + "The court. ") * 8)
    assert sure(spread, beat) >= 50
    assert "8 times in text" in relevance(spread, beat)[0].why


def test_in_one_place_of_a_text_it_says_less_than_all_through_it(make_article: Make) -> None:
    beat = beat_of(COURT)
    text = FILLER * 100
    together = make_article(text=f"{text} {'The court. ' * 6}{text}")
    apart = make_article(text=(FILLER * 33 + "The court. ") * 6)
    assert sure(apart, beat) > sure(together, beat)


def test_a_text_of_twice_the_length_needs_more_of_it(make_article: Make) -> None:
    beat = beat_of(COURT)
    short = make_article(title="The court", text=(FILLER * 20 + "The court. ") * 2)
    long = make_article(title="The court", text=(FILLER * 200 + "The court. ") * 2)
    assert sure(short, beat) > sure(long, beat)


def test_a_page_names_its_subjects_by_section_and_tags(make_article: Make) -> None:
    beat = beat_of(COURT)
    assert sure(make_article(section="Court"), beat) == 45
    assert sure(make_article(keywords=("sea", "court cases")), beat) == 45
    [match] = relevance(make_article(keywords=("sea", "court cases")), beat)
    assert match.why == 'tag "court cases" (confidence 45)'


def test_a_name_of_a_topic_counts_in_section_and_tags_alone(make_article: Make) -> None:
    beat = beat_of(replace(COURT, name="Law", shortname="Courts", parent="", keywords=("judge",)))
    assert sure(make_article(section="Law"), beat, "Law") == 45
    assert sure(make_article(keywords=("courts",)), beat, "Law") == 45
    assert relevance(make_article(title="The law of courts"), beat) == ()


def test_a_section_that_only_the_address_tells_is_no_evidence(make_article: Make) -> None:
    article = make_article(section="Court", origins={"section": "address"})
    assert relevance(article, beat_of(COURT)) == ()


def test_neither_the_address_nor_the_sources_name_is_evidence(make_article: Make) -> None:
    article = make_article("court/court", source="https://court.example/court.xml")
    assert relevance(article, beat_of(COURT)) == ()


def test_a_topic_brings_those_above_it(make_article: Make) -> None:
    between = Topic(id="law", name="Law", parent="AI")
    beat = beat_of(AI, between, replace(COURT, parent="Law"))
    found = relevance(make_article(title="The court hears an AI", text="A court."), beat)
    assert {match.topic: match.why for match in found} == {
        "Court": '"court" in title, once in text (confidence 87)',
        "AI": '"ai" in title (confidence 72)',
        "Law": "parent topic of Court",
    }


def test_a_parent_that_is_no_topic_is_not_brought(make_article: Make) -> None:
    found = relevance(make_article(title="The court"), beat_of(replace(COURT, parent="Law")))
    assert [match.topic for match in found] == ["Court"]


def test_a_topic_below_the_main_one_without_a_word_of_it_is_weak(make_article: Make) -> None:
    beat = beat_of(AI, COURT)
    alone = make_article(title="A word", text="The court. ")
    assert relevance(alone, beat) == ()
    assert describe_miss(alone, beat).endswith(
        "; confidence 30 is needed, and no keyword of AI occurs"
    )
    assert relevance(replace(alone, text="The court. An AI."), beat) != ()
    assert relevance(replace(alone, keywords=("AI",)), beat) != ()


def test_a_main_topic_without_keywords_asks_for_none(make_article: Make) -> None:
    beat = beat_of(replace(AI, keywords=("", "  ", "-")), COURT)
    assert sure(make_article(title="The court"), beat) == 72


def test_what_half_an_article_is_about_outweighs_what_it_mentions(make_article: Make) -> None:
    sport = Topic(id="sport", name="Sport", parent="News", keywords=("match", "goal", "team"))
    beat = beat_of(Topic(id="news", name="News"), sport, replace(COURT, parent="News"))
    text = "The court. The court. "
    assert sure(make_article(text=text), beat) >= 50
    much = "A match, a goal, a team. A team and a goal. " * 3
    article = make_article(title="A goal in the match", text=text + much)
    assert [match.topic for match in relevance(article, beat)] == ["Sport", "News"]


def test_a_word_inside_a_longer_keyword_of_another_topic_is_not_meant(make_article: Make) -> None:
    war = Topic(id="war", name="War", parent="News", keywords=("war",))
    trade = Topic(id="trade", name="Trade", parent="News", keywords=("trade war",))
    news = Topic(id="news", name="News")
    article = make_article(title="Trade war goes on")
    assert "War" not in {one.topic for one in relevance(article, beat_of(news, war, trade))}
    # one above the other is meant, too
    kin = beat_of(news, replace(war, parent="News"), replace(trade, parent="War"))
    assert "War" in {one.topic for one in relevance(article, kin)}


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"title": "Boats"}, "no keyword of any topic in the article"),
        (
            {"text": FILLER * 200 + "An AI."},
            'nearest topic AI: "ai" once in text (confidence 5); confidence 30 is needed',
        ),
        ({"excerpt": "A court."}, None),
    ],
)
def test_what_is_off_the_beat_is_told_what_it_lacks(
    fields: dict[str, str], detail: str | None, make_article: Make
) -> None:
    beat = beat_of(AI, replace(COURT, parent=""))
    outcome = judge.assess(make_article(**fields), beat, shelves.MemoryShelf())
    assert isinstance(outcome, Dropped)
    assert outcome.detail == (
        detail or 'nearest topic Court: "court" in lede (confidence 30); confidence 50 is needed'
    )


TERMS = replace(
    COURT, name="C", parent="", required=("judge", "jury"), excluded=("tennis", "basketball court")
)


@pytest.mark.parametrize(
    ("fields", "confidence"),
    [
        ({"title": "Court and judge"}, 72),
        ({"title": "Court", "text": FILLER * 90 + "The jury."}, 55),
        ({"title": "Court"}, 0),
        ({"title": "Court, jury, tennis"}, 0),
        ({"title": "Court, jury", "excerpt": "Tennis."}, 0),
        ({"title": "Court, jury", "excerpt": "A basketball court."}, 0),
        ({"title": "Court, jury", "text": FILLER * 90 + "Tennis."}, 37),  # a third less
    ],
)
def test_required_words_must_stand_somewhere_and_excluded_ones_not_up_front(
    fields: dict[str, str], confidence: int, make_article: Make
) -> None:
    article = make_article(**fields)
    beat = beat_of(AI, TERMS)
    found = relevance(article, beat)
    if confidence >= 50:
        assert [(one.topic, one.confidence) for one in found] == [("C", confidence)]
    else:
        assert found == ()
        assert f"(confidence {confidence})" in describe_miss(article, beat)


def test_the_reason_names_what_forbids_a_topic(make_article: Make) -> None:
    beat = beat_of(AI, TERMS)
    assert "none of its required words (confidence 0)" in describe_miss(
        make_article(title="Court"), beat
    )
    excluded = describe_miss(make_article(title="Court jury tennis"), beat)
    assert 'excluded "tennis" in title (confidence 0)' in excluded


WAR = Topic(
    id="war",
    name="War",
    keywords=("war", "army"),
    aliases=("NATO",),
    translations=(("de", ("krieg", "armee")), ("zh", ("战争",)), ("ru", ("война",))),
)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "The armies of the world"),
        ("", "The armies of the world"),
        ("de", "Krieg und kein Ende"),
        ("de-AT", "Krieg und kein Ende"),
        ("de", "Alle Armeen der Welt"),
        ("zh", "两国战争爆发"),
        ("ru", "Новости о войне"),
        ("de", "Gipfel der NATO"),
        ("fr", "Le sommet de la NATO"),
        ("fr", "Le mot army en anglais"),  # no words of that language: those of the site's
    ],
)
def test_an_article_is_asked_in_its_own_language(
    language: str, title: str, make_article: Make
) -> None:
    assert sure(make_article(title=title, language=language), beat_of(WAR), "War") == 72


@pytest.mark.parametrize(
    ("language", "title"),
    [("de", "Das war nie so"), ("en", "Krieg, a word"), ("", "Krieg"), ("fr", "Armee")],
)
def test_a_word_of_another_language_is_another_word(
    language: str, title: str, make_article: Make
) -> None:
    assert relevance(make_article(title=title, language=language), beat_of(WAR)) == ()


def test_the_sites_own_language_is_that_of_its_keywords(make_article: Make) -> None:
    beat = beat_of(
        Topic(id="k", name="K", keywords=("krieg",), translations=(("en", ("war",)),)),
        locale="de-de",
    )
    assert sure(make_article(title="Der Krieg", language="de"), beat, "K") == 72
    assert sure(make_article(title="At war", language="en"), beat, "K") == 72
    assert relevance(make_article(title="Der Krieg", language="en"), beat) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "court"},
        {"title": "court", "text": "court " * 50_000},
        {"title": "人工court知能", "text": "суд court 法院 ศาล " * 500},
        {"title": "\ud800 court \x00", "text": "\ufffe"},
        {"text": "a-" * 100_000},
        {"text": "A." * 100_000},
        {"text": "'" * 100_000},
        {"keywords": ("court",) * 5_000, "section": "x" * 10_000},
    ],
)
def test_any_article_is_judged(fields: dict[str, object], make_article: Make) -> None:
    assert isinstance(relevance(make_article(**fields), beat_of(AI, COURT)), tuple)


def test_topics_without_words_never_stand(make_article: Make) -> None:
    blank = [replace(COURT, id=name, name=name, keywords=words) for name, words in BLANK.items()]
    article = make_article(title="( - ) court", text="no words -- here ( ) \u00a0")
    assert relevance(article, beat_of(*blank)) == ()


BLANK = {"none": (), "empty": ("",), "blanks": ("  ", "\u00a0"), "signs": ("-", "(", "\u2014")}


@pytest.mark.parametrize(("kind", "is_sure"), [("video", True), ("article", False)])
def test_a_videos_description_need_not_come_back_to_its_headline(
    make_article: Make, kind: str, is_sure: bool
) -> None:
    coast = Topic(id="coast", name="Coast")
    seals = Topic(id="seals", name="Seals", parent="Coast", keywords=("seals",))
    article = make_article(title="Seals", type=kind, text=FILLER * 60, excerpt="")

    story = judge.assess(article, beat_of(coast, seals), shelves.MemoryShelf())

    assert isinstance(story, Story)
    told = " ".join(one.why for one in story.reasons if one.about == "topic Seals")
    assert ("(confidence 72)" in told) is is_sure
