"""What the kernel tells a process about changed files: whether its watch is complete."""

from __future__ import annotations

import contextlib
from pathlib import Path


def count_watches(process: int | str = "self") -> int:
    """Count the folders that the kernel watches for a process, by its one most watchful file."""
    counts = [0]
    for info in Path(f"/proc/{process}/fdinfo").iterdir():
        with contextlib.suppress(OSError):  # a file that was closed since it was listed
            counts.append(info.read_text().count("inotify wd:"))
    return max(counts)


def is_watching(root: Path, process: int | str = "self") -> bool:
    """Decide whether each folder of a newsroom that is edited by hand is watched.

    A watch is set up folder by folder: what changes before its folder's turn is not heard.
    """
    folders = [path.relative_to(root).parts for path in root.rglob("*") if path.is_dir()]
    return count_watches(process) >= 1 + sum(map(_is_edited, folders))


def _is_edited(folder: tuple[str, ...]) -> bool:
    first = folder[0]
    if first == "_data":
        return folder[1:2] in {(), ("lists",)}
    return first == "assets" or (first.startswith("_") and first != "_site")
