"""A news record's blocks below each other: which stand together, empty lines, strange lines."""

from __future__ import annotations

from collections.abc import Mapping

_SCALARS = (
    "category title excerpt publishedDateTime updatedDateTime originalUrl webUrl ampWebUrl "
    "cdnAmpWebUrl type quality heat published"
)
_GROUPS = (
    _SCALARS,
    "featuredContent",
    "provider",
    "topics",
    "images",
    "related",
    "language access credit length refuses trust",
    "copyOf group",
    "background",
    "reasons",
    "history",
    "note",
    "verdict",
    "machine",
    "secured",
)
GROUP = {key: number for number, keys in enumerate(_GROUPS) for key in keys.split()}


def join(blocks: Mapping[str, list[str]], unknown: Mapping[str, str]) -> list[str]:
    """Give all lines between the fences: an empty line between groups, unknown lines in place.

    Unknown lines, by the top key that they follow, bring their own empty lines. A record without
    `secured` ends with an empty line before the fence (SPEC 1.1).
    """
    lines: list[str] = [unknown[""]] if "" in unknown else []
    group, strange = 0, False
    for key, block in blocks.items():
        if block:
            if GROUP[key] != group and not strange:
                lines.append("")
            lines += block
            group, strange = GROUP[key], False
        if key in unknown:
            lines.append(unknown[key])
            strange = True
    if not blocks["secured"] and not strange:
        lines.append("")
    return lines


def gap(before: str, after: str, *, last: bool = False) -> str:
    """Give what `join` puts between two top keys by itself ("" or an empty line).

    `last` asks for what stands between the last key `before` and the closing fence.
    """
    if last:
        return "" if before == "secured" else "\n"
    return "\n" if before and GROUP[before] != GROUP[after] else ""
