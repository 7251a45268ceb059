"""Score stored stories again, find a story's status, and hold new stories for an editor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

from copydesk.kit.options import take
from copydesk.news import Article, Beat, Dropped, Reason, ReasonKind, Standing, Story, Verdict
from copydesk.news.ruling import Said
from copydesk.news.story import Related, Shelf
from copydesk.review import _hand_edits
from copydesk.review.corrections import apply_correction
from copydesk.review.rules import apply_rulings, find_ruled_fields, find_topic_rule

_BY_WORD: Mapping[Said, Standing] = {
    "hold": Standing.HELD,
    "reject": Standing.REJECTED,
    "remove": Standing.REMOVED,
}


def standing(
    story: Story,
    verdict: Verdict | None = None,
    *,
    is_ruled_out: bool = False,
    is_off_beat: bool = False,
    reaches_gate: bool = False,
) -> Standing:
    """Return the status of a story: published, held, copy, outside the site's subject and so on.

    A verdict decides first: the record's own, or `verdict`, which is kept among the rules. Else a
    story on the site is published, and the reasons in its record say why another one is not.
    Records without reasons (of the `everyday` profile, or made by everyday.cc) are judged by their
    values and by today's rules: `is_ruled_out` by a block, `is_off_beat`, `reaches_gate` by its
    points. A story that reaches the threshold and is not on the site waits for an editor, or an
    editor took it off by hand.
    """
    word = story.verdict or verdict
    if word is not None and word.said in _BY_WORD:
        return _BY_WORD[word.said]
    if story.published:
        return Standing.PUBLISHED
    by_numbers = _by_numbers(story, is_off_beat=is_off_beat, reaches_gate=reaches_gate)
    return _by_reasons(story, is_ruled_out=is_ruled_out) or by_numbers


def _by_reasons(story: Story, *, is_ruled_out: bool) -> Standing | None:
    """Return the status that the story's reasons show, None where its points decide."""
    kinds = {reason.kind for reason in story.reasons}
    if is_ruled_out or not kinds.isdisjoint({ReasonKind.RULED_OUT, ReasonKind.ARCHIVE_OFF}):
        return Standing.RULED_OUT
    if ReasonKind.KEPT_OFF_BEAT in kinds:
        return Standing.OFF_BEAT
    if story.copy_of:
        return Standing.COPY
    if any(reason.about == "held" for reason in story.reasons):
        return Standing.HELD
    return None


def _by_numbers(story: Story, *, is_off_beat: bool, reaches_gate: bool) -> Standing:
    if story.heat == -1:
        return Standing.BEHIND_LEADER
    if is_off_beat:
        return Standing.OFF_BEAT
    return Standing.HELD if reaches_gate else Standing.BELOW_GATE


def gate(story: Story, mode: str, trust: str) -> Story:
    """Publish a new story or hold it for an editor, by the site's mode and the trust in its source.

    The story is held (unpublished until an editor decides) where the mode or the trust is "hold".
    It is published at any quality where the trust is "publish", unless it is a copy. Otherwise it
    stays as judged. An editor's verdict goes before both; a story that is held as near the site's
    subject stays so.
    """
    if story.verdict is not None or is_near_beat(story):
        return story
    if mode == "hold":
        return leave_off(story, Reason.of(ReasonKind.ALL_HELD))
    if trust == "hold":
        return leave_off(story, Reason.of(ReasonKind.SOURCE_HELD))
    if trust == "publish" and not story.copy_of and not story.published:
        reason = Reason.of(ReasonKind.TRUSTED_SOURCE)
        return replace(story, published=True, reasons=_replace_reason(story, "published", reason))
    return story


def is_near_beat(story: Story) -> bool:
    """Return whether a story is held since it matches no topic, but names something of one."""
    return any(reason.kind is ReasonKind.NEAR_BEAT for reason in story.reasons)


