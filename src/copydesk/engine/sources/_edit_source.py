"""Edit a source: what its [[source]] block says, its address too, or its end; each one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import msgspec

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
from copydesk.engine.sources._discover import source_address
from copydesk.engine.sources._states import source_states
from copydesk.errors import ConfigError, UsageError
from copydesk.kit import urls
from copydesk.news import Source, SourceKind, Trust
from copydesk.watch import schedule

_BEAT = "beat.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """What is to stand in a source's block: its fields have the names of the settings.

    An empty `url`, and no `kind`, leave these two as they are.
    """

    name: str = ""
    trust: Trust = "gate"
    every_minutes: int = 0
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    url: str = ""
    kind: SourceKind | None = None


def edit_source(
    newsroom: Newsroom, url: str, edit: SourceEdit, by: str, seen: str
) -> SettingsReport:
    """Commit what a source's block in beat.toml is to say; all else stays as it stands there.

    `seen` is the digest of the file that the editor saw. A source at a new address is due, and
    keeps its rhythm. Raises UsageError where the file is another one by now, for a source that is
    none, an address that is none or another source's, and for what beat.toml refuses; else what
    `commit_settings` does.
    """

    def make() -> SettingsEdit:
        refuse_others(newsroom, _BEAT, seen)
        place = _find_place(newsroom, url)
        source = newsroom.beat.sources[place]
        _check_topics(newsroom, edit.topics)
        wanted = replace(
            edit, url=_find_address(newsroom, source, edit.url), kind=edit.kind or source.kind
        )
        changed = dict(_list_changes(source, wanted))
        values = {f"source[{place}].{name}": value for name, value in changed.items()}
        lines = (url, *(f"* {name} = {value}" for name, value in changed.items()))
        return _write(newsroom, lambda data: config.change_values(data, values), source, lines)

    report = commit_settings(newsroom, make, by)
    if edit.url not in {"", url}:
        _move_state(newsroom, url, source_address(edit.url))
    return report


def move_source(newsroom: Newsroom, url: str, to: Source, by: str) -> SettingsReport:
    """Commit that a source is asked where `to` is, and as what it is; all else of it stays.

    Raises as `edit_source` does.
    """
    source = newsroom.beat.sources[_find_place(newsroom, url)]
    stays = {field.name: getattr(source, field.name) for field in fields(SourceEdit)}
    edit = SourceEdit(**{**stays, "url": to.url, "kind": to.kind})
    return edit_source(newsroom, url, edit, by, archive.digest_of(newsroom.root, _BEAT))


def end_source(newsroom: Newsroom, url: str, by: str, seen: str | None = None) -> SettingsReport:
    """Commit a beat.toml without a source's block; what it brought stays filed.

    `seen` is None for who has not looked at the file. Raises as `edit_source` does.
    """

    def make() -> SettingsEdit:
        if seen is not None:
            refuse_others(newsroom, _BEAT, seen)
        place = _find_place(newsroom, url)
        source = newsroom.beat.sources[place]
        return _write(
            newsroom, lambda data: config.drop_source(data, place, url), source, (f"- {url}",)
        )

    return commit_settings(newsroom, make, by)


def _write(
    newsroom: Newsroom, write: Callable[[bytes], bytes], source: Source, lines: tuple[str, ...]
) -> SettingsEdit:
    """Return what writing makes of beat.toml; raises UsageError for what it refuses."""
    data = read_beat_file(newsroom)
    try:
        after = write(data)
    except ConfigError as error:
        raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
    return SettingsEdit(
        files=(FileChange(path=_BEAT, after=after, before=archive.digest(data)),),
        subject=f"sources: {source.name or source.url}",
        lines=lines,
    )


def _find_address(newsroom: Newsroom, source: Source, wanted: str) -> str:
    """Return the address that a source is to have; raises UsageError for another one's."""
    if wanted in {"", source.url}:
        return source.url
    address = source_address(wanted)
    same = urls.identity(address)
    others = (other for other in newsroom.beat.sources if other.url != source.url)
    if any(urls.identity(other.url) == same for other in others):
        raise UsageError("it is a source already", subject=address[:200])
    return address


def _move_state(newsroom: Newsroom, url: str, to: str) -> None:
    """Remember of a source's new address what was known of it; the old one's stays, for an undo."""
    if to != url:
        state = source_states(newsroom.root, newsroom.beat, newsroom.memory)[url]
        newsroom.memory.keep_source(to, msgspec.json.encode(schedule.take_address(state)))


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
