"""Newsrooms: who of those that cover a happening speaks with a voice of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from copydesk.kit import tables, text
from copydesk.news import Beat, ReasonKind, Story

# one voice under several names, in credits and at their own addresses
_NAMES = tables.read_rows(__package__, "agencies.toml", tuple[str, ...])
_AGENCY_OF = {name: agency for agency, names in _NAMES.items() for name in names}
_BETWEEN = re.compile(
    r"\s*(?:/|,|;|\||\band\b|\bund\b|\bet\b|\by\b|\bvia\b|\bmit\b)\s*", re.IGNORECASE
)


def independent(stories: Iterable[Story], beat: Beat) -> dict[str, str]:
    """Return the name of each newsroom that speaks for itself, by what tells it apart.

    What an agency wrote is the agency's voice wherever it runs; newsrooms of one house are one;
    copies and press releases are none.
    """
    newsrooms: dict[str, str] = {}
    for story in stories:
        if story.copy_of or _is_release(story):
            continue
        voice = voice_of(story, beat)
        if voice:
            newsrooms.setdefault(voice, _name(story))
    return newsrooms


def voice_of(story: Story, beat: Beat) -> str:
    """Return what tells the newsroom behind a story apart: agency, house or domain; "" if none."""
    provider = story.provider
    domain = provider.domain if provider else ""
    agency = agency_of(story.credit, domain)
    if agency:
        return agency
    known = beat.organizations.get(domain)
    if known and known.owner:
        return f"house {text.squash(known.owner)}"
    return domain or (text.squash(provider.name) if provider else "")


def agency_of(credit: str, domain: str) -> str:
    """Return the agency that a credit names first, else the one whose site it is, "" for none."""
    for part in _BETWEEN.split(credit):
        if agency := _AGENCY_OF.get(text.squash(part)):
            return agency
    return _AGENCY_OF.get(domain.lower(), "")


def _name(story: Story) -> str:
    provider = story.provider
    return story.credit or (text.fold(provider.name or provider.domain) if provider else "")


def _is_release(story: Story) -> bool:
    return any(reason.kind is ReasonKind.PRESS_RELEASE for reason in story.reasons)
