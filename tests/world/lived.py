"""A story to which everything happened that can happen to one, round by round and word by word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from copydesk.editing import applying
from copydesk.news import EditorAction
from copydesk.newsroom import open_newsroom
from world.desk import action
from world.later import SEALS_RECORD, WALL_PAGE, WALL_RECORD, at, run, web_with
from world.newsroom import NOW, WALL, newsroom, page

WALL_NAME = Path(WALL_RECORD).stem
SEALS_NAME = Path(SEALS_RECORD).stem
NEW_TITLE = "Sea wall to rise by three metres"


def lived_newsroom(folder: Path) -> Path:
    """Make a newsroom of a story that is filed, corrected, edited in every way, removed, undone."""
    root = newsroom(folder / "beat")
    web = web_with(folder, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run(root, web)
    run(root, web, 2)
    say(root, 3, on(3, "verdict", "publish", WALL_NAME, why="it matters"))
    titled = on(4, "rule", "rename", WALL_NAME, values=("The wall",), why="shorter")
    pinned = on(4, "rule", "pin", WALL_NAME, until=NOW + timedelta(hours=9))
    say(root, 4, titled, pinned, on(4, "rule", "split", WALL_NAME, SEALS_NAME, why="two matters"))
    say(root, 5, on(5, "rule", "set", WALL_NAME, values=("note", "We asked."), by="Ben"))
    say(root, 6, on(6, "correct", "", WALL_NAME, values=("title", "A wall"), why="It is one."))
    removed = on(7, "verdict", "remove", WALL_NAME, why="the court says so")
    say(root, 7, removed)
    say(root, 8, on(8, "undo", "", values=(removed.id,), by="Ben", why="it was lifted"))
    return root


def on(hours: float, kind: str, said: str, *names: str, **more: object) -> EditorAction:
    """Return an action of so many hours after the first round."""
    moment = NOW + timedelta(hours=hours)
    return action(kind, said, *names, at=moment, **more)  # type: ignore[arg-type]


def say(root: Path, hours: float, *actions: EditorAction) -> None:
    """File actions so many hours after the first round; each of them holds."""
    with open_newsroom(root, NOW + timedelta(hours=hours), {}) as opened:
        outcomes = applying.apply_actions(opened, actions)
    assert ["done"] * len(actions) == [outcome.state for outcome in outcomes], outcomes
