"""Kept stories: those that builds read last, as they were read, so that they are not read again."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from copydesk.news import Story
from copydesk.publish.page_index._page_index import PageIndex

_FIND = "SELECT story FROM paper_kept WHERE site = ? AND path = ? AND stamp = ?"
_KEEP = "INSERT OR REPLACE INTO paper_kept VALUES (NULL, ?, ?, ?, ?)"
_DROP = """DELETE FROM paper_kept WHERE site = ?1 AND id <= (
    SELECT id FROM paper_kept WHERE site = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)"""


class KeptStories:
    """The thousand stories of a site that were read last, each found by its path and its stamp.

    A build that adds a story prints some hundred others on its lists: front page, search, feeds. A
    record takes ten times as long to parse as a kept story.
    """

    MOST = 1_000  # of a site: 6 MB, and never more than 64
    LONGEST = 64_000  # bytes: whoever writes records writes no large index

    def __init__(self, index: PageIndex) -> None:
        self._index = index
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Story).decode

    def find(self, path: str, stamp: str) -> Story | None:
        """Return the story that was read at a path under a stamp, None where it is not kept."""
        rows = self._index.tables.run(_FIND, self._index.number, path, stamp)
        return self._decode_soundly(rows[0][0]) if rows else None

    def keep(self, stories: Iterable[tuple[str, Story]]) -> None:
        """Keep stories, each after its stamp; those kept longest give way."""
        site = self._index.number
        rows = [
            (site, story.path, stamp, kept)
            for stamp, story in stories
            if (kept := self._encode_soundly(story)) is not None
        ]
        if rows:
            self._index.tables.run_many(_KEEP, rows[-self.MOST :])
            self._index.tables.run(_DROP, site, self.MOST)

    def forget(self, paths: Iterable[str]) -> None:
        """Keep nothing of the stories at these paths."""
        drop = "DELETE FROM paper_kept WHERE site = ? AND path = ?"
        self._index.tables.run_many(drop, [(self._index.number, path) for path in paths])

    def _encode_soundly(self, story: Story) -> bytes | None:
        """Return a story as bytes that give it back as it is, None where none would."""
        try:
            kept = self._encode(story)
        except (msgspec.EncodeError, ValueError):
            return None
        is_small = len(kept) <= self.LONGEST
        return kept if is_small and repr(self._decode_soundly(kept)) == repr(story) else None

    def _decode_soundly(self, kept: bytes) -> Story | None:
        """Return what was kept, None for bytes that somebody else wrote."""
        try:
            return self._decode(kept)
        except msgspec.DecodeError:
            return None
