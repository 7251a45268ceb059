"""Judge a filed story anew, by what its page says now or by the rules of today. Pure.

record, article ── assess, as if it came in now ──> judgement ── taken over by occasion ──> record
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from copydesk.news import Article, Beat, Dropped, Reason, ReasonKind, Related, Shelf, Story, Verdict
from copydesk.review._hand_edits import (
    apply_verdict,
    digests,
    keep_hand_edits,
    obey,
    set_beside_others,
)
from copydesk.review._standing import gate
from copydesk.review.corrections import apply_correction
from copydesk.review.rules import apply_rulings, find_ruled_fields, find_topic_rule

# Why a story is judged anew decides what of it is taken over: after a correction what its page
# says, under other rules all that rules decide, without a rule the one field that it had changed.
Occasion = Literal["correction", "other rules", "title free", "topics free"]

Assess = Callable[[Article, Beat, Shelf], Story | Dropped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a filed story is judged anew by.

    `assess` is the judge, `shelf` what a copy may repeat, as it stood when the story came in;
    `known` are the digests of what the line last wrote in its record (see `find_hand_edits`).
    `mode` is the newsroom's gate, `verdict` a word on the story that stands among the rulings.
    Where `is_original_kept` is not so, a story that is filed as a copy cannot be seen to be none.
    `picture` is the one that counts, the record's own where that is None; `words` the record with
    its excerpt, address, picture and note as they hold today, where a rule that set one is gone.
    """

    assess: Assess
    beat: Beat
    shelf: Shelf
    known: Mapping[str, str] = field(default_factory=dict)
    mode: str = "gate"
    verdict: Verdict | None = None
    is_original_kept: bool = True
    picture: str | None = None
    words: Story | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A filed story as it is judged anew, and why it would not be filed today, "" for none."""

    story: Story
    dropped: str = ""


def rejudge(filed: Story, article: Article, grounds: Grounds, occasion: Occasion) -> Judgement:
    """Return a filed story as its article is judged now; what a person decided in it stays.

    `article` is without what its site repeats. The picture and the date are the record's, however
    often the page has changed them.
    """
    fresh, no = _assess(filed, article, grounds)
    match occasion:
        case "correction":
            return Judgement(story=_correct(filed, article, None if no else fresh, grounds))
        case "other rules":
            return _rule(filed, article, fresh, no, grounds)
        case "title free":
            return Judgement(story=_free_title(filed, article, grounds.beat))
        case "topics free":
            return Judgement(story=_free_topics(filed, fresh, grounds.beat))


def _assess(filed: Story, article: Article, grounds: Grounds) -> tuple[Story, Dropped | None]:
    """Return the article as a story in any case, and why a round would drop it.

    What an editor's rule says that it is about counts where its own words say nothing.
    """
    beat = grounds.beat
    own = filed.images[0].url if filed.images else ""
    image = own if grounds.picture is None else grounds.picture
    published_at = filed.published_at or article.published_at
    seen = replace(article, image=image, published_at=published_at)
    outcome = grounds.assess(seen, beat, grounds.shelf)
    if isinstance(outcome, Story) and outcome.topics:
        return outcome, None
    ruled = find_topic_rule(filed, beat)
    if ruled is not None:
        given = beat.give_topics(article.source, ruled.values, ruled.by)
        outcome = grounds.assess(seen, given, grounds.shelf)
    if isinstance(outcome, Story):
        return outcome, None
    free = replace(beat, rulings=(), scoring=replace(beat.scoring, off_beat="keep"))
    story = grounds.assess(seen, free, grounds.shelf)
    assert isinstance(story, Story)  # nothing else drops an article that was read
    return story, outcome


def _correct(filed: Story, article: Article, judged: Story | None, grounds: Grounds) -> Story:
    """Take over what the page says; off the beat, or without a source, its words alone."""
    if judged is None or not article.source:
        access = "" if filed.access == "gone" else filed.access
        judged = replace(
            filed, title=article.title, excerpt=article.excerpt, access=access, reasons=()
        )
    judged = apply_rulings(replace(judged, path=filed.path), grounds.beat)
    return apply_correction(filed, judged, grounds.known)


def _rule(
    filed: Story, article: Article, judged: Story, no: Dropped | None, grounds: Grounds
) -> Judgement:
    """Take over all that rules decide: topics, numbers, what it copies, whether it is published."""
    beat, words = grounds.beat, grounds.words or filed
    story = replace(
        judged,
        path=filed.path,
        title=_title(filed, article, beat),
        excerpt=words.excerpt,
        web_url=words.web_url,
        images=words.images,
        note=words.note,
        related=_initial_neighbours(filed, beat),
        background=filed.background,
        verdict=filed.verdict,
    )
    story = story if grounds.is_original_kept else _still_a_copy(filed, story)
    story = apply_rulings(_in_its_group(filed, story), beat)
    if no and no.reason == "off-beat" and "topics" in find_ruled_fields(filed, beat):
        no = None
    source = beat.source(article.source)
    story = gate(story, grounds.mode, source.trust if source else "gate")
    if no:
        story = keep_off(story, "" if no.reason == "off-beat" else no.detail)
    story = apply_judgement(filed, story, grounds.known)
    if beat.scoring.traits.keeps_verdicts_in_rulings and grounds.verdict is not None:
        story = apply_verdict(story, grounds.verdict, beat)
    return Judgement(story=story, dropped=no.reason if no else "")


def _title(filed: Story, article: Article, beat: Beat) -> str:
    """Return the headline as filed; the article's own where a rule that is gone had changed it."""
    was_ruled = any(reason.about == "title" for reason in filed.reasons)
    is_ruled = "title" in find_ruled_fields(filed, beat)
    return article.title if was_ruled and not is_ruled else filed.title


