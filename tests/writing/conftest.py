"""A newsroom and its model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from world.model_server import model_in_background
from world.writing import TextDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TextDesk]:
    with model_in_background() as model:
        yield TextDesk(tmp_path / "beat", model)
