"""What the gate lets through of a newsroom's last month: asked near the gate, and rehearsed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.archive import Rulings, record
from copydesk.news import Reason, Story, Verdict
from world.command import Said, copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web, write_files
from world.records import write_rulings

GATE = 70


def file(root: Path, name: str, quality: int, days: float = 1, **fields: object) -> str:
    """File a story as the gate left it, without a commit; return its path."""
    is_over = quality >= GATE
    word = f"reaches the threshold {GATE}" if is_over else f"is below the threshold {GATE}"
    about: dict[str, object] = {
        "title": f"The {name}",
        "published_at": NOW - timedelta(days=days),
        "web_url": f"https://gull.example/{name}",
        "quality": quality,
        "heat": quality,
        "published": is_over,
        "topics": ("Coast",),
        "reasons": (Reason.parse(f"published: quality {quality} {word}"),),
        **fields,
    }
    path = f"_news/2026-11-19-{name}.md"
    write_files(root, {path: record.emit_story(Story(path=path, **about))})  # type: ignore[arg-type]
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a newsroom of seven stories that the gate decided, and some that it did not."""
    root = newsroom(tmp_path / "beat", more="[scoring]\npublish_at = 70\n")
    for quality in (45, 55, 62, 68, 75, 85, 95):
        file(root, f"story-{quality}", quality)
    file(root, "old", 99, days=31)
    file(root, "copy", 99, copy_of="2026-11-19-story-95", published=False, heat=-1)
    file(root, "held", 99, verdict=Verdict(said="hold", by="Ed", at=NOW, why="so"), published=False)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")
    return root


def ask(root: Path, *words: str) -> Said:
    done = copydesk("-C", root, "--now", NOW.isoformat(), *words)
    assert done.code == 0, done.err
    return done


def passage(root: Path, *words: str) -> dict[str, Any]:
    return dict(ask(root, *words, "--json").json()["gate"])


PASSAGE = {
    "publish_at": 70,
    "days": 30,
    "stories": 7,
    "passed": 3,
    "others": [
        {"publish_at": 50, "passed": 6},
        {"publish_at": 60, "passed": 5},
        {"publish_at": 80, "passed": 2},
        {"publish_at": 90, "passed": 1},
    ],
}


def test_near_the_gate_it_is_told_what_it_and_others_let_through(root: Path) -> None:
    assert PASSAGE == passage(root, "stories", "--near-gate")

    notes = ask(root, "stories", "--near-gate").err.splitlines()
    assert (
        "of 7 stories of the last 30 days, 3 reach the quality threshold (publish_at = 70)" in notes
    )
    assert (
        "  stories that would reach another threshold: 6 with 50, 5 with 60, 2 with 80, 1 with 90"
        in notes
    )


def test_without_that_question_nothing_is_counted(root: Path) -> None:
    assert ask(root, "stories", "--json").json()["gate"] is None
    assert "threshold" not in ask(root, "stories").err


def test_rejudging_tells_it_for_the_gate_that_stands_in_the_settings_now(root: Path) -> None:
    settings = root / "beat.toml"
    settings.write_text(settings.read_text("utf-8").replace("= 70", "= 60"), "utf-8")

    told = passage(root, "rejudge")

    assert (60, 5) == (told["publish_at"], told["passed"])
    assert {"publish_at": 70, "passed": 3} in told["others"]
    assert "5 reach the quality threshold (publish_at = 60)" in ask(root, "rejudge").err


def test_no_gate_below_nought_is_told(root: Path) -> None:
    settings = root / "beat.toml"
    settings.write_text(settings.read_text("utf-8").replace("= 70", "= 10"), "utf-8")

    gates = [gate["publish_at"] for gate in passage(root, "stories", "--near-gate")["others"]]

    assert [0, 20, 30] == gates


def test_a_word_among_the_rulings_is_none_of_the_gates(root: Path) -> None:
    word = Verdict(said="hold", by="Ed", at=NOW, why="so")
    write_rulings(root, Rulings(verdicts={"_news/2026-11-19-story-95.md": word}))

    assert (6, 2) == tuple(
        passage(root, "stories", "--near-gate")[key] for key in ("stories", "passed")
    )


def test_where_the_gate_decided_nothing_it_says_so(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    assert "the quality threshold decided on no story of the last 30 days" in (
        ask(root, "stories", "--near-gate").err
    )
    assert 0 == passage(root, "stories", "--near-gate")["stories"]


def test_rejudging_counts_what_it_would_file(tmp_path: Path) -> None:
    web = record_web(tmp_path / "web.warc.gz", small_web())
    root = newsroom(tmp_path / "beat")
    ask(root, "run", "--web", str(web))
    assert 2 == passage(root, "stories", "--near-gate")["stories"]
    topic = root / "_data/topics/00-coast.yaml"
    topic.write_text(topic.read_text("utf-8").replace("  - coast\n", "  - lighthouse\n"), "utf-8")
    run_git(root, "commit", "-qam", "fewer words")

    rehearsed = passage(root, "rejudge")

    assert 1 == rehearsed["stories"]
    assert rehearsed == passage(root, "rejudge", "--apply")
    assert rehearsed == passage(root, "stories", "--near-gate")
