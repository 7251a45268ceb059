"""Rulings: an editor's lasting rules, applied to a story, and kept free of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from copydesk.news import Beat, Reason, ReasonKind, Ruling, Story
from copydesk.review._set_rules import FIELD_OF, KIND_OF, sets_on, with_sets


def record_name(path: str) -> str:
    """Return the name by which rulings, copies and groups know a record: its file's stem."""
    return PurePosixPath(path).name.removesuffix(".md")


def apply_rulings(story: Story, beat: Beat) -> Story:
    """Return the story with the topics, headline and fields that an editor gave it, and why.

    The later of two rules holds. Names that are no topics of the beat are passed over; a rule that
    names no other changes nothing.
    """
    retopic, rename = _last(story, beat, "retopic"), _last(story, beat, "rename")
    if retopic is not None and (topics := _find_topics(retopic, beat)):
        kind = ReasonKind.TOPIC_RULED
        named = [Reason.of_rule(kind, retopic, whose=name) for name in topics]
        reasons = _instead(story, lambda about: f"{about} ".startswith("topic "), named)
        story = replace(story, topics=topics, reasons=reasons)
    if rename is not None:
        renamed = [Reason.of_rule(ReasonKind.TITLE_RULED, rename)]
        reasons = _instead(story, "title".__eq__, renamed)
        story = replace(story, title=rename.values[0], reasons=reasons)
    for field, rule in sets_on(story, beat).items():
        reasons = _instead(story, field.__eq__, [Reason.of_rule(KIND_OF[field], rule)])
        story = replace(story, reasons=reasons)
    return with_sets(story, beat)


def find_ruled_fields(story: Story, beat: Beat) -> frozenset[str]:
    """Return the fields of a story in which an editor's rule stands above what its page says.

    They are called as `find_hand_edits` calls them; the address of its page is `url`.
    """
    retopic, rename = _last(story, beat, "retopic"), _last(story, beat, "rename")
    fields = {
        "topics": retopic is not None and bool(_find_topics(retopic, beat)),
        "title": rename is not None,
        **{FIELD_OF[field]: True for field in sets_on(story, beat)},
    }
    return frozenset(name for name, is_ruled in fields.items() if is_ruled)


def with_rule(rulings: Sequence[Ruling], rule: Ruling) -> tuple[Ruling, ...]:
    """Return the rulings with one more at the end, in the place of one on the same matter.

    The same ones where it was said before: by the same, for the same reason, whenever.
    """
    if any(replace(ruling, at=rule.at) == rule for ruling in rulings):
        return tuple(rulings)
    return (*(ruling for ruling in rulings if _matter(ruling) != _matter(rule)), rule)


def find_contradiction(rulings: Sequence[Ruling], rule: Ruling) -> Ruling | None:
    """Return the rule that says the opposite of a new one on the same stories, None for none.

    What several rules merge is one group: a split parts none of it.
    """
    if rule.said not in {"split", "merge"}:
        return None
    merges = [ruling for ruling in rulings if ruling.said == "merge"]
    if rule.said == "split":
        group = _group(rule.stories[0], merges)
        joins = (ruling for ruling in merges if rule.stories[0] in ruling.stories)
        return next(joins, None) if _parts(rule, group) else None
    group = _group(rule.stories[0], [*merges, rule])
    splits = (ruling for ruling in rulings if ruling.said == "split" and _parts(ruling, group))
    return next(splits, None)


def _parts(split: Ruling, group: set[str]) -> bool:
    """Decide whether a split takes its first story from a group: from all of it or from some."""
    story, *others = split.stories
    is_beside_others = story in group and len(group) > 1
    return is_beside_others and (not others or not group.isdisjoint(others))


def _group(name: str, merges: Iterable[Ruling]) -> set[str]:
    """Return all that rules put beside a story, again and again."""
    group, left = {name}, list(merges)
    while touching := [merge for merge in left if group & {*merge.stories}]:
        group.update(story for merge in touching for story in merge.stories)
        left = [merge for merge in left if merge not in touching]
    return group


def _matter(rule: Ruling) -> tuple[object, ...]:
    """Return what a rule is about: two on one matter cannot both hold."""
    if rule.said == "block":
        return (rule.said, frozenset(map(str.casefold, rule.values)))
    if rule.said == "merge":
        return (rule.said, frozenset(rule.stories))
    if rule.said == "split":
        return (rule.said, rule.stories[0], frozenset(rule.stories[1:]))
    if rule.said == "set":
        return (rule.said, rule.stories[0], rule.values[0])
    return (rule.said, rule.stories[0])


def _last(story: Story, beat: Beat, said: str) -> Ruling | None:
    name = record_name(story.path)
    rulings = (
        ruling
        for ruling in reversed(beat.rulings)
        if ruling.said == said and ruling.stories[0] == name
    )
    return next(rulings, None)


def _find_topics(rule: Ruling, beat: Beat) -> tuple[str, ...]:
    names = {topic.name for topic in beat.topics}
    return tuple(dict.fromkeys(name for name in rule.values if name in names))


def _instead(
    story: Story, is_meant: Callable[[str], bool], reasons: Iterable[Reason]
) -> tuple[Reason, ...]:
    """Put reasons first, in place of those of their kind; a record without any gets none."""
    if not story.reasons:
        return ()
    return (*reasons, *(reason for reason in story.reasons if not is_meant(reason.about)))
