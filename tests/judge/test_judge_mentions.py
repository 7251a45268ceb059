"""The cheap test before a page is parsed fails no page whose article would be a story."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from copydesk import extract, judge
from copydesk.extract.page import decode
from copydesk.judge.topics import MentionTest
from copydesk.news import Article, Beat, Dropped, Lead, Page, Topic
from copydesk.news.beat import ProfileName

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
Way = Callable[[str, random.Random], str]


def topic(name: str, *keywords: str, **more: object) -> Topic:
    return Topic(id=name.lower(), name=name, keywords=keywords, **more)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Subject:
    """A site with its language, and forms in which texts name its topics."""

    beat: Beat
    language: str
    forms: tuple[str, ...]
    filler: str


def site(locale: str, *topics: Topic, profile: ProfileName = "copydesk") -> Beat:
    beat = Beat(title="A site", locale=locale, topics=topics)
    return replace(beat, scoring=replace(beat.scoring, profile=profile))


ENGLISH = "the and of ship town paper letter engine window garden winter morning number council"
GERMAN = "der und die Stadt Haus Winter Garten Brief Fenster Morgen Zeitung Wagen Platz Schule"
FRENCH = "le et la ville maison hiver jardin lettre fenêtre matin journal place école voiture"
CHINESE = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"

SUBJECTS = (
    Subject(
        site(
            "en-us",
            topic("AI policy", "AI act", "machine learning", "regulation", "neural network", "GPU"),
            topic("Trade", "tariff", "central bank", "US senate", aliases=("WTO", "U.S. Treasury")),
        ),
        "en",
        (
            "AI Act", "ai act", "machine-learning", "Machine Learning", "regulates", "regulations",
            "neural networks", "GPUs", "GPU's", "tariffs", "central banks", "the U.S. Senate",
            "US Senate", "W.T.O.", "the WTO", "US Treasury", "AI policy",
        ),
        ENGLISH,
    ),
    Subject(
        site("de-de", topic("Regierung", "Regierung", "Künstliche Intelligenz", "Hafenausbau")),
        "de",
        (
            "Landesregierung", "Regierungen", "künstlichen Intelligenz", "KÜNSTLICHE INTELLIGENZ",
            "Hafenausbaus", "Nordhafenausbau",
        ),
        GERMAN,
    ),
    Subject(
        site("fr-fr", topic("Énergie", "énergie", "éoliennes", "réacteur nucléaire")),
        "fr",
        ("l'énergie", "ÉNERGIES", "éolienne", "re\u0301acteur nucle\u0301aire"),
        FRENCH,
    ),
    Subject(site("zh-cn", topic("港口", "港口", "海堤工程")), "zh", ("港口", "海堤工程"), CHINESE),
    Subject(
        site("en-us", topic("Coast", "coast", "sea wall"), profile="everyday"),
        "en",
        ("coastline", "Seacoasts", "sea walls", "sea-wall", "COAST"),
        ENGLISH,
    ),
)  # fmt: skip


def as_entities(form: str, dice: random.Random) -> str:
    return "".join(f"&#{ord(sign)};" if dice.random() < 0.5 else html.escape(sign) for sign in form)


def inside_tags(form: str, dice: random.Random) -> str:
    at = dice.randint(1, max(1, len(form) - 1))
    tag = dice.choice(["b", "span class='x'", "em", "a href='/y'"])
    return f"<{tag}>{form[:at]}</{tag.split()[0]}>{form[at:]}"


def with_soft_hyphens(form: str, _dice: random.Random) -> str:
    return "&shy;".join(form[at : at + 3] for at in range(0, len(form), 3))


def with_hard_blanks(form: str, _dice: random.Random) -> str:
    return form.replace(" ", "&nbsp;")


def with_breaks(form: str, _dice: random.Random) -> str:
    return form.replace(" ", "</b>\n <i>")


def with_footnote(form: str, _dice: random.Random) -> str:
    return form.replace(" ", '<sup id="f"><a href="#n">[1]</a></sup> ', 1)


WAYS: tuple[Way, ...] = (
    lambda form, _: html.escape(form),
    lambda form, _: html.escape(form.upper()),
    as_entities,
    inside_tags,
    with_soft_hyphens,
    with_hard_blanks,
    with_breaks,
    with_footnote,
)


def build_page(subject: Subject, dice: random.Random) -> Page:
    """Build a page that may name a topic anywhere: in text, headline, JSON-LD or nowhere."""
    form = dice.choice(subject.forms)
    shown = dice.choice(WAYS)(form, dice)
    places = dice.sample(
        ["title", "lede", "text", "json", "meta", "none", "nav"], dice.choice([1, 1, 2])
    )
    words = subject.filler.split() if " " in subject.filler else list(subject.filler)
    blank = " " if " " in subject.filler else ""

    def passage(count: int) -> str:
        return blank.join(dice.choice(words) for _ in range(count))

    lede = f"{passage(12)} {shown if 'lede' in places else ''} {passage(12)}."
    body = [f"{passage(40)} {shown if 'text' in places else ''} {passage(20)}." for _ in range(4)]
    title = f"{passage(4)} {html.escape(form) if 'title' in places else ''} {passage(2)}"
    said = {"@type": "NewsArticle", "headline": html.unescape(title), "datePublished": "2026-11-19"}
    if "json" in places:
        said["articleBody"] = f"{passage(60)} {form} {passage(60)}. {form}."
        said["headline"] = f"{passage(3)} {form}"
        said["keywords"] = form
    meta = f'<meta name="keywords" content="{html.escape(form)}">' if "meta" in places else ""
    nav = f"<nav><a href='/t'>{html.escape(form)}</a></nav>" if "nav" in places else ""
    markup = (
        f"<!doctype html><html lang={subject.language}><head><title>{title}</title>{meta}"
        f"<script type='application/ld+json'>{json.dumps(said)}</script>"
        f"<script>var a = 'regulation <b>';</script><style>b {{ color: red }}</style></head><body>"
        f"{nav}<!-- {html.escape(form)} --><article><h1>{title}</h1><p>{lede}</p>"
        f"{''.join(f'<p>{one}</p>' for one in body)}</article></body></html>"
    )
    codecs = ["utf-8", "utf-16", "cp1252" if subject.language != "zh" else "gb18030"]
    charset = dice.choice(codecs)
    url = f"https://gull.example/{dice.randint(1, 10**9)}"
    return Page(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": f"text/html; charset={charset}"},
        body=markup.encode(charset, "xmlcharrefreplace"),
        fetched_at=NOW,
    )


@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.long)])
def test_no_page_is_lost_that_the_whole_way_would_file(count: int) -> None:
    dice, kept, passed = random.Random(37), 0, 0
    tests = [MentionTest(subject.beat, {subject.language}) for subject in SUBJECTS]
    lost = []
    for number in range(count):
        subject = SUBJECTS[number % len(SUBJECTS)]
        page = build_page(subject, dice)
        text = decode(page.body, page.headers["content-type"])[0]
        passes = tests[number % len(SUBJECTS)].passes(text)
        passed += passes
        article = extract.read(page, Lead(url=page.url, source="", found=NOW), subject.beat)
        if not isinstance(article, Article):
            continue
        is_story = not isinstance(judge.appraise(article, subject.beat), Dropped)
        kept += is_story
        known = article.language.partition("-")[0] in {subject.language, ""}
        if is_story and not passes and known:
            lost.append(text)
    assert lost == []
    assert kept > count / 4
    assert passed < count * 0.9


def test_a_page_without_any_keyword_fails_it() -> None:
    test = MentionTest(SUBJECTS[0].beat, {"en"})
    assert not test.passes("<p>The ferry keeps to its times all winter.</p>")
    assert not test.passes("<script>let regulation = 1</script><p>The ferry.</p>")
    assert test.passes("<p>A new <b>regul</b>ation.</p>")


def test_a_site_that_takes_everything_tests_nothing() -> None:
    everything = replace(SUBJECTS[0].beat, topics=())
    assert MentionTest(everything, {"en"}).passes("<p>The ferry.</p>")
    keeps = replace(SUBJECTS[0].beat, scoring=replace(SUBJECTS[0].beat.scoring, off_beat="keep"))
    assert MentionTest(keeps, {"en"}).passes("<p>The ferry.</p>")


@pytest.mark.parametrize(
    "page",
    [
        "&amp;" * 50_000,
        "<" * 200_000,
        "<!--" * 50_000,
        "\\u00" * 50_000,
        "<sup><a>" * 30_000,
        "a<b>" * 50_000,
        "<script " * 30_000,
    ],
)
def test_no_page_takes_long(page: str) -> None:
    MentionTest(SUBJECTS[0].beat, {"en"}).passes(page)
