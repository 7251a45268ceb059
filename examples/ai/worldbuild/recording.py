"""Collects the answers of the whole world and writes them as one WARC file."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from worldbuild import feeds, pictures
from worldbuild.pages import Press, stamp
from worldbuild.sources import APPEARS_AFTER, Article, Publisher, World

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 410: "Gone", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address answers from a moment on."""

    at: datetime
    url: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def answers(world: World, layouts: Path, drawn: Mapping[str, bytes]) -> list[Answer]:
    """Give every answer of the world, by time and address; `drawn` are pictures that are there."""
    press = Press(world, layouts)
    found = [
        answer
        for publisher in world.publishers.values()
        for answer in _site(world, press, publisher, drawn)
    ]
    found += [answer for article in world.articles for answer in _article(world, press, article, drawn)]
    return sorted(found, key=lambda a: (a.at, a.url))


def read_pictures(path: Path) -> dict[str, bytes]:
    """Give the pictures of a recording by their address: their bytes depend on Pillow's version."""
    with path.open("rb") as file:
        return {
            record.rec_headers["WARC-Target-URI"]: record.content_stream().read()
            for record in ArchiveIterator(file)
            if (record.http_headers.get_header("Content-Type") or "").startswith("image/")
        }


def write(found: list[Answer], path: Path) -> None:
    """Write the answers as WARC 1.1, one gzip member a record; the same answers, the same bytes."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
        for answer in found:
            status = f"{answer.status} {REASONS[answer.status]}"
            length = ("Content-Length", str(len(answer.body)))
            headers = StatusAndHeaders(status, [*answer.headers, length], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                answer.url,
                "response",
                payload=io.BytesIO(answer.body),
                http_headers=headers,
                warc_headers_dict={
                    "WARC-Date": stamp(answer.at),
                    "WARC-Record-ID": f"<{uuid.uuid5(uuid.NAMESPACE_URL, _key(answer)).urn}>",
                },
            )
            writer.write_record(record)


def _key(answer: Answer) -> str:
    return f"{stamp(answer.at)} {answer.url}"


def _site(
    world: World, press: Press, publisher: Publisher, drawn: Mapping[str, bytes]
) -> Iterator[Answer]:
    """Give robots.txt, fronts, style sheet and feed of a site."""
    site = publisher.site
    if publisher.robots:
        yield _text(world.calendar.first, f"{site}/robots.txt", publisher.robots, "text/plain")
    yield _text(world.calendar.first, f"{site}/assets/site.css", "body{margin:0 auto;max-width:60rem}\n", "text/css")
    front = press.front(publisher, world.calendar.last, publisher.name)
    yield _page(world.calendar.last, f"{site}/", front)
    about = press.front(publisher, world.calendar.first, "About").replace(
        "</h1>", f"</h1><p>{publisher.about}</p>", 1
    )
    yield _page(world.calendar.first, f"{site}/about/", about)
    yield from _feed(world, press, publisher)
    if publisher.id == "northerncourier":
        yield _page(world.calendar.first, f"{site}/account/", press.front(publisher, world.calendar.first, "Sign in"))
    if publisher.id == "harrowgate":
        url = f"{site}/media/crest.png"
        yield _binary(world.calendar.first, url, drawn.get(url) or pictures.crest(), "image/png")


def _feed(world: World, press: Press, publisher: Publisher) -> Iterator[Answer]:
    feed = publisher.feed
    url = publisher.site + feed["path"]
    if feed.get("status") == 410:
        yield Answer(at=world.calendar.first, url=url, status=410, body=b"This feed has ended.\n")
    elif feed.get("status") == 429:
        wait = (("Retry-After", str(feed["retry_after"])), ("Content-Type", "text/plain"))
        yield Answer(at=world.calendar.first, url=url, status=429, headers=wait, body=b"Slow down, please.\n")
    elif feed["format"] == "html":
        yield _page(world.calendar.first, url, press.front(publisher, world.calendar.first, "Our feed has moved somewhere"))
    else:
        for moment in _captures(world, publisher):
            yield _listing(world, press, publisher, moment)
    if "moved_from" in feed:
        old = publisher.site + feed["moved_from"]
        yield Answer(at=world.calendar.first, url=old, status=301, headers=(("Location", url),))


def _captures(world: World, publisher: Publisher) -> list[datetime]:
    """Give the moments of a feed's captures: the first, half past midnight after news, the last."""
    changes = [
        version.at + APPEARS_AFTER
        for article in world.articles
        if article.publisher.id == publisher.id
        for version in article.versions
    ]
    moments = {world.calendar.first}
    for change in changes:
        midnight = datetime(change.year, change.month, change.day, tzinfo=UTC)
        night = midnight + timedelta(days=1, minutes=30)
        moments.add(min(night, world.calendar.last))
    return sorted(moments)


