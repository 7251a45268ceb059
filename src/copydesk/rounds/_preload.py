"""Import the modules that the fork server loads once for all parser processes.

Loading takes half a second, most of it for the first page read, so one page is read here.
"""

from __future__ import annotations

from datetime import UTC, datetime

import htmldate  # noqa: F401 - for pages on which readers differ
import pebble.pool.process  # noqa: F401 - run by readers
import PIL.AvifImagePlugin
import PIL.Image
import PIL.WebPImagePlugin
import trafilatura  # noqa: F401 - the same

from copydesk import extract, watch
from copydesk.illustrate import make_forms, prove_picture  # noqa: F401 - for the readers
from copydesk.news import Beat, Lead, Page, Source

_URL = "https://warm.example/2030/01/02/a-page"
_NOW = datetime(2030, 1, 2, 12, tzinfo=UTC)
_SENTENCE = "The ferry keeps to its times all winter, the harbour office said on Tuesday. "
_PAGE = f"""<!doctype html><html lang="en"><head><title>The ferry keeps to its times</title>
<meta property="article:published_time" content="2030-01-02T08:00:00+00:00"></head>
<body><article><h1>The ferry keeps to its times</h1>{f"<p>{_SENTENCE * 4}</p>" * 4}</article></body>
</html>"""
_FEED = f"""<rss version="2.0"><channel><title>Quay</title><item><title>The ferry keeps to its
times</title><link>{_URL}</link><pubDate>Wed, 02 Jan 2030 08:00:00 GMT</pubDate></item></channel>
</rss>"""


def _answer(body: str) -> Page:
    return Page(
        url=_URL, final_url=_URL, status=200, headers={}, body=body.encode(), fetched_at=_NOW
    )


extract.read(_answer(_PAGE), Lead(url=_URL, source="", found=_NOW), Beat(title="Warm"))
watch.read(_answer(_FEED), Source(url=_URL), _NOW)
PIL.Image.preinit()  # GIF, JPEG, PNG; `init` would load thirty unused formats
