"""Read one story with its group, explanation and text; preview a web page as a story."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os.path
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from copydesk import archive, judge
from copydesk.catalogue import Catalogue, FiledHappening, StoryFilter
from copydesk.desk_store.action_queue import Snooze
from copydesk.editing import explain
from copydesk.editing.queue._question import (
    KeptCounts,
    QueueChoices,
    QueueCursor,
    QueuePage,
    QueueQuestion,
    QueueRow,
    QueueStory,
    find_pins,
    make_filter,
    make_row,
)
from copydesk.editing.queue.numbers import find_number_paths
from copydesk.errors import DeskStoreError, RecordError, UsageError
from copydesk.judge import gate
from copydesk.kit import processes, text, urls
from copydesk.kit.options import fill
from copydesk.memory import Fate
from copydesk.news import Article, Lead, Ruling, Standing, Story
from copydesk.news.article import Figure
from copydesk.news.edition import PictureFile
from copydesk.news.source import DropReason
from copydesk.newsroom import Newsroom, cataloguing
from copydesk.newsroom.filing import read_removals
from copydesk.newsroom.reports import Explanation
from copydesk.placement.addresses import record_name, story_folder
from copydesk.rounds import SiteHabits

_PARAGRAPHS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPassage:
    """A paragraph of a story, with the positions of words that caused its topics or points."""

    words: str
    marks: tuple[judge.EvidenceMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """The data of a story's page in the editors' web interface: its group, status and article.

    `text` is Markdown, "" if none is stored; `figures` are the pictures that its page offers.
    `passages` are headline, excerpt and text as plain words, with marks.
    """

    seen: QueueStory
    row: QueueRow
    explanation: Explanation
    text: str = ""
    figures: tuple[Figure, ...] = ()
    passages: tuple[MarkedPassage, ...] = ()


def read_queue_story(newsroom: Newsroom, queue: QueueReader, name: str) -> QueueStory:
    """Return the story with a record name, as in the queue; RecordError if there is none."""
    return _read_row(newsroom, queue, name)[1]


def read_story_page(newsroom: Newsroom, queue: QueueReader, name: str) -> StoryPage:
    """Return the data of a story's page by its record name; RecordError if there is none."""
    row, seen = _read_row(newsroom, queue, name)
    article = newsroom.articles.find_for(seen.story)
    return StoryPage(
        seen=seen,
        row=row,
        explanation=explain(newsroom, seen.story.path),
        text=article.text if article else "",
        passages=_mark_passages(newsroom, seen.story, article),
        figures=article.figures if article else (),
    )


def _read_row(newsroom: Newsroom, queue: QueueReader, name: str) -> tuple[QueueRow, QueueStory]:
    """Return the queue row that contains the story with a name, and the story."""
    happening = queue.find_happening(name)
    rows = queue.rows(newsroom, [happening], name) if happening else []
    for row in rows:
        for story in (row.leader, *row.copies, *row.coverage):
            if story.name == name:
                return row, story
    raise RecordError("the story does not exist", subject=name, hint="check whether it was renamed")


def _mark_passages(
    newsroom: Newsroom, story: Story, article: Article | None
) -> tuple[MarkedPassage, ...]:
    """Return a story's marked passages; without stored text only headline and excerpt."""
    if article is None:
        unmarked = map(text.fold, (story.title, story.excerpt))
        return tuple(MarkedPassage(words=words) for words in filter(None, unmarked))
    beat = newsroom.beat
    read = SiteHabits(newsroom.articles, newsroom.memory, beat.excerpt).settle(article)
    paragraphs = text.prose(read.text).split("\n")[:_PARAGRAPHS]
    words = [text.fold(passage) for passage in (read.title, read.excerpt, *paragraphs)]
    passages = [passage for passage in words if passage]
    marks = judge.mark_evidence(passages, read, beat, story.topics)
    return tuple(
        MarkedPassage(words=passage, marks=tuple(found))
        for passage, found in zip(passages, marks, strict=True)
    )


