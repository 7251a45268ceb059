"""Draw and store pictures for link previews and a site's icons, from text and a font."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import struct
import unicodedata
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.kit import files, processes, text
from copydesk.news.edition import PictureFile, Poster

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

# Raise it with each change to the look of cards or icons: kept ones are then drawn again.
DRAWING_VERSION = "1"
CARD_SIZE = (1200, 630)
_MARGIN = 80
_ROOM = CARD_SIZE[0] - 2 * _MARGIN
_PAPER, _INK = (0xFD, 0xFC, 0xF9), (0x1C, 0x1A, 0x17)  # as in the site's style sheet
_RED, _SOFT = (0x9C, 0x1C, 0x1F), (0x5F, 0x5A, 0x52)
_SHADES = 16  # of each colour, down to the paper's
_SIZES = (116, 98, 84, 76, 68, 62, 56, 50, 46)
_TITLE_SIZES = (132, 116, 100, 88, 76, 64, 54)
_HEADLINE = (186, 516)  # top and bottom of the headline's area
_LONGEST = 180
_EFFORT = 5  # zlib's level: 7 takes twice as long for a tenth fewer bytes
_ICON_RED, _WHITE, _NOTHING = (0x9C, 0x1C, 0x1F, 255), (255, 255, 255, 255), (0, 0, 0, 0)
_FINER = 4
_LETTER, _MASKED = 0.86, 0.62  # of the icon's side; a fifth of a maskable icon may be cut off
ICON_NAMES = (
    "favicon.ico",
    "apple-touch-icon.png",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable.png",
)
_MANY = 40  # fewer are drawn in the time that processes need to start


@dataclass(slots=True)
class _Sheet:
    """Three layers, one for each colour, on which shapes are drawn in white."""

    ink: ImageDraw
    red: ImageDraw
    soft: ImageDraw


def draw_card(poster: Poster, face: Path) -> bytes | None:
    """Draw a link preview picture (headline, topic, site) as PNG, None if the font
    lacks letters.
    """
    points = read_code_points(face)
    headline = _set(poster.headline, points)
    if poster.headline and not headline:
        return None
    layers, sheet = _blank()
    site = _set(poster.site, points)
    if headline:
        _masthead(sheet, site, face)
        _story(sheet, headline, _set(poster.topic, points), face)
        _foot(sheet, _set(poster.source, points), _initial(poster.site, points), face)
    else:
        _front(sheet, site, _initial(poster.site, points), face)
    return _card_png(layers)


def _set(words: str, points: frozenset[int]) -> str:
    """Return a text as the font can draw it, "" if it cannot or if shaping is missing."""
    line = text.shorten(to_settable(words, points), _LONGEST)
    return line if line.isascii() or _can_shape() or not _needs_shaping(line) else ""


def _can_shape() -> bool:
    from PIL import features

    return bool(features.check("raqm"))


def _needs_shaping(words: str) -> bool:
    return _is_rightward(words) or any(unicodedata.category(char).startswith("M") for char in words)


def _is_rightward(words: str) -> bool:
    """Return whether a text runs from right to left, by its first letter with a direction."""
    kinds = (unicodedata.bidirectional(char) for char in words)
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"


def _initial(title: str, points: frozenset[int]) -> str:
    initial = text.initial(title)
    return initial if initial and all(ord(char) in points for char in initial) else ""


def _blank() -> tuple[list[Image], _Sheet]:
    from PIL import Image, ImageDraw

    layers = [Image.new("L", CARD_SIZE, 0) for _ in range(3)]
    return layers, _Sheet(*map(ImageDraw.Draw, layers))


def _masthead(sheet: _Sheet, site: str, face: Path) -> None:
    if site:
        setting = fit_lines(site, face, (40, 34, 30), (_ROOM, 48))
        _write(sheet.ink, setting, 44)
    _rules(sheet, 112)


def _rules(sheet: _Sheet, top: int) -> None:
    """Draw a thick and a thin line, as above a newspaper's front page."""
    sheet.ink.rectangle((_MARGIN, top, CARD_SIZE[0] - _MARGIN - 1, top + 4), fill=255)
    sheet.ink.rectangle((_MARGIN, top + 9, CARD_SIZE[0] - _MARGIN - 1, top + 9), fill=255)


