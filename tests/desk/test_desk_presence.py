"""Who stands where is known as long as a tab says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.desk.live import Presence
from copydesk.errors import UsageError

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def say(presence: Presence, tab: str, event: str, name: str = "Anna", minutes: float = 0) -> None:
    body = json.dumps({"tab": tab, "event": event}).encode()
    presence.note(body, name, NOW + timedelta(minutes=minutes))


def test_a_tab_stands_at_the_last_event_that_it_named() -> None:
    presence = Presence()
    say(presence, "1", "wall")
    say(presence, "2", "wall", "Ben")
    say(presence, "1", "seals")

    assert [("Ben", "wall"), ("Anna", "seals")] == [
        (one["name"], one["event"]) for one in presence.list_all()
    ]


def test_who_leaves_or_says_nothing_for_long_is_not_there() -> None:
    presence = Presence()
    say(presence, "1", "wall")
    say(presence, "2", "wall")
    say(presence, "2", "")
    assert ["1"] == [one["tab"] for one in presence.list_all()]

    say(presence, "3", "seals", minutes=11)
    assert ["3"] == [one["tab"] for one in presence.list_all()]


def test_many_tabs_take_no_more_room_than_some() -> None:
    presence = Presence()
    for number in range(1_000):
        say(presence, str(number), "wall")

    assert 500 == len(presence.list_all())


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"tab": 1, "event": "x"}', b'{"tab": "1", "event": "' + b"x" * 400 + b'"}'],
)
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(UsageError):
        Presence().note(body, "Anna", NOW)
