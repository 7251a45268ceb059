"""A letter's HTML for services that put it into a page of theirs."""

from __future__ import annotations

import re

_BODY = re.compile(r"<body\b[^>]*>(.*?)</body\s*>", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)


def cut_body(html: str) -> str:
    """Return what stands in the body, all of it where there is none."""
    body = _BODY.search(html)
    return (body[1] if body else html).strip()


def list_styles(html: str) -> str:
    """Return the rules of the head: what a narrow screen and a dark one show."""
    head = html.partition("<body")[0]
    return "\n".join(_STYLE.findall(head))
