"""Store: a bare repository of our own, disposable, in which commits are made and pushed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from copydesk.deploy.branch._branch import Branch
from copydesk.errors import DeployError, GitError
from copydesk.kit import git

_SETTINGS = (
    *("-c", "core.autocrlf=false", "-c", "core.fileMode=false", "-c", "core.bare=false"),
    *("-c", "commit.gpgSign=false", "-c", "core.ignoreCase=false"),
)
# Bytes are kept as they are, whatever .gitattributes the site itself may hold.
_ATTRIBUTES = "* -text -filter -ident -working-tree-encoding\n"
_REMOTE_SECONDS = 3600.0  # a whole site may be some gigabytes
_LOCKS = ("index.lock", "shallow.lock")


class Store:
    """Run git in our repository; its work tree is the site's folder, from which it only reads."""

    def __init__(self, place: Branch, site: Path) -> None:
        self._place = place
        self._folder = place.store.resolve()
        self._site = site.resolve()
        self._environment = {"GIT_DIR": str(self._folder), "GIT_WORK_TREE": str(self._site)}

    def open(self) -> None:
        """Make the repository where there is none, or none that can be used."""
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            if not (self._folder / "HEAD").is_file():
                where = self._folder.parent
                git.tell(where, "init", "-q", "--bare", "--template=", "--", str(self._folder))
            attributes = self._folder / "info" / "attributes"
            attributes.parent.mkdir(exist_ok=True)
            attributes.write_text(_ATTRIBUTES, "utf-8")
            for lock in _LOCKS:  # of one that was killed: we are alone here
                (self._folder / lock).unlink(missing_ok=True)
        except OSError as error:
            raise DeployError(
                f"the folder for deploys cannot be written ({error.strerror})",
                subject=str(self._folder),
                hint="look at its rights and the free space",
            ) from error

    def renew(self) -> None:
        """Begin again with an empty repository: all that it held can be had from site and remote.

        Raises DeployError and GitError.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        self.open()

    def tell(
        self, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None
    ) -> bytes:
        """Run git and give its output; raises GitError."""
        environment = {**self._environment, **(more or {})}
        return git.tell(self._site, *_SETTINGS, *arguments, given=given, environment=environment)

    def name(self, name: str) -> str:
        """Look up the id of what has a name, "" where there is no such thing."""
        answer = git.ask(
            self._site, "rev-parse", "-q", "--verify", name, environment=self._environment
        )
        return answer.out.decode().strip() if answer.code == 0 else ""

    def speak(self, *arguments: str) -> git.GitAnswer:
        """Run a git command that speaks with the remote, by the newsroom's own ways in."""
        environment = {**self._environment, **self._place.ways()}
        where = self._place.newsroom
        return git.ask_remote(where, *arguments, environment=environment, seconds=_REMOTE_SECONDS)

    def tidy(self) -> None:
        """Let git pack what deploys pile up, where it is much; it does no harm if that fails."""
        tidying = ("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")
        with contextlib.suppress(GitError):
            git.ask(self._site, *tidying, environment=self._environment, settings=git.PLAIN)