def leave_off(story: Story, reason: Reason) -> Story:
    """Return a story that is not published, with the reason why it is held or left off."""
    reasons = _replace_reason(story, reason.about, reason)
    return replace(story, published=False, reasons=reasons)


def _replace_reason(story: Story, about: str, reason: Reason) -> tuple[Reason, ...]:
    """Put a reason at the end, in place of the reason with the same subject.

    A record without reasons gets none.
    """
    if not story.reasons:
        return ()
    return (*(other for other in story.reasons if other.about != about), reason)


# Judge a filed story again, from its page as it is now or by today's rules and settings.
#
# record, article ── assess, as for a new article ──> judgement ── merge, by occasion ──> record

# Why a story is judged again decides what changes in its record: after a correction the words of
# the page; under other rules all that rules decide; after an undone rule the field that it set.
Occasion = Literal["correction", "other rules", "title free", "topics free"]

Assess = Callable[[Article, Beat, Shelf], Story | Dropped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The inputs for scoring a stored story again (`rejudge`).

    `assess` is the function that judges an article. `shelf` has the stories that it may be a copy
    of, as they were when it came in. `known` are the digests of the fields that the pipeline last
    wrote (see `find_hand_edits`). `mode` is the newsroom's publication mode. `verdict` is an
    editor's verdict that is kept among the rules. If `is_original_kept` is false, a filed copy
    stays one, since its original cannot be read. `picture` replaces the record's picture unless it
    is None. `words` is the story with the excerpt, URL, picture and note that are valid today,
    where an editor's rule that had set one is gone.
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
    """A stored story scored again, and why a new one would be dropped ("" if it would not)."""

    story: Story
    dropped: str = ""


def rejudge(filed: Story, article: Article, grounds: Grounds, occasion: Occasion) -> Judgement:
    """Score the article of a stored story again; return the story with its updated fields.

    `article` comes without the text that its site repeats on every page. Picture and date are the
    record's, whatever the page has now.
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
    """Return the judged article as a story, and why a new one would be dropped today, or None.

    Where the article has no topic of its own, the topics of an editor's rule count.
    """
    beat = grounds.beat
    own = filed.images[0].url if filed.images else ""
    image = own if grounds.picture is None else grounds.picture
    published_at = filed.published_at or article.published_at
    seen = replace(article, image=image, published_at=published_at)
    beat = beat.take_reputation(article.provider.domain, filed.reasons)
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
    """Return the filed story with the corrected page's values; only words if it is off topic."""
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
    """Return the filed story with all that rules decide: topics, points, original, publication."""
    beat, words = grounds.beat, grounds.words or filed
    story = replace(
        judged,
        path=filed.path,
        title=_title(filed, article, beat),
        related=_initial_neighbours(filed, beat),
        **take(words, "excerpt", "web_url", "images", "note", "summary", "translation"),
        **take(filed, "background", "additions", "matter", "verdict"),
    )
    story = story if grounds.is_original_kept else _still_a_copy(filed, story)
    story = apply_rulings(_in_its_group(filed, story), beat)
    if no and no.reason == "off-beat" and "topics" in find_ruled_fields(filed, beat):
        no = None
    source = beat.source(article.source)
    story = gate(story, grounds.mode, source.trust if source else "gate")
    if no:
        story = keep_off(story, "" if no.reason == "off-beat" else no.detail)
    story = apply_judgement(filed, _leave_off_again(filed, story), grounds.known)
    if beat.scoring.traits.keeps_verdicts_in_rulings and grounds.verdict is not None:
        story = _hand_edits.apply_verdict(story, grounds.verdict, beat)
    return Judgement(story=story, dropped=no.reason if no else "")


def _leave_off_again(filed: Story, story: Story) -> Story:
    """Keep a story unpublished that its filing out of an archive of the web left so."""
    whys = [reason for reason in filed.reasons if reason.kind in _OF_ARCHIVE]
    if not (whys or filed.is_left_off):
        return story
    return reduce(leave_off, whys, replace(story, published=False))


def _title(filed: Story, article: Article, beat: Beat) -> str:
    """Return the filed headline, or the article's headline where a former rule had changed it."""
    was_ruled = any(reason.about == "title" for reason in filed.reasons)
    is_ruled = "title" in find_ruled_fields(filed, beat)
    return article.title if was_ruled and not is_ruled else filed.title


def _initial_neighbours(filed: Story, beat: Beat) -> tuple[Related, ...]:
    """Return a filed story's related stories before grouping; () if a profile groups all anew."""
    is_grouped = beat.scoring.traits.groups_from_nothing and beat.scoring.grouping
    return () if is_grouped else filed.related


def _still_a_copy(filed: Story, story: Story) -> Story:
    """Keep a story marked as a copy where the text of its original is no longer stored."""
    if not filed.copy_of or story.copy_of:
        return story
    copied = [reason for reason in filed.reasons if reason.about == "copy"]
    others = (reason for reason in story.reasons if reason.about != "published")
    reasons = (*others, *copied) if story.reasons else ()
    return replace(story, copy_of=filed.copy_of, published=False, heat=-1, reasons=reasons)


def _in_its_group(filed: Story, story: Story) -> Story:
    """Return a rejudged story in its filed group, as leader or member; a copy has no group."""
    if story.copy_of:
        return story
    grouped = [one for one in filed.reasons if one.about == "group"] if story.reasons else []
    story = replace(story, reasons=(*story.reasons, *grouped))
    if not filed.group:
        return story
    return replace(story, group=filed.group, heat=-1 if filed.heat == -1 else story.heat)


def _free_title(filed: Story, article: Article, beat: Beat) -> Story:
    """Return a story with its article's headline, or another rule's, after a rule was removed."""
    others = tuple(reason for reason in filed.reasons if reason.about != "title")
    return apply_rulings(replace(filed, title=article.title, reasons=others), beat)


def _free_topics(filed: Story, judged: Story, beat: Beat) -> Story:
    """Return a story with its article's topics, or another rule's, after a rule was removed."""
    others = [reason for reason in filed.reasons if not _is_of_topics(reason)]
    on_topics = [reason for reason in judged.reasons if _is_of_topics(reason)] if others else []
    return apply_rulings(replace(filed, topics=judged.topics, reasons=(*on_topics, *others)), beat)


def _is_of_topics(reason: Reason) -> bool:
    """Return whether a reason is about topics, or about having none."""
    return f"{reason.about} ".startswith("topic ")


_OF_ARCHIVE = frozenset({ReasonKind.ARCHIVE_HELD, ReasonKind.ARCHIVE_OFF})
_KEPT_OFF = frozenset({ReasonKind.KEPT_OFF_BEAT, ReasonKind.RULED_OUT})
# the fields that a new scoring sets
_JUDGED = (
    *("title", "excerpt", "web_url", "images", "note", "topics", "quality", "heat", "published"),
    *("trust", "copy_of", "group", "background", "additions", "summary", "translation", "matter"),
    *("related", "reasons"),
)


def apply_judgement(filed: Story, judged: Story, known: Mapping[str, str]) -> Story:
    """Return a stored story updated by a new scoring: topics, points, reasons, headline and so on.

    Facts of the article (dates, terms of use) stay as filed. Excerpt, picture, address and note are
    the caller's: as filed, or as a rule sets them. A verdict and a person's edits stay. A record
    without digests in `known` is replaced as a whole, since somebody asked for that, and gets no
    digests.
    """
    fresh = replace(filed, **take(judged, *_JUDGED))
    if known:
        return replace(_hand_edits.keep_hand_edits(filed, fresh, known), related=fresh.related)
    return fresh if filed.verdict is None else _hand_edits.obey(fresh, filed.verdict)


def set_rejudged_beside_others(story: Story, regrouped: Story) -> Story:
    """Return a rescored story with the changes that come from its group (the stories on one event).

    Where an editor's verdict or an edit of the file decides publication, the decision stays.
    """
    if story.machine:
        return _hand_edits.set_beside_others(story, regrouped, dict(story.machine))
    if story.verdict is not None:
        is_shown = bool(story.published) and regrouped.heat == -1
        heat = story.heat if is_shown else regrouped.heat
        return replace(regrouped, published=story.published, heat=heat)
    return regrouped


def keep_off(story: Story, ruled_out: str) -> Story:
    """Return a story unpublished and without a group, with the reason why rules exclude it.

    `ruled_out` is the text of the rule that blocks it, "" where it is outside the site's subject.
    """
    if story.group:
        quality = story.quality or 0
        story = replace(story, group="", related=(), background=(), additions=(), heat=quality)
    alone = {"heat", "group", "lead"}
    reasons = tuple(reason for reason in story.reasons if reason.about not in alone)
    if reasons:
        reasons = (
            *(reason for reason in reasons if reason.about not in {"published", "held"}),
            Reason.exclusion(ruled_out) if ruled_out else Reason.of(ReasonKind.KEPT_OFF_BEAT),
        )
    return replace(story, published=False, reasons=reasons)


def is_kept_off(story: Story) -> bool:
    """Return whether a stored story is unpublished because today's rules exclude it."""
    return any(reason.kind in _KEPT_OFF for reason in story.reasons)


# A verdict that is taken back: the story gets the state that it has without an editor.

_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})


