"""Reading lists that editors make at the desk: in git, undone alone, never overwritten unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import archive, newsroom
from copydesk.editing.applying import FiledList, find_lists, list_key
from copydesk.editing.undo import undo_action
from copydesk.news import EditorAction
from copydesk.news.edition import ChosenStory
from copydesk.news.ruling import ActionOutcome
from world.desk import NAMES, act, action, copy_newsroom, desk_newsroom, stories, undo, verdict
from world.newsroom import NOW, run_git

PATH = "_data/lists/best.yaml"
EVERYDAY = '[scoring]\nprofile = "everyday"\n'


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_newsroom(tmp_path_factory.mktemp("lists") / "beat", stories(3))


@pytest.fixture
def root(filed: Path, tmp_path: Path) -> Path:
    return copy_newsroom(filed, tmp_path / "beat")


def put(*names: str, title: str = "The best", by: str = "Anna", seen: str = "-") -> EditorAction:
    """Return the making or changing of a list; `seen` is its version as its editor saw it."""
    values = ("best", title, "What we would read *first*.", "Begin here.")
    known = {} if seen == "-" else {list_key("best"): seen}
    return action("list", "set", *(names or NAMES[1::-1]), by=by, values=values, seen=known)


def end(by: str = "Anna") -> EditorAction:
    return action("list", "end", by=by, values=("best",))


def do(root: Path, *actions: EditorAction) -> ActionOutcome:
    return act(root, *actions)[-1]


def found(root: Path) -> FiledList:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        ((filed,), _) = find_lists(opened)
    return filed


@pytest.mark.parametrize("more", ["", EVERYDAY], ids=["copydesk", "everyday"])
def test_a_list_is_made_changed_and_ended_each_in_git(tmp_path: Path, more: str) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(3), more=more)
    told = do(root, put())
    assert ("done", (PATH,)) == (told.state, told.paths)
    listed = found(root).listed
    assert ("The best", "What we would read *first*.") == (listed.title, listed.description)
    assert (ChosenStory(name=NAMES[1], words="Begin here."), ChosenStory(name=NAMES[0])) == (
        listed.stories
    )
    assert ("Anna", NOW) == (listed.by, listed.updated_at)
    assert "list: The best" in run_git(root, "log", "-1", "--format=%B")

    assert "done" == do(root, put(*NAMES[:3], by="Ben")).state
    assert [*NAMES[:3]] == [story.name for story in found(root).listed.stories]

    assert (PATH,) == do(root, end()).paths
    assert not (root / PATH).exists()
    assert "" == run_git(root, "status", "--porcelain")
    assert "refused" == do(root, end()).state


def test_the_same_again_changes_nothing(root: Path) -> None:
    do(root, put())
    told = do(root, put(by="Ben"))
    assert ("done", None, ()) == (told.state, told.commit, told.paths)
    assert "Anna" == found(root).listed.by


def test_each_step_is_undone_alone_whatever_its_commit_holds(root: Path) -> None:
    made, changed = put(), put(NAMES[2])
    act(root, made, changed, verdict("hold", NAMES[0]))
    assert [NAMES[2]] == [story.name for story in found(root).listed.stories]

    assert "done" == do(root, undo(changed)).state
    assert [*NAMES[1::-1]] == [story.name for story in found(root).listed.stories]
    ended = end()
    do(root, ended)
    do(root, undo(ended))
    assert "done" == do(root, undo(made)).state
    assert not (root / PATH).exists()


def test_a_change_since_is_in_the_way_of_undoing(root: Path) -> None:
    made = put()
    do(root, made)
    do(root, put(NAMES[2], by="Ben"))
    told = do(root, undo(made))
    assert ("conflict", "list") == (told.state, told.conflicts[0].field)
    assert [NAMES[2]] == [story.name for story in found(root).listed.stories]


def test_a_commit_of_it_is_undone_from_the_command_line(root: Path) -> None:
    commit = do(root, put()).commit
    assert commit
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        assert (PATH,) == undo_action(opened, commit, "Ed").changed
    assert not (root / PATH).exists()


def test_what_somebody_else_changed_since_is_not_overwritten(root: Path) -> None:
    assert "done" == do(root, put(seen="")).state
    version = found(root).version
    do(root, put(NAMES[2], by="Ben", seen=version))

    told = do(root, put(title="Mine", seen=version))
    assert "conflict" == told.state
    assert (f"Mine: {NAMES[1]}, {NAMES[0]}", f"The best: {NAMES[2]}") == (
        told.conflicts[0].left,
        told.conflicts[0].now,
    )
    assert "Ben" == found(root).listed.by
    assert "conflict" == do(root, put(title="Made twice", seen="")).state

    both = put(title="Mine", seen=found(root).version), put(title="More", seen=found(root).version)
    assert ["done", "done"] == [outcome.state for outcome in act(root, *both)]


def test_what_cannot_be_meant_is_refused_and_changes_nothing(root: Path) -> None:
    for wrong in (
        action("list", "set", values=("The Best", "T")),
        action("list", "set", values=("../best", "T")),
        action("list", "set", values=("best", " ")),
        action("list", "set", values=("best", "t" * 301)),
        action("list", "set", values=("best", "T", "d" * 10_001)),
        action("list", "set", "nobody", values=("best", "T")),
        action("list", "set", NAMES[0], values=("best", "T", "", "w" * 1_001)),
        action("list", "set"),
        action("list", "burn", values=("best",)),
        action("list", "end", values=("../rulings",)),
    ):
        told = do(root, wrong)
        assert ("refused", True) == (told.state, bool(told.what)), wrong
    assert not (root / "_data" / "lists").exists()


def test_a_file_under_a_persons_pen_is_left_to_them(root: Path) -> None:
    do(root, put())
    (root / PATH).write_text("title: By hand\n", "utf-8")
    assert "refused" == do(root, put(title="Mine")).state
    assert "title: By hand\n" == (root / PATH).read_text("utf-8")

    (root / PATH).write_text("title: [", "utf-8")
    assert "refused" == do(root, put(title="Mine")).state


def test_a_list_by_hand_with_comments_keeps_them(root: Path) -> None:
    file = root / PATH
    file.parent.mkdir()
    file.write_text("# ours\ntitle: By hand\ncolour: blue\n", "utf-8")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "by hand")
    assert "done" == do(root, put()).state
    assert ["# ours", 'title: "The best"', "colour: blue"] == file.read_text("utf-8").split("\n")[
        :3
    ]
    assert archive.check(root).is_clean
