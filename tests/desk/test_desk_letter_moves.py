"""Where a story is moved in a letter: no more is fixed than must be."""

from __future__ import annotations

import pytest

from copydesk.desk.letters import move_story, repeat_form
from copydesk.desk_store.letter_edits import IssueChange, IssueDiffers, KeptEdits
from copydesk.errors import UsageError
from copydesk.news.letter import IssueEdits


@pytest.mark.parametrize(
    ("section", "order", "story", "place", "expected"),
    [
        ("abcde", "", "c", 0, "c"),
        ("abcde", "", "a", 2, "bca"),
        ("abcde", "", "d", 1, "ad"),
        ("abcde", "ab", "e", 4, "abcde"),
        ("abcde", "ba", "a", 0, "ab"),
        ("abcde", "zc", "a", 1, "bacz"),
        ("abcde", "", "b", 99, "acdeb"),
        ("a", "", "a", 1, "a"),
    ],
)
def test_an_order_names_the_stories_up_to_the_place_and_keeps_other_sections(
    section: str, order: str, story: str, place: int, expected: str
) -> None:
    kept = KeptEdits(letter="daily", edits=IssueEdits(order=tuple(order)))

    assert tuple(expected) == move_story(tuple(section), kept, story, place)


def test_a_story_of_no_section_is_not_moved() -> None:
    with pytest.raises(UsageError):
        move_story(("a", "b"), KeptEdits(letter="daily"), "c", 0)


def test_a_form_is_sent_again_with_what_was_seen_of_the_field_that_differed() -> None:
    sent = [("do", "texts"), ("subject", "Mine"), ("seen_subject", "old"), ("seen_note", "kept")]
    filed = IssueDiffers(wanted=IssueChange(field="subject", value=("Mine",), seen="old"), now=None)

    again = repeat_form(sent, [filed])

    assert [*sent[:2], ("seen_subject", ""), sent[3]] == again
    words = IssueDiffers(wanted=IssueChange(field="words", story="a", value=("x",)), now=None)
    assert [("do", "words"), ("seen", "")] == repeat_form([("do", "words"), ("seen", "x")], [words])