def is_edited_since(story: Story, verdict: Verdict) -> bool:
    """Return whether a person set `published` in a story's file against an editor's decision."""
    return bool(story.published) != (verdict.said == "publish")


def keep_edit(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story without its editor's decision; `published` stays as a person edited it.

    The digest is made to differ from the value, which marks it as a person's edit.
    """
    story = replace(story, verdict=None)
    if not known or dict(_hand_edits.digests(story))["published"] != known.get("published"):
        return story
    other = dict(_hand_edits.digests(replace(story, published=not story.published)))
    return with_digests(story, {**known, "published": other["published"]})


def without_verdict(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story without its editor's decision; `published` is again as the program set it.

    The story is unpublished where that is not known. A copy, and a story that was behind another
    one in its group or below the publishing threshold, gets its place in the group again.
    """
    was_published = _as_the_line_wrote(story, known)
    has_place = bool(story.copy_of or story.group)
    published = was_published and not (has_place and story.heat == -1)
    heat = -1 if has_place and not published else story.heat
    return replace(story, verdict=None, published=published, heat=heat)


def decide_by_points(story: Story, points: int, publish_at: int) -> Story:
    """Return a story published or not, as its points alone decide. A copy is never published.

    `points` are those that count for the publishing threshold. A story that today's rules keep off
    stays off, a held one stays held, and one published by the trust in its source stays published.
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
    """Return a changed story with a new digest of `published`, and reasons in the stored order."""
    if Counter(story.reasons) == Counter(filed.reasons):
        story = replace(story, reasons=filed.reasons)
    if not known:
        return story
    return with_digests(
        story, {**known, "published": dict(_hand_edits.digests(story))["published"]}
    )


def with_digests(story: Story, known: Mapping[str, str]) -> Story:
    """Return a story with the given field digests, by which later edits of its file are found."""
    return replace(story, machine=tuple(known.items()))


def _as_the_line_wrote(story: Story, known: Mapping[str, str]) -> bool:
    """Return whether the pipeline had published the story, as the digest of `published` shows."""
    yes = dict(_hand_edits.digests(replace(story, published=True)))["published"]
    return known.get("published") == yes


def _is_trusted(story: Story) -> bool:
    return any(reason.kind in _TRUSTED for reason in story.reasons)


def _instead(story: Story, reason: Reason) -> tuple[Reason, ...]:
    """Replace the reason with the same subject; without one, return the reasons unchanged."""
    return tuple(reason if other.about == reason.about else other for other in story.reasons)
