"""Bytes that nobody drew: a picture comes of them or one clear error, nothing else."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import PictureError
from copydesk.illustrate import (
    Album,
    FetchedPicture,
    Picture,
    make_forms,
    measure_picture,
    prove_picture,
)
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


def failure(step: Callable[[FetchedPicture], object], picture: FetchedPicture) -> str:
    """Give what is said of a picture that a step refuses, "" for one that it takes."""
    try:
        step(picture)
    except PictureError as error:
        return error.what
    return ""


@settings(max_examples=150, deadline=None)
@given(body=spoilt())
def test_what_is_proven_has_forms_and_nothing_else_has(body: bytes) -> None:
    try:
        picture = measure_picture(URL, body)
    except PictureError:
        return

    assert failure(make_forms, picture) == failure(prove_picture, picture)


def colours() -> Iterator[tuple[str, bytes]]:
    """Yield a picture of each kind in each way to keep colours that it has, all named."""
    kinds, modes = ("PNG", "GIF", "WEBP", "JPEG"), ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK")
    for kind, mode, options in product(kinds, modes, ({}, {"transparency": 3})):
        with contextlib.suppress(OSError, ValueError, TypeError):
            yield " ".join((kind, mode, *options)), encoded(drawn(700, 300, mode), kind, **options)
    yield "PNG I;16", encoded(drawn(700, 300, "I").convert("I;16"), "PNG")


def test_whatever_its_colours_are_what_is_proven_has_forms() -> None:
    pictures = {name: measure_picture(URL, body) for name, body in colours()}

    made = {name: failure(make_forms, picture) for name, picture in pictures.items()}
    proven = {name: failure(prove_picture, picture) for name, picture in pictures.items()}

    assert made == proven
    assert len(made) >= 40
