"""A design note is a row of decisions, each of which can be read alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTES = [path for path in sorted((ROOT / "docs/design").glob("*.md")) if path.stem != "README"]
OTHERS = ("_archive/", "_templates/")  # a newsroom's own
LABELS = ["Evidence", "Rejected", "Known limits", "How we would know we were wrong"]


def decisions(path: Path) -> dict[str, str]:
    """Return the text of each section of a note by its title."""
    parts = re.split(r"^## (.+)\n", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_a_decision_has_its_date_and_says_what_would_prove_it_wrong(path: Path) -> None:
    sections = decisions(path)

    assert sections
    for title, text in sections.items():
        assert re.match(r"\n\*Decided 20\d\d-\d\d-\d\d\.\*\n\n\S", text), title
        assert text.count(f"**{LABELS[-1]}.** ") == 1, title


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_the_parts_of_a_decision_stand_in_one_order(path: Path) -> None:
    for title, text in decisions(path).items():
        parts = re.findall(rf"^\*\*({'|'.join(LABELS)})\.\*\*", text, re.MULTILINE)
        assert [one for one in LABELS if one in parts] == parts, title


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_a_title_stands_once_in_its_note(path: Path) -> None:
    titles = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)

    assert sorted(set(titles)) == sorted(titles)


def test_a_file_that_a_note_names_is_there() -> None:
    trees = ("src/copydesk", "tests", "benchmarks", "examples")
    there = [str(path.with_suffix("")) for tree in trees for path in (ROOT / tree).rglob("*")]
    lost = [
        f"{path.stem}: {name}"
        for path in NOTES
        for name in re.findall(
            r"`((?:[a-z_]+/)+_[a-z_]+|(?:[a-z_]+/)*\w+\.py)`", path.read_text("utf-8")
        )
        if not name.startswith(OTHERS)
        and not any(one.endswith(f"/{name.removesuffix('.py')}") for one in there)
    ]

    assert [] == lost
