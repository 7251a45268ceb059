"""Packed texts: what of the site goes out gzipped, and the packed form of what was asked for."""

from __future__ import annotations

import gzip
import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from starlette.datastructures import Headers

_TEXTS = {".html", ".css", ".js", ".svg", ".xml", ".json", ".txt", ".webmanifest"}
_LEAST, _MOST = 1_000, 5_000_000  # bytes; less is one packet either way, more is no page
_LEVEL = 6
_TAKEN = re.compile(r"(?i)\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# what asks for a part, or for something to be done only on conditions that a plain file answers
_APART = ("Range", "If-Range", "If-Match", "If-Unmodified-Since")
_KEPT_BYTES = 16 << 20


def varies(path: Path) -> bool:
    """Decide whether an answer with a file depends on what the asker can unpack."""
    return path.suffix in _TEXTS


def may_be_packed(headers: Headers, path: Path, size: int) -> bool:
    """Decide whether a file goes out packed to whoever sent these headers."""
    return (
        varies(path)
        and _LEAST <= size <= _MOST
        and not any(name in headers for name in _APART)
        and _TAKEN.search(headers.get("Accept-Encoding", "")) is not None
    )


class PackedTexts:
    """The packed forms of the texts that were asked for last, at most `at_most` bytes of them."""

    def __init__(self, at_most: int = _KEPT_BYTES) -> None:
        self._at_most = at_most
        self._kept: OrderedDict[tuple[Path, str], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def pack(self, path: Path, tag: str, file: BinaryIO) -> bytes:
        """Return the packed form of an open file; `tag` tells its states apart."""
        with self._lock:
            packed = self._kept.get((path, tag))
            if packed is not None:
                self._kept.move_to_end((path, tag))
                return packed
        packed = gzip.compress(file.read(), _LEVEL, mtime=0)
        with self._lock:
            self._keep((path, tag), packed)
        return packed

    def _keep(self, key: tuple[Path, str], packed: bytes) -> None:
        self._bytes += len(packed) - len(self._kept.get(key, b""))
        self._kept[key] = packed
        while self._bytes > self._at_most:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)
