"""The demo's web, served live on loopback and replayed: the same records, byte for byte."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import newsroom as newsroom_room
from copydesk import rounds
from copydesk.newsroom import starts
from copydesk.newsroom.reports import RoundReport
from world.background import hosts_in_background
from world.hosts import Hosts
from world.newsroom import run_git
from world.recording import Rewrite, stand_recording


def lay_out(root: Path, source: Path, rewrite: Rewrite, hosts: Hosts) -> Path:
    """Copy the demo's newsroom, pointed to the live web."""
    shutil.copytree(source, root)
    beat = root / "beat.toml"
    names = ", ".join(f'"{name}"' for name in sorted(hosts.known))
    more = (
        "[fetch]\ndelay_seconds = 0\npenalty_seconds = 0\n"
        f'nameservers = ["{hosts.names.address}"]\n'
        f"allow_hosts = [{names}]\n"
    )
    beat.write_text(rewrite(beat.read_text("utf-8")).replace("[fetch]\n", more), "utf-8")
    for data in (root / "_data").rglob("*.*"):
        data.write_text(rewrite(data.read_text("utf-8")), "utf-8")
    (root / ".copydesk").mkdir()
    (root / ".copydesk" / "key").write_text("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    run_git(root, "init", "-q", "-b", "main")
    return root


def run_round(root: Path, demo: starts.Demo, web: Path | None) -> RoundReport:
    with newsroom_room.open_newsroom(root, demo.now, {}) as newsroom:
        return rounds.run_round(newsroom, rounds.RoundOptions(web=web), newsroom_room.Silence())


def records(root: Path) -> dict[str, bytes]:
    """Give every filed record and picture by its path."""
    paths = (path for path in root.rglob("*") if path.is_file())
    kept = (path.relative_to(root) for path in paths if ".git" not in path.parts)
    return {str(path): (root / path).read_bytes() for path in kept if path.parts[0] == "_news"}


@pytest.mark.slow
@pytest.mark.long
def test_the_live_web_and_its_recording_give_the_same_records(tmp_path: Path) -> None:
    replayed = tmp_path / "web.warc.gz"
    reports = []
    with starts.demo() as demo, hosts_in_background() as hosts:
        rewrite = stand_recording(hosts, demo.web, demo.now, replayed)
        for name, web in (("live", None), ("replay", replayed)):
            root = lay_out(tmp_path / name, demo.web.parent / "newsroom", rewrite, hosts)
            reports.append(run_round(root, demo, web))
        visits = len(hosts.visits)

    live, replay = (replace(one, seconds=0, stages={}, commit=None) for one in reports)
    assert visits > 200
    assert live.filed
    assert live == replay
    assert records(tmp_path / "live") == records(tmp_path / "replay")
