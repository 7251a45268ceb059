"""Judge a filed story anew, by what its page says now or by the rules of today. Pure.

record, article ── assess, as if it came in now ──> judgement ── taken over by occasion ──> record
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from copydesk.news import Article, Beat, Dropped, Reason, Related, Shelf, Story, Verdict
from copydesk.review._correction import apply_correction
from copydesk.review._hold import gate
from copydesk.review._judgement import apply_judgement, keep_off
from copydesk.review._ruled_fields import apply_rulings, find_ruled_fields, find_topic_rule
from copydesk.review._verdict import apply_verdict

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
