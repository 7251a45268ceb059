"""File stories: digests, seal, bytes on the disk, one commit."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from copydesk import archive, review
from copydesk.engine._mishap import failure_of
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.report import Failure
from copydesk.errors import CopydeskError, GitError, SealError
from copydesk.kit import dates, urls
from copydesk.news import Article, Story


@dataclass(slots=True, kw_only=True)
class Filed:
    """What filing did; `left_over` are the paths that an earlier round wrote."""

    written: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_over: frozenset[str] = frozenset()
    commit: str | None = None


def finished(newsroom: Newsroom, story: Story, article: Article) -> Story:
    """Give a new story its digests and its sealed part."""
    content = newsroom.articles.put(article)
    story = replace(story, machine=review.digests(story))
    if newsroom.settings.key is None:
        return story
    return replace(story, secured=_sealed(newsroom.settings.key, story, article, content))


def corrected(newsroom: Newsroom, story: Story, article: Article | None) -> Story:
    """Give a corrected story with its article kept, and its seal over the new text if it has one.

    A seal that the key does not open, or of another form, stays as it is.
    """
    if article is None:
        return story
    content = newsroom.articles.put(article)
    key = newsroom.settings.key
    if key is None or not story.secured:
        return story
    name = story.path.rsplit("/", 1)[-1]
    try:
        private = json.loads(archive.unseal(story.secured, key, name))
    except (SealError, ValueError):
        return story
    if not isinstance(private, dict) or private.get("fingerprint", content) == content:
        return story
    plaintext = _canonical({**private, "fingerprint": content})
    return replace(story, secured=archive.seal(plaintext, key, name))


def _canonical(private: Mapping[str, object]) -> bytes:
    text = json.dumps(private, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _sealed(key: bytes, story: Story, article: Article, content: str) -> str:
    private = {
        "id": hashlib.sha256(urls.identity(article.web_url).encode()).hexdigest()[:32],
        "source": article.source,
        "guid": article.guid,
        "found": dates.rfc3339(article.found),
        "fingerprint": content,
    }
    return archive.seal(_canonical(private), key, story.path.rsplit("/", 1)[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How to file: the words of the commit, and what the round found when it began.

    `before` are the records that it changes as they stood, `branch` is git's, "" for none;
    `left_over` is what an earlier round left behind.
    """

    before: Mapping[str, Story]
    message: str
    branch: str = ""
    left_over: Mapping[str, str] = field(default_factory=dict)


def file(newsroom: Newsroom, stories: Iterable[Story], order: Order) -> Filed:
    """Write stories to the disk and commit them; what an earlier round left behind goes along.

    A record that a person has under the pen (dirty, staged, or no longer as it was `before`) is
    left alone and listed as skipped. The journal says beforehand what is written, so that a round
    that was killed between writing and committing is finished by the next.
    """
    left = set(order.left_over)
    filed = Filed(left_over=frozenset(left))
    repository = archive.Repository(newsroom.root)
    free = _not_under_the_pen(repository, list(stories), order.before, left, filed)
    changed = {one.path for one in free if not _stands(newsroom, one, order.before)}
    filed.skipped.extend(sorted(changed))
    _write_all(newsroom, [one for one in free if one.path not in changed], filed)
    _commit(newsroom, repository, sorted({*filed.written, *left}), order, filed)
    return filed


def left_over(newsroom: Newsroom) -> dict[str, str]:
    """Give the title, by its path, of each record that a killed round wrote and did not commit.

    What is no record has the title "".
    """
    paths = _left_over(newsroom, archive.Repository(newsroom.root))
    return {path: _title(newsroom, path) for path in sorted(paths)}


def _title(newsroom: Newsroom, path: str) -> str:
    try:
        return newsroom.archive.read(path).title
    except CopydeskError:
        return ""


