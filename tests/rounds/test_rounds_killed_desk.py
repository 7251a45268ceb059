"""The desk's worker is killed, or its disk full, with 30 actions under way: each is filed once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.archive.change import is_cut_short
from copydesk.desk_store import open_desk
from copydesk.news import EditorAction
from copydesk.news.ruling import ActionOutcome
from world.desk import NAMES, action, copy_newsroom, desk_newsroom, read, rename, stories, verdict
from world.killed import WORK, Commands, about_the_journal, commands, spread
from world.newsroom import NOW, run_git

pytestmark = pytest.mark.slow

FEW, MANY = 3, 8  # kills


@pytest.fixture(scope="module")
def run() -> Iterator[Commands]:
    with commands() as run:
        yield run


def words_of(editor: str) -> list[EditorAction]:
    """Return what an editor did: on each of five stories a word, a headline, a note."""
    return [
        said
        for name in NAMES[:5]
        for said in (
            verdict("hold", name, by=editor, why=editor),
            rename(name, f"{name} by {editor}", by=editor),
            action("rule", "set", name, by=editor, values=("note", f"By {editor}")),
        )
    ]


ACTIONS = [*words_of("Anna"), *words_of("Ben")]


@pytest.fixture(scope="module", params=[True, False], ids=["git", "plain folder"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom in which 30 actions wait."""
    folder = tmp_path_factory.mktemp("made")
    root = desk_newsroom(folder / "beat", stories(), git=request.param)
    with closing(open_desk(root / ".copydesk")) as desk:
        desk.actions.put(ACTIONS)
    return root


def work(run: Commands, root: Path, *, killed_at: int = 0, full_at: int = 0) -> int:
    words = ("-C", root, "--now", NOW.isoformat(), WORK)
    return run(*words, killed_at=killed_at, full_at=full_at)


def outcomes(root: Path) -> dict[str, ActionOutcome | None]:
    with closing(open_desk(root / ".copydesk")) as desk:
        assert desk.actions.waiting(1) == ()
        queued = desk.actions.state([said.id for said in ACTIONS])
    return {name: one.outcome for name, one in queued.items()}


def files(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (root / "_news").glob("*.md")}


@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_killed_worker_is_followed_by_one_that_files_the_rest(
    made: Path, run: Commands, tmp_path: Path, kills: int
) -> None:
    whole = copy_newsroom(made, tmp_path / "whole")
    assert work(run, whole) == 0
    changes, journalled = run.changes, run.journalled
    expected, has_git = files(whole), (made / ".git").exists()
    moments = {*spread(changes, kills), *about_the_journal(journalled)}
    for moment in sorted(moments):
        root = copy_newsroom(made, tmp_path / "beat")
        assert work(run, root, killed_at=moment) == -9
        assert work(run, root) == 0
        assert files(root) == expected
        assert {told.state for told in outcomes(root).values() if told} == {"done"}
        assert not is_cut_short(root)
        if has_git:
            log = run_git(root, "log", "--format=%B")
            assert [log.count(f"#{said.id}") for said in ACTIONS] == [1] * len(ACTIONS)
            assert "" == run_git(root, "status", "--porcelain")
        shutil.rmtree(root)


@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY // 2, marks=pytest.mark.long)])
def test_on_a_full_disk_what_is_told_as_done_is_done(
    made: Path, run: Commands, tmp_path: Path, kills: int
) -> None:
    whole = copy_newsroom(made, tmp_path / "whole")
    work(run, whole)
    for moment in spread(run.changes, kills):
        root = copy_newsroom(made, tmp_path / "beat")
        work(run, root, full_at=moment)
        assert work(run, root) == 0
        told = outcomes(root)
        for name, said in zip(told, ACTIONS, strict=True):
            is_done = told[name] is not None and getattr(told[name], "state", "") == "done"
            assert is_done or getattr(told[name], "state", "") == "refused"
            if is_done and said.by == "Ben":
                assert "Ben" in str(read(root, said.stories[0])), said
        if all(one and one.state == "done" for one in told.values()):
            assert files(root) == files(whole)
        shutil.rmtree(root)
