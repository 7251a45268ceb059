"""Sets: single fields of a story as an editor wrote them, and as they were before that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from copydesk.kit import text, urls
from copydesk.news import NO_PICTURE, Beat, Image, ReasonKind, Ruling, SetField, Story

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
