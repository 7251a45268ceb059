"""Filing: stories go in; one change of files, under the write lock, comes out."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from copydesk import archive, review
from copydesk.archive import Archive, ArticleStore, FileChange, record, sealing
from copydesk.archive.change import Begun, Change, Committed, WriteLock
from copydesk.config import Settings
from copydesk.errors import CopydeskError, GitError, RecordError, SealError
from copydesk.kit import dates, text, urls
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Story, Verdict
from copydesk.newsroom._newsroom import Failure, Newsroom, failure_of

# File stories: digests, seal, and the change of files that they make.


def finish_story(
    settings: Settings, articles: ArticleStore, story: Story, article: Article
) -> Story:
    """Return a new story with its digests and its sealed part."""
    content = articles.put(article)
    story = replace(story, machine=review.digests(story))
    if settings.key is None:
        return story
    return replace(story, secured=_seal(settings.key, story, article, content))


def reseal_correction(
    settings: Settings, articles: ArticleStore, story: Story, article: Article | None
) -> Story:
    """Return a corrected story with its article kept, and its seal over the new text if it has one.

    A seal that the key does not open, or of another form, stays as it is.
    """
    if article is None:
        return story
    content = articles.put(article)
    key = settings.key
    if key is None or not story.secured:
        return story
    name = story.path.rsplit("/", 1)[-1]
    try:
        private = json.loads(sealing.unseal(story.secured, key, name))
    except (SealError, ValueError):
        return story
    if not isinstance(private, dict) or private.get("fingerprint", content) == content:
        return story
    plaintext = _canonical({**private, "fingerprint": content})
    return replace(story, secured=sealing.seal(plaintext, key, name))


def _canonical(private: Mapping[str, object]) -> bytes:
    text = json.dumps(private, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _seal(key: bytes, story: Story, article: Article, content: str) -> str:
    private = {
        "id": hashlib.sha256(urls.identity(article.web_url).encode()).hexdigest()[:32],
        "source": article.source,
        "guid": article.guid,
        "found": dates.rfc3339(article.found),
        "fingerprint": content,
    }
    return sealing.seal(_canonical(private), key, story.path.rsplit("/", 1)[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingOrder:
    """How to file: the words of the commit, and what the round found when it began.

    `before` are the records that it changes as they stood, `branch` is git's, "" for none; `along`
    are further files that go into the same commit. Records that are `left_alone` are not written.
    """

    before: Mapping[str, Story]
    message: str
    branch: str = ""
    along: tuple[FileChange, ...] = ()
    left_alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What filing did: the paths written, those left to a person, what failed."""

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRecords:
    """Stories as a change of files; those no longer as they were `before`, and what failed."""

    change: Change
    stories: tuple[Story, ...]
    moved: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()


def prepare_records(
    newsroom: Newsroom, stories: Iterable[Story], order: FilingOrder
) -> PreparedRecords:
    """Make a change of stories; one that cannot be written stops no other.

    A record that no longer says what the round read is left out: a person was faster. What
    changes between this and `Change.begin` is found there.
    """
    files, failed, moved, ready = list(order.along), [], [], []
    for story in stories:
        is_free = story.path not in order.left_alone
        if not is_free or not _stands(newsroom.root, newsroom.archive, story, order.before):
            moved.append(story.path)
            continue
        try:
            one = newsroom.archive.change(as_record(newsroom.beat, story))
        except CopydeskError as error:
            failed.append(failure_of(story.path, error))
            continue
        ready.append(story)
        if one.is_new_bytes:
            files.append(one)
    change = Change(
        files=tuple(files), message=order.message, when=newsroom.now, branch=order.branch
    )
    return PreparedRecords(
        change=change, stories=tuple(ready), moved=tuple(sorted(moved)), failed=tuple(failed)
    )


def stories_to_write(prepared: PreparedRecords, skipped: Collection[str]) -> list[Story]:
    """Return the stories whose records change, but for those left to a person."""
    paths = {*prepared.change.paths} - {*skipped}
    return [story for story in prepared.stories if story.path in paths]


