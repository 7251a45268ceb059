"""Filed letters: a story that is removed for good goes out of all that told it, in the same commit.

story ── every letter with its name or an address ──> the letter without it │ a note where it stays
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.archive import document, letters
from copydesk.errors import RecordError
from copydesk.kit import urls
from copydesk.news import Story
from copydesk.placement import addresses

if TYPE_CHECKING:
    from copydesk.engine.editing._edit import Edit


def take_out_of_letters(edit: Edit, story: Story) -> tuple[Edit, tuple[str, ...]]:
    """Return an edit in which no letter tells a story, and notes on those where it must stay.

    None of these letters may be under a person's edit. Taking back a removal brings nothing back.
    """
    notes: list[str] = []
    for path in edit.newsroom.archive.letter_paths():
        try:
            data = edit.find_bytes(path) or b""
            if _may_tell(data, story):
                edit = _take_out(edit, path, data, story, notes)
        except RecordError as error:
            notes.append(f"the story may stand in a letter that is left as it is: {error}")
    return edit, tuple(notes)


def _may_tell(data: bytes, story: Story) -> bool:
    """Decide quickly whether a file may tell a story: most do not."""
    return any(needle in data for needle in _list_needles(story))


def _list_needles(story: Story) -> Iterator[bytes]:
    yield addresses.record_name(story.path).encode("utf-8", "surrogatepass")
    for address in story.addresses:
        for form in {address, urls.fetchable(address) or address}:
            path = urls.path(form).rstrip("/") or urls.host(form)
            ways = {path, html.escape(path), html.escape(path, quote=False)}
            yield from (way.encode("utf-8", "surrogatepass") for way in ways)


def _take_out(edit: Edit, path: str, data: bytes, story: Story, notes: list[str]) -> Edit:
    from copydesk.publish import newsletters  # what hardly any word of an editor needs

    record = document.parse_record(path, data)
    words = (record.fields.get(key) for key in ("title", "excerpt"))
    title, excerpt = (said if isinstance(said, str) else "" for said in words)
    letter = newsletters.LetterText(title=title, excerpt=excerpt, body=record.body)
    after = newsletters.withdraw(letter, story)
    if newsletters.mentions(after.body, story):
        notes.append(f"a link to the story stays in a letter, take it out by hand: {path}")
    if after == letter:
        return edit
    edit = edit.with_bytes(path, letters.edit_letter(path, data, after.excerpt, after.body))
    return replace(edit, needed=edit.needed | {path})
