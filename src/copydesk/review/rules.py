"""Fields of a story that an editor's lasting rules decide: topics, headline, and what is set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import PurePosixPath

from copydesk.kit import text, urls
from copydesk.news import (
    NO_PICTURE,
    RULING_KINDS,
    Beat,
    Image,
    Matter,
    Reason,
    ReasonKind,
    Ruling,
    SetField,
    Story,
)


def record_name(path: str) -> str:
    """Return the name by which rulings, copies and groups know a record: its file's stem."""
    return path.rpartition("/")[2].removesuffix(".md")


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


def find_topic_rule(story: Story, beat: Beat) -> Ruling | None:
    """Return the rule that says what a story is about, None where there is none or it is idle."""
    rule = _last(story, beat, "retopic")
    return rule if rule is not None and _find_topics(rule, beat) else None


def _last(story: Story, beat: Beat, said: str) -> Ruling | None:
    name = record_name(story.path)
    rulings = (
        ruling
        for ruling in reversed(beat.rulings)
        if ruling.said == said and ruling.stories[:1] == (name,)
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


# Sets: single fields of a story as an editor wrote them, and as they were before that.

# How `find_hand_edits`, `find_ruled_fields` and a record's digests call what a rule calls so.
FIELD_OF: Mapping[SetField, str] = {
    "excerpt": "excerpt",
    "picture": "image",
    "url": "url",
    "note": "note",
}
# What a record's reasons say of a field that a rule sets.
KIND_OF: Mapping[SetField, ReasonKind] = {
    "excerpt": ReasonKind.EXCERPT_RULED,
    "picture": ReasonKind.PICTURE_RULED,
    "url": ReasonKind.ADDRESS_RULED,
    "note": ReasonKind.NOTE_RULED,
}


def sets_on(story: Story, beat: Beat) -> Mapping[SetField, Ruling]:
    """Return the rule that sets each field of a story; of two on one field the later.

    One whose value cannot stand there (no address, no word) is passed over.
    """
    name = PurePosixPath(story.path).name.removesuffix(".md")
    rules: dict[SetField, Ruling] = {}
    for rule in beat.rulings:
        field = rule.field
        if field is not None and rule.stories[:1] == (name,) and _value(rule, field) is not None:
            rules[field] = rule
    return rules


def notes_beside(beat: Beat) -> Mapping[str, str]:
    """Return the notes that stand among the rulings alone, by the record's name: in `everyday`."""
    if beat.scoring.traits.has_blocks:
        return {}
    notes = (rule for rule in beat.rulings if rule.field == "note" and rule.stories)
    values = {rule.stories[0]: _value(rule, "note") for rule in notes}
    return {name: note for name, note in values.items() if note}


def with_sets(story: Story, beat: Beat) -> Story:
    """Return a story with the fields that an editor set; `everyday` has no place for a note."""
    for field, rule in sets_on(story, beat).items():
        value = _value(rule, field)
        if value is not None and (field != "note" or beat.scoring.traits.has_blocks):
            story = _with_field(story, field, value)
    return story


def take_back(story: Story, field: SetField, read: Story) -> Story:
    """Return a story with one field as its article says, `read` being what was read of that."""
    reasons = tuple(reason for reason in story.reasons if reason.about != field)
    story = replace(story, reasons=reasons)
    match field:
        case "excerpt":
            return replace(story, excerpt=read.excerpt)
        case "picture":
            return replace(story, images=read.images)
        case "url":
            return replace(story, web_url=read.web_url)
        case "note":
            return replace(story, note="")


def without_lost_sets(story: Story, read: Story, beat: Beat) -> Story:
    """Return a story in which no field stands by a rule that there is no more.

    Its reasons say which fields stood by one.
    """
    standing = sets_on(story, beat)
    about = {reason.about for reason in story.reasons}
    for field in FIELD_OF:
        if field in about and field not in standing:
            story = take_back(story, field, read)
    return story


def _value(rule: Ruling, field: SetField) -> str | None:
    """Return what a field is to be, None where nobody can use what the rule says."""
    words = rule.values[1] if len(rule.values) > 1 else ""
    match field:
        case "excerpt":
            return text.fold(words) or None
        case "picture":
            return "" if words == NO_PICTURE else urls.fetchable(words)
        case "url":
            return urls.canonical(words)
        case "note":
            return text.tidy(words) or None


def _with_field(story: Story, field: SetField, value: str) -> Story:
    match field:
        case "excerpt":
            return replace(story, excerpt=value)
        case "picture":
            return replace(story, images=_pictures(story, value))
        case "url":
            return replace(story, web_url=value)
        case "note":
            return replace(story, note=value)


def _pictures(story: Story, url: str) -> tuple[Image, ...]:
    """Return the one picture at an address; where it stands already, with what is known of it."""
    if not url:
        return ()
    known = (image for image in story.images if image.url == url)
    return (next(known, Image(url=url)),)


# What rules are about: two on one matter cannot both hold, and some contradict each other.


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
    first = {*rule.stories[:1]}
    if rule.said == "split":
        group = _group(first, merges)
        joins = (ruling for ruling in merges if first & {*ruling.stories})
        return next(joins, None) if _parts(rule, group) else None
    group = _group(first, [*merges, rule])
    splits = (ruling for ruling in rulings if ruling.said == "split" and _parts(ruling, group))
    return next(splits, None)


def _parts(split: Ruling, group: set[str]) -> bool:
    """Decide whether a split takes its first story from a group: from all of it or from some."""
    first, others = split.stories[:1], split.stories[1:]
    is_beside_others = not group.isdisjoint(first) and len(group) > 1
    return is_beside_others and (not others or not group.isdisjoint(others))


def _group(names: AbstractSet[str], merges: Iterable[Ruling]) -> set[str]:
    """Return all that rules put beside some stories, again and again."""
    group, left = {*names}, list(merges)
    while touching := [merge for merge in left if group & {*merge.stories}]:
        group.update(story for merge in touching for story in merge.stories)
        left = [merge for merge in left if merge not in touching]
    return group


def _matter(rule: Ruling) -> tuple[object, ...]:
    """Return what a rule is about: two on one matter cannot both hold."""
    first = rule.stories[:1]
    matters: Mapping[Matter, object] = {
        "story": first,
        "story beside others": (first, frozenset(rule.stories[1:])),
        "stories": frozenset(rule.stories),
        "field of story": (first, rule.values[:1]),
        "values": frozenset(map(str.casefold, rule.values)),
    }
    return (rule.said, matters[RULING_KINDS[rule.said].matter])
