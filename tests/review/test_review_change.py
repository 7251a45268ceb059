"""What counts as a correction, and what a page does by itself."""

from __future__ import annotations

import time

import pytest

from copydesk.news.story import Event, EventKind
from copydesk.review import corrections

TEXT = (
    "The council of Port Sable voted on Thursday to raise the sea wall by two metres.\n"
    "Engineers told the meeting that the stone of 1911 had lost a third of its height.\n"
    "The work begins in March and costs 41 million crowns, of which the province pays half.\n"
    "The mayor said that the town had waited long enough, and that it would wait no longer.\n"
    "Residents of Lower Street asked for a gate that stays open in summer and in dry autumns."
)


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("\n", "\n\n  "),
        TEXT.replace(" that ", "  that\xa0"),
        f"{TEXT}\n1,204 views",
        f"{TEXT}\nRelated: Town hall sold to the highest of seven bidders in the hills",
        f"{TEXT}\nSign up here.",
        TEXT.replace("metres.", "metres.\nPhotograph: A. Gull"),
        TEXT.upper(),
        TEXT.replace("Thursday", "Thursdays"),
    ],
    ids=[
        "blank lines",
        "white space",
        "a counter",
        "a related headline",
        "a call to subscribe",
        "a caption",
        "capitals",
        "a letter",
    ],
)
def test_what_comes_and_goes_is_no_correction(after: str) -> None:
    assert [] == list(corrections.text_changes(TEXT, after))
    assert [] == list(corrections.text_changes(after, TEXT))


def test_an_age_that_grows_and_a_counter_that_runs_are_no_correction() -> None:
    ages = f"{TEXT}\nThis page was last changed {{}} minutes ago and has {{}} comments by now."
    assert [] == list(corrections.text_changes(ages.format(4, 12), ages.format(59, "1,204")))


def test_a_sentence_more_is_told_with_its_share_of_the_words() -> None:
    after = f"{TEXT}\nOn Friday the province said that it had never promised to pay a half."
    assert [Event.of(EventKind.TEXT_CHANGED, share=14)] == list(
        corrections.text_changes(TEXT, after)
    )
    assert [Event.of(EventKind.TEXT_CHANGED, share=14)] == list(
        corrections.text_changes(after, TEXT)
    )


def test_one_number_in_a_long_text_is_a_correction() -> None:
    long = "\n".join([TEXT, *(f"Nothing is new in the village of this name, {w}." for w in WORDS)])
    after = long.replace("41 million", "14 million")
    assert [Event.of(EventKind.NUMBER_CHANGED, old="41", new="14", unit="million")] == list(
        corrections.text_changes(long, after)
    )


WORDS = ["north", "south", "east", "west"] * 25


def test_a_text_in_a_script_without_blanks_is_counted_by_the_character() -> None:
    before = (
        "市议会周四投票决定将沿海的海堤加高两米。工程师告诉会议，石头已经失去了三分之一的高度。" * 3
    )
    after = before + "市长说这座城市已经等得够久了。"
    assert [] == list(corrections.text_changes(before, before))
    assert [Event.of(EventKind.TEXT_CHANGED, share=10)] == list(
        corrections.text_changes(before, after)
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Sea wall to rise", "Sea  wall to rise ", True),
        ("“Sea wall” to rise", '"Sea wall" to rise', True),
        ("Sea wall – at last", "Sea wall - at last", True),
        ("Sea wall to rise (12 comments)", "Sea wall to rise (1,204 comments)", True),
        ("Sea wall to rise", "Sea wall to fall", False),
        ("US to rise", "us to rise", False),
        ("Costs 41 million", "Costs 14 million", False),
    ],
)
def test_headlines_are_the_same_in_other_quotes_and_white_space(
    one: str, other: str, expected: bool
) -> None:
    assert corrections.have_same_words(one, other) is expected


@pytest.mark.sample(".", "word ")
@pytest.mark.parametrize("noise", [".", '."', "1.", "1 ", "5 minutes ", "word ", "。", "\n"])
def test_comparing_takes_time_that_grows_with_the_length(noise: str) -> None:
    text = noise * (400_000 // len(noise))
    began = time.process_time()
    list(corrections.text_changes(text, f"{text} x"))
    assert time.process_time() - began < 8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The wall rises by two…", "The wall rises by two metres. Work begins in March."),
        ("The wall rises by two metres.", "The wall rises by two metres. Work begins in…"),
        ("", ""),
    ],
)
def test_an_excerpt_that_is_cut_elsewhere_says_the_same(one: str, other: str) -> None:
    assert corrections.have_same_excerpt(one, other)
    assert corrections.have_same_excerpt(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The wall rises by two metres.", ""),
        ("The wall rises by two metres.", "The wall rises by three metres."),
        ("…", "The wall rises by two metres."),
    ],
)
def test_an_excerpt_with_other_words_or_none_says_another_thing(one: str, other: str) -> None:
    assert not corrections.have_same_excerpt(one, other)
