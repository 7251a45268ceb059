"""A desk that is served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from world.served_desk import HOST, ServedDesk, serve_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServedDesk]:
    with serve_desk(tmp_path, host=HOST) as served:
        yield served
