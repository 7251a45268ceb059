"""A small newsroom and a small recorded web, made in a test's folder."""

from __future__ import annotations

import functools
import io
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from copydesk.illustrate import Easel

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # base64 of 32 bytes, for tests alone

# Without upkeep: git looks for it after each commit, in a process of its own.
AS_ED = tuple(
    word
    for setting in ("user.name=Ed", "user.email=ed@tidewatch.example", "maintenance.auto=false")
    for word in ("-c", setting)
)

BEAT = """\
[site]
title = "Tidewatch"
url = "https://tidewatch.example/coast"
topic = "Coast"
{more}
[[source]]
url = "https://gull.example/feed.xml"
name = "The Gull"

[[source]]
url = "https://heron.example/feed.xml"
name = "Heron Daily"
"""

TOPIC = """\
taxonomy: topic
_id: coast
name: Coast
keywords:
  - coast
  - sea wall
hashtags:
  - "#Coast"
services:
  news: https://tidewatch.example/coast/api/news/
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One recorded answer."""

    body: bytes = b""
    status: str = "200 OK"
    kind: str = "text/html; charset=utf-8"
    at: str = "2026-11-19T00:00:00Z"
    headers: tuple[tuple[str, str], ...] = ()


def newsroom(root: Path, *, more: str = "", git: bool = True) -> Path:
    """Make a newsroom in `root`, in a git repository of its own unless `git` is false.

    Its icons are drawn already, as after a first build: that takes longer than all else in a round.
    """
    files = {
        "beat.toml": BEAT.format(more=more).encode(),
        "_data/topics/00-coast.yaml": TOPIC.encode(),
        ".gitignore": b".copydesk/\n",
    }
    write_files(root, committed(tuple(files.items())) if git else files)
    return write_files(root, drawn_icons())


def quiet_newsroom(root: Path) -> Path:
    """Make a newsroom with a contact and without sources: its rounds are short."""
    newsroom(root)
    beat = (root / "beat.toml").read_text("utf-8").split("[[source]]")[0]
    contact = '[fetch]\ncontact = "mailto:desk@tidewatch.example"\n'
    (root / "beat.toml").write_text(beat + contact, "utf-8")
    return root


@functools.cache  # hundreds of tests begin with the same few
def committed(files: tuple[tuple[str, bytes], ...]) -> Mapping[str, bytes]:
    """Return these files and those of a git repository whose only commit holds them."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_files(Path(folder), dict(files))
        run_git(root, "init", "-q", "-b", "main", "--template=")
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "start")
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


@functools.cache
def drawn_icons() -> Mapping[str, bytes]:
    """Return the icons of the newsroom's title, as a build would keep them."""
    with tempfile.TemporaryDirectory() as folder:
        icons = Easel(Path(folder)).icons("Tidewatch").values()
        return {f".copydesk/cards/{icon.name}": icon.read_bytes() for icon in icons}


def write_files(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files by their paths below `root`, and return it."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def run_git(root: Path, *arguments: str) -> str:
    """Run git in `root` with an author of its own; give what it prints.

    A served newsroom may be committing: what git refuses for that is tried again, for 30 seconds.
    Raises AssertionError with git's own words where it fails.
    """
    give_up = time.monotonic() + 30
    while True:
        done = subprocess.run(
            ["git", *AS_ED, *arguments], cwd=root, check=False, capture_output=True, text=True
        )
        is_busy = done.returncode and ("index.lock" in done.stderr or "cannot lock" in done.stderr)
        if not is_busy or time.monotonic() > give_up:
            break
        time.sleep(0.02)
    assert done.returncode == 0, f"git {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def record_web(path: Path, answers: Mapping[str, Answer | Sequence[Answer]]) -> Path:
    """Write a recorded web (WARC 1.1) of these answers by address; several differ by `at`."""
    one_by_one = [
        (url, answer)
        for url, given in answers.items()
        for answer in ([given] if isinstance(given, Answer) else given)
    ]
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
        for url, answer in one_by_one:
            headers = [
                ("Content-Type", answer.kind),
                ("Content-Length", str(len(answer.body))),
                *answer.headers,
            ]
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(answer.body),
                    length=len(answer.body),
                    http_headers=StatusAndHeaders(answer.status, headers, protocol="HTTP/1.1"),
                    warc_headers_dict={"WARC-Date": answer.at},
                )
            )
    return path


