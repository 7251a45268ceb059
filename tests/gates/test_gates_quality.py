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
pairs = importlib.import_module("pairs")
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
    ("name", "scale", "correlation", "precision", "recall", "ordered"),
    [
        ("world", 1, 0.77, 0.82, 0.95, 0.82),
        ("security", 1, 0.78, 0.63, 1.0, 0.77),
        ("daily", 1, 0.61, 0.73, 0.81, 0.71),
        ("world", 2, 0.76, 0.86, 0.92, 0.83),
        ("security", 2, 0.79, 0.62, 0.97, 0.76),
        ("daily", 2, 0.63, 0.76, 0.72, 0.74),
    ],
)
def test_quality_and_gate_are_those_of_readers(
    name: str,
    scale: int,
    correlation: float,
    precision: float,
    recall: float,
    ordered: float,
    webs: Mapping[str, Mapping[str, Article]],
) -> None:
    web, beat = webs[beats.WEBS[name]], beats.beat_of(name)
    if scale > 1:
        beat = pairs.on_second_scale(beat)
    graded = list(beats.graded(name, web))
    stories = [beats.judged(one.article, beat) for one in graded]
    qualities = [story.quality or 0 for story in stories]
    passed = {at for at, story in enumerate(stories) if story.published}
    worth = {at for at, one in enumerate(graded) if one.grade >= WORTH}
    of_url = dict(zip((one.article.url for one in graded), qualities, strict=True))

    assert rank.spearman([one.grade for one in graded], qualities) >= correlation
    assert len(passed & worth) >= precision * len(passed)
    assert len(passed & worth) >= recall * len(worth)
    assert pairs.share(pairs.read_agreed(name), of_url.__getitem__) >= ordered
