"""What comes from the web and is odd: no words, too many, one page again and again, any script."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from copydesk.judge import clustering
from copydesk.judge.clustering import Stream
from judge.covered import QUAKES, ROBOT, document

ROOM = str(Path(clustering.__file__).parent)


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "a",
        "Velmora",
        "???",
        "🚀🔥🎉",
        "🚀 🚀 🚀",
        "\u202e\u2066evil\u2069\u202c",
        "\u202e\u200b\u2060",
        "\ud800\udfff",
        "\ud83d rocket \udc00",
        "e\u0301\u0301\u0301\u0301",
        "\u0301\u0302",
        "\x00\x01\x02",
        "1st " * 2000,
        "1" * 5000,
        "-" * 20_000,
        "12-" * 5000,
        "地" * 3000,
        "زلزال землетрясение 地震 terremoto σεισμός",
        "ﷺ" * 500,
        "ǅ" * 500,
    ],
)
def test_any_headline_has_its_place(title: str) -> None:
    stream = Stream(["news"])
    stream.add(document("first", QUAKES[0]))
    place = stream.place(document("odd", title, 1))
    stream.place(document("again", title, 2))
    stream.add(document("last", QUAKES[1], 3))
    stream.settle()
    groups = stream.groups()
    assert 0 <= place.similarity <= 1
    assert set(groups) == {"first", "odd", "again", "last"}
    assert groups["last"] == "first"


@pytest.mark.parametrize("title", ["", "   ", "...", "🚀🔥", "\u202e\u200b", "the of and"])
def test_headlines_that_say_nothing_are_not_put_together(title: str) -> None:
    stream = Stream()
    assert [stream.add(document(key, title)) for key in "abc"] == ["a", "b", "c"]
    stream.settle()
    assert len(set(stream.groups().values())) == 3


def test_a_headline_of_one_rare_word_finds_its_like() -> None:
    stream = Stream()
    assert {stream.add(document(key, "Velmora")) for key in "abcdefgh"} == {"a"}
    stream.settle()
    assert set(stream.groups().values()) == {"a"}


def test_a_group_with_headlines_that_say_nothing_is_looked_at_like_any() -> None:
    stream = Stream()
    for at in range(12):
        title = QUAKES[at % 6] if at % 2 else ""
        stream.add(document(f"d{at}", title, at / 10, group="d0"))
    stream.add(document("new", QUAKES[0], 2))
    stream.settle()
    assert set(stream.groups().values()) == {"d0"}


def test_controls_for_direction_do_not_hide_a_headline() -> None:
    stream = Stream()
    stream.add(document("a", QUAKES[0]))
    assert stream.add(document("b", f"\u202b\u2067{QUAKES[0]}\u2069\u202c", 1)) == "a"


@pytest.mark.parametrize("language", ["", "en", "EN-us", "xx", "zz-Latn", "☃", "e"])
def test_any_label_of_a_language_is_taken(language: str) -> None:
    stream = Stream()
    titles = dict(enumerate(QUAKES[:3]))
    names = [stream.add(document(str(at), one, language=language)) for at, one in titles.items()]
    assert names == ["0", "0", "0"]


def test_scripts_mixed_in_one_stream_go_their_own_ways() -> None:
    titles = {
        "en": QUAKES[0],
        "zh": "机器人乐队为企鹅首次演出",
        "ar": "البرلمان يرفض دعم الألبان",
        "th": "นกเพนกวินฟังคอนเสิร์ตครั้งแรกของหุ่นยนต์",
        "emoji": "🐧🤖🎻",
    }
    stream = Stream()
    for round_ in range(3):
        for key, title in titles.items():
            stream.add(document(f"{key}{round_}", title, round_))
    stream.settle()
    groups = stream.groups()
    for key in ("en", "zh", "ar", "th"):
        assert {groups[f"{key}{at}"] for at in range(3)} == {f"{key}0"}
    assert len(set(groups.values())) == 7


NEAR_TITLES = [
    ("EU adopts 12th sanctions package", "EU adopts 13th sanctions package"),
    ("Velmora film festival, Day 3: the winners", "Velmora film festival, Day 4: the winners"),
    ("Velmora beat Saltholm 3-1 in the cup", "Velmora beat Saltholm 2-0 in the cup"),
    ("Third runner dies at Velmora race", "Fourth runner dies at Velmora race"),
    ("Super Bowl 51 tickets on sale", "Super Bowl 52 tickets on sale"),
]


@pytest.mark.parametrize(("one", "other"), NEAR_TITLES)
def test_a_number_that_says_which_parts_equal_words(one: str, other: str) -> None:
    stream = Stream()
    for at in range(3):
        stream.add(document(f"a{at}", one, at))
        stream.add(document(f"b{at}", other, at))
    stream.settle()
    groups = stream.groups()
    assert {groups[f"a{at}"] for at in range(3)} == {"a0"}
    assert {groups[f"b{at}"] for at in range(3)} == {"b0"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Velmora quake kills 12 in the harbour", "Velmora quake kills 27 in the harbour"),
        ("Velmora raises water price by 3%", "Velmora raises water price by 4%"),
        ("Velmora to host the games on March 3", "Velmora to host the games on 3 March"),
        ("Velmora mayor, 51, resigns over harbour deal", "Velmora mayor resigns over harbour deal"),
        ("Velmora beat Saltholm 3-1 in the cup", "Saltholm lose 1-3 to Velmora in the cup"),
        ("12th sanctions package against Norland", "Twelfth sanctions package against Norland"),
    ],
)
def test_numbers_that_grow_or_say_the_same_part_nobody(one: str, other: str) -> None:
    stream = Stream()
    assert [stream.add(document(key, title)) for key, title in (("a", one), ("b", other))][1] == "a"


@pytest.mark.slow
def test_five_thousand_copies_of_a_page_are_one_group() -> None:
    stream = Stream()
    text = " ".join(f"{ROBOT} and the harbour choir of Velmora, part {at}." for at in range(60))
    for at in range(5000):
        stream.add(document(f"d{at}", QUAKES[0], at / 100, text=text))
    stream.settle()
    assert set(stream.groups().values()) == {"d0"}


def test_a_source_that_says_everything_a_hundred_times_changes_no_other_group() -> None:
    stream = Stream()
    for at in range(100):
        for key, title in enumerate((*QUAKES[:1], ROBOT)):
            stream.add(document(f"{key}-{at}", title, at / 100))
    assert stream.add(document("other", QUAKES[1], 2)) == "0-0"
    stream.settle()
    assert set(stream.groups().values()) == {"0-0", "1-0"}


def test_a_text_of_fifty_thousand_words_counts_like_its_beginning() -> None:
    begin = "The harbour of Velmora was closed on Monday after a strong earthquake. " * 25
    stream = Stream()
    stream.add(document("short", QUAKES[0], text=begin))
    other = " ".join(f"w{at}" for at in range(50_000))
    assert stream.add(document("long", QUAKES[0], text=begin + other)) == "short"


def work(call: Callable[[], Any]) -> int:
    """Count the lines of the room that a call runs, repeats and all."""
    rooms: dict[CodeType, bool] = {}
    count = 0

    def line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        del frame, argument
        count += event == "line"
        return line

    def entered(frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        code = frame.f_code
        if code not in rooms:
            rooms[code] = code.co_filename.startswith(ROOM)
        return line if rooms[code] else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


PLACES = ("Velmora", "Saltholm", "Norland", "Arrow Bay", "Castleford", "Ostrova", "Quillmere")
THINGS = (
    "harbour",
    "council",
    "tram",
    "museum",
    "river",
    "school",
    "orchestra",
    "bakery",
    "bridge",
)
DEEDS = ("opens", "closes", "sues", "praises", "floods", "paints", "sells", "inspects")


def headline(at: int) -> str:
    """Return one of a few thousand headlines out of few words, with one that is rare."""
    place, thing = PLACES[at % 7], THINGS[at // 7 % 9]
    return f"{place} {thing} {DEEDS[at // 63 % 8]} {THINGS[at // 504 % 9]} of Ka{at // 3}ro"


def more_work(earlier: int, days: float) -> int:
    """Measure the most work of ten more documents behind so many earlier ones."""
    stream = Stream()
    for at in range(earlier):
        stream.add(document(f"d{at}", headline(at), 24 * days * at / earlier))
    hours = 24 * days
    ten = [document(f"n{at}", headline(17 * at), hours) for at in range(10)]
    return max(work(lambda one=one: stream.add(one)) for one in ten)  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("days", [1.0, pytest.param(60.0, marks=pytest.mark.long)])
def test_one_more_document_costs_the_same_behind_ten_times_as_many(days: float) -> None:
    few, many = more_work(2000, days), more_work(20_000, days)
    assert many < 1.5 * few


def test_what_has_ended_is_let_go_of() -> None:
    stream = Stream()
    for at in range(600):
        stream.add(document(f"d{at}", headline(3 * at), 24 * at))
    mean = stream.postings / 600
    assert mean < 5  # of about 40 terms a document: those of 30 days in 600, and a few behind
