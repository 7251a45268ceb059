"""Pictures as only some programs write them, and bytes made to do harm."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from copydesk.errors import PictureError
from copydesk.illustrate import Album
from illustrate.draw import URL, drawn, encoded, fetched, noise, opened


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path, 10_000_000)


def stored(album: Album, tmp_path: Path, body: bytes) -> Image.Image:
    return opened((tmp_path / album.add(URL, fetched(body)).file).read_bytes()).convert("RGB")


def near(colour: object, expected: tuple[int, int, int], within: int = 6) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(a - b) <= within for a, b in zip(colour, expected, strict=True))


@pytest.mark.parametrize("value", [0, 20_000, 60_000])
def test_sixteen_bits_of_grey_are_shown_as_they_are(
    album: Album, tmp_path: Path, value: int
) -> None:
    image = stored(album, tmp_path, encoded(Image.new("I;16", (200, 200), value), "PNG"))

    assert near(image.getpixel((99, 99)), (value // 257,) * 3)


def test_the_colours_of_print_are_shown_in_colour(album: Album, tmp_path: Path) -> None:
    cyan = Image.new("CMYK", (200, 200), (255, 0, 0, 0))

    assert near(stored(album, tmp_path, encoded(cyan)).getpixel((99, 99)), (0, 255, 255))


def test_a_palette_with_a_clear_colour_stays_clear(album: Album, tmp_path: Path) -> None:
    image = Image.new("P", (200, 200), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    body = encoded(image, "PNG", transparency=1)

    found = opened((tmp_path / album.add(URL, fetched(body)).file).read_bytes())

    assert (0, 0) == found.convert("RGBA").getchannel("A").getextrema()


def wide_gamut(image: Image.Image) -> bytes:
    """Give a picture whose profile says that its red and green are swapped."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return encoded(image, "PNG", icc_profile=bytes(profile))


def test_a_colour_profile_is_applied(album: Album, tmp_path: Path) -> None:
    image = stored(album, tmp_path, wide_gamut(Image.new("RGB", (200, 200), (250, 10, 10))))

    assert near(image.getpixel((99, 99)), (10, 250, 10), within=12)


@pytest.mark.parametrize("profile", [b"not one", b"\x00" * 200, b"p" * 5_000_000])
def test_a_profile_that_is_none_costs_only_the_exact_colours(
    album: Album, tmp_path: Path, profile: bytes
) -> None:
    body = encoded(Image.new("RGB", (200, 200), (250, 10, 10)), "WEBP", icc_profile=profile)

    assert near(stored(album, tmp_path, body).getpixel((99, 99)), (250, 10, 10))


def test_a_profile_of_print_on_a_picture_of_light_is_passed_over(
    album: Album, tmp_path: Path
) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    body = encoded(Image.new("RGB", (200, 200), (250, 10, 10)), icc_profile=lab)

    assert near(stored(album, tmp_path, body).getpixel((99, 99)), (250, 10, 10))


