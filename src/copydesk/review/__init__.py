"""Apply editors' decisions and publishers' corrections to stories. Pure functions without I/O.

A verdict decides whether a story is published. Without a verdict, the newsroom's mode or the trust
in the source may hold it. Rules (`review.rules`) set its headline, its topics and single fields.
Fields that a person edited in the record's file stay as they are. Corrections by the publisher
(`review.corrections`) are taken over and noted in the story's history. `rejudge` judges a filed
story again.
"""

from copydesk.review._hand_edits import apply_verdict as apply_verdict
from copydesk.review._hand_edits import digests as digests
from copydesk.review._hand_edits import find_hand_edits as find_hand_edits
from copydesk.review._hand_edits import is_same_word as is_same_word
from copydesk.review._hand_edits import keep_hand_edits as keep_hand_edits
from copydesk.review._hand_edits import set_beside_others as set_beside_others
