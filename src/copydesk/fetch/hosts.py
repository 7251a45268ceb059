"""Hosts: find their addresses and refuse private ones, send one request at a time to each with
pauses, and store what is known of them between runs.

The resolver needs no threads and no queue. The guard is asked for every address at the moment of
connecting, so that no name, no second DNS answer and no redirect can go around it.

A host is a name: all its ports and both schemes share one slot, because its owner sees one machine
in the logs.

The notes are bytes by key, of three kinds: `host a.example` (HostRecord), `robots
https://a.example` (RobotsRecord) and `tdm https://a.example` (TdmRecord). Bytes that cannot be read
count as unknown: losing a note costs one request.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from copydesk.errors import ConfigError, FetchError
from copydesk.fetch.messages import Clock
from copydesk.fetch.robots import UsageLine
from copydesk.news.options import FetchOptions

if TYPE_CHECKING:
    import aiodns
    import pycares


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLimits:
    """Limits on the memory that polite fetching uses: numbers of hosts and origins, bytes of
    rules.
    """

    hosts: int = 50_000  # about 600 bytes each
    origins: int = 50_000  # with their parsed rules
    rule_bytes: int = 64 * 1024 * 1024  # of all these rules, an estimate
    note_bytes: int = 32 * 1024 * 1024  # of one run


DEFAULT_LIMITS = MemoryLimits()


_LOOKS = 4  # entries in use that one call passes, so that waiting hosts are not searched


class _Counted(Protocol):
    users: int


Counted = TypeVar("Counted", bound=_Counted)


def make_room(kept: OrderedDict[str, Counted], is_full: Callable[[], bool]) -> Iterator[Counted]:
    """Remove and yield the oldest entries without users while there are too many.

    Entries in use become the newest. After a few of them it ends, and the next call goes on.
    """
    looks = _LOOKS
    while looks and kept and is_full():
        key, entry = kept.popitem(last=False)
        if entry.users:
            kept[key] = entry
            looks -= 1
        else:
            yield entry


FORBIDDEN_BURST = 3  # a third 403 in a row is about us; a single one is about its page
LONGEST_CRAWL_DELAY = 30.0  # accepted from a robots.txt; real ones ask for 10 seconds
_LONGEST_RETRY = timedelta(days=1)


@dataclass(slots=True)
class Slot:
    """The queue of requests to one host, and the pauses that the host asked for."""

    host: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    answered_at: datetime | None = None
    penalty_until: datetime | None = None
    retry_at: datetime | None = None
    crawl_seconds: float = 0.0
    forbidden: int = 0


class Slots:
    """The queues of requests to all hosts, which decide when each host may get the next request."""

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
        self._slots: OrderedDict[str, Slot] = OrderedDict()

    def retry_at(self, host: str) -> datetime | None:
        """Return the time until which a host must not get requests, None if it may get them now."""
        retry_at = self._slot_of(host).retry_at
        return None if retry_at is None or retry_at <= self._clock.now() else retry_at

    def slow_down(self, host: str, seconds: float) -> None:
        """Use a host's own pause if it is longer than the default, up to LONGEST_CRAWL_DELAY
        seconds.
        """
        self._slot_of(host).crawl_seconds = min(seconds, LONGEST_CRAWL_DELAY)

    def turn(self, host: str) -> Turn:
        """Return a context manager that waits for a host's turn and pause, and then occupies the
        host.
        """
        return Turn(self, self._slot_of(host))

    def note(self, host: str, status: int, retry_at: datetime | None) -> None:
        """Record what a host's response asks for: a later request or a slower pace."""
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
            for unused in make_room(self._slots, lambda: len(self._slots) >= self._limits.hosts):
                self._keep(unused)
            slot = self._slots[host] = self._recall(host)
        return slot

    def _recall(self, host: str) -> Slot:
        known = self._notes.read(f"host {host}", HostRecord)
        if known is None:
            return Slot(host)
        now = self._clock.now()
        retry_at = known.retry_at
        if retry_at is not None and retry_at > now + _LONGEST_RETRY:
            retry_at = None  # more than we accept: written when the clock was wrong
        return Slot(
            host,
            answered_at=known.answered_at,
            penalty_until=known.penalty_until,
            retry_at=retry_at,
            crawl_seconds=min(max(known.crawl_seconds, 0.0), LONGEST_CRAWL_DELAY),
            forbidden=known.forbidden,
        )

    async def wait(self, slot: Slot) -> None:
        """Sleep until a host's pause is over. A clock that is set back cannot make it much
        longer.
        """
        delay = max(self._options.delay(slot.host), slot.crawl_seconds)
        now = self._clock.now()
        seconds = 0.0
        if slot.answered_at is not None:
            seconds = delay - (now - slot.answered_at).total_seconds()
        if slot.penalty_until is not None:
            seconds = max(seconds, (slot.penalty_until - now).total_seconds())
            slot.penalty_until = None  # waited for once, even if the clock changes meanwhile
        if seconds > 0:
            await self._clock.sleep(min(seconds, max(delay, self._options.penalty(slot.host))))

    def end(self, slot: Slot) -> None:
        """Begin a host's pause after its response."""
        slot.answered_at = self._clock.now()
        self._keep(slot)

    def _keep(self, slot: Slot) -> None:
        record = HostRecord(
            answered_at=slot.answered_at,
            penalty_until=slot.penalty_until,
            retry_at=slot.retry_at,
            crawl_seconds=slot.crawl_seconds,
            forbidden=slot.forbidden,
        )
        self._notes.write(f"host {slot.host}", record)


