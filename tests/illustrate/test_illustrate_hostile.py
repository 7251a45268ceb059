"""Bytes that nobody drew: a picture comes of them or one clear error, nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import PictureError
from copydesk.illustrate import Album, Picture
from illustrate.draw import URL, drawn, encoded, fetched

WHOLE = [encoded(drawn(120, 110), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Give a whole picture with some bytes changed and perhaps its end cut off."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 8))):
        data[draw(st.integers(0, min(len(data), 400) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)) | st.just(len(data)))])


def added(album: Album, body: bytes) -> Picture | PictureError:
    try:
        return album.add(URL, fetched(body))
    except PictureError as error:
        return error


@settings(max_examples=150, deadline=None)
@given(body=spoilt() | st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_one_error(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        album = Album(Path(folder), 1_000_000)

        found = added(album, body)

        if isinstance(found, PictureError):
            assert (URL, None) == (found.subject, album.find(URL))
        else:
            assert found == album.find(URL)
