"""The access log of a loopback web: each visit as it was, in memory or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer; times are seconds of `time.monotonic`.

    `start` is when the request had come, `end` when the last of the answer was about to be sent, or
    the asker was gone without one: between two visits lies at least what the asker waited.
    `etag` is the validator handed out with the answer, `conditional` says whether the request bore
    one, `agent` who asked.
    """

    host: str
    path: str
    start: float
    end: float
    method: str = "GET"
    status: int = 0
    connection: int = 0
    conditional: bool = False
    etag: str = ""
    agent: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Visit).decode


def line(visit: Visit) -> bytes:
    """Give a visit as a line of JSON."""
    return _encode(visit) + b"\n"


def write_log(path: Path, visits: Iterable[Visit]) -> None:
    """Write a log."""
    with path.open("wb") as out:
        out.writelines(map(line, visits))


def read_log(path: Path) -> Iterator[Visit]:
    """Give the visits of a log; a last line that is cut off is left out."""
    with path.open("rb") as lines:
        for text in lines:
            if text.endswith(b"\n"):
                yield _decode(text)
