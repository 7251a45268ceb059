"""The git binary: run with a clean environment, no hooks, no prompts, bytes in and out."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import GitError

# What a user may have set that must not change what is written: hooks run foreign code,
# fsmonitor starts a daemon, an encoding adds a header.
_PLAIN = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "core.quotePath=false"),
)
_SETTINGS = (*_PLAIN, "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0")
_TIMEOUT_SECONDS = 120.0

# With a remote the user's own ways in hold, but not those that ask a person: a hidden prompt would
# stop every round until the time is over. A transfer that stands still ends after 30 s.
_REMOTE_SETTINGS = (
    *_PLAIN,
    *("-c", "gc.auto=0"),
    *("-c", "core.askPass="),
    *("-c", "http.lowSpeedLimit=100"),
    *("-c", "http.lowSpeedTime=30"),
)
_WAYS_IN = ("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_CONFIG_", "GIT_ALLOW_PROTOCOL")
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30"
REMOTE_SECONDS = 600.0
_LOOSE = 256


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
    where: Path,
    *arguments: str,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    settings: Sequence[str] = _SETTINGS,
) -> Answer:
    """Run git in a folder and give its answer, whatever the exit code.

    Raises GitError where git is missing, cannot start or does not end in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- a list of arguments, no shell; git by its full path
            [_binary(), "-C", str(where), *settings, *arguments],
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


def ask_remote(where: Path, *arguments: str, seconds: float = REMOTE_SECONDS) -> Answer:
    """Run a git command that speaks with a remote: the user's hooks and keys, no questions.

    Raises GitError where it cannot start or does not end in time; it leaves no process behind.
    """
    try:
        git = subprocess.Popen(  # noqa: S603 -- a list of arguments, no shell; git by its full path
            [_binary(), "-C", str(where), *_REMOTE_SETTINGS, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_remote_environment(where),
            start_new_session=True,  # no terminal to ask on, and ssh ends with git
        )
    except (OSError, ValueError) as error:
        raise GitError(f"git {arguments[0]} did not run", subject=str(error)) from error
    with git:
        try:
            out, complaint = git.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(git.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                what = f"git {arguments[0]} took longer than {seconds:g} s"
                raise GitError(what, hint="is the remote reachable from here?") from error
            raise
    return Answer(
        code=git.returncode, out=out, complaint=complaint.decode("utf-8", "replace").strip()
    )


def tidy(where: Path) -> None:
    """Let git pack loose objects in the background where enough have piled up.

    Our commits write a whole tree of records each, so 256 files may be 40 MB: that is when, unless
    the user's gc.auto says otherwise. Neither is it done against maintenance.auto = false.
    """
    if ask(where, "config", "--type=bool", "--get", "maintenance.auto").out.strip() == b"false":
        return
    asked_for = ask(where, "config", "--get", "gc.auto", settings=()).code == 0
    limit = () if asked_for else ("-c", f"gc.auto={_LOOSE}")
    ask(where, *limit, "gc", "--auto", "--quiet", settings=_PLAIN)


def _binary() -> str:
    binary = shutil.which("git")
    if binary is None:
        raise GitError("git is not installed", hint="install git, or go on without commits")
    return binary


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


def _remote_environment(where: Path) -> dict[str, str]:
    """Give the environment for speaking with a remote: the user's ways in, no way to ask."""
    ways = {name: value for name, value in os.environ.items() if name.startswith(_WAYS_IN)}
    silent = {**_clean_environment(), **ways, "GIT_ASKPASS": "", "SSH_ASKPASS": ""}
    if "GIT_SSH_COMMAND" in ways or "GIT_SSH" in ways:
        return silent
    if ask(where, "config", "--get", "core.sshCommand").code == 0:
        return silent
    return {**silent, "GIT_SSH_COMMAND": _SSH}
