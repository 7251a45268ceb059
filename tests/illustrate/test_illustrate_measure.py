"""What is a picture and what is none, by its bytes alone."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from copydesk.errors import PictureError
from copydesk.illustrate import Album
from illustrate.draw import URL, drawn, encoded, fetched, opened

JPEG = encoded(drawn())
PNG = encoded(drawn(), "PNG")


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path, 10_000_000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_the_type_is_what_the_bytes_say(album: Album, kind: str) -> None:
    body = encoded(drawn(), kind)

    picture = album.add(URL, fetched(body, content_type="text/plain"))

    assert (f"image/{kind.lower()}", 640, 360) == (picture.type, picture.width, picture.height)


def bomb() -> bytes:
    """Give a PNG of 60,000 by 60,000 pixels that is 70 bytes long."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "expected a picture, got nothing"),
        (b"<!DOCTYPE html><html><body>gone</body></html>", "expected a picture, got a web page"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "expected a picture, got SVG"),
        (b"\x00" * 500, "expected a picture, got something else"),
        (encoded(drawn(1, 1), "GIF"), "the picture is too small (1x1)"),
        (encoded(drawn(60, 60)), "the picture is too small (60x60)"),
        (encoded(drawn(800, 40)), "the picture is too small (800x40)"),
        (JPEG[: len(JPEG) // 2], "the picture is damaged or cut off"),
        (JPEG[:-40], "the picture is damaged or cut off"),
        (PNG[: len(PNG) // 2], "the picture is damaged or cut off"),
        (JPEG[:12], "the picture's width or height is unknown"),
        (bomb(), "the picture is too large (60000x60000)"),
        (JPEG + b"x" * 20_000_000, "the picture is too big"),
    ],
    ids=[
        *("nothing", "html", "svg", "noise", "pixel", "avatar", "rule", "half", "no end"),
        *("half png", "start only", "bomb", "bytes"),
    ],
)
def test_what_is_no_picture_is_an_error_that_names_it(
    album: Album, body: bytes, what: str, tmp_path: Path
) -> None:
    with pytest.raises(PictureError) as caught:
        album.add(URL, fetched(body))

    assert caught.value.what.startswith(what)
    assert URL == caught.value.subject
    assert [] == list(tmp_path.iterdir())


def stored(album: Album, tmp_path: Path, body: bytes) -> Image.Image:
    return opened((tmp_path / album.add(URL, fetched(body)).file).read_bytes())


def test_a_wide_picture_is_scaled_down_for_the_page(album: Album, tmp_path: Path) -> None:
    picture = album.add(URL, fetched(encoded(drawn(4000, 2667))))

    assert (4000, 2667) == (picture.width, picture.height)
    assert (640, 427) == opened((tmp_path / picture.file).read_bytes()).size


def test_a_long_picture_is_no_longer_than_a_portrait(album: Album, tmp_path: Path) -> None:
    assert (192, 960) == stored(album, tmp_path, encoded(drawn(800, 4000))).size


def test_a_small_picture_keeps_its_size(album: Album, tmp_path: Path) -> None:
    image = stored(album, tmp_path, JPEG)

    assert ("WEBP", (640, 360)) == (image.format, image.size)


def test_a_picture_is_turned_as_its_camera_says(album: Album, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = album.add(URL, fetched(encoded(drawn(640, 360), exif=exif)))

    assert (360, 640) == (picture.width, picture.height)
    assert (360, 640) == opened((tmp_path / picture.file).read_bytes()).size


def test_no_metadata_is_kept(album: Album, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"

    image = stored(album, tmp_path, encoded(drawn(), exif=exif, comment=b"secret"))

    assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    assert b"taken at home" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_of_an_animation_the_first_frame_is_kept(album: Album, tmp_path: Path) -> None:
    black, white = Image.new("RGB", (200, 200)), Image.new("RGB", (200, 200), "white")

    body = encoded(black, "GIF", save_all=True, append_images=[white])
    image = stored(album, tmp_path, body)

    assert 1 == getattr(image, "n_frames", 1)
    assert (0, 0, 0) == image.convert("RGB").getpixel((9, 9))


def test_what_is_transparent_stays_transparent(album: Album, tmp_path: Path) -> None:
    clear = Image.new("RGBA", (200, 200), (255, 0, 0, 0))

    image = stored(album, tmp_path, encoded(clear, "PNG"))

    assert (0, 0) == image.convert("RGBA").getchannel("A").getextrema()


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA"])
def test_every_colour_mode_is_shown(album: Album, tmp_path: Path, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"

    image = stored(album, tmp_path, encoded(drawn(200, 200, mode), kind))

    assert image.mode in {"RGB", "RGBA"}
    assert (image.convert("L").getextrema()[1] or 0) > 200  # type: ignore[operator] # one band


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        album = Album(tmp_path / name, 10_000_000)
        files.append((tmp_path / name / album.add(URL, fetched(JPEG)).file).read_bytes())

    assert files[0] == files[1]
