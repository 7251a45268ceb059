"""The motifs that pictures are made of: each draws on a canvas with four inks, far to near."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL.ImageDraw import ImageDraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What a motif draws on, and its source of chance."""

    draw: ImageDraw
    width: int
    height: int
    inks: tuple[str, ...]
    ground: str
    chance: random.Random

    def disc(self, x: float, y: float, radius: float, ink: str) -> None:
        """Draw a filled circle."""
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)

    def ring(self, x: float, y: float, radius: float, ink: str, thick: int) -> None:
        """Draw a circle's line."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self.draw.ellipse(box, outline=ink, width=thick)


def hills(c: Canvas) -> None:
    """Layers that roll, with a sun behind them."""
    c.disc(c.width * c.chance.uniform(0.2, 0.8), c.height * 0.3, c.height * 0.14, c.inks[2])
    for layer, ink in enumerate((c.inks[0], c.inks[1], c.inks[3])):
        _ridge(c, c.height * (0.42 + 0.18 * layer), c.height * 0.1, ink, waves=1.2 + layer * 0.7)


def waves(c: Canvas) -> None:
    """Water under a low sun."""
    c.disc(c.width * c.chance.uniform(0.3, 0.7), c.height * 0.42, c.height * 0.17, c.inks[2])
    for layer in range(4):
        ink = (c.inks[0], c.inks[1], c.inks[3], c.inks[1])[layer]
        _ridge(c, c.height * (0.5 + 0.13 * layer), c.height * 0.03, ink, waves=3 + layer)


def _ridge(c: Canvas, top: float, swing: float, ink: str, waves: float) -> None:
    phase = c.chance.uniform(0, math.tau)
    points = [
        (x, top + swing * math.sin(phase + waves * math.tau * x / c.width))
        for x in range(0, c.width + 16, 16)
    ]
    c.draw.polygon([(0, c.height), *points, (c.width, c.height)], fill=ink)


def rings(c: Canvas) -> None:
    """Concentric rings, one of them marked."""
    x, y = c.width * c.chance.uniform(0.35, 0.65), c.height * 0.5
    for n in range(9, 0, -1):
        c.disc(x, y, c.height * 0.085 * n, (c.inks[0], c.ground, c.inks[1])[n % 3])
    c.disc(x, y, c.height * 0.085, c.inks[2])
    c.ring(x, y, c.height * 0.34, c.inks[3], 18)


def grid(c: Canvas) -> None:
    """Squares in rows, a few of them lit."""
    side = c.height // 9
    for row in range(9):
        for column in range(c.width // side + 1):
            ink = c.chance.choices(c.inks, weights=(10, 5, 1, 2))[0]
            x, y = column * side, row * side
            c.draw.rectangle((x + 9, y + 9, x + side - 9, y + side - 9), fill=ink)


def skyline(c: Canvas) -> None:
    """Towers in two rows, with windows."""
    for ink, low, high in ((c.inks[0], 0.45, 0.8), (c.inks[1], 0.2, 0.6)):
        x = 0
        while x < c.width:
            wide = c.chance.randint(90, 230)
            top = c.height * (1 - c.chance.uniform(low, high))
            c.draw.rectangle((x, top, x + wide, c.height), fill=ink)
            for _ in range(6):
                left = x + c.chance.randint(12, max(13, wide - 40))
                level = c.chance.uniform(top + 20, c.height)
                c.draw.rectangle((left, level, left + 22, level + 34), fill=c.inks[2])
            x += wide + c.chance.randint(0, 30)


def columns(c: Canvas) -> None:
    """The front of a temple."""
    left, right, top = c.width * 0.14, c.width * 0.86, c.height * 0.3
    c.draw.polygon(
        [(left - 60, top), (c.width / 2, c.height * 0.08), (right + 60, top)], fill=c.inks[1]
    )
    c.draw.rectangle((left - 60, top, right + 60, top + 46), fill=c.inks[3])
    for n in range(7):
        x = left + (right - left) * n / 6
        c.draw.rectangle((x - 44, top + 46, x + 44, c.height * 0.86), fill=c.inks[0])
        c.draw.rectangle((x + 16, top + 46, x + 44, c.height * 0.86), fill=c.inks[1])
    c.draw.rectangle((left - 90, c.height * 0.86, right + 90, c.height * 0.91), fill=c.inks[3])
    c.draw.rectangle((0, c.height * 0.91, c.width, c.height), fill=c.inks[2])


def bars(c: Canvas) -> None:
    """A bar chart."""
    count = 12
    for n in range(count):
        tall = c.height * (0.15 + 0.6 * abs(math.sin(n * 0.5 + c.chance.uniform(0, 0.5))))
        x = c.width * (n + 0.6) / (count + 0.4)
        ink = c.inks[2] if n == count - 3 else c.inks[n % 2]
        c.draw.rectangle((x, c.height * 0.88 - tall, x + 120, c.height * 0.88), fill=ink)
    c.draw.rectangle((0, c.height * 0.88, c.width, c.height * 0.89), fill=c.inks[3])


def circuit(c: Canvas) -> None:
    """Tracks with right-angled bends."""
    for n in range(16):
        x, y = 0, c.height * (n + 0.5) / 16
        ink = c.inks[n % 3]
        for _ in range(4):
            reach = x + c.chance.randint(200, 700)
            c.draw.line((x, y, reach, y), fill=ink, width=20)
            step = c.chance.choice((-1, 1)) * c.height / 16
            c.draw.line((reach, y, reach, y + step), fill=ink, width=20)
            x, y = reach, y + step
        c.disc(x, y, 32, c.inks[3])


def orbits(c: Canvas) -> None:
    """Bodies on their orbits."""
    x, y = c.width * 0.5, c.height * 0.52
    c.disc(x, y, c.height * 0.11, c.inks[2])
    for n in range(1, 6):
        radius = c.height * (0.12 + 0.13 * n)
        c.ring(x, y, radius, c.inks[0], 8)
        turn = c.chance.uniform(0, math.tau)
        size = c.height * c.chance.uniform(0.02, 0.06)
        c.disc(x + radius * math.cos(turn), y + radius * math.sin(turn), size, c.inks[n % 2 * 2 + 1])


def discs(c: Canvas) -> None:
    """Discs in rows, each with a rim."""
    step = c.height / 4
    for row in range(4):
        for column in range(int(c.width / step) + 1):
            x, y = (column + 0.5) * step, (row + 0.5) * step
            c.disc(x, y, step * 0.42, c.inks[0])
            c.disc(x, y, step * 0.3, c.chance.choices(c.inks[1:], weights=(6, 2, 1))[0])


def circle_of_stars(c: Canvas) -> None:
    """Twelve stars in a circle."""
    c.disc(c.width / 2, c.height / 2, c.height * 0.44, c.inks[0])
    for n in range(12):
        turn = math.tau * n / 12
        x = c.width / 2 + c.height * 0.34 * math.sin(turn)
        y = c.height / 2 - c.height * 0.34 * math.cos(turn)
        c.draw.polygon(_star(x, y, c.height * 0.06), fill=c.inks[2])


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [
        (
            x + (radius if n % 2 == 0 else radius * 0.4) * math.sin(math.pi * n / 5),
            y - (radius if n % 2 == 0 else radius * 0.4) * math.cos(math.pi * n / 5),
        )
        for n in range(10)
    ]


def hemicycle(c: Canvas) -> None:
    """The seats of a parliament."""
    for row in range(7):
        radius = c.height * (0.3 + 0.09 * row)
        seats = 14 + 4 * row
        for n in range(seats):
            turn = math.pi * n / (seats - 1)
            x = c.width / 2 - radius * math.cos(turn)
            y = c.height * 0.9 - radius * math.sin(turn)
            c.disc(x, y, c.height * 0.022, c.inks[1] if turn < 1.7 else c.inks[2])
    c.draw.rectangle((c.width * 0.46, c.height * 0.84, c.width * 0.54, c.height), fill=c.inks[3])


def arcs(c: Canvas) -> None:
    """Domes, one inside another."""
    for n in range(7, 0, -1):
        radius = c.height * 0.115 * n
        box = (
            c.width / 2 - radius * 1.3,
            c.height * 0.9 - radius,
            c.width / 2 + radius * 1.3,
            c.height * 0.9 + radius,
        )
        c.draw.pieslice(box, 180, 360, fill=c.inks[n % 4])
    c.draw.rectangle((0, c.height * 0.9, c.width, c.height), fill=c.inks[3])


def steps(c: Canvas) -> None:
    """Steps that climb to the right."""
    for n in range(10):
        x = c.width * n / 10
        c.draw.rectangle(
            (x, c.height * (0.92 - 0.085 * n), x + c.width / 10 - 12, c.height),
            fill=c.inks[(n * 3 + c.chance.randint(0, 1)) % 4],
        )


def lines(c: Canvas) -> None:
    """Ruled lines of writing and a margin."""
    c.draw.rectangle((c.width * 0.12, c.height * 0.08, c.width * 0.88, c.height), fill=c.inks[0])
    c.draw.line((c.width * 0.24, c.height * 0.08, c.width * 0.24, c.height), fill=c.inks[2], width=10)
    for n in range(10):
        y = c.height * (0.17 + 0.085 * n)
        reach = c.width * c.chance.uniform(0.5, 0.82)
        c.draw.line((c.width * 0.27, y, reach, y), fill=c.inks[1 if n != 5 else 3], width=22)
        if n % 3 == 0:
            c.disc(c.width * 0.19, y, 26, c.inks[2])


def network(c: Canvas) -> None:
    """Points, each joined to its nearest."""
    points = [
        (c.width * c.chance.uniform(0.06, 0.94), c.height * c.chance.uniform(0.1, 0.9))
        for _ in range(34)
    ]
    for point in points:
        near = sorted(points, key=lambda other: math.dist(point, other))[1:4]
        for other in near:
            c.draw.line((*point, *other), fill=c.inks[1], width=7)
    for n, (x, y) in enumerate(points):
        c.disc(x, y, 34 if n % 5 == 0 else 18, c.inks[2 if n % 5 == 0 else 3])


def pulse(c: Canvas) -> None:
    """A trace with peaks over a fine grid."""
    for n in range(1, 12):
        y = c.height * n / 12
        c.draw.line((0, y, c.width, y), fill=c.inks[0], width=5)
    points = []
    for n in range(60):
        peak = c.height * 0.3 if n % 12 == 6 else c.height * c.chance.uniform(0, 0.05)
        points.append((c.width * n / 59, c.height * 0.58 - (peak if n % 2 == 0 else -peak / 3)))
    c.draw.line(points, fill=c.inks[2], width=22, joint="curve")
    c.disc(*points[-12], 40, c.inks[3])


def abacus(c: Canvas) -> None:
    """Beads on rods."""
    for row in range(6):
        y = c.height * (0.14 + 0.145 * row)
        c.draw.line((c.width * 0.08, y, c.width * 0.92, y), fill=c.inks[3], width=12)
        split = c.chance.randint(2, 8)
        for n in range(10):
            place = n if n < split else n + 4
            c.disc(c.width * (0.12 + 0.058 * place), y, c.height * 0.055, c.inks[row % 3])
    for x in (c.width * 0.07, c.width * 0.92):
        c.draw.rectangle((x, c.height * 0.06, x + 36, c.height * 0.94), fill=c.inks[3])


def candles(c: Canvas) -> None:
    """A candlestick chart."""
    level = c.height * 0.75
    for n in range(22):
        move = c.height * c.chance.uniform(-0.075, 0.045)
        x = c.width * (0.05 + 0.042 * n)
        top, bottom = sorted((level, level + move))
        c.draw.line((x + 28, top - 60, x + 28, bottom + 50), fill=c.inks[1], width=8)
        ink = c.inks[2] if move < 0 else c.inks[1]
        c.draw.rectangle((x, top, x + 56, bottom + 12), fill=ink)
        level = max(c.height * 0.18, level + move)


def shelves(c: Canvas) -> None:
    """Books on shelves."""
    for row in range(4):
        floor = c.height * (0.25 + 0.24 * row)
        x = 0
        while x < c.width:
            wide = c.chance.randint(34, 90)
            tall = c.height * c.chance.uniform(0.12, 0.2)
            ink = c.inks[c.chance.choice((0, 0, 1, 1, 2, 3))]
            c.draw.rectangle((x, floor - tall, x + wide - 5, floor), fill=ink)
            x += wide
        c.draw.rectangle((0, floor, c.width, floor + 22), fill=c.inks[3])


def pines(c: Canvas) -> None:
    """Pines on two ridges."""
    c.disc(c.width * 0.72, c.height * 0.3, c.height * 0.13, c.inks[2])
    for ink, floor, count in ((c.inks[0], 0.75, 16), (c.inks[1], 0.98, 11)):
        for n in range(count):
            x = c.width * (n + c.chance.uniform(0.2, 0.8)) / count
            tall = c.height * c.chance.uniform(0.25, 0.45)
            for part in range(3):
                base = c.height * floor - tall * part * 0.28
                half = tall * (0.3 - 0.07 * part)
                c.draw.polygon([(x - half, base), (x, base - tall * 0.5), (x + half, base)], fill=ink)
        c.draw.rectangle((0, c.height * floor - 6, c.width, c.height), fill=ink)


def perspective(c: Canvas) -> None:
    """Lanes that run to a vanishing point."""
    horizon = c.height * 0.42
    c.draw.rectangle((0, horizon, c.width, c.height), fill=c.inks[0])
    c.disc(c.width * c.chance.uniform(0.25, 0.75), horizon - c.height * 0.12, c.height * 0.1, c.inks[2])
    middle = c.width / 2
    c.draw.polygon(
        [(middle - 20, horizon), (middle + 20, horizon), (c.width * 0.9, c.height), (c.width * 0.1, c.height)],
        fill=c.inks[3],
    )
    for n in range(7):
        near, far = 0.03 + n * n * 0.013, 0.03 + (n + 0.55) ** 2 * 0.013
        top, bottom = horizon + c.height * near, horizon + c.height * far
        c.draw.polygon(
            [
                (middle - near * 90, top),
                (middle + near * 90, top),
                (middle + far * 90, bottom),
                (middle - far * 90, bottom),
            ],
            fill=c.inks[2],
        )


MOTIFS: dict[str, Callable[[Canvas], None]] = {
    motif.__name__: motif
    for motif in (
        hills, waves, rings, grid, skyline, columns, bars, circuit, orbits, discs, circle_of_stars,
        hemicycle, arcs, steps, lines, network, pulse, abacus, candles, shelves, pines, perspective,
    )
}
