"""Cases of robots.txt in files: tests/cases/fetch/*.txt, in the manner of Google's own tests.

A case is `#### name`, the file's lines (`\\r`, `\\t`, `\\xef` are escapes), `====`, and one
expectation a line: `+ /path` is allowed, `- /path` is forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.fetch.robots import RobotsRules

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "cases" / "fetch"
ESCAPE = re.compile(rb"\\x([0-9a-f]{2})|\\([rnt0])")
LETTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}


def cases() -> Iterator[tuple[str, bytes, list[str]]]:
    for path in sorted(FOLDER.glob("*.txt")):
        for case in path.read_text("utf-8").split("\n#### ")[1:]:
            name, _, rest = case.partition("\n")
            text, _, expected = rest.partition("\n====\n")
            body = ESCAPE.sub(_unescaped, text.encode())
            yield f"{path.stem}: {name}", body, expected.split("\n")


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else LETTERS[found[2]]


CASES = [
    pytest.param(body, line[0] == "+", line[2:], id=f"{name}, {line}")
    for name, body, lines in cases()
    for line in lines
    if line.strip()
]


@pytest.mark.parametrize(("body", "allowed", "path"), CASES)
def test_a_robots_file_says(body: bytes, allowed: bool, path: str) -> None:
    rules = RobotsRules.read(body)

    assert rules.allow("https://a.example" + path) == allowed
    assert RobotsRules(rules.lines).allow("https://a.example" + path) == allowed


def test_the_cases_are_as_many_as_they_were() -> None:
    assert len(CASES) >= 130


def test_every_test_that_the_reference_names_exists() -> None:
    text = (ROOT / "docs" / "reference" / "robots.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests" / "fetch").glob("*.py"))
    code += (ROOT / "tests" / "laws" / "test_fetch_laws.py").read_text("utf-8")
    known = set(re.findall(r"def (test_\w+)", code))
    known_cases = {name for name, _, _ in cases()}

    named = re.findall(r"`(test_\w+)`", text)
    named_cases = re.findall(r"case `([^`]+)`", text)

    assert set(named) - known == set()
    assert set(named_cases) - known_cases == set()
    assert len(named) + len(named_cases) >= 25
