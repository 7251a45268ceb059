"""Reads the sources of the world: publishers.yaml, pictures.yaml and events/*.md."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from worldbuild.calendar import Calendar

APPEARS_AFTER = timedelta(minutes=20)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One invented publisher, as publishers.yaml describes it."""

    id: str
    name: str
    host: str
    about: str
    layout: str
    locale: str
    page: str
    suffix: str
    sections: tuple[str, ...]
    dateline: str
    palette: str
    feed: dict[str, Any]
    robots: str
    curly: bool = False
    official: bool = False
    zone: int = 0

    @property
    def site(self) -> str:
        """Give the address of the site, without a final slash."""
        return f"https://{self.host}"

    @property
    def zone_info(self) -> timezone:
        """Give the zone that the site prints its dates in."""
        return timezone(timedelta(hours=self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A page as it stood from `at` on."""

    at: datetime
    title: str
    stand: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article page; `versions` holds its first form and each update, oldest first."""

    id: str
    event: str
    publisher: Publisher
    kind: str
    versions: tuple[Version, ...]
    byline: str
    path: str
    topics: tuple[str, ...] = ()
    section: str = ""
    copy_of: str = ""
    credit: str = ""
    access: str = "free"
    picture: dict[str, Any] = field(default_factory=dict)
    duration: str = ""
    trouble: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Give the time of publication."""
        return self.versions[0].at

    @property
    def url(self) -> str:
        """Give the canonical address."""
        return self.publisher.site + self.path

    @property
    def number(self) -> int:
        """Give the number that the site's system has for this article."""
        return 100_000 + int(hashlib.sha256(self.id.encode()).hexdigest()[:8], 16) % 900_000

    @property
    def reachable(self) -> bool:
        """Say whether the page exists and robots.txt lets a polite reader have it."""
        return "status" not in self.trouble and "robots" not in self.trouble

    def version(self, moment: datetime) -> Version:
        """Give the form that stood at a moment."""
        standing = [v for v in self.versions if v.at + APPEARS_AFTER <= moment]
        return standing[-1] if standing else self.versions[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that the sources say."""

    publishers: dict[str, Publisher]
    events: dict[str, str]
    articles: tuple[Article, ...]
    pictures: dict[str, dict[str, str]]
    calendar: Calendar

    def of(self, publisher: Publisher, moment: datetime) -> list[Article]:
        """Give a publisher's articles that are out at a moment, newest first."""
        return [
            a
            for a in reversed(self.articles)
            if a.publisher.id == publisher.id and a.at + APPEARS_AFTER <= moment
        ]


def load(folder: Path, calendar: Calendar) -> World:
    """Read a world's folder, with its dates moved as a calendar says."""
    publishers = {
        key: _publisher(key, value)
        for key, value in yaml.safe_load((folder / "publishers.yaml").read_text("utf-8")).items()
    }
    events: dict[str, str] = {}
    blocks: list[tuple[str, dict[str, Any], str]] = []
    for path in sorted((folder / "events").glob("*.md")):
        (about, _), *articles_in = _blocks(path.read_text("utf-8"), calendar)
        for front, body in articles_in:
            apart = about.get("separate", False)  # articles that share a file and nothing else
            event = f"{path.stem}/{front['id']}" if apart else path.stem
            events[event] = front["title"] if apart else about["event"]
            blocks.append((event, front, body))
    originals = {front["id"]: (front, body) for _, front, body in blocks}
    articles = [
        _article(event, front, body, publishers, originals) for event, front, body in blocks
    ]
    return World(
        publishers=publishers,
        events=events,
        articles=tuple(sorted(articles, key=lambda a: (a.at, a.id))),
        pictures=yaml.safe_load((folder / "pictures.yaml").read_text("utf-8")),
        calendar=calendar,
    )


def _publisher(key: str, value: dict[str, Any]) -> Publisher:
    value = {**value, "sections": tuple(value["sections"])}
    if value["robots"] == "none":
        value["robots"] = ""
    return Publisher(id=key, **value)


def _blocks(text: str, calendar: Calendar) -> list[tuple[dict[str, Any], str]]:
    """Split a file into its (front matter, body) blocks, with their dates moved."""
    pieces = re.split(r"^---\n", text, flags=re.MULTILINE)[1:]
    return [
        (_moved(yaml.safe_load(front), calendar), calendar.write(body.strip()))
        for front, body in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def _moved(value: Any, calendar: Calendar) -> Any:
    """Give front matter with its times and the dates in its texts moved."""
    if isinstance(value, dict):
        return {key: _moved(inner, calendar) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, calendar) for inner in value]
    if isinstance(value, str) and _TIME.fullmatch(value):
        return datetime.fromisoformat(value.replace("Z", "+00:00")) + calendar.shift
    return calendar.write(value) if isinstance(value, str) else value


def _article(
    event: str,
    front: dict[str, Any],
    body: str,
    publishers: dict[str, Publisher],
    originals: dict[str, tuple[dict[str, Any], str]],
) -> Article:
    publisher = publishers[front["by"]]
    topics = front.get("topics", ())
    if "copy_of" in front:
        original, text = originals[front["copy_of"]]
        topics = original["topics"]
        body = _copied(text, front)
    first = Version(at=front["at"], title=front["title"], stand=front["stand"], body=body)
    later = [
        Version(at=u["at"], title=u["title"], stand=u["stand"], body=u["body"].strip())
        for u in front.get("updates", ())
    ]
    article = Article(
        id=front["id"],
        event=event,
        publisher=publisher,
        kind=front["kind"],
        versions=tuple(_printed(v, publisher) for v in (first, *later)),
        byline=front["byline"],
        path="",
        topics=tuple(topics),
        section=front.get("section", publisher.sections[0].lower()),
        copy_of=front.get("copy_of", ""),
        credit=front.get("credit", ""),
        access=front.get("access", "free"),
        picture=front.get("picture", {}),
        duration=front.get("duration", ""),
        trouble=front.get("trouble", {}),
    )
    return replace(article, path=front.get("path") or _path(article, front["title"]))


def _copied(text: str, front: dict[str, Any]) -> str:
    """Give the copied text with the copyist's light edits."""
    paragraphs = text.split("\n\n")[: front.get("keep", 99)]
    text = "\n\n".join(paragraphs)
    for old, new in front.get("edits", ()):
        if old not in text:
            raise ValueError(f"{front['id']}: the original does not say {old!r}")
        text = text.replace(old, new)
    extra = front.get("extra", "").strip()
    return f"{text}\n\n{extra}" if extra else text


def _printed(version: Version, publisher: Publisher) -> Version:
    if not publisher.curly:
        return version
    return replace(
        version,
        title=curly(version.title),
        stand=curly(version.stand),
        body=curly(version.body),
    )


def curly(text: str) -> str:
    """Set typographic quotes and apostrophes."""
    text = re.sub(r'(^|[\s(\[*—-])"', r"\1“", text, flags=re.MULTILINE)
    text = text.replace('"', "”")
    text = re.sub(r"(^|[\s(\[*“])'", r"\1‘", text, flags=re.MULTILINE)
    return text.replace("'", "’")


def _path(article: Article, title: str) -> str:
    at = article.at.astimezone(article.publisher.zone_info)
    return article.publisher.page.format(
        y=f"{at:%Y}",
        m=f"{at:%m}",
        d=f"{at:%d}",
        n=article.number,
        section=article.section,
        slug=slug(title),
    )


def slug(title: str) -> str:
    """Give the words of a title for an address, at most about sixty letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    text = ""
    for word in words:
        if len(text) + len(word) > 60:
            break
        text += f"-{word}"
    return text.strip("-")
