"""Try out a change of scoring rules on stories that stay in memory, and commit the change."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from copydesk import archive, config
from copydesk.archive import FileChange, topic_file
from copydesk.config import Settings
from copydesk.editing.what_if import _try_rules
from copydesk.editing.what_if._bench import Bench
from copydesk.editing.what_if._open_bench import open_bench
from copydesk.errors import UsageError
from copydesk.kit import text, within
from copydesk.kit.kinds import options_of
from copydesk.kit.options import Unfit
from copydesk.news import Beat, Source, Story, Topic
from copydesk.news.beat import FrontOptions, Scoring, SignalPoints
from copydesk.news.source import Trust
from copydesk.newsroom import Newsroom, Progress, ResidentNewsroom
from copydesk.newsroom.settings import (
    SettingsEdit,
    SettingsReport,
    clean_keyword,
    commit_settings,
    read_beat_file,
    undo_settings,
)

DAYS = 30
_FRESH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRules:
    """The result of trying out a change of rules: its effect on stories, and the changed files.

    `front` compares the front page under these rules with today's.
    """

    summary: _try_rules.Summary
    front: tuple[_try_rules.FrontPlace, ...]
    draft: RulesDraft


class Workbench:
    """Tries out and commits changes of a site's scoring rules; used by one thread at a time.

    Its creator closes it. Between calls the stories stay in memory (about 15 kB each) until
    `forget` is called.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Open the newsroom folder `root`; raises ConfigError, MemoryStoreError."""
        self._resident = ResidentNewsroom(root, environ)
        self._kept: tuple[tuple[object, ...], datetime, Bench] | None = None
        self._front_today: Sequence[Story] = ()

    def try_change(self, change: RuleChange, progress: Progress) -> TriedRules:
        """Try out a change of rules on the stories of thirty days; return what it would change.

        Raises as `apply_change` does.
        """
        newsroom = self._open()
        settings = apply_change(newsroom.settings, change)
        draft = draft_rules(newsroom, change)
        bench = self._bench(newsroom, progress)
        outcome = _try_rules.try_rules(bench, settings, progress)
        judged = outcome if change.judges else None
        front = _try_rules.compare_fronts(
            self._front_today, _try_rules.plan_front(bench, judged, settings)
        )
        summary = _try_rules.summarize(bench, outcome, change.keywords)
        return TriedRules(summary=summary, front=front, draft=draft)

    def write(self, change: RuleChange, by: str, stands: str, why: str) -> SettingsReport:
        """Commit a change of scoring rules.

        Raises as `write_rules` does.
        """
        return write_rules(self._open(), change, by, stands, why)

    def undo(self, commit: str, by: str) -> SettingsReport:
        """Undo a commit that changed rules; raises as `undo_settings` does."""
        return undo_settings(self._open(), commit, by)

    def forget(self) -> None:
        """Release the memory that the loaded stories take."""
        self._kept = None

    def close(self) -> None:
        """Close the newsroom's databases."""
        self._resident.close()

    def _open(self) -> Newsroom:
        return self._resident.newsroom(datetime.now(UTC))

    def _bench(self, newsroom: Newsroom, progress: Progress) -> Bench:
        """Return the open test bench if commit and settings are unchanged, else open a new one."""
        head = newsroom.repository.head()
        settings = newsroom.settings
        key = (head, newsroom.beat, settings.review, settings.front)
        if self._kept is not None:
            known, since, bench = self._kept
            if known == key and newsroom.now - since < _FRESH:
                return bench
        self._kept = None
        bench = open_bench(newsroom, DAYS, progress)
        self._kept = (key, newsroom.now, bench)
        self._front_today = _try_rules.plan_front(bench, None, settings)
        return bench


# Writing tried rules: beat.toml and the topics' files are changed in one commit, if they are
# unchanged since the draft was shown.

