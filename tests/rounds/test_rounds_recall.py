"""After a round a newsroom is held against the lists that its owner named."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import rounds
from copydesk.catalogue import Catalogue
from copydesk.kit import databases
from copydesk.memory import Memory
from copydesk.news.story import RecallKind
from copydesk.newsroom import Newsroom, Silence, open_newsroom, reports
from copydesk.rounds import recall
from world.newsroom import NOW, Answer, feed, newsroom, record_web, small_web

LIST, TABLE = "https://tern.example/feed.xml", "https://tern.example/list.csv"
THURSDAY = "Thu, 19 Nov 2026 12:00:00 GMT"
WALL = ("Sea wall at Port Sable to rise by two metres", "https://tern.example/wall", THURSDAY)
KEEPER = ("Lighthouse keeper retires after forty years", "https://tern.example/keeper", THURSDAY)
OLD = ("A story of the spring", "https://tern.example/spring", "Thu, 09 Apr 2026 12:00:00 GMT")
SETTINGS = f'timezone = "Pacific/Auckland"\n[recall]\nlists = ["{LIST}", "{TABLE}"]'
HOUR = timedelta(hours=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more=SETTINGS)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    table = Answer(body=b"url,title\nhttps://gull.example/bakery,Bakery\n", kind="text/csv")
    later = replace(feed(WALL), at="2026-11-21T00:00:00Z")
    lists: dict[str, Answer | Sequence[Answer]] = {
        LIST: [feed(WALL, KEEPER, OLD), later],
        TABLE: table,
    }
    return record_web(tmp_path / "web.warc.gz", {**small_web(), **lists})


def run(root: Path, web: Path, after: timedelta = timedelta()) -> reports.RoundReport:
    with open_newsroom(root, NOW + after, {}) as opened:
        return rounds.run_round(opened, rounds.RoundOptions(web=web), Silence())


def kept(root: Path) -> Sequence[recall.KeptRecall]:
    with open_newsroom(root, NOW, {}) as opened:
        return recall.read_kept_recall(opened)


def test_each_list_is_kept_with_its_counts_and_what_we_missed(root: Path, web: Path) -> None:
    report = run(root, web)

    listed, table = kept(root)
    assert {RecallKind.COVERED: 1, RecallKind.UNSEEN: 1} == listed.kinds
    assert [KEEPER[1]] == [trace.url for trace in listed.missed]
    assert ("2026-11-20", listed.kinds) == (listed.days[0].day, listed.days[0].kinds)
    assert {RecallKind.DROPPED: 1} == table.kinds
    assert ("off-beat", "") == (table.missed[0].reason, table.failed)
    assert "recall" in report.stages
    assert () == report.failed


def test_a_list_is_asked_once_an_hour_and_a_day_has_its_last_word(root: Path, web: Path) -> None:
    for after in (timedelta(), HOUR / 2):
        run(root, web, after)
    assert {NOW} == {one.asked_at for one in kept(root)}

    run(root, web, HOUR)
    run(root, web, 24 * HOUR)

    listed, _ = kept(root)
    assert NOW + 24 * HOUR == listed.asked_at
    assert ["2026-11-20", "2026-11-21"] == [day.day for day in listed.days]
    assert {RecallKind.COVERED: 1} == listed.kinds == listed.days[1].kinds


def test_a_list_that_gives_nothing_keeps_what_it_said_before(
    root: Path, web: Path, tmp_path: Path
) -> None:
    run(root, web)
    before, _ = kept(root)
    gone = record_web(tmp_path / "gone.warc.gz", small_web())

    report = run(root, gone, HOUR)

    after, _ = kept(root)
    assert "cannot be fetched" in after.failed
    assert replace(before, asked_at=NOW + HOUR, failed=after.failed) == after
    assert report.complete
    assert () == report.failed


def test_a_list_that_is_taken_out_of_beat_toml_is_forgotten(root: Path, web: Path) -> None:
    run(root, web)
    settings = root / "beat.toml"
    settings.write_text(settings.read_text().replace(f', "{TABLE}"', ""))

    run(root, web, HOUR)
    settings.write_text(settings.read_text().replace(f'"{LIST}"', f'"{LIST}", "{TABLE}"'))

    assert [LIST] == [one.list for one in kept(root)]


def test_who_looks_at_a_list_takes_no_news_from_the_next_round(root: Path, web: Path) -> None:
    run(root, web)
    table = root / "list.csv"
    table.write_text(f"url,title,date\n{WALL[1]},{WALL[0]},2026-11-19\n")

    with open_newsroom(root, NOW + HOUR, {}) as opened:
        before = _read_digests(opened)
        for _ in range(2):
            listed = recall.read_recall_list(opened, str(table))
            (trace,) = recall.trace_recall(opened, listed).traces
            assert RecallKind.COVERED is trace.kind

        assert before == _read_digests(opened)


def _read_digests(opened: Newsroom) -> dict[str, bytes]:
    with closing(Catalogue(opened.private / "catalogue.sqlite")) as catalogue:
        return catalogue.corpus.digests()


def test_a_round_is_done_whatever_its_lists_cost(root: Path, web: Path) -> None:
    (root / ".copydesk").mkdir(exist_ok=True)
    with closing(Memory(root / ".copydesk/memory.sqlite")):
        pass
    with closing(databases.connect(root / ".copydesk/memory.sqlite")) as broken:
        broken.execute("DROP TABLE recall")

    report = run(root, web)

    assert 2 == len(report.filed)
    assert report.notes[0].startswith(
        "the lists of [recall] could not be checked: could not use the memory database"
    )
