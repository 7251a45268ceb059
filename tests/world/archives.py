"""WARC files made by code, sound and hostile."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

URL = "https://gull.example/story"
DATE = "2020-01-02T03:04:05Z"
PAGE = b"<html><p>The ferry sails again.</p></html>"


def http(body: bytes = PAGE, *lines: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    """Return an HTTP response; `kind` is its content type, "" for none."""
    head = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind else []), *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def record(
    block: bytes | None = None,
    url: str = URL,
    *lines: str,
    kind: str = "response",
    length: object = None,
    date: str = DATE,
    block_type: str = "application/http; msgtype=response",
) -> bytes:
    """Return a WARC record; `length` is what it says of its block, the truth if None."""
    block = http() if block is None else block
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        *([f"WARC-Target-URI: {url}"] if url else []),
        *([f"WARC-Date: {date}"] if date else []),
        f"Content-Type: {block_type}",
        *lines,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + block + b"\r\n\r\n"


def numbered(count: int) -> list[bytes]:
    """Return records of pages /1, /2 and so on, each of another length."""
    return [record(http(PAGE * n), f"https://gull.example/{n}") for n in range(1, count + 1)]


def pack(records: Iterable[bytes]) -> bytes:
    """Return an archive that is packed record by record."""
    return b"".join(gzip.compress(one, 9, mtime=0) for one in records)


def zeros(count: int) -> bytes:
    """Return so many zeros, packed by gzip, without holding them."""
    packed, piece = io.BytesIO(), bytes(1_000_000)
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as file:
        for _ in range(count // len(piece)):
            file.write(piece)
    return packed.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A record between two sound pages: the reasons why it gives no page, and the page if it
    does.
    """

    data: bytes
    skipped: tuple[str, ...] = ()
    bodies: tuple[bytes, ...] = field(default=())


def _brotli(body: bytes) -> bytes:
    import brotli

    return bytes(brotli.compress(body))


_LATIN = "<p>Fähre</p>".encode("latin-1")
_CHUNKED = b"4\r\n<p>a\r\n5;x=y\r\nb</p>\r\n0\r\n\r\n"

ODD = {
    "a length that is too long": Odd(data=record(length=10_000), skipped=("damaged",)),
    "a length that is too short": Odd(data=record(length=len(http()) - 9), skipped=("damaged",)),
    "a length within the headers": Odd(data=record(length=5), skipped=("status", "damaged")),
    "a negative length": Odd(data=record(length=-3), skipped=("damaged", "damaged")),
    "a huge length": Odd(data=record(length=10**15), skipped=("damaged",)),
    "an endless length": Odd(data=record(length=10**30), skipped=("damaged", "damaged")),
    "a length in words": Odd(data=record(length="many"), skipped=("damaged", "damaged")),
    "no WARC at all": Odd(data=b"<html>" * 50, skipped=("damaged",)),
    "bytes in the WARC headers": Odd(
        data=record(None, URL, "X-Odd: \xe4\xff\x01\x00\x7f"), bodies=(PAGE,)
    ),
    "bytes in the HTTP headers": Odd(
        data=record(http(PAGE, "X-Odd: \xe4\xff\x01\x7f")), bodies=(PAGE,)
    ),
    "no HTTP": Odd(data=record(b"\0\xff" * 40), skipped=("status",)),
    "an empty block": Odd(data=record(b""), skipped=("status",)),
    "an HTTP head without end": Odd(
        data=record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html"), bodies=(b"",)
    ),
    "no address": Odd(data=record(url=""), skipped=("address",)),
    "an address that is a script": Odd(
        data=record(url="javascript:alert(1)"), skipped=("address",)
    ),
    "an address of a file": Odd(data=record(url="file:///etc/passwd"), skipped=("address",)),
    "an address in brackets": Odd(data=record(url=f"<{URL}>"), bodies=(PAGE,)),
    "an address with a password": Odd(
        data=record(url="http://user:pass@gull.example/story"), bodies=(PAGE,)
    ),
    "no date": Odd(data=record(date=""), skipped=("date",)),
    "a date that is none": Odd(data=record(date="yesterday"), skipped=("date",)),
    "a request": Odd(data=record(b"GET / HTTP/1.1\r\n\r\n", kind="request"), skipped=("kind",)),
    "a revisit": Odd(data=record(http(b""), kind="revisit"), skipped=("kind",)),
    "an answer of DNS": Odd(data=record(b"x", block_type="text/dns"), skipped=("kind",)),
    "an unknown type": Odd(data=record(kind="rumour"), skipped=("kind",)),
    "a page cut by the crawler": Odd(
        data=record(None, URL, "WARC-Truncated: length"), skipped=("truncated",)
    ),
    "a redirect": Odd(data=record(http(b"", status="301 Moved")), skipped=("status",)),
    "a status that is none": Odd(data=record(http(status="OK fine")), skipped=("status",)),
    "a picture": Odd(data=record(http(b"\x89PNG", kind="image/png")), skipped=("not-html",)),
    "a page of 1996": Odd(data=record(http(_LATIN, kind="")), bodies=(_LATIN,)),
    "a charset that lies": Odd(
        data=record(http(_LATIN, kind="TEXT/HTML;charset=utf-8")), bodies=(_LATIN,)
    ),
    "a chunked body": Odd(
        data=record(http(_CHUNKED, "Transfer-Encoding: chunked")), bodies=(b"<p>ab</p>",)
    ),
    "a body packed by gzip": Odd(
        data=record(http(gzip.compress(PAGE), "Content-Encoding: gzip")), bodies=(PAGE,)
    ),
    "a body that is not packed as it says": Odd(
        data=record(http(PAGE, "Content-Encoding: gzip")), bodies=(PAGE,)
    ),
    "a body packed by brotli": Odd(
        data=record(http(_brotli(PAGE), "Content-Encoding: br")), bodies=(PAGE,)
    ),
    "a body packed by nobody knows what": Odd(
        data=record(http(PAGE, "Content-Encoding: rar")), skipped=("body",)
    ),
    "half a packed body": Odd(
        data=record(http(gzip.compress(PAGE * 9)[:40], "Content-Encoding: gzip")),
        skipped=("body",),
    ),
}
