"""Failures: how what went wrong with one lead, a bug too, is told; it must cost only that lead."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.errors import CopydeskError


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that failed and cost only itself."""

    url: str
    what: str
    hint: str = ""


def failure_of(url: str, error: Exception) -> Failure:
    """Turn whatever went wrong with one address into the failure to report."""
    if isinstance(error, CopydeskError):
        return Failure(url=url, what=error.what, hint=error.hint)
    return Failure(
        url=url,
        what=f"unexpected {type(error).__name__}: {error}",
        hint="the round goes on without it; please report it",
    )
