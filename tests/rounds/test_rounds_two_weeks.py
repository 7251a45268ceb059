"""A small soak of a newsroom at work (`./run.sh soak weeks` is the large one), resumed once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from world.machine import PATIENCE_SECONDS

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
SOAK = ROOT / "benchmarks" / "soak"
ROUNDS = 6


def start(folder: Path, kills: float) -> subprocess.Popen[str]:
    words = ("--rounds", str(ROUNDS), "--seed", "7", "--kills", str(kills), "--folder", str(folder))
    return subprocess.Popen(
        [sys.executable, str(SOAK / "soak.py"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
    )


def next_round(folder: Path) -> int:
    file = folder / "state.json"
    return int(json.loads(file.read_text())["next_round"]) if file.exists() else 0


@pytest.mark.slow
def test_a_soak_that_is_killed_goes_on_where_it_stopped_and_finds_everything(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "soak"
    with start(folder, kills=3) as first:
        end = time.monotonic() + PATIENCE_SECONDS
        while next_round(folder) < 2 and first.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
    stopped = next_round(folder)

    with start(folder, kills=3) as second:
        assert second.stdout is not None
        said = second.stdout.read()

    assert 0 == second.returncode, said
    assert 2 <= stopped < ROUNDS == next_round(folder)
    rounds = [
        line["round"]
        for line in map(json.loads, (folder / "ledger.jsonl").read_text().splitlines())
        if line["kind"] == "round"
    ]
    assert [*range(ROUNDS)] == sorted({*rounds})
    assert rounds.count(0) == 1
    kills = json.loads((folder / "state.json").read_text())["kills"]
    assert sum(kills.values()) >= 2, said
