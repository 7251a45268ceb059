"""An address that a source lists, made whole."""

from __future__ import annotations

from copydesk.kit import urls

_LONGEST = 8_000  # characters that the address of a lead may have


def address(url: str, base: str) -> str:
    """Return a listed address as it can be asked for, "" where it is none or too long to be one."""
    absolute = urls.fetchable(url, base) or ""
    return absolute if len(absolute) <= _LONGEST else ""