class Turn:
    """The right to send a host the next request (a context manager)."""

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

    async def __aexit__(self, *_: object) -> None:
        self._slots.end(self._slot)
        self._slot.lock.release()
        self._slot.users -= 1


_RECORD_BYTES = 50 * 1024  # of one stored record
_PACK_BYTES = 1024  # shorter records are not compressed
_PACKED = b"\x78"  # zlib's first byte; no uncompressed record begins with it
_UNPACKED_BYTES = 8 * 1024 * 1024  # of one record; 500 KB of a robots.txt, odd bytes escaped

Record = TypeVar("Record", bound=msgspec.Struct)


class HostStore(Protocol):
    """A store of what earlier runs learned about hosts (last request, pauses, robots.txt), as bytes
    by key.
    """

    def get(self, key: str) -> bytes | None:
        """Return the bytes stored under a key, None if there are none."""
        ...


class HostRecord(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What is stored about a host between two runs: its pauses, and its 403 responses in a row."""

    answered_at: datetime | None = None
    penalty_until: datetime | None = None
    retry_at: datetime | None = None
    crawl_seconds: float = 0.0
    forbidden: int = 0


class RobotsRecord(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """An origin's robots.txt in stored form, valid until a time: its rules, or why they are
    unknown.

    `rules` are the lines that apply to us, None if everything is allowed. `trouble` says why
    nothing is allowed, with the status of the answer. `usage_lines` are about the use of pages,
    None in a note from before they were read.
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
    """An origin's /.well-known/tdmrep.json in stored form, valid until a time: its rules in
    order.
    """

    until: datetime
    usage_lines: tuple[UsageLine, ...] = ()
    etag: str = ""
    last_modified: str = ""


class Notes:
    """What is known about hosts (pauses, robots.txt): from this run, or else stored by earlier
    runs.
    """

    def __init__(self, store: HostStore | None, limits: MemoryLimits = DEFAULT_LIMITS) -> None:
        self._store = store
        self._limits = limits
        self._learned: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def read(self, key: str, kind: type[Record]) -> Record | None:
        """Decode what is stored under a key, None if there is nothing or it is damaged."""
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
        """Store what was learned about a host under a key; too large values are not stored.

        The oldest records of this run are dropped when all together are too large.
        """
        packed = _pack(msgspec.msgpack.encode(record))
        if len(packed) > _RECORD_BYTES:
            return
        self._size += len(packed) - len(self._learned.pop(key, b""))
        self._learned[key] = packed
        while self._size > self._limits.note_bytes:
            self._size -= len(self._learned.popitem(last=False)[1])

    def changes(self) -> Mapping[str, bytes]:
        """Return everything that was learned in this run, as bytes by key."""
        return MappingProxyType(self._learned)


def find_pause(store: HostStore, host: str) -> float:
    """Return the pause in seconds that a host's robots.txt asked for, 0 for none."""
    known = Notes(store).read(f"host {host}", HostRecord)
    return 0.0 if known is None else max(known.crawl_seconds, 0.0)


def _pack(record: bytes) -> bytes:
    return record if len(record) < _PACK_BYTES else zlib.compress(record)


def _unpack(packed: bytes) -> bytes:
    """Decompress stored bytes, up to the size that valid ones can have."""
    if not packed.startswith(_PACKED):
        return packed
    return zlib.decompressobj().decompress(packed, _UNPACKED_BYTES)


def _are_aware(record: msgspec.Struct) -> bool:
    """Return whether all times in a stored value have a time zone, as they should."""
    values = (getattr(record, name) for name in record.__struct_fields__)
    return all(value.tzinfo is not None for value in values if isinstance(value, datetime))


# Find the addresses of hosts, and refuse connections to private ones.

_LOOKUP_SECONDS = 5.0
_TRIES = 2
_AT_ONCE = 256  # look-ups that may begin in that time: 512 queries a second, A and AAAA each
_PATIENCE_SECONDS = 0.5  # after this a look-up makes room for the next, and waits on its own
_SHORTEST_SECONDS, _LONGEST_SECONDS = 60.0, 3_600.0
_MOST_KEPT = 50_000
_BAD_NAME = 8  # ARES_EBADNAME
_NO_NAME = "not a valid host name"


class UnknownHostError(FetchError):
    """Raised when a host name cannot be resolved."""


class InvalidHostError(UnknownHostError):
    """Raised when a host name is not valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAddresses:
    """The IP addresses of a host name and how long they are valid, by the event loop's clock."""

    addresses: tuple[tuple[socket.AddressFamily, str], ...]
    until: float
    took: float


class Resolver:
    """A DNS resolver that caches addresses as long as their DNS records allow (a minute to an
    hour).

    A silent name server delays each name by at most five seconds, and no other names: a look-up
    that is not answered in half a second makes room for the next. /etc/hosts is read.
    """

    def __init__(self, nameservers: Sequence[str], limit_seconds: float) -> None:
        self._nameservers = [parse_server(server) for server in nameservers]
        self._limit = min(limit_seconds, _LOOKUP_SECONDS)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._kept: dict[str, HostAddresses] = {}
        self._resolver: aiodns.DNSResolver | None = None

    async def close(self) -> None:
        """Cancel the DNS look-ups that are under way."""
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def knows(self, host: str) -> bool:
        """Return whether a host needs no DNS look-up: it is an IP address or is in the cache."""
        if host[-1:] == "]" or host[-1:].isdigit():  # WHATWG: IPv4 if it ends in a number
            return True
        host_addresses = self._kept.get(host)
        return (
            host_addresses is not None and host_addresses.until > asyncio.get_running_loop().time()
        )

    async def find(self, host: str) -> HostAddresses:
        """Look up the addresses of a host name; raise UnknownHostError if it has none."""
        if self.knows(host):
            return self._kept[host]
        host_addresses = await self._look_up(host)
        if len(self._kept) >= _MOST_KEPT:
            for name in list(self._kept)[: _MOST_KEPT // 2]:
                del self._kept[name]
        self._kept[host] = host_addresses
        return host_addresses

    async def _look_up(self, host: str) -> HostAddresses:
        loop = asyncio.get_running_loop()
        try:
            async with self._places:
                began = loop.time()
                question = self._ask(host)
                await asyncio.wait({question}, timeout=min(_PATIENCE_SECONDS, self._limit))
            async with asyncio.timeout_at(began + self._limit):
                answer = await question
        except TimeoutError as error:
            raise UnknownHostError(
                f"no DNS server answered within {self._limit:g} seconds"
            ) from error
        except UnicodeError as error:
            raise InvalidHostError(_NO_NAME) from error
        except Exception as error:  # aiodns.error.DNSError, which is not imported here
            raise _name_error(error) from error
        return _read_answer(answer, began, loop.time())

    def _ask(self, host: str) -> asyncio.Future[pycares.AddrInfoResult]:
        import aiodns

        if self._resolver is None:
            # the timeout doubles with each try, so that both fit into the limit
            first_try = self._limit / (2**_TRIES - 1)
            self._resolver = aiodns.DNSResolver(
                self._nameservers or None, timeout=first_try, tries=_TRIES
            )
        question = self._resolver.getaddrinfo(
            host, family=socket.AF_UNSPEC, port=0, type=socket.SOCK_STREAM
        )
        question.add_done_callback(_discard)
        return question


def parse_server(text: str) -> str:
    """Format a name server's address for c-ares: `1.2.3.4`, `1.2.3.4:53`, `::1`, `[::1]:53`."""
    address, port = text.strip(), ""
    if address.startswith("["):
        address, closed, port = address[1:].partition("]")
        port = port.removeprefix(":") if closed else "none"
    elif address.count(":") == 1:
        address, _, port = address.partition(":")
    with contextlib.suppress(ValueError):
        parsed = ipaddress.ip_address(address)
        if not port or (port.isdecimal() and 0 < int(port) < 65_536):
            bare = f"[{parsed}]" if parsed.version == 6 else str(parsed)
            return f"{bare}:{port or 53}"
    raise ConfigError(
        f"not the address of a DNS server: {text}",
        subject="fetch.nameservers",
        hint='write an IP address, with the port if it is not 53: "192.0.2.1" or "[::1]:5353"',
    )


def _read_answer(answer: pycares.AddrInfoResult, began: float, now: float) -> HostAddresses:
    addresses = tuple(_addresses(answer))
    if not addresses:
        raise UnknownHostError("the host has no IP address")
    seconds = min((node.ttl for node in answer.nodes), default=0)
    kept_seconds = min(max(seconds, _SHORTEST_SECONDS), _LONGEST_SECONDS)
    return HostAddresses(addresses=addresses, until=now + kept_seconds, took=now - began)


def _addresses(answer: pycares.AddrInfoResult) -> Iterable[tuple[socket.AddressFamily, str]]:
    for node in answer.nodes:
        if node.family in {socket.AF_INET, socket.AF_INET6}:
            yield socket.AddressFamily(node.family), node.addr[0].decode("ascii", "replace")


def _discard(question: asyncio.Future[pycares.AddrInfoResult]) -> None:
    """Ignore the exception of a DNS look-up whose result nobody wants any more."""
    if not question.cancelled():
        question.exception()


def _name_error(error: Exception) -> UnknownHostError:
    """Return the error for a failure reported by a name server or by c-ares."""
    if error.args and error.args[0] == _BAD_NAME:
        return InvalidHostError(_NO_NAME)
    return UnknownHostError(str(error.args[1]) if len(error.args) > 1 else str(error))


_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all addresses that IANA assigns as global unicast
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
# Never those of a web site, though the library calls them global:
_NOT_FOR_US = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's services for its own machines
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments; .192 is Oracle's metadata
)

Target = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]


class AddressRefusedError(OSError):
    """Raised when the IP address of a host is not public.

    Its text is always the same: aiohappyeyeballs raises the first of several errors only when all
    have the same text, and a name with only private addresses must raise this error.
    """

    def __init__(self, address: str) -> None:
        super().__init__("not a public address")
        self.address = address


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet; False for an invalid address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        return _is_public_v6(parsed)
    return _is_public_v4(parsed)


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    if any(address in network for network in _NOT_FOR_US):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    """Return whether an IPv6 address, or an IPv4 address embedded in it, is public."""
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return _is_public_v4(address.sixtofour)
    return address in _GLOBAL_V6 and address.is_global and not address.is_multicast


def guard(is_allowed: Callable[[str], bool]) -> Callable[[Target], socket.socket]:
    """Return a function that opens sockets to allowed IP addresses and raises an error for all
    others.
    """

    def open_socket(target: Target) -> socket.socket:
        family, kind, protocol, _, address = target
        if not is_allowed(str(address[0])):
            raise AddressRefusedError(str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    return open_socket
