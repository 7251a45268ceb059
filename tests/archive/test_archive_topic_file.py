"""A topic's file gets keywords; comments, order and all other bytes stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive.topic_file import keywords_change
from copydesk.errors import RecordError
from world import records

PATH = "_data/topics/00-coast.yaml"
FILE = """\
# the coast
_id: coast
name: Coast   # as it is called
keywords:
# what a headline says
- coast
- 'sea wall'  # and its stones

hashtags: ["#Coast"]
"""


def add(root: Path, text: str, *words: str, language: str = "") -> str:
    """Return what adding words makes of a file."""
    file = root / PATH
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="")
    records.put(root, keywords_change(root, PATH, words, language))
    return file.read_text("utf-8")


def test_words_stand_behind_the_last_and_every_other_line_stays(tmp_path: Path) -> None:
    after = add(tmp_path, FILE, "tide", "Ada Gull")

    last = "- 'sea wall'  # and its stones\n"
    assert after == FILE.replace(last, f"{last}- tide\n- Ada Gull\n")


@pytest.mark.parametrize(
    ("word", "spelled"),
    [("no", '"no"'), ("12", '"12"'), ("# tide", '"# tide"'), ("a: b", '"a: b"')],
)
def test_a_word_that_yaml_would_misread_stands_in_quotes(
    tmp_path: Path, word: str, spelled: str
) -> None:
    assert f"\n- {spelled}\n" in add(tmp_path, FILE, word)


@pytest.mark.parametrize(
    ("text", "list_"),
    [
        ("name: Coast\n", "name: Coast\n\nkeywords:\n  - tide\n"),
        ("name: Coast\nkeywords:\n", "name: Coast\nkeywords:\n  - tide\n"),
        ("keywords: [coast, sea]\n", "keywords:\n  - coast\n  - sea\n  - tide\n"),
        ("keywords:\n    - coast\nname: C\n", "keywords:\n    - coast\n    - tide\nname: C\n"),
    ],
)
def test_a_list_in_any_form_takes_a_word(tmp_path: Path, text: str, list_: str) -> None:
    assert add(tmp_path, text, "tide") == list_


@pytest.mark.parametrize(
    "text",
    [
        "name: C\ntranslations:\n  de:\n    - Küste\n  fr:\n    - côte\n",
        "name: C\ntranslations:\n  fr:\n    - côte\n",
        "name: C\ntranslations: {fr: [côte]}\n",
        "name: C\ntranslations:\n",
        "name: C\n",
    ],
)
def test_a_word_of_another_language_goes_to_its_translations(tmp_path: Path, text: str) -> None:
    import yaml

    before, after = yaml.safe_load(text), yaml.safe_load(add(tmp_path, text, "Ebbe", language="de"))

    of_before = before.get("translations") or {}
    assert after["translations"] == {**of_before, "de": [*of_before.get("de", ()), "Ebbe"]}
    assert after["name"] == "C"


@pytest.mark.parametrize(
    "text",
    ["keywords: [coast, # the sea\n  sea]\n", "keywords: [coast\n", "- coast\n", "name: a\rb"],
)
def test_a_file_that_would_lose_something_is_left_alone(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecordError, match=PATH):
        add(tmp_path, text, "tide")

    assert (tmp_path / PATH).read_bytes() == text.encode()
