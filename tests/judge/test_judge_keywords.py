"""Keywords: substrings for the reference, whole words for us."""

from __future__ import annotations

import pytest

from copydesk.judge.words import contains, contains_letters, normalize


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("ai", "AI writes the news"),
        ("ai", "An AI-powered desk"),
        ("ai", "Is it (AI)?"),
        ("ai", "AI’s second winter"),
        ("chatbot", "Chatbots everywhere"),
        ("model-driven app", "Model driven apps arrive"),
        ("model driven app", "A model‑driven app"),
        ("künstliche intelligenz", "KÜNSTLICHE INTELLIGENZ im Alltag"),
        ("ai rules", "New AI\nrules"),
        ("ai", "AI/robots"),
        ("ai", "@someone asked an AI"),
        ("china", "U.S./China talks"),
        ("EU", "The EU votes"),
        ("NATO", "nato meets"),
        ("LLM", "Two LLMs"),
        ("c++", "Why C++ lives"),
        (".net", "What .NET is now"),
        ("人工智能", "中国人工智能发展"),
        ("naïve bayes", "nai\u0308ve Bayes explained"),
    ],
)
def test_a_keyword_stands_as_whole_words(keyword: str, text: str) -> None:
    assert contains(keyword, normalize(text))


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("ai", "Baidu said the email was in training"),
        ("ai", "See https://site.example/ai/news and www.example.com/ai"),
        ("ai", "Write to desk@open.ai"),
        ("ai", "At example.ai/pricing"),
        ("ai", "(https://site.example/ai)"),
        ("EU", "eu sou brasileiro"),
        ("EU", "Europe votes"),
        ("ai", "AIs"),
        ("chatbot", "chatbotting"),
        ("portals", "A portal opens"),
        ("", "anything"),
        (" - ", "anything - at all"),
    ],
)
def test_a_keyword_does_not_stand_inside_words_or_addresses(keyword: str, text: str) -> None:
    assert not contains(keyword, normalize(text))


def test_a_keyword_full_of_pattern_signs_is_taken_literally() -> None:
    assert not contains("(a+)+$", normalize("a" * 50))
    assert contains("(a+)+$", normalize("the (a+)+$ pattern"))


def test_the_reference_finds_keywords_inside_words() -> None:
    assert contains_letters("ai", "Baidu")
    assert contains_letters("Power Apps", "power apps portals")


def test_the_reference_finds_no_empty_keyword() -> None:
    assert not contains_letters("", "anything")


@pytest.mark.parametrize("text", ["a." * 200_000, "x" * 400_000, "a-" * 200_000, "@" * 200_000])
def test_a_hostile_text_is_read_in_a_single_pass(text: str) -> None:
    # far under a second where the work grows with the length, hours where with its square
    assert not contains("a b", normalize(text))
