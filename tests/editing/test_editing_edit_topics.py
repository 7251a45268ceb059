"""Topics that an owner edits: one commit each, everything else of the file kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.archive import digest_of
from copydesk.editing.queue import QueueReader
from copydesk.editing.topics import (
    TopicEdit,
    edit_topic,
    end_topic,
    file_topic,
    list_topic_rows,
    match_words,
    move_topic,
    see_topic,
)
from copydesk.errors import CopydeskError, RecordError, UsageError
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.newsroom.settings import undo_settings
from world.desk import desk_newsroom, stories
from world.newsroom import NOW, run_git

COAST, TIDES = "_data/topics/00-coast.yaml", "_data/topics/01-tides.yaml"
WRITTEN = """\
# the tides, and all that they do
_id: tides
name: Tides
parent: Coast  # below it
keywords:
  # of the sea
  - spring tide
  - 'ebb'   # not the verb
hashtags: ["#Tides"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = desk_newsroom(tmp_path / "beat", stories(3))
    (root / TIDES).write_text(WRITTEN)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "tides")
    return root


@pytest.fixture
def newsroom(root: Path) -> Iterator[Newsroom]:
    with open_newsroom(root, NOW, {}) as newsroom:
        yield newsroom


TODAY = TopicEdit(keywords=("spring tide", "ebb"), parent="Coast")


def edit(newsroom: Newsroom, **fields: object) -> str:
    wanted = {"keywords": TODAY.keywords, "parent": "Coast", **fields}
    seen = see_topic(newsroom, "Tides")[2]
    return edit_topic(newsroom, "Tides", TopicEdit(**wanted), "Anna", seen).commit or ""  # type: ignore[arg-type]


