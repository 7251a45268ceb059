"""Keep the catalogue (the search index of story records) up to date, and open it for queries."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import orjson

from copydesk.archive import Archive, ArticleStore
from copydesk.catalogue import BrokenRecord, Catalogue, CatalogueEntry, compare_stamps
from copydesk.errors import CatalogueError, CopydeskError, RecordError, WorkerError
from copydesk.judge import gate
from copydesk.kit import processes, text
from copydesk.news import Standing, Story
from copydesk.newsroom._newsroom import Failure, Newsroom, Progress, Silence, Troubles
from copydesk.newsroom.records import CATALOGUE_FILE, Snapshot, take_snapshot, take_snapshot_of
from copydesk.newsroom.standings import RulesInForce, digest_rules, read_rules, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueReport:
    """The result of updating the search index: `stories` in it, and the number of records `read`.

    `lost` counts the records that were deleted, `failed` lists those that cannot be read.
    """

    stories: int
    read: int
    lost: int
    seconds: float
    failed: tuple[Failure, ...] = ()


def refresh_catalogue(newsroom: Newsroom, progress: Progress) -> CatalogueReport:
    """Update the file of the catalogue (the search index of stories) from all story records.

    Raises CatalogueError if the file cannot be read or written, and RecordError if a folder of
    records cannot be listed.
    """
    began, troubles = time.monotonic(), Troubles()
    with _open_file(newsroom) as catalogue:
        before = catalogue.signatures()
        sweep_records(newsroom, catalogue, progress)
        after = catalogue.signatures()
        report_failures(catalogue, troubles)
    failed = troubles.failures()
    return CatalogueReport(
        stories=len(after) - len(failed),
        # a record changed within the last clock tick has no signature yet and is read each time
        read=sum(not now or before.get(path) != now for path, now in after.items()),
        lost=len(before.keys() - after.keys()),
        seconds=round(time.monotonic() - began, 3),
        failed=failed,
    )


# Open: the catalogue file, or a catalogue in memory if the file cannot be used.

_Answer = TypeVar("_Answer")
Warn = Callable[[CatalogueError], None]


def _say_nothing(_error: CatalogueError) -> None:
    """Ignore the error."""


def _open_file(newsroom: Newsroom) -> contextlib.closing[Catalogue]:
    return contextlib.closing(Catalogue(newsroom.private / CATALOGUE_FILE))


@contextlib.contextmanager
def open_catalogue(private: Path) -> Iterator[Catalogue]:
    """Open the search index of stories for the `with` block; the caller must update it.

    If the file can be neither opened nor created, yields an empty catalogue in memory. Filling
    that takes longer, as every record is read.
    """
    try:
        catalogue = Catalogue(private / CATALOGUE_FILE)
    except CatalogueError:
        catalogue = Catalogue()
    with contextlib.closing(catalogue):
        yield catalogue


@contextlib.contextmanager
def open_swept_catalogue(
    newsroom: Newsroom, progress: Progress, warn: Warn = _say_nothing
) -> Iterator[tuple[Catalogue, Snapshot]]:
    """Yield the search index, updated from all records, and a snapshot of the records' stat values.

    If the file cannot be opened, read or written, yields a catalogue in memory and calls `warn`.
    """
    with contextlib.ExitStack() as stack:
        try:
            catalogue = stack.enter_context(_open_file(newsroom))
            snapshot = sweep_records(newsroom, catalogue, progress)
        except CatalogueError as error:
            warn(error)
            catalogue = stack.enter_context(contextlib.closing(Catalogue()))
            snapshot = sweep_records(newsroom, catalogue, progress)
        yield catalogue, snapshot


def ask_catalogue(
    newsroom: Newsroom, question: Callable[[Catalogue], _Answer], warn: Warn = _say_nothing
) -> _Answer:
    """Return the result of a query of the search index of stories, updated from git first.

    If the file cannot be opened, read or written, calls `warn` and asks again, of a catalogue in
    memory for which every record is read.
    """
    try:
        with _open_file(newsroom) as catalogue:
            follow_commits(newsroom, catalogue)
            return question(catalogue)
    except CatalogueError as error:
        warn(error)
    with contextlib.closing(Catalogue()) as catalogue:
        follow_commits(newsroom, catalogue)
        return question(catalogue)


# Update: bring a catalogue up to date with changed records.
#
#     sweep_records    stat every record, open none: a few µs each
#     follow_commits   list the records that git commits changed since the last update
#
# A sweep misses nothing. `follow_commits` misses edits that were not committed since the last
# sweep; callers therefore `recheck` the records in an answer.

# notes of the catalogue
_HEAD, _FOLDERS, _RULES, _STORY_RULES = "head", "folders", "rules", "story rules"
_SILENCE = Silence()


def sweep_records(
    newsroom: Newsroom, catalogue: Catalogue, progress: Progress = _SILENCE
) -> Snapshot:
    """Update a search index from all story records; return a snapshot of the records' signatures.

    Raises RecordError if a folder cannot be listed, as its stories must not count as deleted.
    """
    head = newsroom.repository.head()
    committed = _list_commit_changes(newsroom, catalogue, head)
    noted = catalogue.note(_FOLDERS) if committed is not None else ""
    now = take_snapshot(newsroom.archive, noted, committed or ())
    stand, before = now.safe_stamps(), catalogue.signatures(now.looked)
    changed, lost = compare_stamps(before, stand)
    news = _News({path: stand[path] for path in changed}, lost, head, now.note())
    _take_in(newsroom, catalogue, news, progress)
    return now


def _list_commit_changes(newsroom: Newsroom, catalogue: Catalogue, head: str) -> list[str] | None:
    """Return the story records that commits changed since the last update, None if unknown."""
    known = catalogue.note(_HEAD)
    paths = newsroom.repository.find_changes_between(known, head) if known and head else None
    return None if paths is None else newsroom.archive.story_paths_among(paths)


def follow_commits(newsroom: Newsroom, catalogue: Catalogue) -> None:
    """Update a search index from the git commits since its last update.

    Without git, or after history was rewritten, every record is swept. Raises RecordError like
    `sweep_records`.
    """
    head = newsroom.repository.head()
    paths = _list_commit_changes(newsroom, catalogue, head)
    if paths is None:
        sweep_records(newsroom, catalogue, _SILENCE)
        return
    news = _look_at(newsroom.archive, paths, head)
    _take_in(newsroom, catalogue, news, _SILENCE)


def look_again(newsroom: Newsroom, catalogue: Catalogue, paths: Iterable[str]) -> None:
    """Update a search index from those of the paths that are story records, changed or not."""
    records = newsroom.archive.story_paths_among(paths)
    news = _look_at(newsroom.archive, records, catalogue.note(_HEAD))
    _take_in(newsroom, catalogue, news, _SILENCE)


def recheck(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> bool:
    """Update a search index from those story records that changed; return whether any did."""
    changed = _find_changes(newsroom, catalogue, paths)
    if changed:
        look_again(newsroom, catalogue, changed)
    return bool(changed)


def _find_changes(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> list[str]:
    known = catalogue.signatures_of(paths)
    signatures = ((path, newsroom.archive.signature(path)) for path in paths)
    return [
        path
        for path, signature in signatures
        if signature is None or hash(signature) != known.get(path)
    ]


def recheck_in_passing(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> bool:
    """Update a search index like `recheck`, but do not apply changed rules to all stories.

    Applying changed rules to all stories takes seconds in a large newsroom. Call
    `stands_by_former_rules` to find out whether it is due.
    """
    changed = _find_changes(newsroom, catalogue, paths)
    if changed:
        records = newsroom.archive.story_paths_among(changed)
        news = _look_at(newsroom.archive, records, catalogue.note(_HEAD))
        rules = _take_in_records(newsroom, catalogue, news, _SILENCE)
        if catalogue.note(_RULES) == rules.digest():
            _take_in_rules(newsroom, catalogue, rules)
    return bool(changed)


def stands_by_former_rules(newsroom: Newsroom, catalogue: Catalogue) -> bool:
    """Return whether the search index has outdated statuses, as rules for all stories changed."""
    return catalogue.note(_RULES) != digest_rules(newsroom.beat, newsroom.now)


def report_failures(catalogue: Catalogue, trouble: Callable[[CopydeskError], None]) -> None:
    """Call `trouble` with an error for each story record that cannot be read."""
    for record in catalogue.list_failures():
        trouble(RecordError(record.what, subject=record.path, hint=record.hint))


@dataclass(frozen=True, slots=True)
class _News:
    """What changed since a search index was updated: records, deleted paths, git's HEAD.

    `folders` is the note of a sweep's snapshot, "" if this is no sweep.
    """

    changed: Mapping[str, int]
    lost: Collection[str]
    head: str
    folders: str = ""


def _look_at(records: Archive, paths: Collection[str], head: str) -> _News:
    now, asked = take_snapshot_of(records, paths), filter(text.is_encodable, paths)
    return _News(now.safe_stamps(), set(asked) - now.signatures.keys(), head)


def _take_in(newsroom: Newsroom, catalogue: Catalogue, news: _News, progress: Progress) -> None:
    """Update a search index from changed records, and the statuses that changed rules affect."""
    rules = _take_in_records(newsroom, catalogue, news, progress)
    _take_in_rules(newsroom, catalogue, rules)


def _take_in_records(
    newsroom: Newsroom, catalogue: Catalogue, news: _News, progress: Progress
) -> RulesInForce:
    """Read changed records into a search index; return the rules that decided their statuses."""
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)
    if news.changed or news.lost or news.folders or catalogue.note(_HEAD) != news.head:
        notes = {_HEAD: news.head, **({_FOLDERS: news.folders} if news.folders else {})}
        with catalogue.updating(news.lost, notes) as put:
            make_entries(newsroom, rules, news.changed, progress, put)
    return rules


def _take_in_rules(newsroom: Newsroom, catalogue: Catalogue, rules: RulesInForce) -> None:
    """Update statuses in a search index after changes of rules for all or for single stories."""
    digest, own = rules.digest(), rules.story_digests()
    known = _read_digests(catalogue.note(_STORY_RULES))
    names = {name for name in {**known, **own} if known.get(name) != own.get(name)}
    if catalogue.note(_RULES) != digest:
        judged = catalogue.signatures_of(rules.rulings.judged_paths)  # those that have a record
        paths = {*catalogue.find_unsure(), *judged}
    elif names:
        paths = {*catalogue.find_by_name(names)}
    else:
        return
    standings: dict[str, Standing] = {}

    def note(entries: Iterable[CatalogueEntry], _broken: Iterable[BrokenRecord]) -> None:
        standings.update((entry.story.path, entry.standing) for entry in entries)

    make_entries(newsroom, rules, dict.fromkeys(paths, 0), _SILENCE, note)
    noted = orjson.dumps(own, option=orjson.OPT_SORT_KEYS).decode()
    catalogue.set_standings(standings, {_RULES: digest, _STORY_RULES: noted})


def _read_digests(noted: str) -> Mapping[str, str]:
    found: dict[str, str] = orjson.loads(noted) if noted else {}
    return found


# Entries: records are read into catalogue entries, on all cores if there are many.

_MANY = 2000  # number of records from which starting other processes pays
_AT_ONCE = 250
_GONE = "gone"

Made = tuple[list[CatalogueEntry], list[BrokenRecord]]
Put = Callable[[Iterable[CatalogueEntry], Iterable[BrokenRecord]], None]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes search index entries from the story records at given paths, also in another process."""

    archive: Archive
    articles: ArticleStore
    rules: RulesInForce

    def __call__(self, signatures: Sequence[tuple[str, int]]) -> Made:
        entries: list[CatalogueEntry] = []
        broken: list[BrokenRecord] = []
        for path, signature in signatures:
            try:
                story = self.archive.read_listed(path)
            except RecordError as error:
                broken.append(
                    BrokenRecord(path=path, signature=signature, what=error.what, hint=error.hint)
                )
            else:
                entries.append(self._make(story, signature))
        return entries, broken

    def _make(self, story: Story, signature: int) -> CatalogueEntry:
        article = self.articles.find_for(story)
        return CatalogueEntry(
            story=story,
            signature=signature,
            standing=standing_of(self.rules, story, lambda _story: article),
            is_gone=story.access == _GONE,
            source=article.source if article else "",
            text=article.text if article else "",
            points=gate.deciding_points(story),
            gate_points=gate.verdict_points(story),
        )


