"""A sparkline: what a source brought by day, as the paths of a small drawing."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk import engine

WIDTH, HEIGHT = 120, 24
_PARTS = (("full", "filed"), ("half", "dropped"), ("mark", "failed"))


def draw_sparkline(row: engine.BoardRow) -> Mapping[str, str]:
    """Return a path for each shade: columns of a day, filed below, then dropped, then failed."""
    heights = [sum(getattr(day, name) for _, name in _PARTS) for day in row.days]
    highest = max(heights, default=0)
    paths: dict[str, str] = {shade: "" for shade, _ in _PARTS}
    if not highest:
        return paths
    place = WIDTH / len(row.days)
    for number, day in enumerate(row.days):
        ground = float(HEIGHT)
        for shade, name in _PARTS:
            height = HEIGHT * getattr(day, name) / highest
            if height:
                ground -= height
                paths[shade] += (
                    f"M{_write(number * place)} {_write(ground)}h{_write(place * 0.8)}"
                    f"v{_write(height)}h-{_write(place * 0.8)}z"
                )
    return paths


def _write(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
