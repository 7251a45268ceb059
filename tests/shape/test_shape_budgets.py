"""The budgets: how long, how branchy, how many arguments, how few mocks (docs/design)."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from pathlib import Path

from shape import sources

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

FUNCTION_LINES = 60
LONG_FUNCTION = 30  # five in a hundred may have as many
LONG_FUNCTIONS_SHARE = 0.05
ARGUMENTS = 6
COMPLEXITY = 10
TEST_FILE_LINES = 600
MOCKS_PER_TEST = 0.02

# At most ten, each with its reason. `file:function`.
EXCEPTIONS: dict[str, str] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@functools.cache
def functions(path: Path) -> list[tuple[str, Function]]:
    """Return each function of a file with the name that EXCEPTIONS knows it by."""
    nodes = [node for node in sources.walk(path) if isinstance(node, Function)]
    return [(f"{name_of(path)}:{node.name}", node) for node in nodes]


def lines_of(function: Function) -> int:
    """Count the lines from `def` to the last one, without the docstring."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


def arguments_of(function: Function) -> int:
    """Count the arguments that a caller may give, without self and cls."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return len([one for one in every if one.arg not in {"self", "cls"}])


def is_click_command(function: Function) -> bool:
    """Decide whether the function's arguments are a person's options."""
    text = " ".join(ast.unparse(one) for one in function.decorator_list)
    return bool(re.search(r"click\.(option|argument)|\.command\(|\.group\(", text))


def test_a_function_is_short_and_takes_few_arguments() -> None:
    every = [each for path in SOURCES for each in functions(path)]
    too_long = [
        f"{name} has {lines_of(function)} lines"
        for name, function in every
        if lines_of(function) > FUNCTION_LINES and name not in EXCEPTIONS
    ]
    too_wide = [
        f"{name} takes {arguments_of(function)} arguments"
        for name, function in every
        if arguments_of(function) > ARGUMENTS
        and not is_click_command(function)
        and name not in EXCEPTIONS
    ]

    assert [] == too_long + too_wide


def test_branches_are_counted_by_the_linter() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]

    assert COMPLEXITY == lint["mccabe"]["max-complexity"]
    assert "C90" in lint["select"]
    assert "C901" not in lint["ignore"]


def test_whoever_is_excused_is_named() -> None:
    excused = []
    for path in SOURCES:
        lines = path.read_text("utf-8").splitlines()
        excused += [
            name
            for name, function in functions(path)
            if any("C901" in line or "PLR09" in line for line in _head(lines, function))
        ]

    assert set(excused) <= set(EXCEPTIONS)
    assert len(EXCEPTIONS) <= 10
    assert all(EXCEPTIONS.values())


def _head(lines: list[str], function: Function) -> list[str]:
    """Return a function's lines before its first statement, where a noqa would stand."""
    return lines[function.lineno - 1 : function.body[0].lineno]


def test_exceptions_are_functions_that_exist() -> None:
    known = {name for path in SOURCES for name, _ in functions(path)}

    assert set(EXCEPTIONS) <= known


def longer_than(limit: int, paths: list[Path]) -> dict[str, int]:
    """Return the lines of those files that have more than so many."""
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in paths}
    return {name: count for name, count in lines.items() if count > limit}


def test_most_functions_are_shorter() -> None:
    lengths = [lines_of(function) for path in SOURCES for _, function in functions(path)]

    assert sum(one >= LONG_FUNCTION for one in lengths) <= LONG_FUNCTIONS_SHARE * len(lengths)


def test_a_test_file_is_one_subject() -> None:
    assert {} == longer_than(TEST_FILE_LINES, TESTS)


def test_mocks_are_rare() -> None:
    texts = [path.read_text("utf-8") for path in TESTS if path != Path(__file__)]

    mocks = sum(
        len(re.findall(r"Mock\(|\bpatch(\.object)?\(|monkeypatch\.setattr", t)) for t in texts
    )
    tests = sum(len(re.findall(r"^ *(?:async )?def test_", text, re.MULTILINE)) for text in texts)

    assert mocks < MOCKS_PER_TEST * tests


FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def test_no_drawer_is_called_utils() -> None:
    names = {path.stem.strip("_") for path in SOURCES} | {path.parent.name for path in SOURCES}

    assert set() == names & FORBIDDEN_NAMES


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in TESTS if path.name.startswith("test_")]

    assert sorted(set(names)) == sorted(names)
    assert [] == [name_of(path) for path in TESTS if path.name == "__init__.py"]
