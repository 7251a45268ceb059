"""A new tip: an address that a person found, made sure that a round can take it in."""

from __future__ import annotations

from copydesk.engine.editing._new_rule import (
    WHY_CHARACTERS,
    list_topics,
    must_be_short,
    topic_names,
)
from copydesk.engine.editing._verdicts import speaker
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.sources import source_address
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import Beat, Tip

_BY_CHARACTERS = 200


def new_tip(newsroom: Newsroom, url: str, *, topic: str = "", why: str = "", by: str = "") -> Tip:
    """Return the tip that a person means: `topic` by name or id, `by` "" for git's user.

    Raises UsageError for what is no web address or no topic of the beat, and for endless words.
    """
    must_be_short(why, WHY_CHARACTERS, "--why")
    must_be_short(by, _BY_CHARACTERS, "--as")
    return Tip(
        url=source_address(url),
        source="",
        found=newsroom.now,
        by=text.fold(speaker(newsroom, by)),
        why=text.fold(why),
        topic=_topic_name(newsroom.beat, topic) if topic else "",
    )


def _topic_name(beat: Beat, said: str) -> str:
    try:
        return topic_names(beat, (said,))[0]
    except UsageError as error:
        raise UsageError(error.what, subject=error.subject, hint=list_topics(beat)) from error
