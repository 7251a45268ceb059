"""Quality beside readers' grades on beats that nobody tuned for: floors under what was reached."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from copydesk.news import Article
from world.shared import SHARED, needs_shared

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "judgement"))

beats = importlib.import_module("beats")
rank = importlib.import_module("rank")

pytestmark = [needs_shared, pytest.mark.slow]

WORTH = 55


@pytest.fixture(scope="module")
def webs(
    tmp_path_factory: pytest.TempPathFactory, newswire_round: Path
) -> Mapping[str, Mapping[str, Article]]:
    work = tmp_path_factory.mktemp("webs")
    shutil.copytree(newswire_round, work / "newswire", symlinks=True)
    data = SHARED / "data"
    return {name: beats.read_web(name, data, work) for name in ("newswire", "telegram")}


@pytest.mark.parametrize(
    ("check", "row"),
    [
        ("is_pair", "no json"),
        ("is_pair", '["a", "b"]'),
        ("is_pair", '{"a": "x", "b": "x", "first": "A", "second": "A"}'),
        ("is_pair", '{"a": "x", "b": "y", "first": "A", "second": "C"}'),
        ("is_pair", '{"a": "x", "b": "y", "first": "A"}'),
        ("is_grade", '{"url": "x", "grade": 101, "topics": []}'),
        ("is_grade", '{"url": "x", "grade": NaN, "topics": []}'),
        ("is_grade", '{"url": "x", "grade": "good", "topics": []}'),
        ("is_grade", '{"url": "x", "grade": 50, "topics": [1]}'),
        ("is_grade", "[" * 100_000),
    ],
)
def test_a_broken_grade_or_pair_is_an_error_and_no_half_figure(
    check: str, row: str, tmp_path: Path
) -> None:
    sound = {
        "is_pair": '{"a": "x", "b": "y", "first": "A", "second": "="}',
        "is_grade": '{"url": "x", "grade": 50, "second": null, "topics": ["Coast"]}',
    }[check]
    (tmp_path / "rows.jsonl").write_text(f"{sound}\n{row}\n", "utf-8")

    with pytest.raises(SystemExit, match=r"rows\.jsonl: line 2 is broken"):
        beats.read_rows(tmp_path / "rows.jsonl", getattr(beats, check))


@pytest.mark.parametrize(
    ("name", "correlation", "precision", "recall"),
    [
        ("world", 0.77, 0.82, 0.94),
        ("security", 0.78, 0.63, 0.99),
        ("daily", 0.61, 0.73, 0.81),
    ],
)
def test_quality_and_gate_are_those_of_readers(
    name: str,
    correlation: float,
    precision: float,
    recall: float,
    webs: Mapping[str, Mapping[str, Article]],
) -> None:
    beat = beats.beat_of(name)
    graded = list(beats.graded(name, webs[beats.WEBS[name]]))
    stories = [beats.judged(one.article, beat) for one in graded]
    grades = [one.grade for one in graded]
    passed = {at for at, story in enumerate(stories) if story.published}
    worth = {at for at, grade in enumerate(grades) if grade >= WORTH}

    assert rank.spearman(grades, [story.quality or 0 for story in stories]) >= correlation
    assert len(passed & worth) >= precision * len(passed)
    assert len(passed & worth) >= recall * len(worth)
