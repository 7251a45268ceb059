"""Characters: bytes of a source made text, whatever they are labelled."""

from __future__ import annotations

import codecs
import re
import zlib

from copydesk.errors import FeedError

MAX_BYTES = 10_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

# codecs that turn text bytes into text and take linear time; no idna, punycode, zip, rot13
_SAFE = re.compile(
    r"(utf-?_?(8|16|32)([_-]?[bl]e)?|(iso-?_?8859|latin|windows|cp|koi8|mac|kz|ptcp|tis|johab)"
    r"[\w-]*|gb[\w-]+|hz|big5[\w-]*|euc[\w-]+|shift[\w-]*|sjis|ms932|iso-?2022[\w-]*|us-?ascii|"
    r"ascii|l1|x-sjis)",
    re.IGNORECASE,
)
# what the label says and what its bytes are in practice (WHATWG Encoding)
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# XML 1.0 knows no such characters, and a strict parser gives up at the first
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def decode(data: bytes, content_type: str = "") -> str:
    """Decode a document: by its mark, else by header, declaration, then by its bytes.

    A label that does not fit the bytes is passed over; single bytes that are no UTF-8 are read as
    windows-1252 inside text that is. Control characters are left out.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _drop_illegal(data.decode(name, "replace"))
    for label in _labels(data, content_type):
        decoded = _decode_strictly(data, label)
        if decoded is not None:
            return _drop_illegal(decoded)
    return _drop_illegal(_decode_mixture(data))


def _labels(data: bytes, content_type: str) -> list[str]:
    head = data[:2_048]
    matches = [_CHARSET.search(content_type), _DECLARED.search(head), _META.search(head)]
    labels = [match[1] for match in matches if match]
    return [label if isinstance(label, str) else label.decode("ascii") for label in labels]


def _decode_strictly(data: bytes, label: str) -> str | None:
    """Decode by a label, None where it is unknown, unsafe or does not fit."""
    if not _SAFE.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
        return data.decode(_WIDER.get(name, name))
    except (LookupError, UnicodeError):
        return None


def _decode_mixture(data: bytes) -> str:
    """Read UTF-8 with stray windows-1252 bytes, or all windows-1252 when the strays are many."""
    decoded = data.decode("utf-8", "replace")
    if decoded.count("\ufffd") > 100 + len(data) // 100:
        return data.decode("cp1252", "replace")
    return data.decode("utf-8", "copydesk-stray")


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("copydesk-stray", _decode_stray)


def _drop_illegal(decoded: str) -> str:
    return decoded.removeprefix("\ufeff").translate(_ILLEGAL)


def unzip(data: bytes, subject: str) -> bytes:
    """Unpack a gzipped body, leave any other as it is; raise FeedError past 10 MB or if broken."""
    if data.startswith(b"\x1f\x8b"):
        data = _gunzip(data, subject)
    if len(data) > MAX_BYTES:
        raise FeedError(
            f"a source's answer of more than {MAX_BYTES} bytes",
            subject=subject,
            hint="name a shorter feed, or one sitemap of the site's index",
        )
    return data


def _gunzip(data: bytes, subject: str) -> bytes:
    """Unpack one more byte than is allowed; a cut-off file gives what it has."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise FeedError("broken gzip in a source's answer", subject=subject) from error
