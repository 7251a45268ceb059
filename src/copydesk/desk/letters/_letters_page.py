"""The page of letters: each with when it is due, what it would tell now, what it told last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.desk.live import ComposedLetter
from copydesk.desk_store import DeskStore
from copydesk.errors import CopydeskError
from copydesk.kit import text

_COUNTED = 1_000  # changes of a letter that is no more


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterNow:
    """A letter with its issue as it would be now, or what keeps it from being composed."""

    row: engine.LetterRow
    composed: ComposedLetter | None = None
    problem: CopydeskError | None = None


def render_letters(
    pages: Pages, editor: Editor, counts: Counts, found: Sequence[LetterNow], filed: str
) -> bytes:
    """Return the page of all letters; `filed` names an issue that was filed just now."""
    return pages.page(
        "letters.html",
        editor,
        counts,
        title=pages.strings.say("letters_title"),
        own_style=f"{pages.views.root}assets/{asset_name('letters.css')}",
        letters=[_describe(pages, editor, letter) for letter in found],
        orphans=list(_list_orphans(pages, counts.store, found)),
        filed=filed,
    )


def _describe(pages: Pages, editor: Editor, letter: LetterNow) -> View:
    options, problem, composed = letter.row.options, letter.problem, letter.composed
    told = "; ".join(filter(None, (str(problem), problem.hint))) if problem else ""
    return {
        "id": options.id,
        "title": text.fold(options.title) or pages.title,
        "href": link_letter(pages.views.root, options.id),
        "due": pages.views.time(letter.row.due_at),
        "needs_approval": options.approval == "editor",
        "problem": told,
        "issue": _describe_issue(pages, composed) if composed else None,
        "last": _describe_last(pages, editor, composed) if composed else None,
    }


def _describe_last(pages: Pages, editor: Editor, composed: ComposedLetter) -> View | None:
    """Return the issue that was filed last, with its address on the site."""
    last, issue = composed.row.last, composed.issue
    if last is None:
        return None
    name = PurePosixPath(last.path).stem
    page = issue.page.replace(issue.name, name)
    return {"title": name, "time": pages.views.time(last.at), "href": pages.link(editor, page)}


def _describe_issue(pages: Pages, composed: ComposedLetter) -> View:
    say, edits = pages.strings.say, composed.kept.edits
    return {
        "new": say("letter_new", count=composed.new),
        "fewest": composed.fewest if composed.new < composed.fewest else 0,
        "subject": text.fold(composed.issue.subject),
        "is_held": edits.is_held,
        "approved_by": text.fold(edits.approved_by),
        "changes": say("letter_edits", count=len(composed.changes)) if composed.changes else "",
    }


def link_letter(root: str, letter_id: str) -> str:
    """Return the address of a letter's composer."""
    return f"{root}letters/{quote(letter_id, safe='')}/"


def _list_orphans(pages: Pages, store: DeskStore, found: Sequence[LetterNow]) -> Iterator[View]:
    """Yield the letters that beat.toml has no longer, and in which somebody changed something."""
    known = {letter.row.options.id for letter in found}
    for letter_id in store.letters.list_letters():
        if letter_id not in known:
            changes = len(store.letters.list_changes(letter_id, _COUNTED))
            yield {
                "id": letter_id,
                "changes": pages.strings.say("letter_edits", count=changes),
                "version": store.letters.of(letter_id).version,
            }
