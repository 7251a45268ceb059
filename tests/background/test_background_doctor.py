"""The doctor finds what is wrong with a newsroom, and its line mends it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from world.broken_newsrooms import (
    BROKEN,
    Broken,
    end_hanging_rounds,
    examine,
    find,
    follow,
    healthy_newsroom,
)
from world.newsroom import KEY, NOW


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return healthy_newsroom(tmp_path_factory.mktemp("healthy") / "newsroom")


@pytest.fixture
def root(healthy: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(healthy.parent, tmp_path / "world", symlinks=True)
    (tmp_path / "world/key").write_text(KEY, "utf-8")
    yield tmp_path / "world" / healthy.name
    end_hanging_rounds()


def test_a_healthy_newsroom_has_no_finding(root: Path) -> None:
    assert [] == examine(root)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_what_is_broken_is_found_and_its_line_mends_it(broken: Broken, root: Path) -> None:
    broken.damage(root)

    found = find(broken, root)

    assert found is not None, examine(root)
    assert broken.state == found["state"]
    follow(found["mend"], broken, root)
    assert find(broken, root, NOW + broken.later) is None
