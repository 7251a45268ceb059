"""Count how often git is started: each start costs some milliseconds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def count_starts(folder: Path, patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Put a git that counts its starts first on PATH; return how to read the count so far."""
    log, place = folder / "starts", folder / "counting"
    place.mkdir()
    script = place / "git"
    script.write_text(f'#!/bin/sh\necho "$*" >> "{log}"\nexec "{shutil.which("git")}" "$@"\n')
    script.chmod(0o755)
    patch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    return lambda: len(log.read_text().splitlines()) if log.exists() else 0
