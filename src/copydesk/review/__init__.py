"""Review: a story and an editor's word in, the story as it then stands out. Pure.

A verdict decides whether a story is published, a ruling what it is called and what it is about;
what a person changed in the file stays changed;
what its publisher corrected is taken over, with a line in its history. Judging a filed story anew,
whatever for, is `rejudge`.
"""

from __future__ import annotations

from copydesk.review._change import have_same_excerpt, have_same_words, text_change
from copydesk.review._clearing import (
    answer_for,
    decide_by_points,
    is_edited_since,
    keep_as_edited,
    without_verdict,
)
from copydesk.review._correction import apply_correction
from copydesk.review._gate import gate
from copydesk.review._hand_edits import digests, keep_touched, set_beside_others, touched_fields
from copydesk.review._history import add_to_history, is_noted_since
from copydesk.review._judgement import (
    apply_judgement,
    is_kept_off,
    keep_off,
    set_rejudged_beside_others,
)
from copydesk.review._other_article import is_other_article
from copydesk.review._rejudging import Grounds, Judgement, Occasion, rejudge
from copydesk.review._rulings import (
    apply_rulings,
    find_contradiction,
    record_name,
    ruled_fields,
    with_rule,
)
from copydesk.review._set_rules import FIELD_OF, notes_beside, sets_on, take_back, without_lost_sets
from copydesk.review._standing import standing
from copydesk.review._verdict import apply_verdict, is_same_word, obey

__all__ = [
    "FIELD_OF",
    "Grounds",
    "Judgement",
    "Occasion",
    "add_to_history",
    "answer_for",
    "apply_correction",
    "apply_judgement",
    "apply_rulings",
    "apply_verdict",
    "decide_by_points",
    "digests",
    "find_contradiction",
    "gate",
    "have_same_excerpt",
    "have_same_words",
    "is_edited_since",
    "is_kept_off",
    "is_noted_since",
    "is_other_article",
    "is_same_word",
    "keep_as_edited",
    "keep_off",
    "keep_touched",
    "notes_beside",
    "obey",
    "record_name",
    "rejudge",
    "ruled_fields",
    "set_beside_others",
    "set_rejudged_beside_others",
    "sets_on",
    "standing",
    "take_back",
    "text_change",
    "touched_fields",
    "with_rule",
    "without_lost_sets",
    "without_verdict",
]
