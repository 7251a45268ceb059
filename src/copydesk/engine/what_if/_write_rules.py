"""Write tried rules: beat.toml and files of topics changed in one commit, or left as they are.

change ── drafts, what each file becomes ── unchanged since they were shown ──> one commit
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk import archive, config
from copydesk.archive import FileChange
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.what_if._rule_change import RuleChange, apply_change, edit_words
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text, within

_BEAT = "beat.toml"
_MOST_BYTES = 2_000_000
_NAME = 200
_SUBJECT = "rules"  # of a commit, before what it does


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDraft:
    """What a change of rules would make of the newsroom's files, as a unified diff.

    `stands` changes with the files as they stand: who writes the draft says which he has seen.
    """

    files: tuple[FileChange, ...]
    diff: str
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRules:
    """Which files were changed, in which commit."""

    changed: tuple[str, ...]
    commit: str | None
    notes: tuple[str, ...] = ()


def draft_rules(newsroom: Newsroom, change: RuleChange) -> RulesDraft:
    """Return what a change of rules would make of beat.toml and the files of topics.

    Raises UsageError as `apply_change` does, ConfigError or RecordError where a file cannot be
    changed without touching how the rest of it stands.
    """
    apply_change(newsroom.settings, change)
    files = (*_draft_beat(newsroom, change), *_draft_topics(newsroom, change))
    diff = "".join(_diff(newsroom.root, file) for file in files)
    stands = hashlib.sha256("\n".join(f"{file.path} {file.before}" for file in files).encode())
    return RulesDraft(files=files, diff=diff, stands=stands.hexdigest()[:32])


def write_rules(
    newsroom: Newsroom, change: RuleChange, by: str, stands: str, why: str = ""
) -> WrittenRules:
    """Commit a change of rules under an editor's name.

    Raises UsageError where a file is another one by now than what was seen (`stands`), or where
    nothing would change; else as `draft_rules` does, RecordError where a file has edits that are
    not committed, and BusyError where another process writes.
    """
    with hold_write_lock(newsroom) as lock:
        draft = draft_rules(newsroom, change)
        if not draft.files:
            raise UsageError("nothing would change", subject="rules", hint="move one of them first")
        if draft.stands != stands:
            raise UsageError(
                "the rules were changed meanwhile",
                subject=", ".join(file.path for file in draft.files),
                hint="try yours on the rules of today, then write them",
            )
        commit = archive.Change(
            files=draft.files,
            message=_message(change, by, why),
            when=newsroom.now,
        )
        begun = begin_change(
            newsroom.memory, lock, commit, lambda _skipped: None, needed=commit.paths
        )
        done = begun.finish()
    return WrittenRules(changed=done.written, commit=done.commit, notes=notes_on(done, "it is"))


def undo_rules(newsroom: Newsroom, commit: str, by: str) -> WrittenRules:
    """Take a commit of rules back: its files as they were before it.

    Raises UsageError for another kind of commit, and where one of its files has changed since;
    GitError where there is no such commit; else as `write_rules` does.
    """
    with hold_write_lock(newsroom) as lock:
        done = archive.read_commit(newsroom.root, commit)
        if not done.message.startswith(_SUBJECT):
            raise UsageError("this commit changed no rules from the desk", subject=done.id)
        files = tuple(_take_back(newsroom.root, path, *was) for path, was in done.files.items())
        change = archive.Change(
            files=files,
            message=f"{_SUBJECT}: undo {done.id[:12]}\n\nby {text.fold(by)[:_NAME]}",
            when=newsroom.now,
        )
        begun = begin_change(
            newsroom.memory, lock, change, lambda _skipped: None, needed=change.paths
        )
        finished = begun.finish()
    return WrittenRules(
        changed=finished.written, commit=finished.commit, notes=notes_on(finished, "it is")
    )


def _take_back(root: Path, path: str, before: bytes | None, after: bytes | None) -> FileChange:
    digest = archive.digest(after)
    if archive.digest_of(root, path) != digest:
        raise UsageError(
            "the file has changed since", subject=path, hint="change it back by hand, or here"
        )
    return FileChange(path=path, after=before, before=digest)


def _draft_beat(newsroom: Newsroom, change: RuleChange) -> Iterator[FileChange]:
    values = dict(_list_values(newsroom, change))
    if not values:
        return
    if (newsroom.root / _BEAT).is_symlink():
        raise RecordError(
            "a link to a file elsewhere", subject=_BEAT, hint="change that file by hand"
        )
    try:
        data = within.read_user_file(newsroom.root / _BEAT, _MOST_BYTES)
    except OSError as error:
        raise RecordError(f"cannot read ({error.strerror})", subject=_BEAT) from error
    after = config.change_values(data, values)
    if after != data:
        yield FileChange(path=_BEAT, after=after, before=archive.digest(data))


def _list_values(newsroom: Newsroom, change: RuleChange) -> Iterator[tuple[str, int | float | str]]:
    """Yield the values that differ from those of today, by their paths in beat.toml."""
    scoring, settings = newsroom.beat.scoring, newsroom.settings
    if change.publish_at not in (None, scoring.publish_at):
        yield "scoring.publish_at", change.publish_at
    for name, points in change.points.items():
        if points != getattr(scoring.points, name):
            yield f"scoring.points.{name}", points
    for place, source in enumerate(newsroom.beat.sources):
        trust = change.trust.get(source.url, source.trust)
        if trust != source.trust:
            yield f"source[{place}].trust", trust
    if change.half_life_hours not in (None, settings.front.half_life_hours):
        yield "front.half_life_hours", change.half_life_hours


def _draft_topics(newsroom: Newsroom, change: RuleChange) -> Iterator[FileChange]:
    for topic in newsroom.beat.topics:
        edit = change.keywords.get(topic.name)
        if edit is None:
            continue
        words = edit_words(topic.keywords, edit)
        if words == topic.keywords:
            continue
        added = [word for word in words if word not in topic.keywords]
        path = config.find_topic_file(newsroom.root, topic.name)
        yield archive.edit_keywords(newsroom.root, path, added, edit.dropped)


def _diff(root: Path, file: FileChange) -> str:
    """Return what changes in a file as a unified diff, without line ends of another kind."""
    before = within.read_user_file(root / file.path, _MOST_BYTES).decode("utf-8", "replace")
    after = (file.after or b"").decode("utf-8", "replace")
    lines: Sequence[str] = list(
        difflib.unified_diff(
            before.splitlines(), after.splitlines(), file.path, file.path, lineterm=""
        )
    )
    return "\n".join((*lines, ""))


def _message(change: RuleChange, by: str, why: str) -> str:
    lines = [f"* {line}" for line in describe_change(change)]
    parts = [
        f"{_SUBJECT}: {len(lines)} changed",
        "\n".join(lines),
        text.fold(why)[:_NAME],
        f"by {text.fold(by)[:_NAME]}",
    ]
    return "\n\n".join(filter(None, parts))


def describe_change(change: RuleChange) -> Iterator[str]:
    """Yield a line for each rule that a change moves."""
    if change.publish_at is not None:
        yield f"scoring.publish_at = {change.publish_at}"
    for name, points in change.points.items():
        yield f"scoring.points.{name} = {points}"
    for url, trust in change.trust.items():
        yield text.fold(f"trust {trust}: {url}")[:_NAME]
    for name, edit in change.keywords.items():
        signed = [*(f"+ {word}" for word in edit.added), *(f"- {word}" for word in edit.dropped)]
        yield text.fold(f"{name}: {', '.join(signed)}")[:_NAME]
    if change.half_life_hours is not None:
        yield f"front.half_life_hours = {change.half_life_hours:g}"
