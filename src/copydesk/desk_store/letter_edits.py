"""Store editors' changes to the next issue of each newsletter, until that issue is created."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.kit.kept import KeptTables, read_row
from copydesk.news.letter import IssueEdits

IssueField = Literal[
    "order", "dropped", "added", "words", "subject", "preheader", "note", "held", "approved"
]
_OF_A_STORY = frozenset({"dropped", "added", "words"})
_YES = ("yes",)  # the value of a yes-or-no field
_MOST_STORIES = 1_000
_MOST_CHANGES = 1_000  # of one newsletter; values in effect are kept beyond that
_NAME_CHARACTERS = 300
_CHARACTERS = {"subject": 300, "preheader": 300, "note": 10_000, "words": 5_000}
_COLUMNS = "number, field, story, by, at, undoes, was, value"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueChange:
    """An editor's new value for one field of a newsletter's next issue. An empty value restores the
    default.

    The value of `order` and `approved` is a list of record names, that of `words` a title and an
    excerpt, that of a text the text, and that of others `YES`. `story` is the record that
    `dropped`, `added` and `words` are about. `seen` is the digest of the value that the editor
    saw, "" for none.
    """

    field: IssueField
    story: str = ""
    value: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptChange:
    """A stored change to a newsletter's next issue: old and new value of a field, by whom, when.

    `undoes` is the number of the change that it undoes, 0 for none.
    """

    number: int
    field: IssueField
    story: str
    was: tuple[str, ...]
    value: tuple[str, ...]
    by: str
    at: datetime
    undoes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDiffers:
    """A rejected change to a newsletter issue: somebody else changed the field meanwhile, to `now`.

    `now` is None if the issue that the editor saw is filed.
    """

    wanted: IssueChange
    now: KeptChange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEdits:
    """All editors' changes to a newsletter's next issue. `version` rises with each change."""

    letter: str
    version: int = 0
    edits: IssueEdits = field(default_factory=IssueEdits)
    last: Mapping[tuple[IssueField, str], KeptChange] = field(default_factory=dict)

    def digest(self, name: IssueField, story: str = "") -> str:
        """Return the digest of a field's value, by which a later edit detects changes by others."""
        change = self.last.get((name, story))
        return digest_value(change.value) if change else ""


def digest_value(value: tuple[str, ...]) -> str:
    """Return a short digest of a field's value, "" for an empty value."""
    return hashlib.sha256(_encode(value)).hexdigest()[:16] if value else ""


