"""What editors do at their desk, invented for tests; and a newsroom with stories to do it to."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from copydesk.archive import Archive
from copydesk.desk_store.action_queue import ActionQueue
from copydesk.editing.applying import WorkedOff, apply_actions, field_digests, work_off
from copydesk.errors import CopydeskError
from copydesk.news import EditorAction, Reason, ReasonKind, Story
from copydesk.news.ruling import ActionKind, ActionOutcome
from copydesk.newsroom import open_newsroom
from copydesk.review import digests
from world import editions, records
from world.newsroom import NOW, newsroom, run_git

Tell = Callable[[CopydeskError], None]
_NUMBERS = itertools.count(1)
NAMES = tuple(f"2026-11-19-story-{number}" for number in range(6))


def stories(count: int = len(NAMES), group: str = "") -> list[Story]:
    """Return so many stories that the line has filed, of one event where `group` says so."""
    made = []
    for number, name in enumerate(NAMES[:count]):
        story = editions.story(
            name,
            topics=("Coast",),
            title=f"Story number {number} of the coast",
            published_at=NOW - timedelta(hours=20 - number),
        )
        quality = 80 - number
        reasons = (
            Reason.of(ReasonKind.REACHES_GATE, quality=quality, gate=45),
            *([Reason.of(ReasonKind.FOUNDED)] if group else []),
        )
        story = replace(
            story,
            verdict=None,
            quality=quality,
            heat=quality,
            group=group,
            reasons=reasons,
        )
        made.append(replace(story, machine=digests(story)))
    return made


def desk_newsroom(root: Path, filed: Sequence[Story], *, more: str = "", git: bool = True) -> Path:
    """Make a newsroom with these records, all of them committed."""
    newsroom(root, more=more, git=git)
    archive = Archive(root)
    for story in filed:
        records.write(archive, story)
    if git and filed:
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "filed")
    return root


def copy_newsroom(root: Path, to: Path) -> Path:
    """Return a copy of a newsroom."""
    return Path(shutil.copytree(root, to, symlinks=True))


def action(
    kind: ActionKind, said: str, *names: str, by: str = "Anna", at: datetime = NOW, **more: object
) -> EditorAction:
    """Return an action with an id that no other has."""
    return EditorAction(
        id=f"act-{next(_NUMBERS):06}",
        kind=kind,
        said=said,
        stories=names,
        by=by,
        at=at,
        **more,  # type: ignore[arg-type]
    )


def verdict(
    said: str, *names: str, by: str = "Anna", why: str = "so", **more: object
) -> EditorAction:
    """Return a verdict."""
    return action("verdict", said, *names, by=by, why=why, **more)  # type: ignore[arg-type]


def rename(name: str, title: str, by: str = "Anna", **more: object) -> EditorAction:
    """Return a new headline."""
    return action("rule", "rename", name, by=by, values=(title,), **more)  # type: ignore[arg-type]


def undo(undone: EditorAction, by: str = "Anna") -> EditorAction:
    """Return the taking back of an action."""
    return action("undo", "", by=by, values=(undone.id,))


def act(root: Path, *actions: EditorAction, now: datetime = NOW) -> tuple[ActionOutcome, ...]:
    """File actions as the desk's worker does."""
    with open_newsroom(root, now, {}) as opened:
        return apply_actions(opened, actions)


def read(root: Path, name: str) -> Story:
    """Return a record."""
    return Archive(root).read(f"_news/{name}.md")


def see(root: Path, name: str) -> dict[str, str]:
    """Return what an editor's page sends along who looks at a story now."""
    story = read(root, name)
    return {
        f"{name} {field}": digest for field, digest in field_digests(story, story.verdict).items()
    }


def work(root: Path, queue: ActionQueue, tell: Tell = lambda _: None) -> WorkedOff:
    """Let the desk's worker file what waits; where another process writes it hardly waits."""
    with open_newsroom(root, NOW, {}) as opened:
        return work_off(opened, queue, tell, wait_seconds=0.05)
