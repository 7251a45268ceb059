"""What is drawn for a site: share pictures and icons."""

from __future__ import annotations

import io
import os
import struct
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from copydesk.errors import PictureError
from copydesk.illustrate import Easel, drawing
from copydesk.kit import processes
from copydesk.news.edition import Poster

ARABIC = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
SITE = "The Robot Gazette"


def drawn(folder: Path, **said: str) -> Image.Image | None:
    form = Easel(folder).draw_card(Poster(site=said.pop("site", SITE), **said))
    if form is None:
        return None
    with Image.open(folder / form.name) as image:
        image.load()
        assert image.format == "PNG"
        assert image.size == (form.width, form.height) == (1200, 630)
        return image.convert("RGB")


def ink(image: Image.Image | None) -> tuple[int, int, int, int]:
    """Give the box of what is not paper."""
    assert image is not None
    paper = Image.new("RGB", image.size, image.getpixel((0, 0)))
    from PIL import ImageChops

    return ImageChops.difference(image, paper).getbbox() or (0, 0, 0, 0)


@pytest.mark.parametrize(
    "headline",
    [
        "Vote",
        "European lawmakers agree on rules for models after a night of talks",
        "word and another " * 600,
        "x" * 10_000,
        "https://example.org/" + "abc-def/" * 100,
        "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z " * 9,
        "“Größe” – Привет, Ελλάδα: Việt Nam’s “…” 100 % € ½",
        "🚀 Launch day 👩‍🚀 for all ❤️",
    ],
)
def test_a_headline_stays_within_the_margins(tmp_path: Path, headline: str) -> None:
    whole = drawn(tmp_path, headline=headline, topic="Law", source="The Herald")

    left, top, right, bottom = ink(whole)
    assert left >= 79
    assert right <= 1122
    assert top >= 40
    assert bottom <= 610


@pytest.mark.parametrize(
    "headline", ["机器人可以投票", "الروبوتات قد تصوت", "🚀🚀", "Vote 机器人", "!!!", "\u202e"]
)
def test_a_headline_that_would_be_boxes_is_not_drawn(tmp_path: Path, headline: str) -> None:
    assert drawn(tmp_path, headline=headline) is None
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("site", [SITE, "每日新闻", "", "🚀", "A very long name of a site " * 9])
def test_a_site_of_any_name_has_its_card(tmp_path: Path, site: str) -> None:
    left, top, right, bottom = ink(drawn(tmp_path, site=site))

    assert left >= 79
    assert right <= 1122
    assert top > 60
    assert bottom < 600


def test_what_cannot_be_set_beside_a_headline_is_left_out(tmp_path: Path) -> None:
    odd = drawn(tmp_path, headline="Vote", site="每日", topic="政策", source="報")
    plain = drawn(tmp_path, headline="Vote", site="", topic="", source="")

    assert odd is not None
    assert plain is not None
    assert odd.tobytes() == plain.tobytes()


def test_the_same_words_give_the_same_bytes_and_are_drawn_once(tmp_path: Path) -> None:
    said = Poster(site=SITE, headline="Robots may vote", topic="Law")
    first, second = (Easel(tmp_path / name) for name in "ab")
    form = first.draw_card(said)
    again = second.draw_card(said)

    assert form is not None
    assert form == again
    kept = tmp_path / "a" / form.name
    assert kept.read_bytes() == (tmp_path / "b" / form.name).read_bytes()
    os.utime(kept, (1, 1))
    assert Easel(tmp_path / "a").draw_card(said) == form
    assert kept.stat().st_mtime == 1


MANY = [Poster(site=SITE, headline=f"Robots may vote on rule {number}") for number in range(50)]


def test_many_are_drawn_beforehand_as_they_are_drawn_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "at_once", lambda: 2)
    unset = Poster(site=SITE, headline="政策")
    ahead, alone = Easel(tmp_path / "ahead"), Easel(tmp_path / "alone")
    first = ahead.draw_card(MANY[0])
    forms = [alone.draw_card(one) for one in MANY]

    ahead.draw_ahead([*MANY, unset])

    assert [first, *forms[1:]] == [ahead.draw_card(one, anew=False) for one in MANY]
    assert ahead.draw_card(unset, anew=False) is None
    assert {file.name: file.read_bytes() for file in (tmp_path / "ahead").iterdir()} == {
        file.name: file.read_bytes() for file in (tmp_path / "alone").iterdir()
    }


def test_a_few_are_left_for_when_they_are_needed(tmp_path: Path) -> None:
    Easel(tmp_path / "cards").draw_ahead(MANY[:10])

    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize("broken", ["face.ttf", "cards"])
def test_what_fails_beforehand_is_told_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(processes, "at_once", lambda: 2)
    (tmp_path / "face.ttf").write_bytes(drawing.OWN_FACE.read_bytes())
    (tmp_path / broken).write_bytes(b"neither a face nor a folder")
    easel = Easel(tmp_path / "cards", tmp_path / "face.ttf")

    easel.draw_ahead(MANY)

    with pytest.raises(PictureError):
        easel.draw_card(MANY[0])