def read_digests(memory: Memory, story: Story) -> dict[str, str]:
    """Return the digests of what the line last wrote of a story, {} where nobody knows."""
    return dict(story.machine) or memory.digests(story.path)


def keep_digests(beat: Beat, memory: Memory, stories: Iterable[Story]) -> None:
    """Remember the digests of stories whose records have no place for them."""
    if not beat.scoring.traits.has_blocks:
        for story in stories:
            if story.machine:
                memory.keep_digests(story.path, dict(story.machine))


def filing_result(prepared: PreparedRecords, done: Committed) -> Filed:
    """Return what came of a prepared change."""
    failed = [failure_of(path, error) for path, error in done.failed]
    if done.error is not None:
        failed.append(failure_of(done.error.subject, done.error))
    return Filed(
        written=done.written,
        skipped=tuple(sorted({*done.skipped, *prepared.moved})),
        failed=(*prepared.failed, *failed),
        notes=notes_on(done, "the records are"),
        commit=done.commit,
    )


def as_record(beat: Beat, story: Story) -> Story:
    """Return a story as its record keeps it: digests have no place in `everyday`."""
    has_blocks = beat.scoring.traits.has_blocks
    return story if has_blocks else replace(story, machine=())


def _stands(root: Path, records: Archive, story: Story, before: Mapping[str, Story]) -> bool:
    """Decide whether a record still says on the disk what the round read, or is not there yet."""
    if story.path not in before:
        return not (root / story.path).exists()
    try:
        return records.read(story.path) == before[story.path]
    except CopydeskError:
        return False


# Writing: the newsroom's write lock, with what earlier versions left taken over first.
#
# A version before the journal of `archive` wrote first and committed then. What it left between the
# two is told by its memory; where that was lost, by records that git does not know and in which
# every
# digest fits; and a verdict cut short is all that parts its record from the last commit.

RULINGS_PATH = "_data/rulings.yaml"
WORD_SECONDS = 10.0  # how long a person's word waits, at most, before it is told busy
PATIENCE_SECONDS = 600.0  # how long a round does: it has work behind it


def write_lock(root: Path, memory: Memory) -> WriteLock:
    """Return the newsroom's write lock; who takes it remembers what a killed change had to."""
    return WriteLock(root, memory.play)


def begin_change(
    memory: Memory,
    lock: WriteLock,
    change: Change,
    remember: Callable[[Sequence[str]], None],
    needed: Collection[str] = (),
) -> Begun:
    """Begin a change of which the memory has to know; a kill parts the two at no moment.

    `remember` changes the memory; it is told which paths are left to a person. Raises as
    `Change.begin` does.
    """

    def note(skipped: Sequence[str]) -> bytes:
        with memory.rehearse() as rehearsal:
            remember(skipped)
        return rehearsal.encode()

    return change.begin(lock, needed=needed, note=note)


@contextlib.contextmanager
def hold_write_lock(
    newsroom: Newsroom, lock: WriteLock | None = None, wait_seconds: float = WORD_SECONDS
) -> Iterator[WriteLock]:
    """Hold the newsroom's write lock for the block; what a kill left is finished then.

    Raises BusyError where another keeps it so long, RecordError.
    """
    lock = lock or write_lock(newsroom.root, newsroom.memory)
    with lock.hold(wait_seconds):
        _take_over(newsroom.root, newsroom.archive, newsroom.memory, newsroom.now, lock)
        yield lock


def take_over_unknown(records: Archive, memory: Memory, now: datetime, lock: WriteLock) -> None:
    """Commit records of ours that git does not know, where the memory of them was lost."""
    if not memory.is_new() or not lock.repository.usable:
        return
    with contextlib.suppress(GitError, RecordError):
        unknown = lock.repository.unknown(records.signatures(stories=True))
        ours = [path for path in sorted(unknown) if _is_ours(records, path)]
        _adopt(records, now, lock, ours)


