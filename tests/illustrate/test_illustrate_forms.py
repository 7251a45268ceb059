"""The forms for the page: two widths, AVIF where it is smaller, a JPEG, the colour behind."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from PIL import Image, ImageDraw

from copydesk.illustrate import Album, Picture, average, thumb_hash
from copydesk.news.edition import PictureFile
from illustrate.draw import URL, drawn, encoded, fetched, noise, opened


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path, 10_000_000)


def added(album: Album, image: Image.Image, kind: str = "PNG") -> Picture:
    return album.add(URL, fetched(encoded(image, kind)))


def smooth(width: int = 640, height: int = 360) -> Image.Image:
    """Draw what looks like a sky: soft, in colours, slightly uneven."""
    grain = noise(width // 40, height // 40).resize((width, height), Image.Resampling.BICUBIC)
    sky = Image.merge("RGB", [drawn(width, height, "L")] * 3)
    return Image.blend(sky, grain, 0.4)


def by_type(picture: Picture, kind: str) -> list[tuple[int, int]]:
    return [(form.width, form.height) for form in picture.forms if form.type == f"image/{kind}"]


def test_a_picture_has_two_widths_and_a_jpeg(album: Album) -> None:
    picture = added(album, noise(1600, 900))

    assert [(640, 360), (320, 180)] == by_type(picture, "webp")
    assert [(640, 360)] == by_type(picture, "jpeg")
    stem = picture.file.removesuffix(".webp")
    assert [f"{stem}.webp", f"{stem}-320.webp"] == [form.name for form in picture.forms[:2]]


@pytest.mark.parametrize(("width", "widths"), [(479, [479]), (480, [480, 320])])
def test_a_picture_hardly_wider_than_the_small_form_has_none(
    album: Album, width: int, widths: list[int]
) -> None:
    picture = added(album, drawn(width, 300))

    assert widths == [width for width, _ in by_type(picture, "webp")]


def test_every_form_is_what_its_sidecar_says(album: Album, tmp_path: Path) -> None:
    for form in added(album, smooth(1000, 700)).forms:
        image = opened((tmp_path / form.name).read_bytes())
        kind = str(image.format).lower()
        assert form == PictureFile(
            name=form.name, width=image.width, height=image.height, type=f"image/{kind}"
        )


def test_a_smooth_picture_has_smaller_avif_in_every_width(album: Album, tmp_path: Path) -> None:
    picture = added(album, smooth())
    sizes = {form.name: (tmp_path / form.name).stat().st_size for form in picture.forms}

    assert by_type(picture, "webp") == by_type(picture, "avif")
    assert all(
        size < sizes[name.replace(".avif", ".webp")]
        for name, size in sizes.items()
        if name.endswith(".avif")
    )


def test_avif_that_is_not_smaller_is_not_kept(album: Album) -> None:
    flat = Image.new("RGB", (640, 360), "navy")
    ImageDraw.Draw(flat).rectangle((100, 100, 300, 200), fill="white")

    assert [] == by_type(added(album, flat), "avif")


def test_where_the_small_avif_saves_nothing_no_large_one_is_tried(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def save(image: Image.Image, out: IO[bytes], name: str) -> None:
        tried.append(image.size)
        out.write(bytes(100_000))

    # what an encoder was not asked for leaves no other trace than time
    monkeypatch.setitem(Image.SAVE, "AVIF", save)
    added(album, noise(640, 360))

    assert [(320, 180)] == tried


def test_without_an_encoder_there_is_no_avif(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    # a Pillow built without libavif cannot be installed beside this one
    monkeypatch.setattr("PIL.features.check", lambda feature: feature != "avif")

    assert [] == by_type(added(album, smooth()), "avif")


def test_a_jpeg_stands_on_white_where_one_sees_through(album: Album, tmp_path: Path) -> None:
    picture = added(album, Image.new("RGBA", (640, 360), (255, 0, 0, 0)))
    (jpeg,) = [form for form in picture.forms if form.type == "image/jpeg"]

    assert (255, 255, 255) == opened((tmp_path / jpeg.name).read_bytes()).getpixel((300, 200))


def test_the_colour_behind_is_the_mean_one(album: Album) -> None:
    picture = added(album, Image.new("RGB", (640, 360), (10, 200, 30)))

    assert "#0bca1e" == picture.thumbnail.colour  # six bits a channel


def test_nothing_stands_behind_what_one_sees_through(album: Album) -> None:
    picture = added(album, Image.new("RGBA", (640, 360), (255, 0, 0, 90)))

    assert "" == picture.thumbnail.colour


def test_an_opacity_that_hides_nothing_is_dropped(album: Album, tmp_path: Path) -> None:
    picture = added(album, noise(640, 360).convert("RGBA"))

    assert "RGB" == opened((tmp_path / picture.file).read_bytes()).mode
    assert picture.thumbnail.colour


def spot(x: float, y: float) -> tuple[int, ...]:
    light = int(255 * max(0, 1 - 3 * ((x - 0.6) ** 2 + (y - 0.4) ** 2)))
    return light, int(120 * x), int(60 + 40 * y), 255


def veil(x: float, y: float) -> tuple[int, ...]:
    opacity = int(255 * min(1, 0.2 + x * y + 0.5 * x * x))
    return int(200 * x), int(90 + 100 * y * y), int(30 + 50 * x), opacity


# what thumbhash.js 0.1.1 of the hash's author gives for the same pixels
@pytest.mark.parametrize(
    ("size", "draw", "expected"),
    [
        ((32, 18), spot, "VYgKNJAwd3h5d4eDiHcwfHPABw=="),
        ((18, 32), spot, "VXgKPBAwl3c3iHd3eHcwfWPABg=="),
        ((32, 32), spot, "VXgKNxAwd3h5d4eDiHh3eIh3B9M3B3wA"),
        ((20, 13), spot, "VYgKPZAwd3h4d4eDiHh3hzB8Y7AH"),
        ((32, 18), veil, "2fmFC4o4oIeUd3mhoAvLV4B3hHiHd3g="),
        ((18, 32), veil, "2fmFCwo4oJSXd4ihoAvLV4B3hHiHd3g="),
        ((32, 32), veil, "2fmFDQo4oIeUd3l3iKGgC8tXgHeEeId3eA=="),
    ],
)
def test_a_thumb_hash_is_the_reference_ones(
    size: tuple[int, int], draw: Callable[[float, float], tuple[int, ...]], expected: str
) -> None:
    width, height = size
    image = Image.new("RGBA", size)
    image.putdata([draw(x / width, y / height) for y in range(height) for x in range(width)])

    assert expected == base64.b64encode(thumb_hash(image)).decode()


@pytest.mark.parametrize(
    ("hashed", "colour"), [("VYgKNJAwd3h5d4eDiHcwfHPABw==", "#7b374d"), ("", ""), ("VYgK", "")]
)
def test_the_mean_colour_is_read_from_the_hash(hashed: str, colour: str) -> None:
    assert colour == average(base64.b64decode(hashed))
