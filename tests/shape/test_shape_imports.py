"""Who imports whom, what an import costs, and that what decides touches no world."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
SOURCES = sorted(PACKAGE.rglob("*.py"))
DECIDERS = [
    path
    for room in ("extract", "judge", "review", "news")
    for path in (PACKAGE / room).rglob("*.py")
]
HEAVY = ("aiohttp", "lxml", "trafilatura", "PIL", "numpy")

# What the contracts in .importlinter cannot see: parts of standard packages, and calls.
WORLD_MODULES = {"urllib.request", "urllib.robotparser", "http.client", "http.server"}
WORLD_CALLS = {"open", "input", "print", "exec", "eval"}
WORLD_METHODS = {
    "now",
    "utcnow",
    "today",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "iterdir",
    "unlink",
    "mkdir",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = f"import copydesk.cli, sys; print([one for one in {HEAVY!r} if one in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_the_contracts_of_the_house_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stdout


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Give each imported module's dotted name with its level (0: absolute)."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((one.name, 0) for one in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level
            yield from ((f"{node.module}.{one.name}", node.level) for one in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_are_absolute(path: Path) -> None:
    assert [] == [name for name, level in imports_of(path) if level]


@pytest.mark.parametrize("path", DECIDERS, ids=name_of)
def test_a_decider_asks_no_file_no_clock_no_stranger(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]

    names = {call.id for call in calls if isinstance(call, ast.Name)}
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    modules = {name for name, _ in imports_of(path)}

    assert set() == names & WORLD_CALLS
    assert set() == methods & WORLD_METHODS
    assert set() == modules & WORLD_MODULES
