"""Parse forms of the newsletter composer as edits of the next issue, and store approved issues."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath

import msgspec

from copydesk.desk._desk import now
from copydesk.desk._previews import ComposedLetter, compose_letter
from copydesk.desk_store import DeskStore
from copydesk.desk_store.letter_edits import (
    IssueChange,
    IssueDiffers,
    IssueField,
    KeptChange,
    KeptEdits,
    digest_value,
)
from copydesk.errors import UsageError
from copydesk.news.letter import Issue
from copydesk.newsletters import issue_filing
from copydesk.newsroom import Newsroom

Fields = Sequence[tuple[str, str]]
_YES = ("yes",)
_MOST_ADDED = 50  # at once
_TEXTS: tuple[IssueField, ...] = ("subject", "preheader", "note")
_SWITCHES: Mapping[str, tuple[IssueField, tuple[str, ...]]] = {
    "drop": ("dropped", _YES),
    "restore": ("dropped", ()),
    "take_out": ("added", ()),
    "hold": ("held", _YES),
    "release": ("held", ()),
    "withdraw": ("approved", ()),
}


def needs_issue(fields: Fields) -> bool:
    """Return whether parsing a form of the newsletter composer needs the current issue."""
    form = dict(fields)
    do = form.get("do", "")
    return do in {"up", "down", "approve"} or (do == "move" and "beside" not in form)


def make_changes(
    store: DeskStore, letter_id: str, fields: Fields, by: str, composed: ComposedLetter | None
) -> list[IssueDiffers]:
    """Store the edits in a form of the composer; return those that conflict with others' edits.

    `composed` is the current issue, if `needs_issue`. Raises UsageError for an invalid form.
    """
    form, letters = dict(fields), store.letters
    if form.get("do") == "undo":
        number = read_number(form.get("number", ""))
        done = [letters.undo(letter_id, number, by, now())]
    else:
        names = _list_names(composed.issue) if composed else [_list_beside(fields)]
        changes = read_changes(fields, letters.of(letter_id), names)
        done = [letters.change(letter_id, change, by, now()) for change in changes]
    return [one for one in done if isinstance(one, IssueDiffers)]


def repeat_form(fields: Fields, differs: Sequence[IssueDiffers]) -> list[tuple[str, str]]:
    """Return the fields of a form that conflicted, changed so that resending overwrites."""
    seen = {one.wanted.field: digest_value(one.now.value) if one.now else "" for one in differs}
    of_texts = {f"seen_{name}": digest for name, digest in seen.items() if name in _TEXTS}
    plain = next((digest for name, digest in seen.items() if name not in _TEXTS), "")
    return [
        (name, of_texts.get(name, plain if name == "seen" else value)) for name, value in fields
    ]


def read_number(named: str) -> int:
    """Parse a number in a composer form; raises UsageError for an invalid one."""
    if not (named.isascii() and named.isdigit() and len(named) < 16):
        raise UsageError("expected a number", subject=named[:80])
    return int(named)


def read_changes(
    fields: Fields, kept: KeptEdits, names: Sequence[Sequence[str]]
) -> list[IssueChange]:
    """Parse a composer form as edits of a newsletter issue; raises UsageError if it is invalid.

    `names` are the stories of the issue, by section.
    """
    form = dict(fields)
    do, story = form.get("do", ""), form.get("story", "")
    match do:
        case "add":
            return add_stories(kept, [value for name, value in fields if name == "story"])
        case "texts":
            return [_read_text(form, name) for name in _TEXTS if name in form]
        case "words":
            return [_read_words(form, story)]
        case "up" | "down" | "move":
            return [_read_move(form, kept, names)]
        case "approve":
            return [_read_approval(form, kept, list(chain(*names)))]
    return [_read_switch(kept, do, story)]


def _read_switch(kept: KeptEdits, do: str, story: str) -> IssueChange:
    """Return the edit of a yes-or-no field of a newsletter issue."""
    if do not in _SWITCHES:
        raise UsageError("unknown action in the form", subject=do[:80])
    field, value = _SWITCHES[do]
    about = story if field in {"dropped", "added"} else ""
    return IssueChange(field=field, story=about, value=value, seen=kept.digest(field, about))


def add_stories(kept: KeptEdits, names: Sequence[str]) -> list[IssueChange]:
    """Return the edits that add stories to a newsletter issue, also stories removed before."""
    changes = []
    for name in list(dict.fromkeys(names))[:_MOST_ADDED]:
        fields: tuple[tuple[IssueField, tuple[str, ...]], ...] = (("dropped", ()), ("added", _YES))
        for field, value in fields:
            seen = kept.digest(field, name)
            changes.append(IssueChange(field=field, story=name, value=value, seen=seen))
    return changes


def move_story(section: Sequence[str], kept: KeptEdits, story: str, place: int) -> tuple[str, ...]:
    """Return the order of stories that moves one to a position in its section, 0 for the first.

    It names no more stories than it must, so that later stories find their places by rule. Raises
    UsageError where the story is not in the section.
    """
    if story not in section:
        raise UsageError("this story is no longer in the issue", subject=story[:80])
    place = max(0, min(place, len(section) - 1))
    ordered = set(kept.edits.order)
    named = max([place, *(at for at, name in enumerate(section) if name in ordered)]) + 1
    moved = [name for name in section if name != story]
    moved.insert(place, story)
    others = (name for name in kept.edits.order if name not in section)
    return (*moved[:named], *others)


def _list_names(issue: Issue) -> list[list[str]]:
    return [[story.name for story in section.stories] for section in issue.sections]


def _list_beside(fields: Fields) -> list[str]:
    """Return the stories of a section in the order that the editor's browser shows."""
    return list(dict.fromkeys(value for name, value in fields if name == "beside"))


