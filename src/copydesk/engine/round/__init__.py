"""A round: sources that are due go in; filed records, a built site and a report come out.

And each step of it alone, to see what it sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.round._round import RoundOptions, run_round
    from copydesk.engine.round._steps import (
        article_fields,
        extract_file,
        extract_url,
        fetch_url,
        judge_url,
        watch_url,
    )

__all__ = [
    "RoundOptions",
    "article_fields",
    "extract_file",
    "extract_url",
    "fetch_url",
    "judge_url",
    "run_round",
    "watch_url",
]

_MADE_IN = {
    "copydesk.engine.round._round": "RoundOptions run_round",
    "copydesk.engine.round._steps": (
        "article_fields extract_file extract_url fetch_url judge_url watch_url"
    ),
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
