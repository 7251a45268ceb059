"""The ledger of sources: what moved or ended written down, and believed where memory was lost.

states before, states after ── note ──> change of _data/sources.yaml
_data/sources.yaml ── with_ledger ──> a fresh state
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from copydesk.archive import FileChange
from copydesk.archive.ledger import Ledger, SourceEnded, SourceMoved, ledger_change, read_ledger
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError
from copydesk.watch import schedule

LEDGER_PATH = "_data/sources.yaml"

_ADDRESS = 8_000  # characters of an address that is written down

States = Mapping[str, schedule.SourceState]


def note_moves(root: Path, now: datetime, before: States, after: States) -> FileChange | None:
    """Return what is to be written down of sources that moved or ended, None for nothing new.

    What an earlier round could not write is made up for. Raises RecordError where the file cannot
    be read.
    """
    ledger = read_ledger(root)
    noted = _note(now, ledger, before, after)
    return None if noted == ledger else ledger_change(root, noted)


def apply_ledger(state: schedule.SourceState, ledger: Ledger, url: str) -> schedule.SourceState:
    """Return the state of the source at `url` as a ledger that could be read has it.

    An editor's word goes over everything, and ends when it is taken out; else what is known goes
    over what is written.
    """
    if url in ledger.kept:
        return _keep(state)
    state = replace(state, held=False) if state.held else state
    if state.last_ok_at is not None or state.failures:
        return state
    if url in ledger.ended:
        return replace(state, ended=True, ended_at=ledger.ended[url].at)
    if url in ledger.moved:
        return replace(state, moved_to=ledger.moved[url].to)
    return state


def _keep(state: schedule.SourceState) -> schedule.SourceState:
    """Undo what an editor's word undoes; a state that is as it says stays the same."""
    if state.ended:
        state = schedule.revive(state)
    if state.moved_to or state.moving_to:
        state = schedule.keep_address(state)
    return state if state.held else replace(state, held=True)


def ledger_under_edit(newsroom: Newsroom) -> RecordError:
    """Return the error to report where a person has the file and the round left it alone."""
    return RecordError(
        "the file has edits that are not committed",
        subject=LEDGER_PATH,
        hint=f"commit them first: {newsroom.git_command('add', LEDGER_PATH)} && "
        + newsroom.git_command("commit", LEDGER_PATH),
    )


def _is_new(to: str, known: SourceMoved | None) -> bool:
    """Decide whether an address is to be written down in the place of the known one."""
    return 0 < len(to) <= _ADDRESS and (known is None or known.to != to)


def _note(now: datetime, ledger: Ledger, before: States, after: States) -> Ledger:
    """Return the ledger with what the states say; entries of others, and an editor's, stay."""
    return replace(
        ledger,
        moved=_note_moves(now, ledger, before, after),
        ended=_note_ends(now, ledger, before, after),
    )


def _note_moves(
    now: datetime, ledger: Ledger, before: States, after: States
) -> dict[str, SourceMoved]:
    moved = dict(ledger.moved)
    for url, state in after.items():
        if before.get(url, state).moved_to and not state.moved_to:
            moved.pop(url, None)
        if url not in ledger.kept and _is_new(state.moved_to, moved.get(url)):
            moved[url] = SourceMoved(to=state.moved_to, at=now)
    return moved


def _note_ends(
    now: datetime, ledger: Ledger, before: States, after: States
) -> dict[str, SourceEnded]:
    ended = dict(ledger.ended)
    for url, state in after.items():
        if before.get(url, state).ended and not state.ended:
            ended.pop(url, None)
        if url not in ledger.kept and state.ended and url not in ended:
            why = state.last_error or "status 410: gone for good"
            ended[url] = SourceEnded(at=state.ended_at or now, why=why)
    return ended
