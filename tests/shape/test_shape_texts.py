"""Texts by a model have one maker: what passed the gate, and what stands in records."""

from __future__ import annotations

import ast
from pathlib import Path

from shape import sources

SOURCE = Path(__file__).parents[2] / "src" / "copydesk"
# after the gate; from a record (by its table of fields); by an editor's rule
MAKERS = {
    "Summary": {"writing/_write.py", "review/rules.py"},
    "Translation": {"writing/_write.py", "review/rules.py"},
    "GateResult": {"model/gate.py"},
}


def test_nothing_else_makes_a_text_that_readers_see() -> None:
    found: dict[str, set[str]] = {name: set() for name in MAKERS}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(sources.parse(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                is_other = name == "Summary" and "what_if" in path.parts
                if name in found and not is_other:
                    found[name].add(path.relative_to(SOURCE).as_posix())
    assert all(found[name] <= makers for name, makers in MAKERS.items()), found


def test_what_a_model_said_goes_through_the_gate_first() -> None:
    tree = sources.parse(SOURCE / "writing" / "_calls.py")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [node.func.id for node in calls if isinstance(node.func, ast.Name)]
    assert {"check_sentences", "check_headline"} <= set(names)
