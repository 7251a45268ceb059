"""A mishap: a bug of ours, or of a library's, that one lead met and that must cost only it."""

from __future__ import annotations

from copydesk.engine.newsroom._report import Failure
from copydesk.errors import CopydeskError


def failure_of(url: str, error: Exception) -> Failure:
    """Turn whatever went wrong with one address into the failure to report."""
    if isinstance(error, CopydeskError):
        return Failure(url=url, what=error.what, hint=error.hint)
    return Failure(
        url=url,
        what=f"unexpected {type(error).__name__}: {error}",
        hint="the round goes on without it; please report it",
    )
