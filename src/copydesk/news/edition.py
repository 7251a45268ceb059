"""Edition: what is published, as of one moment; Record, ReadingList, Thumbnail (Forms), Poster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from copydesk.news.beat import Beat
from copydesk.news.letter import LetterSeries
from copydesk.news.story import Story

LIST_STORIES = 500
Show = Literal["cached", "hotlink", "none"]  # our small copy, the publisher's own, no pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of a collection other than news: its front matter as plain values, its body.

    `fields` keeps the file's key order; values are str, int, float, bool, datetime, lists and
    mappings of these. `collection` is the top folder without its underscore ("learning").
    """

    path: str
    collection: str
    fields: Mapping[str, object]
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenStory:
    """A story of a reading list by its record's name, and the editor's words on it, "" for none."""

    name: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingList:
    """Stories that an editor put into an order for readers, at `/lists/ID/`.

    `description` is Markdown, `by` and `updated_at` say who changed it last and when. `stories` are
    in the editor's order, whether published or not, each once, `LIST_STORIES` at most.
    """

    id: str
    title: str
    description: str = ""
    by: str = ""
    updated_at: datetime | None = None
    stories: tuple[ChosenStory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """One file of a thumbnail: its name, its size in pixels, its MIME type."""

    name: str
    width: int
    height: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A cached picture as pages show it: its forms, the main one first.

    `colour` stands in its place until it is there (`#rrggbb`), "" where one can see through it.
    """

    forms: tuple[PictureFile, ...]
    colour: str = ""


class FiledStories(Protocol):
    """Stories that are read one by one when a page needs them."""

    def stamps(self) -> Mapping[str, str]:
        """Return the path of every filed story and a text that changes whenever the story does."""
        ...

    def read(self, path: str) -> Story | None:
        """Return the story at a path, None where it cannot be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What a picture for whoever shares a link says; without a headline it is the site's own."""

    site: str
    headline: str = ""
    topic: str = ""
    source: str = ""


class Draw(Protocol):
    """Draw the card of a poster; None where its words cannot be set.

    Without `anew` only one that is there already is given.
    """

    def __call__(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        """Return the file of the card."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """All stories and records of a site at one moment.

    `stories` and `records` hold everything, published or not, in no order that counts; `stories`
    may be read when needed, by which a site of many thousands is built. `pictures`
    maps a picture's origin address to its cached copy. `reads` says how often the page of a record
    was read in the last days, by the record's name, where a newsroom counts its readers. `lists`
    are those that editors made, by id, `letters` those of the settings, in their order.
    """

    beat: Beat
    at: datetime
    stories: Iterable[Story] | FiledStories
    records: Iterable[Record] = ()
    pictures: Mapping[str, Thumbnail] | None = None
    reads: Mapping[str, int] = field(default_factory=dict)
    lists: tuple[ReadingList, ...] = ()
    letters: tuple[LetterSeries, ...] = ()
