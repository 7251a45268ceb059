"""Undo one editor's decision or rule on stories without losing later changes.

a commit ── its action ──> before, after │ now ── inverse ──> files without it ──> one commit
                                                          └─> differences: refused
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from copydesk import archive, review
from copydesk.archive import Rulings, git, letters, reading_lists, record
from copydesk.archive.change import WriteLock
from copydesk.archive.git import LoggedCommit
from copydesk.editing import _edit
from copydesk.errors import GitError, UsageError
from copydesk.kit import text
from copydesk.news import Ruling, Story
from copydesk.news.ruling import EditConflict
from copydesk.newsroom import Newsroom
from copydesk.newsroom.filing import RULINGS_PATH, hold_write_lock
from copydesk.newsroom.records import record_path
from copydesk.review.rules import with_rule

_RECORD = re.compile(r"(?:_archive/)?_news/(?:\d{4}/)?[^/]+\.md")
_UPLOAD = re.compile(r"assets/images/uploads/[^/]+\.webp")  # not deleted: other stories may use it
_SUBJECT = 200
_SHOWN = 300

States = tuple[bytes | None, bytes | None]  # a file before and after an action, None if missing


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """The result of undoing an editor's action: the changed files and the git commit.

    `action` is the action that was undone. With `differences` nothing was changed, since somebody
    else has changed the same fields. `is_urgent` is set if undoing removes a story for good, or
    restores it.
    """

    action: str
    undone: str
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()
    differences: tuple[EditConflict, ...] = ()
    is_urgent: bool = False


def undo_action(newsroom: Newsroom, commit: str, by: str, why: str = "") -> UndoReport:
    """Undo an editor's decision, rule or earlier undo, named by its git commit, in a new commit.

    Other changes in the same files stay. If the same field has changed since, nothing is undone and
    the report has the differences. Raises GitError if there is no such commit or nothing can be
    committed now, UsageError if it is not an editor's action, RecordError if a file is missing or
    has uncommitted edits, BusyError if another process holds the write lock for ten seconds.
    """
    with hold_write_lock(newsroom) as lock:
        _must_be_free(lock)
        done = git.read_commit(newsroom.root, commit)
        action = _edit.read_action(done.message)
        if not action or not all(map(_is_ours, done.files)):
            raise UsageError(
                "the commit is neither a decision nor a rule",
                subject=done.id,
                hint="run `git log --grep ^Copydesk-Action` to list what can be undone",
            )
        step = put_undoing(_edit.begin_edit(newsroom), done.files, _commit_words(done, by, why))
        report = UndoReport(action=action, undone=done.id, differences=step.differences)
        if step.differences:
            return report
        if not any(step.edit.changed_paths):
            return UndoReport(action=action, undone=done.id, notes=("it was already undone",))
        made = _edit.make_edit(lock, step.edit, [step.words], newsroom.now, "the change is")
        return replace(
            report,
            changed=made.changed,
            commit=made.commit,
            notes=(*step.notes, *made.notes),
            is_urgent=step.is_urgent,
        )


def _must_be_free(lock: WriteLock) -> None:
    """Raise GitError if nothing can be committed at present."""
    if obstacle := lock.repository.obstacle():
        hint = "" if lock.repository.branch() else "check out a branch: `git switch NAME`"
        raise GitError("nothing can be undone now", subject=obstacle, hint=hint)


def _is_ours(path: str) -> bool:
    if path == RULINGS_PATH or reading_lists.is_list_path(path) or letters.is_letter_path(path):
        return True
    return any(kind.fullmatch(path) for kind in (_RECORD, _UPLOAD))


def put_undoing(
    edit: _edit.Edit,
    files: Mapping[str, States],
    words: _edit.CommitWords,
    *,
    is_in_the_way: Callable[[EditConflict], bool] = lambda _: True,
) -> _edit.EditStep:
    """Revert an editor's action in a pending edit, given its files before and after it, by path.

    Each record is found at its present path. If a change is in the way, the step reports it and
    nothing is reverted. `is_in_the_way` decides which changes are; the others keep their fields.
    """
    undone, differences = edit, list[EditConflict]()
    removed, restored = frozenset[str](), frozenset[str]()
    for path, states in files.items():
        if _stays(path):
            continue
        if path == RULINGS_PATH:
            was, left = (frozenset(archive.parse_rulings(data or b"").removed) for data in states)
            removed, restored = was - left, left - was
            undone, found = _take_out_of_rulings(undone, states)
        else:
            undo_file = (
                _take_out_of_list if reading_lists.is_list_path(path) else _take_out_of_record
            )
            undone, found = undo_file(undone, path, states)
        differences += filter(is_in_the_way, found)
    if differences:
        return _edit.EditStep(edit=edit, words=words, differences=tuple(differences))
    looks = undone.stories if removed else ()
    lost = bool(restored) and not any(map(edit.newsroom.articles.find, restored))
    undone, notes = _clear_letters(undone, removed)
    return _edit.EditStep(
        edit=undone.without_traces(looks, removed),
        words=words,
        notes=(f"the text is no longer stored: {min(restored)}", *notes) if lost else notes,
        is_urgent=bool(removed or restored),
    )


def _stays(path: str) -> bool:
    """Return whether a file is never restored: an upload that others may use, or a newsletter."""
    return _UPLOAD.fullmatch(path) is not None or letters.is_letter_path(path)


def _clear_letters(edit: _edit.Edit, removed: frozenset[str]) -> tuple[_edit.Edit, tuple[str, ...]]:
    """Remove the stories that an undo removes from newsletter issues; return notes."""
    notes: tuple[str, ...] = ()
    for story in edit.stories.values():
        if not removed.isdisjoint(story.addresses):
            edit, more = _edit.take_out_of_letters(edit, story)
            notes = (*notes, *more)
    return edit, notes


def _take_out_of_rulings(
    edit: _edit.Edit, states: States
) -> tuple[_edit.Edit, tuple[EditConflict, ...]]:
    before, after = states
    was, left = (archive.parse_rulings(data or b"") for data in states)
    root = edit.newsroom.root
    if edit.rulings == edit.rulings_read and _bytes(edit, RULINGS_PATH) == after:
        return edit.with_rulings(was).with_bytes(RULINGS_PATH, before), ()
    rulings, differences = rulings_without(was, left, edit.rulings, RULINGS_PATH)
    edit = edit.with_rulings(rulings)
    if rulings != edit.rulings_read and not archive.rulings_change(root, rulings).after:
        edit = edit.with_bytes(RULINGS_PATH, None)
    return edit, differences


def _take_out_of_record(
    edit: _edit.Edit, path: str, states: States
) -> tuple[_edit.Edit, tuple[EditConflict, ...]]:
    """Revert an action in a story record, to the byte if nothing changed the record since."""
    newsroom, (before, after) = edit.newsroom, states
    if before is None or after is None:
        return _unmake_record(edit, path, states), ()
    place = record_path(newsroom, path.rsplit("/", 1)[-1])
    was, left = (record.parse_story(place, data) for data in (before, after))
    if place not in edit.stories and _bytes(edit, place) == after:
        return _with_answer(edit, left, was).with_bytes(place, before), ()
    now = edit.find(place)
    story, differences = story_without(was, left, now)
    return _with_answer(edit, now, story), differences


def _take_out_of_list(
    edit: _edit.Edit, path: str, states: States
) -> tuple[_edit.Edit, tuple[EditConflict, ...]]:
    """Revert an action in a reading list, to the byte; return later changes as conflicts."""
    (before, after), now = states, edit.find_bytes(path)
    if now not in states:
        left, said = (_read_bytes(data) for data in (after, now))
        return edit, (EditConflict(path=path, field="list", left=left, now=said),)
    undone = edit.with_bytes(path, before)
    return replace(undone, needed=undone.needed | {path}), ()


def _read_bytes(data: bytes | None) -> str:
    """Return the beginning of a file as text for people."""
    return data.decode("utf-8", "replace")[:_SHOWN] if data else "nothing"


def _unmake_record(edit: _edit.Edit, path: str, states: States) -> _edit.Edit:
    """Delete a story record that an action created, or restore one that it deleted.

    Raises UsageError if it has changed since.
    """
    before, after = states
    if edit.find_bytes(path) != after:
        hint = "reject the story to take it off the site" if before is None else ""
        raise UsageError("the file was changed after this action", subject=path, hint=hint)
    edit = edit.with_bytes(path, before)
    return replace(edit, needed=edit.needed | {path})


def _bytes(edit: _edit.Edit, path: str) -> bytes | None:
    newsroom = edit.newsroom
    is_there = path != RULINGS_PATH or (newsroom.root / path).exists()
    return newsroom.archive.file_bytes(path) if is_there else None


def _with_answer(edit: _edit.Edit, now: Story, after: Story) -> _edit.Edit:
    """Put a restored story into an edit, with digests that mark its fields as machine-written.

    If the profile's records have no place for digests, the newsroom's database keeps them. The
    field `published` is left out: a person had decided it.
    """
    known, has_blocks = edit.digests_of(now), edit.beat.scoring.traits.has_blocks
    if now == after or not known or (has_blocks and (now.machine or after.machine)):
        return edit.with_need(now, after)
    touched = review.find_hand_edits(now, known)
    ours = {name: digest for name, digest in review.digests(after) if name not in touched}
    digests = {**known, **ours, "published": known.get("published", "")}
    if not has_blocks:
        return edit.with_need(now, replace(after, machine=tuple(digests.items())))
    edit = edit.with_need(now, after)
    return replace(edit, digests={**edit.digests, after.path: digests})


def _commit_words(done: LoggedCommit, by: str, why: str) -> _edit.CommitWords:
    subject = text.fold(done.message.split("\n", 1)[0])[:_SUBJECT]
    return _edit.CommitWords(subject=f"undo: {subject}", why=why, by=by, action=f"undo {done.id}")


# The inverse of an action in a record and in the rulings, field by field. Pure functions.
#
# before the action, after it, now ──> the record without the action | differences

_T = TypeVar("_T", bound=Hashable)

_LISTS = frozenset({"reasons", "history", "extra"})
# These two fields are decided together, and undone together.
_TOGETHER = ("published", "heat")


def story_without(
    before: Story, after: Story, now: Story
) -> tuple[Story, tuple[EditConflict, ...]]:
    """Return a story without the changes of one action, and conflicts with later changes.

    Fields that the action did not change stay as they are. In lists (reasons, history) its
    additions are removed and its removals restored.
    """
    changed = _diff_fields(before, after)
    values: dict[str, Any] = {}
    differences = []
    for name in changed:
        was, left, is_now = (getattr(story, name) for story in (before, after, now))
        if name == "machine":
            values[name] = tuple(_merge_digests(dict(was), dict(left), dict(is_now)).items())
        elif name in _LISTS:
            values[name] = revert_list(was, left, is_now)
        elif is_now == left:
            values[name] = was
        elif is_now != was:
            differences.append(_difference(now.path, name, left, is_now))
    return replace(now, **values), tuple(differences)


def _diff_fields(before: Story, after: Story) -> list[str]:
    names = [one.name for one in fields(Story) if one.name != "path"]
    changed = {name for name in names if getattr(before, name) != getattr(after, name)}
    if not changed.isdisjoint(_TOGETHER):
        changed.update(_TOGETHER)
    return [name for name in names if name in changed]


def _merge_digests(
    was: Mapping[str, str], left: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, str]:
    """Return field digests, with those restored that an action changed and nobody since."""
    found = dict(now)
    for key in {**was, **left}:
        if was.get(key) == left.get(key) or now.get(key) != left.get(key):
            continue
        if key in was:
            found[key] = was[key]
        else:
            del found[key]
    return found


def revert_list(was: tuple[_T, ...], left: tuple[_T, ...], now: tuple[_T, ...]) -> tuple[_T, ...]:
    """Return a list without the items that an action added, and with those it removed put back."""
    if now == left:
        return was
    found = [item for item in now if item in was or item not in left]
    for at, item in enumerate(was):
        if item not in left and item not in found:
            found.insert(min(at, len(found)), item)
    return tuple(found)


def rulings_without(
    before: Rulings, after: Rulings, now: Rulings, path: str
) -> tuple[Rulings, tuple[EditConflict, ...]]:
    """Return the editors' decisions and rules without those of one action, and the conflicts with
    later changes.

    `path` is the rulings' file.
    """
    verdicts, differences = dict(now.verdicts), []
    for at in {**before.verdicts, **after.verdicts}:
        was, left, is_now = (rulings.verdicts.get(at) for rulings in (before, after, now))
        if was in {left, is_now}:  # unchanged by the action, or already undone
            continue
        if is_now != left:
            differences.append(_difference(path, f"decision on {at}", left, is_now))
        elif was is None:
            del verdicts[at]
        else:
            verdicts[at] = was
    rules, others = _rules_without(before.rules, after.rules, now.rules)
    differences += [
        _difference(path, f"rule {said}", left, is_now) for said, left, is_now in others
    ]
    removed = revert_list(before.removed, after.removed, now.removed)
    return Rulings(verdicts=verdicts, removed=removed, rules=rules), tuple(differences)


def _rules_without(
    was: tuple[Ruling, ...], left: tuple[Ruling, ...], now: tuple[Ruling, ...]
) -> tuple[tuple[Ruling, ...], list[tuple[str, Ruling | None, Ruling | None]]]:
    """Return the rules without an action's, and conflicts: kind, as left, as it is now."""
    put_in, taken_out = _less(left, was), _less(was, left)
    others = _less(now, [*put_in, *taken_out])
    lost = [(rule.said, rule, rival) for rule, rival in _find_rivals(_less(put_in, now), now)]
    taken = [(rule.said, None, rival) for rule, rival in _find_rivals(taken_out, others)]
    return revert_list(was, left, now), [*lost, *taken]


