"""Benchmarks: what they take from the project is there; no type checker looks at them."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "benchmarks").rglob("*.py"))


def list_names(script: Path) -> Iterator[tuple[str, str]]:
    """Yield module and name of whatever a script takes from the project or its tests."""
    nodes = ast.walk(ast.parse(script.read_text("utf-8")))
    for node in (node for node in nodes if isinstance(node, ast.ImportFrom)):
        module = node.module or ""
        if module.partition(".")[0] in {"copydesk", "world"}:
            yield from ((module, alias.name) for alias in node.names)


def is_there(module: str, name: str) -> bool:
    """Decide whether a module has a name, or a module below it is called so."""
    if hasattr(importlib.import_module(module), name):
        return True
    return importlib.util.find_spec(f"{module}.{name}") is not None


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.relative_to(ROOT).as_posix())
def test_what_a_benchmark_imports_is_there(script: Path) -> None:
    lost = [f"{module}.{name}" for module, name in list_names(script) if not is_there(module, name)]

    assert [] == lost
