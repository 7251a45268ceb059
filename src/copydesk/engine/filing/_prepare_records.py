"""File stories: digests, seal, and the change of files that they make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import review
from copydesk.archive import Archive, ArticleStore, FileChange, sealing
from copydesk.archive.change import Change, Committed
from copydesk.config import Settings
from copydesk.engine.filing._notes import notes_on
from copydesk.engine.newsroom import Failure, Newsroom, failure_of
from copydesk.errors import CopydeskError, SealError
from copydesk.kit import dates, urls
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Story


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