def _story(sheet: _Sheet, headline: str, topic: str, face: Path) -> None:
    top, bottom = _HEADLINE
    if topic:
        _write(sheet.red, fit_lines(topic, face, (32,), (_ROOM, 40)), 142)
    else:
        top -= 40
    setting = fit_lines(headline, face, _SIZES, (_ROOM, bottom - top))
    _write(sheet.ink, setting, top + max(0, (bottom - top - setting.height) // 3))


def _foot(sheet: _Sheet, source: str, initial: str, face: Path) -> None:
    sheet.soft.rectangle((_MARGIN, 532, CARD_SIZE[0] - _MARGIN - 1, 532), fill=255)
    if source:
        setting = fit_lines(source, face, (32, 28), (_ROOM - 120, 40))
        _write(sheet.soft, setting, 554)
    left = _MARGIN if _is_rightward(source) else CARD_SIZE[0] - _MARGIN - 52
    _mark(sheet, initial, face, (left, 550, 52))


def _front(sheet: _Sheet, site: str, initial: str, face: Path) -> None:
    """Draw the share picture of the site itself: its name between rules, or else its icon."""
    if not site:
        _mark(sheet, initial, face, (CARD_SIZE[0] // 2 - 130, CARD_SIZE[1] // 2 - 130, 260))
        return
    setting = fit_lines(site, face, _TITLE_SIZES, (_ROOM, 300))
    top = (CARD_SIZE[1] - setting.height) // 2
    for index, line in enumerate(setting.lines):
        at = (CARD_SIZE[0] // 2, top + index * setting.leading)
        sheet.ink.text(at, line, font=setting.font, fill=255, anchor="ma")
    _rules(sheet, top - 62)
    foot = top + setting.height + 58
    sheet.ink.rectangle((_MARGIN, foot, CARD_SIZE[0] - _MARGIN - 1, foot), fill=255)


def _mark(sheet: _Sheet, initial: str, face: Path, place: tuple[int, int, int]) -> None:
    """Draw the site's icon: its initial, or a dot, on red."""
    left, top, size = place
    sheet.red.rounded_rectangle((left, top, left + size, top + size), size // 6, fill=255)
    middle = (left + size / 2, top + size / 2)
    if initial:
        own = load_font(face, round(size * 0.72))
        box = own.getbbox(initial, anchor="ls")
        at = (middle[0] - (box[0] + box[2]) / 2, middle[1] - (box[1] + box[3]) / 2)
        sheet.red.text(at, initial, font=own, fill=0, anchor="ls")
    else:
        sheet.red.circle(middle, size / 6, fill=0)


def _write(layer: ImageDraw, setting: Setting, top: int) -> None:
    """Write lines from the left, or from the right if the text runs that way."""
    is_rightward = _is_rightward(" ".join(setting.lines))
    left, anchor = (CARD_SIZE[0] - _MARGIN, "ra") if is_rightward else (_MARGIN, "la")
    direction = "rtl" if is_rightward else None
    for index, line in enumerate(setting.lines):
        at = (left, top + index * setting.leading)
        layer.text(at, line, font=setting.font, fill=255, anchor=anchor, direction=direction)


def _card_png(layers: list[Image]) -> bytes:
    """Encode the layers as one picture of 48 colours: a tenth of the bytes of all colours."""
    from PIL import ImageChops

    whole = None
    for number, layer in enumerate(layers):
        shades = [round(value * (_SHADES - 1) / 255) for value in range(256)]
        own = layer.point([shade and shade + number * _SHADES for shade in shades])
        whole = own if whole is None else ImageChops.lighter(whole, own)
    assert whole is not None
    whole.putpalette([part for colour in (_INK, _RED, _SOFT) for part in _ramp(colour)])
    out = io.BytesIO()
    whole.save(out, "PNG", compress_level=_EFFORT)
    return out.getvalue()


def _ramp(colour: tuple[int, int, int]) -> list[int]:
    """Compute the shades from the paper to a colour, three numbers each."""
    steps = [step / (_SHADES - 1) for step in range(_SHADES)]
    return [
        round(paper + (own - paper) * step)
        for step in steps
        for paper, own in zip(_PAPER, colour, strict=True)
    ]


def draw_icons(title: str, face: Path) -> Mapping[str, bytes]:
    """Draw the icons of a site with the initial of its title; return bytes by file name."""
    initial = text.initial(title)
    points = read_code_points(face)
    if not all(ord(char) in points for char in initial):
        initial = ""
    small = [_icon(initial, face, size, is_round=True) for size in (16, 32, 48)]
    ico = io.BytesIO()
    small[-1].save(ico, "ICO", sizes=[image.size for image in small], append_images=small[:-1])
    return {
        "favicon.ico": ico.getvalue(),
        "apple-touch-icon.png": _icon_png(_icon(initial, face, 180, is_round=False)),
        "icon-192.png": _icon_png(_icon(initial, face, 192, is_round=True)),
        "icon-512.png": _icon_png(_icon(initial, face, 512, is_round=True)),
        "icon-maskable.png": _icon_png(_icon(initial, face, 512, is_round=False, share=_MASKED)),
    }


def _icon(initial: str, face: Path, size: int, *, is_round: bool, share: float = _LETTER) -> Image:
    from PIL import Image, ImageDraw

    side = size * _FINER
    # Premultiplied alpha, as `reduce` needs it; any other mode would be copied first.
    image = Image.new("RGBa", (side, side), _NOTHING if is_round else _ICON_RED)
    draw = ImageDraw.Draw(image)
    if is_round:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), side * 10 // 64, fill=_ICON_RED)
    middle = side / 2
    if initial:
        font = load_font(face, round(side * share))
        left, top, right, bottom = font.getbbox(initial, anchor="ls")
        at = (middle - (left + right) / 2, middle - (top + bottom) / 2)
        draw.text(at, initial, font=font, fill=_WHITE, anchor="ls")
    else:
        draw.circle((middle, middle), side / 6, fill=_WHITE)
    return image.reduce(_FINER).convert("RGBA")


def _icon_png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_cards(posters: Sequence[Poster], face: Path) -> Generator[bytes | None, None, None]:
    """Yield link preview pictures (PNG) in order, drawn by several processes, up to the first
    failure.

    Several processes draw, as Pillow uses only one core. With one core nothing is drawn.
    """
    if processes.at_once() < 2:
        return
    import multiprocessing
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

    pool = ProcessPoolExecutor(
        processes.at_once(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=processes.end_with_parent,
    )
    with pool:
        with processes.deaf():
            found = pool.map(partial(draw_card, face=face), posters, chunksize=4)
        try:
            yield from found
        except (BrokenExecutor, OSError, ValueError):
            return


class Easel:
    """Draws link preview pictures and a site's icons into `folder`, each once, with the font
    `face`.

    Raises PictureError if a font cannot be read or a picture cannot be written.
    """

    def __init__(self, folder: Path, face: Path | None = None) -> None:
        self._folder = folder
        self._face = face or OWN_FACE
        self._there: set[str] | None = None
        self._own = ""

    def draw_card(self, poster: Poster, *, anew: bool = True) -> PictureFile | None:
        """Return a link preview picture, drawn if missing; None if the font lacks a letter.

        Without `anew` nothing is drawn: only a card that is already there is returned.
        """
        name = self._name(poster)
        if name not in self._names():
            if not anew or not self._is_settable(poster):
                return None
            data = self._draw(poster)
            if data is None:
                return None
            self._keep(name, data)
        width, height = CARD_SIZE
        return PictureFile(name=name, width=width, height=height, type="image/png")

    def draw_ahead(self, posters: Iterable[Poster]) -> None:
        """Draw missing link preview pictures on all cores, unless there are only a few.

        Failures are left to `draw_card`, which reports them.
        """
        with contextlib.suppress(PictureError):
            missing = {
                self._name(poster): poster for poster in posters if self._is_settable(poster)
            }
            for name in missing.keys() & self._names():
                del missing[name]
            if len(missing) < _MANY:
                return

            with contextlib.closing(draw_cards(list(missing.values()), self._face)) as pngs:
                for name, data in zip(missing, pngs, strict=False):
                    if data is not None:
                        self._keep(name, data)

    def icons(self, title: str) -> Mapping[str, Path]:
        """Return the icon files for a site's title, by their names on the site."""
        key = self._key("icons", title)
        files = {name: f"{key}-{name}" for name in ICON_NAMES}
        if not self._names().issuperset(files.values()):
            try:
                drawn = draw_icons(title, self._face)
            except (OSError, ValueError) as error:
                raise self._failure(error) from error
            for name, data in drawn.items():
                self._keep(files[name], data)
        return {name: self._folder / file for name, file in files.items()}

    def sweep(self, used: Collection[str]) -> None:
        """Delete drawn files that are no longer used; `used` are the names of those that are."""
        for name in self._names() - set(used):
            with contextlib.suppress(OSError):
                (self._folder / name).unlink()
        self._there = None

    def _name(self, poster: Poster) -> str:
        words = (poster.site, poster.headline, poster.topic, poster.source)
        return f"{self._key('poster', *words)}.png"  # another prefix would draw every card again

    def _is_settable(self, poster: Poster) -> bool:
        """Return whether the font can draw a poster's words, without Pillow, which is fast."""
        points = read_code_points(self._face)
        return not poster.headline or bool(to_settable(poster.headline, points))

    def _draw(self, poster: Poster) -> bytes | None:
        try:
            return draw_card(poster, self._face)
        except (OSError, ValueError) as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> PictureError:
        return PictureError("a card cannot be drawn", subject=str(self._face), hint=str(error))

    def _keep(self, name: str, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            files.write_atomic(self._folder / name, data, durable=False)
        except OSError as error:
            raise PictureError(
                "a share image (card) cannot be stored", subject=str(self._folder), hint=str(error)
            ) from error
        self._names().add(name)

    def _names(self) -> set[str]:
        if self._there is None:
            is_there = self._folder.is_dir()
            self._there = {file.name for file in self._folder.iterdir()} if is_there else set()
        return self._there

    def _key(self, *words: str) -> str:
        """Return a file name made from the words, the font and the version of the drawing."""
        if not self._own:
            with contextlib.suppress(OSError):
                self._own = hashlib.blake2b(self._face.read_bytes()).hexdigest()
        parts = "\0".join((DRAWING_VERSION, self._own, *words))
        return hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=16).hexdigest()


# Set text in a font: which characters it can draw, and lines that fit a box.

LEADING = 1.16
_ELLIPSIS = "…"
OWN_FACE = Path(__file__).parent / "faces" / "SourceSerifPro-Semibold.ttf"
_ORNAMENT = frozenset({"So", "Sk", "Cf", "Cc", "Cn", "Co", "Me"})  # emoji and their modifiers
_SELECTORS = range(0xFE00, 0xFE10)
_MOST_RANGES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Lines of text, and the font in which they are drawn."""

    font: FreeTypeFont
    lines: Sequence[str]

    @property
    def leading(self) -> int:
        """Return the distance of two baselines in pixels."""
        return round(self.font.size * LEADING)

    @property
    def height(self) -> int:
        """Return the height of all lines in pixels."""
        return self.leading * len(self.lines)


@functools.lru_cache(maxsize=64)
def load_font(face: Path, size: int) -> FreeTypeFont:
    """Load a font at a size in pixels; raises OSError if the file is no font."""
    from PIL import ImageFont

    return ImageFont.truetype(face, size)


def fit_lines(words: str, face: Path, sizes: Sequence[int], box: tuple[int, int]) -> Setting:
    """Break a text into lines in the first of some font sizes at which it fits into a box.

    If none fits, the last size is used: as many lines as there is room for, then an ellipsis.
    """
    width, height = box
    for size in sizes:
        own = load_font(face, size)
        lines = _wrap(words, own, width)
        most = max(1, int(height // (size * LEADING)))
        if len(lines) <= most:
            return Setting(font=own, lines=_even(words, own, width, lines))
    shown = lines[:most]
    return Setting(font=own, lines=[*shown[:-1], _cut(f"{shown[-1]} {lines[most]}", own, width)])


def _even(words: str, own: FreeTypeFont, width: int, lines: Sequence[str]) -> Sequence[str]:
    """Break the text into lines of similar width: the narrowest that needs no more lines."""
    low, high, best = width // 2, width, lines
    while high - low > 8 and len(lines) > 1:
        middle = (low + high) // 2
        tried = _wrap(words, own, middle)
        if len(tried) <= len(lines):
            high, best = middle, tried
        else:
            low = middle
    return best


def _wrap(words: str, own: FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if _length(longer, own) <= width:
            lines[-1] = longer
            continue
        if _length(word, own) <= width:
            lines.append(word)
            continue
        for char in word if not lines[-1] else f" {word}":  # a URL, or a language without spaces
            if _length(lines[-1] + char, own) <= width:
                lines[-1] += char
            else:
                lines.append(char.lstrip())
    return [line for line in lines if line] or [""]


def _cut(words: str, own: FreeTypeFont, width: int) -> str:
    while words and _length(words + _ELLIPSIS, own) > width:
        words = words[:-1].rstrip(" ,;:–—-")
    return words + _ELLIPSIS


@functools.lru_cache(maxsize=10_000)
def _length(words: str, own: FreeTypeFont) -> float:
    return own.getlength(words)


@functools.lru_cache(maxsize=4)
def read_code_points(file: Path) -> frozenset[int]:
    """Read which code points a TrueType or OpenType font can draw; raises PictureError if none."""
    try:
        points = frozenset(_points(file.read_bytes()))
    except (OSError, struct.error, ValueError) as error:
        raise PictureError("the font cannot be read", subject=str(file), hint=str(error)) from error
    if not points:
        raise PictureError("the font has no characters", subject=str(file))
    return points


def to_settable(words: str, points: frozenset[int]) -> str:
    """Return a text without emoji that the font lacks, "" if the font lacks a letter.

    Emoji that the font lacks are left out, since a headline says the same without them.
    """
    letters = []
    for char in unicodedata.normalize("NFC", text.fold(words)):
        if ord(char) in points:
            letters.append(char)
        elif unicodedata.category(char) not in _ORNAMENT and ord(char) not in _SELECTORS:
            return ""
    folded = text.fold("".join(letters))
    return folded if any(map(str.isalnum, folded)) else ""


def _points(data: bytes) -> Iterator[int]:
    start = _table(data)
    for index in range(struct.unpack_from(">H", data, start + 2)[0]):
        offset = start + struct.unpack_from(">I", data, start + 4 + 8 * index + 4)[0]
        kind = struct.unpack_from(">H", data, offset)[0]
        if kind == 4:
            yield from _segments(data, offset)
        elif kind == 12:
            yield from _groups(data, offset)


def _table(data: bytes) -> int:
    """Find the start of the font's table `cmap`, which maps characters to glyphs."""
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("the font has no table of characters")


def _segments(data: bytes, offset: int) -> Iterator[int]:
    """Yield the characters of a `cmap` table of format 4 that have a glyph."""
    count = struct.unpack_from(">H", data, offset + 6)[0] // 2
    ends, starts = offset + 14, offset + 16 + 2 * count
    for index in range(count):
        end = struct.unpack_from(">H", data, ends + 2 * index)[0]
        start, delta, places = (
            struct.unpack_from(">H", data, starts + 2 * (index + step * count))[0]
            for step in range(3)
        )
        where = starts + 2 * (index + 2 * count) + places
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point
            if places:
                glyph = struct.unpack_from(">H", data, where + 2 * (point - start))[0]
            if (glyph + delta) % 65_536 and (glyph or not places):
                yield point


def _groups(data: bytes, offset: int) -> Iterator[int]:
    """Yield the characters of a `cmap` table of format 12."""
    count = struct.unpack_from(">I", data, offset + 12)[0]
    if count > _MOST_RANGES:
        raise ValueError("the font has more ranges than characters")
    for index in range(count):
        start, end, glyph = struct.unpack_from(">III", data, offset + 16 + 12 * index)
        yield from range(start + (0 if glyph else 1), min(end, 0x10FFFF) + 1)
