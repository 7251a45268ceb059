"""Where the memory was lost one action is taken back by what git says of it, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive import read_rulings
from copydesk.news import EditorAction
from world.desk import (
    NAMES,
    act,
    action,
    copy_newsroom,
    desk_newsroom,
    read,
    rename,
    stories,
    undo,
    verdict,
)
from world.newsroom import run_git

A, B, C, D, *_ = NAMES
EVERYDAY = '[scoring]\nprofile = "everyday"\n'


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {
        more: desk_newsroom(tmp_path_factory.mktemp("git") / "beat", stories(4), more=more)
        for more in ("", EVERYDAY)
    }


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(filed: dict[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return copy_newsroom(filed[request.param], tmp_path / "beat")


def listed(*names: str) -> EditorAction:
    return action("list", "set", *names, values=("best", "The best"))


def files(root: Path) -> dict[str, bytes]:
    """Return what git has of the newsroom."""
    names = run_git(root, "ls-files").split("\n")
    return {name: (root / name).read_bytes() for name in names if name and "rulings" not in name}


def lose_memory(root: Path) -> None:
    (root / ".copydesk/memory.sqlite").unlink()


def test_each_of_many_in_one_commit_is_taken_back_alone(root: Path) -> None:
    before = files(root)
    done = [
        verdict("hold", A),
        rename(B, "New words"),
        verdict("remove", C),
        listed(A, D),
        action("rule", "set", D, values=("excerpt", "Ours.")),
    ]
    outcomes = act(root, *done)
    assert 1 == len({outcome.commit for outcome in outcomes})
    lose_memory(root)

    for number, taken_back in enumerate(done):
        (told,) = act(root, undo(taken_back))
        assert "done" == told.state, (number, told.what)
        left = {one.stories[0] for one in done[number + 1 :] if one.stories and one.kind != "list"}
        changed = {name for name in before if before[name] != files(root).get(name)}
        assert {f"_news/{name}.md" for name in left} >= changed - {"_data/lists/best.yaml"}
    assert before == files(root)
    rulings = read_rulings(root)
    assert ((), (), {}) == (rulings.rules, rulings.removed, dict(rulings.verdicts))


def test_what_two_words_may_have_changed_is_refused(root: Path) -> None:
    twice = [verdict("hold", A), rename(A, "New words"), listed(A)]
    act(root, *twice)
    beside_groups = [action("rule", "merge", C, D), verdict("hold", B)]
    act(root, *beside_groups)
    lose_memory(root)
    states = [outcome.state for outcome in act(root, *map(undo, twice))]
    assert ["refused", "refused", "done"] == states
    assert "refused" == act(root, undo(beside_groups[1]))[0].state  # groups move what they name not
    assert "done" == act(root, undo(beside_groups[0]))[0].state
    assert "New words" == read(root, A).title
    assert not [rule for rule in read_rulings(root).rules if rule.said == "merge"]


def test_a_later_word_is_still_in_the_way(root: Path) -> None:
    first, other = rename(A, "New words"), verdict("hold", B)
    act(root, first, other)
    act(root, rename(A, "Newer words", by="Ben"))
    lose_memory(root)
    (told,) = act(root, undo(first))
    assert "conflict" == told.state
    assert "Newer words" == read(root, A).title


def test_a_trailer_that_says_nonsense_is_no_action(root: Path) -> None:
    (root / "note.txt").write_text("x")
    run_git(root, "add", "note.txt")
    lines = "Copydesk-Action: verdict #odd\nCopydesk-Action: rule #odd-2\nCopydesk-Action: #odd-3"
    run_git(root, "commit", "-qm", f"said\n\n{lines}")
    for odd in ("odd", "odd-2", "odd-3"):
        (told,) = act(root, action("undo", "", values=(odd,)))
        assert "refused" == told.state, odd
