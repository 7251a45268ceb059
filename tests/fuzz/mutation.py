"""Changes that keep most of an input's structure: its pieces are cut, moved, doubled, replaced."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Sequence

_AWKWARD = (
    *(b"", b"\0", b"\xff", b"\r", b"\r\n", b"\n", b"\t", b" ", b"\xef\xbb\xbf", b"\xc2\x85"),
    *(
        b"\xe2\x80\xa8",
        b"\xe2\x80\xae",
        b"\xed\xa0\x80",
        b"0",
        b"-1",
        b"1e999",
        b"99999999999999999999",
    ),
    *(b"\xf0\x9f\x9b\x9f", b"a" * 300, b"0000-00-00", b"9999-12-31T23:59:59-23:59", b"nan"),
)


def structured(pieces: re.Pattern[bytes], words: Sequence[bytes]) -> Callable[[bytes, int], bytes]:
    """Return a mutation of inputs that consist of `pieces` (the pattern's matches).

    A piece may become one of `words`.
    """
    known = (*words, *_AWKWARD)

    def mutate(data: bytes, seed: int) -> bytes:
        chance = random.Random(seed)
        parts = pieces.findall(data) or [data]
        for _ in range(chance.choice((1, 1, 2, 3, 6))):
            _change(parts, chance, known)
        return b"".join(parts)

    return mutate


def _change(parts: list[bytes], chance: random.Random, words: Sequence[bytes]) -> None:
    at = chance.randrange(len(parts) + 1)
    end = at + chance.choice((1, 1, 2, 4, 16))
    match chance.randrange(6):
        case 0:
            del parts[at:end]
        case 1:
            parts[at:at] = parts[at:end] * chance.choice((1, 2, 50))
        case 2:
            parts[at:at] = [chance.choice(words)]
        case 3:
            parts[at:end] = [chance.choice(words)]
        case 4:
            parts[at:at] = [chance.choice(parts or [b""])]
        case _:
            moved = parts[at:end]
            del parts[at:end]
            to = chance.randrange(len(parts) + 1)
            parts[to:to] = moved


LINES = re.compile(rb"[^\n]*\n|[^\n]+")
WORDS = re.compile(rb"[A-Za-z0-9_]+|\s+|[^A-Za-z0-9_\s]")


def unpacked(
    mutate: Callable[[bytes, int], bytes], most: int = 1_000_000
) -> Callable[[bytes, int], bytes]:
    """Return a mutation that changes what a gzip file holds: one of its members, packed again."""

    def mutate_inside(data: bytes, seed: int) -> bytes:
        members = _members(data, most)
        if not members:
            return mutate(data, seed)
        chance = random.Random(seed)
        at = chance.randrange(len(members))
        members[at] = mutate(members[at], seed)
        chance.shuffle(members) if chance.randrange(8) == 0 else None
        packed = [_pack(member) for member in members]
        return b"".join(packed)

    return mutate_inside


def _members(data: bytes, most: int) -> list[bytes]:
    """Return what the members of a gzip file hold, [] for a damaged or large one."""
    members = []
    while data:
        packer = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            members.append(packer.decompress(data, most))
        except zlib.error:
            return []
        if not packer.eof:
            return []
        data = packer.unused_data
    return members


def _pack(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()