# Page preview: `copydesk extract` reads an address in a process of its own; nothing is filed.

_SECONDS = 40.0  # including the polite wait for the host
_ADDRESS_CHARACTERS = 2_000
_SHOWN = ("web_url", "title", "excerpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePreview:
    """The story that a web page would give; `problem` is the reason if it gives none, else "".

    `published_at` is in UTC, as text for people: `2026-11-19 08:00`.
    """

    url: str
    web_url: str = ""
    title: str = ""
    excerpt: str = ""
    source: str = ""
    published_at: str = ""
    problem: str = ""


async def preview_page(root: Path, url: str, seconds: float = _SECONDS) -> PagePreview:
    """Return the story that a fetching run would read at a URL; nothing is stored.

    robots.txt and all limits of such a run hold. Raises UsageError for an invalid web address.
    """
    address = urls.fetchable(url) if len(url) <= _ADDRESS_CHARACTERS else None
    if address is None:
        raise UsageError("invalid web address", subject=url[:200], hint="begin with https://")
    command = ("-C", str(root), "extract", address, "--json")
    try:
        code, out, told = await processes.run_apart(*command, seconds=seconds)
    except TimeoutError:
        return PagePreview(url=address, problem=f"no answer within {seconds:.0f} seconds")
    if code != 0:
        return PagePreview(url=address, problem=processes.read_problem(told))
    return _read_fields(address, out)


def find_obstacle(newsroom: Newsroom, preview: PagePreview) -> str:
    """Return the editor's rule that keeps a page from becoming a story, as text, or ""."""
    addresses = {preview.url, preview.web_url or preview.url}
    if not read_removals(newsroom.root).isdisjoint(map(urls.identity, addresses)):
        return "removed by an editor"
    for address in sorted(addresses):
        lead = Lead(url=address, source="", found=newsroom.now, title=preview.title)
        if why := gate.blocking_ruling(lead, newsroom.beat.rulings):
            return why
    return ""


def find_filed_record(queue: QueueReader, preview: PagePreview) -> str:
    """Return the name of the story record that has a page's URL, "" if there is none."""
    paths = queue.catalogue.at_addresses(filter(None, (preview.url, preview.web_url)))
    return next((path.rsplit("/", 1)[-1].removesuffix(".md") for path in sorted(paths)), "")


def _read_fields(address: str, out: bytes) -> PagePreview:
    try:
        fields = msgspec.json.decode(out, type=dict[str, dict[str, object]])
    except msgspec.DecodeError:
        return PagePreview(url=address, problem="the page cannot be read")
    values = {name: told.get("value") for name, told in fields.items()}
    said = {name: text.fold(str(values.get(name) or "")) for name in _SHOWN}
    provider = values.get("provider")
    publisher = provider if isinstance(provider, Mapping) else {}
    return PagePreview(
        url=address,
        source=text.fold(str(publisher.get("name") or publisher.get("domain") or "")),
        published_at=str(values.get("published_at") or "")[:16].replace("T", " "),
        **said,
    )


# Read the editors' story queue: answer queries from the search index and the story records.
#
# question ──> catalogue: groups, their members ──> records, each read once per version ──> rows

_RANKED = 1_000  # of the newest groups, which are sorted in the front page's order
_LISTED = 12  # stories listed of one group; the others are only counted
_KEPT = 3_000  # records in the cache
_AGAIN = 2  # attempts at a page while records change
_CHOICE_SECONDS = 300  # for which the choices of filters are cached
_HOUR = 3_600_000_000  # in microseconds
_FARTHEST = 2.0**62  # microseconds; SQLite has 64 bits for a number


class QueueReader:
    """Answers queries about stories for the editors' web interface, in a long-running process.

    Used by one thread at a time. Each question comes with the newsroom and its present settings.
    Methods raise CatalogueError.
    """

    def __init__(self, newsroom: Newsroom, clock: Callable[[], float] = time.monotonic) -> None:
        """Open the newsroom's search index of stories; if that fails, build one in memory."""
        self._stack = contextlib.ExitStack()
        self._catalogue: Catalogue = self._stack.enter_context(
            cataloguing.open_catalogue(newsroom.private)
        )
        self._records: OrderedDict[tuple[str, int], Story] = OrderedDict()
        self._counts = KeptCounts(clock)
        self._choices: dict[tuple[object, ...], tuple[int, QueueChoices]] = {}
        self.list_snoozes: Callable[[datetime], Mapping[str, Snooze]] = lambda _now: {}

    def close(self) -> None:
        """Close the search index of stories."""
        self._stack.close()

    @property
    def catalogue(self) -> Catalogue:
        """Return the search index of stories, for other queries in the same thread."""
        return self._catalogue

    def follow(self, newsroom: Newsroom) -> None:
        """Update the search index of stories with what was committed to git since the last call."""
        cataloguing.follow_commits(newsroom, self._catalogue)

    def version(self, newsroom: Newsroom) -> object:
        """Return a value that changes when any process changes the search index of stories.

        It also changes when a story is snoozed, or comes back.
        """
        return self._catalogue.version(), self._snoozes(newsroom)

    def page(self, newsroom: Newsroom, question: QueueQuestion) -> QueuePage:
        """Return one page of the queue rows that match a query, from the current story records."""
        wanted = self._make_filter(newsroom, question)
        for _ in range(_AGAIN):
            happenings = self._find(newsroom, wanted, question)
            members = self._catalogue.list_members([happening.name for happening in happenings])
            every = [path for paths in members.values() for path in paths]
            if not cataloguing.recheck_in_passing(newsroom, self._catalogue, every):
                break
        rows = tuple(self._rows(newsroom, members, self._catalogue.match(wanted, every)))
        page = QueuePage(
            rows=rows,
            total=self._catalogue.count(wanted),
            is_by_former_rules=cataloguing.stands_by_former_rules(newsroom, self._catalogue),
        )
        if len(happenings) < question.limit:
            return page
        return replace(page, after=_cursor(newsroom, question, happenings[-1]))

    def rows(
        self, newsroom: Newsroom, happenings: Collection[str], named: str = ""
    ) -> list[QueueRow]:
        """Return the groups of stories with these names as queue rows, in order; skip those gone.

        The story named `named` is always listed, however large its group is.
        """
        members = self._catalogue.list_members(happenings)
        cataloguing.recheck_in_passing(
            newsroom, self._catalogue, [p for paths in members.values() for p in paths]
        )
        members = self._catalogue.list_members(happenings)
        there = {name: paths for name, paths in members.items() if paths}
        every = {path for paths in there.values() for path in paths}
        first = {path for path in every if record_name(path) == named}
        return list(self._rows(newsroom, there, first or every))

    def count(self, newsroom: Newsroom, question: QueueQuestion) -> int:
        """Return how many stored stories match a query."""
        return self._catalogue.count(self._make_filter(newsroom, question))

    def count_lately(
        self, newsroom: Newsroom, questions: Sequence[QueueQuestion]
    ) -> list[int | None]:
        """Return how many stories match each query; the counts may be some seconds old.

        None for a question that was never counted: a page has little time for counts.
        """
        return self._counts.count_all(questions, lambda question: self.count(newsroom, question))

    def list_choices(self, newsroom: Newsroom, question: QueueQuestion) -> QueueChoices:
        """Return the values that the story queue's filters offer; cached for minutes.

        Finding them reads all stories.
        """
        whole = QueueQuestion(view=question.view, standing=question.standing)
        key = (question.view, question.standing)
        while_fresh = int(newsroom.now.timestamp() // _CHOICE_SECONDS)
        known = self._choices.get(key)
        if known is None or known[0] != while_fresh:
            wanted = self._make_filter(newsroom, whole)
            choices = QueueChoices(
                sources=tuple(self._catalogue.count_values(wanted, "publisher")),
                languages=tuple(self._catalogue.count_values(wanted, "language")),
                reasons=tuple(self._catalogue.count_reasons(wanted)),
            )
            known = self._choices[key] = while_fresh, choices
        return known[1]

    def find_standings(self, newsroom: Newsroom, names: Collection[str]) -> dict[str, Standing]:
        """Return the statuses of stories, by record name, from their records as they are now."""
        paths = self._catalogue.find_by_name(names)
        cataloguing.recheck_in_passing(newsroom, self._catalogue, paths)
        standings = self._catalogue.standings(paths)
        return {record_name(path): standing for path, standing in standings.items()}

    def path_of(self, name: str) -> str | None:
        """Return the path of the story record with a name, None if there is none."""
        return next(iter(self._catalogue.find_by_name([name])), None)

    def find_happening(self, name: str) -> str:
        """Return the name of a story's group (about one event), "" if there is no such story."""
        return self._catalogue.find_happening(name)

    def find_matching(
        self, newsroom: Newsroom, question: QueueQuestion, names: Collection[str] | None = None
    ) -> list[str]:
        """Return the names of the stories that match a query, of all or of these `names`."""
        wanted = self._make_filter(newsroom, question)
        if names is None:
            return [record_name(path) for path in self._catalogue.find(wanted)]
        paths = self._catalogue.find_by_name(names)
        cataloguing.recheck_in_passing(newsroom, self._catalogue, paths)
        return [record_name(path) for path in sorted(self._catalogue.match(wanted, paths))]

    def read_stories(self, newsroom: Newsroom, names: Collection[str]) -> list[QueueStory]:
        """Return the stories with these names; skip those that cannot be read."""
        paths = self._catalogue.find_by_name(names)
        return list(self._read(newsroom, self._know(newsroom, paths), paths, paths))

    def _make_filter(self, newsroom: Newsroom, question: QueueQuestion) -> StoryFilter:
        counted = find_number_paths(newsroom, self._catalogue, question)
        snoozed = frozenset(self._catalogue.find_by_name(self._snoozes(newsroom)))
        return make_filter(newsroom, question, counted, snoozed)

    def _snoozes(self, newsroom: Newsroom) -> Mapping[str, Snooze]:
        """Return the snoozed stories by name, none if the web interface's database fails."""
        with contextlib.suppress(DeskStoreError):
            return self.list_snoozes(newsroom.now)
        return {}

    def _find(
        self, newsroom: Newsroom, wanted: StoryFilter, question: QueueQuestion
    ) -> list[FiledHappening]:
        if question.order == "time":
            place = question.after
            after = None if place is None else (_limit_place(place[0]), place[1])
            return self._catalogue.list_happenings(wanted, question.limit, after)
        cursors = [
            (_cursor(newsroom, question, happening), happening)
            for happening in self._catalogue.list_happenings(wanted, _RANKED)
        ]
        ranked = sorted(cursors, key=lambda pair: _rank(pair[0]))
        if question.after is not None:
            last = _rank(question.after)
            ranked = [pair for pair in ranked if _rank(pair[0]) > last]
        return [happening for _, happening in ranked[: question.limit]]

    def _rows(
        self, newsroom: Newsroom, members: Mapping[str, Sequence[str]], wanted: Collection[str]
    ) -> Iterator[QueueRow]:
        """Yield the queue rows of groups from their records; matching stories come first."""
        known = self._know(newsroom, [path for paths in members.values() for path in paths])
        for happening, paths in members.items():
            chosen = _choose_paths(paths, wanted)
            stories = list(self._read(newsroom, known, chosen, wanted))
            if stories:
                unread = len(paths) - len(chosen)
                yield make_row(happening, known.version(paths, stories), stories, unread)

    def _know(self, newsroom: Newsroom, paths: Collection[str]) -> _Known:
        return _Known(
            standings=self._catalogue.standings(paths),
            signatures=self._catalogue.signatures_of(paths),
            rulings=_read_rulings(newsroom),
            pins=find_pins(newsroom),
            snoozes=self._snoozes(newsroom),
        )

    def _read(
        self, newsroom: Newsroom, known: _Known, paths: Sequence[str], wanted: Collection[str]
    ) -> Iterator[QueueStory]:
        for path in paths:
            with contextlib.suppress(RecordError):  # just deleted, or unreadable now
                story = self._story(newsroom, path, known.signatures.get(path, 0))
                standing = known.standings.get(path, Standing.BELOW_GATE)
                picture, unmade = find_list_picture(newsroom, story)
                reasons = tuple(reason.renewed for reason in story.reasons)
                yield QueueStory(
                    story=replace(story, reasons=reasons),
                    standing=standing,
                    verdict=story.verdict or known.rulings.verdict_on(path),
                    is_wanted=path in wanted,
                    picture=picture,
                    unmade=unmade,
                    has_page=standing is Standing.PUBLISHED and _has_page(newsroom, path),
                    pin=known.pins.get(record_name(path)),
                    snooze=known.snoozes.get(record_name(path)),
                )

    def _story(self, newsroom: Newsroom, path: str, signature: int) -> Story:
        """Return a story record, from the cache if its signature is known; 0 means unknown."""
        key = (path, signature)
        if signature and key in self._records:
            self._records.move_to_end(key)
            return self._records[key]
        story = newsroom.archive.read(path)
        if signature:
            self._records[key] = story
            if len(self._records) > _KEPT:
                self._records.popitem(last=False)
        return story


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Statuses, file signatures, rulings, pins and snoozes of the stories on a queue page."""

    standings: Mapping[str, Standing]
    signatures: Mapping[str, int]
    rulings: archive.Rulings
    pins: Mapping[str, Ruling]
    snoozes: Mapping[str, Snooze]

    def version(self, paths: Sequence[str], stories: Sequence[QueueStory]) -> str:
        """Return a text that changes with a row's listed stories, or with any member's status.

        It depends on the contents of records: two writes within a tick of the disk's clock have the
        same signature.
        """
        members = (f"{path} {self.standings.get(path)}" for path in paths)
        listed = (
            repr((seen.story, seen.verdict, seen.has_page, seen.pin, seen.snooze, seen.picture))
            for seen in stories
        )
        form = "\n".join((*members, *listed)).encode("utf-8", "replace")
        return hashlib.blake2b(form, digest_size=8).hexdigest()


def _has_page(newsroom: Newsroom, path: str) -> bool:
    """Return whether a story record has a page on the last built site."""
    return os.path.isfile(newsroom.site / story_folder(path) / "index.html")  # noqa: PTH113 — a name too long is none


def _read_rulings(newsroom: Newsroom) -> archive.Rulings:
    """Return the rulings if they hold the editors' decisions; in other profiles records do."""
    if newsroom.beat.scoring.traits.keeps_verdicts_in_rulings:
        with contextlib.suppress(RecordError):
            return archive.read_rulings(newsroom.root)
    return archive.Rulings()


def _choose_paths(members: Sequence[str], wanted: Collection[str]) -> list[str]:
    """Return the paths of at most twelve stories of a group to list, the matching ones first."""
    first = [path for path in members if path in wanted]
    others = [path for path in members if path not in wanted]
    return [*first, *others][:_LISTED]


def _cursor(newsroom: Newsroom, question: QueueQuestion, happening: FiledHappening) -> QueueCursor:
    """Return a group's position in the queue: by time, or by its warmth on the front page.

    Warmth is the logarithm of the heat, less the age in half-lives (`placement.FrontRules.warmth`).
    The time of reference does not change the order, so it is 1970 instead of now.
    """
    if question.order == "time":
        return happening.cursor
    heat = happening.heat if happening.heat >= 0 else happening.quality
    half_life = newsroom.settings.front.half_life_hours * _HOUR
    return math.log2(max(1, heat)) + happening.at / half_life, happening.name


def _limit_place(place: float) -> int:
    """Return a queue cursor with its time within SQLite's limits, whatever a request sent."""
    return int(max(-_FARTHEST, min(_FARTHEST, place)))


def _rank(cursor: QueueCursor) -> QueueCursor:
    return -cursor[0], cursor[1]


DROP_DAYS = 7  # that are counted, and listed by default


@dataclass(frozen=True, slots=True, kw_only=True)
class DropQuestion:
    """A query for links of the last days that did not become stories, for one reason or any."""

    reason: DropReason | None = None
    days: int = DROP_DAYS
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDrop:
    """A link that did not become a story, with reason and time; `source` is the source's name.

    `waits` is set if an editor has asked for it since: the next fetching run reads it.
    """

    url: str
    reason: str
    detail: str
    at: datetime
    source: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPage:
    """Links that did not become stories, latest first, and their number for each reason."""

    drops: tuple[QueueDrop, ...]
    counts: Mapping[str, int]

    def total(self, reason: str | None) -> int:
        """Return how many links did not become stories, for one reason or for all (None)."""
        return sum(self.counts.values()) if reason is None else self.counts.get(reason, 0)


def list_drops(newsroom: Newsroom, question: DropQuestion) -> DropPage:
    """Return the found links that did not become stories and that match an editor's filters.

    Raises MemoryStoreError.
    """
    since = newsroom.now - timedelta(days=question.days)
    memory = newsroom.memory
    fates = memory.fates_since("dropped", since, question.limit, question.reason or "")
    names = {source.url: source.name for source in newsroom.beat.sources}
    return DropPage(
        drops=tuple(_describe(newsroom, fate, names) for fate in fates),
        counts=memory.count_reasons("dropped", since),
    )


def count_drops(newsroom: Newsroom) -> int:
    """Return how many links found in the last seven days did not become stories."""
    return newsroom.memory.count_fates("dropped", newsroom.now - timedelta(days=DROP_DAYS))


def _describe(newsroom: Newsroom, fate: Fate, names: Mapping[str, str]) -> QueueDrop:
    return fill(
        QueueDrop,
        fate,
        source=names.get(fate.source) or urls.host(fate.source),
        waits=newsroom.memory.tips.get(fate.identity) is not None,
    )


# Pictures in the desk: only the newsroom's own copies, never another host's.

_FOLDER = "pictures"
_FILE = re.compile(r"[0-9a-f]{64}(?:-[0-9]{1,4})?\.(?:webp|jpg)")
_WIDE = 240  # pixels, the least width of a row's picture if such a form exists


def find_list_picture(
    newsroom: Newsroom, story: Story
) -> tuple[PictureFile | None, PictureFile | None]:
    """Return the file of a story's first picture in the size for lists, None if it has no picture.

    The second value is the original, if its forms are still to be made.
    """
    found = newsroom.album.find(story.images[0].url) if story.images else None
    if found is None:
        return None, None
    forms = [form for form in found.forms if _FILE.fullmatch(form.name)]
    wide = [form for form in forms if form.width >= _WIDE]
    original = fill(PictureFile, found, name=found.original)
    waits = bool(found.original) and not found.forms
    form = min(wide or forms, key=lambda form: form.width, default=None)
    return form, original if waits else None


def picture_file(newsroom: Newsroom, name: str) -> Path | None:
    """Return the stored file of a picture by its name, None for an invalid or unknown name."""
    if not _FILE.fullmatch(name):
        return None
    file = newsroom.private / _FOLDER / name
    return file if file.is_file() and not file.is_symlink() else None
