"""Consequence: which words tell what is at stake, and which only look like them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Story

Make = Callable[..., Article]

SENTENCE = "The harbour master drew a plan of the ferries and hung it on the wall. "
# words of consequence, each once
STAKES = (
    "An AI killed the engine; victims were rescued as police and a judge opened an inquiry. "
    "The government, parliament and voters want new laws, sanctions, a tax and a treaty. "
    "Prices rose, jobs went, investors fled, exports fell, a bank failed in the crisis. "
    "A study, an experiment, a survey and a professor gave evidence on the fire and the flood. "
)
TWO = {
    "en": "police court",
    "de": "Polizei Krieg",
    "fr": "police tribunal",
    "es": "policía tribunal",
}


def filed(article: Article, beat: Beat) -> Story:
    story = judge.assess(article, beat, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def stakes(article: Article, beat: Beat) -> int:
    """Return the points for the words of consequence in the text."""
    told = [one for one in filed(article, beat).reasons if "important terms in the text" in one.why]
    return sum(one.points or 0 for one in told)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("", 0),
        ("police", 0),
        ("police court", 5),
        ("police police police court court", 5),
        ("killed killing kills court", 5),
        ("law laws war wars bank banks", 5),
        ("police court killed inflation", 10),
    ],
)
def test_each_word_of_consequence_counts_once_in_any_form(
    words: str, points: int, make_article: Make, beat: Beat
) -> None:
    assert stakes(make_article(title="A chatbot", text=f"{SENTENCE} {words}."), beat) == points


def test_words_of_consequence_have_an_end(make_article: Make, beat: Beat) -> None:
    once, often = (make_article(title="AI", text=f"{STAKES} " * times) for times in (1, 500))
    assert stakes(once, beat) == stakes(often, beat) == 35


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Polizei ermittelt, das Gericht urteilt, die Regierung schweigt."),
        ("fr", "La police enquête, le tribunal juge, le gouvernement se tait."),
        ("es", "La policía investiga, el tribunal condena, el gobierno calla: hay víctimas."),
    ],
)
def test_consequence_is_known_in_other_languages(
    language: str, text: str, make_article: Make, beat: Beat
) -> None:
    article = make_article(title="AI", text=text, language=language)
    assert stakes(article, beat) >= 5
    assert stakes(article, beat) > stakes(replace(article, language="en"), beat)


@pytest.mark.parametrize(
    ("language", "word", "does"),
    [
        ("en", "imports", True),
        ("en", "important", False),
        ("en", "experts", True),
        ("en", "expertly", False),
        ("en", "stabbed", True),
        ("en", "stability", False),
        ("en", "accused", True),
        ("en", "accustomed", False),
        ("en", "fined", True),
        ("en", "a fine day", False),
        ("en", "courtesy", False),
        ("en", "manufacturing", True),
        ("en", "stockings", False),
        ("en", "government\u2019s", True),
        ("de", "Importe", True),
        ("de", "importantem", False),
        ("de", "Gesetze", True),
        ("de", "gesetzt", False),
        ("de", "Schüsse", True),
        ("de", "Schüssel", False),
        ("de", "Bundesrat", True),
        ("de", "Bundesliga", False),
        ("de", "gekriegt kriegt", False),
        ("fr", "l\u2019attaque", True),
        ("fr", "d'État", True),
        ("fr", "le parti", True),
        ("fr", "participer", False),
        ("fr", "importations", True),
        ("fr", "importante", False),
        ("fr", "le viol", True),
        ("fr", "le violon", False),
        ("es", "importaciones", True),
        ("es", "importante", False),
        ("es", "precios", True),
        ("es", "preciosa", False),
    ],
)
def test_a_word_counts_by_what_it_means_and_not_by_its_first_letters(
    language: str, word: str, does: bool, make_article: Make, beat: Beat
) -> None:
    two = f"{TWO[language]} {word}."
    story = filed(make_article(title="Chatbot", text=two, language=language), beat)
    assert any(f"{2 + does} important terms in the text" in one.why for one in story.reasons)


@pytest.mark.parametrize(
    ("language", "title", "state"),
    [
        ("en", "AI talks with Iran", "Iran"),
        ("en", "AI and the U.S. Navy", "US"),
        ("en", "AI helps US farms", "US"),
        ("en", "AI helps us", ""),
        ("en", "EU drafts AI rules", "EU"),
        ("en", "AI for a turkey farm", ""),
        ("en", "AI knows who did it, WHO says", "WHO"),
        ("de", "KI für türkische Häfen", "türkische"),
        ("de", "KI in der Türkei", "Türkei"),
        ("de", "KI im Hafen", ""),
        ("fr", "Une IA pour l\u2019armée française", "française"),
        ("fr", "L\u2019IA d\u2019Israël", "Israël"),
        ("fr", "Une IA au port", ""),
        ("es", "IA para puertos chinos", "chinos"),
        ("es", "La IA de Siria", "Siria"),
        ("es", "Una IA en el puerto", ""),
        ("ru", "AI in Iran", ""),
    ],
)
def test_a_headline_that_names_a_state_concerns_a_country(
    language: str, title: str, state: str, make_article: Make, beat: Beat
) -> None:
    text = f"AI, AI and artificial intelligence. {SENTENCE}"
    story = filed(make_article(title=title, text=text, language=language), beat)
    told = [one for one in story.reasons if one.why.startswith("names a country")]
    assert [one.why for one in told] == [f'names a country: "{state}" in title'] * bool(state)
    assert all(one.points == 8 for one in told)


def test_a_state_is_nothing_to_what_is_off_the_beat(make_article: Make, beat: Beat) -> None:
    beat = replace(beat, scoring=replace(beat.scoring, off_beat="keep"))
    story = filed(make_article(title="Iran bakes bread", text=SENTENCE), beat)
    assert not any("country" in one.why for one in story.reasons)