def feed(*items: tuple[str, str, str]) -> Answer:
    """Give an RSS feed of (title, link, date in RFC 5322 or "") items."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link>"
        + (f"<pubDate>{date}</pubDate>" if date else "")
        + "</item>"
        for title, link, date in items
    )
    body = (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>A feed</title><link>https://gull.example/</link>{entries}</channel></rss>"
    )
    return Answer(body=body.encode(), kind="application/rss+xml")


def page(
    title: str, paragraphs: str, *, date: str = "2026-11-19T10:00:00Z", head: str = ""
) -> Answer:
    """Give an article page as a plain site would have it."""
    text = "".join(f"<p>{one}</p>" for one in paragraphs.split("\n"))
    body = (
        f'<!doctype html><html lang="en"><head><title>{title} | The Gull</title>'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="{date}">{head}</head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{text}</article>"
        "<footer>The Gull, all rights reserved</footer></body></html>"
    )
    return Answer(body=body.encode())


WALL = (
    "The council of Port Sable voted on Thursday to raise the sea wall along the coast by two "
    "metres, after a winter in which the tide crossed it four times.\n"
    "Engineers told the meeting that the stone of 1911 had lost a third of its height to settling "
    "ground, and that a storm like the one of January would now reach the school.\n"
    "The work begins in March and costs 41 million crowns, of which the province pays half. "
    "Residents of Lower Street asked for a gate that stays open in summer.\n"
    "The mayor, Ilse Brandt, said that the town had waited long enough. A second vote, on the "
    "harbour road, was put off until the spring."
)
SEALS = (
    "Grey seals have returned to the coast north of Port Sable for the first time since 1974, a "
    "count by the university shows, with 112 pups on the skerries this autumn.\n"
    "Marine biologists put it down to the closing of the fish meal works and to cleaner water in "
    "the estuary. Fishermen are less pleased and want nets paid for.\n"
    "The count was made from the air on five calm mornings in October, and each picture was read "
    "by two people. Young animals will leave the rocks before Christmas.\n"
    "Walkers are asked to keep two hundred metres away and to leave dogs at home."
)


def small_web() -> dict[str, Answer]:
    """Give a web of two publishers with a story each, and one that is off the beat."""
    thursday, friday = "Thu, 19 Nov 2026 10:00:00 GMT", "Thu, 19 Nov 2026 18:30:00 GMT"
    return {
        "https://gull.example/feed.xml": feed(
            (
                "Sea wall to rise by two metres",
                "https://gull.example/wall?utm_source=rss",
                thursday,
            ),
            ("Bakery wins prize", "https://gull.example/bakery", thursday),
        ),
        "https://gull.example/wall?utm_source=rss": page("Sea wall to rise by two metres", WALL),
        "https://gull.example/bakery": page(
            "Bakery wins prize",
            "A bakery in the hills won a prize for its rye bread on Wednesday evening.\n"
            "The jury praised the crust, the crumb and the patience of the baker, who lets the "
            "dough rest for thirty hours in a cellar that was once a bank's.\n"
            "She will share the money with the two apprentices who keep the oven at night.",
        ),
        "https://heron.example/feed.xml": feed(
            ("Grey seals are back", "https://heron.example/seals", friday)
        ),
        "https://heron.example/seals": page(
            "Grey seals are back on the coast", SEALS, date="2026-11-19T18:30:00Z"
        ),
    }