def _less(rules: Iterable[Ruling], others: Collection[Ruling]) -> list[Ruling]:
    return [rule for rule in rules if rule not in others]


def _find_rivals(
    rules: Iterable[Ruling], standing: Collection[Ruling]
) -> Iterator[tuple[Ruling, Ruling]]:
    """Yield each rule that another rule has replaced, with the other rule."""
    for rule in rules:
        rival = _on_the_same(standing, rule)
        if rival is not None:
            yield rule, rival


def _on_the_same(rules: Iterable[Ruling], rule: Ruling) -> Ruling | None:
    """Return the rule that another rule would replace, None if there is none."""
    standing = tuple(rules)
    left = with_rule(standing, rule)
    return next(iter(_less(standing, left)), None)


def _difference(path: str, field: str, left: object, now: object) -> EditConflict:
    return EditConflict(path=path, field=field, left=_format_value(left), now=_format_value(now))


def _format_value(value: object) -> str:
    """Return a field's value as text for people."""
    if isinstance(value, tuple):
        return ", ".join(map(_format_value, value))[:_SHOWN]
    if value is None:
        return "nothing"
    return ": ".join(filter(None, _walk_words(value)))[:_SHOWN]


def _walk_words(value: object) -> Iterator[str]:
    """Yield the parts of a decision, rule or other value as text."""
    said = getattr(value, "said", None)
    if said is None:
        yield str(value)
        return
    yield f"{said} by {getattr(value, 'by', '')}"
    yield ", ".join((*getattr(value, "stories", ()), *getattr(value, "values", ())))
    yield getattr(value, "why", "")
