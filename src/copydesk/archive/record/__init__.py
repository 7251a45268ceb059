"""The form of a news record: takes its bytes, gives a Story, and gives the same bytes back."""

from __future__ import annotations

from copydesk.archive.record._read import read_verdict
from copydesk.archive.record._story import emit_story, parse_story

__all__ = ["emit_story", "parse_story", "read_verdict"]
