"""Records with CRLF and a byte order mark, as an editor of Windows leaves them, in every step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

pytestmark = pytest.mark.slow

MARK = b"\xef\xbb\xbf"
RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
STRICTER = "\n[scoring]\npublish_at = 99\n"


def ask(root: Path, hours: int, *words: str) -> None:
    now = (NOW + timedelta(hours=hours)).isoformat()
    said = copydesk("-C", root, "--now", now, *words)
    assert said.code == 0, said.err


def is_in_crlf(data: bytes) -> bool:
    return data.startswith(MARK) and data.count(b"\n") == data.count(b"\r\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a newsroom whose records somebody saved with a mark and CRLF, and committed."""
    root = newsroom(tmp_path / "beat")
    ask(root, 0, "run", "--web", str(record_web(tmp_path / "web.warc.gz", small_web())))
    for file in (root / "_news").glob("*.md"):
        file.write_bytes(MARK + file.read_bytes().replace(b"\n", b"\r\n"))
    run_git(root, "commit", "-qam", "saved on another system")
    return root


def test_a_round_and_the_check_leave_them_as_they_are(root: Path, tmp_path: Path) -> None:
    before = (root / RECORD).read_bytes()

    ask(root, 1, "run", "--web", str(record_web(tmp_path / "again.warc.gz", small_web())))
    ask(root, 1, "record", "check")

    assert before == (root / RECORD).read_bytes()


def test_a_verdict_is_written_with_their_line_ends(root: Path) -> None:
    before = (root / RECORD).read_bytes()

    ask(root, 1, "verdict", RECORD, "hold", "--why", "later")

    after = (root / RECORD).read_bytes()
    assert b"said: hold\r\n" in after
    assert is_in_crlf(before)
    assert is_in_crlf(after)


def test_judging_again_keeps_their_line_ends(root: Path) -> None:
    before = (root / RECORD).read_bytes()
    with (root / "beat.toml").open("a", encoding="utf-8") as out:
        out.write(STRICTER)
    run_git(root, "commit", "-qam", "a stricter gate")

    ask(root, 2, "rejudge", "--apply")

    after = (root / RECORD).read_bytes()
    assert before != after
    assert is_in_crlf(after)
