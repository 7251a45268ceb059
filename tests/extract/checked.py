"""The checker: whatever bytes came, an article that is sound, a Dropped or a PageError, in time."""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from copydesk import extract
from copydesk.errors import PageError
from copydesk.kit import text
from copydesk.news import Article, Beat, Dropped, Lead, Page
from copydesk.news.article import USES

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://www.harbour.example/2026/03/ferry-runs-aground"
BEAT = Beat(title="Checked")
SECONDS = 2.0  # of the processor, for any page
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read(
    body: bytes, headers: Mapping[str, str], lead: Lead | None = None
) -> Article | Dropped | PageError:
    """Read a page; anything but these three is a bug."""
    lead = lead or Lead(url=URL, source="", found=NOW)
    page = Page(
        url=lead.url,
        final_url=lead.url,
        status=200,
        headers=headers,
        body=body,
        fetched_at=NOW,
    )
    try:
        found = extract.read(page, lead, BEAT)
    except PageError as error:
        return error
    if isinstance(found, Article):
        must_be_sound(found)
    return found


def must_be_sound(article: Article) -> None:
    """Fail where an article holds what no page may bring into a record."""
    lines = (article.title, article.excerpt, article.credit, article.section, article.image_alt)
    for line in (*lines, *article.authors, *article.keywords, article.provider.name):
        assert line == text.fold(line), f"not folded: {line[:200]!r}"
    assert article.title
    assert len(article.title) <= 1_000, "a title of more than a thousand characters"
    assert not _STEERING.search(article.text), "what steers a terminal in the text"
    assert len(article.excerpt) <= BEAT.excerpt.max_characters
    for moment in (article.published_at, article.updated_at or article.published_at):
        assert moment.utcoffset() == timedelta(0)
        assert moment <= NOW + timedelta(hours=1)
    assert article.web_url.startswith("http")
    for figure in article.figures:
        assert figure.url.startswith("http")
    assert set(article.refuses) <= set(USES)
    assert article.seconds >= 0


def main() -> None:
    """Read every hostile page in a process of its own, and print what came of it, a line each."""
    from extract import crowds, hostile
    from extract.given import document

    gc.set_threshold(50_000, 20, 20)  # as readers do
    read(document().encode(), {})  # loads the libraries before the fork
    pages = {**hostile.PAGES, **crowds.PARTS, **crowds.WHOLE}
    for name in sys.argv[1:] or pages:
        page = pages[name]
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _in_child(name, page.made(), page.headers, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            told = said.read()
        _, status = os.waitpid(child, 0)
        lost = {"name": name, "outcome": f"ended by {status}", "seconds": 0.0, "megabytes": 0}
        print(told or json.dumps(lost), flush=True)


def _in_child(name: str, body: bytes, headers: Mapping[str, str], writing: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))  # a hang ends here
    began, before = time.process_time(), _peak()
    try:
        found = read(body, headers)
        what = found.what if isinstance(found, PageError) else ""
        outcome = f"{type(found).__name__} {what}".strip()
    except BaseException as error:  # told, whatever it is: nothing of a child may go on as parent
        outcome = f"{type(error).__name__}: {error}"[:500]
    told = {
        "name": name,
        "outcome": outcome,
        "seconds": round(time.process_time() - began, 2),
        "megabytes": (_peak() - before) // 1024,
    }
    os.write(writing, json.dumps(told).encode())
    os._exit(0)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
