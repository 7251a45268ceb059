"""What a publisher's signals forbid, and how much of a page may be quoted.

The stricter word wins, whoever says it, but for TDMRep: there the page's own word goes before the
answer's headers, and these before the site's file. docs/design/extract.md has the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from copydesk.news import USES, ExcerptRule, Signal, Use

_AI: tuple[Use, ...] = ("ai-train", "ai-input")
_FOUND: tuple[Use, ...] = ("search", "snippet")  # a result is a link and a short excerpt
# The labels of Content-Usage (IETF aipref, the names of its older drafts too) and Content-Signal.
_LABELS: Mapping[str, tuple[Use, ...]] = {
    "train-ai": ("ai-train",),
    "train-genai": ("ai-train",),
    "genai": ("ai-train",),
    "ai-train": ("ai-train",),
    "ai-input": ("ai-input",),
    "ai-output": ("ai-input",),
    "ai-use": ("ai-input",),
    "ai": _AI,
    "tdm": _AI,
    "bots": (*_AI, *_FOUND),
    "all": (*_AI, *_FOUND),
    "search": _FOUND,
}
_WORDS: Mapping[str, tuple[Use, ...]] = {
    "nosnippet": ("ai-input", "snippet"),
    "noimageindex": ("image",),
    "noindex": ("search",),
    "none": ("search",),
    "noai": ("ai-train",),
    "noimageai": ("ai-train",),
    "no training agents": ("ai-train",),
    "no answering agents": ("ai-input",),
}
_NO = frozenset({"n", "no", "?0"})
_TDM_PLACES = ("meta", "header", "/.well-known/tdmrep.json")  # the first that speaks counts
_NUMBER = re.compile(r"-?\d{1,9}")


def list_refused_uses(signals: Iterable[Signal]) -> tuple[Use, ...]:
    """Return the uses that these signals forbid, in the order of `news.USES`."""
    known = tuple(signals)
    found = {use for signal in known for use in _list_forbidden_uses(signal)}
    if _are_rights_reserved(known):
        found.update(_AI)
    return tuple(use for use in USES if use in found)


def deciding(signals: Iterable[Signal]) -> frozenset[Signal]:
    """Choose a few of these signals that together forbid what all of them forbid."""
    found: dict[object, Signal] = {}
    for signal in signals:
        for use in _list_forbidden_uses(signal):
            found.setdefault(use, signal)
        if signal.name == "data-nosnippet":
            found.setdefault(signal.name, signal)
        if signal.name == "tdm-reservation":
            for value in _reservations(signal):
                found.setdefault((signal.where, value), signal)
        if (limit := _limit(signal)) is not None:
            least = found.setdefault("max-snippet", signal)
            if limit < (_limit(least) or 0):
                found["max-snippet"] = signal
    return frozenset(found.values())


def _list_forbidden_uses(signal: Signal) -> Iterable[Use]:
    if signal.name in {"Content-Usage", "Content-Signal"}:
        return _by_labels(signal.said)
    if signal.name == "RSL":
        return _by_licence(signal.said)
    value = signal.said.partition(":")[2]
    if signal.name == "max-snippet":
        return _WORDS["nosnippet"] if value.strip() == "0" else ()
    if signal.name == "max-image-preview":
        return ("image",) if value.strip() == "none" else ()
    return _WORDS.get(signal.name, ())


def _by_labels(said: str) -> Iterator[Use]:
    """Read `search=yes, ai-train=no`; of one label twice the last counts (RFC 9651 3.2).

    Read with patience: `Train-AI = n` is no valid field, yet leaves no doubt.
    """
    members: dict[str, str] = {}
    for member in said.lower().split(","):
        label, _, value = member.partition("=")
        members[label.strip()] = value.partition(";")[0].strip().strip("\"'")
    for label, value in members.items():
        if value in _NO:
            yield from _LABELS.get(label, ())


def _by_licence(said: str) -> Iterable[Use]:
    """Read what was made of a licence; one that nobody has read allows no use by AI."""
    verb, _, words = said.partition(": ")
    if verb != "refuses":
        return _AI
    told = set(words.split(", "))
    return [use for use in USES if use in told]


def _are_rights_reserved(signals: Iterable[Signal]) -> bool:
    """Decide whether text and data mining is reserved, as TDMRep says it, by the nearest word."""
    said = {place: set[str]() for place in _TDM_PLACES}
    for signal in signals:
        if signal.name == "tdm-reservation" and signal.where in said:
            said[signal.where] |= _reservations(signal)
    return next(("1" in values for values in said.values() if values), False)


def _reservations(signal: Signal) -> set[str]:
    return {value.strip() for value in signal.said.split(",")} & {"0", "1"}


def snippet_characters(signals: Iterable[Signal]) -> int | None:
    """Return how many characters of a page may be quoted, None where nobody limits it."""
    found: list[int] = []
    for signal in signals:
        if "snippet" in _list_forbidden_uses(signal):
            found.append(0)
        limit = _limit(signal)
        if limit is not None:
            found.append(limit)
    return min(found, default=None)


def limit_excerpt(
    rule: ExcerptRule, access: str, signals: tuple[Signal, ...], kind: str = ""
) -> ExcerptRule:
    """Limit how much may be shown: of a stub before a wall, a video or a sound, no share.

    The length of the whole is not known; the number of characters alone is the bound.
    """
    limit = snippet_characters(signals)
    characters = rule.max_characters if limit is None else min(rule.max_characters, limit)
    is_part = access in {"teaser", "paywalled"} or kind in {"video", "audio"}
    share = 1.0 if is_part and rule.max_share > 0 else rule.max_share
    return ExcerptRule(max_characters=characters, max_share=share)


def _limit(signal: Signal) -> int | None:
    """Read the number of a max-snippet, None for -1, which is no limit, and for anything else."""
    number = _NUMBER.fullmatch(signal.said.partition(":")[2].strip())
    if signal.name != "max-snippet" or number is None or int(number[0]) < 0:
        return None
    return int(number[0])
