"""Keep the fields that a person edited in a story's Markdown file, and apply editors' decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from copydesk.kit.options import take
from copydesk.news import Beat, Story, Verdict
from copydesk.news.summary import is_edited

FIELDS = ("title", "excerpt", "topics", "image", "published")
# These have digests only where a record has them, so that other records do not change.
_NOTE, _ADDITIONS = "note", "additions"
_TEXTS = ("summary", "translation")  # these have a digest of their own in the record


def digests(story: Story) -> tuple[tuple[str, str], ...]:
    """Return a digest of each field that a person may edit, as (field name, 8 hex digits)."""
    return tuple((field, _digest(story, field)) for field in _list_fields(story, ()))


def _list_fields(story: Story, known: Container[str]) -> tuple[str, ...]:
    """Return the fields with a digest: optional ones if the story or `known` has them."""
    optional = (name for name in (_NOTE, _ADDITIONS) if getattr(story, name) or name in known)
    return (*FIELDS, *optional)


def find_hand_edits(story: Story, known: Mapping[str, str]) -> frozenset[str]:
    """Return the fields whose digest differs from `known`, which a person has edited."""
    fields = _list_fields(story, known)
    edited = {field for field in fields if known.get(field) != _digest(story, field)}
    texts = {field: getattr(story, field) for field in _TEXTS}
    return frozenset(edited | {field for field, text in texts.items() if text and is_edited(text)})


def set_beside_others(filed: Story, regrouped: Story, known: Mapping[str, str]) -> Story:
    """Return a stored story with the changes that come from its group (stories on the same event).

    Where an editor's verdict or an edit of the file decides publication, the decision stays.
    Without digests in `known` the story is returned unchanged. The result's `machine` has the new
    digests.
    """
    if not known:
        return filed
    kept = find_hand_edits(filed, known)
    if _ADDITIONS in kept:
        regrouped = replace(regrouped, additions=filed.additions)
    machine = _digests_but(kept, regrouped, known)
    if filed.verdict is not None or "published" in kept:
        is_shown = bool(filed.published) and regrouped.heat == -1
        heat = filed.heat if is_shown else regrouped.heat
        own = [pair for pair in filed.machine if pair[0] != _ADDITIONS]
        own += [pair for pair in machine if pair[0] == _ADDITIONS]
        return replace(regrouped, published=filed.published, heat=heat, machine=tuple(own))
    return replace(regrouped, machine=machine)


_OF_THE_RECORD = (
    *("path", "category", "related", "history", "verdict", "secured", "body", "extra"),
)


def keep_hand_edits(filed: Story, fresh: Story, known: Mapping[str, str]) -> Story:
    """Return a stored story with new values from `fresh`, except in fields that a person edited.

    Path, seal, body, history, unknown lines, related stories and the verdict are the filed
    record's. Without digests in `known` the story is returned unchanged. The result's `machine` has
    the digests to pass as `known` the next time.
    """
    if not known:
        return filed
    kept = find_hand_edits(filed, known)
    story = _with_fields(replace(fresh, **take(filed, *_OF_THE_RECORD)), filed, kept)
    if filed.verdict is not None:
        story = obey(story, filed.verdict)
    return replace(story, machine=_digests_but(kept, story, known))


def _digests_but(
    kept: frozenset[str], story: Story, known: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return a story's digests; for edited fields those that were known before."""
    now = dict(digests(story))
    gone = (field for field in known if field in kept and field not in now)
    return tuple(
        (field, known.get(field, "") if field in kept else now[field]) for field in (*now, *gone)
    )


def _with_fields(story: Story, filed: Story, fields: Iterable[str]) -> Story:
    """Return the story with the given fields copied from the filed story."""
    for field in fields:
        match field:
            case "image":
                story = replace(story, images=filed.images)
            case "published":
                story = replace(story, published=filed.published, heat=filed.heat)
            case _:
                story = replace(story, **{field: getattr(filed, field)})
    return story


def _digest(story: Story, field: str) -> str:
    return hashlib.sha256(_text(story, field).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _text(story: Story, field: str) -> str:
    match field:
        case "topics":
            return "\n".join(story.topics)
        case "published":
            return str(story.published).lower()
        case "image":
            return story.images[0].url if story.images else ""
        case "additions":
            return "\n".join(addition.text for addition in story.additions)
        case _:
            return str(getattr(story, field))


def apply_verdict(story: Story, verdict: Verdict, beat: Beat) -> Story:
    """Return a story with an editor's decision applied: put on the site, or taken off it.

    `publish` puts it on the site, `hold`, `reject` and `remove` take it off. The record keeps the
    verdict if its profile has a field for it. If not, the caller keeps it among the rules and
    applies it after each judgement.
    """
    if beat.scoring.traits.keeps_verdicts_in_rulings:
        return obey(story, verdict)
    if story.verdict is not None and is_same_word(story.verdict, verdict):
        verdict = story.verdict
    return obey(replace(story, verdict=verdict), verdict)


def is_same_word(one: Verdict, other: Verdict) -> bool:
    """Return whether two editors' decisions are equal, apart from their times."""
    return (one.by, one.said, one.why) == (other.by, other.said, other.why)


def obey(story: Story, verdict: Verdict) -> Story:
    """Return a story published or unpublished as an editor decided. A published story also gets a
    heat, the score of current interest.
    """
    if verdict.said != "publish":
        return replace(story, published=False)
    heat = story.heat if story.heat is not None and story.heat >= 0 else story.quality or 0
    return replace(story, published=True, heat=heat)
