"""The script that measures the house counts what it says."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HOUSE: dict[str, Any] = runpy.run_path(str(ROOT / "benchmarks" / "house.py"))


def function(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


@pytest.mark.parametrize(
    "head",
    ["def settled():", "def told_all():", "def pages_kept():", "async def _written() -> int:"],
)
def test_a_participle_is_one(head: str) -> None:
    assert HOUSE["is_participle"](function(f"{head} ..."))


@pytest.mark.parametrize(
    "head",
    [
        *("def settle():", "def read_feed():", "def open_seal():", "def __getattr__(name):"),
        *(
            "def allowed() -> bool:",
            "@property\ndef published(self):",
            "def feed():",
            "def shorten():",
            "def connection_lost():",
        ),
    ],
)
def test_a_verb_a_claim_and_a_value_are_no_participle(head: str) -> None:
    assert not HOUSE["is_participle"](function(f"{head} ..."))


@pytest.mark.parametrize(
    ("body", "ways"),
    [
        ("return 1", 1),
        ("if a and b or c: return 1", 4),
        ("return [x for x in y if x if not y]", 4),
        ("for x in y:\n  while x:\n   pass", 3),
        ("try: pass\n except A: pass\n except B: pass", 3),
        ("match x:\n  case 1: pass\n  case _: pass", 2),
        ("return a if b else c", 1),
    ],
)
def test_conditions_count_as_ways(body: str, ways: int) -> None:
    assert ways == HOUSE["complexity"](function(f"def f():\n {body}"))


def test_only_code_is_a_line_of_code(tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    path.write_text('"""What it\n\nis."""\n\n# why\nx = [\n    1,  # one\n\n]\n', "utf-8")

    assert 3 == HOUSE["code_lines"](path, ast.parse(path.read_text("utf-8")))


def house(root: Path, files: dict[str, str]) -> tuple[dict[Path, ast.Module], Path]:
    """Write a package and return it as the script reads it."""
    source = root / "src" / "copydesk"
    for name, text in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return {path: ast.parse(path.read_text("utf-8")) for path in source.rglob("*.py")}, source


LAZY = """if TYPE_CHECKING:
    from copydesk.room._a import a as a
else:
    from copydesk.far import load
    __getattr__ = load(__name__)
"""


def test_a_chain_goes_through_a_lazy_face_and_not_through_functions(tmp_path: Path) -> None:
    tree, source = house(
        tmp_path,
        {
            "cli.py": "from copydesk.room import a\n",
            "room/__init__.py": LAZY,
            "room/_a.py": "import copydesk.room._b\nif TYPE_CHECKING:\n import copydesk.far\n",
            "room/_b.py": "def late():\n import copydesk.far\n",
            "far.py": "",
        },
    )

    figures = HOUSE["import_chain"](tree, source)

    assert ["copydesk.cli", "copydesk.room._a", "copydesk.room._b"] == figures["the chain"]
    assert 3 == figures["longest import chain"]


def test_a_test_file_counts_once_however_it_names_what_is_private(tmp_path: Path) -> None:
    for name, line in {
        "test_a.py": "from copydesk.room._part import x\nfrom copydesk.room import _other",
        "test_b.py": "from copydesk.room import _part",
        "test_c.py": "from copydesk.room import part\nimport copydesk.room",
    }.items():
        path = tmp_path / "tests" / "room" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line, "utf-8")

    assert 2 == HOUSE["private_imports"](tmp_path)["test files at private modules"]


def test_names_of_classes_are_counted_over_all_files(tmp_path: Path) -> None:
    tree, _ = house(
        tmp_path,
        {"a.py": "class Entry: ...\nclass Row: ...", "b.py": "class Entry: ...", "c.py": ""},
    )

    assert 1 == HOUSE["class_names"](tree)["class names in two places"]
