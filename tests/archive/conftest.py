"""A repository for a test, and nobody at home."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.checkout import Checkout, begin


@pytest.fixture(autouse=True)
def nobody_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git know no user."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once what `checkout` copies."""
    made = begin(tmp_path_factory.mktemp("saved") / "newsroom")
    made.save("README.md", "_news/a.md", "_news/b.md")
    return made.root


@pytest.fixture
def checkout(tmp_path: Path, saved: Path) -> Checkout:
    """Return a repository with two committed records and a README."""
    return Checkout(root=Path(shutil.copytree(saved, tmp_path / "newsroom")))
