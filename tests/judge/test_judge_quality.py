"""Quality: what the text shows, whose it is, when it came; and trust, which is its own number."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import judge
from copydesk.news import Article, Beat, DomainTrust, Provider, Story

CASES = sorted((Path(__file__).parents[1] / "cases" / "judge" / "wording").glob("*.toml"))
OFFICIAL = "https://lab.example/blog.xml"
SENTENCE = "The harbour master drew a plan of the ferries and hung it on the wall. "
LONG = SENTENCE * 60
Make = Callable[..., Article]


def filed(article: Article, beat: Beat) -> Story:
    story = judge.assess(article, beat, judge.MemoryShelf())
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
        "title": "Court stops AI ferry",
        "excerpt": "Artificial intelligence must moor, a judge told the Gazette.",
        "text": f"An AI. An AI. An AI, said Ann; 5 of 17 boats in 2025, 23 % of 400. {LONG}"
        "He said so, she said so, they said so, we asked again. She told the Gazette, he said.",
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
    assert 150 <= quality <= 190


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Global AI Market Size, Share and CAGR, 2024-2031, court says"},
        {"title": "AI court clerk - job vacancy", "excerpt": "An AI clerk. Apply now."},
        {"title": "Black Friday deals: AI court toys 20% off"},
        {"title": "Horoscope for AI in court"},
        {"text": "An AI in court. " * 30},
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
    text = best(make_article).text.replace("AI", "ox")
    fields = {"title": "Court stops ferry", "excerpt": "A judge said so.", "source": ""}
    story = filed(best(make_article, text=text, **fields), beat)
    assert (story.topics, story.published) == ((), False)
    assert "quality -50: no topic of the beat" in map(str, story.reasons)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("港" * 200, "600 to 1500 characters"),
        ("港" * 199, "fewer than 600 characters"),
        ("港" * 500, "at least 1500 characters"),
        ("みなと" * 100, "600 to 1500 characters"),
        ("항구" * 150, "600 to 1500 characters"),
        ("гавань " * 86, "600 to 1500 characters"),
    ],
)
def test_a_text_is_as_long_in_any_script(
    text: str, reason: str, make_article: Make, beat: Beat
) -> None:
    assert has(make_article(title="AI", text=text), beat, reason)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, []),
        (2, ["quality +5: 2 times it tells who says so"]),
        (5, ["quality +5: 5 times it tells who says so", "quality +5: at least 5 times"]),
    ],
)
def test_who_is_heard_in_a_text_counts(
    count: int, expected: list[str], make_article: Make, beat: Beat
) -> None:
    text = SENTENCE * 10 + "Ann said so. " * count
    assert [
        one for one in reasons(make_article(title="AI", text=text), beat) if "times" in one
    ] == (expected)


@pytest.mark.parametrize(
    "said", ["sagte er", "erklärte sie", "a déclaré Ann", "selon elle", "dijo Ana", "专家表示，"]
)
def test_who_is_heard_is_heard_in_other_languages(
    said: str, make_article: Make, beat: Beat
) -> None:
    assert has(make_article(title="AI", text=SENTENCE * 10 + f"{said}. " * 2), beat, "who says so")


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


def test_a_stub_shows_nothing_of_how_it_was_reported(make_article: Make, beat: Beat) -> None:
    article = make_article(title="AI", text="We asked. He said so. She said so. 1 2 3 4 5 6 7")
    assert not has(article, beat, "own reporting")
    assert not has(article, beat, "figures")


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


def test_a_topics_other_names_and_tongues_count_as_its_keywords(
    make_article: Make, beat: Beat
) -> None:
    first = replace(beat.topics[0], aliases=("A.I.",), translations=(("de", ("ki",)),))
    beat = replace(beat, topics=(first, *beat.topics[1:]))
    german = make_article(title="KI am Ruder", excerpt="AI", language="de-AT")
    assert has(german, beat, 'keyword "ki" in title')
    assert not has(replace(german, language="sv"), beat, 'keyword "ki" in title')
    assert has(replace(german, title="A.I. at the helm"), beat, 'keyword "A.I." in title')


@pytest.mark.parametrize(
    ("days", "points"), [(0, 0), (7, 0), (7.1, -10), (60, -10), (61, -30), (4000, -30), (-1, 0)]
)
def test_what_is_late_loses(days: float, points: int, make_article: Make, beat: Beat) -> None:
    article = make_article(title="AI", text=LONG)
    late = replace(article, found=article.published_at + timedelta(days=days))
    before, after = filed(article, beat).quality, filed(late, beat).quality
    assert before is not None
    assert after == before + points


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        (1.0, "quality +10: standing of gazette.example 1.00 (list.csv)"),
        (0.8, "quality +10: standing of gazette.example 0.80 (list.csv)"),
        (0.79, "quality +5: standing of gazette.example 0.79 (list.csv)"),
        (0.6, "quality +5: standing of gazette.example 0.60 (list.csv)"),
        (0.5, ""),
        (0.4, ""),
        (0.39, "quality -10: standing of gazette.example 0.39 (list.csv)"),
        (0.2, "quality -10: standing of gazette.example 0.20 (list.csv)"),
        (0.19, "quality -120: standing of gazette.example 0.19 (list.csv)"),
        (0.0, "quality -120: standing of gazette.example 0.00 (list.csv)"),
    ],
)
def test_a_standing_counts_in_steps(
    trust: float, expected: str, make_article: Make, beat: Beat
) -> None:
    found = [one for one in reasons(best(make_article), trusted(beat, trust)) if "standing" in one]
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
        ({"source": OFFICIAL}, 80, "trust 80: official source of the beat"),
        (
            {"provider": Provider(name="x", domain="gazette.example")},
            70,
            "trust 70: known organization The Gazette",
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
