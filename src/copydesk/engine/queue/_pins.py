"""Pins: which stories an editor keeps in front just now, and which of those not for long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from copydesk.engine.newsroom import Newsroom
from copydesk.news import Ruling

PIN_ENDING = timedelta(hours=6)


def find_pins(newsroom: Newsroom) -> Mapping[str, Ruling]:
    """Return the pin in force of each story that has one, by its record's name."""
    return {
        rule.stories[0]: rule
        for rule in newsroom.beat.rulings
        if rule.said == "pin" and (rule.until is None or rule.until > newsroom.now)
    }


def find_ending_pins(newsroom: Newsroom) -> list[Ruling]:
    """Return the pins that end within the next hours, the first to end first."""
    soon = newsroom.now + PIN_ENDING
    ends = ((rule.until, rule) for rule in find_pins(newsroom).values())
    ending = [(until, rule) for until, rule in ends if until is not None and until <= soon]
    return [rule for _, rule in sorted(ending, key=lambda pair: pair[0])]
