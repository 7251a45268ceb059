"""Regroup at once: after a rule about groups the records stand as the next round would set them.

rules before, after ── the groups that they move ──> an edit with those records in it
"""

from __future__ import annotations

from copydesk.catalogue import Catalogue
from copydesk.engine.cataloguing import ask_catalogue
from copydesk.engine.editing._edit import Edit
from copydesk.engine.judging import FiledShelf, open_vectors
from copydesk.engine.rejudging import Regrouped, regroup
from copydesk.news import RULING_KINDS, Ruling


def regroup_at_once(edit: Edit) -> Edit:
    """Return an edit with the records that its new rules about groups move; the same without any.

    It asks what a round asks, so that the next one finds nothing to change.
    """
    if _list_group_rules(edit.rulings_read.rules) == _list_group_rules(edit.rulings.rules):
        return edit
    newsroom = edit.newsroom_after

    def set_beside_others(catalogue: Catalogue) -> Regrouped:
        shelf = FiledShelf(newsroom, catalogue, open_vectors(newsroom.beat, newsroom.memory))
        for story in edit.stories.values():
            shelf.replace(story)
        return regroup(newsroom, shelf, ())

    regrouped = ask_catalogue(newsroom, set_beside_others)
    for path, story in regrouped.changed.items():
        edit = edit.with_story(edit.stories.get(path, regrouped.before[path]), story)
    return edit


def _list_group_rules(rules: tuple[Ruling, ...]) -> list[Ruling]:
    return [rule for rule in rules if RULING_KINDS[rule.said].applies_to == "groups"]
