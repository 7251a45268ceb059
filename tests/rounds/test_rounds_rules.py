"""What was dropped by rules that have changed since is looked at anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

BAKERY = "_news/2026-11-19-bakery-wins-prize.md"
TOPIC = "_data/topics/00-coast.yaml"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def run(root: Path, web: Path) -> dict[str, object]:
    report: dict[str, object] = copydesk(
        *("-C", root, "--now", NOW.isoformat(), "run", "--json", "--web", web)
    ).json()
    return report


def change(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text("utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), "utf-8")
    run_git(root, "commit", "-qam", "rules")


def test_a_new_keyword_brings_in_what_was_off_the_beat(root: Path, web: Path) -> None:
    assert run(root, web)["dropped"] == {"off-beat": 1}
    change(root, TOPIC, "  - sea wall\n", "  - sea wall\n  - rye bread\n")
    assert run(root, web)["filed"] == [BAKERY]


def test_other_filter_words_bring_in_what_was_filtered(root: Path, web: Path) -> None:
    gull = 'name = "The Gull"\n'
    change(root, "beat.toml", gull, gull + 'exclude = ["sea wall"]\n')
    assert run(root, web)["dropped"] == {"filtered": 1, "off-beat": 1}
    change(root, "beat.toml", 'exclude = ["sea wall"]\n', "")
    filed = run(root, web)["filed"]
    assert isinstance(filed, list)
    assert len(filed) == 1


def test_rules_that_stand_ask_nothing_twice(root: Path, web: Path) -> None:
    run(root, web)
    report = run(root, web)
    assert (report["leads"], report["filed"], report["failed"]) == (0, [], [])


NEAR = """\
_id: bakeries
name: Bakeries
parent: Coast
kind: place
keywords:
  - Bakery
"""


def test_what_only_names_a_place_of_the_beat_waits_for_an_editor(root: Path, web: Path) -> None:
    """By a new setting, from a trusted source; rejudging finds the same, the old rule drops it."""
    (root / "_data/topics/01-bakeries.yaml").write_text(NEAR, "utf-8")
    run_git(root, "add", "-A")
    change(root, "beat.toml", 'name = "The Gull"\n', 'name = "The Gull"\ntrust = "publish"\n')
    assert run(root, web)["dropped"] == {"off-beat": 1}
    change(root, "beat.toml", "[[source]]\n", "[scoring]\nnear_beat = true\n\n[[source]]\n")

    report = run(root, web)

    assert ([BAKERY], [BAKERY]) == (report["filed"], report["held"])
    record = (root / BAKERY).read_text("utf-8")
    assert "held: matches no topic, but names " in record
    assert [] == copydesk("-C", root, "rejudge", "--json").json()["changes"]
    listed = copydesk("-C", root, "stories", "--standing", "held", "--json").json()
    assert [BAKERY] == [story["path"] for story in listed["stories"]]
    change(root, "beat.toml", "near_beat = true\n", "")
    changed = copydesk("-C", root, "rejudge", "--json").json()["changes"]
    assert {BAKERY} == {one["path"] for one in changed}
