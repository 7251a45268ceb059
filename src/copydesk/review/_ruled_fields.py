"""Fields of a story that an editor's lasting rules decide: topics, headline, and what is set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from copydesk.news import Beat, Reason, ReasonKind, Ruling, Story
from copydesk.review._set_rules import FIELD_OF, KIND_OF, sets_on, with_sets


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
