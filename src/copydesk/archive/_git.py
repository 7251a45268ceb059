"""The git binary: run with a clean environment, no hooks, no prompts, bytes in and out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import GitError

# What a user may have set that must not change what is written: hooks run foreign code,
# fsmonitor starts a daemon, an encoding adds a header.
_SETTINGS = (
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "core.quotePath=false"),
    *("-c", "gc.auto=0"),
)
_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What git said: its exit code, its output and its complaint."""

    code: int
    out: bytes
    complaint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a newsroom stands in a repository.

    `prefix` is the newsroom below the top level ("" or "sites/ai/"), `folder` the repository's own
    data, `index` the index file.
    """

    top: Path
    prefix: str
    folder: Path
    index: Path


def ask(
    where: Path, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> Answer:
    """Run git in a folder and give its answer, whatever the exit code.

    Raises GitError where git is missing, cannot start or does not end in time.
    """
    binary = shutil.which("git")
    if binary is None:
        raise GitError("git is not installed", hint="install git, or go on without commits")
    try:
        done = subprocess.run(  # noqa: S603 -- a list of arguments, no shell; git by its full path
            [binary, "-C", str(where), *_SETTINGS, *arguments],
            input=given,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            env={**_clean_environment(), **(environment or {})},
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git {arguments[0]} did not run", subject=str(error)) from error
    complaint = done.stderr.decode("utf-8", "replace").strip()
    return Answer(code=done.returncode, out=done.stdout, complaint=complaint)


def tell(
    where: Path, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> bytes:
    """Run git and give its output; raise GitError with its complaint when it fails."""
    answer = ask(where, *arguments, given=given, environment=environment)
    if answer.code:
        raise GitError(f"git {arguments[0]} failed", subject=answer.complaint[:500])
    return answer.out


def locate(root: Path) -> Place | str:
    """Give the newsroom's place in its repository, "" for a plain folder, else git's complaint."""
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
    return Place(top=Path(top), prefix=prefix, folder=Path(folder), index=root / index)


def _clean_environment() -> dict[str, str]:
    """Give the environment without what would point git elsewhere or make it ask."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
    }
