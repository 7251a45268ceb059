"""File stories: write their records, and commit them in one change under the write lock.

Old stories move to the archive folder in the same way, once a month.
"""

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


def finish_story(
    settings: Settings, articles: ArticleStore, story: Story, article: Article
) -> Story:
    """Store the article of a new story; return the story with its digests and its sealed part."""
    content = articles.put(article)
    story = replace(story, machine=review.digests(story))
    if settings.key is None:
        return story
    return replace(story, secured=_seal(settings.key, story, article, content))


def reseal_correction(
    settings: Settings, articles: ArticleStore, story: Story, article: Article | None
) -> Story:
    """Store the article of a corrected story; return the story with its seal renewed, if any.

    A seal that the key does not open, or of an unknown form, stays as it is.
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
    """How to file stories: the commit message, and what the round read when it began.

    `before` has the stories by path as the round read them. `branch` is the git branch, "" for
    none. `along` are other files to commit together with the records. Records in `left_alone` are
    not written.
    """

    before: Mapping[str, Story]
    message: str
    branch: str = ""
    along: tuple[FileChange, ...] = ()
    left_alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The result of filing: paths written, paths skipped because a person edits them, failures."""

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRecords:
    """Stories ready to write; `moved` records were edited since the round read them."""

    change: Change
    stories: tuple[Story, ...]
    moved: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()


def prepare_records(
    newsroom: Newsroom, stories: Iterable[Story], order: FilingOrder
) -> PreparedRecords:
    """Turn stories into a change of files; a story that fails does not stop the others.

    A record that was edited since the round read it is left out. `Change.begin` finds the edits
    made after this check.
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
    """Return the stories whose files will be written, without the skipped ones."""
    paths = {*prepared.change.paths} - {*skipped}
    return [story for story in prepared.stories if story.path in paths]


def read_digests(memory: Memory, story: Story) -> dict[str, str]:
    """Return the digests of a story's fields as last filed, {} if they are unknown."""
    return dict(story.machine) or memory.digests(story.path)


def keep_digests(beat: Beat, memory: Memory, stories: Iterable[Story]) -> None:
    """Store digests in the memory if records have no place for them (profile `everyday`)."""
    if not beat.scoring.traits.has_blocks:
        for story in stories:
            if story.machine:
                memory.keep_digests(story.path, dict(story.machine))


def filing_result(prepared: PreparedRecords, done: Committed) -> Filed:
    """Return the result of filing a prepared change."""
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
    """Return a story as its record stores it: without digests in the profile `everyday`."""
    has_blocks = beat.scoring.traits.has_blocks
    return story if has_blocks else replace(story, machine=())


def _stands(root: Path, records: Archive, story: Story, before: Mapping[str, Story]) -> bool:
    """Decide whether a record is still as the round read it, or still missing if it was new."""
    if story.path not in before:
        return not (root / story.path).exists()
    try:
        return records.read(story.path) == before[story.path]
    except CopydeskError:
        return False


# The write lock. It also commits what earlier versions left uncommitted.
#
# Before `archive` had a journal, copydesk wrote files first and committed them later. Files left
# between the two steps are listed in the memory. If the memory was lost, a record is committed if
# git does not know it and all its digests fit. A file that git knows is committed if a verdict is
# its only difference from the last commit.

RULINGS_PATH = "_data/rulings.yaml"
WORD_SECONDS = 10.0  # how long an editor's change waits for the lock before it fails as busy
PATIENCE_SECONDS = 600.0  # how long a round waits: it has done long work by then


def write_lock(root: Path, memory: Memory) -> WriteLock:
    """Return the newsroom's write lock; it replays the memory changes of a killed process."""
    return WriteLock(root, memory.play)


