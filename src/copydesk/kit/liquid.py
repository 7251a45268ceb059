"""Liquid: words that its readers (Jekyll) must not take for tags."""

from __future__ import annotations

import re

_OPENING = re.compile(r"\{(?=[{%])")


def guard(markup: str) -> str:
    """Return HTML in which a reader of Liquid finds no tag; a browser shows the same."""
    return _OPENING.sub("&#123;", markup)
