"""How the tests are run: what takes long begins first, and who leaves one out says why."""

from __future__ import annotations

import ast
import gc
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SLOW = "import pytest\n@pytest.mark.slow\n"
SKIPS = {"skip", "skipif", "importorskip"}
SETTINGS = f"[pytest]\npythonpath = {TESTS}\nmarkers =\n  slow: takes long\n  shared: looks there\n"


def order(house: Path, *words: str) -> list[str]:
    """Return the files of a folder of tests in the order in which they are run."""
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    passed = re.findall(r"PASSED (\w+)\.py::test_1|(\w+)\.py::test_1 PASSED", done.stdout)
    return ["".join(names) for names in passed]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-n", "1", "--dist", "loadscope"], ["test_slow", "test_many", "test_few"]),
        (["-p", "no:xdist"], ["test_few", "test_many", "test_slow"]),
    ],
    ids=["shared", "alone"],
)
def test_shared_work_begins_with_what_takes_long(
    tmp_path: Path, words: list[str], expected: list[str]
) -> None:
    """A person who runs some of the tests alone sees what is fast first."""
    one, other = "def test_1(): pass\n", "def test_2(): pass\n"
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    shutil.copy(TESTS / "conftest.py", tmp_path)
    (tmp_path / "test_few.py").write_text(one)
    (tmp_path / "test_many.py").write_text(one + other)
    (tmp_path / "test_slow.py").write_text(f"{SLOW}{one}")

    assert expected == order(tmp_path, *words)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ('"one", "three"', ["one", "three"]),
        ('without="e"', ["two"]),
    ],
)
def test_what_is_not_in_a_sample_is_long(tmp_path: Path, sample: str, expected: list[str]) -> None:
    names = ["one", "two", "three"]
    (tmp_path / "pytest.ini").write_text(f"{SETTINGS}  long: takes longer\n  sample: of these\n")
    shutil.copy(TESTS / "conftest.py", tmp_path)
    (tmp_path / "test_any.py").write_text(
        f"import pytest\n@pytest.mark.sample({sample})\n"
        f"@pytest.mark.parametrize('name', {names})\ndef test_1(name): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]

    def collect(words: str) -> list[str]:
        done = subprocess.run(
            [*command, "-m", words], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return re.findall(r"test_1\[(\w+)\]", done.stdout)

    assert expected == collect("not long")
    assert [name for name in names if name not in expected] == collect("long")


def test_every_name_in_a_sample_is_one_of_its_test(request: pytest.FixtureRequest) -> None:
    """Only where the whole suite was collected; a name that is none would leave a test out."""
    tests: dict[str, tuple[set[str], set[str]]] = {}
    for item in request.session.items:
        sample = item.get_closest_marker("sample")
        parameters = getattr(item, "callspec", None)
        if sample and parameters:
            test = item.nodeid.partition("[")[0]
            _, found = tests.setdefault(test, (set(sample.args), set()))
            found.add(parameters.id)

    assert {} == {test: named - found for test, (named, found) in tests.items() if named - found}


def test_the_garbage_collector_passes_over_what_was_collected() -> None:
    """A hundred thousand tests and modules that stay are not looked through again and again."""
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def unexplained(text: str) -> list[str]:
    """Return what leaves a test out in a file and says no reason."""
    nodes = list(ast.walk(ast.parse(text)))
    calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
    skips = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr in SKIPS]
    found = [calls.get(id(node), node) for node in skips]
    return [ast.unparse(node) for node in found if not _says_why(node)]


def _says_why(node: ast.Call | ast.Attribute) -> bool:
    if isinstance(node, ast.Attribute):
        return False
    is_told = isinstance(node.func, ast.Attribute) and node.func.attr == "skip" and bool(node.args)
    return is_told or any(word.arg == "reason" for word in node.keywords)


@pytest.mark.parametrize(
    "line",
    [
        "pytest.skip()",
        "pytest.mark.skip",
        "pytest.mark.skipif(True)",
        "pytest.importorskip('robots')",
    ],
)
def test_a_test_that_is_left_out_without_a_reason_is_seen(line: str) -> None:
    assert [line] == unexplained(line)


def test_whoever_leaves_a_test_out_says_why() -> None:
    found = {
        path.name: unexplained(path.read_text("utf-8")) for path in sorted(TESTS.rglob("*.py"))
    }

    assert {} == {name: calls for name, calls in found.items() if calls}


def test_more_processes_share_the_tests_than_there_are_cores(pytestconfig: pytest.Config) -> None:
    if not pytestconfig.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is left out")

    asked = pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig)

    assert asked == len(os.sched_getaffinity(0)) + 3
