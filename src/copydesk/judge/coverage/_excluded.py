"""Excluded: stories that stand apart from all others, since today's rules would not file them."""

from __future__ import annotations

from copydesk.judge._block import blocking_ruling
from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.news import Beat, Story


def _is_merged(story: Story, beat: Beat) -> bool:
    return any(rule.said == "merge" and name_of(story) in rule.stories for rule in beat.rulings)


def is_excluded(story: Story, beat: Beat) -> bool:
    """Decide whether a story is blocked or off the beat, and has left its group for that.

    While it is still in one, it was not judged since the rules changed, and stays. A story of the
    site's own stands beside others where an editor puts it, and nowhere by itself.
    """
    if story.is_own and not story.group and not _is_merged(story, beat):
        return True
    if story.group or story.published:
        return False
    is_off_beat = bool(beat.topics) and beat.scoring.off_beat == "drop" and not story.topics
    return is_off_beat or bool(blocking_ruling(story, beat.rulings))
