"""Records, checked: read and written again in memory, compared byte for byte."""

from __future__ import annotations

from pathlib import Path

from copydesk import archive
from copydesk.engine.newsroom._progress import Progress


def check_records(root: Path, progress: Progress) -> archive.CheckReport:
    """Check every record below `root`, which needs no beat.toml; raises RecordError."""
    progress.stage("records")
    return archive.check(root, progress.step)
