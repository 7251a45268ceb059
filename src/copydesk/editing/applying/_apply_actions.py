"""Apply editors' actions from the web interface in order; a commit holds up to fifty of one editor.

actions ── batches ──> an edit, step by step ── make ──> a commit, an outcome for each action
                    └─> refused, or in conflict with what somebody else changed since
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from copydesk.archive import letters, reading_lists
from copydesk.archive.change import WriteLock
from copydesk.building.channels import note_site_events
from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.desk_store import open_desk
from copydesk.desk_store.action_queue import ActionQueue
from copydesk.editing import _edit
from copydesk.editing._pictures_apart import make_pictures
from copydesk.editing._verdicts import publish_at_once
from copydesk.editing.applying import _field_digests
from copydesk.editing.applying._steps import find_records, put_action
from copydesk.errors import BusyError, CopydeskError, RecordError
from copydesk.news import EditorAction, Ruling, Standing, Story
from copydesk.news.ruling import RULING_KINDS, ActionOutcome, EditConflict
from copydesk.newsroom import Failure, Newsroom, Silence, failure_of
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import RULINGS_PATH, WORD_SECONDS, hold_write_lock, read_removals
from copydesk.review.rules import record_name
from copydesk.rounds import FiledShelf, open_vectors
from copydesk.rounds.rejudging import Regrouped, regroup

MOST_IN_A_COMMIT = 50
_CLOCK_SET_BACK = timedelta(days=1)
_STANDS = "the change was already made"


def apply_actions(
    newsroom: Newsroom, actions: Sequence[EditorAction], wait_seconds: float = WORD_SECONDS
) -> tuple[ActionOutcome, ...]:
    """Commit editors' actions (decisions, rules, undos …) in order; return the outcome of each.

    Consecutive actions of one editor go into one commit, fifty at most; each sees the changes of
    those before it. An action that was committed before is not committed again. An invalid action
    is refused; one that would overwrite somebody else's later change is in conflict. Neither
    changes anything or stops other actions. Raises BusyError if another process holds the write
    lock for `wait_seconds`, RecordError if the rulings cannot be read or the disk is full. Actions
    without an outcome by then were not committed, or the next call knows them by their id.
    """
    outcomes: list[ActionOutcome] = []
    for lot in part_into_lots(actions):
        outcomes += _file_lot(newsroom, lot, wait_seconds)
    return tuple(outcomes)


def part_into_lots(actions: Iterable[EditorAction]) -> Iterator[list[EditorAction]]:
    """Split editors' actions, in order, into batches of one editor each, fifty at most."""
    lot: list[EditorAction] = []
    for action in actions:
        if lot and (action.by != lot[0].by or len(lot) == MOST_IN_A_COMMIT):
            yield lot
            lot = []
        lot.append(action)
    if lot:
        yield lot


@dataclass(slots=True, kw_only=True)
class _Lot:
    """A batch of one editor's actions for a commit: the edit, its steps, the outcomes so far."""

    edit: _edit.Edit
    steps: dict[str, _edit.EditStep] = field(default_factory=dict)
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outcomes: dict[str, ActionOutcome] = field(default_factory=dict)


def _file_lot(
    newsroom: Newsroom, actions: Sequence[EditorAction], wait_seconds: float
) -> list[ActionOutcome]:
    with hold_write_lock(newsroom, wait_seconds=wait_seconds) as lock:
        settled = _find_outcomes(newsroom, lock, actions)
        while True:
            lot = _draft(newsroom, [action for action in actions if action.id not in settled])
            try:
                made = _make(lock, lot)
            except CopydeskError as error:
                settled |= _blame(lot, error)
                continue
            break
    if made.failed:
        raise made.failed[0]
    told = {**settled, **lot.outcomes, **_tell(lot, made)}
    return [told[action.id] for action in actions]