def _take_over(
    root: Path, records: Archive, memory: Memory, now: datetime, lock: WriteLock
) -> None:
    """Take over, once, what an earlier version left; its memory's journal ends with it."""
    journal = memory.journal()
    is_first = lock.journal.is_new
    stands = {path for path, digest in journal.items() if archive.digest_of(root, path) == digest}
    if is_first and lock.repository.usable and not lock.repository.obstacle():
        with contextlib.suppress(GitError, RecordError):
            stands |= set(_find_cut_short(root, records, lock))
    _adopt(records, now, lock, stands)
    if journal:
        memory.close_journal()
    if is_first:
        lock.journal.begin()


def _adopt(records: Archive, now: datetime, lock: WriteLock, stands: Collection[str]) -> None:
    if not stands:
        return
    titles = sorted(filter(None, (_title(records, path) for path in stands)))
    lines = [f"* {text.fold(title)}" for title in titles]
    subject = f"news: {len(stands)} left from an earlier round"
    message = "\n".join([subject, "", *lines]) if lines else subject
    lock.adopt(sorted(stands), message, now)


def _title(records: Archive, path: str) -> str:
    try:
        return records.read(path).title
    except CopydeskError:
        return ""


def _find_cut_short(root: Path, records: Archive, lock: WriteLock) -> Iterator[str]:
    """Walk the files in which a verdict is the only difference to the last commit."""
    rulings = archive.read_rulings(root)
    said = {
        story.path: story.verdict or rulings.verdict_on(story.path) for story in _stories(records)
    }
    words = {path: verdict for path, verdict in said.items() if verdict is not None}
    edited = lock.repository.find_user_changes([*words, RULINGS_PATH])
    for path in words.keys() & edited:
        if _is_verdict_alone(lock, records.read(path), words[path]):
            yield path
    if RULINGS_PATH in edited and _are_verdicts_alone(root, records, lock):
        yield RULINGS_PATH


def _is_verdict_alone(lock: WriteLock, story: Story, verdict: Verdict) -> bool:
    data = lock.repository.read_commit_bytes(story.path)
    try:
        before = record.parse_story(story.path, data or b"")
    except CopydeskError:
        return False
    return review.obey(replace(before, verdict=story.verdict), verdict) == story


def _are_verdicts_alone(root: Path, records: Archive, lock: WriteLock) -> bool:
    """Decide whether verdicts and tombstones are all that is new among the rulings."""
    data = lock.repository.read_commit_bytes(RULINGS_PATH)
    try:
        before = archive.parse_rulings(data or b"")
        after = archive.read_rulings(root)
        told = archive.edit_rulings(data or b"", after)
    except CopydeskError:
        return False
    return before.rules == after.rules and told == records.file_bytes(RULINGS_PATH)


def _stories(records: Archive) -> Iterator[Story]:
    return records.stories(_unheard)


def _is_ours(records: Archive, path: str) -> bool:
    """Decide whether the line filed a record and nobody has edited it; no for a broken one."""
    try:
        story = records.read(path)
    except RecordError:
        return False
    return bool(story.machine) and not review.find_hand_edits(story, dict(story.machine))


def _unheard(error: CopydeskError) -> None:
    """Hear nothing: the round reports the records that cannot be read."""


# The attic: once a month old stories move to `_archive/_news/`, in one commit of their own.


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRecords:
    """The records that moved, by their old paths; what went wrong; the commit."""

    paths: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


def archive_old_records(newsroom: Newsroom) -> ArchivedRecords:
    """Move the stories older than `records.archive_after_days` and commit that.

    Age is counted from the first of the month, so that one round a month finds something to move
    whatever the memory remembers. A record that a person edits stays until the next round, and
    where nothing can be committed none moves.
    """
    days = newsroom.settings.records.archive_after_days
    before = _start_of_month(newsroom.now) - timedelta(days=days) if days else None
    old = [] if before is None else _old(newsroom.archive, before)
    if not old:
        return ArchivedRecords()
    with hold_write_lock(newsroom, wait_seconds=PATIENCE_SECONDS) as lock:
        if lock.repository.usable and (obstacle := lock.repository.obstacle()):
            return ArchivedRecords(
                notes=(f"{len(old)} old stories are not archived yet ({obstacle})",)
            )
        try:
            return _move(newsroom, lock, old)
        except GitError as error:
            return ArchivedRecords(notes=(f"old stories are not archived yet ({error})",))


