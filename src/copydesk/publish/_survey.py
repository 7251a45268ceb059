"""The survey: which stories are filed, what each is for planning; only what changed is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copydesk.errors import PublishError
from copydesk.news import Filed, Story
from copydesk.publish import _entries
from copydesk.publish._entries import Entry
from copydesk.publish._filed import Reader, Told
from copydesk.publish._past import Notes, Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The entries of all filed stories by path, as `news.Filed`, and the past that it is kept in.

    `past` is empty where nothing of the last time is known or wanted.
    """

    entries: Mapping[str, Entry]
    reader: Reader
    zone: ZoneInfo
    past: Past
    notes: Notes | None = None

    def stamps(self) -> Mapping[str, str]:
        """Give what changes with each story, by its path."""
        return {path: entry.stamp for path, entry in self.entries.items()}

    def read(self, path: str) -> Story | None:
        """Give the story at a path, None where it cannot be read any more."""
        return self.reader(path)


def survey(
    filed: Filed | Iterable[Story], timezone: str, notes: Notes | None = None, *, full: bool = False
) -> Survey:
    """See which stories there are, by what is noted of the last time; `full` believes no note.

    Raises PublishError when there is no such time zone.
    """
    zone = _zone(timezone)
    reader = Reader(Told(filed) if isinstance(filed, Iterable) else filed)
    past = Past() if notes is None or full else Past.load(notes, timezone)
    entries: dict[str, Entry] = {}
    for path, stamp in reader.stamps().items():
        entry = past.entries.get(path)
        if entry is None or entry.stamp != stamp:
            story = reader(path)
            if story is None:
                continue
            entry = _entries.entry(story, stamp, zone)
        entries[path] = entry
    return Survey(entries=entries, reader=reader, zone=zone, past=past, notes=notes)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PublishError(
            "no such time zone", subject=name, hint='site.timezone wants a name such as "UTC"'
        ) from error
