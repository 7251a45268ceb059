"""Hosts: one request at a time with a pause after it, and notes that outlive the round.

A host is a name: all its ports and both schemes share one slot, because its owner sees one machine
in the logs.

The notes are bytes by key, of three kinds: `host a.example` (HostRecord), `robots https://a.example`
(RobotsRecord) and `tdm https://a.example` (TdmRecord). Bytes that cannot be read count as unknown:
the notes are a courtesy, and losing one costs a request.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType, TracebackType
from typing import Protocol, TypeVar

import msgspec

from copydesk.fetch._interfaces import Clock
from copydesk.fetch.robots import UsageLine
from copydesk.news import FetchOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLimits:
    """How many hosts' slots and origins' files, with how many bytes of rules and of notes."""

    hosts: int = 20_000  # about 600 bytes each
    origins: int = 20_000  # with their rules taken apart
    rule_bytes: int = 64 * 1024 * 1024  # of all these rules, as good as they can be weighed
    note_bytes: int = 32 * 1024 * 1024  # of one round


DEFAULT_LIMITS = MemoryLimits()


FORBIDDEN_BURST = 3  # the third 403 in a row speaks of us; a single one of its page
LONGEST_CRAWL_DELAY = 30.0  # what a robots.txt may ask for; real ones ask for 10 seconds
_LONGEST_RETRY = timedelta(days=1)


@dataclass(slots=True)
class Slot:
    """A host's place in the queue, and what it said."""

    host: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    answered_at: datetime | None = None
    penalty_until: datetime | None = None
    retry_at: datetime | None = None
    crawl_seconds: float = 0.0
    forbidden: int = 0


class Slots:
    """The manners towards hosts: who may be asked when."""

    def __init__(
        self,
        options: FetchOptions,
        clock: Clock,
        notes: Notes,
        limits: MemoryLimits = DEFAULT_LIMITS,
    ) -> None:
        self._options = options
        self._limits = limits
        self._clock = clock
        self._notes = notes
        self._slots: dict[str, Slot] = {}

    def retry_at(self, host: str) -> datetime | None:
        """Return the time until which a host wants to be left alone, None where it does not."""
        retry_at = self._slot_of(host).retry_at
        return None if retry_at is None or retry_at <= self._clock.now() else retry_at

    def slow_down(self, host: str, seconds: float) -> None:
        """Heed a host's own pause where it is longer than ours, up to the longest of all."""
        self._slot_of(host).crawl_seconds = min(seconds, LONGEST_CRAWL_DELAY)

    def turn(self, host: str) -> Turn:
        """Return the host's turn: `async with` waits for its slot and pause, and holds the slot."""
        return Turn(self, self._slot_of(host))

    def note(self, host: str, status: int, retry_at: datetime | None) -> None:
        """Remember what an answer asks of us: to come later, or to come less often."""
        slot = self._slot_of(host)
        if retry_at is not None:
            slot.retry_at = retry_at
        slot.forbidden = slot.forbidden + 1 if status == 403 else 0
        if status == 429 or slot.forbidden >= FORBIDDEN_BURST:
            penalty = timedelta(seconds=self._options.penalty(host))
            slot.penalty_until = self._clock.now() + penalty

    def _slot_of(self, host: str) -> Slot:
        slot = self._slots.get(host)
        if slot is None:
            if len(self._slots) >= self._limits.hosts:
                self._put_away()
            slot = self._slots[host] = self._recall(host)
        return slot

    def _put_away(self) -> None:
        """Drop the older half of the slots that nobody uses; their notes stay."""
        for host in list(self._slots)[: self._limits.hosts // 2]:
            if not self._slots[host].users:
                del self._slots[host]

    def _recall(self, host: str) -> Slot:
        known = self._notes.read(f"host {host}", HostRecord)
        if known is None:
            return Slot(host)
        now = self._clock.now()
        retry_at = known.retry_at
        if retry_at is not None and retry_at > now + _LONGEST_RETRY:
            retry_at = None  # nobody may ask for so much: written under another clock
        return Slot(
            host,
            answered_at=known.answered_at,
            penalty_until=known.penalty_until,
            retry_at=retry_at,
            crawl_seconds=min(max(known.crawl_seconds, 0.0), LONGEST_CRAWL_DELAY),
            forbidden=known.forbidden,
        )

    async def wait(self, slot: Slot) -> None:
        """Sleep until the slot is free; a clock set back cannot make it sleep for long."""
        delay = max(self._options.delay(slot.host), slot.crawl_seconds)
        now = self._clock.now()
        seconds = 0.0
        if slot.answered_at is not None:
            seconds = delay - (now - slot.answered_at).total_seconds()
        if slot.penalty_until is not None:
            seconds = max(seconds, (slot.penalty_until - now).total_seconds())
            slot.penalty_until = None  # served once, whatever a clock does meanwhile
        if seconds > 0:
            await self._clock.sleep(min(seconds, max(delay, self._options.penalty(slot.host))))

    def end(self, slot: Slot) -> None:
        """Begin the pause: the answer has come."""
        slot.answered_at = self._clock.now()
        record = HostRecord(
            answered_at=slot.answered_at,
            penalty_until=slot.penalty_until,
            retry_at=slot.retry_at,
            crawl_seconds=slot.crawl_seconds,
            forbidden=slot.forbidden,
        )
        self._notes.write(f"host {slot.host}", record)


class Turn:
    """One turn of a host."""

    __slots__ = ("_slot", "_slots")

    def __init__(self, slots: Slots, slot: Slot) -> None:
        self._slots = slots
        self._slot = slot

    async def __aenter__(self) -> None:
        self._slot.users += 1
        try:
            await self._slot.lock.acquire()
            try:
                await self._slots.wait(self._slot)
            except BaseException:
                self._slot.lock.release()
                raise
        except BaseException:
            self._slot.users -= 1
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._slots.end(self._slot)
        self._slot.lock.release()
        self._slot.users -= 1


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
    """What is known of a host by its name: the fields of Slot that outlive a round."""

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
