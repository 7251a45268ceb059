"""A name server on loopback whose answers are set by hand, and that misbehaves where told to.

    async with NameServer() as names:
        names.at("gull.world.example", leads_to("127.0.0.2", "::1"))
        ... fetch with nameservers = (names.address,) ...

UDP, A, AAAA, TXT, MX and PTR (RFC 1035, 3596). A name that nobody set does not exist.
"""

from __future__ import annotations

import asyncio
import ipaddress
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

A, CNAME, PTR, MX, TXT, AAAA = 1, 5, 12, 15, 16, 28
_OK, _SERVFAIL, _NXDOMAIN = 0, 2, 3
_IN = 1
_RESPONSE = 0x8180  # an answer, recursion desired and available
_QUESTION = b"\xc0\x0c"  # a pointer to the name in the question


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one question gets; `alias` stands as a CNAME before the addresses.

    Addresses of the other family are left out: a name with IPv4 alone exists and has no AAAA.
    """

    addresses: tuple[str, ...] = ()
    alias: str = ""
    code: int = _OK
    ttl: int = 0
    is_silent: bool = False
    texts: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()


def leads_to(*addresses: str, alias: str = "", ttl: int = 0) -> Answer:
    """Answer with these addresses, IPv4 and IPv6."""
    return Answer(addresses=addresses, alias=alias, ttl=ttl)


NOT_THERE = Answer(code=_NXDOMAIN)
BROKEN = Answer(code=_SERVFAIL)
SILENT = Answer(is_silent=True)


def name_server(names: Mapping[str, str], host: str = "127.0.0.1") -> NameServer:
    """Give a server that knows these names; one whose address is "" is never answered."""
    server = NameServer(host)
    for name, address in names.items():
        server.at(name, leads_to(address, ttl=300) if address else SILENT)
    return server


class NameServer:
    """The server; a name with several answers gives one after the other, then the last."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.asked: list[tuple[str, int]] = []
        self._host = host
        self._names: dict[str, tuple[Answer, ...]] = {}
        self._turns: dict[tuple[str, int], int] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> NameServer:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Protocol(self), local_addr=(self._host, 0)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._transport is not None
        self._transport.close()

    @property
    def address(self) -> str:
        """Give where it listens, as `fetch.nameservers` wants it."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def names_asked(self) -> list[str]:
        """Give the names that were asked for, in order, each as often as it was."""
        return [name for name, _ in self.asked]

    def at(self, name: str, *answers: Answer) -> None:
        """Say what the questions for a name get: the first of each type, the second, and so on."""
        self._names[name.lower()] = answers

    def answer(self, question: bytes) -> bytes | None:
        """Give the datagram that answers another, None where nothing is said."""
        name, end = _name_at(question, 12)
        kind, _ = struct.unpack_from("!HH", question, end)
        self.asked.append((name, kind))
        said = self._next(name, kind)
        if said.is_silent:
            return None
        records = _records(said, kind)
        head = question[:2] + struct.pack("!HHHHH", _RESPONSE | said.code, 1, len(records), 0, 0)
        return head + question[12 : end + 4] + b"".join(records)

    def _next(self, name: str, kind: int) -> Answer:
        answers = self._names.get(name)
        if not answers:
            return NOT_THERE
        turn = self._turns.get((name, kind), 0)
        self._turns[name, kind] = turn + 1
        return answers[min(turn, len(answers) - 1)]


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        answer = self._server.answer(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def _name_at(message: bytes, at: int) -> tuple[str, int]:
    """Read a name that is not packed; give it in lower case with where it ends."""
    labels = []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _records(said: Answer, kind: int) -> list[bytes]:
    owner, records = _QUESTION, []
    if said.alias:
        owner = _packed(said.alias)
        records.append(_record(_QUESTION, CNAME, said.ttl, owner))
    for address in map(ipaddress.ip_address, said.addresses):
        if kind == (A if address.version == 4 else AAAA):
            records.append(_record(owner, kind, said.ttl, address.packed))
    return [*records, *(_record(owner, kind, said.ttl, data) for data in _other_data(said, kind))]


def _other_data(said: Answer, kind: int) -> list[bytes]:
    if kind == TXT:
        return [_strings(text.encode()) for text in said.texts]
    if kind == MX:
        return [struct.pack("!H", 10 * at) + _packed(one) for at, one in enumerate(said.exchanges)]
    return [_packed(name) for name in said.pointers] if kind == PTR else []


def _strings(data: bytes) -> bytes:
    """Pack a text as the DNS has it, in strings of 255 bytes at most."""
    pieces = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces)


def _packed(name: str) -> bytes:
    labels = (label.encode("ascii") for label in name.split(".") if label)
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _record(owner: bytes, kind: int, ttl: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", kind, _IN, ttl, len(data)) + data