def test_keywords_are_changed_and_all_else_stands_as_it_did(newsroom: Newsroom) -> None:
    commit = edit(newsroom, keywords=("ebb", "neap tide", "EBB"), description="What the moon does")

    expected = WRITTEN.replace("  - spring tide\n", "").replace(
        "not the verb\n", "not the verb\n  - neap tide\n"
    )
    expected = expected.replace("keywords:", "description: What the moon does\nkeywords:")
    assert expected == (newsroom.root / TIDES).read_text()
    message = run_git(newsroom.root, "show", "-s", "--format=%B", commit)
    assert message.startswith("topics: Tides\n\n+ neap tide\n- spring tide\n* description")
    undo_settings(newsroom, commit, "Anna")
    assert WRITTEN == (newsroom.root / TIDES).read_text()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "nothing would change"),
        ({"keywords": (r"tid(e|al)\b",)}, "regular expression"),
        ({"keywords": (*TODAY.keywords, "?")}, "no letters or digits"),
        ({"keywords": ("x" * 101,)}, "at most 100 characters"),
        ({"keywords": tuple(f"word {number}" for number in range(10_001))}, "at most 10,000"),
        ({"parent": "Nowhere"}, "no topic has this name"),
        ({"parent": "Tides"}, "below itself"),
    ],
)
def test_what_no_topic_can_be_is_refused(
    newsroom: Newsroom, fields: dict[str, object], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        edit(newsroom, **fields)
    assert WRITTEN == (newsroom.root / TIDES).read_text()


ALIASED = WRITTEN.replace("name: Tides", "name: &n Tides").replace("- spring", "- *n\n  - spring")


@pytest.mark.parametrize("written", [ALIASED, None])
def test_a_file_that_cannot_be_kept_as_it_stands_is_left_alone(
    root: Path, tmp_path: Path, written: str | None
) -> None:
    if written is None:  # a link to elsewhere
        (root / TIDES).rename(tmp_path / "tides.yaml")
        (root / TIDES).symlink_to(tmp_path / "tides.yaml")
    else:
        (root / TIDES).write_text(written)
    before = (root / TIDES).read_text()

    with pytest.raises(CopydeskError), open_newsroom(root, NOW, {}) as newsroom:
        edit(newsroom, keywords=("ebb",))
    assert before == (root / TIDES).read_text()


def test_two_editors_of_one_topic(newsroom: Newsroom) -> None:
    seen = digest_of(newsroom.root, TIDES)
    edit(newsroom, keywords=("spring tide", "ebb", "neap tide"))

    with pytest.raises(UsageError, match="changed the file in the meantime"):
        edit_topic(newsroom, "Tides", TODAY, "Ben", seen)


def test_a_topic_moves_and_its_file_is_else_as_it_was(newsroom: Newsroom, root: Path) -> None:
    up = move_topic(newsroom, "Tides", "", "Anna", digest_of(root, TIDES)).commit or ""

    assert WRITTEN.replace("parent: Coast", 'parent: ""') == (root / TIDES).read_text()
    message = run_git(root, "show", "-s", "--format=%B", up)
    assert message.startswith("topics: move Tides to the top\n\nby Anna")
    down = move_topic(newsroom, "tides", "Coast", "Anna", digest_of(root, TIDES))
    assert down.changed == (TIDES,)
    assert WRITTEN == (root / TIDES).read_text()
    undo_settings(newsroom, down.commit or "", "Anna")
    assert 'parent: ""' in (root / TIDES).read_text()


def test_a_topic_moves_nowhere_where_it_cannot_stand(newsroom: Newsroom, root: Path) -> None:
    with open_newsroom(root, NOW, {}) as other:
        file_topic(other, "Ebb", "Tides", "Ben")
    seen, ebb = digest_of(root, TIDES), "_data/topics/02-ebb.yaml"

    for said, parent, why in (
        ("Tides", "Ebb", "below itself"),  # which this newsroom was opened before
        ("Tides", "Tides", "below itself"),
        ("Tides", "Nowhere", "no topic has this name"),
        ("Tides", "Coast", "nothing would change"),
        ("Coast", "Tides", "main topic cannot be below"),
    ):
        digest = seen if said == "Tides" else digest_of(root, COAST)
        with pytest.raises(UsageError, match=why):
            move_topic(newsroom, said, parent, "Anna", digest)
    with open_newsroom(root, NOW, {}) as other:
        move_topic(other, "Ebb", "Coast", "Ben", digest_of(root, ebb))
    move_topic(newsroom, "Tides", "Ebb", "Anna", seen)
    with pytest.raises(UsageError, match="changed the file in the meantime"):
        move_topic(newsroom, "Tides", "", "Ben", seen)


def test_a_topic_is_new_stands_below_another_and_ends(root: Path) -> None:
    with open_newsroom(root, NOW, {}) as newsroom:
        file_topic(newsroom, "Sea birds", "Coast", "Anna")
        with pytest.raises(UsageError, match="invalid name for a new topic"):
            file_topic(newsroom, "tides", "", "Anna")
        with pytest.raises(UsageError, match="invalid name for a new topic"):
            file_topic(newsroom, "東京", "", "Anna")
        with pytest.raises(UsageError, match="main topic"):
            end_topic(newsroom, "Coast", "Anna", digest_of(root, COAST))
    with open_newsroom(root, NOW, {}) as newsroom:
        reader = QueueReader(newsroom)
        reader.follow(newsroom)
        rows = list_topic_rows(newsroom, reader.catalogue)
        reader.close()
        assert [(row.topic.id, row.depth, row.stories, row.is_main) for row in rows] == [
            ("coast", 0, 3, True),
            ("tides", 1, 0, False),
            ("sea-birds", 1, 0, False),
        ]
        end_topic(newsroom, "Sea birds", "Anna", see_topic(newsroom, "Sea birds")[2])
    assert not (root / "_data/topics/02-sea-birds.yaml").exists()


def test_words_match_stories_as_they_are_typed(newsroom: Newsroom) -> None:
    reader = QueueReader(newsroom)
    reader.follow(newsroom)

    found = match_words(newsroom, reader.catalogue, ' story "number 2" ')
    assert (found.words, found.total) == ("story number 2", 1)
    assert found.stories[0].topics == ("Coast",)
    assert match_words(newsroom, reader.catalogue, "the coa").total == 0
    assert match_words(newsroom, reader.catalogue, "coa").total == 3  # a word as it begins
    assert match_words(newsroom, reader.catalogue, '"*()').total == 0
    reader.close()
    with pytest.raises(RecordError):
        newsroom.archive.read("_news/none.md")
