"""Markup of strangers made plain in linear time."""

from __future__ import annotations

from copydesk.kit import text

_READ = 50_000  # characters of one field that are looked at: a headline, a summary, a beginning


def plain(markup: str) -> str:
    """Return the plain text of a fragment, as kit.text does, whatever is left open in it.

    A comment or a tag without an end would be looked for again from each of its beginnings; here
    comments go first, and behind the last `>` no tag is looked for.
    """
    markup = _without_comments(markup[:_READ])
    last = markup.rfind(">") + 1
    return text.plain(markup[:last] + markup[last:].replace("<", "&lt;"))


def _without_comments(markup: str) -> str:
    """Cut comments out; one without an end takes the rest with it, as in a browser."""
    head, *rest = markup.split("<!--")
    return " ".join([head, *(part.partition("-->")[2] for part in rest)])