def _listing(world: World, press: Press, publisher: Publisher, moment: datetime) -> Answer:
    url = publisher.site + publisher.feed["path"]
    if publisher.feed["format"] == "listing":
        return _page(moment, url, press.front(publisher, moment, "Latest"))
    kind, text = feeds.feed(world, publisher, moment)
    body = text.encode()
    validators = (
        ("Content-Type", kind),
        ("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"'),
        ("Last-Modified", format_datetime(moment, usegmt=True)),
    )
    return Answer(at=moment, url=url, headers=validators, body=body)


def _article(
    world: World, press: Press, article: Article, drawn: Mapping[str, bytes]
) -> Iterator[Answer]:
    """Give every answer that one article needs: its page, detours to it, its picture."""
    if article.trouble.get("status") == 404:
        return
    addresses = [article.url, *(u for u in feeds.listed_at(article) if "?" in u)]
    if article.trouble.get("listed") == "short":
        addresses.append(f"{article.url}?utm_source=short&utm_medium=link")
    for version in article.versions:
        moment = version.at + APPEARS_AFTER
        body = press.article(article, moment)
        for url in dict.fromkeys(addresses):
            yield _page(moment, url, body, article.trouble)
    yield from _detours(article)
    yield from _picture(world, article, drawn)
    if article.kind == "video":
        embed = f"{article.publisher.site}/embed/{article.number}"
        player = "<!DOCTYPE html><title>Player</title><video controls></video>\n"
        yield _page(article.at + APPEARS_AFTER, embed, player)


def _detours(article: Article) -> Iterator[Answer]:
    moment = article.at + APPEARS_AFTER
    way = article.trouble.get("listed")
    (listed, *_) = feeds.listed_at(article)
    if way == "short":
        step = f"{article.publisher.site}/r/{article.number:x}/go?utm_source=short"
        end = f"{article.url}?utm_source=short&utm_medium=link"
        yield Answer(at=moment, url=listed, status=302, headers=(("Location", step),))
        yield Answer(at=moment, url=step, status=302, headers=(("Location", end),))
    elif way == "http":
        yield Answer(at=moment, url=listed, status=301, headers=(("Location", article.url),))


def _picture(world: World, article: Article, drawn: Mapping[str, bytes]) -> Iterator[Answer]:
    picture = pictures.described(article, world)
    if picture is None or picture["trouble"] == "missing":
        return
    moment = article.at + APPEARS_AFTER
    if picture["trouble"] == "html":
        yield _page(moment, picture["url"], "<!DOCTYPE html><title>Please sign in</title>\n")
        return
    kind = "image/jpeg" if picture["trouble"] == "wrong-type" else picture["type"]
    body = drawn.get(picture["url"]) or pictures.drawn(article, world)
    yield _binary(moment, picture["url"], body, kind)


def _page(at: datetime, url: str, text: str, trouble: dict[str, str] | None = None) -> Answer:
    trouble = trouble or {}
    kind = f"text/html; charset={trouble.get('label', 'utf-8')}"
    body = text.encode(trouble.get("charset", "utf-8"))
    return Answer(at=at, url=url, headers=(("Content-Type", kind),), body=body)


def _text(at: datetime, url: str, text: str, kind: str) -> Answer:
    return _binary(at, url, text.encode(), f"{kind}; charset=utf-8")


def _binary(at: datetime, url: str, body: bytes, kind: str) -> Answer:
    return Answer(at=at, url=url, headers=(("Content-Type", kind),), body=body)
