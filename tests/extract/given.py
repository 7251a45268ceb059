"""What the tests of extract are given: pages, leads and a beat, all invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from copydesk import extract
from copydesk.news import Article, Beat, Dropped, Image, Lead, Page, Source
from copydesk.news.beat import Organization

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://www.harbour.example/2026/03/ferry-runs-aground"
BEAT = Beat(
    title="Ports Every Day",
    organizations={
        "northpost.example": Organization(
            domain="northpost.example", name="The North Post", other_names=("North Post",)
        ),
        "tides.northpost.example": Organization(domain="tides.northpost.example", name="Tides"),
    },
    logos={
        "northpost.example": Image(
            url="https://api.example/northpost.example-50x50.jpg", width=50, height=50
        )
    },
    sources=(
        Source(url="https://www.quaynews.example/feed.xml", name="Quay News"),
        Source(url="https://search.example/feed.xml", name="Ferries - Search"),
    ),
)
SENTENCES = (
    "The ferry ran aground on a sandbank at four in the morning, the harbour office said.",
    "Nobody was hurt, and all ninety passengers were taken off by two lifeboats before noon.",
    "Engineers want to wait for the spring tide before they try to pull the ship free.",
    "The line runs six crossings a day and carries most of the island's food and fuel.",
    "A second ferry is on its way from the shipyard and should arrive on Thursday evening.",
)
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(
    html: str | bytes, *, url: str = URL, final_url: str = "", content_type: str = "text/html"
) -> Page:
    """Make a page as a fetcher gives it."""
    return Page(
        url=url,
        final_url=final_url or url,
        status=200,
        headers={"content-type": content_type} if content_type else {},
        body=html if isinstance(html, bytes) else html.encode(),
        fetched_at=NOW,
    )


def lead(url: str = URL, source: str = "https://www.harbour.example/feed.xml") -> Lead:
    """Make a lead that says nothing but an address."""
    return Lead(url=url, source=source, found=NOW)


def document(
    head: str = "", body: str = BODY, title: str = "Ferry runs aground off Saltholm"
) -> str:
    """Make an article's markup around a head and a body."""
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>{head}"
        f"</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    )


def article(head: str = "", body: str = BODY, **of_the_lead: object) -> Article:
    """Read an article out of a head and a body; fail where it is dropped."""
    given = replace(lead(), **of_the_lead)  # type: ignore[arg-type] # fields of Lead, by name
    found = extract.read(page(document(head, body)), given, BEAT)
    assert isinstance(found, Article), found
    return found


def dropped(html: str | bytes, *, url: str = URL, content_type: str = "text/html") -> Dropped:
    """Read a page that is no article; fail where one is found."""
    found = extract.read(page(html, url=url, content_type=content_type), lead(url), BEAT)
    assert isinstance(found, Dropped), found
    return found
