"""An editor's own picture is made anew, lies in git with the action that uses it, and is shown."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from copydesk import building, illustrate, newsroom
from copydesk.errors import PictureError, UsageError
from copydesk.news import EditorAction
from copydesk.newsroom import uploads
from copydesk.newsroom.reports import BuildReport
from world.desk import NAMES, act, action, desk_newsroom, read, stories, undo
from world.newsroom import NOW, run_git

A, B, *_ = NAMES
FOLDER = "assets/images/uploads"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return desk_newsroom(tmp_path / "beat", stories(2))


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(out, kind, **options)
    return out.getvalue()


def keep(root: Path, data: bytes) -> str:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return uploads.keep_upload(opened, data)


def use(address: str, name: str = A) -> EditorAction:
    return action("rule", "set", name, values=("picture", address))


def test_it_is_made_anew_without_what_its_file_said(root: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    address = keep(root, picture(exif=exif) + b"<script>alert(1)</script>")

    name = address.rsplit("/", 1)[-1]
    data = (root / ".copydesk/uploads" / name).read_bytes()
    assert name == f"{hashlib.sha256(data).hexdigest()}.webp"
    assert address == f"https://tidewatch.example/coast/{FOLDER}/{name}"
    assert (b"taken at home" in data, b"script" in data) == (False, False)
    with Image.open(io.BytesIO(data)) as made:
        assert (made.format, made.size, dict(made.getexif())) == ("WEBP", (640, 427), {})


def test_the_action_that_uses_it_puts_it_into_git(root: Path) -> None:
    address = keep(root, picture())
    name = address.rsplit("/", 1)[-1]
    (told,) = act(root, use(address))

    assert told.state == "done"
    assert f"{FOLDER}/{name}" in told.paths
    assert f"{FOLDER}/{name}" in run_git(root, "show", "--name-only", "--format=", "HEAD")
    assert [image.url for image in read(root, A).images] == [address]
    assert run_git(root, "status", "--porcelain") == ""


def test_two_stories_have_one_file_and_undo_leaves_it(root: Path) -> None:
    address = keep(root, picture())
    first = use(address)
    act(root, first, use(address, B))
    (told,) = act(root, undo(first))
    assert told.state == "done"
    assert read(root, A).images == ()
    assert [image.url for image in read(root, B).images] == [address]
    assert len([*(root / FOLDER).iterdir()]) == 1


def test_the_site_shows_it_and_has_its_file(root: Path, tmp_path: Path) -> None:
    address = keep(root, picture())
    act(root, use(address))
    out = tmp_path / "site"
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        building.build(opened, newsroom.Silence(), building.BuildOptions(out=out))

    assert "<img" in (out / f"news/{A}/index.html").read_text("utf-8")
    assert (out / FOLDER / address.rsplit("/", 1)[-1]).is_file()


def test_one_that_is_gone_is_refused(root: Path) -> None:
    address = keep(root, picture())
    next((root / ".copydesk/uploads").iterdir()).write_bytes(b"another")
    (told,) = act(root, use(address))
    assert (told.state, told.hint) == ("refused", "upload it again")
    assert not (root / FOLDER).exists()


@pytest.mark.parametrize("name", ["../../beat.toml", "a.webp", f"{'0' * 64}.svg", f"x/{'0' * 64}"])
def test_an_address_beside_them_is_nobodys_upload(root: Path, name: str) -> None:
    address = f"https://tidewatch.example/coast/{FOLDER}/{name}"
    (told,) = act(root, use(address))
    assert told.state == "done"  # an address like any other
    assert not (root / FOLDER).exists()


def bomb() -> bytes:
    """Return a PNG of 30,000 by 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


@pytest.mark.parametrize(
    "make",
    [
        bytes,
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        lambda: b"<html><img></html>",
        lambda: b"GIF89a<script>alert(1)</script>",
        bomb,
        lambda: picture(size=(60, 60)),
        lambda: picture("PNG", (5_200, 5_000)),
        lambda: picture()[:2_000],
        lambda: picture() + b"\0" * 6_000_000,
    ],
    ids=["nothing", "svg", "page", "polyglot", "bomb", "tiny", "huge", "cut", "6MB"],
)
def test_what_is_no_picture_is_refused(root: Path, make: Callable[[], bytes]) -> None:
    data = make()

    with pytest.raises(PictureError):
        keep(root, data)
    assert not [*(root / ".copydesk/uploads").glob("*")]


def test_a_site_without_an_address_takes_none(root: Path) -> None:
    beat = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(
        beat.replace('url = "https://tidewatch.example/coast"\n', ""), "utf-8"
    )
    with pytest.raises(UsageError, match="the site has no URL"):
        keep(root, picture())


def write(address: str, alt: str = "The wall at noon", credit: str = "Ada") -> EditorAction:
    values = ("The wall, a year on", "", "It stands.", address, alt, credit, "Coast")
    return action("write", "pictured", values=values)


def test_a_story_of_ones_own_is_written_with_a_picture(root: Path, tmp_path: Path) -> None:
    address = keep(root, picture())
    (told,) = act(root, write(address))
    assert "done" == told.state, told.what
    name = "2026-11-20-the-wall-a-year-on"
    story = read(root, name)
    (image,) = story.images
    assert (address, "The wall at noon", "Ada") == (image.url, image.title, image.attribution)
    assert ("Coast",) == story.topics
    assert "" == run_git(root, "status", "--porcelain")
    assert f"{FOLDER}/{address.rsplit('/', 1)[-1]}" in run_git(root, "ls-files")

    with newsroom.open_newsroom(root, NOW, {}) as opened:
        building.build(opened, newsroom.Silence(), building.BuildOptions(out=tmp_path / "site"))
    for path in (f"news/{name}/index.html", "index.html"):
        page = (tmp_path / "site" / path).read_text("utf-8")
        assert ('alt="The wall at noon"' in page, "Ada" in page) == (True, True), path
    told_by_api = (tmp_path / f"site/api/v2/stories/{name}.json").read_text("utf-8")
    assert '"credit":"Ada"' in told_by_api
    assert "The wall at noon" in (tmp_path / "site" / "feed.xml").read_text("utf-8")