def _draft(newsroom: Newsroom, actions: Iterable[EditorAction]) -> _Lot:
    """Apply an editor's actions to a new edit, in order, and return them as a batch."""
    lot = _Lot(edit=_edit.begin_edit(newsroom))
    for action in actions:
        if action.id in lot.steps or action.id in lot.outcomes:
            continue
        try:
            outcome = _take(lot, action)
        except CopydeskError as error:
            outcome = _refuse(action.id, error)
        if outcome is not None:
            lot.outcomes[action.id] = outcome
    if lot.steps:
        lot.edit = regroup_at_once(lot.edit)
    return lot


def _take(lot: _Lot, action: EditorAction) -> ActionOutcome | None:
    """Apply an editor's action to a batch; return its outcome if it changes nothing, else None."""
    step = put_action(lot.edit, action)
    if step.differences:
        return _conflict(action.id, step.differences)
    records = find_records(lot.edit, action) if action.has_versions else ()
    since = [
        conflict
        for path in records
        for conflict in _field_digests.find_changes_since(lot.edit, step.edit, action, path)
    ]
    if in_the_way := [
        each
        for each in since
        if not _field_digests.stands_already(lot.edit, step.edit, action, each)
    ]:
        return _conflict(action.id, in_the_way)
    paths = tuple(_field_digests.list_changes(lot.edit, step.edit))
    if since or not (paths or step.edit.tips != lot.edit.tips):
        hint = "; ".join(step.notes)
        return ActionOutcome(id=action.id, state="done", what=_STANDS, hint=hint)
    note = _field_digests.write_undo_note(lot.edit, step)
    lot.edit = replace(
        step.edit,
        undos={**lot.edit.undos, action.id: note},
        own_fields=lot.edit.own_fields.union(_find_changed_fields(lot.edit, step.edit, paths)),
    )
    lot.steps[action.id] = replace(step, words=replace(step.words, id=action.id))
    lot.paths[action.id] = paths
    return None


def _find_changed_fields(
    before: _edit.Edit, after: _edit.Edit, paths: Iterable[str]
) -> Iterator[str]:
    """Yield the fields that differ between two edits, as keys of `EditorAction.seen`."""
    for path in paths:
        if reading_lists.is_list_path(path) or letters.is_letter_path(path):
            yield path
            continue
        if path == RULINGS_PATH or None in {edit.find_bytes(path) for edit in (before, after)}:
            continue
        was, left = (_field_digests.read_values(edit, path) for edit in (before, after))
        yield from (_field_digests.field_key(path, name) for name in was if was[name] != left[name])


def _make(lock: WriteLock, lot: _Lot) -> _edit.MadeEdit:
    words = [step.words for step in lot.steps.values()]
    if not words:
        return _edit.MadeEdit()
    return _edit.make_edit(lock, lot.edit, words, lot.edit.newsroom.now)


def _blame(lot: _Lot, error: CopydeskError) -> dict[str, ActionOutcome]:
    """Return refusals of the actions on the file that caused an error, or of all actions."""
    blamed = [action_id for action_id, paths in lot.paths.items() if error.subject in paths]
    if not isinstance(error, RecordError) or not blamed:
        blamed = list(lot.steps)
    return {action_id: _refuse(action_id, error) for action_id in blamed}


def _tell(lot: _Lot, made: _edit.MadeEdit) -> dict[str, ActionOutcome]:
    """Return the outcomes of the actions in a batch that were committed, by action id."""
    return {
        action_id: ActionOutcome(
            id=action_id,
            state="done",
            commit=made.commit,
            paths=lot.paths[action_id],
            what=step.words.subject,
            hint="; ".join((*step.notes, *made.notes)),
        )
        for action_id, step in lot.steps.items()
    }


