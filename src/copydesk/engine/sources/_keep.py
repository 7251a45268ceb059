"""Keep a source where it is: its move or end undone, and noted in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from copydesk.archive.change import Change
from copydesk.archive.ledger import Ledger, SourceKept, ledger_change, read_ledger
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.sources import _ledger
from copydesk.engine.sources._states import source_states
from copydesk.errors import UsageError
from copydesk.watch import schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReport:
    """What keeping a source undid: "move", "end", "" where there was nothing to undo yet."""

    url: str
    undone: str
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def keep_source(newsroom: Newsroom, url: str, why: str, by: str) -> KeepReport:
    """Undo a source's move or end, and let it neither move nor end by itself from now on.

    Said again it changes nothing. Raises UsageError where beat.toml has no such source,
    RecordError where the ledger cannot be rewritten or has edits that are not committed, BusyError
    where another process writes for ten seconds.
    """
    if url not in {source.url for source in newsroom.beat.sources}:
        raise UsageError(
            "beat.toml has no such source", subject=url, hint="copydesk sources lists them"
        )
    with hold_write_lock(newsroom) as lock:
        ledger = read_ledger(newsroom.root)
        before = source_states(newsroom.root, newsroom.beat, newsroom.memory)[url]
        kept = ledger.kept.get(url) or SourceKept(by=by, at=newsroom.now, why=why)
        noted = _undone(ledger, url, kept)
        after = _ledger.apply_ledger(before, noted, url)

        def remember(_: Sequence[str]) -> None:
            if after != before:
                newsroom.memory.keep_source(url, msgspec.json.encode(after))

        change = _change(newsroom.root, ledger, noted, url)
        done = begin_change(newsroom.memory, lock, change, remember, needed=change.paths).finish()
        return KeepReport(
            url=url,
            undone=_what_is_undone(ledger, before, url),
            changed=done.written,
            commit=done.commit,
            notes=notes_on(done, "it is"),
        )


def _change(root: Path, ledger: Ledger, noted: Ledger, url: str) -> Change:
    kept = noted.kept[url]
    return Change(
        files=(ledger_change(root, noted),) if noted != ledger else (),
        message=f"sources: keep {url}\n\n{kept.why}\n\nby {kept.by}",
        when=kept.at,
    )


def _what_is_undone(ledger: Ledger, before: schedule.SourceState, url: str) -> str:
    if before.ended or url in ledger.ended:
        return "end"
    return "move" if before.moved_to or before.moving_to or url in ledger.moved else ""


def _undone(ledger: Ledger, url: str, kept: SourceKept) -> Ledger:
    return replace(
        ledger,
        moved={source: move for source, move in ledger.moved.items() if source != url},
        ended={source: end for source, end in ledger.ended.items() if source != url},
        kept={**ledger.kept, url: kept},
    )
