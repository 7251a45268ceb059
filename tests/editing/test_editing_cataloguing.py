"""A catalogue is brought up to date with the records, whatever became of them, of it and of git."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from copydesk import editing
from copydesk.archive import Archive, Rulings, record
from copydesk.catalogue import StoryFilter
from copydesk.editing import stories
from copydesk.errors import WorkerError
from copydesk.kit import databases, processes
from copydesk.news import Standing, Story, Verdict
from copydesk.news.ruling import Said
from copydesk.newsroom import Silence
from copydesk.newsroom.cataloguing import open_catalogue, refresh_catalogue, sweep_records
from copydesk.newsroom.records import Snapshot, find_stale_entries, take_snapshot
from world.history import History
from world.newsroom import NOW, feed, record_web, write_files
from world.records import write_rulings

WALL, SEALS = "_news/2026-11-20-wall.md", "_news/2026-11-20-seals.md"


@pytest.fixture
def beat(tmp_path: Path) -> History:
    return History.begin(tmp_path / "beat")


def file(beat: History, path: str, **fields: object) -> None:
    about: dict[str, object] = {"title": "Sea wall", "published_at": NOW, **fields}
    story = Story(path=path, **about)  # type: ignore[arg-type]
    write_files(beat.root, {path: record.emit_story(story)})


def say(beat: History, words: Mapping[str, Said]) -> None:
    """Let these words, by record, be all that stand among the rulings."""
    verdicts = {path: Verdict(said=said, by="Ed", at=NOW, why="so") for path, said in words.items()}
    write_rulings(beat.root, Rulings(verdicts=verdicts))


def standings(beat: History, *paths: str) -> list[Standing]:
    """Bring the catalogue up to date, and give where stories stand."""
    with beat.open() as newsroom, open_catalogue(newsroom.private) as catalogue:
        sweep_records(newsroom, catalogue)
        found = catalogue.standings(paths)
    return [found[path] for path in paths]


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("said", ["reject", "publish"])
def test_a_word_among_the_rulings_counts_until_it_is_taken_back(
    beat: History, published: bool, said: Said
) -> None:
    file(beat, WALL, published=published, quality=10)
    before = standings(beat, WALL)

    say(beat, {WALL: said})
    assert before != standings(beat, WALL) or said == "publish"

    say(beat, {})
    assert before == standings(beat, WALL)


def test_a_word_holds_whichever_place_of_a_record_it_names(beat: History) -> None:
    file(beat, WALL, published=True)
    file(beat, f"_archive/{SEALS}", published=True)
    assert [Standing.PUBLISHED] * 2 == standings(beat, WALL, f"_archive/{SEALS}")

    say(beat, {f"_archive/{WALL}": "hold", SEALS: "remove"})

    assert [Standing.HELD, Standing.REMOVED] == standings(beat, WALL, f"_archive/{SEALS}")


@pytest.mark.parametrize("path", ["beat.toml", "_news/../../x.md", "_news/\0.md", "", "_news"])
def test_a_word_on_what_is_no_record_moves_nothing(beat: History, path: str) -> None:
    file(beat, WALL, published=True)
    say(beat, {path: "reject"})

    assert [Standing.PUBLISHED] == standings(beat, WALL)


@pytest.mark.parametrize(("seconds", "is_touched"), [(0, True), (60, False), (-60, False)])
def test_what_changed_at_another_time_by_the_clock_is_not_taken_for_under_edit(
    beat: History, seconds: int, is_touched: bool
) -> None:
    file(beat, WALL)
    signatures = take_snapshot(Archive(beat.root)).signatures
    taken_ns = signatures[WALL].changed_ns - seconds * 10**9
    snapshot = Snapshot(taken_ns=taken_ns, signatures=signatures)

    assert is_touched == (WALL in snapshot.find_changes(snapshot))


def titles(beat: History, **question: Any) -> tuple[list[str], tuple[str, ...]]:
    """Ask for stories; give their headlines, and what was noted of how that was found out."""
    with beat.open() as newsroom:
        found = stories.list_stories(newsroom, stories.StoryQuestion(**question))
    return [story.title for story in found.stories], found.notes


def leave(file: Path, data: bytes | None) -> None:
    """Leave these bytes where the catalogue was, None for a folder that nobody can open as one."""
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    if data is None:
        file.mkdir()
    else:
        file.write_bytes(data)


@pytest.fixture
def filed(beat: History) -> History:
    """Give a newsroom of some hundred records, committed, in the catalogue."""
    for number in range(300):
        title, path = f"Wall {number}", f"_news/2026-11-20-wall-{number:03}.md"
        excerpt = f"It is called number{number:03}. " + "Nobody saw it coming. " * 20
        file(
            beat, path, title=title, excerpt=excerpt, group=f"2026-11-20-wall-{number // 2 * 2:03}"
        )
    beat.commit(1)
    assert titles(beat, search="number007") == (["Wall 7"], ())
    return beat


@pytest.mark.parametrize("part", [0, 1, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_question_is_answered_whatever_is_left_of_the_catalogue(
    filed: History, part: float
) -> None:
    catalogue = filed.root / ".copydesk" / "catalogue.sqlite"
    data = catalogue.read_bytes()
    leave(catalogue, data[: int(len(data) * part)])

    assert titles(filed, search="number007")[0] == ["Wall 7"]
    with filed.open() as newsroom:
        assert len(editing.explain(newsroom, "_news/2026-11-20-wall-007.md").group) == 1
    assert titles(filed, search="number007") == (["Wall 7"], ())  # it has been made anew


@pytest.mark.parametrize("seed", range(5))
def test_a_question_is_answered_over_random_bytes(filed: History, seed: int) -> None:
    catalogue, chance = filed.root / ".copydesk" / "catalogue.sqlite", random.Random(seed)
    data = bytearray(catalogue.read_bytes())
    for at in range(100 if seed else 0, len(data), 4096 * seed or 4096):
        data[at : at + 2000] = chance.randbytes(2000)
    leave(catalogue, bytes(data))

    assert titles(filed, search="number007")[0] == ["Wall 7"]
    assert titles(filed, search="number007")[0] == ["Wall 7"]


def test_without_a_place_for_it_a_question_is_answered_from_the_records_and_says_so(
    filed: History,
) -> None:
    leave(filed.root / ".copydesk" / "catalogue.sqlite", None)

    found, (note,) = titles(filed, search="number007")

    assert found == ["Wall 7"]
    assert note.startswith(
        "the index could not be used, so every story file was read: the story catalogue could not "
        "be opened"
    )


def test_where_it_can_be_read_and_not_written_a_question_is_answered_and_says_so(
    filed: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A read-only folder; root may write into any, so SQLite is told not to.
    def read_only(file: Path) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)

    monkeypatch.setattr(databases, "_open_file", read_only)
    file(filed, WALL, title="Just written")
    filed.commit(1)

    found, (note,) = titles(filed, search="just written")

    assert found == ["Just written"]
    assert note.startswith(
        "the index could not be used, so every story file was read: the story catalogue could"
    )


@pytest.mark.slow
def test_the_processes_that_read_many_records_end_without_a_word(
    beat: History, tmp_path: Path
) -> None:
    for number in range(2_000):
        file(beat, f"_news/2026-11-20-{number}.md")
    web = record_web(tmp_path / "web.warc.gz", {"https://gull.example/feed.xml": feed()})

    # a round that is ended by SIGTERM ends as by Ctrl-C, and that is how a pool ends its processes
    words = ("run", "--dry-run", "--web", web, "--now", "2026-11-20T08:00:00Z")
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", "-C", beat.root, *words],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_where_a_process_that_reads_records_is_killed_one_reads_them_all(
    beat: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_killed(*_: object) -> None:  # as by a system that is out of memory
        raise WorkerError("a worker process was killed")

    monkeypatch.setattr(processes, "can_fork", lambda: True)
    monkeypatch.setattr(processes, "at_once", lambda: 2)
    monkeypatch.setattr(processes, "do_all", be_killed)
    for number in range(2_000):
        file(beat, f"_news/2026-11-20-{number}.md")

    with beat.open() as newsroom:
        assert 2_000 == refresh_catalogue(newsroom, Silence()).stories


def test_a_refreshed_catalogue_knows_what_was_edited_broken_and_deleted(beat: History) -> None:
    file(beat, WALL)
    file(beat, SEALS)
    with beat.open() as newsroom:
        first = refresh_catalogue(newsroom, Silence())
        file(beat, WALL, title="Herons")
        write_files(beat.root, {"_news/2026-11-20-broken.md": b"no record"})
        (beat.root / SEALS).unlink()
        second = refresh_catalogue(newsroom, Silence())
    with open_catalogue(beat.root / ".copydesk") as catalogue:
        found = catalogue.find(StoryFilter(words="herons"))

    assert (2, 2, 0) == (first.stories, first.read, first.lost)
    assert (1, 2, 1) == (second.stories, second.read, second.lost)
    assert ["_news/2026-11-20-broken.md"] == [failure.url for failure in second.failed]
    assert [WALL] == found


def test_what_the_catalogue_has_not_read_is_found_without_opening_it(beat: History) -> None:
    file(beat, WALL)
    write_files(beat.root, {SEALS: b"no record"})
    for path in (WALL, SEALS):
        os.utime(beat.root / path)
    time.sleep(0.06)  # what changed within a tick is read again
    with beat.open() as newsroom:
        signatures = {path: newsroom.archive.signature(path) for path in (WALL, SEALS)}
        assert {WALL, SEALS} == find_stale_entries(newsroom, signatures)
        assert not (newsroom.private / "catalogue.sqlite").exists()
        refresh_catalogue(newsroom, Silence())
        assert set() == find_stale_entries(newsroom, {**signatures, "_news/none.md": None})
        assert {WALL} == find_stale_entries(newsroom, {**signatures, WALL: None})
        file(beat, SEALS)
        edited = {SEALS: newsroom.archive.signature(SEALS)}
        assert {SEALS} == find_stale_entries(newsroom, edited)
