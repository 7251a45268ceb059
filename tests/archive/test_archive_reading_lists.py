"""`_data/lists/ID.yaml`: an editor's list of stories, written by the desk or by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.archive import check
from copydesk.archive.reading_lists import edit_reading_list, is_list_path, parse_reading_list
from copydesk.archive.reading_lists import find_reading_lists as read_lists
from copydesk.errors import CopydeskError, RecordError
from copydesk.news.edition import LIST_STORIES, ChosenStory, ReadingList

WALL, SEALS, FERRY = "2026-11-19-sea-wall", "2026-11-18-grey-seals", "2026-11-17-ferry"
PATH = "_data/lists/the-coast.yaml"
LIST = ReadingList(
    id="the-coast",
    title='The coast: "best" of # 2026',
    description="What we would read *first*.\n\n- the wall\n- the seals",
    by="Anna",
    updated_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    stories=(ChosenStory(name=WALL, words="Begin here."), ChosenStory(name=SEALS)),
)
WRITTEN = """\
title: "The coast: \\"best\\" of # 2026"
description: "What we would read *first*.\\n\\n- the wall\\n- the seals"
by: "Anna"
updated: 2026-11-20T09:00:00Z

stories:
  - story: "2026-11-19-sea-wall"
    words: "Begin here."
  - story: "2026-11-18-grey-seals"
"""
BY_HAND = """\
# ours
title: The coast
colour: blue
stories:
# the first
- story: _news/2026-11-19-sea-wall.md   # however it is named
  words: |
    Begin
    here.
  seen_by: Ben
- story: 2026-11-18-grey-seals
"""


def put(root: Path, text: str, name: str = "the-coast.yaml") -> Path:
    """Put the file of a list into a newsroom."""
    file = root / "_data" / "lists" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="")
    return file


def read(root: Path) -> tuple[list[str], list[CopydeskError]]:
    """Return the ids of the lists that can be read, and what is wrong with the others."""
    troubles: list[CopydeskError] = []
    return [one.id for one in read_lists(root, troubles.append)], troubles


def test_a_list_comes_back() -> None:
    written = edit_reading_list(b"", LIST)

    assert WRITTEN == written.decode()
    assert LIST == parse_reading_list(PATH, written)
    assert written == edit_reading_list(written, LIST)


def test_what_a_person_wrote_beside_it_stays() -> None:
    found = parse_reading_list(PATH, BY_HAND.encode())
    assert (found.title, found.by, found.updated_at) == ("The coast", "", None)
    assert (ChosenStory(name=WALL, words="Begin\nhere."), ChosenStory(name=SEALS)) == found.stories
    assert BY_HAND == edit_reading_list(BY_HAND.encode(), found).decode()

    wall = replace(found.stories[0], words="")
    stories = (ChosenStory(name=FERRY), found.stories[1], wall)
    after = edit_reading_list(BY_HAND.encode(), replace(found, by="Anna", stories=stories)).decode()

    assert ("# ours" in after, "colour: blue" in after, "seen_by: Ben" in after) == (True,) * 3
    assert after.index(FERRY) < after.index(SEALS) < after.index(WALL)
    assert ('by: "Anna"\nstories:' in after, "Begin" in after) == (True, False)


def test_an_emptied_text_leaves_the_file() -> None:
    after = edit_reading_list(WRITTEN.encode(), replace(LIST, description="", stories=()))
    assert ("description" in after.decode(), "stories" in after.decode()) == (False, False)


def test_lists_are_read_by_their_ids(tmp_path: Path) -> None:
    assert ([], []) == read(tmp_path)
    put(tmp_path, WRITTEN)
    put(tmp_path, BY_HAND, "a.yml")
    put(tmp_path, "nothing", ".hidden.yaml")
    assert (["a", "the-coast"], []) == read(tmp_path)
    assert check(tmp_path).is_clean


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: [a", "invalid YAML in line 2"),
        ("", "not a list of keys"),
        ("title: ' '", "title in line 1 is empty"),
        ("title: [a, b]", "a list instead of one value"),
        (f"title: {'t' * 301}", "longer than 300 characters"),
        ("title: T\nupdated: soon", "updated in line 2 is not a date"),
        ("title: T\nstories: a", "stories in line 2 is not a list"),
        ("title: T\nstories: [a]", "a list whose items do not all have keys"),
        ("title: T\nstories:\n- words: alone", "the key stories.0.story is missing"),
        ("title: T\nstories:\n- story: a\n- story: _news/a.md\n", "a story twice: a"),
        ("title: T\nstories:\n" + "- story: a\n" * 10_000, f"at most {LIST_STORIES} stories"),
        (f"title: T\nstories:\n- story: a\n  words: {'w' * 1001}", "longer than 1,000"),
    ],
)
def test_a_fault_is_one_error_that_names_the_file(text: str, says: str, tmp_path: Path) -> None:
    put(tmp_path, text)
    put(tmp_path, WRITTEN, "whole.yaml")

    (ids, (error,)) = read(tmp_path)

    assert (["whole"], PATH) == (ids, error.subject)
    assert says in error.what
    assert [PATH] == [path for path, _ in check(tmp_path).data.errors]


@pytest.mark.parametrize("name", ["The Best.yaml", "-a.yaml", "a.md", "é.yaml", "below/a.yaml"])
def test_a_file_whose_name_is_no_address_is_an_error(name: str, tmp_path: Path) -> None:
    file = tmp_path / "_data" / "lists" / name
    file.parent.mkdir(parents=True)
    file.write_text(WRITTEN, "utf-8")

    (ids, (error,)) = read(tmp_path)

    assert ([], f"_data/lists/{name}") == (ids, error.subject)
    assert not is_list_path(error.subject)


def test_two_files_of_one_id_are_one_list_and_one_error(tmp_path: Path) -> None:
    put(tmp_path, WRITTEN)
    put(tmp_path, BY_HAND, "the-coast.yml")

    (ids, (error,)) = read(tmp_path)

    assert (["the-coast"], "_data/lists/the-coast.yml") == (ids, error.subject)
    assert PATH in error.what


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(WRITTEN, "utf-8")
    put(tmp_path, WRITTEN, "whole.yaml").with_name("the-coast.yaml").symlink_to(secret)
    (ids, (error,)) = read(tmp_path)
    assert (["whole"], PATH) == (ids, error.subject)

    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "_data" / "lists").rename(elsewhere)
    (tmp_path / "_data" / "lists").symlink_to(elsewhere)
    (ids, (error,)) = read(tmp_path)
    assert ([], "_data/lists") == (ids, error.subject)


def test_a_list_that_could_not_be_read_again_is_not_written() -> None:
    for wrong in (
        replace(LIST, title=" "),
        replace(LIST, stories=(LIST.stories[0], LIST.stories[0])),
        replace(LIST, description="d" * 10_001),
    ):
        with pytest.raises(RecordError):
            edit_reading_list(WRITTEN.encode(), wrong)