def _initial_neighbours(filed: Story, beat: Beat) -> tuple[Related, ...]:
    """Return what stands beside a story before it is set beside others anew."""
    is_grouped = beat.scoring.traits.groups_from_nothing and beat.scoring.grouping
    return () if is_grouped else filed.related


def _still_a_copy(filed: Story, story: Story) -> Story:
    """Let a copy be one where nothing shows the contrary: its original's text is not kept."""
    if not filed.copy_of or story.copy_of:
        return story
    copied = [reason for reason in filed.reasons if reason.about == "copy"]
    others = (reason for reason in story.reasons if reason.about != "published")
    reasons = (*others, *copied) if story.reasons else ()
    return replace(story, copy_of=filed.copy_of, published=False, heat=-1, reasons=reasons)


def _in_its_group(filed: Story, story: Story) -> Story:
    """Let a story stand in its group as it is filed, in front or behind; a copy is in none."""
    if story.copy_of:
        return story
    grouped = (
        [reason for reason in filed.reasons if reason.about == "group"] if story.reasons else []
    )
    story = replace(story, reasons=(*story.reasons, *grouped))
    if not filed.group:
        return story
    return replace(story, group=filed.group, heat=-1 if filed.heat == -1 else story.heat)


def _free_title(filed: Story, article: Article, beat: Beat) -> Story:
    """Return a story with its article's headline, or another rule's."""
    others = tuple(reason for reason in filed.reasons if reason.about != "title")
    return apply_rulings(replace(filed, title=article.title, reasons=others), beat)


def _free_topics(filed: Story, judged: Story, beat: Beat) -> Story:
    """Return a story with the topics that its article has, or another rule's."""
    others = [reason for reason in filed.reasons if not _is_of_topics(reason)]
    on_topics = [reason for reason in judged.reasons if _is_of_topics(reason)] if others else []
    return apply_rulings(replace(filed, topics=judged.topics, reasons=(*on_topics, *others)), beat)


def _is_of_topics(reason: Reason) -> bool:
    """Decide whether a reason is about the topics, or the lack of any."""
    return f"{reason.about} ".startswith("topic ")


# Rejudged: a filed story with what today's rules say of it, but for what a person decided.

_KEPT_OFF = frozenset({ReasonKind.KEPT_OFF_BEAT, ReasonKind.RULED_OUT})


def apply_judgement(filed: Story, judged: Story, known: Mapping[str, str]) -> Story:
    """Return a filed story with a judgement of today: topics, numbers, copy, reasons, headline.

    What it says of the article (dates, terms) stays as filed; excerpt, picture, address and note
    are as the caller has them, which is as filed or as an editor's rule says. A verdict holds,
    and so does what a person touched; a record of which nothing is known is judged whole, for
    somebody asked for just that, and stays one of which nothing is known.
    """
    fresh = replace(
        filed,
        title=judged.title,
        excerpt=judged.excerpt,
        web_url=judged.web_url,
        images=judged.images,
        note=judged.note,
        topics=judged.topics,
        quality=judged.quality,
        heat=judged.heat,
        published=judged.published,
        trust=judged.trust,
        copy_of=judged.copy_of,
        group=judged.group,
        background=judged.background,
        related=judged.related,
        reasons=judged.reasons,
    )
    if known:
        return replace(keep_hand_edits(filed, fresh, known), related=fresh.related)
    return fresh if filed.verdict is None else obey(fresh, filed.verdict)


