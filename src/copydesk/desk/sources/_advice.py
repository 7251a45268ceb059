"""Advice: what to do about a source's trouble, in the desk's own words and by its own buttons."""

from __future__ import annotations

from copydesk.kit import text
from copydesk.rendering import Strings

_OF_FAILURES = frozenset({"broken", "gone", "address", "redirects", "too-big"})
_PASSING = frozenset({"too-slow", "server", "network"})


def say_advice(strings: Strings, kind: str, failure: str, hint: str) -> str:
    """Return what to do about a finding of a kind; `failure` is the kind of the last failure.

    A failure that the desk has no word for is advised as everywhere else: by the `hint`.
    """
    if kind != "failing":
        return strings.say(f"advice_{kind}")
    if failure in _OF_FAILURES:
        return strings.say(f"advice_{failure}")
    return strings.say("advice_wait") if failure in _PASSING else text.fold(hint)