def begin_change(
    memory: Memory,
    lock: WriteLock,
    change: Change,
    remember: Callable[[Sequence[str]], None],
    needed: Collection[str] = (),
) -> Begun:
    """Begin a change of files together with a change of the memory, even if the process is killed.

    `remember` changes the memory; its argument is the paths that are skipped because a person edits
    them. Raises like `Change.begin`.
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
    """Hold the newsroom's write lock for the block, after finishing what a killed process left.

    Raises BusyError if another process holds the lock too long, and RecordError.
    """
    lock = lock or write_lock(newsroom.root, newsroom.memory)
    with lock.hold(wait_seconds):
        _take_over(newsroom.root, newsroom.archive, newsroom.memory, newsroom.now, lock)
        yield lock


def take_over_unknown(records: Archive, memory: Memory, now: datetime, lock: WriteLock) -> None:
    """Commit copydesk's own records that git does not know, after the memory was lost."""
    if not memory.is_new() or not lock.repository.usable:
        return
    with contextlib.suppress(GitError, RecordError):
        unknown = lock.repository.unknown(records.signatures(stories=True))
        ours = [path for path in sorted(unknown) if _is_ours(records, path)]
        _adopt(records, now, lock, ours)


def _take_over(
    root: Path, records: Archive, memory: Memory, now: datetime, lock: WriteLock
) -> None:
    """Commit once what an earlier version left uncommitted, and close that version's journal."""
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
    """Yield the paths of files whose only difference from the last commit is a verdict."""
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
    """Decide whether rulings.yaml differs from the last commit only in verdicts and tombstones."""
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
    """Decide whether copydesk filed a record and nobody edited it; False if it cannot be read."""
    try:
        story = records.read(path)
    except RecordError:
        return False
    return bool(story.machine) and not review.find_hand_edits(story, dict(story.machine))


def _unheard(error: CopydeskError) -> None:
    """Ignore the error: the round reports the records that cannot be read."""


# Archiving: once a month old stories move to `_archive/_news/`, in one commit of their own.


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRecords:
    """The old paths of the records that moved, the failures, and the commit."""

    paths: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


def archive_old_records(newsroom: Newsroom) -> ArchivedRecords:
    """Move the stories older than `records.archive_after_days` to the archive, and commit that.

    Age is counted from the first of the month, so only one round a month finds records to move.
    A record that a person is editing stays until the next round. If committing is impossible, no
    record moves.
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
    """Move the record files, and in the same step their data in the memory."""
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
    """Return the paths of live stories published before a time; unreadable records are skipped.

    A record's name begins with its date, so only records with old names are read. The build
    reports those that cannot be read.
    """
    names = (path for path in records.paths() if path[len("_news/") :] < f"{before:%F}")
    return [path for path in names if _is_older(records, path, before)]


def _is_older(records: Archive, path: str, before: datetime) -> bool:
    try:
        published_at = records.read(path).published_at
    except RecordError:
        return False
    return published_at is not None and published_at < before


# The article and the source of a filed story.


def find_article(articles: ArticleStore, story: Story) -> Article | None:
    """Return the stored article of a story, None if it is no longer stored."""
    found = (articles.find(url) for url in story.addresses)
    return next((article for article in found if article is not None), None)


def read_sealed_source(settings: Settings, story: Story) -> str:
    """Return the source in a record's sealed part, "" if it cannot be opened."""
    if not (story.secured and settings.key):
        return ""
    name = story.path.rsplit("/", 1)[-1]
    try:
        private = json.loads(sealing.unseal(story.secured, settings.key, name))
    except (SealError, ValueError):
        return ""
    source = private.get("source") if isinstance(private, dict) else None
    return source if isinstance(source, str) else ""


# Notes for the person who made a change.

_NO_FLOCK = (
    "this file system has no locks (flock): copydesk keeps its own processes apart by files, on one"
    " host; let no second host that shares the folder work in it"
)


def notes_on(done: Committed, what: str) -> tuple[str, ...]:
    """Return notes for the person who made a change; `what` is a subject and verb such as "it is".

    They say that the change is not committed, and, once per newsroom, that its file system has no
    locks.
    """
    notes = (_NO_FLOCK,) if done.lacks_flock else ()
    if done.obstacle:
        return (f"not committed ({done.obstacle}): {what} on disk, uncommitted", *notes)
    if not done.has_git and done.written:
        return (f"no git repository here: {what} on disk, without a history", *notes)
    return notes


def read_removals(root: Path) -> frozenset[str]:
    """Return the identities of the URLs that editors removed for good; raises RecordError."""
    return frozenset(map(urls.identity, archive.read_rulings(root).removed))
