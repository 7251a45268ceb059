"""A catalogue is brought up to date with the records, whatever became of them, of it and of git."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.archive import Archive, Rulings
from copydesk.engine.cataloguing import Snapshot, open_catalogue, sweep_records
from copydesk.news import Said, Standing, Story, Verdict
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
    write_files(beat.root, {path: archive.emit_story(story)})


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
    signatures = Archive(beat.root).signatures(stories=True)
    taken_ns = signatures[WALL].changed_ns - seconds * 10**9
    snapshot = Snapshot(taken_ns=taken_ns, signatures=signatures)

    assert is_touched == (WALL in snapshot.find_changes(snapshot))


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
