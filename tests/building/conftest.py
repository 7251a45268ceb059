"""A published site, the same as its records give it, and a stranger's newsroom."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copydesk import building
from copydesk.archive import shown
from copydesk.newsroom import Troubles
from world.verifying import Stranger, make_published


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a newsroom whose site is published; no test changes it."""
    return make_published(tmp_path_factory.mktemp("verify") / "beat")


@pytest.fixture(scope="session")
def right(published: Path, tmp_path_factory: pytest.TempPathFactory) -> building.RightSite:
    """Return the site as its records give it, which the first test proves equal."""
    folder = tmp_path_factory.mktemp("right") / "site"
    shutil.copytree(published / ".copydesk" / "site", folder)
    shutil.rmtree(folder / "pictures")
    [front] = shown.read_fronts(published, Troubles())
    pictures = {
        f"pictures/{name}": (digest, picture.story)
        for picture in shown.read_pictures(published, Troubles()).values()
        for name, digest in picture.digests.items()
    }
    return building.RightSite(folder=folder, pictures=pictures, places=front.places)


@pytest.fixture
def stranger(published: Path, tmp_path: Path) -> Stranger:
    """Return a newsroom that a test makes hostile."""
    root = tmp_path / "stranger"
    shutil.copytree(published, root, symlinks=True)
    return Stranger(root=root, mark=tmp_path / "mark")
