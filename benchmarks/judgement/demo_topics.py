"""Write the example beat's truth as lines for `copydesk eval topics`, each page read anew.

.venv/bin/python benchmarks/judgement/demo_topics.py >demo.jsonl
copydesk -C examples/ai/newsroom eval topics demo.jsonl
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from copydesk import extract, fetch
from copydesk.errors import CopydeskError
from copydesk.kit import dates
from copydesk.news import Article, Beat, Lead, Page, Request

EXAMPLE = Path(__file__).parents[2] / "examples" / "ai"


def main() -> None:
    """Print a line for each page that can be read."""
    now = dates.parse(json.loads((EXAMPLE / "demo.json").read_text("utf-8"))["now"])
    web = fetch.Replay(EXAMPLE / "web.warc.gz", now)
    for line in (EXAMPLE / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        article = _read(web, truth["canonical"]) or _read(web, truth["url"])
        if article is not None:
            print(json.dumps(_labelled(article, truth), ensure_ascii=False))


def _read(web: fetch.Replay, url: str) -> Article | None:
    page = asyncio.run(web.fetch(Request(url=url)))
    if not isinstance(page, Page) or page.status != 200:
        return None
    lead = Lead(url=url, source="", found=page.fetched_at)
    try:
        found = extract.read(page, lead, Beat(title="Measured"))
    except CopydeskError:
        return None
    return found if isinstance(found, Article) else None


def _labelled(article: Article, truth: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": article.web_url,
        "title": article.title,
        "excerpt": article.excerpt,
        "text": article.text,
        "lang": article.language,
        "section": article.section if article.origins.get("section") != "address" else "",
        "tags": article.keywords,
        "topics": truth["topics"],
    }


if __name__ == "__main__":
    main()
