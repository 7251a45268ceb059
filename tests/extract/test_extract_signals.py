"""What a publisher says on the use of a page: where it is found, what it comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk import extract
from copydesk.news import Article, Page
from copydesk.news.article import Signal
from extract.given import BEAT, BODY, document, lead, page

AI = ("ai-train", "ai-input")
ALL = ("ai-train", "ai-input", "search", "snippet")


def read(html: str = "", site: tuple[Signal, ...] = (), **headers: str) -> Article:
    """Read a page with such a head, such headers and such signals of its site."""
    plain = page(document(html))
    given: Page = replace(
        plain,
        headers={**plain.headers, **{name.replace("_", "-"): one for name, one in headers.items()}},
        signals=site,
    )
    found = extract.read(given, lead(), BEAT)
    assert isinstance(found, Article), found
    return found


def of_site(name: str, said: str, where: str = "robots.txt") -> tuple[Signal, ...]:
    return (Signal(name=name, said=said, where=where),)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("train-ai=n", ("ai-train",)),
        ("train-ai=y, search=y", ()),
        ("train-ai=y, train-ai=n", ("ai-train",)),
        ("train-ai=n, train-ai=y", ()),
        ("train-ai=n;exp=1", ("ai-train",)),
        ("search=n", ("search", "snippet")),
        ("bots=n", ALL),
        ("train-genai=n", ("ai-train",)),
        ("ai=n", AI),
        ("unheard-of=n", ()),
        ("train-ai", ()),
        ("train-ai=maybe", ()),
        ("Train-AI = n", ("ai-train",)),
        ("", ()),
    ],
)
def test_content_usage_is_read_with_patience(said: str, refused: tuple[str, ...]) -> None:
    assert read(content_usage=said).refuses == refused
    assert read(site=of_site("Content-Usage", said)).refuses == refused


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("search=yes, ai-train=no", ("ai-train",)),
        ("search=yes, ai-input=no, ai-train=no, use=reference", AI),
        ("search=no", ("search", "snippet")),
        ("ai-train=yes", ()),
    ],
)
def test_a_content_signal_counts_as_it_is_said(said: str, refused: tuple[str, ...]) -> None:
    assert read(site=of_site("Content-Signal", said)).refuses == refused


def test_the_stricter_of_site_and_page_wins() -> None:
    site = of_site("Content-Usage", "train-ai=n")
    assert read(site=site, content_usage="train-ai=y").refuses == ("ai-train",)


@pytest.mark.parametrize(
    ("file", "header", "meta", "refused"),
    [
        ("1", "", "", AI),
        ("1", "0", "", ()),
        ("1", "0", "1", AI),
        ("0", "1", "", AI),
        ("1", "2", "", AI),
        ("", "1", "0", ()),
        ("", "", "1, 0", AI),
        ("", "", "", ()),
    ],
)
def test_of_tdm_reservations_the_nearest_counts(
    file: str, header: str, meta: str, refused: tuple[str, ...]
) -> None:
    site = of_site("tdm-reservation", file, "/.well-known/tdmrep.json") if file else ()
    head = f'<meta name="tdm-reservation" content="{meta}">' if meta else ""
    assert read(head, site, **({"tdm_reservation": header} if header else {})).refuses == refused


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        ("noai, noimageai", ("ai-train",)),
        ("noindex, nofollow", ("search",)),
        ("max-image-preview: none", ("image",)),
        ("copydesk: noimageindex", ("image",)),
        ("otherbot: noindex, nosnippet", ()),
        ("otherbot: noindex, copydesk: noai", ("ai-train",)),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noindex", ("search",)),
        ("max-snippet: 0", ("ai-input", "snippet")),
        ("*: noai", ("ai-train",)),
        ("none", ("search",)),
        ("noarchive", ()),
        ("googlebot: nofollow\nnosnippet, noimageindex", ("ai-input", "snippet", "image")),
        ("noai\ngooglebot: nosnippet", ("ai-train",)),
        ("googlebot: nofollow\notherbot: nosnippet", ()),
        ("nofollow noimageindex", ("image",)),
        ("max-snippet=0", ("ai-input", "snippet")),
        ("nofollow, " * 300 + "noai", ("ai-train",)),
    ],
)
def test_an_x_robots_tag_is_heard_where_it_speaks_to_us(
    header: str, refused: tuple[str, ...]
) -> None:
    assert read(x_robots_tag=header).refuses == refused


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        ('<https://a.example/l.xml>; rel="license"; type="application/rsl+xml"', AI),
        ("</a.css>; rel=preload, </l.xml>; type=application/rsl+xml; rel=license", AI),
        ('<https://a.example/by>; rel="license"', ()),
        ("<" * 50_000, ()),
    ],
)
def test_a_licence_may_be_linked_in_the_header(header: str, refused: tuple[str, ...]) -> None:
    assert read(link=header).refuses == refused


@pytest.mark.parametrize(
    ("name", "refused"),
    [("no training agents", ("ai-train",)), ("no answering agents", ("ai-input",))],
)
def test_a_site_that_keeps_ai_agents_out_refuses_their_use(
    name: str, refused: tuple[str, ...]
) -> None:
    assert read(site=of_site(name, "SomeBot")).refuses == refused


def test_every_signal_is_told_once_with_its_place() -> None:
    head = '<meta name="robots" content="noai, noai, max-snippet: 50, nofollow">'
    site = of_site("Content-Signal", "ai-train=no")
    assert [(one.name, one.said, one.where) for one in read(head, site + site).signals] == [
        ("Content-Signal", "ai-train=no", "robots.txt"),
        ("noai", "noai", "meta robots"),
        ("max-snippet", "max-snippet:50", "meta robots"),
    ]


def test_what_is_said_is_bounded() -> None:
    head = f'<meta name="tdm-policy" content="https://a.example/{"x" * 9_000}">'
    (signal,) = read(head).signals
    assert len(signal.said) == 300


def test_signals_are_bounded() -> None:
    links = "".join(
        f'<link rel="license" type="application/rsl+xml" href="/{n}">' for n in range(500)
    )
    assert len(read(links).signals) == 60


MANY = tuple(of_site("Content-Signal", f"label-{n}=yes")[0] for n in range(60))


@pytest.mark.parametrize(
    ("head", "refused"),
    [
        ('<meta name="robots" content="nosnippet">', ("ai-input", "snippet")),
        ('<meta name="robots" content="max-snippet:0">', ("ai-input", "snippet")),
        ('<meta name="copydesk" content="noimageindex, noai">', ("ai-train", "image")),
        ('<meta name="tdm-reservation" content="1">', AI),
        (f'<meta name="robots" content="{"all, " * 200}noai">', ("ai-train",)),
    ],
)
def test_signals_of_a_site_push_out_none_that_refuses(head: str, refused: tuple[str, ...]) -> None:
    found = read(head, MANY)
    assert found.refuses == refused
    assert len(found.signals) == 60


def test_of_many_signals_the_nearest_reservation_and_the_least_limit_are_kept() -> None:
    head = '<meta name="tdm-reservation" content="0"><meta name="robots" content="max-snippet:90">'
    many = (*MANY, *of_site("tdm-reservation", "1", "/.well-known/tdmrep.json"))
    found = read(head, (*many, *of_site("max-snippet", "max-snippet:200", "X-Robots-Tag")))
    assert found.refuses == ()
    assert 0 < len(found.excerpt) <= 90


def test_of_many_signals_a_marked_section_is_kept() -> None:
    body = f"{BODY}<p data-nosnippet>Read on.</p>"
    given = replace(page(document(body=body)), signals=MANY)
    found = extract.read(given, lead(), BEAT)
    assert isinstance(found, Article)
    assert "data-nosnippet" in {one.name for one in found.signals}


def test_a_long_header_is_told_in_parts_and_heard_to_its_end() -> None:
    found = read(content_usage="search=y, " * 50 + "train-ai=n")
    assert found.refuses == ("ai-train",)
    assert all(len(one.said) <= 300 for one in found.signals)


def test_a_licence_behind_more_than_are_read_counts_as_unread() -> None:
    free = (
        '<script type="application/rsl+xml"><rsl xmlns="https://rslstandard.org/rsl">'
        '<content url="/"><license><permits type="usage">all</permits></license></content></rsl>'
        "</script>"
    )
    assert read(free * 5).refuses == ()
    assert read(free * 6).refuses == AI


@pytest.mark.parametrize("words", ["max-snippet:20", "nosnippet", "max-snippet:0"])
def test_a_refused_snippet_is_not_taken_from_the_feed_either(words: str) -> None:
    told = replace(lead(), excerpt="The ferry to Saltholm ran aground with ninety people on board.")
    given = page(document(f'<meta name="robots" content="{words}">'))
    found = extract.read(given, told, BEAT)
    assert isinstance(found, Article)
    assert len(found.excerpt) <= 20
    assert "ferry to Saltholm ran aground" not in found.excerpt


def test_the_least_of_several_limits_counts() -> None:
    limits = (("robots", 200), ("copydesk", 90))
    head = "".join(f'<meta name="{to}" content="max-snippet:{most}">' for to, most in limits)
    assert 0 < len(read(head).excerpt) <= 90


REPEATED = "Readers of this site may visit the harbour office on the first Sunday of every month."


def settled(head: str = "", first: str = REPEATED) -> Article:
    """Read a page whose first sentence its site repeats, and take that out."""
    words = " ".join(
        f"The harbour office counted {n} ferries in week {n} of the year." for n in range(40)
    )
    given = page(document(head, f"<p>{first}</p><p>{words}</p>"))
    found = extract.read(given, lead(), BEAT)
    assert isinstance(found, Article)
    others = [replace(found, url=f"{n}", title=f"{n}") for n in range(9)]
    others = [replace(one, text=f"{REPEATED}\n\n{one.title * 30}") for one in others]
    site = extract.habits(extract.learn(None, others))
    return extract.settle(found, site, BEAT.excerpt)


def test_an_excerpt_that_is_taken_anew_keeps_to_the_limit_too() -> None:
    assert len(settled().excerpt) > 100
    limited = settled('<meta name="robots" content="max-snippet:100">')
    assert REPEATED not in limited.text
    assert 0 < len(limited.excerpt) <= 100


def test_a_refused_snippet_stays_refused_when_the_text_is_cleaned() -> None:
    assert settled('<meta name="robots" content="nosnippet">').excerpt == ""
