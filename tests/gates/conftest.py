"""What several gates look at: the recorded news web after its round, which takes half a minute."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copydesk.kit import locks
from world.machine import PATIENCE_SECONDS
from world.newswire import description, newswire_newsroom, run_round


@pytest.fixture(scope="session")
def newswire_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the newsroom after its round, to be copied; processes that share tests share it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    root, begun = shared / "newswire-round", shared / f"newswire-round-{os.getpid()}"
    lock = locks.Lock(shared / "newswire-round.lock")
    assert lock.acquire(PATIENCE_SECONDS)
    try:
        if not root.exists():
            run_round(newswire_newsroom(begun), description()["replay"]["now"])
            begun.rename(root)
    finally:
        lock.release()
    return root
