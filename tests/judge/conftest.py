"""A beat on AI and articles for it, invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from copydesk.news import Article, Beat, Provider, Source, Topic
from copydesk.news.beat import Organization, Scoring

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = "https://feeds.gazette.example/all.xml"
OFFICIAL = "https://lab.example/blog.xml"
HEALTH = "https://clinic.example/feed.xml"

TOPICS = (
    Topic(id="ai", name="AI", keywords=("ai", "artificial intelligence")),
    Topic(id="genai", name="Generative AI", parent="AI", keywords=("generative ai", "chatbot")),
    Topic(id="policy", name="AI Policy", parent="AI", keywords=("ai act", "ai rules")),
    Topic(id="eu", name="European Union", parent="AI Policy", keywords=("EU", "european union")),
    Topic(id="health", name="Health", keywords=("hospital", "clinical trial")),
)


@pytest.fixture
def beat() -> Beat:
    """Return a beat with a main topic, three levels below it, and one topic beside it."""
    return Beat(
        title="A.I. Example",
        topic="AI",
        topics=TOPICS,
        organizations={
            "gazette.example": Organization(domain="gazette.example", name="The Gazette")
        },
        sources=(
            Source(url=FEED, name="Gazette"),
            Source(url=OFFICIAL, name="The Lab", official=True),
            Source(url=HEALTH, name="Clinic", topics=("Health",)),
        ),
        scoring=Scoring(profile="copydesk"),
    )


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """Return a maker of articles; any field may be named, the rest is plain."""

    def make(name: str = "a", **fields: object) -> Article:
        url = f"https://paper.example/{name}"
        given: dict[str, object] = {
            "url": url,
            "web_url": url,
            "title": "A headline",
            "published_at": NOON,
            "source": FEED,
            "found": NOON,
            "provider": Provider(name="Paper", domain="paper.example"),
            **fields,
        }
        return Article(**given)  # type: ignore[arg-type]  # the test names the fields

    return make