def set_rejudged_beside_others(story: Story, regrouped: Story) -> Story:
    """Return a rejudged story with what standing beside others changes in it.

    Where an editor said, or a person wrote, whether it is published, that stays.
    """
    if story.machine:
        return set_beside_others(story, regrouped, dict(story.machine))
    if story.verdict is not None:
        is_shown = bool(story.published) and regrouped.heat == -1
        heat = story.heat if is_shown else regrouped.heat
        return replace(regrouped, published=story.published, heat=heat)
    return regrouped


def keep_off(story: Story, ruled_out: str) -> Story:
    """Return a story that would not be filed today: unpublished, alone, and with the reason.

    `ruled_out` are the words on the rule that blocks it, "" where it is off the beat.
    """
    if story.group:
        quality = story.quality or 0
        story = replace(story, group="", related=(), background=(), heat=quality)
    alone = {"heat", "group", "lead"}
    reasons = tuple(reason for reason in story.reasons if reason.about not in alone)
    if reasons:
        reasons = (
            *(reason for reason in reasons if reason.about not in {"published", "held"}),
            _why_off(ruled_out),
        )
    return replace(story, published=False, reasons=reasons)


def is_kept_off(story: Story) -> bool:
    """Decide whether a filed story was kept off the site for rules that would not have filed it."""
    return any(reason.kind in _KEPT_OFF for reason in story.reasons)


def _why_off(ruled_out: str) -> Reason:
    return Reason.exclusion(ruled_out) if ruled_out else Reason.of(ReasonKind.KEPT_OFF_BEAT)


# Cleared: a story whose verdict was taken back, as the machine has it.

_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})


def is_edited_since(story: Story, verdict: Verdict) -> bool:
    """Decide whether a person has written into the file what the verdict does not say."""
    return bool(story.published) != (verdict.said == "publish")


def keep_edit(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story without its verdict that stays published, or not, as a person wrote it.

    Its digest tells that: it is none of what stands there.
    """
    story = replace(story, verdict=None)
    if not known or dict(digests(story))["published"] != known.get("published"):
        return story
    other = dict(digests(replace(story, published=not story.published)))
    return with_digests(story, {**known, "published": other["published"]})


def without_verdict(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story without its verdict, published or not as the line wrote it last.

    Where nobody knows that, it is not published. What the line had behind another story, or
    below the gate in front of others, takes its place among them anew.
    """
    was_published = _as_the_line_wrote(story, known)
    has_place = bool(story.copy_of or story.group)
    published = was_published and not (has_place and story.heat == -1)
    heat = -1 if has_place and not published else story.heat
    return replace(story, verdict=None, published=published, heat=heat)


def decide_by_points(story: Story, points: int, publish_at: int) -> Story:
    """Return a story as its own record lets the machine decide; a copy is never published.

    `points` are those that the gate sees. What today's rules kept off stays off, what waits for an
    editor waits, and what a source's trust let through is let through.
    """
    if story.copy_of:
        return replace(story, published=False, heat=-1)
    if is_kept_off(story) or any(reason.about == "held" for reason in story.reasons):
        return replace(story, published=False)
    if _is_trusted(story):
        return replace(story, published=True)
    published = points >= publish_at
    kind = ReasonKind.REACHES_GATE if published else ReasonKind.BELOW_GATE
    reason = Reason.of(kind, quality=points, gate=publish_at)
    return replace(story, published=published, reasons=_instead(story, reason))


def answer_for(filed: Story, story: Story, known: Mapping[str, str]) -> Story:
    """Return a cleared story with its digest, and its reasons in the order in which they stood."""
    if Counter(story.reasons) == Counter(filed.reasons):
        story = replace(story, reasons=filed.reasons)
    if not known:
        return story
    return with_digests(story, {**known, "published": dict(digests(story))["published"]})


def with_digests(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story with these digests as its own."""
    return replace(story, machine=tuple(known.items()))


def _as_the_line_wrote(story: Story, known: Mapping[str, str]) -> bool:
    """Return whether the line had a story published, which its digest tells: there are but two."""
    yes = dict(digests(replace(story, published=True)))["published"]
    return known.get("published") == yes


def _is_trusted(story: Story) -> bool:
    return any(reason.kind in _TRUSTED for reason in story.reasons)


def _instead(story: Story, reason: Reason) -> tuple[Reason, ...]:
    """Put a reason in the place of the one of its kind; where there is none, add none."""
    return tuple(reason if other.about == reason.about else other for other in story.reasons)
