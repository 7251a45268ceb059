"""Run the git binary with a clean environment, without hooks and prompts, bytes in and out."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import select
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from copydesk.errors import GitError
from copydesk.kit import tables

# User settings that must not take effect: hooks run foreign code, fsmonitor starts a daemon, an
# encoding adds a header.
PLAIN = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "core.quotePath=false"),
)
SETTINGS = (*PLAIN, "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0")
_TIMEOUT_SECONDS = 120.0

# With a remote the user's own keys and credentials are used, but nothing that asks a person: a
# hidden prompt would block every run until the timeout. A stalled transfer ends after 30 s.
_REMOTE_SETTINGS = (
    *PLAIN,
    *("-c", "gc.auto=0"),
    *("-c", "core.askPass="),
    *("-c", "http.lowSpeedLimit=100"),
    *("-c", "http.lowSpeedTime=30"),
)
_WAYS_IN = ("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_CONFIG_", "GIT_ALLOW_PROTOCOL")
# Where git finds the user's settings, and with them the user's name.
_USER_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30"
REMOTE_SECONDS = 600.0
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAnswer:
    """The result of a git command: exit code, stdout and stderr."""

    code: int
    out: bytes
    complaint: str


def ask(
    where: Path,
    *arguments: str,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    settings: Sequence[str] = SETTINGS,
    seconds: float = _TIMEOUT_SECONDS,
) -> GitAnswer:
    """Run a git command in a folder and return its result, whatever the exit code.

    Raises GitError if git is missing, cannot start or does not end in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- a list of arguments, no shell; git by its full path
            [_binary(), "-C", str(where), *settings, *arguments],
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**_clean_environment(), **(environment or {})},
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise GitError(f"could not run git {arguments[0]}", subject=str(error)) from error
    complaint = done.stderr.decode("utf-8", "replace").strip()
    return GitAnswer(code=done.returncode, out=done.stdout, complaint=complaint)


class Dialogue:
    """A git process that answers each request at once, such as `cat-file --batch`.

    All methods raise GitError if git ends or does not answer in time.
    """

    def __init__(self, where: Path, *arguments: str) -> None:
        self._command = arguments[0]
        try:
            self._git = subprocess.Popen(  # noqa: S603 -- as in `ask`
                [_binary(), "-C", str(where), *SETTINGS, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_clean_environment(),
            )
        except OSError as error:
            raise GitError(f"could not run git {self._command}", subject=str(error)) from error

    def ask(self, request: bytes) -> bytes:
        """Send a request; return the first line of the answer, without its end."""
        sender, answer = self._pipes
        try:
            sender.write(request)
            sender.flush()
            is_answered, _, _ = select.select([answer], [], [], _TIMEOUT_SECONDS)
        except OSError as error:
            raise self._explain_end() from error
        line = answer.readline() if is_answered else b""
        if not line.endswith(b"\n"):
            raise self._explain_end()
        return line[:-1]

    def read(self, size: int) -> bytes:
        """Return the next bytes of the answer."""
        data = self._pipes[1].read(size)
        if len(data) < size:
            raise self._explain_end()
        return data

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError), self._git:
            self._git.kill()

    def __del__(self) -> None:
        """End the process if its owner has forgotten to."""
        if hasattr(self, "_git"):
            self.close()

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._git.stdin is not None
        assert self._git.stdout is not None
        return self._git.stdin, self._git.stdout

    def _explain_end(self) -> GitError:
        assert self._git.stderr is not None
        self._git.kill()
        complaint = self._git.stderr.read().decode("utf-8", "replace").strip()
        return GitError(f"git {self._command} ended unexpectedly", subject=complaint[:500])


