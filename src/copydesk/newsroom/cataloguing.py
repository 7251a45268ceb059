"""Cataloguing: records and articles go in; a catalogue that is up to date with them comes out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import orjson

from copydesk.archive import Archive, ArticleStore, Signature, git
from copydesk.catalogue import BrokenRecord, Catalogue, CatalogueEntry, read_signatures
from copydesk.errors import CatalogueError, CopydeskError, RecordError, WorkerError
from copydesk.judge import gate
from copydesk.kit import processes, text
from copydesk.news import Story
from copydesk.newsroom._newsroom import TICK_NS, Failure, Newsroom, Progress, Silence, Troubles
from copydesk.newsroom.filing import find_article
from copydesk.newsroom.standings import RulesInForce, digest_rules, read_rules, standing_of

# Refresh: the catalogue brought up to date for its own sake, and whether that is called for.


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueReport:
    """What a catalogue knows now: so many `stories`, of which it had to read some anew.

    `lost` are records that are no more, `failed` those that cannot be read.
    """

    stories: int
    read: int
    lost: int
    seconds: float
    failed: tuple[Failure, ...] = ()


def refresh_catalogue(newsroom: Newsroom, progress: Progress) -> CatalogueReport:
    """Bring the catalogue's file up to date with every record.

    Raises CatalogueError where it can be neither read nor written, and RecordError where a folder
    of records cannot be listed.
    """
    began, troubles = time.monotonic(), Troubles()
    with contextlib.closing(Catalogue(newsroom.private / FILE)) as catalogue:
        before = catalogue.signatures()
        sweep_records(newsroom, catalogue, progress)
        after = catalogue.signatures()
        report_failures(catalogue, troubles)
    failed = troubles.failures()
    return CatalogueReport(
        stories=len(after) - len(failed),
        # too fresh to be told apart by its times, a record has no signature and is read each time
        read=sum(not now or before.get(path) != now for path, now in after.items()),
        lost=len(before.keys() - after.keys()),
        seconds=round(time.monotonic() - began, 3),
        failed=failed,
    )


def find_stale_entries(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of some records that have changed since the catalogue read them.

    Records are given by path with their signatures, None for one that is not there. The catalogue
    is only read, so that a server of an older version leaves it as it is.
    """
    known = read_signatures(newsroom.private / FILE, signatures)
    now = {path: hash(sign) for path, sign in signatures.items() if sign is not None}
    return {path for path in signatures if now.get(path) != known.get(path)}


# Open a newsroom's catalogue: its file, or where that cannot be had one in memory.

FILE = "catalogue.sqlite"
_Answer = TypeVar("_Answer")
Warn = Callable[[CatalogueError], None]


def _say_nothing(_error: CatalogueError) -> None:
    """Warn of nothing."""


@contextlib.contextmanager
def open_catalogue(private: Path, warn: Warn = _say_nothing) -> Iterator[Catalogue]:
    """Open the catalogue below `private` for the block, to be brought up to date by the caller.

    Where its file can be neither opened nor made it is one in memory, for which every record is
    read: slower, and `warn` is told.
    """
    try:
        catalogue = Catalogue(private / FILE)
    except CatalogueError as error:
        warn(error)
        catalogue = Catalogue()
    with contextlib.closing(catalogue):
        yield catalogue


@contextlib.contextmanager
def open_swept_catalogue(
    newsroom: Newsroom, progress: Progress, warn: Warn = _say_nothing
) -> Iterator[tuple[Catalogue, Snapshot]]:
    """Open the catalogue, up to date with every record, for the block; and say how these stand.

    Where its file cannot be opened, read or written it is one in memory, and `warn` is told.
    """
    with contextlib.ExitStack() as stack:
        try:
            catalogue = stack.enter_context(contextlib.closing(Catalogue(newsroom.private / FILE)))
            snapshot = sweep_records(newsroom, catalogue, progress)
        except CatalogueError as error:
            warn(error)
            catalogue = stack.enter_context(contextlib.closing(Catalogue()))
            snapshot = sweep_records(newsroom, catalogue, progress)
        yield catalogue, snapshot


def ask_catalogue(
    newsroom: Newsroom, question: Callable[[Catalogue], _Answer], warn: Warn = _say_nothing
) -> _Answer:
    """Return the answer to a question that is put to a catalogue up to date with all commits.

    Where its file cannot be opened, read or written the question is put again, to one in memory for
    which every record is read, and `warn` is told.
    """
    try:
        with contextlib.closing(Catalogue(newsroom.private / FILE)) as catalogue:
            follow_commits(newsroom, catalogue)
            return question(catalogue)
    except CatalogueError as error:
        warn(error)
    with contextlib.closing(Catalogue()) as catalogue:
        follow_commits(newsroom, catalogue)
        return question(catalogue)


