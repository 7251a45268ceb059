"""Regroup at once: after a rule about groups the records stand as the next round would set them.

rules before, after ── the groups that they move ──> an edit with those records in it

Other groups wait for the round, also where a verdict has moved their leader meanwhile: who splits
one story is told of that story alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from copydesk.catalogue import Catalogue
from copydesk.engine.cataloguing import ask_catalogue
from copydesk.engine.editing._edit import Edit
from copydesk.engine.judging import FiledShelf, open_vectors
from copydesk.engine.rejudging import Regrouped, regroup
from copydesk.news import RULING_KINDS, Ruling, Story
from copydesk.review.rules import record_name


def regroup_at_once(edit: Edit) -> Edit:
    """Return an edit with the records that its new rules about groups move; the same without any.

    It asks what a round asks, so that the next one finds nothing to change in these groups.
    """
    before, after = (_list_group_rules(of.rules) for of in (edit.rulings_read, edit.rulings))
    if before == after:
        return edit
    newsroom = edit.newsroom_after
    named = {name for rule in {*before} ^ {*after} for name in rule.stories}

    def set_beside_others(catalogue: Catalogue) -> tuple[Regrouped, set[str]]:
        shelf = FiledShelf(newsroom, catalogue, open_vectors(newsroom.beat, newsroom.memory))
        for story in edit.stories.values():
            shelf.replace(story)
        ties = (_list_ties(shelved.story) for shelved in shelf.find_by_name(named))
        return regroup(newsroom, shelf, ()), named.union(*ties)

    regrouped, ties = ask_catalogue(newsroom, set_beside_others)
    for path, story in _find_moved_stories(regrouped, ties).items():
        edit = edit.with_story(edit.stories.get(path, regrouped.before[path]), story)
    return edit


def _find_moved_stories(regrouped: Regrouped, named: Collection[str]) -> Mapping[str, Story]:
    """Return the changed stories that are tied to those of a rule, or to one of these."""
    moved = dict[str, Story]()
    ties, rest = set(named), dict(regrouped.changed)
    while near := {
        path: story
        for path, story in rest.items()
        if not ties.isdisjoint(_list_ties(regrouped.before[path], story))
    }:
        moved |= near
        rest = {path: story for path, story in rest.items() if path not in near}
        ties.update(*(_list_ties(regrouped.before[path], story) for path, story in near.items()))
    return moved


def _list_ties(*states: Story) -> set[str]:
    """Return what joins a story to others: names, groups, and addresses that they list."""
    return {
        tie
        for story in states
        for tie in (
            record_name(story.path),
            story.group,
            story.copy_of,
            *story.addresses,
            *(beside.web_url for beside in story.related),
        )
        if tie
    }


def _list_group_rules(rules: tuple[Ruling, ...]) -> list[Ruling]:
    return [rule for rule in rules if RULING_KINDS[rule.said].applies_to == "groups"]