def digest_names(names: Sequence[str]) -> str:
    """Return the digest of a newsletter issue's stories, which an approval must repeat."""
    return digest_value(tuple(names))


def _read_move(
    form: Mapping[str, str], kept: KeptEdits, names: Sequence[Sequence[str]]
) -> IssueChange:
    """Return the order of stories in a form; raises UsageError if its story is in no section."""
    story = form.get("story", "")
    section = next((section for section in names if story in section), ())
    value = move_story(section, kept, story, _read_place(form, section))
    return IssueChange(field="order", value=value, seen=form.get("seen", ""))


def _read_place(form: Mapping[str, str], section: Sequence[str]) -> int:
    """Return the position in its section to which a form moves a story."""
    do, story = form.get("do", ""), form.get("story", "")
    if do == "move":
        return read_number(form.get("place", ""))
    at = section.index(story) if story in section else 0
    return at - 1 if do == "up" else at + 1


def _read_text(form: Mapping[str, str], name: IssueField) -> IssueChange:
    """Return the edit of a text of the issue, an empty one if the text is the automatic one."""
    text = form[name].replace("\r\n", "\n")
    value = () if text.strip() in {"", form.get(f"rule_{name}", "")} else (text,)
    return IssueChange(field=name, value=value, seen=form.get(f"seen_{name}", ""))


def _read_words(form: Mapping[str, str], story: str) -> IssueChange:
    parts = (form.get(name, "").strip() for name in ("title", "excerpt"))
    rules = (form.get(name, "") for name in ("rule_title", "rule_excerpt"))
    value = tuple("" if part == rule else part for part, rule in zip(parts, rules, strict=True))
    seen = form.get("seen", "")
    return IssueChange(field="words", story=story, value=value if any(value) else (), seen=seen)


def _read_approval(form: Mapping[str, str], kept: KeptEdits, names: Sequence[str]) -> IssueChange:
    """Return the approval of a newsletter issue; raises UsageError if the issue differs by now."""
    if form.get("stories") != digest_names(names):
        hint = "check the issue again, then approve it"
        raise UsageError("the issue has changed since you opened it", hint=hint)
    return IssueChange(field="approved", value=tuple(names), seen=kept.digest("approved"))


_LOOK_AGAIN = "check the issue again, then publish it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved a newsletter issue and when, and whether the issue has changed since then."""

    change: KeptChange
    came: tuple[str, ...]
    left: tuple[str, ...]
    changes: int


def file_looked_at(
    newsroom: Newsroom, store: DeskStore, letter_id: str, digest: str, by: str
) -> str:
    """Store a newsletter issue as the editor saw it, and return the issue's name.

    Raises UsageError where the issue differs by now, is held, empty or filed already, and what
    `newsletters.issue_filing.file_draft` raises.
    """
    composed = compose_letter(newsroom, store, letter_id)
    if digest_issue(composed.issue) != digest:
        raise UsageError("the issue has changed since you opened it", hint=_LOOK_AGAIN)
    if composed.kept.edits.is_held:
        raise UsageError("the issue is on hold", subject=letter_id, hint="release the issue first")
    if not composed.issue.sections:
        raise UsageError("the next issue has no stories", subject=letter_id)
    outcome = issue_filing.file_draft(newsroom, composed.draft, composed.kept, by)
    if outcome.state != "filed":
        raise UsageError(outcome.what, subject=letter_id, hint=_LOOK_AGAIN)
    return PurePosixPath(outcome.path).stem


def digest_issue(issue: Issue) -> str:
    """Return the digest of a newsletter issue's content; its time does not count."""
    told = (issue.subject, issue.preheader, issue.note, issue.sections)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:16]


def find_approval(composed: ComposedLetter) -> Approval | None:
    """Return the approval of a newsletter issue, None if nobody approved it."""
    change = composed.kept.last.get(("approved", ""))
    if change is None or not change.value:
        return None
    approved, now = set(change.value), set(composed.names)
    later = [
        one
        for one in composed.kept.last.values()
        if one.number > change.number and one.field != "held"
    ]
    return Approval(
        change=change,
        came=tuple(name for name in composed.names if name not in approved),
        left=tuple(name for name in change.value if name not in now),
        changes=len(later),
    )
