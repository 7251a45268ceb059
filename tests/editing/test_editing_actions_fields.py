"""What an action of the desk changed is told field by field."""

from __future__ import annotations

from pathlib import Path

from copydesk import newsroom
from copydesk.editing import applying
from world.desk import NAMES, act, desk_newsroom, read, rename, stories, verdict
from world.newsroom import NOW

A, B, *_ = NAMES


def test_an_action_tells_what_it_made_of_which_fields(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories())
    title, renamed, held = read(root, A).title, rename(A, "Herons"), verdict("hold", A)
    act(root, renamed, held)
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        edited = applying.list_edited_fields(opened, renamed.id)

        assert [] == applying.list_edited_fields(opened, held.id)
        assert [] == applying.list_edited_fields(opened, "nobody's")
    assert [("title", title, "Herons")] == [(one.field, one.was, one.now) for one in edited]