def _find_outcomes(
    newsroom: Newsroom, lock: WriteLock, actions: Sequence[EditorAction]
) -> dict[str, ActionOutcome]:
    """Return the outcomes of actions committed before the process was killed, by action id.

    The database knows them, since it records each change; if it was lost, git's commit messages do.
    """
    since = min(action.at for action in actions) - _CLOCK_SET_BACK
    marks = [_edit.action_mark(action.id) for action in actions if _edit.is_action_id(action.id)]
    commits: dict[str, str] = {}
    for commit, message in lock.repository.find_messages(marks, since).items():
        commits |= {action_id: commit for _, action_id in _edit.read_actions(message)}
    filed = {}
    for action in actions:
        note = newsroom.memory.actions.get(action.id)
        if note is not None or action.id in commits:
            kept = _field_digests.read_undo_note(note or b"")
            filed[action.id] = ActionOutcome(
                id=action.id,
                state="done",
                commit=commits.get(action.id),
                paths=tuple(kept.files) if kept else (),
                what=kept.subject if kept else "the action was already saved",
            )
    return filed


def _refuse(action_id: str, error: CopydeskError) -> ActionOutcome:
    return ActionOutcome(id=action_id, state="refused", what=str(error), hint=error.hint)


def _conflict(action_id: str, conflicts: Sequence[EditConflict]) -> ActionOutcome:
    return ActionOutcome(
        id=action_id,
        state="conflict",
        what="somebody else has changed the same field in the meantime",
        hint="choose one of the two versions",
        conflicts=tuple(conflicts),
    )


# Regrouping at once: after a rule about groups, the records that the next round would change are
# changed in the same commit. Other groups wait for the round, even if a decision moved their
# leader meanwhile: the outcome of a split names only that story's records.


def regroup_at_once(edit: _edit.Edit) -> _edit.Edit:
    """Return an edit that also regroups stories by event where its new rules require that.

    Stories are regrouped by the same functions as when new ones are stored, so the next fetching
    run has nothing to change in these groups.
    """
    before, after = (_list_group_rules(of.rules) for of in (edit.rulings_read, edit.rulings))
    if before == after:
        return edit
    newsroom = edit.newsroom_after
    named = {name for rule in {*before} ^ {*after} for name in rule.stories}

    def set_beside_others(catalogue: Catalogue) -> tuple[Regrouped, set[str]]:
        shelf = FiledShelf(newsroom, catalogue, open_vectors(newsroom.beat, newsroom.memory))
        for story in edit.stories.values():
            shelf.replace(story)
        ties = (_list_ties(shelved.story) for shelved in shelf.find_by_name(named))
        return regroup(newsroom, shelf, ()), named.union(*ties)

    regrouped, ties = ask_catalogue(newsroom, set_beside_others)
    for path, story in _find_moved_stories(regrouped, ties).items():
        edit = edit.with_story(edit.stories.get(path, regrouped.before[path]), story)
    return edit


def _find_moved_stories(regrouped: Regrouped, named: Collection[str]) -> Mapping[str, Story]:
    """Return the regrouped stories, by path, that a rule's stories are related to in any way."""
    moved = dict[str, Story]()
    ties, rest = set(named), dict(regrouped.changed)
    while near := {
        path: story
        for path, story in rest.items()
        if not ties.isdisjoint(_list_ties(regrouped.before[path], story))
    }:
        moved |= near
        rest = {path: story for path, story in rest.items() if path not in near}
        ties.update(*(_list_ties(regrouped.before[path], story) for path, story in near.items()))
    return moved


def _list_ties(*states: Story) -> set[str]:
    """Return what can relate a story to others: its record's names, its group, and its URLs."""
    return {
        tie
        for story in states
        for tie in (
            record_name(story.path),
            story.group,
            story.copy_of,
            *story.addresses,
            *(beside.web_url for beside in story.related),
        )
        if tie
    }


def _list_group_rules(rules: tuple[Ruling, ...]) -> list[Ruling]:
    return [rule for rule in rules if RULING_KINDS[rule.said].applies_to == "groups"]


# File the actions that wait in the desk's store, in order.
#
# Working off: waiting actions ── lots of one editor ──> apply_actions ──> outcomes, noted.
# If the process is killed, the next one starts with the same actions. The memory and git know the
# ids of those that are already filed; only their outcomes are noted then.