_BEAT = "beat.toml"
_MOST_BYTES = 2_000_000
_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDraft:
    """The newsroom files that a change of rules would change, with a unified diff.

    `stands` changes with the present files: a writer passes the value that was shown with the
    draft.
    """

    files: tuple[FileChange, ...]
    diff: str
    stands: str


def draft_rules(newsroom: Newsroom, change: RuleChange) -> RulesDraft:
    """Return the file changes that a change of scoring rules needs; nothing is written.

    Raises UsageError as `apply_change` does, ConfigError or RecordError if a file cannot be changed
    without altering the rest of it.
    """
    apply_change(newsroom.settings, change)
    files = (*_draft_beat(newsroom, change), *_draft_topics(newsroom, change))
    diff = "".join(_diff(newsroom.root, file) for file in files)
    stands = hashlib.sha256("\n".join(f"{file.path} {file.before}" for file in files).encode())
    return RulesDraft(files=files, diff=diff, stands=stands.hexdigest()[:32])


def write_rules(
    newsroom: Newsroom, change: RuleChange, by: str, stands: str, why: str = ""
) -> SettingsReport:
    """Commit a change of rules in beat.toml and topic files under an editor's name.

    Raises UsageError if a file has changed since the draft (`stands`), or if nothing would change;
    also raises as `draft_rules` and `commit_settings` do.
    """

    def make() -> SettingsEdit:
        draft = draft_rules(newsroom, change)
        if not draft.files:
            raise UsageError("nothing would change", subject="rules", hint="change a rule first")
        if draft.stands != stands:
            raise UsageError(
                "somebody changed the rules in the meantime",
                subject=", ".join(file.path for file in draft.files),
                hint="try your changes with the rules of today, then save them",
            )
        lines = tuple(f"* {line}" for line in describe_change(change))
        return SettingsEdit(files=draft.files, subject=f"rules: {len(lines)} changed", lines=lines)

    return commit_settings(newsroom, make, by, why)


def _draft_beat(newsroom: Newsroom, change: RuleChange) -> Iterator[FileChange]:
    values = dict(_list_values(newsroom, change))
    if not values:
        return
    data = read_beat_file(newsroom)
    after = config.change_values(data, values)
    if after != data:
        yield FileChange(path=_BEAT, after=after, before=archive.digest(data))


def _list_values(newsroom: Newsroom, change: RuleChange) -> Iterator[tuple[str, int | float | str]]:
    """Yield the changed values that differ from today's, by their paths in beat.toml."""
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
        yield topic_file.edit_keywords(newsroom.root, path, added, edit.dropped)


def _diff(root: Path, file: FileChange) -> str:
    """Return the change of a file as a unified diff, with line ends made uniform."""
    before = within.read_user_file(root / file.path, _MOST_BYTES).decode("utf-8", "replace")
    after = (file.after or b"").decode("utf-8", "replace")
    lines: Sequence[str] = list(
        difflib.unified_diff(
            before.splitlines(), after.splitlines(), file.path, file.path, lineterm=""
        )
    )
    return "\n".join((*lines, ""))


def describe_change(change: RuleChange) -> Iterator[str]:
    """Yield one line of text for each rule that a change of rules alters."""
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


# A change of rules (threshold, points, trust, keywords) to try, and the settings that it makes.
#
# settings, change ── validated as beat.toml is ──> settings with the change. Pure functions.

