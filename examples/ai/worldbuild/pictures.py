"""Draws the world's pictures: simple compositions, each from its motif, its palette and its name."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw

from worldbuild import motifs
from worldbuild.sources import Article, World

# ground first, then four inks from far to near
PALETTES = {
    "paper": ("#f4efe6", "#d9c7a3", "#b5653a", "#3b5b6d", "#22313a"),
    "steel": ("#e8edf1", "#b9c6d2", "#7d94a8", "#d98032", "#2c3e50"),
    "circuit": ("#10241f", "#1f4a3d", "#3a8f6a", "#e6c35c", "#d7f0df"),
    "mint": ("#eef7f3", "#bfe3d3", "#6db79a", "#e2725b", "#24534a"),
    "lantern": ("#2a1216", "#6d1f25", "#b8372e", "#f0a63a", "#fbe6b8"),
    "union": ("#14234d", "#27408b", "#5470c6", "#f2c94c", "#e7ecfa"),
    "brass": ("#f6f1e3", "#dcc892", "#ab8434", "#6a1f2b", "#2b2a33"),
    "ember": ("#241a1f", "#5a2a2f", "#c2542d", "#f2a03d", "#fde8c8"),
    "night": ("#0f1730", "#24305c", "#4d5fa8", "#a98fe0", "#f4e9b0"),
    "ink": ("#fbf8f2", "#d5dbe5", "#8b9bb4", "#3d4f73", "#d1495b"),
    "harbor": ("#e6f0ee", "#a9cdc9", "#4f8f94", "#e0a458", "#1f4350"),
    "moss": ("#f2f3e8", "#cfd8a8", "#8da660", "#cb7b3a", "#39482b"),
    "dusk": ("#2d2440", "#5b3e6b", "#a65a79", "#ee9b74", "#fbdcb4"),
    "slate": ("#eceff1", "#cfd8dc", "#90a4ae", "#546e7a", "#ff8a65"),
    "sand": ("#faf3e7", "#eed9b3", "#d9a860", "#a15c38", "#40342b"),
}
SIZES = {"jpeg": (800, 420), "png": (720, 405), "webp": (800, 450)}
ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp"}


def described(article: Article, world: World) -> dict[str, Any] | None:
    """Give a picture's address, path, size, type and alternative text; None for no picture."""
    chosen = article.picture
    if not chosen:
        return None
    kind = chosen["kind"]
    trouble = chosen.get("trouble", "")
    width, height = {"tiny": (1, 1), "huge": (6000, 4000)}.get(trouble, SIZES[kind])
    path = f"/media/{article.id}.{ENDINGS[kind]}"
    return {
        "path": path,
        "url": article.publisher.site + path,
        "width": width,
        "height": height,
        "type": f"image/{kind}",
        "alt": world.pictures[chosen["name"]]["alt"],
        "trouble": trouble,
    }


def drawn(article: Article, world: World) -> bytes:
    """Give the bytes of an article's picture, spoilt where the sources say so."""
    kind = article.picture["kind"]
    trouble = article.picture.get("trouble", "")
    if trouble == "tiny":
        return encoded(Image.new("RGB", (1, 1), "#ffffff"), kind)
    if trouble == "huge":
        return encoded(_huge(), kind)
    name = article.picture["name"]
    palette = PALETTES[article.picture.get("palette", article.publisher.palette)]
    data = encoded(compose(world.pictures[name]["motif"], name, palette, SIZES[kind]), kind)
    return data[: len(data) * 2 // 5] if trouble == "broken" else data


def crest() -> bytes:
    """Give the picture that Harrowgate University shows on every page."""
    return encoded(compose("rings", "crest", PALETTES["mint"], (240, 240)), "png")


def compose(motif: str, seed: str, palette: tuple[str, ...], size: tuple[int, int]) -> Image.Image:
    """Draw a motif; the same motif, seed, palette and size give the same picture."""
    width, height = size[0] * 2, size[1] * 2  # twice as large, then halved: smooth edges
    image = Image.new("RGB", (width, height), palette[0])
    canvas = motifs.Canvas(
        draw=ImageDraw.Draw(image),
        width=width,
        height=height,
        inks=palette[1:],
        ground=palette[0],
        chance=random.Random(f"{motif}/{seed}"),
    )
    motifs.MOTIFS[motif](canvas)
    return image.reduce(2)


def _huge() -> Image.Image:
    image = Image.new("1", (6000, 4000), 1)
    draw = ImageDraw.Draw(image)
    for row in range(0, 4000, 500):
        draw.rectangle((0, row, 6000, row + 240), fill=0)
    return image


def encoded(image: Image.Image, kind: str) -> bytes:
    """Give a picture as a file of a kind: jpeg, png or webp."""
    out = io.BytesIO()
    if kind == "png":
        if image.mode == "RGB" and image.width > 1:
            image = image.quantize(10, dither=Image.Dither.NONE)
        image.save(out, "PNG", optimize=True)
    elif kind == "webp":
        image.save(out, "WEBP", quality=38, method=6)
    else:
        image.save(out, "JPEG", quality=40, optimize=True, progressive=True)
    return out.getvalue()
