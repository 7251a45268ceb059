"""Rules about groups that are said at the desk move records at once, and no round after that."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import archive, editing, newsroom, rounds
from copydesk.editing import Edit
from copydesk.news import EditorAction
from copydesk.rounds import run_round
from world.desk import (
    NAMES,
    act,
    action,
    copy_newsroom,
    desk_newsroom,
    read,
    rename,
    see,
    stories,
    undo,
    verdict,
)
from world.newsroom import NOW, feed, record_web, run_git

pytestmark = pytest.mark.slow

A, B, C, D, E, F = NAMES
RULES = {
    "split": action("rule", "split", B, A),
    "lead": action("rule", "lead", D),
    "pin": action("rule", "pin", E),
}
FRONT = {"split": {A, B}, "lead": {D}, "pin": {E}}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    empty = dict.fromkeys(
        ("https://gull.example/feed.xml", "https://heron.example/feed.xml"), feed()
    )
    return record_web(tmp_path_factory.mktemp("web") / "web.warc.gz", empty)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom with a group of six, led by the first."""
    root = desk_newsroom(tmp_path_factory.mktemp("made") / "beat", stories(group=A))
    act(root, first := action("rule", "merge", A, B))
    act(root, undo(first))
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return copy_newsroom(made, tmp_path / "beat")


def in_front(root: Path) -> set[str]:
    return {name for name in NAMES if read(root, name).published}


def run(root: Path, web: Path) -> tuple[str, ...]:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return run_round(opened, rounds.RoundOptions(web=web), newsroom.Silence()).updated


@pytest.mark.parametrize("said", RULES)
def test_a_rule_on_groups_moves_records_in_its_own_commit(root: Path, web: Path, said: str) -> None:
    assert in_front(root) == {A}

    (told,) = act(root, RULES[said])

    assert in_front(root) == FRONT[said]
    changed = run_git(root, "show", "--name-only", "--format=", told.commit or "").split()
    assert f"_news/{min(FRONT[said] - {A})}.md" in changed
    assert run(root, web) == ()


@pytest.mark.parametrize("said", RULES)
def test_a_rule_on_groups_is_taken_back_at_once(root: Path, web: Path, said: str) -> None:
    act(root, RULES[said])
    (told,) = act(root, undo(RULES[said], by="Ben"))
    assert (told.state, in_front(root)) == ("done", {A})
    assert archive.read_rulings(root).rules == ()
    assert run(root, web) == ()


def test_a_rule_may_be_taken_back_by_what_it_says(root: Path) -> None:
    act(root, RULES["pin"])
    (told,) = act(root, action("rule", "undo", E, values=("pin",), by="Ben"))
    assert (told.state, in_front(root)) == ("done", {A})


def test_words_and_rules_of_one_commit_see_each_other(root: Path, web: Path) -> None:
    act(root, verdict("reject", A), action("rule", "pin", C))
    assert in_front(root) == {C}
    run(root, web)
    assert in_front(root) == {C}


def test_a_record_that_a_rule_moves_keeps_the_words_of_the_same_commit(root: Path) -> None:
    note = action("rule", "set", B, values=("note", "Ours."))
    act(root, rename(A, "New words"), note, action("rule", "pin", E))
    assert (read(root, A).title, read(root, A).published) == ("New words", False)
    assert (read(root, B).note, in_front(root)) == ("Ours.", {E})


def test_an_edit_that_comes_while_words_are_made_ready_is_not_overwritten(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = root / "_news" / f"{A}.md"

    def edit_by_hand(edit: Edit) -> Edit:
        if "By hand" not in file.read_text("utf-8"):
            file.write_text(file.read_text("utf-8").replace("Story", "By hand: story"), "utf-8")
            run_git(root, "commit", "-qam", "by hand")
        edit.newsroom.archive.read(f"_news/{A}.md")
        return edit

    module = sys.modules["copydesk.editing.applying._apply_actions"]
    monkeypatch.setattr(module, "regroup_at_once", edit_by_hand)
    refused, done = act(root, rename(A, "New words"), verdict("hold", B))
    assert (refused.state, done.state) == ("refused", "done")
    assert "has just edited the story file" in refused.what
    assert read(root, A).title.startswith("By hand")


def test_undo_keeps_to_the_story_that_was_meant(root: Path, web: Path) -> None:
    act(root, verdict("reject", A))
    run(root, web)
    said = verdict("clear", A)
    (told,) = act(root, said)
    (again,) = act(root, said)
    assert len(told.paths) > 1
    assert again.paths == (f"_news/{A}.md",)


def test_the_command_line_leaves_groups_to_the_next_round(root: Path, web: Path) -> None:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        editing.file_rule(opened, editing.NewRule(said="pin", by="Ed", paths=(f"_news/{E}.md",)))
    assert in_front(root) == {A}
    run(root, web)
    assert in_front(root) == {E}


def test_a_place_that_another_editor_gave_it_is_not_taken(root: Path) -> None:
    seen = {**see(root, B), **see(root, A)}
    act(root, EditorAction(id="ben-1", kind="rule", said="split", by="Ben", at=NOW, stories=(B, A)))
    (told,) = act(root, action("rule", "pin", B, seen=seen))
    assert (told.state, told.conflicts[0].field) == ("conflict", "group")


def test_a_leader_under_a_persons_pen_is_left_to_the_next_round(root: Path) -> None:
    file = root / "_news" / f"{A}.md"
    file.write_text(file.read_text("utf-8").replace("Story", "A story"), "utf-8")
    before = file.read_bytes()
    (told,) = act(root, RULES["pin"])
    assert (told.state, file.read_bytes()) == ("done", before)
    assert f"left for the next run, because somebody edits the file: _news/{A}.md" in told.hint
    assert read(root, E).published


@pytest.mark.parametrize("said", ["hold", "reject", "publish"])
def test_a_split_leaves_the_leaders_of_other_groups_to_the_round(
    tmp_path: Path, web: Path, said: str
) -> None:
    filed = [
        replace(story, group=A if number < 3 else D)
        for number, story in enumerate(stories(group=A))
    ]
    root = desk_newsroom(tmp_path / "beat", filed)
    act(root, first := action("rule", "merge", A, B))
    act(root, undo(first))
    run(root, web)
    spoken_of = F if said == "publish" else D
    act(root, verdict(said, spoken_of, by="Ben"))
    others = {name: (root / "_news" / f"{name}.md").read_bytes() for name in (D, E, F)}

    (told,) = act(root, action("rule", "split", B, A))

    assert "done" == told.state
    assert {A, B} <= in_front(root)
    assert others == {name: (root / "_news" / f"{name}.md").read_bytes() for name in (D, E, F)}
    assert {f"_news/{F if said == 'publish' else E}.md"} <= {*run(root, web)}
