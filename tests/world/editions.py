"""Invented editions: a beat on rules for machines, stories and records as publishing gets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypedDict, Unpack

from copydesk.news import Beat, Image, Provider, Reason, Record, Ruling, Story, Topic, Verdict
from copydesk.news.edition import Edition, PictureFile, Thumbnail
from copydesk.news.story import Addition, Related
from copydesk.news.summary import Summary, Translation

AT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
HERALD = Provider(name="The Herald", domain="herald.example")
SITE = "https://desk.example/robots"
API = "https://api.desk.example/robots"


def topic(name: str, services: Mapping[str, str] | None = None, parent: str = "") -> Topic:
    """Give a topic whose id is its name in lower case, with hyphens."""
    return Topic(
        id=name.lower().replace(" ", "-"),
        name=name,
        parent=parent,
        services=tuple((services or {}).items()),
    )


def beat(timezone: str = "UTC", url: str = SITE, topics: tuple[Topic, ...] = ()) -> Beat:
    """Give a beat with a main topic, one that lists news, one below it, and one without any."""
    return Beat(
        title="Robots & Rules",
        url=url,
        api_url=API,
        timezone=timezone,
        topic="Robots",
        topics=topics
        or (
            topic("Robots", {"news": f"{API}/api/news/", "learning": f"{API}/api/learning/"}),
            topic("Law", {"news": f"{API}/api/news/law/"}, parent="Robots"),
            topic("Courts", parent="Law"),
            topic("Toys", parent="Robots"),
        ),
    )


class StoryFields(TypedDict, total=False):
    """What a test may say of a story."""

    path: str
    title: str
    excerpt: str
    published_at: datetime | None
    updated_at: datetime | None
    web_url: str
    original_url: str
    type: str
    heat: int | None
    quality: int | None
    published: bool | None
    featured_content: str
    length: str
    provider: Provider | None
    topics: tuple[str, ...]
    images: tuple[Image, ...]
    refuses: tuple[str, ...]
    related: tuple[Related, ...]
    language: str
    credit: str
    trust: int | None
    copy_of: str
    group: str
    matter: str
    background: tuple[str, ...]
    additions: tuple[Addition, ...]
    access: str
    history: tuple[str, ...]
    note: str
    reasons: tuple[Reason, ...]
    summary: Summary | None
    translation: Translation | None
    verdict: Verdict | None


def story(name: str = "2026-11-24-robots-may-vote", **fields: Unpack[StoryFields]) -> Story:
    """Give a published story; its address and path come from its name."""
    usual = Story(
        path=f"_news/{name}.md",
        title="Robots may vote",
        excerpt="A court said so on Tuesday.",
        published_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        web_url=f"https://herald.example/{name}",
        original_url=f"https://herald.example/{name}",
        quality=80,
        heat=80,
        published=True,
        provider=HERALD,
        topics=("Robots",),
    )
    return replace(usual, **fields)


def related(domain: str, **fields: Unpack[StoryFields]) -> Related:
    """Give another newsroom's take on a story; its address and name come from its domain."""
    provider = Provider(name=domain.partition(".")[0].capitalize(), domain=domain)
    title = fields.get("title", f"As {provider.name} has it")
    address = fields.get("web_url", f"https://{domain}/take")
    return Related(title=title, published_at=AT, web_url=address, provider=provider)


def pin(name: str, until: datetime | None = None) -> Ruling:
    """Give an editor's pin on a record."""
    return Ruling(
        said="pin", by="ed@desk.example", at=AT, why="of the day", stories=(name,), until=until
    )


def matter_rule(values: tuple[str, ...]) -> Ruling:
    """Give an editor's rule on matters: `split`, `merge` or `rename`, and names."""
    rule = Ruling(said="matter", by="ed@desk.example", at=AT, why="one affair", values=values)
    return replace(rule, stories=values[1:2])


def record(path: str, **fields: object) -> Record:
    """Give a record of the collection that its path names, without a body."""
    collection = path.removeprefix("_").split("/", 1)[0]
    return Record(path=path, collection=collection, fields=fields)


def thumbnail(
    stem: str, kinds: Iterable[str] = ("webp",), size: tuple[int, int] = (640, 320)
) -> Thumbnail:
    """Give a cached picture: its WebP and AVIF also half as wide, its JPEG alone."""
    width, height = size
    types = {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}
    halves = [""] if width < 640 else ["", "-320"]
    return Thumbnail(
        forms=tuple(
            PictureFile(
                name=f"{stem}{half}.{kind}",
                width=width // 2 if half else width,
                height=height // 2 if half else height,
                type=types[kind],
            )
            for kind in kinds
            for half in (halves if kind != "jpg" else [""])
        ),
        colour="#4a6b8c",
    )


def edition(
    stories: Iterable[Story] = (),
    records: Iterable[Record] = (),
    pictures: Mapping[str, Thumbnail] | None = None,
    on: Beat | None = None,
    at: datetime = AT,
) -> Edition:
    """Give an edition of these, on the invented beat."""
    return Edition(
        beat=on or beat(),
        at=at,
        stories=tuple(stories),
        records=tuple(records),
        pictures=pictures,
    )
