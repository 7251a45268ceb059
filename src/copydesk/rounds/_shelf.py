"""Read stored stories on demand, to compare new articles with; compute their sentence vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from copydesk import embed, extract
from copydesk.catalogue import Catalogue, StoredCorpus, StoryFilter, TextMarks
from copydesk.errors import RecordError
from copydesk.judge import copies, coverage, shelves
from copydesk.kit import dates, urls
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Shelved, Story
from copydesk.news.story import time_and_path
from copydesk.newsroom import Newsroom
from copydesk.review.rules import record_name
from copydesk.rounds._page_memory import SiteHabits

_NO_TEXT = "-"  # the site and the habits of a story without a stored text


class FiledShelf:
    """All stories, stored or new in this round, that articles are compared with (a `news.Shelf`).

    The catalogue, updated when this object is made, knows the paths; records and texts are read on
    demand. A story that is put here replaces the filed one with its path. Only stories that may
    have copies have texts and fingerprints, since those of the whole archive would not fit on a
    small server.
    """

    def __init__(
        self, newsroom: Newsroom, catalogue: Catalogue, vectors: Vectors, *, but: str = ""
    ) -> None:
        """Open the stored stories; leave out the story of the page at URL `but`. With "" none is
        left out.
        """
        self._newsroom = newsroom
        self._catalogue = catalogue
        self._vectors = vectors
        self._sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
        self._since = newsroom.now - copies.COPIES_WITHIN
        self._but = frozenset(catalogue.at_addresses([but])) if but else frozenset()
        self._own = shelves.MemoryShelf()
        self._own_texts: set[str] = set()
        self._filed: dict[str, Shelved | None] = dict.fromkeys(self._but)
        self._former = self._find_former_addresses()
        self._has_current_marks = False
        if vectors.has_model:  # only vectors that are asked for stay stored
            for path in self._paths(catalogue.between(self._since, dates.LATEST)):
                self._read(path)

    # ---- for judging -----------------------------------------------------------------------------

    def at(self, url: str) -> str | None:
        """Return the path of the story record for a page's URL, None if there is none."""
        path = self._catalogue.path_at(url, self._but)
        return path or self._former.get(urls.identity(url)) or self._own.at(url)

    def holds(self, name: str) -> bool:
        """Return whether a story record of this name is stored or newly made."""
        return bool(self._paths(self._catalogue.find_by_name([name]))) or self._own.holds(name)

    def near(self, fingerprint: tuple[int, ...]) -> Iterator[Shelved]:
        """Yield stories with a similar text fingerprint, which may be copies of the text."""
        if not self._has_current_marks:
            self._bring_marks_up_to_date()
        shared = Counter(
            {
                path: count
                for path, count in self._catalogue.near(fingerprint, shelves.POSTINGS_A_HASH)
                if path not in self._own_texts and path not in self._but
            }
        )
        shared.update(self._own.count_shared_hashes(fingerprint))
        yield from shelves.choose_nearest(shared, fingerprint, self.get)

    def between(self, start: datetime, end: datetime) -> list[Shelved]:
        """Return the stored stories published from `start` to `end`, sorted by time, then path."""
        return self._with_own(self._catalogue.between(start, end), self._own.between(start, end))

    # ---- for grouping ----------------------------------------------------------------------------

    def of_groups(self, names: Collection[str]) -> list[Shelved]:
        """Return the stories in groups with these names (stories on one event), sorted by time and
        path.
        """
        return self._with_own(self._catalogue.in_groups(names), self._own.of_groups(names))

    def find_by_name(self, names: Collection[str]) -> list[Shelved]:
        """Return the stories whose records have these names."""
        own = (one for one in self._own if record_name(one.story.path) in names)
        return self._with_own(self._catalogue.find_by_name(names), own)

    def copies_of(self, names: Collection[str]) -> list[Shelved]:
        """Return the stories that copy the text of the stories with these record names."""
        paths = (path for name in names for path in self._catalogue.copies_of(name))
        return self._with_own(paths, ())

    def find_grouped_by_hand(self) -> list[Shelved]:
        """Return the stories that an editor's rule or decision may put in another group."""
        return self._with_own(self._catalogue.find_grouped_by_hand(), self._own)

    def at_addresses(self, addresses: Iterable[str]) -> list[Shelved]:
        """Return the stored stories at any of these page URLs."""
        return self._with_own(self._catalogue.at_addresses(addresses), ())

    def at_paths(self, paths: Iterable[str]) -> list[Shelved]:
        """Return the stories at these record paths, skipping missing ones."""
        return [shelved for path in paths if (shelved := self.get(path)) is not None]

    @property
    def corpus(self) -> StoredCorpus:
        """Return the stored index terms of the stories, by which similar stories are found."""
        return self._catalogue.corpus

    def digest_texts(self, since: datetime) -> dict[str, bytes]:
        """Return a digest of each story's text since a time, by path, without copies of others.

        It changes with the record, and with the repeated text of its site.
        """
        if not self._has_current_marks:
            self._bring_marks_up_to_date()
        return {
            path: f"{coverage.TERMS_VERSION} {signature} {habits}".encode()
            for path, signature, habits in self._catalogue.list_texts(since)
            if path not in self._but
        }

    def count_stories(self, topic: str, since: datetime) -> int:
        """Return how many stories have a topic, stored since a time or newly made."""
        filed = self._catalogue.count(StoryFilter(topics=frozenset((topic,)), since=since))
        own = {shelved.story.path: shelved.story for shelved in self._own}
        new = own.keys() - self._catalogue.signatures_of(own).keys()
        return filed + sum(topic in own[path].topics for path in new)

    # ---- reading and putting ---------------------------------------------------------------------

    def paths_between(self, start: datetime, end: datetime) -> list[str]:
        """Return the paths of the stories published in [start, end], without reading them."""
        own = (shelved.story.path for shelved in self._own.between(start, end))
        return sorted({*self._paths(self._catalogue.between(start, end)), *own})

    def get(self, path: str) -> Shelved | None:
        """Return the story at a record path, None if there is none or it cannot be read."""
        return self._own.get(path) or self._read(path)

    def peek(self, path: str) -> Shelved | None:
        """Return the story at a record path without caching it, None if it cannot be read."""
        known = self._filed.get(path)
        if known is not None:
            return known
        try:
            return self._shelve(self._newsroom.archive.read_listed(path))
        except RecordError:  # it was edited since, and cannot be read
            return None

    def put(self, shelved: Shelved, fingerprint: tuple[int, ...] | None = None) -> None:
        """Add a new story to compare others with, and compute its text's vector and fingerprint.

        The fingerprint is computed unless it is given.
        """
        vector = self._vectors.of(shelved.story.title, shelved.text or shelved.story.excerpt)
        marks = copies.fingerprint(shelved.text) if fingerprint is None else fingerprint
        self._own.add(replace(shelved, vector=vector), marks)
        self._own_texts.add(shelved.story.path)

    def replace(self, story: Story) -> None:
        """Replace the story with the same path by a newer state; its article text stays.

        A story that is not here yet is added, without a text.
        """
        filed = self.get(story.path)
        if filed is not None and self._own.get(story.path) is None:
            self._own.add(replace(filed, story=story), None)
        else:
            shelf = self._own
            shelf.replace(story)

    def _find_former_addresses(self) -> dict[str, str]:
        """Return the URLs that stories had before an editor changed them, with record paths."""
        rules = self._newsroom.beat.rulings
        set_by = {rule.stories[0]: rule for rule in rules if rule.field == "url"}
        former: dict[str, str] = {}
        for path in self._paths(self._catalogue.find_by_name(set_by)):
            for url in set_by[record_name(path)].values[2:]:
                former.setdefault(urls.identity(url), path)
        return former

    def _paths(self, paths: Iterable[str]) -> list[str]:
        return [path for path in paths if path not in self._but]

    def _with_own(self, filed: Iterable[str], own: Iterable[Shelved]) -> list[Shelved]:
        """Return the stored stories at these paths, or their newer versions of this round, and
        `own`.
        """
        read = (self._read(path) for path in self._paths(filed) if self._own.get(path) is None)
        found = [*(shelved for shelved in read if shelved is not None), *own]
        return sorted(found, key=lambda shelved: time_and_path(shelved.story))

    def _read(self, path: str) -> Shelved | None:
        if path not in self._filed:
            try:
                self._filed[path] = self._shelve(self._newsroom.archive.read(path))
            except RecordError:  # it was edited since and cannot be read: treated as not filed
                self._filed[path] = None
        return self._filed[path]

    def _shelve(self, story: Story) -> Shelved:
        """Return a stored story, with its article text if it is recent enough to be copied."""
        if (story.published_at or dates.EARLIEST) < self._since:
            return Shelved(story=story)
        article = self._newsroom.articles.find_for(story)
        text = self._sites.settle(article).text if article else ""
        vector = self._vectors.of(story.title, text or story.excerpt)
        if article is None:
            return Shelved(story=story, vector=vector)
        shelved = shelve(story, article, text, self._newsroom.beat)
        return replace(shelved, vector=vector)

    def _bring_marks_up_to_date(self) -> None:
        """Compute text fingerprints that are missing, or whose site's repeated text changed."""
        self._catalogue.forget_marks(self._since)
        digests = {"": "unknown", _NO_TEXT: _NO_TEXT}
        fresh = []
        for path, (site, habits) in self._catalogue.marks(self._since).items():
            if site not in digests:
                digests[site] = self._sites.digest_passages(site)
            if habits != digests[site]:
                fresh.append(self._make_marks(path))
        if fresh:
            self._catalogue.put_marks(fresh)
        self._has_current_marks = True

    def _make_marks(self, path: str) -> TextMarks:
        """Return the fingerprint of a stored story's text, without caching the text."""
        try:
            story = self._newsroom.archive.read_listed(path)
        except RecordError:  # it was edited since, and cannot be read
            article = None
        else:
            article = self._newsroom.articles.find_for(story)
        if article is None:
            return TextMarks(path=path, site=_NO_TEXT, habits=_NO_TEXT, fingerprint=())
        site = extract.site_of(article)
        habits = self._sites.digest_passages(site)
        fingerprint = copies.fingerprint(self._sites.settle(article).text)
        return TextMarks(path=path, site=site, habits=habits, fingerprint=fingerprint)


