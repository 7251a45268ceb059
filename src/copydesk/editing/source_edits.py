"""Edit the sources (feeds, sitemaps, pages) in beat.toml: change, add, end, import and export."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import msgspec

from copydesk import config, watch
from copydesk.archive.change import Change
from copydesk.archive.ledger import Ledger, SourceKept, ledger_change, read_ledger
from copydesk.errors import FeedError, UsageError
from copydesk.kit import files, urls
from copydesk.kit.options import fill
from copydesk.news import Beat, Source, Topic
from copydesk.news.source import SourceKind, Trust
from copydesk.newsroom import Newsroom
from copydesk.newsroom.filing import hold_write_lock, notes_on
from copydesk.newsroom.settings import BeatEdit, SettingsReport, edit_beat_file
from copydesk.rounds.sources import source_address
from copydesk.rounds.sources.states import apply_ledger, source_states
from copydesk.watch.schedule.state import SourceState, take_address

_BEAT = "beat.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """The new settings of a source (a feed, sitemap or watched page) in beat.toml.

    Fields are named as the settings. An empty `url` or `kind` is left unchanged.
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
    newsroom: Newsroom, url: str, edit: SourceEdit, by: str, seen: str | None = None
) -> SettingsReport:
    """Commit new settings of a source in beat.toml; the rest of the file is unchanged.

    `seen` is the digest of the file that the editor saw, None for a caller that did not look at it.
    A source at a new URL is due at once, and keeps its schedule. Raises UsageError if there is no
    such source, if the new URL is invalid or belongs to another source; also raises as
    `edit_beat_file` does.
    """

    def make(data: bytes) -> BeatEdit:
        place = _find_place(newsroom, url)
        source = newsroom.beat.sources[place]
        _check_topics(newsroom, edit.topics)
        wanted = replace(
            edit, url=_find_address(newsroom, source, edit.url), kind=edit.kind or source.kind
        )
        changed = dict(_list_changes(source, wanted))
        values = {f"source[{place}].{name}": value for name, value in changed.items()}
        lines = (url, *(f"* {name} = {value}" for name, value in changed.items()))
        after = config.change_values(data, values)
        return after, _subject(source), lines

    report = edit_beat_file(newsroom, make, by, seen)
    if edit.url not in {"", url}:
        _move_state(newsroom, url, source_address(edit.url))
    return report


def move_source(newsroom: Newsroom, url: str, to: Source, by: str) -> SettingsReport:
    """Commit a source's new URL and kind, as given in `to`; its other settings are unchanged.

    Raises as `edit_source` does.
    """
    source = newsroom.beat.sources[_find_place(newsroom, url)]
    edit = fill(SourceEdit, source, url=to.url, kind=to.kind)
    return edit_source(newsroom, url, edit, by)


def end_source(newsroom: Newsroom, url: str, by: str, seen: str | None = None) -> SettingsReport:
    """Remove a source from beat.toml and commit the file; the stories found in it remain.

    Raises as `edit_source` does.
    """

    def make(data: bytes) -> BeatEdit:
        place = _find_place(newsroom, url)
        subject = _subject(newsroom.beat.sources[place])
        return config.drop_source(data, place, url), subject, (f"- {url}",)

    return edit_beat_file(newsroom, make, by, seen)


def _subject(source: Source) -> str:
    return f"sources: {source.name or source.url}"


def _find_address(newsroom: Newsroom, source: Source, wanted: str) -> str:
    """Return the new URL of a source; raises UsageError if another source has it."""
    if wanted in {"", source.url}:
        return source.url
    address = source_address(wanted)
    same = urls.identity(address)
    others = (other for other in newsroom.beat.sources if other.url != source.url)
    if any(urls.identity(other.url) == same for other in others):
        raise UsageError("the source exists already", subject=address[:200])
    return address


def _move_state(newsroom: Newsroom, url: str, to: str) -> None:
    """Copy a source's stored state to its new URL; the old state stays, for an undo."""
    if to != url:
        state = source_states(newsroom.root, newsroom.beat, newsroom.memory)[url]
        newsroom.memory.keep_source(to, msgspec.json.encode(take_address(state)))


def _find_place(newsroom: Newsroom, url: str) -> int:
    """Return the position of the source with a URL in beat.toml; UsageError if it has none."""
    for place, source in enumerate(newsroom.beat.sources):
        if source.url == url:
            return place
    raise UsageError("beat.toml does not have this source", subject=url[:200])


