"""Walls in many languages, and the evidence that is told beside the terms."""

from __future__ import annotations

import json

import pytest

from copydesk.kit import text
from copydesk.news import Article
from extract.given import BODY, SENTENCES, article

STUB = f"<p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>"
WALLS = [
    "Please subscribe or log in to continue reading this story.",
    "To continue reading, become a member",
    "This article is only available to subscribers",
    "You’ve reached your limit of free articles",
    "Dieser Artikel ist nur für Abonnenten",
    "Jetzt testen und weiterlesen",
    "Kostenlos registrieren und weiterlesen",
    "Möchten Sie weiterlesen?",
    "Want to keep reading?",
    "¿Quieres seguir leyendo?",
    "Cet article est réservé aux abonnés",
    "Il vous reste 75% de cet article à lire",
    "Suscríbete para seguir leyendo",
    "Contenido exclusivo para suscriptores",
    "Abbonati per continuare a leggere",
    "Este conteúdo é exclusivo para assinantes",
    "Log in om verder te lezen",
    "Dit artikel is alleen voor abonnees",
    "Logga in för att läsa hela artikeln",
    "Zaloguj się, aby czytać dalej",
    "Подпишитесь, чтобы читать дальше",
    "この記事は会員限定です。会員登録すると続きをお読みいただけます。",
    "登录后继续阅读",
]
NO_WALLS = [
    "Sign in to comment",
    "Subscribe to our newsletter",
    "Register to vote before Friday",
    "Join us to celebrate the harbour",
    "Melden Sie sich für unseren Newsletter an",
    "“Subscribe to continue reading” was all that islanders saw",
    "Abonnez-vous à notre lettre",
    "The office asked members to read this week's notice",
]


def told(part: dict[str, object]) -> str:
    """Give a head that declares one part of the article."""
    node = json.dumps({"@type": "NewsArticle", "hasPart": [part]})
    return f'<script type="application/ld+json">{node}</script>'


def terms(found: Article) -> tuple[str, str]:
    return found.access, found.origins.get("access", "")


@pytest.mark.parametrize("words", WALLS)
def test_a_stub_that_ends_at_a_wall_is_a_teaser(words: str) -> None:
    access, evidence = terms(article(body=f"{STUB}<div><p>{words}</p></div>"))
    assert access == "teaser"
    assert words[:10] in evidence


@pytest.mark.parametrize("words", NO_WALLS)
def test_other_offers_are_no_walls(words: str) -> None:
    assert terms(article(body=f"{STUB}<div><p>{words}</p></div>")) == ("", "")


@pytest.mark.parametrize("words", ["Subscribe to continue reading", "Nur für Abonnenten"])
def test_a_wall_before_more_of_the_text_is_none(words: str) -> None:
    assert terms(article(body=f"{STUB}<p>{words}</p><p>{SENTENCES[2]}</p>"))[0] == ""


def test_a_wall_may_be_set_in_pieces() -> None:
    wall = "<div><a href='/s'>Subscribe</a><!-- x --> to <b>continue</b> reading</div>"
    assert terms(article(body=STUB + wall))[0] == "teaser"


@pytest.mark.parametrize("named", ["nav", "header", "footer", "template", "noscript"])
def test_what_is_no_part_of_the_reading_is_no_wall(named: str) -> None:
    wall = f"<{named}><p>Subscribe to continue reading</p></{named}>"
    assert terms(article(body=STUB + wall))[0] == ""


def test_the_evidence_counts_what_was_read() -> None:
    found = article("<meta name='article:content_tier' content='locked'>")
    length = len(text.prose(found.text))
    assert terms(found) == ("paywalled", f"article:content_tier locked; {length} characters")


def test_a_whole_text_is_none_before_a_wall() -> None:
    body = BODY * 4 + "<div><p>Subscribe to continue reading</p></div>"
    assert terms(article(body=body)) == ("", "")


@pytest.mark.parametrize("selector", [".shut", "#shut", " .shut "])
def test_a_closed_part_is_found_by_class_or_id(selector: str) -> None:
    head = told({"isAccessibleForFree": False, "cssSelector": selector})
    body = f"<div class='a shut' id='shut'>{BODY}</div>"
    access, evidence = terms(article(head, body))
    assert access == "paywalled"
    assert evidence.startswith(f"hasPart {selector}".rstrip())


@pytest.mark.parametrize("selector", ["", "shut", ".shut p", "*", "'", ".elsewhere", ["x"], None])
def test_a_selector_that_finds_nothing_closes_nothing(selector: object) -> None:
    head = told({"isAccessibleForFree": "False", "cssSelector": selector})
    assert terms(article(head, f"<div class='shut'>{BODY}</div>"))[0] == ""
