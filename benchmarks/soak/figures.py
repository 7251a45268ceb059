"""What a newsroom takes: memory, descriptors, disk; a table of it, and whether it grows."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_DATABASES = ("memory", "catalogue", "desk", "mail")
# what is fitted against the number of stories: the name in the table, and its unit a story
_FITTED = {
    "round_mb": ("memory of a round, MB", 1024, "kB"),
    "server_mb": ("memory of the server at rest, MB", 1024, "kB"),
    "descriptors": ("open descriptors of the server", 1, ""),
    "threads": ("threads of the server", 1, ""),
    "git_objects": ("git objects", 1, ""),
    "git_mb": ("git, MB", 1024, "kB"),
    "memory_mb": ("memory.sqlite, MB", 1024, "kB"),
    "catalogue_mb": ("catalogue.sqlite, MB", 1024, "kB"),
    "desk_mb": ("desk.sqlite, MB", 1024, "kB"),
    "mail_mb": ("mail.sqlite, MB", 1024, "kB"),
    "disk_mb": ("disk below .copydesk, MB", 1024, "kB"),
    "round_seconds": ("seconds a round", 1000, "ms"),
}
_FLAT_SHARE = 0.1  # growth from the first line to the last, of the mean, that is still flat
_BENT_SHARE = 1.6  # slope of the second half over that of the first from which a line is bent


def measure_newsroom(root: Path, server: int) -> dict[str, float]:
    """Return what a newsroom and its server (a process) take now."""
    private = root / ".copydesk"
    status = Path(f"/proc/{server}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    counted = subprocess.run(
        ["git", "count-objects", "-v"], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    objects = {
        name: int(value)
        for name, value in (
            line.split(": ")
            for line in counted.splitlines()
            if ": " in line and line.split(": ")[1].isdigit()
        )
    }
    sizes = {
        f"{name}_mb": round(
            sum(path.stat().st_size for path in private.glob(f"{name}.sqlite*")) / 2**20, 2
        )
        for name in _DATABASES
    }
    return {
        "stories": sum(1 for _ in (root / "_news").glob("*.md")),
        "server_mb": round(int(fields["VmRSS"].split()[0]) / 1024, 1),
        "descriptors": sum(1 for _ in Path(f"/proc/{server}/fd").iterdir()),
        "threads": int(fields["Threads"]),
        "git_objects": objects["count"] + objects["in-pack"],
        "git_mb": round((objects["size"] + objects["size-pack"]) / 1024, 1),
        **sizes,
        "disk_mb": round(_count_bytes(private) / 2**20, 1),
    }


def _count_bytes(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(Path(place) / name).st_blocks * 512
            except FileNotFoundError:  # the server is at work
                continue
    return total


def fit(pairs: Sequence[tuple[float, float]]) -> tuple[float, str]:
    """Return the slope of a line through the points, and whether it is flat, linear or bent."""
    xs, ys = zip(*pairs, strict=True)
    if len({*xs}) < 2:
        return 0.0, "flat"
    slope = statistics.linear_regression(xs, ys).slope
    mean = statistics.fmean(ys)
    if abs(slope) * (max(xs) - min(xs)) <= _FLAT_SHARE * abs(mean) or math.isclose(mean, 0):
        return slope, "flat"
    half = len(pairs) // 2
    if half >= 3:
        first, second = (
            statistics.linear_regression(*zip(*part, strict=True)).slope
            for part in (pairs[:half], pairs[half:])
        )
        if first > 0 and second > _BENT_SHARE * first:
            return slope, "faster than linear"
        if first > 0 and second < first / _BENT_SHARE:
            return slope, "slower than linear"
    return slope, "linear"


def print_table(folder: Path) -> str:
    """Return the table of a soak as Markdown, and what is fitted to it."""
    lines = [json.loads(line) for line in (folder / "table.jsonl").read_text().splitlines()]
    by_round: Mapping[int, dict[str, float]] = {line["round"]: line for line in lines}
    rows = [by_round[number] for number in sorted(by_round)]
    names = ("round", "stories", "kills", *_FITTED)
    table = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    table += [f"| {' | '.join(f'{row[name]:,}' for name in names)} |" for row in rows]
    if len(rows) > 2:
        table += ["", "| what | a story | |", "|---|---|---|"]
        for name, (words, scale, unit) in _FITTED.items():
            slope, verdict = fit([(row["stories"], row[name]) for row in rows[1:]])
            table.append(f"| {words} | {slope * scale:.3g} {unit} | {verdict} |")
    return "\n".join(table)


if __name__ == "__main__":
    print(print_table(Path(sys.argv[1])))
