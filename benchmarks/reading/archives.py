"""The reading of a WARC archive beside Fundus' CC-NEWS crawler, in one run.

    python benchmarks/reading/archives.py [--pages 4000] [--rounds 5] [--fundus PYTHON]

Makes an archive as Common Crawl packs it (a request and a response for each page, gzip by record,
with digests) of invented pages and serves it on loopback. Each reader has processes of its own, one
after the other in each round; the processor's time of the reading counts, not that of the imports.
Prints Markdown: pages a second of one core, the median of the rounds. Fundus joins in where a
Python has it:

    uv venv /tmp/fundus && uv pip install --python /tmp/fundus/bin/python fundus

copydesk reads a file, takes its SHA-256 and leaves charsets to its parser; Fundus reads the
connection, verifies digests and decodes text. `skipped` is an archive without responses.
"""

from __future__ import annotations

import argparse
import http.server
import io
import random
import statistics
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path

_OURS = """
import sys, time
from pathlib import Path
from copydesk.fetch.warc import WarcPages
list(WarcPages(Path(sys.argv[2])))  # the imports
began = time.process_time()
pages = WarcPages(Path(sys.argv[1]))
count = sum(1 for _ in pages)
assert not pages.trouble and count in {0, int(sys.argv[3])}
print(count, pages.records, time.process_time() - began)
"""
_FUNDUS = """
import sys, time
from types import SimpleNamespace
from fundus.scraping.html import CCNewsSource
site = SimpleNamespace(domain="https://gull.example/", deprecated_domains=[], url_filter=None)
site.name = ""
list(CCNewsSource(site, warc_path=sys.argv[2]).fetch())
began = time.process_time()
count = sum(1 for _ in CCNewsSource(site, warc_path=sys.argv[1]).fetch())
assert count == int(sys.argv[3])
print(count, 0, time.process_time() - began)
"""
_WORDS = ("ferry", "harbour", "council", "votes", "budget", "storm", "repairs", "bridge", "school")


def main() -> None:
    """Read the archives with every reader and print the table."""
    asked = argparse.ArgumentParser(description="reading of WARC archives")
    asked.add_argument("--pages", type=int, default=4_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--fundus", default="")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "pages.warc.gz", given.pages, "response")
        _write(folder / "skipped.warc.gz", 10 * given.pages, "request")
        _write(folder / "one.warc.gz", 1, "response")
        handler = partial(_Quiet, directory=name)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        runs = {
            "copydesk": (sys.executable, _OURS, name, "pages"),
            "copydesk, skipped records": (sys.executable, _OURS, name, "skipped"),
        }
        if given.fundus:
            runs["Fundus"] = (given.fundus, _FUNDUS, base, "pages")
        rates: dict[str, list[float]] = {reader: [] for reader in runs}
        for _ in range(given.rounds):
            for reader, (python, code, where, archive) in runs.items():
                rates[reader].append(_read(python, code, where, archive, given.pages))
        server.shutdown()
        size = (folder / "pages.warc.gz").stat().st_size
    print(f"{given.pages:,} pages, {size / 1e6:.1f} MB packed, {given.rounds} rounds\n")
    print("| reader | a second and core | from | to |\n|---|---|---|---|")
    for reader, values in rates.items():
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"| {reader} | {middle:,.0f} | {low:,.0f} | {high:,.0f} |")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _write(path: Path, pages: int, kind: str) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    chance = random.Random(37)
    answer = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], "HTTP/1.1")
    question = StatusAndHeaders("GET / HTTP/1.1", [("Host", "gull.example")], is_http_request=True)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(pages):
            url = f"https://gull.example/{number}"
            writer.write_record(writer.create_warc_record(url, "request", http_headers=question))
            if kind == "response":
                body = _page(chance)
                writer.write_record(
                    writer.create_warc_record(
                        url, kind, payload=io.BytesIO(body), http_headers=answer
                    )
                )


def _page(chance: random.Random) -> bytes:
    """Return a page of about 60,000 bytes."""
    text = (" ".join(chance.choices(_WORDS, k=60)) for _ in range(140))
    return ("<html><body>" + "".join(f"<p>{one}.</p>" for one in text) + "</body></html>").encode()


def _read(python: str, code: str, where: str, archive: str, count: int) -> float:
    """Return the records or pages that a reader reads in a second of the processor."""
    words = [python, "-c", code, f"{where}/{archive}.warc.gz", f"{where}/one.warc.gz", str(count)]
    ran = subprocess.run(words, check=True, capture_output=True, text=True)
    pages, records, seconds = ran.stdout.split()
    return (int(pages) or int(records)) / float(seconds)


if __name__ == "__main__":
    main()
