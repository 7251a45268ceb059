"""What the catalogue takes: a filed story with what is known of it beside its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from copydesk.news import Standing, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A filed story, where it stands, and its record's signature (see `Catalogue.signatures`).

    `source` is the address of the source that listed it, `text` what is kept of its page, for the
    search; "" where that is not known. `is_gone` says that its page is gone from its publisher.
    `points` are those by which the gate alone decided on it, None where something else did.
    `gate_points` are those that it saw of a story that an editor decided, None where it had no say.
    """

    story: Story
    signature: int
    standing: Standing
    is_gone: bool = False
    source: str = ""
    text: str = ""
    points: int | None = None
    gate_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLabels:
    """What a filed story is about and beside what it stands, without its words.

    `identities` are those of its addresses (`kit.urls.identity`).
    """

    path: str
    group: str
    copy_of: str
    publisher: str
    language: str
    topics: tuple[str, ...]
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRecord:
    """A record that cannot be read: what is wrong with it, and how to mend it."""

    path: str
    signature: int
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMarks:
    """The fingerprint of a story's text (32-bit hashes, () for too little text).

    It holds as long as its `site` repeats the same on its pages, which `habits` is a digest of.
    """

    path: str
    site: str
    habits: str
    fingerprint: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedStory:
    """What an editor said of a filed story, and when.

    `points` are those that the gate saw, None where it had no say; `has_waited` says that the story
    had waited for that word, as its record tells.
    """

    path: str
    said: str
    at: datetime
    points: int | None
    has_waited: bool
