"""Bytes to characters: what the page is written in, against what it says it is written in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.IGNORECASE)
_IN_MARKUP = re.compile(
    rb"""<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# What browsers read behind a label that promises less: the larger set of the same family.
_WIDER = {
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-11": "cp874",
}
_HIGH = bytes(range(0x80, 0x100))
_PRESCAN = 16_384  # bytes; the standard reads 1,024, pages with long heads name it later
_SAMPLE = 200_000  # bytes that the detector reads
_BAD_SHARE = 50  # one byte in fifty may be wrong: a pasted quotation mark, a cut tail


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """Decode a page; return its text and the codec that read it. No byte is an error.

    A byte order mark wins (WHATWG encoding standard). Then UTF-8 where the bytes prove it, since
    no other text is valid UTF-8 by chance, whatever the labels say. Then the header's label, then
    the markup's, the first under which the bytes make sense; then a detector, then windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec
    for codec in _candidates(body, content_type):
        text = _try_codec(body, codec)
        if text is not None:
            return text, codec
    return body.decode("cp1252", "replace"), "cp1252"


def _candidates(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the codecs to try, the likeliest first, the costly one last."""
    labels = list(_labels(body, content_type))
    if body.isascii():
        # seven-bit codecs that shift by escape sequences are known by their label alone
        yield from (codec for codec in labels if codec.startswith("iso2022") and b"\x1b" in body)
        yield "ascii"
        return
    if b"\x00" not in body[:1000]:
        yield "utf-8"
        labels = [codec for codec in labels if not codec.startswith("utf-16")]
    yield from labels
    yield _detect(body)


def _labels(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the codecs that the header and the markup name, in that order.

    As browsers read the labels: windows-1252 behind iso-8859-1, gb18030 behind gb2312.
    """
    from resiliparse.parse.encoding import map_encoding_to_html5

    found = [match[1] for match in _IN_HEADER.finditer(content_type)]
    found += [
        (match[1] or match[2]).decode("ascii", "replace")
        for match in _IN_MARKUP.finditer(body[:_PRESCAN])
    ]
    for label in found:
        codec = map_encoding_to_html5(label, fallback_utf8=False)
        if codec:
            yield _WIDER.get(codec, codec)


def _try_codec(body: bytes, codec: str) -> str | None:
    """Decode where the bytes make sense under this codec; None where they do not."""
    try:
        text = codecs.getincrementaldecoder(codec)("replace").decode(body, final=False)
    except LookupError:
        return None
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    high = len(body) - len(body.translate(None, _HIGH))
    return text if bad * _BAD_SHARE <= high else None


def _detect(body: bytes) -> str:
    from resiliparse.parse.encoding import detect_encoding

    codec = str(detect_encoding(body[:_SAMPLE]))
    return _WIDER.get(codec, codec)
