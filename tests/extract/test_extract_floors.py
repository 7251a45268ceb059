"""Floors: what the reader reached on pages that nobody wrote for it. Raised, never lowered."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk import extract
from copydesk.news import Article, Beat, Lead, Page
from world.shared import SHARED, needs_shared

PAGES = SHARED / "data" / "pages"
WEB = SHARED / "data" / "web"
RECORDED = WEB / "newswire.warc.gz"
GOLD = WEB / "newswire_gold.jsonl"
TEXTS = SHARED / "data" / "story" / "giveme5w1h_dev.jsonl"
AEB = PAGES / "aeb.zip"
DATES = PAGES / "htmldate_150.zip"
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
BEAT = Beat(title="Floors")

pytestmark = [needs_shared, pytest.mark.slow]


def must_be(path: Path, digest: str) -> None:
    """Fail where the data is not what the floor was measured on."""
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"other data: {path.name}"


def read(url: str, body: bytes, headers: dict[str, str], at: datetime = CLOCK) -> Article | None:
    """Read a page of which no feed told anything."""
    page = Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=at)
    found = extract.read(page, Lead(url=url, source="", found=at), BEAT)
    return found if isinstance(found, Article) else None


def four_gram_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """Score texts as the article extraction benchmark does: the F1 of mean precision and recall."""
    precisions, recalls = [], []
    for true, found in pairs:
        wanted, given = four_grams(true), four_grams(found)
        shared = (wanted & given).total()
        precisions.append(shared / given.total() if given else 1.0)
        recalls.append(shared / wanted.total() if wanted else 1.0)
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall)


def four_grams(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A page of the recorded web as read, with its label and its text."""

    gold: dict[str, Any]
    text: str
    article: Article | None


@pytest.fixture(scope="module")
def newswire() -> list[Wired]:
    web = dict(recorded())
    texts = {row["id"]: row["text"] for row in rows(TEXTS)}
    found = []
    for gold in rows(GOLD):
        url = gold["url"]
        while "location" in web[url][1]:
            url = web[url][1]["location"]
        status, headers, body = web[url]
        if status == 200:
            article = read(url, body, headers, datetime(2018, 2, 7, 6, tzinfo=UTC))
            found.append(Wired(gold=gold, text=texts[gold["id"]], article=article))
    return found


def recorded() -> Iterator[tuple[str, tuple[int, dict[str, str], bytes]]]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with RECORDED.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            headers = {name.lower(): value for name, value in record.http_headers}
            answer = (record.http_headers.status_code or 0, headers, record.reader.read())
            yield record.headers["WARC-Target-URI"].strip("<>"), answer


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def share(told: list[bool]) -> float:
    return sum(told) / len(told)


def test_the_recorded_web_is_read(newswire: list[Wired]) -> None:
    must_be(RECORDED, "03bd7811257137a4420a7005e2672c1f700d93724a6a3d63b4b94ce77c134239")
    read_ones = [(one.gold, one.article) for one in newswire if one.article]

    assert len(newswire) == len(read_ones) == 170
    assert share([gold["title"] == one.title for gold, one in read_ones]) >= 0.994
    assert share([gold["canonical"] == one.web_url for gold, one in read_ones]) == 1.0
    assert share([(gold["amp"] or "") == one.amp_web_url for gold, one in read_ones]) == 1.0
    assert share([gold["image"] == one.image for gold, one in read_ones]) >= 0.964
    # without any feed: the misses are pages whose address holds the day of another time zone
    days = [f"{one.published_at:%Y-%m-%d}" == gold["published"][:10] for gold, one in read_ones]
    assert share(days) >= 0.976


def test_the_recorded_web_gives_its_texts(newswire: list[Wired]) -> None:
    texts = [(one.text, one.article.text if one.article else "") for one in newswire]

    assert four_gram_f1(texts) >= 0.966


def test_no_charset_of_the_recorded_web_is_broken(newswire: list[Wired]) -> None:
    broken = re.compile("\ufffd|â€|Ã©|锟|&#")
    said = [one.article for one in newswire if one.article]

    assert [] == [one.url for one in said if broken.search(one.title + one.excerpt + one.text)]


def test_the_article_benchmark_gives_its_texts() -> None:
    must_be(AEB, "850035f890955a87a2dfef3d31849fd6e91a5571d113a7f713bc327f18206ae7")
    texts = []
    with zipfile.ZipFile(AEB) as packed:
        name = next(name for name in packed.namelist() if name.endswith("ground-truth.json"))
        for key, told in json.loads(packed.read(name)).items():
            html = packed.read(f"{name.removesuffix('ground-truth.json')}html/{key}.html.gz")
            found = read(told["url"], gzip.decompress(html), {"content-type": "text/html"})
            texts.append((told["articleBody"], found.text if found else ""))

    assert four_gram_f1(texts) >= 0.976


def test_dates_are_found_where_no_feed_tells_them() -> None:
    must_be(DATES, "c3cbbb2b3abceb1645116f01d2d03ec8d7151e3006b838aca4433d5170f46c12")
    exact = []
    with zipfile.ZipFile(DATES) as packed:
        name = next(name for name in packed.namelist() if name.endswith("dates.json"))
        for url, told in json.loads(packed.read(name)).items():
            html = packed.read(f"{name.removesuffix('dates.json')}html/{told['file']}")
            found = read(url, html, {})
            exact.append(found is not None and f"{found.published_at:%Y-%m-%d}" == told["date"])

    assert share(exact) >= 0.86
