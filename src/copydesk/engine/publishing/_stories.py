"""NewsroomStories: the filed stories as a build reads them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from copydesk import archive
from copydesk.archive import Archive
from copydesk.engine.newsroom import Troubles
from copydesk.errors import RecordError
from copydesk.kit import text
from copydesk.news import Beat, Story, Verdict

_TICK_NS = 50_000_000


class NewsroomStories:
    """A newsroom's stories, live and archived, as `news.FiledStories`; the unreadable are troubles.

    What stands among the rulings alone, a removal or a note, goes along with its story.
    """

    def __init__(self, root: Path, beat: Beat, records: Archive, troubles: Troubles) -> None:
        self._archive = records
        self._troubles = troubles
        try:
            self._rulings = archive.read_rulings(root)
        except RecordError as error:
            troubles(error)
            self._rulings = archive.Rulings()
        self._notes = _notes_beside(beat)

    def stamps(self) -> Mapping[str, str]:
        """Return what changes with each story, by its path; no file is read.

        Raises RecordError for a folder that cannot be listed: its stories have not gone.
        """
        signatures = self._archive.signatures(stories=True)
        # a hash of four whole numbers is the same in every process, and a third of their digits
        found = {path: f"{hash(signature):x}" for path, signature in signatures.items()}
        # what was changed a moment ago may change again within a tick of the file system's clock
        settled = time.time_ns() - _TICK_NS
        for path, signature in signatures.items():
            if signature.changed_ns >= settled:
                found[path] += f" at {time.time_ns()}"  # like no other stamp: it is read again
            if not path.isascii() and not self._is_text(path):
                del found[path]
        self._stamp_rulings(found)
        return found

    def _stamp_rulings(self, stamps: dict[str, str]) -> None:
        """Add to the stamps what stands of their stories among the rulings."""
        for path in stamps if self._rulings.verdicts else ():
            if self._removal(path) is not None:
                stamps[path] += " removed"
        for path in stamps if self._notes else ():
            if note := self._notes.get(_name(path)):
                stamps[path] += f" note {_digest(note)}"

    def _removal(self, path: str) -> Verdict | None:
        verdict = self._rulings.verdict_on(path)
        return verdict if verdict is not None and verdict.said == "remove" else None

    def _is_text(self, path: str) -> bool:
        """Decide whether a name is text, and say so where it is not."""
        if text.is_encodable(path):
            return True
        subject = path.encode("utf-8", "replace").decode()
        hint = "give the file another name"
        self._troubles(RecordError("a name that is not UTF-8", subject=subject, hint=hint))
        return False

    def read(self, path: str) -> Story | None:
        """Return a story, None when its record cannot be read."""
        try:
            story = self._archive.read_listed(path)
        except RecordError as error:
            self._troubles(error)
            return None
        if note := self._notes.get(_name(path)):
            story = replace(story, note=note)
        verdict = self._removal(path)
        return replace(story, verdict=verdict) if verdict and story.verdict is None else story


def _notes_beside(beat: Beat) -> Mapping[str, str]:
    """Return the notes that no record has a place for, by the record's name."""
    if not any(rule.field == "note" for rule in beat.rulings):
        return {}
    from copydesk.review import rules  # what a build without notes does not need

    return rules.notes_beside(beat)


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def _digest(note: str) -> str:
    return hashlib.sha256(note.encode("utf-8", "replace")).hexdigest()[:16]
