"""Readers' pages of a newsroom with two letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from world.reader_pages import ReaderDesk, open_reader_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReaderDesk]:
    with open_reader_desk(tmp_path) as desk:
        yield desk