def _check_topics(newsroom: Newsroom, names: tuple[str, ...]) -> None:
    known = [topic.name for topic in newsroom.beat.topics]
    for name in names:
        if name not in known:
            hint = f"the topics are: {', '.join(known[:10])}"
            raise UsageError("unknown topic", subject=name[:100], hint=hint)


def _list_changes(source: Source, edit: SourceEdit) -> Iterator[tuple[str, int | str | list[str]]]:
    """Yield the names and values of settings that differ from those in the source's block."""
    for name in (field.name for field in fields(edit)):
        value = getattr(edit, name)
        if value != getattr(source, name):
            yield name, list(value) if isinstance(value, tuple) else value


# Adding new sources to beat.toml, from a list in OPML or of URLs.

_MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One source of an import to be confirmed; it is "known" if the site has it, else "new".

    `strange` are its folders that are not topics of the site.
    """

    source: Source
    becomes: Literal["new", "known"]
    strange: tuple[str, ...] = ()


def rehearse_import(newsroom: Newsroom, data: bytes) -> list[ImportRow]:
    """Return what importing an OPML file or a list of URLs would do, one row per source.

    Nothing is changed. Raises FeedError for a file without sources, UsageError for one with more
    than 5,000.
    """
    listed = watch.read_sources(data)
    if len(listed) > _MOST_ROWS:
        raise UsageError(f"a list may have at most {_MOST_ROWS:,} rows", subject=f"{len(listed):,}")
    return list(_sort_rows(newsroom, listed))


def _sort_rows(newsroom: Newsroom, listed: Sequence[Source]) -> Iterator[ImportRow]:
    known = {urls.identity(source.url) for source in newsroom.beat.sources}
    for named in listed:
        source, strange = fit_topics(named, newsroom.beat.topics)
        is_known = urls.identity(source.url) in known
        yield ImportRow(source=source, becomes="known" if is_known else "new", strange=strange)


def file_sources(newsroom: Newsroom, sources: Sequence[Source], by: str) -> SettingsReport:
    """Append new sources to beat.toml and commit the file.

    Known sources are left out. Raises UsageError if none is left; also raises as `edit_beat_file`
    does.
    """

    def make(data: bytes) -> BeatEdit:
        after, added = config.append_sources(data, sources)
        if not added:
            raise UsageError("the source exists already", subject=sources[0].url if sources else "")
        count = "1 added" if len(added) == 1 else f"{len(added)} added"
        return after, f"sources: {count}", tuple(f"+ {source.url}" for source in added)

    return edit_beat_file(newsroom, make, by)


def add_sources(newsroom: Newsroom, sources: Sequence[Source]) -> tuple[int, tuple[str, ...]]:
    """Add those of the sources that beat.toml lacks, and commit the file in the name of git's user.

    Return how many were added, and notes such as that the file is not committed. Raises as
    `edit_beat_file` does.
    """
    known = {urls.identity(source.url) for source in newsroom.beat.sources}
    fresh = {urls.identity(source.url): source for source in reversed(sources)}
    wanted = [source for same, source in reversed(fresh.items()) if same not in known]
    if not wanted:
        return 0, ()
    has_git = newsroom.repository.usable
    report = file_sources(newsroom, wanted, newsroom.repository.user() if has_git else "")
    return len(wanted), report.notes if has_git else ()


# Importing and exporting OPML.


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """The result of importing sources: how many are in the file, and how many were added.

    `no_topics` are its folders that are no topics of the site, `known` the addresses of sources
    that were in beat.toml before, `unusable` the addresses that are not web URLs.
    """

    named: int
    added: int
    no_topics: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def import_sources(newsroom: Newsroom, path: Path) -> Import:
    """Add the sources of an OPML file, or of a list with one URL per line, to beat.toml.

    Folders that are topics of the site become topics; others are left out and returned. Raises
    FeedError.
    """
    with files.explain_errors(FeedError, "the file cannot be read", path):
        data = path.read_bytes()
    found = watch.read_sources(data)
    fitted = [fit_topics(source, newsroom.beat.topics) for source in found]
    strange = dict.fromkeys(topic for _, topics in fitted for topic in topics)
    before = {urls.identity(source.url) for source in newsroom.beat.sources}
    added, notes = add_sources(newsroom, [source for source, _ in fitted])
    return Import(
        named=len(found),
        added=added,
        notes=notes,
        no_topics=tuple(strange),
        known=tuple(source.url for source in found if urls.identity(source.url) in before),
        unusable=watch.list_unusable_addresses(data),
    )


def fit_topics(source: Source, topics: Sequence[Topic]) -> tuple[Source, tuple[str, ...]]:
    """Split a source's OPML folders: return the source with those that are topics, and the rest."""
    names = _names(topics)
    known = (names[topic.casefold()] for topic in source.topics if topic.casefold() in names)
    strange = tuple(topic for topic in source.topics if topic.casefold() not in names)
    return replace(source, topics=tuple(dict.fromkeys(known))), strange


