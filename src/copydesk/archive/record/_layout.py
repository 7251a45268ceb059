"""A news record's blocks below each other: which stand together, empty lines, strange lines."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.archive.record._fields import LAST_KEY, SECTION_OF, STORY
from copydesk.archive.record._position import MappingPosition
from copydesk.news import Story


def write_blocks(story: Story, unknown: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the lines of each top key in the record's order; what is left out has no lines."""
    position = MappingPosition(dict(unknown))
    return {field.key: field.lines(story, position) for field in STORY.fields}


def join(blocks: Mapping[str, list[str]], unknown: Mapping[str, str]) -> list[str]:
    """Return all lines between the fences: empty lines between sections, unknown ones in place.

    Unknown lines, by the top key that they follow, bring their own empty lines. A record without
    `secured` ends with an empty line before the fence (SPEC 1.1).
    """
    lines: list[str] = [unknown[""]] if "" in unknown else []
    section, strange = 0, False
    for key, block in blocks.items():
        if block:
            if SECTION_OF[key] != section and not strange:
                lines.append("")
            lines += block
            section, strange = SECTION_OF[key], False
        if key in unknown:
            lines.append(unknown[key])
            strange = True
    if not blocks[LAST_KEY] and not strange:
        lines.append("")
    return lines


def gap(before: str, after: str) -> str:
    """Return what `join` puts between two top keys by itself: "" or an empty line."""
    return "\n" if before and SECTION_OF[before] != SECTION_OF[after] else ""


def last_gap(before: str) -> str:
    """Return what `join` puts between the last key and the closing fence by itself."""
    return "" if before == LAST_KEY else "\n"
