"""Look apart: what an address leads to and would bring, by commands in processes of their own.

an address ── `sources add --look` ──> lists ── `watch`, `judge` ──> leads, one of them judged
           ── `fetch` ──> bytes
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk.engine.sources._discover import source_address
from copydesk.errors import FetchError
from copydesk.kit import text

_SECONDS = 90.0  # of a search, which waits politely between two requests to a host
_LEADS = 10
_CHARACTERS = 300

_Told = TypeVar("_Told")


class FoundList(msgspec.Struct, frozen=True, kw_only=True):
    """A list that may be watched, as `copydesk sources add --look --json` tells it."""

    url: str
    kind: str
    title: str = ""
    items: int = 0
    newest: str = ""
    samples: list[str] = msgspec.field(default_factory=list)


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    offers: list[FoundList]


class _Lead(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    title: str = ""


class _Reading(msgspec.Struct, frozen=True, kw_only=True):
    leads: list[_Lead]


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    outcome: str
    value: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """What a list would bring: its first leads (address, title), and one judged, in words."""

    leads: tuple[tuple[str, str], ...]
    judged: tuple[str, ...]


async def look_for_lists(root: Path, url: str, web: Path | None = None) -> list[FoundList]:
    """Return the lists that an address leads to, the best first; `web` is a recorded one.

    Raises UsageError for what is no address of the web, FetchError with what the command says.
    """
    address = source_address(url[:2_000])
    out = await _run(root, web, "sources", "add", "--look", "--json", address)
    return _decode(out, _Found, address).offers


async def preview_list(root: Path, url: str, web: Path | None = None) -> ListPreview:
    """Return what a list would bring, with what the judge says of its first page.

    Raises as `look_for_lists` does where the list cannot be read.
    """
    address = source_address(url[:2_000])
    out = await _run(root, web, "watch", "--json", address)
    leads = _decode(out, _Reading, address).leads[:_LEADS]
    judged: tuple[str, ...] = ()
    if leads:
        try:
            told = await _run(root, web, "judge", "--json", leads[0].url)
            judged = _tell(_decode(told, _Judged, leads[0].url))
        except FetchError as error:
            judged = (error.what,)
    return ListPreview(
        leads=tuple((lead.url, text.fold(lead.title)[:_CHARACTERS]) for lead in leads),
        judged=judged,
    )


async def fetch_apart(root: Path, url: str, web: Path | None = None) -> bytes:
    """Return what stands at an address, as it came; raises as `look_for_lists` does."""
    address = source_address(url[:2_000])
    return await _run(root, web, "fetch", address)


def _tell(judged: _Judged) -> tuple[str, ...]:
    """Return what the judge said in words, as `copydesk judge` has them."""
    value = judged.value
    if judged.outcome == "Dropped":
        return (text.fold(f"{value.get('reason')} ({value.get('detail')})")[:_CHARACTERS],)
    topics = value.get("topics")
    names = ", ".join(map(str, topics)) if isinstance(topics, list) else ""
    reached = "✓" if value.get("published") else "–"
    return tuple(
        text.fold(part)[:_CHARACTERS] for part in (f"{value.get('quality')}", names, reached)
    )


def _decode(out: bytes, kind: type[_Told], subject: str) -> _Told:
    try:
        return msgspec.json.decode(out, type=kind)
    except msgspec.MsgspecError as error:
        raise FetchError("nothing that can be read came back", subject=subject) from error


async def _run(root: Path, web: Path | None, *command: str) -> bytes:
    """Return what a command prints; raises FetchError with what it says went wrong."""
    *words, address = command
    recorded = () if web is None else ("--web", str(web))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "copydesk", "-C", str(root)),
        *(*words, *recorded, "--", address),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, told = await asyncio.wait_for(process.communicate(), _SECONDS)
    except TimeoutError as error:
        raise FetchError(f"no answer within {_SECONDS:.0f} s", subject=address) from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    if process.returncode != 0:
        raise FetchError(_read_problem(told), subject=address)
    return out


def _read_problem(told: bytes) -> str:
    lines = [line for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line.removeprefix("error: ").removeprefix("hint: ") for line in lines[-2:]]
    return text.fold("; ".join(said))[:500] or "it cannot be read"
