"""A large archive: what nothing touched since the last look is not looked at again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.archive import Archive, Rulings, Signature, archive_path, record
from copydesk.building import BuildOptions, build
from copydesk.news import Story, Verdict
from copydesk.newsroom import Newsroom, Silence
from copydesk.newsroom.cataloguing import open_catalogue, sweep_records
from copydesk.newsroom.records import take_snapshot
from world.history import History
from world.newsroom import NOW, run_git, write_files
from world.records import write_rulings

YEARS = (2017, 2018, 2019)
A_YEAR = 100
OLD = "_archive/_news/2018/2018-03-04-old-7.md"
FLAT = "_archive/_news/2016-03-04-flat.md"
LIVE = "_news/2026-11-20-wall.md"


class CountingArchive(Archive):
    """An archive that notes the folders that are looked at, and the stories that are read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.folders: list[str] = []
        self.read_paths: list[str] = []

    def sign_folder(self, folder: str, signatures: dict[str, Signature]) -> list[str]:
        self.folders.append(folder)
        return super().sign_folder(folder, signatures)

    def read_listed(self, path: str) -> Story:
        self.read_paths.append(path)
        return super().read_listed(path)


def make_story(path: str, **fields: object) -> Story:
    about = {"title": Path(path).stem, "published_at": NOW, "published": True, **fields}
    url = f"https://gull.example/{Path(path).stem}"
    return Story(path=path, original_url=url, web_url=url, **about)  # type: ignore[arg-type]


@pytest.fixture
def beat(tmp_path: Path) -> History:
    """Return a newsroom of 300 archived stories and one live one, committed, long untouched."""
    made = History.begin(tmp_path / "beat")
    names = [f"{year}-03-04-old-{number}" for year in YEARS for number in range(A_YEAR)]
    paths = [archive_path(f"_news/{name}.md") for name in names] + [LIVE, FLAT]
    write_files(made.root, {path: record.emit_story(make_story(path)) for path in paths})
    commit(made)
    settle()
    return made


def commit(beat: History) -> None:
    run_git(beat.root, "add", "-A")
    run_git(beat.root, "commit", "-qm", "by hand")


def settle() -> None:
    """Wait until the files that were written are older than a tick of the clock (50 ms)."""
    time.sleep(0.06)


@contextmanager
def opened(beat: History) -> Iterator[tuple[Newsroom, CountingArchive]]:
    with beat.open() as newsroom:
        archive = CountingArchive(newsroom.root)
        yield replace(newsroom, archive=archive), archive


def sweep(beat: History) -> tuple[CountingArchive, dict[str, int]]:
    """Bring the catalogue up to date; return what was looked at, and all signatures it has."""
    with opened(beat) as (newsroom, archive), open_catalogue(newsroom.private) as catalogue:
        sweep_records(newsroom, catalogue)
        return archive, catalogue.signatures()


def test_a_sweep_looks_at_live_records_and_one_folder_of_the_archive(beat: History) -> None:
    first, found = sweep(beat)
    second, again = sweep(beat)

    assert len(first.folders) == 5
    assert len(first.read_paths) == len(found) == 302
    assert len(second.folders) == 2
    assert "_news" in second.folders
    assert second.read_paths == []
    assert found == again


def test_each_folder_of_the_archive_has_its_turn(beat: History) -> None:
    sweep(beat)

    looked = {folder for _ in range(4) for folder in sweep(beat)[0].folders}

    assert looked == {"_news", "_archive/_news", *(f"_archive/_news/{year}" for year in YEARS)}


def edit(root: Path) -> None:
    """Replace a record, as most editors do."""
    write_files(root, {f"{OLD}.new": record.emit_story(make_story(OLD, title="Edited"))})
    (root / f"{OLD}.new").replace(root / OLD)


def edit_in_place_and_commit(root: Path) -> None:
    """Write into a record, and commit that."""
    (root / OLD).write_bytes(record.emit_story(make_story(OLD, title="Edited")))
    run_git(root, "commit", "-qam", "by hand")


def add(root: Path) -> None:
    """File a record of an old year."""
    path = "_archive/_news/2018/2018-01-01-new.md"
    write_files(root, {path: record.emit_story(make_story(path))})


def add_a_year(root: Path) -> None:
    """File a record of a year without any."""
    path = "_archive/_news/2001/2001-01-01-new.md"
    write_files(root, {path: record.emit_story(make_story(path))})


def delete(root: Path) -> None:
    """Delete a record."""
    (root / OLD).unlink()


def delete_a_year(root: Path) -> None:
    """Delete a folder of the archive with all its records."""
    for file in (root / OLD).parent.iterdir():
        file.unlink()
    (root / OLD).parent.rmdir()


CHANGES = [edit, edit_in_place_and_commit, add, add_a_year, delete, delete_a_year]


@pytest.mark.parametrize("change", CHANGES)
def test_a_sweep_finds_each_change_of_the_archive(
    beat: History, change: Callable[[Path], None]
) -> None:
    for _ in range(6):  # so that the folder of the change is not the one in turn
        sweep(beat)
    change(beat.root)
    settle()

    _, found = sweep(beat)

    now = take_snapshot(Archive(beat.root)).stamps()
    assert found == now


def test_an_edit_in_place_is_found_when_the_turn_of_its_folder_comes(beat: History) -> None:
    sweep(beat)
    (beat.root / OLD).write_bytes(record.emit_story(make_story(OLD, title="Edited")))

    found = [path for _ in range(4) for path in sweep(beat)[0].read_paths]

    assert OLD in found


def run_build(beat: History) -> CountingArchive:
    with opened(beat) as (newsroom, archive):
        report = build(newsroom, Silence(), BuildOptions())
        assert report.failed == ()
        return archive


def page(beat: History, path: str) -> str:
    return (beat.root / ".copydesk/site/news" / Path(path).stem / "index.html").read_text("utf-8")


def test_a_build_looks_at_live_records_and_one_folder_of_the_archive(beat: History) -> None:
    run_build(beat)
    run_build(beat)  # what lists show is kept from now on

    again = run_build(beat)

    assert len(again.folders) == 2
    assert again.read_paths == []


@pytest.mark.sample("edit")
@pytest.mark.parametrize("change", [edit, edit_in_place_and_commit])
def test_a_build_shows_a_changed_record_of_the_archive(
    beat: History, change: Callable[[Path], None]
) -> None:
    for _ in range(6):
        run_build(beat)
    change(beat.root)
    settle()

    run_build(beat)

    assert "Edited" in page(beat, OLD)


def test_a_build_follows_rulings_on_archived_stories(beat: History) -> None:
    run_build(beat)
    run_build(beat)
    name = Path(OLD).stem
    remove = Verdict(said="remove", by="Ed", at=NOW, why="so")

    write_rulings(beat.root, Rulings(verdicts={f"_news/{name}.md": remove}))
    run_build(beat)
    is_removed = not (beat.root / ".copydesk/site/news" / name / "index.html").exists()
    write_rulings(beat.root, Rulings())
    run_build(beat)

    assert is_removed
    assert name in page(beat, OLD)


def test_an_unreadable_record_of_the_archive_is_reported_by_each_build(beat: History) -> None:
    (beat.root / OLD).write_bytes(b"no record")
    settle()

    with opened(beat) as (newsroom, _):
        failed = [build(newsroom, Silence(), BuildOptions()).failed for _ in range(3)]

    assert [OLD] * 3 == [failure.url for some in failed for failure in some]
