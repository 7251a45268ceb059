"""A small soak (./run.sh soak is the large one): each round files its story and says its cost."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from world import soak
from world.costs import Cost

TESTS = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [6, pytest.param(20, marks=pytest.mark.long)])
def test_rounds_file_every_story_once_and_say_what_they_cost(tmp_path: Path, rounds: int) -> None:
    file = tmp_path / "rounds.csv"

    done = subprocess.run(
        [sys.executable, "-m", "world.soak", str(rounds), "--filed", "3", "--csv", str(file)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert f"\n{3 + rounds} records" in done.stdout
    assert 2 == len(re.findall(r"ratio \d\.\d{3}$", done.stdout, re.MULTILINE))
    with file.open() as lines:
        rows = list(csv.DictReader(lines))
    assert list(map(str, range(rounds))) == [row["round"] for row in rows]
    assert all(float(row["cpu_seconds"]) > 0 and float(row["memory_mb"]) > 1 for row in rows)


def test_the_last_hundred_rounds_are_set_beside_the_first() -> None:
    costs = [
        Cost(cpu=1.0 if number < 100 else 2.0 if number < 200 else 1.5, wall=9.0, memory=80.0)
        for number in range(300)
    ]

    told = soak.compare(costs).splitlines()

    assert "first and last 100 of 300 rounds" == told[0]
    assert "CPU seconds: 1.000 and 1.500, ratio 1.500" == told[1]
    assert "memory, MB: 80.0 and 80.0, ratio 1.000" == told[2]


def test_a_number_of_rounds_is_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "world.soak", "0"],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 2 == done.returncode
    assert "no number of rounds: 0" in done.stderr
