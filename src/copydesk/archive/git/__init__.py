"""The newsroom's repository: takes paths with a message, makes a commit of them, pushes it."""

from __future__ import annotations

from copydesk.archive.git._log import LoggedCommit, read_commit
from copydesk.archive.git._push import Pushed
from copydesk.archive.git._repository import AUTHOR, Repository
from copydesk.archive.git._start import start_repository

__all__ = ["AUTHOR", "LoggedCommit", "Pushed", "Repository", "read_commit", "start_repository"]
