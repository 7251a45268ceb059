"""Pictures: forms within their limits or a PictureError; an SVG logo that passes runs nothing."""

from __future__ import annotations

import contextlib
import io
import re
from xml.etree import ElementTree as ET

from PIL import Image

from copydesk import illustrate
from copydesk.errors import PictureError
from fuzz import mutation
from illustrate.draw import URL, drawn, encoded

_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>a</title><style>a{}</style>'
    b'<g fill="red"><path d="M0 0h9v9z"/><use href="#a"/></g></svg>'
)
_HARM = re.compile(r"script|foreignobject|iframe|embed|object|on\w+", re.IGNORECASE)
SEEDS = [
    *(encoded(drawn(120, 110), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")),
    encoded(drawn(120, 110).convert("P"), "PNG"),
    encoded(drawn(120, 110).convert("RGBA"), "WEBP"),
    _SVG,
]
_SVG_MUTATION = mutation.structured(
    re.compile(rb"<[^\s>]*|[\w:-]+=|[^<\s=]+|\s+|="),
    (
        *(
            b"<script>",
            b"</script>",
            b" onload='a()'",
            b" href='javascript:a'",
            b"<style>@import 'a'",
        ),
        *(
            b"<foreignObject>",
            b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
            b"<![CDATA[",
            b"<image href='//a'/>",
        ),
        *(
            b"<set attributeName='href' to='javascript:a'/>",
            b" xmlns:h='http://www.w3.org/1999/xhtml'",
        ),
    ),
)


def mutate(data: bytes, seed: int) -> bytes:
    """Change an SVG by its tags, another picture in its first 600 bytes."""
    if b"<svg" in data[:1_000]:
        return _SVG_MUTATION(data, seed)
    changed = bytearray(data)
    for step in range(seed % 5 + 1):
        at = (seed >> step * 3) % min(600, len(changed) or 1)
        changed[at : at + 1] = bytes([(seed >> step * 5) % 256])
    return bytes(changed)


def check(data: bytes) -> None:
    """Measure and convert one picture, as fetched, uploaded and as a logo."""
    if b"<svg" in data[:1_000]:
        with contextlib.suppress(PictureError):
            illustrate.check_site_logo(data, "logo.svg")
            _check_svg(data)
        return
    with contextlib.suppress(PictureError):
        _check_size(illustrate.make_logo(data, 64), 64, 64)
    try:
        fetched = illustrate.measure_picture(URL, data)
    except PictureError:
        return
    made = None
    with contextlib.suppress(PictureError):
        made = illustrate.make_forms(fetched)
        for form in made.forms.values():
            _check_size(form, 640, 960)
    is_proved = False
    with contextlib.suppress(PictureError):
        illustrate.prove_picture(fetched)
        is_proved = True
    assert is_proved == (made is not None), "proved and made differ"
    with contextlib.suppress(PictureError):
        _check_size(illustrate.make_upload(data), 640, 960)


def _check_size(data: bytes, width: int, height: int) -> None:
    with Image.open(io.BytesIO(data)) as image:
        assert image.width <= width
        assert image.height <= height


def _check_svg(data: bytes) -> None:
    for element in ET.fromstring(data).iter():
        assert not _HARM.fullmatch(element.tag.rpartition("}")[2]), element.tag
        for key, value in element.items():
            assert not _HARM.fullmatch(key.rpartition("}")[2]), key
            assert not "".join(value.split()).lower().startswith(("javascript:", "http", "//")), (
                value
            )
