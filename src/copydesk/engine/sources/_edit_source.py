"""Edit a source: trust, pace, words and topics of its [[source]] block, as one commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from copydesk import archive, config
from copydesk.archive import FileChange
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings import (
    SettingsEdit,
    SettingsReport,
    commit_settings,
    read_beat_file,
    refuse_others,
)
from copydesk.errors import ConfigError, UsageError
from copydesk.news import Source, Trust

_BEAT = "beat.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """What is to stand in a source's block: its fields have the names of the settings."""

    name: str = ""
    trust: Trust = "gate"
    every_minutes: int = 0
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def edit_source(
    newsroom: Newsroom, url: str, edit: SourceEdit, by: str, seen: str
) -> SettingsReport:
    """Commit what a source's block in beat.toml is to say; all else stays as it stands there.

    `seen` is the digest of the file that the editor saw. Raises UsageError where that is another
    one by now, for a source that is none, and for what beat.toml refuses; else what
    `commit_settings` does.
    """

    def make() -> SettingsEdit:
        refuse_others(newsroom, _BEAT, seen)
        place = _find_place(newsroom, url)
        _check_topics(newsroom, edit.topics)
        changed = dict(_list_changes(newsroom.beat.sources[place], edit))
        data = read_beat_file(newsroom)
        values = {f"source[{place}].{name}": value for name, value in changed.items()}
        try:
            after = config.change_values(data, values)
        except ConfigError as error:
            raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
        return SettingsEdit(
            files=(FileChange(path=_BEAT, after=after, before=archive.digest(data)),),
            subject=f"sources: {newsroom.beat.sources[place].name or url}",
            lines=(url, *(f"* {name} = {value}" for name, value in changed.items())),
        )

    return commit_settings(newsroom, make, by)


def _find_place(newsroom: Newsroom, url: str) -> int:
    """Return which of the beat's sources has an address; raises UsageError for none."""
    for place, source in enumerate(newsroom.beat.sources):
        if source.url == url:
            return place
    raise UsageError("beat.toml has no such source", subject=url[:200])


def _check_topics(newsroom: Newsroom, names: tuple[str, ...]) -> None:
    known = [topic.name for topic in newsroom.beat.topics]
    for name in names:
        if name not in known:
            hint = f"the beat has: {', '.join(known[:10])}"
            raise UsageError("no topic of the beat", subject=name[:100], hint=hint)


def _list_changes(source: Source, edit: SourceEdit) -> Iterator[tuple[str, int | str | list[str]]]:
    """Yield the values that differ from what stands in the block."""
    for name in (field.name for field in fields(edit)):
        value = getattr(edit, name)
        if value != getattr(source, name):
            yield name, list(value) if isinstance(value, tuple) else value