def shelve(story: Story, article: Article, text: str, beat: Beat) -> Shelved:
    """Return a story with its article's text, and how many characters of it the site may show.

    `text` is without what the article's site repeats.
    """
    from copydesk.extract import terms

    quotable = terms.count_quotable(beat.excerpt, article, text)
    return Shelved(story=story, text=text, found=article.found, quotable=quotable)


# Sentence vectors of texts (embeddings), stored from round to round.


class Points(Protocol):
    """An embedding model that turns texts into vectors, such as `embed.Model`."""

    def vectors(self, texts: Iterable[str]) -> Sequence[bytes]:
        """Compute a vector for each text, b"" for a text without a word."""
        ...


class Vectors:
    """A cache of sentence vectors in the memory database. Without a model every vector is b""."""

    def __init__(self, memory: Memory, model: Points | None = None) -> None:
        self._memory = memory
        self._model = model
        self._asked: set[str] = set()

    @property
    def has_model(self) -> bool:
        """Whether there is a model, so that texts have vectors."""
        return self._model is not None

    def of(self, title: str, text: str) -> bytes:
        """Return the sentence vector of an article's title and text, b"" if there is none."""
        told = embed.passage(title, text) if self._model else ""
        if not self._model or not told:
            return b""
        key = embed.key_of(told)
        self._asked.add(key)
        known = self._memory.vectors.get(key)
        if known is not None and len(known) == embed.SIZE:
            return known
        (vector,) = self._model.vectors([told])
        if vector:
            self._memory.vectors.put(key, vector)  # at once: a killed round loses nothing
        return vector

    def forget_others(self) -> None:
        """Delete every stored vector that was not used: its story is too old to be grouped with
        others.
        """
        for key in set(self._memory.vectors.keys()) - self._asked:
            self._memory.vectors.forget(key)


def open_vectors(beat: Beat, memory: Memory) -> Vectors:
    """Open the cache of sentence vectors. Raises ModelError if the settings need a missing model.

    A profile that groups in its own way needs no vectors.
    """
    scoring = beat.scoring
    wants = scoring.embed and scoring.traits.groups_by_meaning
    model = embed.Model(scoring.embed_threads) if wants else None
    return Vectors(memory, model)