def is_white(grey: object) -> bool:
    return isinstance(grey, int) and grey > 128


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, 0), (2, 1), (3, 3), (4, 2), (5, 0), (6, 1), (7, 3), (8, 2)],
)
def test_a_picture_is_turned_in_each_of_the_eight_ways(
    album: Album, tmp_path: Path, orientation: int, corner: int
) -> None:
    image = Image.new("RGB", (800, 400), "black")
    image.paste("white", (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = orientation

    found = stored(album, tmp_path, encoded(image, exif=exif)).convert("L")

    spots = [(9, 9), (found.width - 9, 9), (9, found.height - 9)]
    spots.append((found.width - 9, found.height - 9))
    assert [corner] == [n for n, spot in enumerate(spots) if is_white(found.getpixel(spot))]
    assert ((400, 800) if orientation > 4 else (640, 320)) == found.size


def test_an_orientation_that_is_no_number_costs_only_the_turn(album: Album, tmp_path: Path) -> None:
    body = bytearray(encoded(drawn(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12" * 600))

    assert (640, 360) == stored(album, tmp_path, bytes(body)).size


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_every_animation_the_first_frame_is_kept(
    album: Album, tmp_path: Path, kind: str
) -> None:
    red, blue = Image.new("RGB", (200, 200), "red"), Image.new("RGB", (200, 200), "blue")
    body = encoded(red, kind, save_all=True, append_images=[blue, blue], duration=100)

    assert near(stored(album, tmp_path, body).getpixel((99, 99)), (255, 0, 0), within=12)
    for file in tmp_path.iterdir():
        if file.suffix != ".json":
            assert 1 == getattr(opened(file.read_bytes()), "n_frames", 1)


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"PK\x03\x04 a jar", b"%PDF-1.7 and a document"]
)
def test_what_hides_behind_a_picture_is_not_kept(album: Album, tmp_path: Path, tail: bytes) -> None:
    album.add(URL, fetched(encoded(noise(300, 200), "PNG") + tail))

    assert tail not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_markup_that_begins_as_a_picture_is_no_picture(album: Album) -> None:
    with pytest.raises(PictureError):
        album.add(URL, fetched(b"GIF89a=1;/*<script>alert(1)</script>*/" + b"x" * 300))


def test_a_size_that_lies_is_found_out(album: Album) -> None:
    body = encoded(noise(300, 200).convert("RGBA"), "WEBP", exact=True, icc_profile=b"x")
    place = body.index(b"VP8X") + 12
    lying = body[:place] + (399).to_bytes(3, "little") + body[place + 3 :]

    with pytest.raises(PictureError):
        album.add(URL, fetched(lying))


def scans(width: int, height: int, count: int) -> bytes:
    """Give a JPEG that draws its last layer over and over."""
    body = encoded(Image.new("L", (width, height), 128), progressive=True)
    last = body[body.rindex(b"\xff\xda") : -2]
    return body[:-2] + last * count + b"\xff\xd9"


@pytest.mark.parametrize(
    ("size", "count", "is_taken"),
    [((500, 400), 12, True), ((500, 400), 3_000, False), ((6_000, 6_000), 60, False)],
    ids=["as tools make it", "over and over", "large and over again"],
)
def test_a_jpeg_may_draw_itself_only_so_often(
    album: Album, size: tuple[int, int], count: int, is_taken: bool
) -> None:
    body = scans(*size, count)
    began = time.process_time()

    with contextlib.nullcontext() if is_taken else pytest.raises(PictureError):
        album.add(URL, fetched(body))

    assert time.process_time() - began < 2


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_text_that_swells_is_a_picture_or_one_error(album: Album, name: bytes) -> None:
    whole = encoded(noise(200, 150), "PNG")
    packed = zlib.compress(b"a" * 100_000_000, 9)
    head = b"x\0\0" + (b"\x01\0\0\0"[1:] if name == b"iTXt" else b"")
    body = whole[:33] + chunk(name, head + packed) + whole[33:]

    try:
        picture = album.add(URL, fetched(body))
    except PictureError:
        assert album.find(URL) is None
    else:
        assert (200, 150) == (picture.width, picture.height)


def test_memory_that_is_missing_costs_only_the_picture(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    # a machine without memory would end the tests
    monkeypatch.setattr(Image, "open", full)

    with pytest.raises(PictureError) as caught:
        album.add(URL, fetched(encoded(drawn())))

    assert "the picture is too large to decode" == caught.value.what


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "JPEG2000", "PPM"])
def test_what_browsers_do_not_show_is_no_picture(album: Album, kind: str) -> None:
    out = io.BytesIO()
    drawn(200, 150).save(out, kind)

    with pytest.raises(PictureError) as caught:
        album.add(URL, fetched(out.getvalue()))

    assert "expected a picture, got something else" == caught.value.what
