"""A desk's store in a folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.desk_store import DeskStore, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskStore]:
    with closing(open_desk(tmp_path)) as store:
        yield store
