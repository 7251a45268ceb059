"""Saved views are an editor's own, each under its name."""

from __future__ import annotations

import pytest

from copydesk.desk_store import DeskStore
from copydesk.desk_store.drafts import SavedView
from copydesk.errors import UsageError


def names(desk: DeskStore, editor: str = "Anna") -> list[str]:
    return [view.name for view in desk.saved_views.of(editor)]


def test_a_view_is_kept_for_its_editor_in_the_place_of_the_earlier(desk: DeskStore) -> None:
    views = desk.saved_views
    views.keep("Anna", SavedView(name="China", query="view=all&topic=China"))
    views.keep("Anna", SavedView(name="China", query="view=waiting&topic=China"))
    views.keep("Ben", SavedView(name="Law", query="view=all&q=law"))

    assert (SavedView(name="China", query="view=waiting&topic=China"),) == views.of("Anna")
    views.drop("Anna", "China")
    views.drop("Anna", "nothing")
    assert ([], ["Law"]) == (names(desk), names(desk, "Ben"))


@pytest.mark.parametrize(
    "view",
    [
        SavedView(name="", query="view=all"),
        SavedView(name="x" * 61, query="view=all"),
        SavedView(name="x", query="q=" + "x" * 4_000),
    ],
)
def test_one_of_no_measure_is_refused(desk: DeskStore, view: SavedView) -> None:
    with pytest.raises(UsageError):
        desk.saved_views.keep("Anna", view)


def test_there_are_thirty_at_most(desk: DeskStore) -> None:
    for number in range(30):
        desk.saved_views.keep("Anna", SavedView(name=f"v{number}", query="view=all"))

    with pytest.raises(UsageError):
        desk.saved_views.keep("Anna", SavedView(name="one more", query="view=all"))
    desk.saved_views.keep("Anna", SavedView(name="v7", query="view=off"))
    assert 30 == len(names(desk))
