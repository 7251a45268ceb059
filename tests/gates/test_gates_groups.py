"""Floors: how well happenings and copies are told apart. Raised when it gets better, never lowered.

Each is about .005 below what was reached; one default for all, no words of a beat, no model.
"""

from __future__ import annotations

import hashlib
import json
import runpy
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from copydesk import measure
from copydesk.measure import GroupOptions, GroupReport
from copydesk.measure.labelled import Order
from world.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

SETS = {
    "og2021": "cf762e1dedd5282900574f8cb7220366b1bbd6bb6fcaf22332daa6fe058920ae",
    "googlenews_ts": "c862384d2112317f714de84ca0bb98e079997ef41ba7aa46abbec7d35cf41891",
    "ecbplus": "b99f39ed579cc8438946c56652829ed39d7cae5116318fabfba48c9965549e46",
    "giveme5w1h": "8554c79486db15c964dc6c4c7c6cda1506f28b22442bf9357f26c2889805b5c9",
}
PAIRS = SHARED / "data" / "neardup" / "tgcontest_en_pairs.jsonl"
PAIRS_DIGEST = "50900d2f2701e4cf1e741d66f00f9bb29394b78b4f48252a1f519525416894da"
WEB_DIGEST = "7d8ecfee82ff82f6a89c703427288ed44560d562b2e11cf90e0694233d627a98"
SYNDICATE = Path(__file__).parents[2] / "benchmarks" / "judgement" / "syndicate.py"


def checked(path: Path, digest: str) -> Path:
    """Return the file, fail where it is not what the floor was measured on."""
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"other data: {path.name}"
    return path


def gold(name: str) -> Path:
    return checked(SHARED / "data" / "story" / f"{name}_dev.jsonl", SETS[name])


def english(path: Path, to: Path) -> Path:
    """Return a file of the English documents of another."""
    rows = path.read_text("utf-8").splitlines(keepends=True)
    to.write_text("".join(row for row in rows if '"lang": "eng"' in row), "utf-8")
    return to


def grouped(path: Path, order: Order | None = None) -> GroupReport:
    return measure.group(path, GroupOptions(order=order))


def assert_at_least(report: GroupReport, settled: tuple[float, float], at_once: float) -> None:
    """Compare BCubed and pairwise F1 in the end, and BCubed F1 at once, with floors."""
    reached = (report.bcubed.f1, report.pairwise.f1, report.at_once.bcubed.f1)
    short = [one for one in zip(reached, (*settled, at_once), strict=True) if one[0] < one[1]]
    assert short == []


def test_one_beat_in_english_is_grouped(tmp_path: Path) -> None:
    report = grouped(english(gold("og2021"), tmp_path / "og2021_en.jsonl"))
    assert (report.documents, report.stories, report.order) == (1354, 215, "time")
    assert_at_least(report, (0.816, 0.674), 0.806)
    # a new beat has nothing behind it and is not grouped worse
    assert report.first >= 0.86
    assert report.stretches >= 0.84


def test_one_beat_in_nine_languages_is_grouped() -> None:
    report = grouped(gold("og2021"))
    assert (report.documents, report.stories, report.order) == (3918, 400, "time")
    assert_at_least(report, (0.698, 0.435), 0.663)
    assert report.bcubed.precision >= 0.811


def test_bare_words_of_headlines_are_grouped() -> None:
    report = grouped(gold("googlenews_ts"))
    assert (report.documents, report.stories, report.order) == (3348, 44, "order")
    assert_at_least(report, (0.821, 0.825), 0.761)


def test_events_of_one_kind_are_told_apart() -> None:
    report = grouped(gold("ecbplus"))
    assert (report.documents, report.stories, report.order) == (167, 16, "hash")
    assert_at_least(report, (0.843, 0.780), 0.816)


def test_articles_are_grouped_without_their_dates() -> None:
    report = grouped(gold("giveme5w1h"), "hash")
    assert (report.documents, report.stories, report.order) == (171, 29, "hash")
    assert_at_least(report, (0.975, 0.943), 0.967)
    assert report.bcubed.precision == 1.0


def test_articles_are_grouped_by_dates_that_are_those_of_later_crawls() -> None:
    report = grouped(gold("giveme5w1h"), "time")
    assert_at_least(report, (0.788, 0.688), 0.785)
    assert report.bcubed.precision == 1.0


def test_pairs_of_the_same_news_are_more_alike_than_others() -> None:
    report = measure.copies(checked(PAIRS, PAIRS_DIGEST))
    assert (report.texts, report.pairs) == (70, 18)
    assert report.auc is not None
    assert report.auc >= 0.982


def again(name: str) -> list[dict[str, str]]:
    """Return each text of a set as it is and as another site runs it."""
    rows: Iterator[dict[str, str]] = runpy.run_path(str(SYNDICATE))["documents"](gold(name))
    return list(rows)


def written(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_texts_run_again_are_found_and_nothing_else(tmp_path: Path) -> None:
    # the texts hold copies of each other, too, which a reader has labelled
    web = checked(SHARED / "data" / "web" / "newswire_gold.jsonl", WEB_DIGEST)
    pages = [json.loads(line) for line in web.read_text("utf-8").splitlines()]
    ids = {page[key]: page["id"] for page in pages for key in ("url", "canonical")}
    clusters = {page["id"]: page["id"] for page in pages}
    for page in pages:
        for url in page["near_copies"]:
            one, other = clusters[page["id"]], clusters[ids[url]]
            clusters.update({key: one for key, of in clusters.items() if of == other})
    rows = [{**row, "cluster": clusters[row["cluster"]]} for row in again("giveme5w1h")]

    report = measure.copies(written(tmp_path / "again.jsonl", rows))

    assert (report.texts, report.pairs) == (306, 225)
    assert report.scores is not None
    assert report.scores.precision == 1.0
    assert report.scores.recall >= 0.99


def test_texts_run_again_are_found_among_reports_on_one_event(tmp_path: Path) -> None:
    # of these nobody has labelled which are copies of each other: only what is missed counts
    report = measure.copies(written(tmp_path / "again.jsonl", again("ecbplus")))

    assert (report.texts, report.pairs) == (224, 112)
    assert report.scores is not None
    assert report.scores.recall >= 0.977
