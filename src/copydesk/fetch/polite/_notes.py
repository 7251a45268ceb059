"""Notes: what is learnt of hosts and outlives the round, as bytes by key.

Three kinds of key: `host a.example` (a slot: HostRecord), `robots https://a.example` (RobotsRecord)
and `tdm https://a.example` (TdmRecord). Whatever cannot be read is not known: the notes are a
courtesy, and a lost one costs a request.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

import msgspec

from copydesk.fetch.polite._limits import DEFAULT_LIMITS, MemoryLimits
from copydesk.fetch.robots import UsageLine

_RECORD_BYTES = 50 * 1024  # of one record as it is kept
_PACK_BYTES = 1024  # what is shorter is kept as it is
_PACKED = b"\x78"  # zlib's first byte; no record of ours begins with it
_UNPACKED_BYTES = 8 * 1024 * 1024  # of one record; 500 KB of a robots.txt, odd bytes spelled out

Record = TypeVar("Record", bound=msgspec.Struct)


class HostStore(Protocol):
    """Whoever kept, from earlier rounds, what `Polite.changes` gave."""

    def get(self, key: str) -> bytes | None:
        """Return the bytes under the key, None where there are none."""
        ...


class HostRecord(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What is known of a host by its name: see _slots."""

    answered_at: datetime | None = None
    penalty_until: datetime | None = None
    retry_at: datetime | None = None
    crawl_seconds: float = 0.0
    forbidden: int = 0


class RobotsRecord(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What is known of an origin's robots.txt until a time: its rules, or why there are none.

    `rules` are the lines that matter to us, None where everything is allowed; `trouble` says why
    nothing is, with the status and whether the host asked for patience. `usage_lines` are what it
    says on the use of pages, None in a note from before anybody read them.
    """

    until: datetime
    rules: tuple[str, ...] | None = None
    delay_seconds: float = 0.0
    etag: str = ""
    last_modified: str = ""
    trouble: str = ""
    status: int = 0
    usage_lines: tuple[UsageLine, ...] | None = None


class TdmRecord(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What an origin's /.well-known/tdmrep.json says until a time, in the file's order."""

    until: datetime
    usage_lines: tuple[UsageLine, ...] = ()
    etag: str = ""
    last_modified: str = ""


class Notes:
    """The notes of earlier rounds, and those of this one above them."""

    def __init__(self, store: HostStore | None, limits: MemoryLimits = DEFAULT_LIMITS) -> None:
        self._store = store
        self._limits = limits
        self._learned: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def read(self, key: str, kind: type[Record]) -> Record | None:
        """Return the record under a key, None where there is none or its bytes are damaged."""
        packed = self._learned.get(key)
        if packed is None and self._store is not None:
            packed = self._store.get(key)
        if packed is None:
            return None
        try:
            record = msgspec.msgpack.decode(_unpack(packed), type=kind)
        except (msgspec.MsgspecError, ValueError, OverflowError, zlib.error):
            return None
        return record if _are_aware(record) else None

    def write(self, key: str, record: msgspec.Struct) -> None:
        """Keep a record, unless it is too large: then the host is asked again next round.

        The oldest of this round give way where all are too many.
        """
        packed = _pack(msgspec.msgpack.encode(record))
        if len(packed) > _RECORD_BYTES:
            return
        self._size += len(packed) - len(self._learned.pop(key, b""))
        self._learned[key] = packed
        while self._size > self._limits.note_bytes:
            self._size -= len(self._learned.popitem(last=False)[1])

    def changes(self) -> Mapping[str, bytes]:
        """Return all that was written since the beginning."""
        return MappingProxyType(self._learned)


def find_pause(store: HostStore, host: str) -> float:
    """Return the seconds that a host's robots.txt asked for between two requests, 0 for none."""
    known = Notes(store).read(f"host {host}", HostRecord)
    return 0.0 if known is None else max(known.crawl_seconds, 0.0)


def _pack(record: bytes) -> bytes:
    return record if len(record) < _PACK_BYTES else zlib.compress(record)


def _unpack(packed: bytes) -> bytes:
    """Return a record as it was; damaged bytes unpack to no more than a record can have."""
    if not packed.startswith(_PACKED):
        return packed
    return zlib.decompressobj().decompress(packed, _UNPACKED_BYTES)


def _are_aware(record: msgspec.Struct) -> bool:
    """Decide whether every time in a record has its zone, as all that we write have."""
    values = (getattr(record, name) for name in record.__struct_fields__)
    return all(value.tzinfo is not None for value in values if isinstance(value, datetime))
