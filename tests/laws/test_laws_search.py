"""The tests see the same examples every time, and ./run.sh laws sees others."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from laws import search
from world.machine import PATIENCE_SECONDS

TESTS = Path(__file__).parents[1]
HEAD = "from hypothesis import given, settings, strategies as st\n\n"
TURN = search.Turn(path=Path("tests/test_a.py"), seed=7, scale=4)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a folder of tests that stands under our conftest."""
    (tmp_path / "tests").mkdir()
    shutil.copy(TESTS / "conftest.py", tmp_path / "tests")
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {TESTS}\nmarkers = shared: looks there\n"
    )
    return tmp_path


def write_law(house: Path, body: str, *decorators: str, name: str = "test_any.py") -> None:
    lines = [*decorators, "@given(st.integers())", "def test_a_law(number):", f"    {body}", ""]
    (house / "tests" / name).write_text(HEAD + "\n".join(lines))


def write_counted_laws(house: Path, *counts: int) -> None:
    """Write a law for each of these numbers of examples, which prints its number for each."""
    for count in counts:
        asked = f"@settings(max_examples={count})"
        write_law(house, f'print("<{count}>")', asked, name=f"test_{count}.py")


def count_examples(house: Path, *words: str) -> dict[int, int]:
    """Return how many examples each of the counted laws got."""
    return dict(Counter(map(int, examples(house, *words))))


def examples(house: Path, *words: str) -> list[str]:
    """Return the examples that one run of the tests tries."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return re.findall(r"<(-?\d+)>", done.stdout)


def start(house: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, search.__file__, *words, "--seed", "1"]
    return subprocess.Popen(command, cwd=house, stdout=subprocess.PIPE, text=True)


def test_the_tests_try_the_same_examples_every_time(house: Path) -> None:
    assert settings.get_profile("copydesk").derandomize
    assert settings.get_profile("copydesk").database is None
    write_law(house, 'print(f"<{number}>")')

    first, second = examples(house, "tests"), examples(house, "tests")

    assert 12 == len(first)
    assert first == second


def test_the_tests_try_a_share_of_the_examples_but_not_few(house: Path) -> None:
    write_counted_laws(house, 8, 60, 200)

    assert {8: 8, 60: 10, 200: 25} == count_examples(house, "tests")


def test_a_search_tries_all_examples() -> None:
    assert "--law-scale=1" in next(search.Search(TESTS / "laws", seed=1).turns()).options()


@pytest.mark.slow
def test_the_examples_do_not_depend_on_what_else_is_loaded(house: Path) -> None:
    write_law(house, 'print(f"<{number}>")', "@settings(max_examples=2_000)")
    constants = ", ".join(map(str, range(100_000, 100_400)))
    (house / "loaded.py").write_text(f"NUMBERS = [{constants}]\n")

    alone, among_others = examples(house, "tests"), examples(house, "tests", "-p", "loaded")

    assert alone == among_others


def test_a_search_tries_others(house: Path) -> None:
    write_law(house, 'print(f"<{number}>")')
    laws = "--hypothesis-profile=laws"

    first, second = (examples(house, "tests", laws, f"--law-seed={seed}") for seed in (1, 2))

    assert first != second


def test_a_law_gets_more_examples_whatever_it_asks_for(house: Path) -> None:
    write_counted_laws(house, 7)
    write_law(house, 'print("<0>")')  # asks for no number of its own

    assert {7: 21, 0: 300} == count_examples(house, "tests", "--law-scale=3")


@pytest.mark.slow
def test_a_broken_law_ends_the_search_with_its_example(house: Path) -> None:
    write_law(house, "assert number < 1_000")

    process = start(house, "5", "--first")
    shown, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert 1 == process.returncode
    assert "number=1000" in shown
    assert "1 of 1 files of laws looked at, laws broken: 1" in shown
    law = "tests/test_any.py::test_a_law"
    again = rf"{law}, seed \d+\n  see it again: .*'{law}' --hypothesis-profile=laws"
    assert re.search(again, shown)
    assert any((house / ".hypothesis/found").iterdir()), "it is tried first the next time"


@pytest.mark.slow
def test_a_search_ends_with_its_minutes_in_the_middle_of_a_law(house: Path) -> None:
    write_law(house, "import time; time.sleep(60)")

    process = start(house, "0.05")
    shown, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert 0 == process.returncode
    assert "0 of 1 files of laws looked at, no law broken" in shown


@pytest.mark.slow
def test_ctrl_c_ends_a_search_and_what_it_started(house: Path) -> None:
    write_law(house, f"open({str(house / 'pid')!r}, 'w').write(str(__import__('os').getpid()))")
    with (house / "tests/test_any.py").open("a") as file:
        file.write("    import time; time.sleep(60)\n")

    process = start(house, "5")
    assert process.stdout is not None
    process.stdout.readline()
    while not (house / "pid").exists() or not (house / "pid").read_text():
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    shown, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert 130 == process.returncode
    assert "no law broken" in shown
    with pytest.raises(ProcessLookupError):
        os.kill(int((house / "pid").read_text()), 0)


def test_a_file_with_a_short_turn_gets_twice_the_examples() -> None:
    found = search.Search(TESTS / "laws", seed=1)
    turn = next(found.turns())

    found.note(turn, 0, "", seconds=1)
    turns = found.turns()
    scales = {other.path: other.scale for other in (next(turns) for _ in found.paths)}

    assert 2 == scales.pop(turn.path)
    assert {1} == set(scales.values())


def test_a_broken_law_is_counted_once_however_often_it_shows() -> None:
    found = search.Search(TESTS / "laws", seed=1, only_first=True)

    turn = next(found.turns())
    for _ in range(2):
        found.note(turn, 1, "FAILED tests/test_a.py::test_b", seconds=1)

    assert ["tests/test_a.py::test_b"] == [finding.law for finding in found.findings]
    assert [] == list(found.turns())


@pytest.mark.parametrize(
    ("code", "output", "expected"),
    [
        (0, "", []),
        (5, "no tests ran", []),
        (1, "FAILED tests/a.py::test_a[x y] - Assert", ["tests/a.py::test_a[x y]"]),
        (1, "FAILED a.py::test_a\nFAILED a.py::test_b", ["a.py::test_a", "a.py::test_b"]),
        (2, "ERROR tests/a.py - SyntaxError: no", ["tests/a.py"]),
        (-11, "", ["tests/test_a.py"]),
    ],
    ids=["holds", "left out", "with words", "two", "cannot be read", "crashed"],
)  # fmt: skip
def test_what_pytest_ended_with_says_which_laws_are_broken(
    code: int, output: str, expected: list[str]
) -> None:
    assert expected == search.broken_laws(TURN, code, output)


@pytest.mark.parametrize(
    "words", [[], ["0"], ["-1"], ["nan"], ["inf"], ["ten"], ["1", "--tests", "docs"]]
)
def test_what_is_no_search_is_refused(words: list[str]) -> None:
    command = [sys.executable, search.__file__, *words]

    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False)

    assert 2 == done.returncode
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_every_file_with_a_law_is_searched() -> None:
    files = {path.relative_to(TESTS).as_posix() for path in search.law_files(TESTS)}

    assert {"laws/test_kit_laws.py", "embed/test_embed_wordpiece.py"} < files
    assert "laws/test_laws_search.py" not in files


def test_one_file_alone_may_be_searched() -> None:
    assert [TESTS / "laws/test_kit_laws.py"] == search.law_files(TESTS / "laws/test_kit_laws.py")
