"""Branch: which branch of which remote, and the newsroom's own ways to reach it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import GitError
from copydesk.kit import git
from copydesk.news import BranchOptions

# What a newsroom's own .git/config may say of how a remote is reached: CI leaves its token there.
_WAYS = r"^(credential|http|url|ssh|protocol|core\.(sshcommand|gitproxy))\b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of a remote that the newsroom's git knows by name; `store` is our repository."""

    newsroom: Path
    store: Path
    options: BranchOptions

    @property
    def name(self) -> str:
        """Return what the place is called to a person."""
        return f"{self.options.remote} {self.options.branch}"

    @property
    def ref(self) -> str:
        """Return the branch's full name at the remote."""
        return f"refs/heads/{self.options.branch}"

    def address(self) -> str:
        """Look up where the remote is; raises GitError where git knows none of this name."""
        remote = self.options.remote
        answer = git.ask(self.newsroom, "remote", "get-url", "--push", "--", remote)
        address = answer.out.decode("utf-8", "replace").strip()
        if answer.code or not address:
            hint = f"add it: git remote add {remote} ADDRESS; or correct deploy.git.remote"
            raise GitError("git knows no remote of this name", subject=remote, hint=hint)
        if "://" not in address and ":" not in address.split("/")[0]:
            return str(self.newsroom / address)  # a folder, named from the newsroom
        return address

    def ways(self) -> Mapping[str, str]:
        """Return the newsroom's own ways in as an environment: they hold in our repository too."""
        answer = git.ask(self.newsroom, "config", "--local", "-z", "--get-regexp", _WAYS)
        pairs = [
            setting.partition("\n") for setting in answer.out.decode("utf-8", "replace").split("\0")
        ]
        first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
        environment: dict[str, str] = {}
        count = first
        for key, _, value in pairs:
            if key:
                environment |= {f"GIT_CONFIG_KEY_{count}": key, f"GIT_CONFIG_VALUE_{count}": value}
                count += 1
        return {**environment, "GIT_CONFIG_COUNT": str(count)} if count > first else {}