def ask_remote(
    where: Path,
    *arguments: str,
    seconds: float = REMOTE_SECONDS,
    environment: Mapping[str, str] | None = None,
    most_bytes: int = 0,
) -> GitAnswer:
    """Run a git command that contacts a remote: with the user's hooks and keys, without prompts.

    It may write no file of more than `most_bytes`, 0 for any size. Raises GitError if it cannot
    start or does not end in time; it leaves no process behind.
    """
    try:
        git = subprocess.Popen(  # noqa: S603 -- a list of arguments, no shell; git by its full path
            [_binary(), "-C", str(where), *_REMOTE_SETTINGS, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**_remote_environment(where), **(environment or {})},
            preexec_fn=partial(_limit_files, most_bytes) if most_bytes else None,  # noqa: PLW1509
            start_new_session=True,  # no terminal for prompts, and ssh is killed together with git
        )
    except (OSError, ValueError) as error:
        raise GitError(f"could not run git {arguments[0]}", subject=str(error)) from error
    with git:
        try:
            out, complaint = git.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(git.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                what = f"git {arguments[0]} took longer than {seconds:g} s"
                raise GitError(what, hint="check that this machine can reach the remote") from error
            raise
    return GitAnswer(
        code=git.returncode, out=out, complaint=complaint.decode("utf-8", "replace").strip()
    )


def _limit_files(most_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))


def _binary() -> str:
    binary = shutil.which("git")
    if binary is None:
        raise GitError("git is not installed", hint="install git, or use copydesk without commits")
    return binary


def tell(
    where: Path, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> bytes:
    """Run a git command and return its output; raise GitError with its stderr if it fails."""
    answer = ask(where, *arguments, given=given, environment=environment)
    if answer.code:
        raise GitError(f"git {arguments[0]} failed", subject=answer.complaint[:500])
    return answer.out


def read_blobs(where: Path, ids: Sequence[str]) -> dict[str, bytes | None]:
    """Return the bytes of git blobs by id, None for a missing one (in a partial clone)."""
    if not ids:
        return {}
    # git ignores a last line without its line feed
    out = tell(where, "cat-file", "--batch", given="".join(f"{name}\n" for name in ids).encode())
    blobs: dict[str, bytes | None] = {}
    at = 0
    for blob in ids:
        end = out.find(b"\n", at)
        if end < 0:
            raise GitError("git cat-file ended unexpectedly", subject=blob)
        said = out[at:end].split(b" ")
        at = end + 1
        if len(said) != 3:  # "… missing"
            blobs[blob] = None
            continue
        size = int(said[2])
        blobs[blob] = out[at : at + size]
        at += size + 1
    return blobs


def trouble(complaint: str, remote: str, command: str, later: str) -> GitError:
    """Return an error that explains git's message about a remote, with a hint.

    `later` says how the program goes on; it is the hint if there is no better one.
    """
    lines = [line.strip() for line in complaint.splitlines()]
    said_lines = [
        line for line in lines if line and not line.startswith(("hint:", "error: failed to push"))
    ]
    subject = plain(f"{remote}: {' '.join(said_lines)[:300]}")
    troubles = tables.read_rows("copydesk.kit", "git_troubles.toml", tuple[str, str, str])
    for words, what, hint in troubles.values():
        if re.search(words, complaint):
            return GitError(what, subject=subject, hint=hint or later)
    hint = f"{later}; to see more, run `git {command} {remote}`"
    return GitError(f"git {command} failed", subject=subject, hint=hint)


def plain(text: str) -> str:
    """Return a message of git without the passwords in URLs."""
    return _LOGIN.sub("", text)


def _clean_environment() -> dict[str, str]:
    """Return the environment without variables that redirect git or make it prompt."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _USER_SETTINGS
    }
    return {
        **environment,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
    }


def _remote_environment(where: Path) -> dict[str, str]:
    """Return the environment for git with remotes: the user's credentials, no prompts."""
    ways = {name: value for name, value in os.environ.items() if name.startswith(_WAYS_IN)}
    silent = {**_clean_environment(), **ways, "GIT_ASKPASS": "", "SSH_ASKPASS": ""}
    if "GIT_SSH_COMMAND" in ways or "GIT_SSH" in ways:
        return silent
    if ask(where, "config", "--get", "core.sshCommand").code == 0:
        return silent
    return {**silent, "GIT_SSH_COMMAND": _SSH}