def test_without_leave_only_what_is_there_is_given(tmp_path: Path) -> None:
    easel, said = Easel(tmp_path), Poster(site=SITE, headline="Robots may vote")

    assert easel.draw_card(said, anew=False) is None
    form = easel.draw_card(said)
    assert easel.draw_card(said, anew=False) == form


def test_what_nobody_says_any_more_is_swept(tmp_path: Path) -> None:
    easel = Easel(tmp_path)
    kept, gone = (easel.draw_card(Poster(site=SITE, headline=one)) for one in ("A b", "C d"))
    assert kept is not None
    assert gone is not None

    easel.sweep({kept.name})

    assert [file.name for file in tmp_path.iterdir()] == [kept.name]
    assert easel.draw_card(Poster(site=SITE, headline="C d"), anew=False) is None


@pytest.mark.parametrize("title", [SITE, "每日新闻", "", "ß"])
def test_icons_have_the_sizes_that_they_are_named_for(tmp_path: Path, title: str) -> None:
    icons = Easel(tmp_path).icons(title)
    sizes = {}
    for name, file in icons.items():
        with Image.open(file) as image:
            sizes[name] = image.size
            if name == "favicon.ico":
                assert {(16, 16), (32, 32), (48, 48)} == image.info["sizes"]

    assert sizes == {
        "favicon.ico": (48, 48),
        "apple-touch-icon.png": (180, 180),
        "icon-192.png": (192, 192),
        "icon-512.png": (512, 512),
        "icon-maskable.png": (512, 512),
    }
    assert icons == Easel(tmp_path).icons(title)


def test_a_maskable_icon_keeps_its_letter_within_the_safe_circle(tmp_path: Path) -> None:
    with Image.open(Easel(tmp_path).icons("Wide")["icon-maskable.png"]) as image:
        assert image.getchannel("A").getextrema() == (255, 255)
        letter = image.convert("L").point(lambda value: 255 if value > 150 else 0).getbbox()

    assert letter is not None
    corners = [(x, y) for x in (letter[0], letter[2]) for y in (letter[1], letter[3])]
    assert max((x - 256) ** 2 + (y - 256) ** 2 for x, y in corners) <= (512 * 0.4) ** 2


def test_our_table_of_characters_agrees_with_the_face() -> None:
    font = ImageFont.truetype(drawing.OWN_FACE, 40, layout_engine=ImageFont.Layout.BASIC)
    missing = bytes(font.getmask("\ufffe"))
    letters = [
        chr(point)
        for point in range(0x21, 0x2600)
        if unicodedata.category(chr(point))[0] in "LNPS" and chr(point).isprintable()
    ]

    points = drawing.read_code_points(drawing.OWN_FACE)
    drawn = {char for char in letters if bytes(font.getmask(char)) != missing}
    assert len(drawn) > 800
    assert drawn == {char for char in letters if ord(char) in points}


@pytest.mark.parametrize(
    "data",
    [b"", b"no face", b"\0\1\0\0" + struct.pack(">H", 9), drawing.OWN_FACE.read_bytes()[:9_000]],
)
def test_a_face_that_is_none_is_an_error_that_names_it(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "face.ttf"
    file.write_bytes(data)
    easel = Easel(tmp_path / "cards", file)

    with pytest.raises(PictureError) as caught:
        easel.draw_card(Poster(site=SITE, headline="Robots may vote"))

    assert caught.value.subject == str(file)


def test_a_folder_that_takes_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text("a file")

    with pytest.raises(PictureError):
        Easel(tmp_path / "cards").icons(SITE)


@pytest.mark.skipif(not ARABIC.is_file(), reason="no face with Arabic here")
def test_what_runs_from_the_right_begins_there_and_the_mark_makes_room(tmp_path: Path) -> None:
    said = Poster(site="صحيفة", headline="الروبوتات قد تصوت", topic="سياسة", source="الحياة")
    form = Easel(tmp_path, ARABIC).draw_card(said)
    assert form is not None

    with Image.open(tmp_path / form.name) as image:
        whole = image.convert("RGB")
    for top, bottom in ((40, 110), (140, 185), (190, 520)):
        assert ink(whole.crop((600, top, 1200, bottom)))[2] in range(500, 523)
        assert ink(whole.crop((0, top, 300, bottom))) == (0, 0, 0, 0)
    assert whole.getpixel((90, 560)) == (0x9C, 0x1C, 0x1F)
    assert ink(whole.crop((200, 540, 1200, 630)))[2] in range(900, 923)


def test_lines_are_as_even_as_they_can_be() -> None:
    said = "European lawmakers agree on rules for models after a night of talks in the city"
    setting = drawing.fit_lines(said, drawing.OWN_FACE, (60,), (1040, 320))

    widths = [setting.font.getlength(line) for line in setting.lines]
    assert " ".join(setting.lines) == said
    assert min(widths) > 0.6 * max(widths)


def test_a_card_weighs_little() -> None:
    said = Poster(site=SITE, headline="word and another " * 20, topic="Law", source="The Herald")
    data = drawing.draw_card(said, drawing.OWN_FACE)

    assert data is not None
    assert len(data) < 40_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "P"
