"""A desk that is served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from world.served_desk import HOST, ServedDesk, serve_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServedDesk]:
    with serve_desk(tmp_path, host=HOST) as served:
        yield served


@pytest.fixture(autouse=True)
def light_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords lightly: as they are kept each try costs a tenth of a second of the CPU."""
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    nobodys = light.hash("nobody's password")
    room = "copydesk.desk.sign_in._visitor"
    monkeypatch.setattr(f"{room}._hasher", lambda: light)
    monkeypatch.setattr(f"{room}._nobodys_hash", lambda: nobodys)
