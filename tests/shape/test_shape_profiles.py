"""A profile is asked what it means, never what it is called; so a third one needs no search."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from copydesk.judge import profile_of
from copydesk.news import Beat
from copydesk.news.beat import TRAITS, ProfileName, Scoring, Traits
from shape import sources

PACKAGE = Path(__file__).parents[2] / "src" / "copydesk"
NAMES = typing.get_args(ProfileName)
# Where a profile is defined, chosen by a person, or measured beside the other.
MAY_NAME = ("cli", "config", "judge/_profiles.py", "measure", "news/beat.py")
SOURCES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.relative_to(PACKAGE).as_posix().startswith(MAY_NAME)
]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_no_profile_is_asked_for_by_its_name() -> None:
    assert {} == {name_of(path): lines for path in SOURCES if (lines := profiles_asked_for(path))}


def profiles_asked_for(path: Path) -> list[int]:
    """Return the lines in which a profile is asked for by its name."""
    declared = set(tables(sources.parse(path)))
    return [
        node.lineno
        for node in sources.walk(path)
        if (isinstance(node, ast.Constant) and node.value == "everyday" and node not in declared)
        or (
            isinstance(node, ast.Compare | ast.Match)
            and any(isinstance(one, ast.Attribute) and one.attr == "profile" for one in parts(node))
        )
    ]


def tables(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what a setting says of the table it stands in: [scoring.everyday] is one."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "option"
        ):
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "table")


def parts(node: ast.Compare | ast.Match) -> list[ast.expr]:
    """Return what a comparison, or a match, looks at."""
    return [node.subject] if isinstance(node, ast.Match) else [node.left, *node.comparators]


def test_no_template_asks_for_a_profile_by_its_name() -> None:
    templates = sorted(PACKAGE.rglob("*.html"))

    assert templates
    assert [] == [path for path in templates if "house.profile ==" in path.read_text("utf-8")]


def test_every_profile_has_traits_and_a_way_of_weighing() -> None:
    assert set(NAMES) == set(TRAITS)
    for name in NAMES:
        beat = Beat(title="x", scoring=Scoring(profile=name))
        assert TRAITS[name] is beat.scoring.traits
        assert name == profile_of(beat).name


def test_each_trait_tells_two_profiles_apart() -> None:
    for field in fields(Traits):
        assert {True, False} == {getattr(one, field.name) for one in TRAITS.values()}
