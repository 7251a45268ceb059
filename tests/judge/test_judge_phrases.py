"""Many keywords in one pass: whole words, their forms, and nothing that only looks like them."""

from __future__ import annotations

import pytest

from copydesk.judge.phrases import PhraseMatch, Phrases
from copydesk.judge.words import tokenize


def stands(keyword: str, text: str, language: str = "en") -> bool:
    return any(Phrases([keyword], language).find(tokenize(text)))


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("ai", "AI writes the news"),
        ("ai", "An AI-powered desk"),
        ("ai", "Is it (AI)?"),
        ("ai", "AI’s second winter"),
        ("ai", "AI/robots"),
        ("ai", "Two AIs"),
        ("LLM", "Two LLMs"),
        ("gpu", "GPUs are scarce"),
        ("c++", "Why C++ lives"),
        (".net", "What .NET is now"),
        ("EU", "The EU’s vote"),
        ("NATO", "nato meets"),
        ("u.s. senate", "The US Senate"),
        ("us senate", "The U.S. Senate"),
        ("U.S.", "The US votes"),
        ("a.i.", "A.I. and AI"),
        ("model-driven app", "Model driven apps arrive"),
        ("model driven app", "A model‑driven app"),
        ("women's rights", "Women’s rights"),
        ("workers' rights", "workers’ rights"),
        ("womens rights", "womens rights"),
        ("nation’s capital", "the nation's capital"),
        ("ai rules", "New AI\nrules"),
        ("são paulo", "Sao Paulo"),
        ("erdogan", "Erdoğan"),
        ("naïve bayes", "nai\u0308ve Bayes explained"),
        ("KÜNSTLICHE", "künstliche"),
        ("straße", "STRASSE"),
    ],
)
def test_a_keyword_stands_in_any_spelling(keyword: str, text: str) -> None:
    assert stands(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("ai", "Baidu said the email was in training"),
        ("ai", "See https://site.example/ai/news and www.example.com/ai"),
        ("ai", "Write to desk@open.ai"),
        ("EU", "eu sou brasileiro"),
        ("U.S.", "It tells us"),
        ("u.s.", "It tells us"),
        ("IT", "It is so"),
        ("ai act", "AI: act now"),
        ("ai act", "The AI. Act now"),
        ("ma", "má"),
        ("mcdonald's", "Mr McDonald said"),
        ("c++", "Why C lives"),
        ("chatbot", "chat bot"),
        ("", "anything"),
        (" - ", "anything - at all"),
    ],
)
def test_a_keyword_does_not_stand_in_what_is_another_word(keyword: str, text: str) -> None:
    assert not stands(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("regulate", "regulates, regulated"),
        ("regulate", "regulation"),
        ("regulation", "They regulate it"),
        ("regulating ai", "It regulates AI"),
        ("protect forests", "the protection of it: protecting forests"),
        ("elect judges", "judges are elected: election judges"),
        ("arrested", "police arrest and make arrests"),
        ("derailed", "a tram derails"),
        ("programming", "programmed"),
        ("arts", "art"),
        ("portals", "A portal opens"),
        ("chatbot", "Chatbots everywhere"),
        ("policy", "Policies"),
        ("city", "Cities"),
        ("app", "Apps"),
        ("tax", "Taxes"),
        ("train crash", "trains crashed"),
    ],
)
def test_a_keyword_stands_in_its_inflected_forms(keyword: str, text: str) -> None:
    assert stands(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("organ", "organization, organic, organize"),
        ("organization", "an organ"),
        ("universe", "university, universal"),
        ("general", "generation"),
        ("policy", "police"),
        ("new", "news"),
        ("news", "new"),
        ("recess", "recession"),
        ("success", "succession"),
        ("import", "important"),
        ("engine", "engineering"),
        ("state", "station"),
        ("market", "marketing, marketed"),  # alone, a short word is a noun
        ("train", "training"),
        ("programming", "a program, some programs, programmes"),  # the doing is not the thing
        ("manufacturing", "manufacture"),
        ("arm", "army, armed"),
        ("war", "ward, warn"),
        ("NATO", "Natos"),
        ("GATE", "Gates"),  # in capitals: as it is
        ("gpt4", "gpt4s"),
    ],
)
def test_a_keyword_does_not_stand_in_words_of_the_same_stem(keyword: str, text: str) -> None:
    assert not stands(keyword, text)


