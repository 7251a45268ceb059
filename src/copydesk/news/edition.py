"""The site's content at one moment (Edition), and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from copydesk.news.beat import Beat
from copydesk.news.letter import LetterSeries
from copydesk.news.story import Story

LIST_STORIES = 500
Show = Literal["cached", "hotlink", "none"]  # our small copy, the publisher's own, no pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A Markdown file of a collection other than news: front matter as plain values, and body.

    `fields` keeps the file's key order; values are str, int, float, bool, datetime, lists and
    mappings of these. `collection` is the top folder without its underscore ("learning").
    """

    path: str
    collection: str
    fields: Mapping[str, object]
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenStory:
    """A story in a reading list: the name of its record, and the editor's note on it or ""."""

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


FrontRule = Literal["pin", "lead", "heat", "fill", "new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPlace:
    """A story on a kept front page: the name of its record, and the rule that gave it its place.

    An editor chose it (`pin`), it came first of the others (`lead`), the order by heat and the
    limits of publishers and topics allowed it (`heat`), it filled a short page (`fill`), or it was
    among the newest of the other stories (`new`). `newsrooms` counts the other newsrooms that had
    it.
    """

    story: str
    rule: FrontRule
    newsrooms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFront:
    """The front page at one moment, as git keeps it: its stories in order.

    `reads` are points for page views by record name, as they counted then. `digest` is the SHA-256
    of the line that keeps it.
    """

    at: datetime
    places: tuple[FrontPlace, ...] = ()
    reads: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """How the site shows a story's picture, as git keeps it: enough to make the same page again.

    `digests` has the SHA-256 of each file by its name. A picture that is not `cached` has no files;
    one that is `awaited` has lost them for now. `has_card` says that links to a story without a
    picture show a card with its headline.
    """

    story: str
    show: Show | Literal["awaited"] = "cached"
    url: str = ""
    thumbnail: Thumbnail | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    has_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOrigin:
    """What a site is made from: the commit of its records, the version of copydesk.

    `records` is the public address of the records, "" if the owner names none.
    """

    commit: str
    version: str
    records: str = ""


class FiledStories(Protocol):
    """The stored stories, each read from its file only when a page needs it."""

    def stamps(self) -> Mapping[str, str]:
        """Map the path of each stored story to a text that changes whenever the story changes."""
        ...

    def read(self, path: str) -> Story | None:
        """Return the stored story at a path, None if it cannot be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StampSweep:
    """The stamps of stored stories, as in `FiledStories`, and which stories were looked at.

    `looked` are folders of the archive and paths; live stories were looked at in any case. None:
    all stories were.
    """

    stamps: Mapping[str, str]
    looked: tuple[str, ...] | None = None


@runtime_checkable
class SweptStories(FiledStories, Protocol):
    """Stored stories that need not all be looked at, to find out which ones changed."""

    def sweep(self, noted: str) -> StampSweep:
        """Return the stamps of stories that may have changed since `note` returned `noted`.

        With "", those of all stories.
        """
        ...

    def note(self) -> str:
        """Return the text by which a later sweep finds what changed since the last one."""
        ...


class Manifest(Protocol):
    """The digests of the files at a place, by path: of the last build, or of a deploy target."""

    def get(self, path: str) -> str | None:
        """Return the digest of the file at a path, None if there is none."""
        ...

    def put(self, path: str, digest: str) -> None:
        """Store that the place has this file."""
        ...

    def forget(self, path: str) -> None:
        """Store that the place no longer has a file at this path."""
        ...

    def paths(self) -> Iterator[str]:
        """Yield the paths of all files."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """The texts of a social card (og:image, shown with a shared link) of a story or the site."""

    site: str
    headline: str = ""
    topic: str = ""
    source: str = ""


class Draw(Protocol):
    """Draws a social card (og:image); returns None if the font lacks a letter of its text.

    Without `anew` nothing is drawn: the result is the existing card or None.
    """

    def __call__(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        """Return the picture file of the card."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """All content of a site at one moment: stories, other records, pictures, lists, settings.

    `stories` and `records` hold everything, published or not, in no particular order; `stories` may
    be a FiledStories, so that a large site is built without loading all of them. `pictures` maps a
    picture's URL at the publisher to its cached copy. `reads` maps a record's name to the page
    views of the last days, if the newsroom counts them; `read_points`, if not None, are the points
    that are given for them instead. `lists` are the editors' reading lists by id, `letters` the
    newsletters in the order of the settings. `fronts` are the kept front pages, oldest first.
    """

    beat: Beat
    at: datetime
    stories: Iterable[Story] | FiledStories
    records: Iterable[Record] = ()
    pictures: Mapping[str, Thumbnail] | None = None
    reads: Mapping[str, int] = field(default_factory=dict)
    lists: tuple[ReadingList, ...] = ()
    letters: tuple[LetterSeries, ...] = ()
    read_points: Mapping[str, int] | None = None
    fronts: tuple[KeptFront, ...] = ()
    origin: SiteOrigin | None = None
