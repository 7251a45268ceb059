"""A whole small site, compared with the one that is kept file by file."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    """Import the script beside this test, which is no module of a package."""
    path = Path(__file__).with_name("small_site.py")
    spec = importlib.util.spec_from_file_location("small_site", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


small_site = _load()
KEPT: dict[str, bytes] = small_site.files(small_site.KEPT)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("golden")
    built: dict[str, bytes] = small_site.build(folder / "out", folder / "cache")
    return built


def test_the_site_has_the_kept_files_and_no_others(made: dict[str, bytes]) -> None:
    assert sorted(made) == sorted(KEPT)


@pytest.mark.parametrize("path", sorted(KEPT))
def test_a_file_is_as_it_is_kept(made: dict[str, bytes], path: str) -> None:
    assert made[path].decode() == KEPT[path].decode()
