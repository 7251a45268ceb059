"""Newsrooms as earlier commits left them: made by their own code, kept as text.

    PYTHONPATH=tests python -m world.former [COMMIT...]

writes tests/cases/former/DATE-COMMIT.json anew, for all commits that are kept or those named.
A case has the files of the newsroom that are text, each database as the SQL that makes it, the
names of the files of its site, and what other programs read of it (`PUBLISHED`). Pictures,
indexes and caches are left out: they are made anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from world.bill import CHECKOUT, read_commit
from world.newsroom import run_git
from world.packing import unpack

CASES = CHECKOUT / "tests" / "cases" / "former"
STEPS = Path(__file__).with_name("former_steps.py")
STORES = ("memory", "desk", "mail")
# of the private folder: what cannot be made anew, and texts of articles
KEPT_FILES = ("key", "articles/")
# of the site: what readers' and other people's programs go by
PUBLISHED = (
    "feed.json",
    "api/news/index.json",
    "api/newsletters/index.json",
    "api/topics/index.json",
    "api/v2/stories/2026-11-19-sea-wall-to-rise-by-two-metres.json",
    "api/v2/stories/index.json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A newsroom that an earlier commit left."""

    commit: str
    made: str
    files: dict[str, str]
    databases: dict[str, dict[str, Any]]
    site: list[str]
    published: dict[str, Any]

    def put(self, root: Path) -> None:
        """Write the newsroom into a new folder, as a git repository with one commit."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        for store, kept in self.databases.items():
            with closing(sqlite3.connect(root / ".copydesk" / f"{store}.sqlite")) as file:
                file.executescript("\n".join(kept["sql"]))
                file.execute(f"PRAGMA user_version = {kept['version']}")
        run_git(root, "init", "-q", "-b", "main")
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "as it was kept")


def read_former(path: Path) -> Former:
    """Return the newsroom of a case."""
    return Former(**json.loads(path.read_text(encoding="utf-8")))


def make_former(name: str) -> Former:
    """Let the code of a commit make a newsroom, and return it."""
    commit = read_commit(name=name)
    with tempfile.TemporaryDirectory() as folder:
        old, root = Path(folder) / "old", Path(folder) / "home" / "tidewatch"
        unpack(commit, old)
        root.parent.mkdir()
        subprocess.run(
            [sys.executable, "-P", str(STEPS), str(root)],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(root.parent),
                "PYTHONPATH": f"{old / 'src'}{os.pathsep}{old / 'tests'}",
                **{f"GIT_{who}_NAME": "Ed" for who in ("AUTHOR", "COMMITTER")},
                **{f"GIT_{who}_EMAIL": "ed@tidewatch.example" for who in ("AUTHOR", "COMMITTER")},
            },
            check=True,
        )
        return Former(
            commit=commit.number,
            made=commit.time.isoformat(),
            files=dict(_read_files(root)),
            databases={store: kept for store in STORES if (kept := _dump(root, store))},
            site=sorted(_names(root / ".copydesk" / "site")),
            published=read_published(root),
        )


def read_published(root: Path) -> dict[str, Any]:
    """Return the JSON of `PUBLISHED` that a newsroom's site has."""
    site = root / ".copydesk" / "site"
    return {name: json.loads((site / name).read_bytes()) for name in PUBLISHED}


def _read_files(root: Path) -> Iterator[tuple[str, str]]:
    for name in sorted(_names(root)):
        private = name.removeprefix(".copydesk/")
        is_kept = private == name or private.startswith(KEPT_FILES)
        if is_kept and not name.startswith(".git/"):
            try:
                yield name, (root / name).read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                continue


def _names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _dump(root: Path, store: str) -> dict[str, Any] | None:
    path = root / ".copydesk" / f"{store}.sqlite"
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as file:
        (version,) = file.execute("PRAGMA user_version").fetchone()
        return {"version": version, "sql": list(file.iterdump())}


def main() -> None:
    """Write the cases anew."""
    for name in sys.argv[1:] or [path.stem.split("-")[-1] for path in sorted(CASES.glob("*.json"))]:
        former = make_former(name)
        path = CASES / f"{former.made[:10]}-{former.commit[:8]}.json"
        CASES.mkdir(exist_ok=True)
        data = {field: getattr(former, field) for field in Former.__slots__}
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
