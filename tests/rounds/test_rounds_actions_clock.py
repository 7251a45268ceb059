"""The time of an action: a record has whole seconds of it, a word comes with fractions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from world.desk import NAMES, act, desk_newsroom, read, stories, undo, verdict
from world.newsroom import NOW


def test_a_word_of_a_fraction_of_a_second_is_taken_back_in_the_same_commit(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(1))
    said = verdict("hold", NAMES[0], at=NOW + timedelta(microseconds=235_291))
    done, back = act(root, said, undo(said))

    assert ("done", "done") == (done.state, back.state)
    assert read(root, NAMES[0]).verdict is None
