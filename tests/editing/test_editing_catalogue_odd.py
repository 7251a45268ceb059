"""Rounds and questions over odd catalogues, odd records and odd histories of git."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from copydesk import rounds
from copydesk.archive import record
from copydesk.editing import stories
from copydesk.news import Story
from copydesk.newsroom import Silence, open_newsroom, reports
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, newsroom, record_web, run_git, small_web, write_files

pytestmark = pytest.mark.slow

WALL = "_news/2026-11-20-wall.md"
Spoil = Callable[[Path], None]


def make_folder(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.mkdir()


def write_rubbish(file: Path) -> None:
    file.write_bytes(os.urandom(9999))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])


def age(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE stories DROP COLUMN language")
        connection.execute("PRAGMA user_version = 99")


def file(root: Path, path: str = WALL, **fields: object) -> None:
    about: dict[str, object] = {"title": "Sea wall", "published_at": NOW, **fields}
    story = Story(path=path, **about)  # type: ignore[arg-type]
    write_files(root, {path: record.emit_story(story)})


def commit(root: Path, *options: str) -> None:
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "by hand", *options)


def run(root: Path, web: Path) -> reports.RoundReport:
    with open_newsroom(root, NOW, {}) as opened:
        return rounds.run_round(opened, rounds.RoundOptions(web=web, all_due=True), Silence())


def listed(root: Path, **question: object) -> stories.StoryList:
    with open_newsroom(root, NOW, {}) as opened:
        return stories.list_stories(opened, stories.StoryQuestion(**question))  # type: ignore[arg-type]


def titles(root: Path) -> set[str]:
    return {story.title for story in listed(root).stories}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


@pytest.mark.sample("cut", "age")
@pytest.mark.parametrize("spoil", [make_folder, write_rubbish, cut, age])
def test_a_round_is_what_it_is_with_a_sound_catalogue(root: Path, web: Path, spoil: Spoil) -> None:
    first = run(root, web)
    spoil(root / ".copydesk" / "catalogue.sqlite")

    again = run(root, web)

    assert (again.filed, again.updated) == ((), ())
    assert {one.what.split(" (")[0] for one in again.failed} <= {
        "the catalogue cannot be opened",
        "the catalogue cannot be read or written",
    }
    assert bool(again.failed) >= (spoil is make_folder)
    assert {story.path for story in listed(root).stories} == set(first.filed)


def test_a_catalogue_deleted_during_a_round_is_made_anew_by_the_next_who_asks(
    root: Path, web: Path
) -> None:
    class Deleting(Silence):
        def stage(
            self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
        ) -> None:
            del name, total
            for file in (root / ".copydesk").glob("catalogue.sqlite*"):
                file.unlink()

    with open_newsroom(root, NOW, {}) as opened:
        asked = rounds.RoundOptions(web=web, all_due=True)
        report = rounds.run_round(opened, asked, Deleting())

    assert len(report.filed) == 2
    assert {story.path for story in listed(root).stories} == set(report.filed)


def test_commands_that_run_at_once_give_what_they_give_one_after_another(
    root: Path, web: Path
) -> None:
    for number in range(200):
        file(root, f"_news/2026-11-20-wall-{number:03}.md", title=f"Wall {number}")
    commit(root)
    begin = [sys.executable, "-m", "copydesk", "-C", str(root), "--now", NOW.isoformat()]
    word = ("verdict", "2026-11-20-wall-007", "reject", "--why", "so", "--as", "Ed")
    commands = [("stories", "--json"), ("stories", "--search", "wall"), ("run", "--web", str(web))]
    commands += [word, ("explain", "2026-11-20-wall-003"), ("stories", "--standing", "held")]

    started = [
        subprocess.Popen([*begin, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for words in commands
    ]
    ended = [
        (process.communicate(timeout=PATIENCE_SECONDS), process.returncode) for process in started
    ]

    assert [(0, words) for words in commands] == [
        (code, words if code == 0 else said)
        for (said, code), words in zip(ended, commands, strict=True)
    ]
    assert listed(root).total == 202
    rejected = listed(root, standings=frozenset({"rejected"})).stories
    assert [story.title for story in rejected] == ["Wall 7"]


def test_records_of_one_pull_are_all_there(root: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    run_git(tmp_path, "clone", "-q", str(root), str(theirs))
    assert titles(root) == set()
    for number in range(1000):
        file(theirs, f"_news/2026-11-20-wall-{number:03}.md")
    commit(theirs)

    run_git(root, "pull", "-q", str(theirs), "main")

    assert listed(root).total == 1000


def test_a_record_that_cannot_be_read_is_told_and_the_others_are_there(root: Path) -> None:
    file(root)
    outside = root.parent / "outside.md"
    shutil.copy(root / WALL, outside)
    (root / "_news/link.md").symlink_to(outside)
    write_files(root, {"_news/broken.md": b"---\ntitle: [\n---\n", "_news/empty.md": b""})
    os.mkfifo(root / "_news/pipe.md")

    found = listed(root)

    assert [story.path for story in found.stories] == [WALL]
    assert [one.url for one in found.failed] == [
        f"_news/{name}.md" for name in ("broken", "empty", "link", "pipe")
    ]


def test_names_that_are_not_utf_8_come_and_go_without_harm(root: Path) -> None:
    odd = os.fsdecode(b"_news/2026-11-20-\xff.md")
    file(root)
    assert titles(root) == {"Sea wall"}

    shutil.copy(root / WALL, root / odd)
    commit(root)
    assert titles(root) == {"Sea wall"}

    (root / odd).unlink()
    commit(root)
    assert titles(root) == {"Sea wall"}


def test_without_git_an_edit_is_seen_at_once(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    file(root)
    assert titles(root) == {"Sea wall"}

    file(root, title="Edited")
    file(root, "_news/2026-11-20-seals.md", title="Seals")

    assert titles(root) == {"Edited", "Seals"}


def test_a_detached_head_is_followed(root: Path) -> None:
    file(root)
    commit(root)
    assert titles(root) == {"Sea wall"}
    run_git(root, "checkout", "-q", "--detach", "HEAD~1")
    assert titles(root) == set()
    run_git(root, "checkout", "-q", "main")
    assert titles(root) == {"Sea wall"}


@pytest.mark.parametrize("collect", [False, True])
def test_rewritten_history_is_followed(root: Path, collect: bool) -> None:
    file(root)
    commit(root)
    assert titles(root) == {"Sea wall"}

    file(root, title="Amended")
    commit(root, "--amend")
    if collect:
        run_git(root, "reflog", "expire", "--expire=now", "--all")
        run_git(root, "gc", "-q", "--prune=now")
    assert titles(root) == {"Amended"}

    run_git(root, "reset", "-q", "--hard", "HEAD~1")
    if collect:
        run_git(root, "reflog", "expire", "--expire=now", "--all")
        run_git(root, "gc", "-q", "--prune=now")
    assert titles(root) == set()


def test_a_newsroom_below_a_repositorys_top_is_followed(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "repository" / "sites" / "coast", git=False)
    run_git(tmp_path / "repository", "init", "-q", "-b", "main")
    commit(root)
    assert titles(root) == set()
    file(root)
    commit(root)
    file(tmp_path / "repository", title="Another's")
    run_git(tmp_path / "repository", "add", "-A")
    run_git(tmp_path / "repository", "commit", "-qm", "other")
    assert titles(root) == {"Sea wall"}
