"""Review: a story and an editor's word in, the story as it then stands out. Pure.

A verdict decides whether a story is published, a ruling what it is called and what it is about;
what a person changed in the file stays changed;
what its publisher corrected is taken over, with a line in its history. Judging a filed story anew,
whatever for, is `judge_anew`.
"""

from __future__ import annotations

from copydesk.review._anew import Grounds, Judgement, Occasion, judge_anew
from copydesk.review._change import same_excerpt, same_words, text_change
from copydesk.review._cleared import (
    answered_for,
    as_edited,
    by_points,
    is_edited_since,
    without_verdict,
)
from copydesk.review._corrected import corrected
from copydesk.review._gate import gate
from copydesk.review._hand import beside_others, digests, keep_touched, touched
from copydesk.review._history import is_noted_since, noted
from copydesk.review._other import is_other_article
from copydesk.review._rejudged import (
    is_kept_off,
    kept_off,
    rejudged,
    rejudged_beside_others,
)
from copydesk.review._rulings import (
    contradiction,
    record_name,
    ruled,
    ruled_fields,
    with_rule,
)
from copydesk.review._sets import FIELD_OF, notes_beside, sets_on, taken_back, without_lost_sets
from copydesk.review._standing import standing
from copydesk.review._verdict import apply, is_same_word, obeyed

__all__ = [
    "FIELD_OF",
    "Grounds",
    "Judgement",
    "Occasion",
    "answered_for",
    "apply",
    "as_edited",
    "beside_others",
    "by_points",
    "contradiction",
    "corrected",
    "digests",
    "gate",
    "is_edited_since",
    "is_kept_off",
    "is_noted_since",
    "is_other_article",
    "is_same_word",
    "judge_anew",
    "keep_touched",
    "kept_off",
    "noted",
    "notes_beside",
    "obeyed",
    "record_name",
    "rejudged",
    "rejudged_beside_others",
    "ruled",
    "ruled_fields",
    "same_excerpt",
    "same_words",
    "sets_on",
    "standing",
    "taken_back",
    "text_change",
    "touched",
    "with_rule",
    "without_lost_sets",
    "without_verdict",
]