def _names(topics: Iterable[Topic]) -> dict[str, str]:
    """Return topic names by each name that an OPML folder may use for them, in lower case."""
    names: dict[str, str] = {}
    for topic in topics:
        for name in (topic.name, topic.shortname, topic.id):
            if name:
                names.setdefault(name.casefold(), topic.name)
    return names


def export_opml(newsroom: Newsroom) -> bytes:
    """Return the site's sources as an OPML 2.0 file, in bytes."""
    return watch.write_opml(newsroom.beat.sources)


# Keeping a source: its automatic move or end is undone, and recorded in the ledger.


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReport:
    """The result of `keep_source`: the automatic change that it undid ("move", "end" or "")."""

    url: str
    undone: str
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def keep_source(newsroom: Newsroom, url: str, why: str, by: str) -> KeepReport:
    """Undo an automatic move or removal of a source, and prevent both from now on.

    Repeated, it changes nothing. Raises UsageError if beat.toml has no such source, RecordError if
    the ledger cannot be written or has uncommitted edits, BusyError if another process holds the
    write lock for ten seconds.
    """
    if url not in {source.url for source in newsroom.beat.sources}:
        raise UsageError(
            "beat.toml does not have this source", subject=url, hint="run `copydesk sources`"
        )
    with hold_write_lock(newsroom) as lock:
        ledger = read_ledger(newsroom.root)
        before = source_states(newsroom.root, newsroom.beat, newsroom.memory)[url]
        kept = ledger.kept.get(url) or SourceKept(by=by, at=newsroom.now, why=why)
        noted = replace(
            ledger,
            moved={source: move for source, move in ledger.moved.items() if source != url},
            ended={source: end for source, end in ledger.ended.items() if source != url},
            kept={**ledger.kept, url: kept},
        )
        after = apply_ledger(before, noted, url)
        change = _change(newsroom.root, ledger, noted, url)
        done = change.begin(lock, needed=change.paths).finish()
        if after != before:  # if killed here, the next round reads it in the ledger
            newsroom.memory.keep_source(url, msgspec.json.encode(after))
        return KeepReport(
            url=url,
            undone=_what_is_undone(ledger, before, url),
            changed=done.written,
            commit=done.commit,
            notes=notes_on(done, "the change is"),
        )


def _change(root: Path, ledger: Ledger, noted: Ledger, url: str) -> Change:
    kept = noted.kept[url]
    return Change(
        files=(ledger_change(root, noted),) if noted != ledger else (),
        message=f"sources: keep {url}\n\n{kept.why}\n\nby {kept.by}",
        when=kept.at,
    )


def _what_is_undone(ledger: Ledger, before: SourceState, url: str) -> str:
    if before.ended or url in ledger.ended:
        return "end"
    return "move" if before.moved_to or before.moving_to or url in ledger.moved else ""


# Finding a source by its URL or name.


def find_source(beat: Beat, said: str) -> Source:
    """Return the site's source with a URL or name, in any letter case.

    Raises UsageError if there is none, or if several have that name.
    """
    found = list(_at_address(beat, said)) or list(_by_name(beat, said))
    if len(found) == 1:
        return found[0]
    if found:
        addresses = ", ".join(source.url for source in found)
        raise UsageError("several sources have this name", subject=said, hint=f"use {addresses}")
    raise UsageError("beat.toml does not have this source", subject=said, hint=_nearest(beat, said))


def _at_address(beat: Beat, said: str) -> Iterator[Source]:
    identity = urls.identity(said)
    return (source for source in beat.sources if urls.identity(source.url) == identity)


def _by_name(beat: Beat, said: str) -> Iterator[Source]:
    name = said.strip().casefold()
    return (source for source in beat.sources if name and source.name.casefold() == name)


def _nearest(beat: Beat, said: str) -> str:
    known = [word for source in beat.sources for word in (source.name, source.url) if word]
    near = difflib.get_close_matches(said, known, 1)
    return f"did you mean {near[0]}?" if near else "run `copydesk sources`"
