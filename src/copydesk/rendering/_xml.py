"""Text made fit for XML 1.0: what it forbids dropped, what it means escaped."""

from __future__ import annotations

import html
import re

from copydesk.kit import text

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape_xml(value: str) -> str:
    """Return a value as it may stand between tags, white space folded."""
    return html.escape(text.fold(_FORBIDDEN.sub("", value)), quote=False)


def quote_xml(value: str) -> str:
    """Return a value as an attribute's, with its quotes."""
    return f'"{html.escape(text.fold(_FORBIDDEN.sub("", value)))}"'
