"""A letter held against what mail programs show: caniemail's data, and what is shown instead."""

from __future__ import annotations

import difflib
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from copydesk.errors import UsageError
from copydesk.kit import tables
from copydesk.mail.clients._scan import SeenMark, scan

DEFAULT_CLIENTS = (
    "gmail",
    "outlook-windows",
    "outlook-mac",
    "outlook-web",
    "apple-mail",
    "yahoo",
)
_SHORT_NAMES = {"macos": "mac", "outlook-com": "web", "desktop-webmail": "web"}  # of systems
_HERE = "copydesk.mail.clients"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A program (`outlook.windows`) that shows a feature not at all or in part, since when."""

    client: str
    program: str
    support: Literal["unsupported", "partial"]
    since: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """A feature of a letter that some of the programs asked for do not show, or not wholly.

    `line` is where it is met first, `count` how often. `fallback` is what such a program shows
    instead, "" where nobody has said.
    """

    feature: str
    title: str
    line: int
    count: int
    lacks: tuple[Lack, ...]
    fallback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feature:
    """A feature as the table has it: `PROGRAM SINCE [NUMBERS OF NOTES]`, `NUMBER NOTE`."""

    title: str
    unsupported: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fallback:
    """What a program shows that lacks a feature, unless a letter has one of these marks."""

    shown: str
    unless: tuple[str, ...] = ()


def lint(page: str, clients: Sequence[str] = DEFAULT_CLIENTS) -> list[LintFinding]:
    """Return the features of a letter's HTML that not all of these programs show.

    Raises UsageError for a program that is not known.
    """
    programs = {program: client for client in clients for program in _find_programs(client)}
    seen: dict[str, list[SeenMark]] = defaultdict(list)
    for mark in scan(page):
        seen[mark.mark].append(mark)
    findings = []
    for slug, marks in _marks().items():
        places = [place for mark in marks for place in seen.get(mark, ())]
        if lacks := tuple(_list_lacks(slug, places, programs)):
            finding = LintFinding(
                feature=slug,
                title=_support()[slug].title,
                line=min(place.line for place in places),
                count=len(places),
                lacks=lacks,
                fallback=_find_fallback(slug, seen),
            )
            findings.append(finding)
    return sorted(findings, key=lambda finding: (bool(finding.fallback), finding.feature))


def list_clients() -> list[str]:
    """Return the names of all programs that a letter can be held against."""
    systems = {f"{family}-{_SHORT_NAMES.get(system, system)}" for family, system in _programs()}
    return sorted(systems | {family for family, _ in _programs()})


def _find_programs(client: str) -> list[str]:
    """Return the programs of a client: all of a family, or that on one system."""
    found = [
        f"{family}.{system}"
        for family, system in _programs()
        if client in {family, f"{family}-{_SHORT_NAMES.get(system, system)}"}
    ]
    if not found:
        near = difflib.get_close_matches(client, list_clients(), 3) or list_clients()
        hint = f"there are {', '.join(near)}"
        raise UsageError("no such mail program", subject=client, hint=hint)
    return found


@functools.cache
def _programs() -> tuple[tuple[str, str], ...]:
    """Return family and system of all programs in the data."""
    names = {
        entry.split()[0]
        for feature in _support().values()
        for entry in (*feature.unsupported, *feature.partial)
    }
    return tuple(sorted((name.partition(".")[0], name.partition(".")[2]) for name in names))


def _list_lacks(
    slug: str, places: Sequence[SeenMark], programs: Mapping[str, str]
) -> Iterator[Lack]:
    """Yield the programs that lack a feature, and read it where it is."""
    if not places:
        return
    feature = _support()[slug]
    notes = dict(note.split(" ", 1) for note in feature.notes)
    kinds: tuple[tuple[Literal["unsupported", "partial"], tuple[str, ...]], ...] = (
        ("unsupported", feature.unsupported),
        ("partial", feature.partial),
    )
    for support, entries in kinds:
        for entry in entries:
            program, since, *numbers = entry.split()
            if program in programs and any(place.program in {"", program} for place in places):
                yield Lack(
                    client=programs[program],
                    program=program,
                    support=support,
                    since=since,
                    notes=tuple(notes[number] for number in numbers if number in notes),
                )


def _find_fallback(slug: str, seen: Mapping[str, object]) -> str:
    fallback = tables.read_rows(_HERE, "fallbacks.toml", _Fallback).get(slug)
    if fallback is None or any(mark in seen for mark in fallback.unless):
        return ""
    return fallback.shown


def _marks() -> Mapping[str, tuple[str, ...]]:
    return tables.read_rows(_HERE, "features.toml", tuple[str, ...])


def _support() -> Mapping[str, _Feature]:
    return tables.read_rows(_HERE, "support.toml", _Feature)