Tell = Callable[[CopydeskError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOff:
    """The outcomes of the editors' actions that were waiting and have now been applied, in order.

    `is_urgent` is set if the site must be updated at once: a story was removed for good, or
    restored. `failed` lists the failures of that update.
    """

    outcomes: tuple[ActionOutcome, ...] = ()
    is_urgent: bool = False
    failed: tuple[Failure, ...] = ()


def work_off(
    newsroom: Newsroom, queue: ActionQueue, tell: Tell, wait_seconds: float = WORD_SECONDS
) -> WorkedOff:
    """Commit the editors' actions that wait in a queue, and store the outcome of each.

    A commit takes the actions that already wait. If another process holds the write lock for
    `wait_seconds` or longer, `tell` is called and this goes on waiting. An action that fails
    because of the disk or a bug is refused: otherwise those behind it would wait for ever. If a
    file of a journalled change cannot be written, `tell` is called and all actions wait for the
    next call, which finishes that change first. Raises DeskStoreError if the web interface's
    database fails.
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
    """Commit the editors' actions that wait in the web interface's queue; report delays to `tell`.

    Then update the catalogue, and remove stories from the site that were removed for good. Raises
    DeskStoreError if the web interface's database fails, RecordError as `ask_catalogue` does,
    PublishError.
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
    """Queue the calls of channels for what was done; the server or the next run sends them."""
    if newsroom.settings.channels:
        try:
            note_site_events(newsroom)
        except CopydeskError as error:
            tell(error)


def _read_removals(root: Path) -> frozenset[str]:
    """Return the URLs removed by editors; empty if the rulings cannot be read."""
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
        return [_refuse_broken_action(action, error) for action in actions]
    except Exception as error:  # a bug in one action must cost only that action
        if len(actions) == 1:
            return [_refuse_broken_action(actions[0], error)]
    return [told for action in actions for told in _apply(newsroom, [action], wait_seconds)]


def _refuse_broken_action(action: EditorAction, error: Exception) -> ActionOutcome:
    failure = failure_of("", error)
    if isinstance(error, CopydeskError):
        return ActionOutcome(id=action.id, state="refused", what=str(error), hint=error.hint)
    return ActionOutcome(id=action.id, state="refused", what=failure.what, hint=failure.hint)


_BY = "copydesk demo"
_BELOW = frozenset({Standing.BELOW_GATE})
_WAITING = frozenset({Standing.HELD})


def let_stories_wait(newsroom: Newsroom) -> int:
    """Put the demo's stories that are below the publishing threshold on hold; return their number.

    None of these stories is on the site, before or after it. They fill the demo's queue.
    """
    paths = ask_catalogue(newsroom, lambda catalogue: catalogue.find(StoryFilter(standings=_BELOW)))
    make_pictures(newsroom, paths)
    why = "the demo holds stories below the threshold for you"
    return _decide(newsroom, [(path, "hold", newsroom.now, why) for path in paths])


def decide_on_some(newsroom: Newsroom) -> int:
    """Publish and reject some of the demo's waiting stories in turn, as an editor would in the
    following hours; return their number.
    """
    waiting = StoryFilter(standings=_WAITING)
    paths = sorted(ask_catalogue(newsroom, lambda catalogue: catalogue.find(waiting)))[::2]
    said = itertools.cycle(("publish", "reject"))
    hours = (newsroom.now + timedelta(hours=hour) for hour in itertools.count(1))
    why = itertools.repeat("an example of an editor's decision")
    return _decide(newsroom, list(zip(paths, said, hours, why, strict=False)))


def _decide(newsroom: Newsroom, decisions: Sequence[tuple[str, str, datetime, str]]) -> int:
    """Apply decisions (path, action, time, reason) of the demo; return how many took effect."""
    actions = [
        EditorAction(
            id=str(uuid5(NAMESPACE_URL, f"{said} {path}")),
            kind="verdict",
            said=said,
            by=_BY,
            at=at,
            stories=(record_name(path),),
            why=why,
        )
        for path, said, at, why in decisions
    ]
    return sum(outcome.state == "done" for outcome in apply_actions(newsroom, actions))