# Follow: a catalogue is brought up to date with the records, by what has changed in them.
#
#     sweep_records    every record's entry in its folder is looked at, none opened: a few µs each
#     follow_commits   what git's commits changed since the catalogue was last looked at
#
# A sweep misses nothing. What follows commits alone misses what was edited and not committed since
# the last sweep, until that is among an answer: who asks reads the records that it is given.

_HEAD, _RULES, _STORY_RULES = "head", "rules", "story rules"  # what it is up to date with
_SILENCE = Silence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How the records stood at a moment (ns since 1970), without reading one."""

    taken_ns: int
    signatures: Mapping[str, Signature]

    def find_changes(self, now: Snapshot) -> set[str]:
        """Return the paths of records that are there now, and are new or may have changed."""
        return {
            path
            for path, signature in now.signatures.items()
            if signature != self.signatures.get(path) or not _is_settled(signature, self.taken_ns)
        }


def take_snapshot(records: Archive) -> Snapshot:
    """Return how the records stand; raises RecordError where a folder cannot be listed."""
    return Snapshot(taken_ns=time.time_ns(), signatures=records.signatures(stories=True))


def sweep_records(
    newsroom: Newsroom, catalogue: Catalogue, progress: Progress = _SILENCE
) -> Snapshot:
    """Bring a catalogue up to date with every record; return how they stand.

    Raises RecordError where a folder cannot be listed: its stories have not gone.
    """
    head = git.Repository(newsroom.root).head()
    now = take_snapshot(newsroom.archive)
    stand = dict(_sign(now.signatures, now.taken_ns))
    before = catalogue.signatures()
    changed = {
        path: signature
        for path, signature in stand.items()
        if not signature or before.get(path) != signature
    }
    _take_in(newsroom, catalogue, _News(changed, before.keys() - stand.keys(), head), progress)
    return now


def follow_commits(newsroom: Newsroom, catalogue: Catalogue, progress: Progress = _SILENCE) -> None:
    """Bring a catalogue up to date with what was committed since it was last looked at.

    Where no commit can tell that, in a folder without git or after history was rewritten, every
    record is swept. Raises RecordError as `sweep_records` does.
    """
    repository = git.Repository(newsroom.root)
    head, known = repository.head(), catalogue.note(_HEAD)
    paths = repository.find_changes_between(known, head) if known and head else None
    if paths is None:
        sweep_records(newsroom, catalogue, progress)
        return
    news = _look_at(newsroom.archive, newsroom.archive.story_paths_among(paths), head)
    _take_in(newsroom, catalogue, news, progress)


def look_again(newsroom: Newsroom, catalogue: Catalogue, paths: Iterable[str]) -> None:
    """Bring a catalogue up to date with the records among these paths."""
    records = newsroom.archive.story_paths_among(paths)
    news = _look_at(newsroom.archive, records, catalogue.note(_HEAD))
    _take_in(newsroom, catalogue, news, _SILENCE)


def recheck(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> bool:
    """Bring a catalogue up to date with those of these records that changed; False for none."""
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
    """Do as `recheck` does, and leave it to others to look at all stories by changed rules.

    That takes seconds where there are many; `stands_by_former_rules` says that it is to be done.
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
    """Decide whether stories stand where they did by rules that have changed for all since."""
    return catalogue.note(_RULES) != digest_rules(newsroom.beat, newsroom.now)


def report_failures(catalogue: Catalogue, trouble: Callable[[CopydeskError], None]) -> None:
    """Let `trouble` know of each record that cannot be read."""
    for record in catalogue.list_failures():
        trouble(RecordError(record.what, subject=record.path, hint=record.hint))


@dataclass(frozen=True, slots=True)
class _News:
    """Records that are new or changed, with their signatures, and those that are lost."""

    changed: Mapping[str, int]
    lost: Collection[str]
    head: str


def _look_at(records: Archive, paths: Collection[str], head: str) -> _News:
    taken_ns = time.time_ns()
    signatures = {path: records.signature(path) for path in paths if text.is_encodable(path)}
    there = {path: signature for path, signature in signatures.items() if signature is not None}
    return _News(dict(_sign(there, taken_ns)), signatures.keys() - there.keys(), head)


