"""Parts of the search index: a month's stories, cut from its oldest end, so that one part grows."""

from __future__ import annotations

FOLDER = "search/"
PART = 500  # stories; some 170 kB, a third of that on the way to a reader


def path(month: str, number: int) -> str:
    """Give the path of a part; the first one of a month holds its oldest stories."""
    return f"{FOLDER}{month}-{number}.json"


def number(older: int) -> int:
    """Give in which part of its month a story stands that so many are older than."""
    return older // PART + 1


def count(stories: int) -> int:
    """Give how many parts a month with so many stories has."""
    return -(-stories // PART)
