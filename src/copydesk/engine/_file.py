"""File stories: digests, seal, bytes on the disk, one commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from copydesk import archive, review
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.report import Failure
from copydesk.errors import CopydeskError, GitError
from copydesk.kit import dates, urls
from copydesk.news import Article, Story


@dataclass(slots=True, kw_only=True)
class Filed:
    """What filing did."""

    written: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    commit: str | None = None


def finished(newsroom: Newsroom, story: Story, article: Article) -> Story:
    """Give a new story its digests and its sealed part."""
    content = newsroom.articles.put(article)
    story = replace(story, machine=review.digests(story))
    if newsroom.settings.key is None:
        return story
    return replace(story, secured=_sealed(newsroom.settings.key, story, article, content))


def _sealed(key: bytes, story: Story, article: Article, content: str) -> str:
    private = {
        "id": hashlib.sha256(urls.identity(article.web_url).encode()).hexdigest()[:32],
        "source": article.source,
        "guid": article.guid,
        "found": dates.rfc3339(article.found),
        "fingerprint": content,
    }
    plaintext = json.dumps(private, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return archive.seal(plaintext.encode(), key, story.path.rsplit("/", 1)[-1])


def file(
    newsroom: Newsroom, stories: Iterable[Story], before: Mapping[str, Story], message: str
) -> Filed:
    """Write stories to the disk and commit them; what an earlier round left behind goes along.

    A record that a person has under the pen (dirty, staged, or no longer as it was `before`) is
    left alone and listed as skipped. The journal says beforehand what is written, so that a round
    that was killed between writing and committing is finished by the next.
    """
    filed = Filed()
    repository = archive.Repository(newsroom.root)
    left_over = _left_over(newsroom)
    for story in _not_under_the_pen(repository, list(stories), before, left_over, filed):
        if story.path in before and not _stands(newsroom, before[story.path]):
            filed.skipped.append(story.path)
        else:
            _write(newsroom, story, filed)
    _commit(newsroom, repository, sorted({*filed.written, *left_over}), message, filed)
    return filed


def _left_over(newsroom: Newsroom) -> dict[str, str]:
    """Give what the journal says was written and still stands so, uncommitted."""
    return {
        path: digest
        for path, digest in newsroom.memory.journal().items()
        if _digest(newsroom, path) == digest
    }


def _digest(newsroom: Newsroom, path: str) -> str:
    try:
        return hashlib.sha256((newsroom.root / path).read_bytes()).hexdigest()
    except OSError:
        return ""


def _not_under_the_pen(
    repository: archive.Repository,
    stories: list[Story],
    before: Mapping[str, Story],
    left_over: Mapping[str, str],
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
    touched -= left_over.keys()
    filed.skipped.extend(sorted(touched))
    return [story for story in stories if story.path not in touched]


def _stands(newsroom: Newsroom, story: Story) -> bool:
    """Say whether the record on the disk still says what the round read when it began."""
    try:
        return newsroom.archive.read(story.path) == story
    except CopydeskError:
        return False


def _write(newsroom: Newsroom, story: Story, filed: Filed) -> None:
    try:
        digests = story.machine
        if newsroom.beat.scoring.profile == "everyday":
            story = replace(story, machine=())  # its records have no block of ours
        data = archive.emit_story(story)
        newsroom.memory.open_journal({story.path: hashlib.sha256(data).hexdigest()})
        if newsroom.archive.write(story):
            filed.written.append(story.path)
        if newsroom.beat.scoring.profile == "everyday":
            newsroom.memory.keep_digests(story.path, dict(digests))
    except CopydeskError as error:
        filed.failed.append(
            Failure(url=error.subject or story.path, what=error.what, hint=error.hint)
        )


def _commit(
    newsroom: Newsroom,
    repository: archive.Repository,
    paths: list[str],
    message: str,
    filed: Filed,
) -> None:
    if not paths:
        return
    if not repository.usable:
        filed.notes.append("no git repository here: the records are on disk, without a history")
        newsroom.memory.close_journal()
        return
    obstacle = repository.obstacle()
    if obstacle:
        filed.notes.append(f"not committed ({obstacle}): the records are on disk, uncommitted")
        return
    try:
        filed.commit = repository.commit(paths, message, when=newsroom.now)
    except GitError as error:
        filed.notes.append(f"not committed ({error}): the records are on disk, uncommitted")
        filed.failed.append(Failure(url=error.subject, what=error.what, hint=error.hint))
        return
    newsroom.memory.close_journal()