def test_a_picture_without_words_or_of_elsewhere_is_refused(root: Path) -> None:
    address = keep(root, picture())
    for wrong in (
        write(address, alt=" "),
        write(address, alt="a" * 501),
        write(address, credit="c" * 201),
        write("https://gull.example/a.jpg"),
        write(address.replace(address[-20:-5], "0" * 15)),
        action("write", "pictured", values=("T", "", "It stands.", address)),
        action("write", "odd", values=("T", "", "It stands.")),
    ):
        (told,) = act(root, wrong)
        assert "refused" == told.state, wrong
    assert 2 == len([*(root / "_news").iterdir()])
    assert not (root / FOLDER).exists()


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">{}</svg>'
PLAIN = """<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs>
<style>.b { fill: url(#a) }</style><path class="b" d="M0 0"/><use x:href="#c"/>"""
HARM = (
    "<script>alert(1)</script>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<path onload='alert(1)'/>",
    "<path d='' OnClick='alert(1)'/>",
    "<foreignObject><p/></foreignObject>",
    "<a x:href='javascript:alert(1)'><path/></a>",
    "<use x:href='https://rude.example/a.svg#b'/>",
    "<use href='data:image/svg+xml;base64,AAAA'/>",
    "<image href='https://rude.example/a.png'/>",
    "<animate attributeName='href' to='javascript:alert(1)'/>",
    "<style>@import 'https://rude.example/a.css';</style>",
    "<style>a<!-- -->{ background: url( https://rude.example/a.png) }</style>",
    "<path style='fill: u\\72l(https://rude.example/a)'/>",
    "<path fill='url(//rude.example/a#b)'/>",
    "<g xml:base='https://rude.example/'/>",
)


def test_a_plain_svg_is_a_logo() -> None:
    illustrate.check_site_logo(SVG.format(PLAIN).encode(), "logo.svg")


@pytest.mark.parametrize(
    "data",
    [
        *(SVG.format(harm).encode() for harm in HARM),
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.format("&a;").encode(),
        b"<?xml-stylesheet href='https://rude.example/a.css'?>" + SVG.format("").encode(),
        b"<?xml version='1.0' encoding='iso-2022-jp'?>" + SVG.format("").encode(),
        SVG.format(PLAIN).encode("utf-16"),
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"",
    ],
)
def test_an_svg_that_runs_or_loads_anything_is_no_logo(data: bytes) -> None:
    with pytest.raises(PictureError, match=r"site\.logo") as refused:
        illustrate.check_site_logo(data, "logo.svg")
    assert "plain SVG" in refused.value.hint


def looks(root: Path, logo: str, data: bytes) -> tuple[BuildReport, Path]:
    """Build the site of a newsroom with a colour and this logo."""
    text = (
        (root / "beat.toml")
        .read_text()
        .replace("[site]\n", f'[site]\naccent = "#17603C"\nlogo = "{logo}"\n')
    )
    (root / "beat.toml").write_text(text)
    (root / logo).write_bytes(data)
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return building.build(opened, newsroom.Silence()), opened.site


def test_the_site_has_the_colour_and_the_logo(root: Path) -> None:
    svg = SVG.format(PLAIN).encode()
    done, site = looks(root, "mark.SVG", svg)

    page, style = (site / "index.html").read_text(), (site / "style.css").read_text()
    assert not done.failed
    assert svg == (site / "logo.svg").read_bytes()
    assert '<img class="u-photo" src="/coast/logo.svg" alt="Tidewatch">' in page
    assert '<meta name="theme-color" content="#17603c">' in page
    assert '"theme_color":"#17603c"' in (site / "site.webmanifest").read_text().replace(" ", "")
    assert style.index("--accent: #9c1c1f") < style.index(":root { --accent: #17603c; }")
    assert "dark) { :root { --accent: #" in style


def test_a_theme_s_own_tokens_win(root: Path) -> None:
    (root / "_templates").mkdir()
    (root / "_templates/theme.css").write_text(":root { --accent: #123456; }")
    _, site = looks(root, "mark.png", picture("PNG"))
    style = (site / "style.css").read_text()
    assert style.index("#17603c") < style.index("#123456")

    (root / "_templates/style.css").write_text(":root { --accent: #654321; }")
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        building.build(opened, newsroom.Silence())
    assert "@layer accent {" in (site / "style.css").read_text()


@pytest.mark.parametrize(
    ("logo", "data"),
    [
        ("mark.svg", SVG.format("<script/>").encode()),
        ("mark.png", b"GIF89a"),
        ("mark.webp", b"RIFF" + b"x" * 200_000),
    ],
)
def test_a_logo_that_may_not_go_out_is_reported_and_the_title_stays(
    root: Path, logo: str, data: bytes
) -> None:
    done, site = looks(root, logo, data)

    assert ["beat.toml: site.logo"] == [failure.url for failure in done.failed]
    assert not list(site.glob("logo.*"))
    assert ">Tidewatch</a></h1>" in (site / "index.html").read_text()