def _move(newsroom: Newsroom, lock: WriteLock, old: Sequence[str]) -> ArchivedRecords:
    """Move the files; what is known of their records moves along, before they do."""
    moves, failed = [], []
    for path in old:
        try:
            moves.append(newsroom.archive.archiving(path))
        except CopydeskError as error:
            failed.append(failure_of(path, error))

    def remember(skipped: Sequence[str]) -> None:
        for move in moves:
            if move.path not in skipped:
                newsroom.memory.move(move.moved_from, move.path)

    begun = begin_change(
        newsroom.memory, lock, _change(newsroom.settings, newsroom.now, moves), remember
    )
    if begun.error is not None:
        raise begun.error
    done = begun.finish()
    return ArchivedRecords(
        paths=tuple(move.moved_from for move in moves if move.path in done.written),
        failed=(*failed, *(failure_of(path, error) for path, error in done.failed)),
        notes=notes_on(done, "what moved is") if done.has_git else (),
        commit=done.commit,
    )


def _change(settings: Settings, now: datetime, moves: Sequence[FileChange]) -> Change:
    days = settings.records.archive_after_days
    message = f"archive: {len(moves)} stories older than {days} days, {now:%B %Y}"
    return Change(files=tuple(moves), message=message, when=now)


def _start_of_month(moment: datetime) -> datetime:
    return dates.utc(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _old(records: Archive, before: datetime) -> list[str]:
    """Return the paths of live stories from before a time; the build reports those it cannot read.

    A record's name begins with its day, so that only old ones are read.
    """
    names = (path for path in records.paths() if path[len("_news/") :] < f"{before:%F}")
    return [path for path in names if _is_older(records, path, before)]


def _is_older(records: Archive, path: str, before: datetime) -> bool:
    try:
        published_at = records.read(path).published_at
    except RecordError:
        return False
    return published_at is not None and published_at < before


# Where a filed story came from: its stored article, and the source that its seal names.


def find_article(articles: ArticleStore, story: Story) -> Article | None:
    """Return the article that a story was made of, None where it is no longer kept."""
    found = (articles.find(url) for url in story.addresses)
    return next((article for article in found if article is not None), None)


def read_sealed_source(settings: Settings, story: Story) -> str:
    """Return the source that a record says in its sealed part, "" without the key."""
    if not (story.secured and settings.key):
        return ""
    name = story.path.rsplit("/", 1)[-1]
    try:
        private = json.loads(sealing.unseal(story.secured, settings.key, name))
    except (SealError, ValueError):
        return ""
    source = private.get("source") if isinstance(private, dict) else None
    return source if isinstance(source, str) else ""


# Notes: what a person is told of a change beside that it was made.

_NO_FLOCK = (
    "this file system has no locks (flock): copydesk keeps its own processes apart by files, on one"
    " host; let no second host that shares the folder work in it"
)


def notes_on(done: Committed, what: str) -> tuple[str, ...]:
    """Return what a person is told of a change; `what` is "it is" or so.

    That no commit holds it, and, once a newsroom, that its file system has no locks.
    """
    notes = (_NO_FLOCK,) if done.lacks_flock else ()
    if done.obstacle:
        return (f"not committed ({done.obstacle}): {what} on disk, uncommitted", *notes)
    if not done.has_git and done.written:
        return (f"no git repository here: {what} on disk, without a history", *notes)
    return notes


# Removals: the addresses that an editor took away for good.


def read_removals(root: Path) -> frozenset[str]:
    """Return the identities of addresses that an editor removed for good; raises RecordError."""
    return frozenset(map(urls.identity, archive.read_rulings(root).removed))
