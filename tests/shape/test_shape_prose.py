"""No logic hangs on words that people read: they are said and read in the tables of `news`."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

from shape import sources
from shape.prose import decisions

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# Where words are read for another reason: `file:function`, each with it.
ALLOWED = {
    "archive/git/_git.py:locate": "git's own words, which have no code",
    "desk_store/_desk_store.py:add": "a closed kind: its words are made where it is shown",
    "kit/git.py:trouble": "git's and the remote's own words, which have no code",
    "news/reason.py:__eq__": "the same words mean the same, others are compared by what they mean",
    "review/_hand_edits.py:is_same_word": "two verdicts are equal or not, whatever they say",
    "watch/schedule/state.py:fault_of": (
        "a state of an earlier version: its text has the kind before it"
    ),
}


def test_a_reason_is_made_by_its_table_alone() -> None:
    makers = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in SOURCES
        if path != PACKAGE / "news" / "reason.py"
        for node in sources.walk(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason"
    ]

    assert [] == makers


@functools.cache
def decisions_of(path: Path) -> list[tuple[str, ast.AST]]:
    return list(decisions(sources.parse(path)))


def found_in(text: str) -> list[str]:
    return [name for name, _ in decisions(ast.parse(text))]


def test_nothing_is_decided_by_words_that_people_read() -> None:
    names = {path: str(path.relative_to(PACKAGE)) for path in SOURCES}
    found = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for path, name in names.items()
        for function, node in decisions_of(path)
        if f"{name}:{function}" not in ALLOWED and isinstance(node, ast.expr | ast.stmt)
    ]

    assert [] == found


def test_what_is_allowed_is_still_there() -> None:
    needed = {
        f"{path.relative_to(PACKAGE)}:{function}"
        for path in SOURCES
        for function, _ in decisions_of(path)
    }

    assert set(ALLOWED) <= needed
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    "line",
    [
        'x = [one for one in story.reasons if "joined" in one.why]',
        "x = any(one.why == TRUSTED for one in story.reasons)",
        'x = any(why == OFF or ": ruled by " in why for why in [one.why for one in reasons])',
        'x = reason.why.startswith(("never below", "never above"))',
        'x = "html" if error.what == HTML else "broken"',
        'x = answer.detail.startswith("the proxy is not set")',
        "x = MOVED.search(line) if (line := story.history[0]) else None",
        "x = any(map(DEPOSED.search, story.history))",
        'for line in story.history:\n    first, _, rest = line.partition(" ")',
        'error = state.last_error\nx = error.startswith("certificate: ")',
        "one, error = KNOWN, state.last_error\nx = UNSET.match(error)",
        'x = "the listing rule" in state.last_error',
        'def lost(why):\n    return "no" if why.startswith("not a") else "yes"',
        'x = listed.what.startswith("no feed")',
        'match one.why:\n    case "x":\n        pass',
    ],
)
def test_a_decision_by_words_is_seen(line: str) -> None:
    assert [] != found_in(line)


@pytest.mark.parametrize(
    "line",
    [
        "x = one.kind is ReasonKind.JOINED",
        'x = f"{one.why}: {one.detail}"',
        'x = one.detail == ""',
        "x = error.hint or LOOK",
        'x = one.reason == "robots"',
    ],
)
def test_a_value_or_an_empty_text_is_no_decision_by_words(line: str) -> None:
    assert [] == found_in(line)