def _left_over(newsroom: Newsroom, repository: archive.Repository) -> set[str]:
    """Give the records that an earlier round wrote, that stand so still and are in no commit.

    The journal names them. Where it was lost with the memory, the records that git does not know
    and in which every digest fits tell of themselves.
    """
    journal = newsroom.memory.journal().items()
    known = {path for path, digest in journal if _digest(newsroom, path) == digest}
    if known or not newsroom.memory.is_new() or not repository.usable:
        return known
    ours = [story.path for story in newsroom.archive.stories(_unheard) if _is_ours(story)]
    with contextlib.suppress(GitError):
        known = repository.unknown(ours)
    return known


def _is_ours(story: Story) -> bool:
    return bool(story.machine) and not review.touched(story, dict(story.machine))


def _unheard(error: CopydeskError) -> None:
    """Hear nothing: the round has reported the records that cannot be read already."""


def _digest(newsroom: Newsroom, path: str) -> str:
    try:
        return hashlib.sha256((newsroom.root / path).read_bytes()).hexdigest()
    except OSError:
        return ""


def _not_under_the_pen(
    repository: archive.Repository,
    stories: list[Story],
    before: Mapping[str, Story],
    left_over: set[str],
    filed: Filed,
) -> list[Story]:
    if not repository.usable:
        return stories
    try:
        touched = repository.changed_by_user([story.path for story in stories])
    except GitError as error:
        filed.notes.append(
            f"git cannot say which records are edited ({error}): only new ones written"
        )
        touched = set(before)
    touched -= left_over
    filed.skipped.extend(sorted(touched))
    return [story for story in stories if story.path not in touched]


def _stands(newsroom: Newsroom, story: Story, before: Mapping[str, Story]) -> bool:
    """Say whether a record still says on the disk what the round read when it began."""
    if story.path not in before:
        return True
    try:
        return newsroom.archive.read(story.path) == before[story.path]
    except CopydeskError:
        return False


def _write_all(newsroom: Newsroom, stories: list[Story], filed: Filed) -> None:
    """Write the journal once, then each record; one that cannot be written stops no other."""
    has_blocks = newsroom.beat.scoring.traits.has_blocks
    digests: dict[str, str] = {}
    ready: list[tuple[Story, Story]] = []
    for story in stories:
        record = story if has_blocks else replace(story, machine=())
        try:
            digests[story.path] = hashlib.sha256(archive.emit_story(record)).hexdigest()
        except CopydeskError as error:
            filed.failed.append(failure_of(story.path, error))
        else:
            ready.append((story, record))
    with newsroom.memory.together():
        newsroom.memory.open_journal(digests)
    for story, record in ready:
        _write(newsroom, record, filed)
        if not has_blocks and story.machine:
            newsroom.memory.keep_digests(story.path, dict(story.machine))


def _write(newsroom: Newsroom, record: Story, filed: Filed) -> None:
    try:
        if newsroom.archive.write(record):
            filed.written.append(record.path)
    except CopydeskError as error:
        filed.failed.append(failure_of(record.path, error))


def _commit(
    newsroom: Newsroom,
    repository: archive.Repository,
    paths: list[str],
    order: Order,
    filed: Filed,
) -> None:
    if not paths:
        return
    if not repository.usable:
        filed.notes.append("no git repository here: the records are on disk, without a history")
        newsroom.memory.close_journal()
        return
    obstacle = repository.obstacle()
    if not obstacle and repository.branch() != order.branch:
        obstacle = f"the branch changed from {order.branch} to {repository.branch()} meanwhile"
    if obstacle:
        filed.notes.append(f"not committed ({obstacle}): the records are on disk, uncommitted")
        return
    try:
        filed.commit = repository.commit(paths, order.message, when=newsroom.now)
    except GitError as error:
        filed.notes.append(f"not committed ({error}): the records are on disk, uncommitted")
        filed.failed.append(Failure(url=error.subject, what=error.what, hint=error.hint))
        return
    newsroom.memory.close_journal()
