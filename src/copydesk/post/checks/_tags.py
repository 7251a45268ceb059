"""Tag lists, `v=DMARC1; p=none`, as DKIM and DMARC have them (RFC 6376, section 3.2)."""

from __future__ import annotations


def read_tags(text: str) -> dict[str, str] | None:
    """Return the tags of a record, None for what is no list of tags."""
    tags: dict[str, str] = {}
    for item in text.split(";"):
        name, is_tag, value = item.partition("=")
        if not item.strip():
            continue
        if not is_tag or name.strip() in tags:
            return None
        tags[name.strip()] = value.strip()
    return tags
