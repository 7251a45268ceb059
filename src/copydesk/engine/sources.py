"""Sources: listed, added, imported and exported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from copydesk import config, watch
from copydesk.engine._ask import source_states
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import FeedError, UsageError
from copydesk.kit import dates, urls
from copydesk.news import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source and how it stood when it was last asked."""

    url: str
    name: str
    kind: str
    state: str
    last_ok: str
    next: str
    error: str


def source_rows(newsroom: Newsroom) -> list[SourceRow]:
    """Give a row for each source of the beat."""
    states = source_states(newsroom)
    return [_row(source, states[source.url]) for source in newsroom.beat.sources]


def _row(source: Source, state: watch.SourceState) -> SourceRow:
    return SourceRow(
        url=source.url,
        name=source.name,
        kind=source.kind,
        state="ended" if state.ended else "failing" if state.failures else "ok",
        last_ok="" if state.last_ok_at is None else dates.rfc3339(state.last_ok_at),
        next="" if state.next_at is None else dates.rfc3339(state.next_at),
        error=state.last_error,
    )


def add_source(root: Path, url: str, name: str = "") -> bool:
    """Add a source to beat.toml; False where it is there already. Raises UsageError."""
    address = urls.fetchable(url)
    if address is None:
        raise UsageError("this is no web address", subject=url, hint="it begins with https://")
    return config.add_source(root, Source(url=address, name=name))


def import_opml(root: Path, path: Path) -> tuple[int, int]:
    """Add the sources of an OPML file; give how many were added and how many it names."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FeedError(f"the file cannot be read ({error.strerror})", subject=str(path)) from error
    found = watch.opml_read(data)
    return config.add_sources(root, found), len(found)


def export_opml(newsroom: Newsroom) -> bytes:
    """Give the sources of the beat as OPML 2.0."""
    return watch.opml_write(newsroom.beat.sources)
