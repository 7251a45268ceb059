"""Content codings: undone, bounded, never half."""

from __future__ import annotations

import functools
import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from copydesk.fetch.messages import BodyError, Unpacker

TEXT = b"the council met on Tuesday. " * 400


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip in capitals": ("X-GZIP", gzip.compress),
    "gzip of several members": (
        "gzip",
        lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]),
    ),
    "gzip with junk behind it": ("gzip", lambda data: gzip.compress(data) + b"\0\0junk"),
    "deflate with a zlib head": ("deflate", zlib.compress),
    "deflate without one": ("deflate", bare_deflate),
    "brotli": ("br", brotli.compress),
    "twice": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
}


def unpack(data: bytes, coding: str, *, limit: int = 100_000, step: int = 7) -> bytes:
    unpacker = Unpacker(coding, limit)
    for start in range(0, len(data), step):
        unpacker.feed(data[start : start + step])
    return unpacker.finish()


@pytest.mark.parametrize(("coding", "pack"), PACKED.values(), ids=PACKED.keys())
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_a_body_comes_out_as_it_was_packed(
    coding: str, pack: Callable[[bytes], bytes], step: int
) -> None:
    assert unpack(pack(TEXT), coding, step=step) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_an_empty_body_is_whole_whatever_its_coding(coding: str) -> None:
    assert unpack(b"", coding) == b""


NOTHING = b"\0" * 20_000_000
BOMBS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip of many members": ("gzip", lambda data: gzip.compress(data[:50_000]) * 400),
    "deflate": ("deflate", zlib.compress),
    "brotli": ("br", functools.partial(brotli.compress, quality=5)),
    "gzip in gzip": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "nothing packed": ("", lambda data: data[:200_000]),
}


@pytest.mark.parametrize(("coding", "pack"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_too_big(coding: str, pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(NOTHING)

    with pytest.raises(BodyError) as caught:
        unpack(bomb, coding, step=65_536)

    assert caught.value.reason == "too-big"


def test_a_body_of_exactly_the_limit_is_taken() -> None:
    assert unpack(gzip.compress(TEXT), "gzip", limit=len(TEXT)) == TEXT
    with pytest.raises(BodyError):
        unpack(gzip.compress(TEXT), "gzip", limit=len(TEXT) - 1)


BROKEN = {
    "gzip cut off": ("gzip", gzip.compress(TEXT)[:-9]),
    "gzip of one byte": ("gzip", b"\x1f"),
    "deflate cut off": ("deflate", zlib.compress(TEXT)[:-5]),
    "deflate of one byte": ("deflate", b"x"),
    "brotli cut off": ("br", brotli.compress(TEXT)[:-3]),
    "not gzip at all": ("gzip", b"<html>"),
    "not brotli at all": ("br", b"\xff\xff\xff\xff<html>"),
    "a wrong checksum": ("gzip", gzip.compress(TEXT)[:-8] + b"12345678"),
    "a coding that nobody asked for": ("zstd", b"x"),
    "too many codings": ("gzip, gzip, gzip, gzip", b"x"),
}


@pytest.mark.parametrize(("coding", "data"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_body_is_never_given_in_part(coding: str, data: bytes) -> None:
    with pytest.raises(BodyError) as caught:
        unpack(data, coding)

    assert caught.value.reason == "network"
