"""Apply the rules that editors made for a story: its topics, headline and single fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, get_args

from copydesk.kit import sentences, text, urls
from copydesk.news import Beat, Image, Reason, ReasonKind, Ruling, Story
from copydesk.news.ruling import (
    NO_ADDITIONS,
    NO_PICTURE,
    NO_TEXT,
    RULING_KINDS,
    Matter,
    SetField,
    find_matter,
)
from copydesk.news.summary import (
    CitedSentence,
    Summary,
    TextReview,
    Translation,
    digest_text,
    is_edited,
    list_citations,
)


def record_name(path: str) -> str:
    """Return a story's record name (its file name without `.md`), which rules and groups use."""
    return path.rpartition("/")[2].removesuffix(".md")


def apply_rulings(story: Story, beat: Beat) -> Story:
    """Return a story with the topics, headline and fields that editors' rules set, with reasons.

    The newest rule wins. Topics that the site does not have are ignored; a rule without any topic
    of the site changes nothing.
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
    """Return the names of a story's fields that editors' rules set.

    The names are those of `find_hand_edits`; the URL of the article page is `url`.
    """
    retopic, rename = _last(story, beat, "retopic"), _last(story, beat, "rename")
    fields = {
        "topics": retopic is not None and bool(_find_topics(retopic, beat)),
        "title": rename is not None,
        **{FIELD_OF[field]: True for field in sets_on(story, beat)},
    }
    return frozenset(name for name, is_ruled in fields.items() if is_ruled)


def find_topic_rule(story: Story, beat: Beat) -> Ruling | None:
    """Return the editor's rule that sets a story's topics, None if none names known topics."""
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
    """Return the story's reasons, the matching ones replaced by the given ones, which come first.

    A story without reasons gets none.
    """
    if not story.reasons:
        return ()
    return (*reasons, *(reason for reason in story.reasons if not is_meant(reason.about)))


# The field of a story that a rule sets, as `find_hand_edits` and digests name it.
FIELD_OF: Mapping[SetField, str] = {
    field: "image" if field == "picture" else field for field in get_args(SetField)
}
_ATTRIBUTES: Mapping[SetField, str] = {**FIELD_OF, "picture": "images", "url": "web_url"}
# The kind of reason in a record for a field that a rule sets.
KIND_OF: Mapping[SetField, ReasonKind] = {
    field: ReasonKind.ADDRESS_RULED if field == "url" else ReasonKind[f"{field.upper()}_RULED"]
    for field in FIELD_OF
}


def sets_on(story: Story, beat: Beat) -> Mapping[SetField, Ruling]:
    """Map the fields of a story (excerpt, picture, …) to the newest editor's rule on each.

    A rule with an unusable value (no valid URL, no text) is ignored.
    """
    name = PurePosixPath(story.path).name.removesuffix(".md")
    rules: dict[SetField, Ruling] = {}
    for rule in beat.rulings:
        field = rule.field
        if field is not None and rule.stories[:1] == (name,) and _value(rule, field) is not None:
            rules[field] = rule
    return rules


def notes_beside(beat: Beat) -> Mapping[str, str]:
    """Return editors' notes on stories that are stored among the rules, by record name."""
    if beat.scoring.traits.has_blocks:
        return {}
    notes = (rule for rule in beat.rulings if rule.field == "note" and rule.stories)
    values = {rule.stories[0]: _value(rule, "note") for rule in notes}
    return {name: note for name, note in values.items() if note}


def with_sets(story: Story, beat: Beat) -> Story:
    """Return a story with the fields that editors' rules set: excerpt, picture, URL and others.

    Records of `everyday` have no field for a note or a summary.
    """
    for field, rule in sets_on(story, beat).items():
        value, is_block = _value(rule, field), field in {"note", "summary", "translation"}
        if value is None or (is_block and not beat.scoring.traits.has_blocks):
            continue
        if field in {"summary", "translation"}:
            story = _with_text(story, rule, value, beat)
        else:
            story = _with_field(story, field, value)
    return story


def take_back(story: Story, field: SetField, read: Story) -> Story:
    """Return a story with one field reset to the value that its article has (`read`).

    A text that a model wrote stays, without its review; one that a person wrote is dropped.
    """
    reasons = tuple(reason for reason in story.reasons if reason.about != field)
    story = replace(story, reasons=reasons)
    if field in {"changes", "additions"}:  # a run that leads the group anew chooses additions
        return story
    if field in {"summary", "translation"}:
        kept = getattr(story, field)
        is_model = kept is not None and kept.author == "model"
        texts: dict[str, Any] = {field: replace(kept, review=None) if is_model else None}
        return replace(story, **texts)
    return replace(story, **{_ATTRIBUTES[field]: getattr(read, _ATTRIBUTES[field])})


def without_lost_sets(story: Story, read: Story, beat: Beat) -> Story:
    """Return a story without field values from editors' rules that no longer exist.

    The story's reasons say which fields a rule had set.
    """
    standing = sets_on(story, beat)
    about = {reason.about for reason in story.reasons}
    for field in FIELD_OF:
        if field in about and field not in standing:
            story = take_back(story, field, read)
    return story


