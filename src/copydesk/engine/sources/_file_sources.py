"""File sources: new ones at the end of beat.toml, from a list that somebody else keeps or found.

rows of a list ── each new, known, or no address here ──> one commit of beat.toml
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from copydesk import archive, config, watch
from copydesk.archive import FileChange
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings import (
    SettingsEdit,
    SettingsReport,
    commit_settings,
    read_beat_file,
)
from copydesk.engine.sources._opml import fit_topics
from copydesk.errors import ConfigError, UsageError
from copydesk.kit import urls
from copydesk.news import Source

_BEAT = "beat.toml"
_MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """What becomes of a row of a list: "new", or "known" here.

    `strange` are its folders that are no topics of the beat.
    """

    source: Source
    becomes: Literal["new", "known"]
    strange: tuple[str, ...] = ()


def rehearse_import(newsroom: Newsroom, data: bytes) -> list[ImportRow]:
    """Return what each row of an OPML file, or a list of addresses, would become; nothing is done.

    Raises FeedError for a file without sources, UsageError for one of more than 5,000.
    """
    listed = watch.read_sources(data)
    if len(listed) > _MOST_ROWS:
        raise UsageError(f"a list has at most {_MOST_ROWS:,} rows", subject=f"{len(listed):,}")
    return list(_sort_rows(newsroom, listed))


def _sort_rows(newsroom: Newsroom, listed: Sequence[Source]) -> Iterator[ImportRow]:
    known = {urls.identity(source.url) for source in newsroom.beat.sources}
    for named in listed:
        source, strange = fit_topics(named, newsroom.beat.topics)
        is_known = urls.identity(source.url) in known
        yield ImportRow(source=source, becomes="known" if is_known else "new", strange=strange)


def file_sources(newsroom: Newsroom, sources: Sequence[Source], by: str) -> SettingsReport:
    """Commit sources at the end of beat.toml, as `copydesk sources add` writes them.

    Those that are there already are left out. Raises UsageError where none is left, and for what
    beat.toml refuses; else what `commit_settings` does.
    """

    def make() -> SettingsEdit:
        data = read_beat_file(newsroom)
        try:
            after, added = config.append_sources(data, sources)
        except ConfigError as error:
            raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
        if not added:
            raise UsageError("it is a source already", subject=sources[0].url if sources else "")
        count = "1 added" if len(added) == 1 else f"{len(added)} added"
        return SettingsEdit(
            files=(FileChange(path=_BEAT, after=after, before=archive.digest(data)),),
            subject=f"sources: {count}",
            lines=tuple(f"+ {source.url}" for source in added),
        )

    return commit_settings(newsroom, make, by)
