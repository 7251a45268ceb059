"""File the actions that wait in the desk's store, in order.

waiting actions ── the first ones of one editor ──> apply_actions ──> a commit ──> outcomes, noted

If the process is killed, the next one starts with the same actions. The memory and git know the ids
of those that are already filed; only their outcomes are noted then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from copydesk.building.channels import note_site_events
from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.desk_store import ActionQueue, open_desk
from copydesk.editing import MOST_IN_A_COMMIT, apply_actions, part_into_lots, publish_at_once
from copydesk.editing._pictures_apart import make_pictures
from copydesk.errors import BusyError, CopydeskError, RecordError
from copydesk.news import ActionOutcome, EditorAction, Standing
from copydesk.newsroom import Failure, Newsroom, Silence, failure_of
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import WORD_SECONDS, read_removals

Tell = Callable[[CopydeskError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOff:
    """The outcomes of the waiting actions, in order.

    `is_urgent` is set if the site must be updated at once: a story was removed for good, or
    restored. `failed` lists the failures of that update.
    """

    outcomes: tuple[ActionOutcome, ...] = ()
    is_urgent: bool = False
    failed: tuple[Failure, ...] = ()


def work_off(
    newsroom: Newsroom, queue: ActionQueue, tell: Tell, wait_seconds: float = WORD_SECONDS
) -> WorkedOff:
    """File the waiting actions and note the outcome of each; return when none is left.

    A commit takes the actions that already wait. If another process holds the write lock for
    `wait_seconds` or longer, `tell` is called and this goes on waiting. An action that fails
    because of the disk or a bug is refused: otherwise those behind it would wait for ever. If a
    file of a journalled change cannot be written, `tell` is called and all actions wait for the
    next call, which finishes that change first. Raises DeskStoreError if the desk's file fails.
    """
    outcomes: list[ActionOutcome] = []
    removed = _read_removals(newsroom.root)
    while waiting := queue.waiting(MOST_IN_A_COMMIT):
        lot = next(part_into_lots(waiting))
        try:
            told = _apply(newsroom, lot, wait_seconds)
        except BusyError as error:
            tell(error)
            continue
        except CopydeskError as error:
            tell(error)
            break
        queue.note(told)
        outcomes += told
    is_urgent = _read_removals(newsroom.root) != removed
    return WorkedOff(outcomes=tuple(outcomes), is_urgent=is_urgent)


def file_actions(newsroom: Newsroom, tell: Tell) -> WorkedOff:
    """File the actions that wait at the newsroom's desk; `tell` reports what is waited for.

    Then update the catalogue, and remove stories from the site that were removed for good. Raises
    DeskStoreError if the desk's file fails, RecordError as `ask_catalogue` does, PublishError.
    """
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        done = work_off(newsroom, desk.actions, tell)
    if done.outcomes:
        ask_catalogue(newsroom, lambda catalogue: catalogue.version())
        _note_site_events(newsroom, tell)
        make_pictures(newsroom, (path for outcome in done.outcomes for path in outcome.paths))
    if not done.is_urgent:
        return done
    _, failed = publish_at_once(newsroom, Silence())
    return replace(done, failed=failed)


def _note_site_events(newsroom: Newsroom, tell: Tell) -> None:
    """Queue the calls of channels for what was done; the server or the next round sends them."""
    if newsroom.settings.channels:
        try:
            note_site_events(newsroom)
        except CopydeskError as error:
            tell(error)


def _read_removals(root: Path) -> frozenset[str]:
    """Return the removed addresses; empty if the rulings cannot be read, so none counts as new."""
    try:
        return read_removals(root)
    except RecordError:
        return frozenset()


def _apply(
    newsroom: Newsroom, actions: Sequence[EditorAction], wait_seconds: float
) -> list[ActionOutcome]:
    try:
        return list(apply_actions(newsroom, actions, wait_seconds))
    except BusyError:
        raise
    except CopydeskError as error:
        if any(newsroom.memory.actions.get(action.id) is not None for action in actions):
            raise  # the change is in the journal, and a file of it could not be written
        return [_refuse(action, error) for action in actions]
    except Exception as error:  # a bug in one action must cost only that action
        if len(actions) == 1:
            return [_refuse(actions[0], error)]
    return [told for action in actions for told in _apply(newsroom, [action], wait_seconds)]


def _refuse(action: EditorAction, error: Exception) -> ActionOutcome:
    failure = failure_of("", error)
    if isinstance(error, CopydeskError):
        return ActionOutcome(id=action.id, state="refused", what=str(error), hint=error.hint)
    return ActionOutcome(id=action.id, state="refused", what=failure.what, hint=failure.hint)


_BY = "copydesk demo"
_WHY = "the example lets what the gate keeps back wait for you"
_BELOW = frozenset({Standing.BELOW_GATE})


def let_stories_wait(newsroom: Newsroom) -> int:
    """Put stories below the threshold on hold, once in a newsroom; return how many.

    It fills the demo's queue. None of these stories is on the site, before or after it.
    """

    def find(catalogue: Catalogue) -> list[str]:
        if catalogue.find_verdicts():
            return []
        return catalogue.find(StoryFilter(standings=_BELOW))

    paths = ask_catalogue(newsroom, find)
    actions = [
        EditorAction(
            id=str(uuid5(NAMESPACE_URL, path)),
            kind="verdict",
            said="hold",
            by=_BY,
            at=newsroom.now,
            stories=(path.rsplit("/", 1)[-1].removesuffix(".md"),),
            why=_WHY,
        )
        for path in paths
    ]
    make_pictures(newsroom, paths)
    return sum(outcome.state == "done" for outcome in apply_actions(newsroom, actions))
