"""Names that strangers give: whether one is a domain."""

from __future__ import annotations

from copydesk.publish import _links


def domain(name: str) -> str:
    """Give a domain if its name can stand in an address and in a line of text, else ""."""
    is_one = name.isprintable() and not any(map(str.isspace, name)) and _links.is_folder(name)
    return name if is_one else ""
