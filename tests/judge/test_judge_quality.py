"""Quality: what the text shows, whose it is, when it came; and trust, which is its own number."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import judge
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Provider, Story
from copydesk.news.beat import DomainTrust, SignalPoints

CASES = sorted((Path(__file__).parents[1] / "cases" / "judge" / "wording").glob("*.toml"))
OFFICIAL = "https://lab.example/blog.xml"
SENTENCE = "The harbour master drew a plan of the ferries and hung it on the wall. "
LONG = SENTENCE * 60
HEARD = "Ann said so, Ben warned, Cleo denied it. "
# words of consequence, each once
STAKES = (
    "An AI killed the engine; victims were rescued as police and a judge opened an inquiry. "
    "The government, parliament and voters want new laws, sanctions, a tax and a treaty. "
    "Prices rose, jobs went, investors fled, exports fell, a bank failed in the crisis. "
    "A study, an experiment, a survey and a professor gave evidence on the fire and the flood. "
    "Prosecutors charged a minister with fraud; a court will hear the lawsuit and the appeal. "
    "Soldiers, rebels and diplomats met at the border, and refugees at the embassy. "
    "A union called a strike on wages; the council fears inflation, debt and shortages."
)
Make = Callable[..., Article]


def filed(article: Article, beat: Beat) -> Story:
    story = judge.assess(article, beat, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def reasons(article: Article, beat: Beat) -> list[str]:
    return [str(reason) for reason in filed(article, beat).reasons]


def has(article: Article, beat: Beat, words: str) -> bool:
    return any(words in reason for reason in reasons(article, beat))


def written() -> Iterator[tuple[str, dict[str, str], bool]]:
    """Yield the reason, the fields and the answer of each article in the case files."""
    for path in CASES:
        case = tomllib.loads(path.read_text(encoding="utf-8"))
        for key, answer in (("does", True), ("does-not", False)):
            for fields in case[key]:
                yield case["reason"], fields, answer


@pytest.mark.parametrize(
    ("reason", "fields", "does"),
    [pytest.param(*one, id=f"{one[0]}: {' '.join(one[1].values())[:60]}") for one in written()],
)
def test_wording_gives_a_text_away(
    reason: str, fields: dict[str, str], does: bool, make_article: Make, beat: Beat
) -> None:
    given: dict[str, object] = {"title": "AI boats", **fields}
    domain = str(given.pop("domain", "paper.example"))
    article = make_article(provider=Provider(name=domain, domain=domain), **given)
    found = [one for one in filed(article, beat).reasons if one.why.startswith(f"{reason}")]
    assert bool(found) is does


def best(make_article: Make, **fields: object) -> Article:
    """Return an article that earns nearly everything that can be earned, but for these fields."""
    given: dict[str, object] = {
        "title": "British court stops AI ferry",
        "excerpt": "Artificial intelligence must moor, a judge told the Gazette.",
        "text": f"{STAKES} {HEARD * 8} {LONG}She told the Gazette.",
        "image": "https://gazette.example/p.jpg",
        "authors": ("Ann",),
        "source": OFFICIAL,
        "provider": Provider(name="The Gazette", domain="gazette.example"),
        "web_url": "https://news.gazette.example/a",
    }
    return make_article(**{**given, **fields})


def trusted(beat: Beat, trust: float = 1.0) -> Beat:
    return replace(beat, standings={"gazette.example": DomainTrust(trust=trust, why="(list.csv)")})


def test_all_that_can_be_earned_stays_in_bounds(make_article: Make, beat: Beat) -> None:
    quality = filed(best(make_article), trusted(beat)).quality
    assert quality is not None
    assert 170 <= quality <= 190


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Global AI Market Size, Share and CAGR, 2024-2031, court says"},
        {"title": "AI court clerk - job vacancy", "excerpt": "An AI clerk. Apply now."},
        {"title": "Black Friday deals: AI court toys 20% off"},
        {"title": "Horoscope for AI in court"},
        {"text": "An AI in court, the minister said."},
        {"text": "An AI in court, he said. " * 40, "access": "paywalled"},
    ],
)
def test_what_is_no_article_reaches_the_gate_with_no_trimmings(
    fields: dict[str, str], make_article: Make, beat: Beat
) -> None:
    text = f"{LONG} A CAGR of 9 % in the forecast period. Apply now. Buy now on Amazon."
    story = filed(best(make_article, **{"text": text, **fields}), trusted(beat))
    assert story.quality is not None
    assert story.quality < 70


def test_a_press_release_reaches_it_from_no_newsroom(make_article: Make, beat: Beat) -> None:
    article = best(make_article, source="https://feeds.gazette.example/all.xml")
    assert filed(article, trusted(beat)).published
    assert not filed(replace(article, credit="PR Newswire"), trusted(beat)).published


def test_what_is_off_the_beat_reaches_it_by_no_trimmings(make_article: Make, beat: Beat) -> None:
    beat = replace(trusted(beat), scoring=replace(beat.scoring, off_beat="keep"))
    text = str(best(make_article).text).replace("AI", "ox")
    fields = {"title": "Court stops ferry", "excerpt": "A judge said so.", "source": ""}
    story = filed(best(make_article, text=text, **fields), beat)
    assert (story.topics, story.published) == ((), False)
    assert "quality -80: has no topic of the site" in map(str, story.reasons)


@pytest.mark.parametrize(
    ("text", "is_caption"),
    [
        ("x" * 149, True),
        ("x" * 150, False),
        ("港" * 49, True),
        ("港" * 50, False),
        ("みなと" * 25, False),
        ("항구" * 37, True),
        ("гавань " * 21, True),
        ("", True),
    ],
)
def test_a_caption_is_as_long_in_any_script(
    text: str, is_caption: bool, make_article: Make, beat: Beat
) -> None:
    article = make_article(title="AI", text=text)
    assert has(article, beat, "quality -80: fewer than 150 characters of text") is is_caption
    assert not has(replace(article, type="video"), beat, "fewer than 150 characters")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, []),
        (1, ["quality +4: names its sources (once)"]),
        (2, ["quality +8: names its sources (2 times)"]),
        (4, ["quality +12: names its sources (4 times)"]),
        (22, ["quality +24: names its sources (22 times)"]),
        (500, ["quality +24: names its sources (500 times)"]),
    ],
)
def test_who_is_heard_in_a_text_counts_up_to_an_end(
    count: int, expected: list[str], make_article: Make, beat: Beat
) -> None:
    text = SENTENCE * 10 + "Ann said so. " * count
    told = reasons(make_article(title="AI", text=text), beat)
    assert [one for one in told if "names its sources" in one] == expected


def test_what_stands_quoted_is_heard_in_any_language(make_article: Make, beat: Beat) -> None:
    text = SENTENCE * 10 + "«Паром ходит только по воскресеньям». " * 4
    article = make_article(title="AI", text=text, language="ru")
    assert has(article, beat, "+12: names its sources (4 times)")


@pytest.mark.parametrize(
    "said", ["sagte er", "erklärte sie", "a déclaré Ann", "selon elle", "dijo Ana", "专家表示，"]
)
def test_who_is_heard_is_heard_in_other_languages(
    said: str, make_article: Make, beat: Beat
) -> None:
    assert has(
        make_article(title="AI", text=SENTENCE * 10 + f"{said}. " * 2), beat, "names its sources"
    )


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("She told the Gazette that it sails.", True),
        ("Letters seen by The Gazette prove it.", True),
        ("He told this newspaper why.", True),
        ("The firm declined to comment.", True),
        ("It did not respond to a request for comment.", True),
        ("We visited the harbour twice.", True),
        ("She told the Courier that it sails.", False),
        ("“He told me that it sails on Sundays only,” she said.", False),
        ("He told US officials why.", False),
        ("Letters seen by the police prove it.", False),
        ("She told a friend.", False),
    ],
)
def test_own_reporting_is_told_from_telling(
    text: str, is_own: bool, make_article: Make, beat: Beat
) -> None:
    article = make_article(
        title="AI",
        text=SENTENCE * 10 + text,
        provider=Provider(name="x", domain="gazette.example"),
    )
    assert has(article, beat, "own reporting") is is_own


@pytest.mark.parametrize(
    ("language", "locale", "costs"),
    [
        ("de", "en-us", True),
        ("en-GB", "en-us", False),
        ("", "en-us", False),
        ("de", "de-at", False),
        ("sv", "en-us", False),  # its topics have keywords in it: it is wanted
    ],
)
def test_a_language_that_the_site_does_not_speak_costs(
    language: str, locale: str, costs: bool, make_article: Make, beat: Beat
) -> None:
    first = replace(beat.topics[0], translations=(("sv", ("ai",)),))
    beat = replace(beat, locale=locale, topics=(first, *beat.topics[1:]))
    assert has(make_article(title="AI", language=language), beat, "written in de") is costs


def test_a_topics_other_names_and_tongues_put_on_the_beat(make_article: Make, beat: Beat) -> None:
    first = replace(beat.topics[0], aliases=("A.I.",), translations=(("de", ("ki",)),))
    beat = replace(beat, topics=(first, *beat.topics[1:]))
    german = make_article(title="KI am Ruder", language="de-AT")
    assert has(german, beat, "fits the site's subject: AI, confidence")
    assert has(
        replace(german, title="A.I. at the helm", language="sv"),
        beat,
        "fits the site's subject: AI",
    )


@pytest.mark.parametrize(
    ("days", "points"), [(0, 0), (7, 0), (7.1, -10), (60, -10), (4000, -10), (-1, 0)]
)
def test_what_comes_late_from_a_watched_source_loses(
    days: float, points: int, make_article: Make, beat: Beat
) -> None:
    article = make_article(title="AI", text=LONG + STAKES)
    watched = article.published_at - timedelta(days=1)
    late = replace(
        article, found=article.published_at + timedelta(days=days), watched_since=watched
    )
    before, after = filed(article, beat).quality, filed(late, beat).quality
    assert before is not None
    assert after == before + points


@pytest.mark.parametrize("since", [None, timedelta(seconds=1)])
def test_an_archive_that_is_read_for_the_first_time_is_not_late(
    since: timedelta | None, make_article: Make, beat: Beat
) -> None:
    article = make_article(title="AI", text=LONG)
    found = article.published_at + timedelta(days=400)
    watched = None if since is None else article.published_at + since
    imported = replace(article, found=found, watched_since=watched)
    assert filed(imported, beat).quality == filed(article, beat).quality


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        (1.0, "quality +10: trust rating of gazette.example: 1.00 (list.csv)"),
        (0.8, "quality +10: trust rating of gazette.example: 0.80 (list.csv)"),
        (0.79, "quality +5: trust rating of gazette.example: 0.79 (list.csv)"),
        (0.6, "quality +5: trust rating of gazette.example: 0.60 (list.csv)"),
        (0.5, ""),
        (0.4, ""),
        (0.39, "quality -10: trust rating of gazette.example: 0.39 (list.csv)"),
        (0.2, "quality -10: trust rating of gazette.example: 0.20 (list.csv)"),
        (0.19, "quality -120: trust rating of gazette.example: 0.19 (list.csv)"),
        (0.0, "quality -120: trust rating of gazette.example: 0.00 (list.csv)"),
    ],
)
def test_a_standing_counts_in_steps(
    trust: float, expected: str, make_article: Make, beat: Beat
) -> None:
    told = reasons(best(make_article), trusted(beat, trust))
    found = [one for one in told if "trust rating" in one]
    assert found == ([expected] if expected else [])


def test_who_is_unreliable_stays_off_the_page(make_article: Make, beat: Beat) -> None:
    assert not filed(best(make_article), trusted(beat, 0.19)).published


STANDINGS = {
    "gazette.example": DomainTrust(trust=0.74, why="(a.csv)"),
    "blogs.gazette.example": DomainTrust(trust=0.5, why="blogs (b.csv)"),
}


@pytest.mark.parametrize(
    ("host", "trust", "reason"),
    [
        ("gazette.example", 74, "trust 74: gazette.example (a.csv)"),
        ("news.gazette.example", 74, "trust 74: gazette.example (a.csv)"),
        ("blogs.gazette.example", 50, "trust 50: blogs.gazette.example blogs (b.csv)"),
        ("my.blogs.gazette.example", 50, "trust 50: blogs.gazette.example blogs (b.csv)"),
        ("notgazette.example", 74, "trust 74: gazette.example (a.csv)"),  # shown elsewhere
    ],
)
def test_a_subdomain_has_its_own_standing_or_that_above_it(
    host: str, trust: int, reason: str, make_article: Make, beat: Beat
) -> None:
    article = make_article(
        title="AI",
        web_url=f"https://{host}/a",
        provider=Provider(name="x", domain="gazette.example"),
    )
    story = filed(article, replace(beat, standings=STANDINGS))
    assert (story.trust, str(story.reasons[-1])) == (trust, reason)


@pytest.mark.parametrize(
    ("fields", "trust", "why"),
    [
        ({"source": OFFICIAL}, 80, "trust 80: official source on the site's subject"),
        (
            {"provider": Provider(name="x", domain="gazette.example")},
            70,
            "trust 70: known publisher: The Gazette",
        ),
        ({}, None, ""),
    ],
)
def test_trust_is_what_is_known_of_the_source(
    fields: dict[str, object], trust: int | None, why: str, make_article: Make, beat: Beat
) -> None:
    story = filed(make_article(title="AI", **fields), beat)
    assert story.trust == trust
    assert [str(one) for one in story.reasons if one.about.startswith("trust")] == (
        [why] if why else []
    )


def test_everyday_knows_no_trust(make_article: Make, beat: Beat) -> None:
    beat = replace(trusted(beat), scoring=replace(beat.scoring, profile="everyday"))
    story = filed(best(make_article), beat)
    assert (story.trust, story.reasons) == (None, ())


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "", "excerpt": "AI"},
        {"title": "AI"},
        {"title": "AI" * 5000, "source": OFFICIAL},
        {"title": "AI 港みなと гавань 항구 \u202eferry\u202c \U0001f6a2", "language": "xx-unknown"},
        {"title": "AI", "language": "-", "text": "\ud800 lone"},
        {"title": "AI", "text": '"' * 9000},
    ],
)
def test_odd_articles_are_weighed_too(
    fields: dict[str, str], make_article: Make, beat: Beat
) -> None:
    story = filed(make_article(**fields), beat)
    points = [one.points or 0 for one in story.reasons if one.about == "quality"]
    assert story.quality == sum(points)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 50_000,
        "market size " * 50_000,
        "Told The " * 50_000,
        '"said ' * 50_000,
        "teilte " * 50_000,
        "(NASDAQ: " * 50_000,
        "/" * 200_000,
    ],
)
def test_a_long_text_is_read_in_a_single_pass(text: str, make_article: Make, beat: Beat) -> None:
    # far under a second where the work grows with the length, minutes where with its square
    assert filed(make_article(title=f"AI {text}", text=text), beat).quality is not None


@pytest.mark.parametrize(("length", "points"), [(299, 0), (900, 10), (100_000, 20)])
def test_a_language_without_a_list_is_judged_by_length(
    length: int, points: int, make_article: Make, beat: Beat
) -> None:
    article = make_article(title="AI", text="x" * (length - 3), language="ru")
    told = [one for one in filed(article, beat).reasons if "scored by length" in one.why]
    assert sum(one.points or 0 for one in told) == points


STUFFED = "AI, artificial intelligence, AI Act, AI rules, EU, European Union, chatbot. "


@pytest.mark.parametrize("text", [SENTENCE * 5, SENTENCE * 20])
def test_keywords_that_are_repeated_earn_nothing_more(
    text: str, make_article: Make, beat: Beat
) -> None:
    fields = {"title": "The AI Act", "excerpt": "EU lawmakers pass the AI Act."}
    few, many = (make_article(text=text + STUFFED * times, **fields) for times in (3, 500))
    assert filed(many, beat).quality == filed(few, beat).quality


BRIEF = "PORT SABLE, May 2 (Reuters) - A court jailed four men over the AI fraud on Thursday. " * 3


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "quality +10: short report from a trusted source: Reuters"),
        (
            {"text": BRIEF.replace("(Reuters)", "(Gull)"), "credit": "dpa"},
            "short report from a trusted source: dpa",
        ),
        (
            {
                "text": BRIEF.replace("(Reuters)", "(Gull)"),
                "provider": Provider(name="The Gazette", domain="gazette.example"),
            },
            "short report from a trusted source: known publisher: The Gazette",
        ),
        ({"text": BRIEF.replace("(Reuters)", "(Gull)")}, ""),
        ({"title": "AI draws the ferries"}, ""),
        ({"text": BRIEF * 4}, ""),
        ({"text": "AI fraud: four jailed."}, ""),
    ],
)
def test_a_brief_of_a_known_newsroom_is_told_as_such(
    fields: dict[str, object], why: str, make_article: Make, beat: Beat
) -> None:
    article = make_article(**{"title": "Court jails four over AI fraud", "text": BRIEF, **fields})
    assert has(article, beat, ": short report from a trusted source: ") is bool(why)
    assert has(article, beat, why)


def test_a_brief_of_an_agency_on_a_matter_of_consequence_passes_the_gate(
    make_article: Make, beat: Beat
) -> None:
    text = (
        "BRUSSELS, May 2 (Reuters) - EU lawmakers voted 14 to 11 on Thursday for strict liability "
        "of AI developers, the parliament said. Governments must agree before it becomes law."
    )
    article = make_article(title="EU lawmakers back AI liability in vote", text=text)
    assert filed(article, beat).published


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ("The ferry sails. The crew", True),
        ("The ferry sails.", False),
        ("“The ferry sails,” she said. “It sails.”", False),
        ("港口今天关闭。", False),
        ("", False),
    ],
)
def test_a_text_that_ends_in_the_middle_is_told(
    text: str, is_broken: bool, make_article: Make, beat: Beat
) -> None:
    assert has(make_article(title="AI", text=text), beat, "ends in the middle") is is_broken


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (
            {"text": "Buy our products: a discount, free shipping, a gift, a coupon. " + LONG},
            "quality -5: 7 advertising words: Buy, products, discount, free",
        ),
        ({"text": "I like my harbour, I do. " + SENTENCE}, "written in the first person: "),
        ({"text": "“I like my harbour, I do,” she said. " + SENTENCE}, ""),
        ({"title": "What AI means for your boat"}, 'personal headline: "your"'),
        ({"title": "AI drafts law, US says"}, ""),
        ({"title": "AI horoscopes"}, 'trivial subject: "horoscopes" in title'),
        ({"title": "Was KI für dein Boot heißt", "language": "de"}, 'personal headline: "dein"'),
        ({"title": "La IA del du Pont", "language": "fr"}, ""),
    ],
)
def test_style_tells_who_speaks_and_to_whom(
    fields: dict[str, str], why: str, make_article: Make, beat: Beat
) -> None:
    beat = replace(beat, scoring=replace(beat.scoring, off_beat="keep"))
    article = make_article(**{"title": "AI", **fields})
    marks = ("advertising words", "first person", "personal headline", "trivial subject:")
    told = [one for one in reasons(article, beat) if any(mark in one for mark in marks)]
    assert len(told) == bool(why)
    assert not why or why in told[0]
    assert not any(
        mark in one for one in reasons(replace(article, source=OFFICIAL), beat) for mark in marks
    )


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        (f"What a boat! {SENTENCE}What a boat! {SENTENCE * 20}", "en", "6 in 1,000 words"),
        (f"Why? What? {SENTENCE * 11}", "en", "12 in 1,000 words"),
        (f"Why? {SENTENCE}", "en", ""),
        (f"“Why? What? Oh no! Oh dear!” she said. {SENTENCE}", "en", ""),
        (f"What a boat! Why? {SENTENCE * 40}", "en", ""),
        (f"Зачем? Что? {SENTENCE}", "ru", ""),
    ],
)
def test_a_text_that_exclaims_and_asks_is_told(
    text: str, language: str, why: str, make_article: Make, beat: Beat
) -> None:
    article = make_article(title="AI", text=text, language=language)
    told = [one for one in filed(article, beat).reasons if one.why.startswith("exclamation")]
    assert [one.why.partition(": ")[2] for one in told] == [why] * bool(why)
    assert [one.points for one in told] == [-14 if why.startswith("12") else -7] * bool(why)
    assert not has(replace(article, source=OFFICIAL), beat, "exclamation")


@pytest.mark.parametrize(
    ("title", "text", "points"),
    [
        ("EU adopts AI Act", "The EU. The AI Act. The European Union. " * 9, 48),
        ("An AI", "", 36),
        ("A headline", "Some AI. " + SENTENCE * 3, 24),
    ],
)
def test_the_surer_it_is_on_the_beat_the_more_up_to_an_end(
    title: str, text: str, points: int, make_article: Make, beat: Beat
) -> None:
    story = filed(make_article(title=title, text=text, excerpt="AI."), beat)
    (told,) = [one for one in story.reasons if one.why.startswith("fits the site's subject")]
    assert told.points == points


@pytest.mark.parametrize("count", [0, 1, 300])
def test_a_beat_may_have_any_number_of_topics(count: int, make_article: Make, beat: Beat) -> None:
    topics = tuple(
        replace(beat.topics[0], id=f"t{at}", name=f"T{at}", parent="", keywords=(f"ferry{at}",))
        for at in range(count)
    )
    beat = replace(beat, topics=topics, topic="", main_topic=False)
    text = f"{STAKES} {HEARD * 8} {' '.join(f'Ferry{at} sails.' for at in range(300))}"
    story = filed(make_article(title="Court stops Ferry0", text=text), beat)
    (told,) = [one for one in story.reasons if one.why.startswith("fits the site's subject")]
    assert story.published
    assert (told.points or 0) >= 24


def test_an_owner_says_what_a_signal_is_worth(make_article: Make, beat: Beat) -> None:
    article = make_article(title="An AI headline", text=HEARD + LONG)
    points = SignalPoints(voices=9)

    moved = replace(beat, scoring=replace(beat.scoring, points=points))

    assert has(article, beat, "quality +8: names its sources (3 times)")
    assert has(article, moved, "quality +18: names its sources (3 times)")


def test_a_signal_of_no_points_is_no_reason(make_article: Make, beat: Beat) -> None:
    article = make_article(title="An AI headline", text=HEARD + LONG)

    silent = replace(beat, scoring=replace(beat.scoring, points=SignalPoints(voices=0)))

    assert not has(article, silent, "names its sources")
    assert (filed(article, beat).quality or 0) - (filed(article, silent).quality or 0) == 8


def test_the_points_of_everyday_stay(make_article: Make, beat: Beat) -> None:
    article = make_article(title="An AI headline", image="https://a.example/a.jpg")
    scoring = replace(beat.scoring, profile="everyday")
    everyday = replace(beat, scoring=scoring)

    moved = replace(everyday, scoring=replace(scoring, points=SignalPoints(picture=99)))

    assert filed(article, moved) == filed(article, everyday)


def test_each_signal_has_its_own_points(beat: Beat) -> None:
    names = [signal.name for signal in judge.profile_of(beat).signals]

    assert names == [field.name for field in dataclasses.fields(SignalPoints)]
