"""Judging: articles and a shelf of filed stories go in; stories with paths and pictures out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.judging._pictures import ChosenPicture, choose_pictures
    from copydesk.engine.judging._rulings import (
        apply_rules,
        counting_picture,
        story_as_read,
        take_back_rule,
    )
    from copydesk.engine.judging._shelf import fill_shelf, put_on_shelf
    from copydesk.engine.judging._vectors import Vectors, open_vectors
    from copydesk.engine.judging._weigh import (
        Appraised,
        Desk,
        appraise_all,
        appraise_article,
        complete_story,
        fetch_pictures,
        weigh_all,
    )

__all__ = [
    "Appraised",
    "ChosenPicture",
    "Desk",
    "Vectors",
    "apply_rules",
    "appraise_all",
    "appraise_article",
    "choose_pictures",
    "complete_story",
    "counting_picture",
    "fetch_pictures",
    "fill_shelf",
    "open_vectors",
    "put_on_shelf",
    "story_as_read",
    "take_back_rule",
    "weigh_all",
]

_MADE_IN = {
    "copydesk.engine.judging._pictures": "ChosenPicture choose_pictures",
    "copydesk.engine.judging._rulings": (
        "apply_rules counting_picture story_as_read take_back_rule"
    ),
    "copydesk.engine.judging._shelf": "fill_shelf put_on_shelf",
    "copydesk.engine.judging._vectors": "Vectors open_vectors",
    "copydesk.engine.judging._weigh": (
        "Appraised Desk appraise_all appraise_article complete_story fetch_pictures weigh_all"
    ),
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