def _take_in(newsroom: Newsroom, catalogue: Catalogue, news: _News, progress: Progress) -> None:
    """Read what has changed, and where other rules hold by now look where stories stand."""
    rules = _take_in_records(newsroom, catalogue, news, progress)
    _take_in_rules(newsroom, catalogue, rules)


def _take_in_records(
    newsroom: Newsroom, catalogue: Catalogue, news: _News, progress: Progress
) -> RulesInForce:
    """Read what has changed; return the rules by which it stands where it does."""
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)
    if news.changed or news.lost or catalogue.note(_HEAD) != news.head:
        entries, broken = make_entries(newsroom, rules, news.changed, progress)
        catalogue.update(entries, broken, news.lost, {_HEAD: news.head})
    return rules


def _take_in_rules(newsroom: Newsroom, catalogue: Catalogue, rules: RulesInForce) -> None:
    """Look where stories stand whose rules are others by now: all of them, or those few."""
    digest, own = rules.digest(), rules.story_digests()
    known = _read_digests(catalogue.note(_STORY_RULES))
    names = {name for name in {**known, **own} if known.get(name) != own.get(name)}
    if catalogue.note(_RULES) != digest:
        judged = catalogue.signatures_of(rules.judged_paths)  # those that are records
        paths = {*catalogue.find_unsure(), *judged}
    elif names:
        paths = {*catalogue.find_by_name(names)}
    else:
        return
    entries, _ = make_entries(newsroom, rules, dict.fromkeys(sorted(paths), 0), _SILENCE)
    standings = {entry.story.path: entry.standing for entry in entries}
    noted = orjson.dumps(own, option=orjson.OPT_SORT_KEYS).decode()
    catalogue.set_standings(standings, {_RULES: digest, _STORY_RULES: noted})


def _read_digests(noted: str) -> Mapping[str, str]:
    found: dict[str, str] = orjson.loads(noted) if noted else {}
    return found


def _sign(signatures: Mapping[str, Signature], taken_ns: int) -> Iterator[tuple[str, int]]:
    """Yield one number for each signature, 0 for one that an edit may leave as it is.

    A name that is not UTF-8 is left out: nothing can say it.
    """
    for path, signature in signatures.items():
        if path.isascii() or text.is_encodable(path):
            yield path, hash(signature) if _is_settled(signature, taken_ns) else 0


def _is_settled(signature: Signature, taken_ns: int) -> bool:
    """Decide whether another edit would leave another signature than this one.

    What was changed a moment ago may change again within a tick of the file system's clock. What
    was changed in the future, before the clock was set back, may not.
    """
    return abs(taken_ns - signature.changed_ns) > TICK_NS


# Entries: records are read, many of them on all cores, for what a catalogue knows of them.

_MANY = 2000  # records from which other cores are worth their start
_AT_ONCE = 250
_GONE = "gone"

Made = tuple[list[CatalogueEntry], list[BrokenRecord]]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Make entries of records, by their paths and signatures."""

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
        article = find_article(self.articles, story)
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
    newsroom: Newsroom, rules: RulesInForce, signatures: Mapping[str, int], progress: Progress
) -> Made:
    """Read the records at these paths; return their entries, and those that cannot be read."""
    maker = _Maker(newsroom.archive, newsroom.articles, rules)
    waiting = sorted(signatures.items())
    if len(waiting) < _MANY or processes.at_once() < 2 or not processes.can_fork():
        return maker(waiting)
    progress.stage("catalogue", len(waiting))
    try:
        return _fold(_make_on_all_cores(maker, waiting, progress))
    except WorkerError:  # killed, as where memory is short: one process needs less of it
        return maker(waiting)


def _make_on_all_cores(
    maker: _Maker, waiting: Sequence[tuple[str, int]], progress: Progress
) -> list[Made]:
    lots = [waiting[at : at + _AT_ONCE] for at in range(0, len(waiting), _AT_ONCE)]
    made: dict[int, Made] = {}

    def take(piece: tuple[int, Made]) -> None:
        number, made[number] = piece
        progress.step(len(lots[number]))

    job = processes.Job(
        pieces=len(lots),
        make=lambda number: [(number, maker(lots[number]))],
        take=take,
        tell=lambda: None,
    )
    processes.do_all(job, processes.at_once())
    return [made[number] for number in range(len(lots))]


def _fold(lots: Iterable[Made]) -> Made:
    entries: list[CatalogueEntry] = []
    broken: list[BrokenRecord] = []
    for some, others in lots:
        entries += some
        broken += others
    return entries, broken
