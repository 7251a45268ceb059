"""The site's content at one moment (Edition), with Record, ReadingList, Thumbnail, Poster."""

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
    """A Markdown record of a collection other than news: front matter as plain values, and body.

    `fields` keeps the file's key order; values are str, int, float, bool, datetime, lists and
    mappings of these. `collection` is the top folder without its underscore ("learning").
    """

    path: str
    collection: str
    fields: Mapping[str, object]
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenStory:
    """A story in a reading list, by its record's name, and the editor's note on it, "" for none."""

    name: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingList:
    """An ordered list of stories that an editor chose for readers, at `/lists/ID/`.

    `description` is Markdown, `by` and `updated_at` say who changed it last and when. `stories` are
    in the editor's order, published or not, without duplicates, at most `LIST_STORIES`.
    """

    id: str
    title: str
    description: str = ""
    by: str = ""
    updated_at: datetime | None = None
    stories: tuple[ChosenStory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """One file of a cached picture: its name, its size in pixels, its MIME type."""

    name: str
    width: int
    height: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A cached picture as pages show it: its files in several forms, the main one first.

    `colour` (`#rrggbb`) is shown until the picture has loaded, "" for a transparent picture.
    """

    forms: tuple[PictureFile, ...]
    colour: str = ""


class FiledStories(Protocol):
    """Filed stories that are read one at a time, when a page needs them."""

    def stamps(self) -> Mapping[str, str]:
        """Return for the path of every filed story a text that changes whenever the story does."""
        ...

    def read(self, path: str) -> Story | None:
        """Return the filed story at a path, None if it cannot be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """The texts of a social card (og:image, shown with a shared link) of a story or the site."""

    site: str
    headline: str = ""
    topic: str = ""
    source: str = ""


class Draw(Protocol):
    """Draw a social card (og:image); the result is None if the font cannot show its text.

    Without `anew` nothing is drawn: the result is the existing card or None.
    """

    def __call__(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        """Return the picture file of the card."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """All stories and records of a site at one moment.

    `stories` and `records` hold everything, published or not, in no particular order; `stories` may
    be a FiledStories, so that a large site is built without loading all of them. `pictures` maps a
    picture's URL at the publisher to its cached copy. `reads` maps a record's name to the page
    views of the last days, if the newsroom counts them. `lists` are the editors' reading lists by
    id, `letters` the newsletters in the order of the settings.
    """

    beat: Beat
    at: datetime
    stories: Iterable[Story] | FiledStories
    records: Iterable[Record] = ()
    pictures: Mapping[str, Thumbnail] | None = None
    reads: Mapping[str, int] = field(default_factory=dict)
    lists: tuple[ReadingList, ...] = ()
    letters: tuple[LetterSeries, ...] = ()