_MOST_WORDS = 10_000  # of one topic


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordEdit:
    """The words to add to a topic's keywords, and the words to remove from them."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """New values of rules for scoring stories; all other rules stay as they are.

    `points` are by the signal's name, `trust` by the source's URL, `keywords` by the topic's name.
    """

    publish_at: int | None = None
    points: Mapping[str, int] = field(default_factory=dict)
    trust: Mapping[str, Trust] = field(default_factory=dict)
    keywords: Mapping[str, KeywordEdit] = field(default_factory=dict)
    half_life_hours: float | None = None

    @property
    def judges(self) -> bool:
        """Return whether the change affects the scores of stories, and not only their order."""
        return bool(self.publish_at is not None or self.points or self.trust or self.keywords)


def apply_change(settings: Settings, change: RuleChange) -> Settings:
    """Return settings as if a change of rules were written in beat.toml and topic files.

    Raises UsageError, with the place, for an unknown name and a value out of bounds.
    """
    beat = settings.beat
    scoring = _score(beat.scoring, change)
    topics = tuple(_edit_topic(topic, change.keywords) for topic in beat.topics)
    _check_names(change.keywords, [topic.name for topic in beat.topics], "topic")
    changed = replace(beat, scoring=scoring, topics=topics, sources=tuple(_set_trust(beat, change)))
    front = settings.front
    if change.half_life_hours is not None:
        hours = _read(FrontOptions, "half_life_hours", "front", change.half_life_hours)
        front = replace(front, half_life_hours=hours)
    return replace(settings, beat=changed, front=front)


def _score(scoring: Scoring, change: RuleChange) -> Scoring:
    if change.points and not scoring.traits.has_own_points:
        raise UsageError(
            "the points of the everyday profile cannot be changed",
            subject="scoring.points",
            hint='set scoring.profile = "copydesk"',
        )
    names = [option.name for option in options_of(SignalPoints)]
    _check_names(change.points, names, "scoring.points")
    moved = {
        name: _read(SignalPoints, name, "scoring.points", points)
        for name, points in change.points.items()
    }
    scoring = replace(scoring, points=replace(scoring.points, **moved))
    if change.publish_at is None:
        return scoring
    gate = _read(Scoring, "publish_at", "scoring", change.publish_at)
    return replace(scoring, publish_at=gate)


def _read(owner: type, name: str, section: str, value: object) -> Any:
    """Parse a value as in beat.toml; raises UsageError if beat.toml would refuse it."""
    option = next(option for option in options_of(owner) if option.name == name)
    try:
        return option.kind.read(value)
    except Unfit as unfit:
        raise UsageError(
            f"expected {unfit.expected}, got {value}", subject=f"{section}.{name}"
        ) from None


def _check_names(names: Iterable[str], known: Iterable[str], what: str) -> None:
    there = list(known)
    for name in names:
        if name not in there:
            near = text.find_nearest(name, there)
            hint = f'did you mean "{near}"?' if near else ""
            raise UsageError(f"no {what} has this name", subject=name[:100], hint=hint)


def _set_trust(beat: Beat, change: RuleChange) -> Iterator[Source]:
    _check_names(change.trust, [source.url for source in beat.sources], "source")
    for trust in change.trust.values():
        if trust not in get_args(Trust):
            expected = ", ".join(get_args(Trust))
            raise UsageError(f"expected one of {expected}, got {trust}", subject="source.trust")
    for source in beat.sources:
        trust = change.trust.get(source.url, source.trust)
        yield source if trust == source.trust else replace(source, trust=trust)


def _edit_topic(topic: Topic, edits: Mapping[str, KeywordEdit]) -> Topic:
    edit = edits.get(topic.name)
    if edit is None:
        return topic
    keywords = edit_words(topic.keywords, edit)
    return topic if keywords == topic.keywords else replace(topic, keywords=keywords)


def edit_words(words: tuple[str, ...], edit: KeywordEdit) -> tuple[str, ...]:
    """Return keywords without the removed ones, and with the added ones at the end.

    Raises UsageError for a word that cannot be searched for or looks like a pattern.
    """
    gone = {word.casefold() for word in edit.dropped}
    left = tuple(word for word in words if word.casefold() not in gone)
    there = {word.casefold() for word in left}
    added = tuple(dict.fromkeys(map(clean_keyword, edit.added)))
    if len(left) + len(added) > _MOST_WORDS:
        raise UsageError(f"a topic may have at most {_MOST_WORDS:,} keywords", subject="keywords")
    return (*left, *(word for word in added if word.casefold() not in there))
