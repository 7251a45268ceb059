"""The git binary, and where a newsroom stands in a repository."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from copydesk.kit.git import PLAIN, GitAnswer, ask, ask_remote, tell

__all__ = [
    "FEW",
    "GitAnswer",
    "WorkTree",
    "ask",
    "ask_remote",
    "head",
    "is_ignored",
    "locate",
    "tell",
    "tidy",
]

FEW = 200  # paths that git is asked for by name; of more, all are listed

_LOOSE = 256
# Of a long history some of it a round.
_NOTE_PATHS = (
    *("commit-graph", "write", "--reachable", "--split"),
    *("--changed-paths", "--max-new-filters=2000"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTree:
    """Where a newsroom stands in a repository.

    `prefix` is the newsroom below the top level ("" or "sites/ai/"), `folder` the repository's own
    data, `index` the index file.
    """

    top: Path
    prefix: str
    folder: Path
    index: Path


def tidy(where: Path) -> None:
    """Let git pack loose objects in the background where enough have piled up.

    Our commits write a whole tree of records each, so 256 files may be 40 MB: that is when, unless
    the user's gc.auto says otherwise. Neither is it done against maintenance.auto = false.
    """
    if ask(where, "config", "--type=bool", "--get", "maintenance.auto").out.strip() == b"false":
        return
    asked_for = ask(where, "config", "--get", "gc.auto", settings=()).code == 0
    limit = () if asked_for else ("-c", f"gc.auto={_LOOSE}")
    ask(where, *limit, "gc", "--auto", "--quiet", settings=PLAIN)
    # Which paths each commit changed, for the log of one record: git keeps that up, once begun.
    ask(where, *_NOTE_PATHS)


def locate(root: Path) -> WorkTree | str:
    """Locate the newsroom in its repository; "" for a plain folder, else git's complaint."""
    answer = ask(
        root,
        "rev-parse",
        "--is-inside-work-tree",
        "--show-toplevel",
        "--show-prefix",
        "--absolute-git-dir",
        "--git-path",
        "index",
    )
    lines = os.fsdecode(answer.out).split("\n")
    if answer.code or lines[0] != "true":
        plain = "not a git repository" in answer.complaint or not answer.complaint
        return "" if plain or "must be run in a work tree" in answer.complaint else answer.complaint
    _, top, prefix, folder, index = lines[:5]
    return WorkTree(top=Path(top), prefix=prefix, folder=Path(folder), index=root / index)


def head(place: WorkTree) -> str:
    """Return the id of the commit that HEAD stands on, "" on a branch without one."""
    answer = ask(place.top, "rev-parse", "-q", "--verify", "HEAD^{commit}")
    return "" if answer.code else answer.out.decode().strip()


def is_ignored(place: WorkTree) -> bool:
    """Decide whether the newsroom lies in a folder that the repository around it ignores."""
    if not place.prefix:
        return False
    # This command knows no literal paths, and "./" keeps a name from being read as a pattern.
    environment = {"GIT_LITERAL_PATHSPECS": "0"}
    folder = f"./{place.prefix}"
    answer = ask(place.top, "check-ignore", "-q", "--", folder, environment=environment)
    return answer.code == 0
