"""The ledger of sources: what moved or ended written down, and believed where memory was lost.

states before, states after ── note ──> _data/sources.yaml ── with_ledger ──> a fresh state
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from copydesk import archive, watch
from copydesk.archive import Ended, Ledger, Moved
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError

PATH = "_data/sources.yaml"

_ADDRESS = 8_000  # characters of an address that is written down

States = Mapping[str, watch.SourceState]


def note(newsroom: Newsroom, before: States, after: States) -> str:
    """Write down which sources moved or ended; give the path to commit, "" for no change.

    What an earlier round could not write is made up for. The journal knows the file, so that a
    round that was killed is finished by the next. Raises RecordError where the file cannot be read
    or a person has it under the pen.
    """
    ledger = archive.read_ledger(newsroom.root)
    noted = _noted(newsroom, ledger, before, after)
    if noted == ledger:
        return ""
    must_be_clean(newsroom)
    return PATH if written(newsroom, noted) else ""


def with_ledger(state: watch.SourceState, ledger: Ledger, url: str) -> watch.SourceState:
    """Give the state of the source at `url` as a ledger that could be read has it.

    An editor's word goes over everything, and ends when it is taken out; else what is known goes
    over what is written.
    """
    if url in ledger.kept:
        return _kept(state)
    state = replace(state, held=False) if state.held else state
    if state.last_ok_at is not None or state.failures:
        return state
    if url in ledger.ended:
        return replace(state, ended=True, ended_at=ledger.ended[url].at)
    if url in ledger.moved:
        return replace(state, moved_to=ledger.moved[url].to)
    return state


def _kept(state: watch.SourceState) -> watch.SourceState:
    """Undo what an editor's word undoes; a state that is as it says stays the same."""
    if state.ended:
        state = watch.revive(state)
    if state.moved_to or state.moving_to:
        state = watch.keep_address(state)
    return state if state.held else replace(state, held=True)


def must_be_clean(newsroom: Newsroom) -> None:
    """Raise RecordError where somebody else than us has changed the file and not committed it."""
    repository = archive.Repository(newsroom.root)
    if not repository.usable or not repository.changed_by_user([PATH]):
        return
    if newsroom.memory.journal().get(PATH) != _digest(newsroom):
        raise RecordError(
            "the file has edits that are not committed",
            subject=PATH,
            hint=f"commit them first: {newsroom.git_command('add', PATH)} && "
            + newsroom.git_command("commit", PATH),
        )


def written(newsroom: Newsroom, ledger: Ledger) -> bool:
    """Write the ledger and enter it in the journal; True when bytes changed."""
    if not archive.write_ledger(newsroom.root, ledger):
        return False
    newsroom.memory.open_journal({PATH: _digest(newsroom)})
    return True


def committed(newsroom: Newsroom) -> None:
    """Forget what the journal knows of the file, which is in git now, or has none to be in."""
    if set(newsroom.memory.journal()) == {PATH}:
        newsroom.memory.close_journal()


def _digest(newsroom: Newsroom) -> str:
    try:
        return hashlib.sha256(newsroom.archive.file_bytes(PATH)).hexdigest()
    except RecordError:
        return ""


def _is_new(to: str, known: Moved | None) -> bool:
    """Say whether an address is to be written down in the place of the known one."""
    return 0 < len(to) <= _ADDRESS and (known is None or known.to != to)


def _noted(newsroom: Newsroom, ledger: Ledger, before: States, after: States) -> Ledger:
    """Give the ledger with what the states say; entries of others, and an editor's, stay."""
    moved, ended = dict(ledger.moved), dict(ledger.ended)
    for url, state in after.items():
        was = before.get(url, state)
        if was.moved_to and not state.moved_to:
            moved.pop(url, None)
        if was.ended and not state.ended:
            ended.pop(url, None)
        if url in ledger.kept:
            continue
        if _is_new(state.moved_to, moved.get(url)):
            moved[url] = Moved(to=state.moved_to, at=newsroom.now)
        if state.ended and url not in ended:
            why = state.last_error or "status 410: gone for good"
            ended[url] = Ended(at=state.ended_at or newsroom.now, why=why)
    return replace(ledger, moved=moved, ended=ended)