@pytest.mark.parametrize(
    ("language", "keyword", "text"),
    [
        ("de", "künstliche intelligenz", "der künstlichen Intelligenz"),
        ("de", "krankenhaus", "Krankenhäuser"),
        ("de", "regulierung", "Regulierungen"),
        ("de", "gründer", "Gründern"),
        ("de", "regierung", "die Landesregierungen"),  # a compound is what it ends in
        ("nl", "regering", "de deelregering"),
        ("sv", "regeringen", "minoritetsregeringen"),
        ("de", "grüne", "ein grüner Minister"),
        ("fr", "intelligence artificielle", "intelligences artificielles"),
        ("es", "inteligencia artificial", "inteligencias artificiales"),
        ("ru", "искусственный интеллект", "искусственного интеллекта"),
        ("sv", "val", "Val"),
        ("zh", "人工智能", "中国人工智能发展"),
        ("ja", "人工知能", "日本の人工知能は"),
        ("th", "ปัญญาประดิษฐ์", "ใช้ปัญญาประดิษฐ์ในไทย"),
        ("ko", "인공지능", "인공지능은 미래다"),
        ("hi", "कृत्रिम बुद्धि", "यह कृत्रिम बुद्धि है"),
        ("he", "מלחמה", "על מלחמה"),
        ("vi", "bán", "Bán"),
        ("xx", "robot", "Robots and a robot"),
    ],
)
def test_a_keyword_stands_in_any_language(language: str, keyword: str, text: str) -> None:
    assert stands(keyword, text, language)


@pytest.mark.parametrize(
    ("language", "keyword", "text"),
    [
        ("de", "organ", "Organisation"),
        ("de", "gründer", "viele Gründe"),
        ("de", "regierung", "ein Regierungssprecher"),  # he is no government
        ("de", "regierung", "xyregierung"),
        ("de", "sport", "der Transport"),
        ("en", "culture", "agriculture"),
        ("nl", "werker", "werken"),
        ("de", "arts", "eine Art"),
        ("es", "universo", "universidad"),
        ("hi", "कल", "कलम"),
        ("vi", "bán", "ban"),
        ("ru", "мои", "мой"),
        ("xx", "robot", "robots"),
    ],
)
def test_another_word_is_another_in_any_language(language: str, keyword: str, text: str) -> None:
    assert not stands(keyword, text, language)


def test_every_place_is_found_in_order_with_its_words() -> None:
    phrases = Phrases(["ai", "ai act", "act", "nothing"], "en")
    found = [
        (one.phrase, one.start, one.end) for one in phrases.find(tokenize("The AI Act: an AI"))
    ]
    assert found == [(0, 1, 2), (1, 1, 3), (2, 2, 3), (0, 5, 6)]


def test_signs_of_patterns_are_signs() -> None:
    assert not stands("(a+)+$", "a" * 50)
    assert stands("(a+)+$", "the (a+)+$ pattern")


@pytest.mark.parametrize(
    "text",
    ["a." * 200_000, "A." * 200_000, "x" * 400_000, "a-" * 200_000, "@" * 200_000, "'" * 9**6],
)
def test_a_hostile_text_is_read_in_a_single_pass(text: str) -> None:
    # far under a second where the work grows with the length, hours where with its square
    assert not stands("a b", text)


def test_a_hostile_row_of_keywords_costs_no_more_than_its_longest() -> None:
    phrases = Phrases([" ".join(["a"] * count) for count in range(1, 20)], "en")
    assert sum(1 for _ in phrases.find(tokenize("a " * 2_000))) == sum(range(1982, 2001))


def test_a_compound_that_is_a_keyword_is_not_taken_apart() -> None:
    phrases = Phrases(["wirtschaft", "landwirtschaft"], "de")

    found = list(phrases.find(tokenize("Die Landwirtschaft und die Bauwirtschaft")))

    assert found == [PhraseMatch(1, 1, 2), PhraseMatch(0, 4, 5)]
