"""A small built site and a ledger, for what is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SITE = {
    "index.html": "front",
    "style.css": "body {}",
    "feed.xml": "<feed/>",
    "news/2026-11-20-a-wall/index.html": "a wall",
    "topics/coast/index.html": "coast",
    "pictures/0a1b.webp": "picture",
}


def site(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a site's files; give its folder."""
    for path, text in (SITE if files is None else files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def held(folder: Path) -> dict[str, str]:
    """Give what lies in a folder, but the marker and git's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".copydesk-site" and ".git/" not in f"{path}"
    }


class Rows:
    """A ledger that lives as long as the test."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def get(self, path: str) -> str | None:
        return self.rows.get(path)

    def put(self, path: str, digest: str) -> None:
        self.rows[path] = digest

    def forget(self, path: str) -> None:
        self.rows.pop(path, None)

    def paths(self) -> Iterator[str]:
        return iter(list(self.rows))