def _value(rule: Ruling, field: SetField) -> str | None:
    """Return the value that a rule gives a field, None if the value is not usable."""
    words = rule.values[1] if len(rule.values) > 1 else ""
    match field:
        case "excerpt" | "summary" | "translation":
            return text.fold(words) or None
        case "picture":
            return "" if words == NO_PICTURE else urls.fetchable(words)
        case "url":
            return urls.canonical(words)
        case "note":
            return text.tidy(words) or None
        case "changes":
            return words or None
        case "additions":
            return words if words == NO_ADDITIONS else None


def _with_field(story: Story, field: SetField, value: str) -> Story:
    if field == "changes":  # the reason alone says so
        return story
    new: Any = {"picture": _pictures(story, value), "additions": ()}.get(field, value)
    return replace(story, **{_ATTRIBUTES[field]: new})


def _with_text(story: Story, rule: Ruling, words: str, beat: Beat) -> Story:
    """Return a story with the summary or translated headline that an editor's rule sets.

    The model's own text gets the editor's review, another text is the editor's. A rule that
    followed a review (it names opened articles) makes no text where the reviewed one is gone.
    """
    kept, opened = getattr(story, rule.values[0]), rule.values[2:]
    if words == NO_TEXT:
        dropped: dict[str, Any] = {rule.values[0]: None}
        return replace(story, **dropped)
    if kept is None and opened:
        return story
    seen = () if rule.field == "translation" else opened  # there is nothing to open
    review = TextReview(by=rule.by, at=rule.at, opened=seen)
    if kept is not None and text.fold(kept.text) == words and not is_edited(kept):
        is_due = kept.author == "model" and {*opened} >= {*list_citations(kept)}
        return replace(story, **{rule.values[0]: replace(kept, review=review)}) if is_due else story
    review = replace(review, changed=True)
    common: Mapping[str, Any] = {"by": f"person {rule.by}", "at": rule.at, "review": review}
    if rule.field == "translation":
        made = Translation(
            title=words,
            original=story.title,
            language=kept.language if kept else _base_language(beat.locale),
            digest=digest_text(words),
            **common,
        )
        return replace(story, translation=made)
    summary = Summary(
        sentences=tuple(_part_sentences(words, kept.sentences if kept else ())),
        language=kept.language if kept else _base_language(story.language or beat.locale),
        sources=kept.sources if kept else (),
        **common,
    )
    return replace(story, summary=replace(summary, digest=digest_text(summary.text)))


def _part_sentences(words: str, kept: Iterable[CitedSentence]) -> Iterator[CitedSentence]:
    """Yield the sentences of a text; those that were kept unchanged have their citations."""
    known = {text.fold(sentence.text): sentence.stories for sentence in kept}
    while words:
        whole = next((one for one in known if one and f"{words} ".startswith(f"{one} ")), "")
        end = len(whole) or next(sentences.ends(words), len(words))
        yield CitedSentence(text=words[:end], stories=known.get(words[:end], ()))
        words = words[end:].lstrip()


def _base_language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def _pictures(story: Story, url: str) -> tuple[Image, ...]:
    """Return the picture at a URL, with what the record knows of it; none for an empty URL."""
    if not url:
        return ()
    known = (image for image in story.images if image.url == url)
    return (next(known, Image(url=url)),)


def event_of(story: Story) -> str:
    """Return the name of a story's event: of its group, or its own if it is in none."""
    return story.group or record_name(story.path)


def matter_of(story: Story, rulings: Iterable[Ruling]) -> str:
    """Return the matter of a story under the editors' rules, "" for none."""
    return find_matter(event_of(story), story.matter, rulings)


def with_rule(rulings: Sequence[Ruling], rule: Ruling) -> tuple[Ruling, ...]:
    """Return the editors' rules with a new one added. It replaces an older one on the same thing.

    The rules stay as they are if the same person gave the same rule for the same reason before.
    """
    if any(replace(ruling, at=rule.at) == rule for ruling in rulings):
        return tuple(rulings)
    return (*(ruling for ruling in rulings if _matter(ruling) != _matter(rule)), rule)


def find_contradiction(rulings: Sequence[Ruling], rule: Ruling) -> Ruling | None:
    """Return the existing rule on groups that contradicts a new split or merge rule, or None.

    All stories that rules merge are one group; a split of any of them contradicts it.
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
    """Return whether a split rule takes its first story out of the given group."""
    first, others = split.stories[:1], split.stories[1:]
    is_beside_others = not group.isdisjoint(first) and len(group) > 1
    return is_beside_others and (not others or not group.isdisjoint(others))


def _group(names: AbstractSet[str], merges: Iterable[Ruling]) -> set[str]:
    """Return all stories that merge rules connect with the given ones."""
    group, left = {*names}, list(merges)
    while touching := [merge for merge in left if group & {*merge.stories}]:
        group.update(story for merge in touching for story in merge.stories)
        left = [merge for merge in left if merge not in touching]
    return group


def _matter(rule: Ruling) -> tuple[object, ...]:
    """Return a key of what a rule is about. Of two rules with the same key, only one can hold."""
    first = rule.stories[:1]
    matters: Mapping[Matter, object] = {
        "story": first,
        "story beside others": (first, frozenset(rule.stories[1:])),
        "stories": frozenset(rule.stories),
        "field of story": (first, rule.values[:1]),
        "act on stories": (rule.values[:1], frozenset(rule.stories)),
        "values": frozenset(map(str.casefold, rule.values)),
    }
    return (rule.said, matters[RULING_KINDS[rule.said].matter])
