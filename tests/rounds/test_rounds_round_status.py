"""How a round stands is written down for others to read."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from copydesk import rounds
from copydesk.errors import RecordingError
from copydesk.newsroom import Silence, open_newsroom, reports
from copydesk.newsroom.reports import RoundStatus, RoundTeller, read_round_status
from world.newsroom import NOW, newsroom, record_web, small_web


def run(root: Path, web: Path, *, dry_run: bool = False) -> reports.RoundReport:
    options = rounds.RoundOptions(web=web, dry_run=dry_run)
    with open_newsroom(root, NOW, {}) as opened:
        return rounds.run_round(opened, options, Silence())


def test_a_round_says_in_the_end_what_it_did(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    report = run(root, record_web(tmp_path / "web.warc.gz", small_web()))

    status = read_round_status(root / ".copydesk")
    assert status is not None
    assert (status.is_over, status.is_at_work, status.complete) == (True, False, True)
    assert (len(report.filed), len(report.failed)) == (status.filed, status.failed)
    assert (os.getpid(), NOW) == (status.pid, status.began)
    assert status.seconds > 0


def test_a_round_that_cannot_run_is_over_and_not_complete(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    with pytest.raises(RecordingError):
        run(root, tmp_path / "nowhere.warc.gz")

    status = read_round_status(root / ".copydesk")
    assert status is not None
    assert (status.is_over, status.complete) == (True, False)


def test_a_dry_run_says_nothing(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    run(root, record_web(tmp_path / "web.warc.gz", small_web()), dry_run=True)

    assert read_round_status(root / ".copydesk") is None


def test_each_stage_is_told_with_its_steps(tmp_path: Path) -> None:
    teller = RoundTeller(tmp_path, NOW, Silence())
    begun = read_round_status(tmp_path)

    teller.stage("sources", 12)
    listed = read_round_status(tmp_path)
    for _ in range(12):
        teller.step()
    teller.stage("publish")

    assert begun is not None
    assert RoundStatus(pid=os.getpid(), began=NOW) == replace(begun, process="")
    assert listed is not None
    assert ("sources", 0, 12, True) == (listed.stage, listed.done, listed.total, listed.is_at_work)
    published = read_round_status(tmp_path)
    assert published is not None
    assert ("publish", 0, None) == (published.stage, published.done, published.total)


def test_a_round_that_was_killed_is_not_at_work(tmp_path: Path) -> None:
    code = f"""
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from copydesk.newsroom import Silence
from copydesk.newsroom.reports import RoundTeller
now = datetime(2026, 11, 20, tzinfo=UTC)
RoundTeller(Path({str(tmp_path)!r}), now, Silence()).stage("pages", 9)
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)

    status = read_round_status(tmp_path)
    assert status is not None
    assert ("pages", False, False) == (status.stage, status.is_over, status.is_at_work)


def test_a_killed_round_whose_number_another_process_got_is_not_at_work(tmp_path: Path) -> None:
    RoundTeller(tmp_path, NOW, Silence())
    file = tmp_path / "round.json"
    status = read_round_status(tmp_path)
    assert status is not None
    assert status.is_at_work

    host, number, start = status.process.split()
    for other in (f"elsewhere {number} {start}", f"{host} {number} {int(start) - 1}"):
        file.write_bytes(msgspec.json.encode(replace(status, process=other)))
        reused = read_round_status(tmp_path)
        assert reused is not None
        assert not reused.is_at_work, other


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', "\0" * 50, "x" * 20_000])
def test_a_status_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "round.json").write_text(text)

    assert read_round_status(tmp_path) is None


def test_where_nothing_can_be_written_the_round_goes_on(tmp_path: Path) -> None:
    (tmp_path / "round.json").mkdir()

    teller = RoundTeller(tmp_path, NOW, Silence())
    teller.stage("sources", 1)
    teller.end(None)

    assert read_round_status(tmp_path) is None