class LetterEdits(KeptTables):
    """Editors' changes to the next issues of all newsletters. Methods raise DeskStoreError."""

    def of(self, letter: str) -> KeptEdits:
        """Return the editors' changes to a newsletter's next issue."""
        query = f"""
            SELECT {_COLUMNS} FROM issue_changes WHERE number IN (
                SELECT max(number) FROM issue_changes WHERE letter = ? GROUP BY field, story
            ) ORDER BY number
        """
        last = {
            (change.field, change.story): change
            for change in map(_read, self._database.run(query, letter))
        }
        version = max((change.number for change in last.values()), default=0)
        return KeptEdits(letter=letter, version=version, edits=_gather(last), last=last)

    def list_letters(self) -> tuple[str, ...]:
        """Return the ids of the newsletters whose next issue was changed by editors."""
        query = "SELECT DISTINCT letter FROM issue_changes ORDER BY letter"
        return tuple(letter for (letter,) in self._database.run(query))

    def list_changes(self, letter: str, limit: int) -> tuple[KeptChange, ...]:
        """Return up to `limit` changes to a newsletter's next issue, the latest first."""
        query = f"""
            SELECT {_COLUMNS} FROM issue_changes WHERE letter = ? ORDER BY number DESC LIMIT ?
        """
        return tuple(map(_read, self._database.run(query, letter, limit)))

    def change(
        self, letter: str, change: IssueChange, by: str, at: datetime
    ) -> KeptEdits | IssueDiffers:
        """Change one field of a newsletter's next issue, and return all changes to that issue.

        Where the field has another value than the editor saw, nothing changes and the difference is
        returned. Where the value is already so, or is the one that the editor saw (a form has many
        fields), there is nothing to do. Raises UsageError for an invalid value.
        """
        return self._make(letter, _tidy(change), (by, dates.rfc3339(at)))

    def _make(
        self, letter: str, tidied: IssueChange, by_at: tuple[str, str], undoes: int = 0
    ) -> KeptEdits | IssueDiffers:
        with self._database.at_once():
            kept = self.of(letter)
            now = kept.last.get((tidied.field, tidied.story))
            was = now.value if now else ()
            if tidied.value == was or digest_value(tidied.value) == tidied.seen:
                return kept
            if digest_value(was) != tidied.seen:
                return IssueDiffers(wanted=tidied, now=now)
            self._put(letter, tidied, was, (*by_at, undoes))
            return self.of(letter)

    def undo(self, letter: str, number: int, by: str, at: datetime) -> KeptEdits | IssueDiffers:
        """Undo a change to a newsletter's next issue, unless the field was changed again since.

        Raises UsageError if the newsletter has no such change.
        """
        query = f"SELECT {_COLUMNS} FROM issue_changes WHERE letter = ? AND number = ?"
        with self._database.at_once():
            rows = self._database.run(query, letter, number)
            if not rows:
                raise UsageError("no newsletter change has this number", subject=str(number))
            made = _read(rows[0])
            seen = digest_value(made.value)
            back = IssueChange(field=made.field, story=made.story, value=made.was, seen=seen)
            return self._make(letter, back, (by, dates.rfc3339(at)), undoes=made.number)

    def end(self, letter: str, version: int) -> None:
        """Delete the changes up to a version, because the newsletter issue has been created with
        them.

        Later changes stay, for the next issue.
        """
        query = "DELETE FROM issue_changes WHERE letter = ? AND number <= ?"
        self._database.run(query, letter, version)

    def _put(
        self, letter: str, change: IssueChange, was: tuple[str, ...], made: tuple[str, str, int]
    ) -> None:
        query = """
            INSERT INTO issue_changes (letter, field, story, was, value, by, at, undoes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
        self._database.run(
            query,
            *(letter, change.field, change.story, _encode(was), _encode(change.value)),
            *made,
        )
        self._database.run(
            """
            DELETE FROM issue_changes WHERE letter = ? AND number NOT IN (
                SELECT max(number) FROM issue_changes WHERE letter = ? GROUP BY field, story
            ) AND number <= (
                SELECT number FROM issue_changes WHERE letter = ?
                ORDER BY number DESC LIMIT 1 OFFSET ?
            )
            """,
            *(letter, letter, letter, _MOST_CHANGES),
        )


def _gather(last: Mapping[tuple[IssueField, str], KeptChange]) -> IssueEdits:
    """Return the edits that the values of all fields add up to. A story that is both added and
    dropped is dropped.
    """
    values = {key: change.value for key, change in last.items() if change.value}
    stories: dict[str, list[str]] = {"dropped": [], "added": []}
    for name, story in values:
        if name in stories:
            stories[name].append(story)
    dropped = tuple(stories["dropped"])
    approval = last.get(("approved", ""))
    return IssueEdits(
        order=values.get(("order", ""), ()),
        dropped=dropped,
        added=tuple(story for story in stories["added"] if story not in set(dropped)),
        words={
            story: (value[0], value[1])
            for (name, story), value in values.items()
            if name == "words"
        },
        subject=_first(values, "subject"),
        preheader=_first(values, "preheader"),
        note=_first(values, "note"),
        is_held=("held", "") in values,
        approved_by=approval.by if approval and approval.value else "",
    )


def _first(values: Mapping[tuple[IssueField, str], tuple[str, ...]], name: IssueField) -> str:
    return next(iter(values.get((name, ""), ())), "")


def _tidy(change: IssueChange) -> IssueChange:
    """Return a change as it is stored: texts cleaned for mail, the value checked by its field."""
    if change.field not in get_args(IssueField):
        raise UsageError("a newsletter's issue has no such field", subject=str(change.field)[:80])
    if bool(change.story) != (change.field in _OF_A_STORY) or len(change.story) > _NAME_CHARACTERS:
        raise UsageError("not the name of a story", subject=change.story[:80])
    value = change.value and _tidy_value(change)
    return IssueChange(field=change.field, story=change.story, value=value, seen=change.seen)


def _tidy_value(change: IssueChange) -> tuple[str, ...]:
    value: tuple[str, ...]
    match change.field:
        case "order" | "approved":
            return _check_names(tuple(dict.fromkeys(change.value)))
        case "dropped" | "added" | "held":
            return _YES
        case "note":
            value = (text.tidy(change.value[0]).strip(),)
        case "words":
            value = (*(text.fold(words) for words in change.value), "")[:2]
        case _:
            value = (text.fold(change.value[0]),)
    if max(map(len, value)) > _CHARACTERS[change.field]:
        most = f"the field can have at most {_CHARACTERS[change.field]:,} characters"
        raise UsageError(most, subject=change.field)
    return value if any(value) else ()


def _check_names(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > _MOST_STORIES or max(map(len, names)) > _NAME_CHARACTERS:
        raise UsageError(f"an issue can have at most {_MOST_STORIES:,} stories", subject="order")
    return names


def _encode(value: tuple[str, ...]) -> bytes:
    import msgspec

    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError as error:
        hint = "remove that character"
        raise UsageError(
            "the text has an invalid character (half of a surrogate pair)", hint=hint
        ) from error


def _read(row: tuple[Any, ...]) -> KeptChange:
    import msgspec

    *others, was, value = row
    return read_row(KeptChange, _COLUMNS, [*others, *map(msgspec.json.decode, (was, value))])
