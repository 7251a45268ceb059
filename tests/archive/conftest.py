"""A repository for a test, and nobody at home."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.checkout import Checkout, begin


@pytest.fixture(autouse=True)
def nobody_at_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the settings of the machine and its user out of the tests."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


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
