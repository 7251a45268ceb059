"""Draws a 50x50 logo for every publisher that the newsroom knows."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from worldbuild import pictures
from worldbuild.sources import Publisher, World


def write(world: World, newsroom: Path, out: Path) -> None:
    """Write assets/images/organizations/<domain>-50x50.jpg for each organization file."""
    folder = out / "assets" / "images" / "organizations"
    folder.mkdir(parents=True, exist_ok=True)
    by_domain = {".".join(p.host.split(".")[-2:]): p for p in world.publishers.values()}
    for file in sorted((newsroom / "_data" / "organizations").glob("*.md")):
        domain = file.stem
        _drawn(by_domain[domain]).save(folder / f"{domain}-50x50.jpg", quality=85)


def _drawn(publisher: Publisher) -> Image.Image:
    """Draw two initials on a publisher's ground."""
    ground, *inks = pictures.PALETTES[publisher.palette]
    image = Image.new("RGB", (200, 200), inks[3])
    draw = ImageDraw.Draw(image)
    draw.ellipse((24, 24, 176, 176), fill=ground)
    initials = "".join(word[0] for word in publisher.name.removeprefix("The ").split()[:2])
    draw.text((100, 102), initials, fill=inks[1], font_size=88, anchor="mm")
    return image.reduce(4)
