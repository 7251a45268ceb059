"""One real round over a web that misbehaves in every way: each trouble costs only itself."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from copydesk import memory, rounds
from copydesk.kit import urls
from copydesk.newsroom import Silence, open_newsroom, reports
from world.background import world_in_background
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, SEALS, WALL, newsroom, page
from world.web import (
    Behaviour,
    World,
    bombs,
    packed,
    promises,
    redirects,
    sends,
    serves,
    stays_silent,
    streams,
)

FETCH = """\
[fetch]
contact = "mailto:desk@tidewatch.example"
allow_hosts = ["127.0.0.1", "localhost"]
delay_seconds = 0
timeout_seconds = 10
max_bytes = 2000000
"""
RSS = "application/rss+xml"


def article(title: str, text: str = WALL, **more: str) -> bytes:
    return page(title, text, **more).body


def rss(*links: str) -> bytes:
    items = "".join(f"<item><title>The coast</title><link>{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


NO_DATE = article("The coast without a date", SEALS).replace(
    b'<meta property="article:published_time" content="2026-11-19T10:00:00Z">', b""
)
NO_TITLE = b"<html><head></head><body><p>The coast.</p></body></html>"
CUT = gzip.compress(article("The coast is cut off"))[:-200]

PAGES: dict[str, Behaviour] = {
    "/good": serves(article("Sea wall to rise by two metres")),
    "/no-date": serves(NO_DATE),
    "/future": serves(article("The coast in the year 3000", date="3000-01-01T00:00:00Z")),
    "/latin": serves(
        article("Façade of the coast café falls", "A “café” stood here. " + WALL)
        .decode()
        .encode("cp1252"),
        content_type="text/html; charset=utf-8",
    ),
    "/no-title": serves(NO_TITLE),
    "/empty": serves(b""),
    "/server": serves(b"down", status=500),
    "/silent": stays_silent(),
    "/cut": packed(CUT, "gzip"),
    "/bomb": bombs(50),
    "/huge": streams(b"x" * 65536, 50),
    "/short": promises(9000, b"<html>"),
    "/rubbish": sends(b"\x00\x01\x02 not http at all\r\n\r\n"),
    "/loop": redirects("/loop2"),
    "/loop2": redirects("/loop"),
    "/inside": redirects("http://10.0.0.1/admin"),
    "/mapped": redirects("http://[::ffff:169.254.169.254]/latest/meta-data/"),
    "/script": redirects("javascript:alert(1)"),
    "/gone": serves(b"", status=410),
    "/login": serves(b"", status=403),
    "/pdf": serves(b"%PDF-1.7 the coast", content_type="application/pdf"),
    "/deep": serves(b"<html><body>" + b"<div>" * 200_000 + WALL.encode()),
}
SOURCES: dict[str, Behaviour] = {
    "/broken.xml": serves(rss("/broken-story")[:-30] + b"<oops & </channel>", content_type=RSS),
    "/html.xml": serves(b"<!doctype html><html><body><h1>Hello</h1></body></html>"),
    "/empty.xml": serves(b"", content_type=RSS),
    "/down.xml": serves(b"", status=503),
    "/gone.xml": serves(b"", status=410),
    "/bomb.xml": bombs(50),
    "/entities.xml": serves(
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><title>&b;&f;</title></channel></rss>',
        content_type=RSS,
    ),
}


def address(world: World, path: str) -> str:
    """Give a page's address; a 403 earns its host half a minute's rest, so it has its own."""
    return world.url(path, host="localhost" if path == "/login" else "127.0.0.1")


@dataclass(frozen=True, kw_only=True)
class Round:
    """A round that was run, with what it left behind."""

    report: reports.RoundReport
    world: World
    fates: dict[str, memory.Fate]
    root: Path

    def fate(self, path: str) -> memory.Fate:
        return self.fates[urls.identity(address(self.world, path))]


@pytest.fixture(scope="module")
def bad_round(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    with world_in_background() as world:
        for path, behaviour in {**PAGES, **SOURCES}.items():
            world.at(path, behaviour)
        listed = [address(world, path) for path in PAGES if path != "/loop2"]
        world.at("/good.xml", serves(rss(*listed), content_type=RSS))
        sources = "".join(
            f'[[source]]\nurl = "{world.url(path)}"\nkind = "feed"\n'
            for path in ("/good.xml", *SOURCES)
        )
        root = newsroom(tmp_path_factory.mktemp("bad") / "beat", more=FETCH + sources)
        beat = (root / "beat.toml").read_text("utf-8")
        (root / "beat.toml").write_text(beat.split('[[source]]\nurl = "https://gull')[0], "utf-8")
        with open_newsroom(root, NOW, {}) as opened:
            report = rounds.run_round(opened, rounds.RoundOptions(), Silence())
            fates = {fate.identity: fate for fate in opened.memory.fates()}
        yield Round(report=report, world=world, fates=fates, root=root)


@pytest.mark.parametrize("path", ["/good", "/no-date", "/future", "/latin"])
def test_an_odd_page_is_filed_all_the_same(bad_round: Round, path: str) -> None:
    assert bad_round.fate(path).state == "filed", bad_round.fate(path)


def test_a_date_in_the_future_is_not_believed(bad_round: Round) -> None:
    assert not bad_round.fate("/future").path.startswith("_news/3000")


def test_bytes_under_a_wrong_label_come_out_right(bad_round: Round) -> None:
    record = (bad_round.root / bad_round.fate("/latin").path).read_text("utf-8")
    assert "Façade of the coast café falls" in record


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/no-title", "not-an-article"),
        ("/empty", "not-an-article"),
        ("/pdf", "not-an-article"),
        ("/gone", "gone"),
        ("/login", "blocked"),
        ("/inside", "address"),
        ("/mapped", "address"),
    ],
)
def test_an_expected_no_has_its_reason(bad_round: Round, path: str, reason: str) -> None:
    fate = bad_round.fate(path)
    assert (fate.state, fate.reason) == ("dropped", reason)


@pytest.mark.parametrize(
    "path",
    [
        "/server",
        "/silent",
        "/cut",
        "/bomb",
        "/huge",
        "/short",
        "/rubbish",
        "/loop",
        "/script",
        "/deep",
    ],
)
def test_a_failure_is_kept_for_the_next_round_and_says_what_and_what_to_do(
    bad_round: Round, path: str
) -> None:
    fate = bad_round.fate(path)
    assert fate.state == "failed"
    assert fate.detail
    assert fate.hint
    assert bad_round.world.url(path) in [failure.url for failure in bad_round.report.failed]


@pytest.mark.parametrize("path", [path for path in SOURCES if path != "/broken.xml"])
def test_a_bad_source_is_reported_and_stops_nothing(bad_round: Round, path: str) -> None:
    failures = {failure.url: failure for failure in bad_round.report.failed}
    if path == "/entities.xml" and bad_round.world.url(path) not in failures:
        return  # read as a feed without items: no entity was opened
    assert failures[bad_round.world.url(path)].what


def test_no_file_of_this_machine_came_in(bad_round: Round) -> None:
    for record in (bad_round.root / "_news").iterdir():
        assert "root:" not in record.read_text("utf-8")


def test_nobody_inside_was_asked(bad_round: Round) -> None:
    assert all(not path.startswith(("/admin", "/latest")) for path in bad_round.world.paths())


def test_a_full_disk_ends_the_round_with_one_clear_error(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: writes fail in the same places."""
    import subprocess
    import sys

    from world.newsroom import record_web, small_web

    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run", "--web", str(web)]
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 8; exec "$@"', "-", *command, "--now", "2026-11-20T08:00:00Z"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "error:" in done.stderr
    assert "hint:" in done.stderr