def make_entries(
    newsroom: Newsroom,
    rules: RulesInForce,
    signatures: Mapping[str, int],
    progress: Progress,
    put: Put,
) -> None:
    """Read the story records at these paths; `put` gets index entries and failures in lots."""
    maker = _Maker(newsroom.archive, newsroom.articles, rules)
    waiting = sorted(signatures.items())
    lots = [waiting[at : at + _AT_ONCE] for at in range(0, len(waiting), _AT_ONCE)]
    if len(waiting) >= _MANY and processes.at_once() > 1 and processes.can_fork():
        with contextlib.suppress(WorkerError):  # killed: with little memory, one process is better
            _make_on_all_cores(maker, lots, progress, put)
            return
    for lot in lots:
        put(*maker(lot))


def _make_on_all_cores(
    maker: _Maker, lots: Sequence[Sequence[tuple[str, int]]], progress: Progress, put: Put
) -> None:
    progress.stage("catalogue", sum(map(len, lots)))

    def take(piece: tuple[int, Made]) -> None:
        number, made = piece
        put(*made)
        progress.step(len(lots[number]))

    job = processes.Job(
        pieces=len(lots),
        make=lambda number: [(number, maker(lots[number]))],
        take=take,
        tell=lambda: None,
    )
    processes.do_all(job, processes.at_once())
