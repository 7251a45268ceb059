"""Lengths: every form in which they are written, and how we write them."""

from __future__ import annotations

import pytest

from copydesk.kit import dates


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("PT10M5S", 605),
        ("pt1h2m", 3_720),
        ("PT90M", 5_400),
        ("PT5.5S", 6),
        ("P1DT1S", 86_401),
        ("P0Y0M0DT0H3M5S", 185),
        ("10:05", 605),
        ("1:02:03", 3_723),
        ("00:10:05", 605),
        ("10:05.5", 605),
        ("605", 605),
        ("605.9", 605),
        (605, 605),
        (604.6, 605),
        (" PT 10M ", 600),
        ("PT0S", 0),
        ("P", 0),
        ("3:99", 0),
        ("PT-5M", 0),
        ("ten minutes", 0),
        ("P1Y", 0),
        ("99999999", 0),
        (float("nan"), 0),
        (True, 0),
        (None, 0),
        ("", 0),
    ],
)
def test_a_length_is_read_in_seconds(said: object, seconds: int) -> None:
    assert seconds == dates.parse_length(said)


@pytest.mark.parametrize(
    ("seconds", "iso", "words"),
    [
        (0, "", ""),
        (45, "PT45S", "45 s"),
        (605, "PT10M5S", "10 min"),
        (720, "PT12M", "12 min"),
        (3_600, "PT1H", "1 h"),
        (3_723, "PT1H2M3S", "1 h 2 min"),
        (3_599, "PT59M59S", "1 h"),
    ],
)
def test_a_length_is_written_for_machines_and_for_readers(
    seconds: int, iso: str, words: str
) -> None:
    assert iso == dates.format_length(seconds)
    assert words == dates.say_length(seconds)
    assert seconds == dates.parse_length(iso)
