"""Keywords taken out of a topic's file and added to it: what else stands there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive import topic_file
from copydesk.errors import RecordError

PATH = "_data/topics/00-sea.yaml"
TOPIC = """\
# the sea
_id: sea
name: Sea
keywords:
  - sea wall
  # of ships
  - Ferry   # the white ones
  - tide
services:
  news: https://x.example/api/news/sea/
"""


def edit(root: Path, text: str, added: tuple[str, ...], dropped: tuple[str, ...]) -> str:
    file = root / PATH
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    after = topic_file.edit_keywords(root, PATH, added, dropped).after
    assert after is not None
    return after.decode()


def test_words_come_and_go_and_comments_stay(tmp_path: Path) -> None:
    after = edit(tmp_path, TOPIC, ("harbour",), ("SEA WALL", "tide"))
    wanted = TOPIC.replace("  - sea wall\n", "").replace("  - tide\n", "  - harbour\n")
    assert wanted == after


def test_a_comment_above_a_word_that_goes_stays_above_the_next(tmp_path: Path) -> None:
    text = TOPIC.replace("   # the white ones", "")
    assert text.replace("  - Ferry\n", "") == edit(tmp_path, text, (), ("ferry",))


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        (TOPIC, "ferry"),  # with a comment on its line
        (TOPIC.replace("  - tide", "  # of the moon\n  - tide"), "tide"),  # nothing stands below
        ("name: Sea\nkeywords: [sea, # blue\n  tide]\n", "sea"),
    ],
    ids=["beside", "last", "in brackets"],
)
def test_no_comment_is_lost(tmp_path: Path, text: str, dropped: str) -> None:
    with pytest.raises(RecordError):
        edit(tmp_path, text, (), (dropped,))


def test_ten_thousand_keywords_are_edited(tmp_path: Path) -> None:
    words = "".join(f"  - word {number}\n" for number in range(10_000))
    text = f"name: Sea\nkeywords:\n{words}"
    after = edit(tmp_path, text, ("harbour",), ("word 5000",))
    assert after == f"{text.replace('  - word 5000' + chr(10), '')}  - harbour\n"


def test_an_anchor_stays_or_the_file_is_left_to_its_owner(tmp_path: Path) -> None:
    text = "name: &sea Sea\nkeywords:\n  - *sea\n  - tide\n"
    try:
        after = edit(tmp_path, text, ("harbour",), ())
    except RecordError:
        assert (tmp_path / PATH).read_text("utf-8") == text
    else:
        assert after == f"{text}  - harbour\n"
