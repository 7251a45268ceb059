"""Run copydesk and its tests, and count what they take: a part of `house.py`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

NOW = "2026-11-20T08:00:00Z"
BEAT = """[site]
title = "House"
url = "https://house.example"
[scoring]
off_beat = "keep"
[[source]]
url = "https://paper.example/feed.xml"
"""
FEED = """<rss version="2.0"><channel><title>Paper</title><link>https://paper.example/</link>
<item><title>The bridge opens again</title><link>https://paper.example/bridge</link>
<pubDate>Fri, 20 Nov 2026 06:00:00 GMT</pubDate></item></channel></rss>"""
PAGE = """<html lang="en"><head><title>The bridge opens again</title></head><body><article>
<h1>The bridge opens again</h1><p>By Ann Example</p>{}</article></body></html>""".format(
    "<p>The old bridge over the river opened again on Friday, two years after the flood that took "
    "its middle arch, and the first to cross it were the children of both schools.</p>" * 8
)
# Runs a command of copydesk and writes which of its modules were loaded, and which did anything.
WATCHED = """
import json, sys, threading
ran = set()
def note(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_flags & 1:  # a function's body, not a module's or a class's
        ran.add(code.co_filename)
threading.setprofile(note); sys.setprofile(note)
from copydesk.cli import main
try:
    main(sys.argv[2:])
except SystemExit as end:
    if end.code: raise
finally:
    sys.setprofile(None)
    own = {k: m.__file__ for k, m in list(sys.modules.items()) if k.split(".")[0] == "copydesk"}
    figures = {"loaded": len(own), "ran": len(ran & set(own.values()))}
    open(sys.argv[1], "w").write(json.dumps(figures))
"""


def loaded_modules(root: Path, python: Path | str) -> dict[str, object]:
    """Run one round and one build over a newsroom of one story, and count what they load."""
    with tempfile.TemporaryDirectory() as folder:
        newsroom = Path(folder) / "newsroom"
        newsroom.mkdir()
        (newsroom / "beat.toml").write_text(BEAT, "utf-8")
        subprocess.run(["git", "init", "-q"], cwd=newsroom, check=True)
        web = Path(folder) / "web.warc"
        web.write_bytes(
            recorded("https://paper.example/feed.xml", "application/rss+xml", FEED)
            + recorded("https://paper.example/bridge", "text/html", PAGE)
        )
        ran = watched(root, python, newsroom, ["run", "--json", "--web", str(web)])
        if not list(newsroom.glob("_news/*.md")):
            raise SystemExit(f"the round filed no story: {root}")
        built = watched(root, python, newsroom, ["build", "--out", f"{folder}/site"])
    return {
        "modules loaded by a one-story build": built["loaded"],
        "modules that ran in it": built["ran"],
        "modules loaded by a round": ran["loaded"],
        "modules that ran in the round": ran["ran"],
    }


def recorded(url: str, kind: str, text: str) -> bytes:
    """Return a WARC record of an answer."""
    body = text.encode()
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    block = answer.encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {NOW}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{abs(hash(url)) % 10**12:012}>\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def watched(root: Path, python: Path | str, newsroom: Path, words: list[str]) -> dict[str, int]:
    figures = newsroom.parent / "figures.json"
    command = [python, "-c", WATCHED, figures, "-C", newsroom, "--now", NOW, *words]
    names = ("GIT_AUTHOR", "GIT_COMMITTER")
    person = {
        f"{name}_{part}": "house@house.example" for name in names for part in ("NAME", "EMAIL")
    }
    subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **person, "PYTHONPATH": str(root / "src")},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return dict(json.loads(figures.read_text("utf-8")))


def timed_suite(root: Path, python: Path | str) -> dict[str, object]:
    """Run the fast tests, and tell their seconds and the slowest of them."""
    command = [python, "-m", "pytest", "-q", "-m", "not slow", "--durations=10", "-n", "2"]
    done = subprocess.run(
        [str(word) for word in [*command, "--dist", "loadscope", "-p", "no:cacheprovider"]],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    slowest = re.findall(r"^ *([\d.]+)s (?:call|setup) +(.*)$", done.stdout, re.MULTILINE)
    return {
        "the fast suite": done.stdout.rstrip().rpartition("\n")[2].strip("= "),
        "slowest tests": {name: float(seconds) for seconds, name in slowest},
    }
