"""The graded beats: their stories read by a round, their grades, and what a checkout makes of them.

A beat is a folder of `grades/` with its topics, and a file `grades/BEAT.jsonl`, a story a line:
`url`, `grade` (0 to 100 by a reader who saw headline, source and text, and no number or reason of
ours), `topics` by the same reader, `second` the grade of another one who graded some as well. The
texts belong to their publishers and stay in `../shared/data`.

`half` tells which stories may be looked at: those of the other half are for a last check.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from copydesk import config, judge
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Provider, Story, Topic
from copydesk.newsroom import open_newsroom

HERE = Path(__file__).parent
GRADES = HERE / "grades"
EXAMPLE = HERE.parents[1] / "examples" / "ai"
LATE = datetime(2026, 11, 21, tzinfo=UTC)
WEBS = {
    "world": "newswire",
    "security": "newswire",
    "society": "pages",
    "daily": "telegram",
    "ai": "demo",
}
_LIST = "https://list.example/feed.xml"
_SETTINGS = """\
[site]
title = "Graded"
url = "https://graded.example"
[scoring]
off_beat = "keep"
publish_at = 1000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A story with its grades, and the article that was read of it."""

    article: Article
    grade: float
    second: float | None
    topics: frozenset[str]


def half(url: str) -> str:
    """Return the half that a story is in: "looked" at, or "aside"."""
    return "aside" if hashlib.sha256(url.encode()).digest()[0] & 1 else "looked"


PLACES = {"China": "CN", "European Union": "EU", "United States": "US"}  # topics of the example


def beat_of(name: str, *, with_places: bool = False) -> Beat:
    """Return a beat that keeps stories outside its subject, so that each has a quality.

    `with_places`: each topic has its kind, and a country its code, as an owner would add them.
    """
    folder = EXAMPLE / "newsroom" if name == "ai" else GRADES / name
    beat = config.load(folder, {}).beat
    if with_places:
        topics = (replace(topic, kind="subject") for topic in beat.topics)
        beat = replace(beat, topics=tuple(_place(topic) for topic in topics))
    return replace(beat, scoring=replace(beat.scoring, off_beat="keep"))


def _place(topic: Topic) -> Topic:
    code = PLACES.get(topic.name, "")
    return replace(topic, kind="place", place=code) if code else topic


def read_rows(path: Path, check: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Return the rows of a file of grades or pairs; a row that fails the check ends the program.

    Half a figure would be believed.
    """
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
            is_sound = check(rows[-1])
        except (ValueError, KeyError, TypeError, RecursionError):
            is_sound = False
        if not is_sound:
            raise SystemExit(f"{path.name}: line {number} is broken: {line[:80]!r}")
    return rows


def is_grade(row: dict[str, Any]) -> bool:
    """Return whether a row is a story's address, its grade from 0 to 100, and its topics."""
    grades = (row["grade"], row.get("second") or 0)
    are_topics = all(isinstance(topic, str) for topic in row["topics"])
    return bool(row["url"]) and all(0 <= float(one) <= 100 for one in grades) and are_topics


def is_pair(row: dict[str, Any]) -> bool:
    """Return whether a row is two addresses and what each of two editors chose of them."""
    chosen = {row["first"], row["second"]}
    return row["a"] != row["b"] and chosen <= {"A", "B", "="} and bool(row["a"] and row["b"])


def graded(name: str, web: Mapping[str, Article]) -> Iterator[Graded]:
    """Yield the graded stories of a beat that its web holds."""
    for row in read_rows(GRADES / f"{name}.jsonl", is_grade):
        if row["url"] in web:
            yield Graded(
                article=web[row["url"]],
                grade=row["grade"],
                second=row.get("second"),
                topics=frozenset(row["topics"]),
            )


def judged(article: Article, beat: Beat) -> Story:
    """Judge an article alone, as if it was found on the day it came out."""
    fresh = replace(article, found=article.published_at)
    story = judge.assess(fresh, beat, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def read_web(name: str, data: Path, work: Path) -> dict[str, Article]:
    """Read the articles of a web by their addresses; a round is run where none was in `work`."""
    if name == "telegram":
        rows = (data / "topics/tgcontest_en_categories.jsonl").read_text("utf-8").splitlines()
        return {one.url: one for one in map(_article, map(json.loads, rows))}
    folder = work / name
    if not (folder / ".copydesk").exists():
        {"newswire": _run_newswire, "pages": _run_pages, "demo": _run_demo}[name](data, folder)
    with open_newsroom(folder, LATE, {}) as newsroom:
        return {article.url: article for article in newsroom.articles.all()}


def _article(row: Mapping[str, str]) -> Article:
    domain = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
    day = datetime(2019, 11, 8, tzinfo=UTC)
    return Article(
        url=row["url"],
        web_url=row["url"],
        title=row["title"],
        published_at=day,
        source="",
        found=day,
        text="\n\n".join(filter(None, row["text"].split("\n"))),
        language="en",
        provider=Provider(name=domain, domain=domain),
    )


def _run_newswire(data: Path, folder: Path) -> None:
    description = json.loads((data / "web/newswire.json").read_text("utf-8"))
    sources = [source["url"] for source in description["sources"]]
    _run(folder, sources, data / "web/newswire.warc.gz", description["replay"]["now"])


def _run_pages(data: Path, folder: Path) -> None:
    """Run over single pages: a feed that lists them all is recorded behind them."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    rows = map(json.loads, (data / "web/pages_index.jsonl").read_text("utf-8").splitlines())
    items = "".join(
        f"<item><link>{escape(row['url'])}</link></item>" for row in rows if "url" in row
    )
    feed = f'<rss version="2.0"><channel><title>Pages</title>{items}</channel></rss>'
    folder.mkdir(parents=True, exist_ok=True)
    web = folder / "web.warc.gz"
    with web.open("wb") as stream:
        stream.write((data / "web/pages.warc.gz").read_bytes())
        writer = WARCWriter(stream, gzip=True)
        headers = StatusAndHeaders(
            "200 OK", [("Content-Type", "application/rss+xml")], protocol="HTTP/1.1"
        )
        record = writer.create_warc_record(
            _LIST, "response", payload=BytesIO(feed.encode()), http_headers=headers
        )
        record.rec_headers.replace_header("WARC-Date", "2019-12-01T00:00:00Z")
        writer.write_record(record)
    _run(folder, [_LIST], web, "2026-01-01T00:00:00Z")


_DEMO_DAY = "2026-11-20T08:00:00Z"  # the week as it was labelled


def _run_demo(data: Path, folder: Path) -> None:
    del data
    _copydesk("demo", "--no-serve", "--dir", str(folder), "--now", _DEMO_DAY)


def _run(folder: Path, sources: Iterable[str], web: Path, now: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    listed = "".join(f'[[source]]\nurl = "{url}"\n' for url in sources)
    (folder / "beat.toml").write_text(_SETTINGS + listed, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    _copydesk("-C", str(folder), "run", "--json", "--web", str(web), "--now", now)


def _copydesk(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "copydesk", *words], check=True, stdout=subprocess.DEVNULL
    )
