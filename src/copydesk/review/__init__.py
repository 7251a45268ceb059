"""Review: a story and an editor's word in, the story as it then stands out. Pure.

A verdict decides whether a story is published; what a person changed in the file stays changed.
"""

from __future__ import annotations

from copydesk.review._gate import gate
from copydesk.review._hand import beside_others, digests, keep_touched, touched
from copydesk.review._verdict import apply, is_same_word

__all__ = ["apply", "beside_others", "digests", "gate", "is_same_word", "keep_touched", "touched"]
