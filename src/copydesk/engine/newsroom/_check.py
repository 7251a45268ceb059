"""Records, checked: read and written again in memory, compared byte for byte."""

from __future__ import annotations

from pathlib import Path

from copydesk import archive
from copydesk.engine.newsroom._progress import Progress
from copydesk.errors import UsageError


def check_records(root: Path, progress: Progress) -> archive.CheckReport:
    """Check every record below `root`, which needs no beat.toml; raises RecordError, UsageError."""
    if not root.is_dir():
        raise UsageError(
            "there is no such folder", subject=str(root), hint="name a newsroom's, or its clone's"
        )
    progress.stage("records")
    return archive.check(root, progress.step)
