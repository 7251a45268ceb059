"""Explain a stored story: its reasons, and the words in its article that earned points."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk.judge._appraise import features_of_article
from copydesk.judge._profiles import everyday_signals, profile_of
from copydesk.judge.coverage import (
    LIFT,
    NEWSROOM_POINTS,
    STAYS,
    count_merits,
    is_pinned,
    lead_in,
    lift_of,
    name_of,
)
from copydesk.judge.gate import blocking_ruling, deciding_points
from copydesk.judge.profile import RELATED_POINTS, Features, QualitySignal, lede, weigh_by
from copydesk.judge.quality import READ, locate_in_text
from copydesk.judge.topics import find_mentions
from copydesk.judge.words import contains_letters
from copydesk.kit import text
from copydesk.news import Article, Beat, Reason, ReasonKind, Story


def explain(story: Story, beat: Beat) -> tuple[Reason, ...]:
    """Return the reasons for a story's topics, quality and heat (score of interest), and for its
    publication or being a copy.

    These are the reasons in its record. If the record has none, they are worked out from its fields
    by everyday.cc's rules, which made such records; points that no rule explains get a reason that
    says so.
    """
    if story.reasons:
        return story.reasons
    return (
        *(
            Reason.of(ReasonKind.TOPIC, whose=name, evidence=_topic_evidence(name, story, beat))
            for name in story.topics
        ),
        *_quality_reasons(story, beat),
        *_standing_reasons(story, beat),
    )


def _topic_evidence(name: str, story: Story, beat: Beat) -> str:
    for topic in beat.topics:
        if topic.name == name:
            for keyword in topic.keywords:
                if contains_letters(keyword, story.title):
                    return f'"{keyword}" in title'
    return "main topic of the site" if name == beat.topic else "set by its source or by hand"


def _quality_reasons(story: Story, beat: Beat) -> tuple[Reason, ...]:
    if story.quality is None:
        return (Reason.of(ReasonKind.NOT_SCORED),)
    features = features_of_record(story)
    signals = everyday_signals(beat)
    score = weigh_by(signals, features, beat)
    official = weigh_by(signals, replace(features, official=True), beat)
    if score.quality != story.quality == official.quality:
        return official.reasons
    over = story.quality - score.quality
    unexplained = (Reason.of(ReasonKind.UNEXPLAINED, points=over),) if over else ()
    return (*score.reasons, *unexplained)


def features_of_record(story: Story) -> Features:
    """Return the features of a story that are in its record, for everyday.cc's quality signals."""
    return Features(
        title=story.title,
        topics=story.topics,
        domain=story.provider.domain if story.provider else "",
        image=bool(story.images),
        amp=bool(story.amp_web_url),
        video=story.type == "video",
    )


def _standing_reasons(story: Story, beat: Beat) -> tuple[Reason, ...]:
    if story.copy_of:
        return (Reason.of(ReasonKind.COPY, original=story.copy_of),)
    if story.heat == -1:
        return (Reason.of(ReasonKind.NOT_LEADING),)
    reasons = []
    points = RELATED_POINTS * len(story.related)
    if points and story.published:
        reasons.append(Reason.of(ReasonKind.RELATED, points=points, count=len(story.related)))
    return (*reasons, _gate_reason(story, beat))


def _gate_reason(story: Story, beat: Beat) -> Reason:
    gate = beat.scoring.publish_at
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    kind = ReasonKind.REACHES_GATE if total >= gate else ReasonKind.BELOW_GATE
    return Reason.of(kind, total=total, gate=gate)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMark:
    """A place to highlight in a passage (`start` to `end`): a topic's keyword or an important term.

    `topic` is "" for an important term. A word that is both is marked for its topic.
    """

    start: int
    end: int
    topic: str = ""


def mark_evidence(
    passages: Sequence[str], article: Article, beat: Beat, topics: Collection[str]
) -> Iterator[Sequence[EvidenceMark]]:
    """Yield for each passage of an article the places of words that earned points.

    Marked are keywords of its topics, and important terms in the part of the text that is searched
    for them. A profile that only compares letters has no marks.
    """
    if not profile_of(beat).blocks:
        yield from ((),) * len(passages)
        return
    matters = locate_in_text(list(_cut_off(passages)), _words_of(article), beat)
    for passage, places in itertools.zip_longest(passages, matters):
        marks = [EvidenceMark(start=start, end=end) for start, end in places or ()]
        marks += [
            EvidenceMark(start=start, end=end, topic=topic)
            for start, end, topic in find_mentions(passage, article.language, beat)
            if topic in topics
        ]
        yield tuple(_part(marks))


def _cut_off(passages: Iterable[str]) -> Iterator[str]:
    """Yield the passages, cut where the search for important terms ends."""
    left = READ
    for passage in passages:
        yield passage[: max(left, 0)]
        left -= len(passage)


def _words_of(article: Article) -> Features:
    """Return the features of an article that are needed to find important terms."""
    prose = text.prose(article.text)
    return Features(
        title=article.title,
        lede=lede(article.excerpt, prose),
        text=prose,
        language=article.language,
    )


def _part(marks: Iterable[EvidenceMark]) -> Iterator[EvidenceMark]:
    """Return marked places in order, without overlaps: a topic's keyword wins, then the longer."""
    taken: list[EvidenceMark] = []
    for mark in sorted(marks, key=lambda mark: (not mark.topic, mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in taken):
            taken.append(mark)
    return iter(sorted(taken, key=lambda mark: mark.start))


_REACHES = frozenset(
    {ReasonKind.REACHES_GATE, ReasonKind.TRUSTED_SOURCE, ReasonKind.PUBLISHED_BY_PIN}
)
_ABOUT_THAT = frozenset(Reason.of(kind).about for kind in _REACHES)


def reaches_gate(story: Story, beat: Beat) -> bool:
    """Return whether a story has enough points for publication, without editors' decisions.

    The reasons in the story's record decide if there are any, else its points.
    """
    if story.reasons:
        told = (reason for reason in story.reasons if reason.about in _ABOUT_THAT)
        return any(reason.kind in _REACHES for reason in told)
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return total >= beat.scoring.publish_at


def needs_article(beat: Beat) -> bool:
    """Return whether a story's stored article is needed to decide if it fits the site's subject."""
    return bool(beat.topics) and not profile_of(beat).blocks


def is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    """Return whether a story has none of the site's topics.

    The record decides, unless every record gets the main topic: then the article decides, and
    without the article the result is False.
    """
    profile = profile_of(beat)
    if not beat.topics or profile.blocks:
        return bool(beat.topics) and not story.topics
    return article is not None and not profile.relevance(article, beat)


# Write sentences on what would change a story's status, as "2 more points would publish it".

_DECIDING = 3  # reasons that are named


def counterfactuals(
    story: Story, group: Sequence[Story], beat: Beat, article: Article | None
) -> tuple[str, ...]:
    """Return sentences on what would change a story's status, such as "2 more points".

    `group` are the other stories of its group without copies. `article` is the stored article, None
    if it is no longer stored; then nothing is said about topics that it missed.
    """
    return (
        *_changes_of_standing(story, group, beat, article),
        *_changes_by_part(story, group, beat, article),
        *_changes_of_topics(story, beat, article),
    )


def _changes_of_standing(
    story: Story, group: Sequence[Story], beat: Beat, article: Article | None
) -> Iterator[str]:
    """Yield sentences on what would put a story on the site or take it off."""
    if story.verdict is not None:
        other = "hold" if story.verdict.said == "publish" else "publish"
        yield f"an editor decided the status; to {other} the story, run {_decision(story, other)}"
        return
    if why := blocking_ruling(story, beat.rulings):
        yield f"{why}; to end the rule, run copydesk rule undo, then copydesk rejudge --apply"
    if story.copy_of:
        yield f"another story has the same text: {story.copy_of}; {_verdict_that_shows(story)}"
    elif any(reason.about == "held" for reason in story.reasons):
        yield _verdict_that_shows(story)
    elif story.heat == -1:
        yield from _what_brings_it_forward(story, group, beat)
    elif story.published:
        yield from _what_keeps_it(story, group, beat)
    elif not story.topics and profile_of(beat).blocks:
        yield _off_beat(story, beat, article)
    else:
        yield from _what_it_lacks(story, group, beat)


def _changes_by_part(
    story: Story, group: Sequence[Story], beat: Beat, article: Article | None
) -> Iterator[str]:
    """Yield sentences on parts of the quality that decide whether a story is published."""
    if deciding_points(story) is None:
        return
    gate, quality = beat.scoring.publish_at, story.quality or 0
    total = points_at_the_gate(story, group, beat)
    parts = quality_parts(story, beat, article)
    left = qualities_without_parts(parts, beat)
    for part in parts:
        without = left.get(part.part, quality) + total - quality
        if len(part.reasons) > 1 and (without >= gate) != (total >= gate):
            yield _without(part.points, part.part)


def _without(points: int, why: str) -> str:
    would = "would" if points < 0 else "would not"
    return f"without the {points:+d} points for {why} the story {would} be published"


def _verdict_that_shows(story: Story) -> str:
    return f"to publish the story anyway, run {_decision(story, 'publish')}"


def _decision(story: Story, said: str) -> str:
    return f"copydesk verdict {name_of(story)} {said} --why REASON"


def _off_beat(story: Story, beat: Beat, article: Article | None) -> str:
    lacks = f" ({profile_of(beat).describe_miss(article, beat)})" if article else ""
    return (
        f"the story is outside the site's subject{lacks}: add a word of its title to the keywords "
        f"of a topic, or run copydesk rule retopic {name_of(story)} TOPIC"
    )


def _what_it_lacks(story: Story, group: Sequence[Story], beat: Beat) -> Iterator[str]:
    """Yield sentences on what a story below the publishing threshold lacks."""
    gate = beat.scoring.publish_at
    total = points_at_the_gate(story, group, beat)
    bound = _points_of_bounds(story)
    least = gate - total + bound
    if total >= gate:
        yield _verdict_that_shows(story)
        return
    low = f" (quality {total - bound} without the minimum)" if bound > 0 else ""
    more = _count_of(least, "more point")
    yield f"{_distance(story, total, gate)}{low}: {more} would publish it"
    against = sorted(_list_quality_reasons(story), key=lambda reason: reason.points or 0)
    for reason in against[:_DECIDING]:
        if -(reason.points or 0) >= least:
            yield _without(reason.points or 0, f'"{reason.why}"')
    yield from _newsrooms(story, group, beat, least)
    yield _verdict_that_shows(story)


def _distance(story: Story, total: int, gate: int) -> str:
    """Return how far a story's points are from the publishing threshold."""
    quality = story.quality or 0
    lift = f" and {total - quality} for other publishers are" if total > quality else " is"
    side = "above" if total >= gate else "below"
    distance = _count_of(abs(total - gate), "point")
    return f"the story's quality {quality}{lift} {distance} {side} the threshold {gate}"


def _newsrooms(story: Story, group: Sequence[Story], beat: Beat, least: int) -> Iterator[str]:
    """Yield how many more publishers would lift a story over the publishing threshold."""
    if not profile_of(beat).blocks:
        if beat.scoring.grouping:
            count = -(-least // RELATED_POINTS)
            more = _count_of(count, "more related story", "more related stories")
            yield f"{more} would also publish the story"
    elif least <= LIFT - _lift(story, group, beat):
        count = -(-least // NEWSROOM_POINTS)
        more = _count_of(count, "more independent publisher")
        yield f"{more} with a report on the event would also publish the story"
    else:
        yield f"reports by other publishers are not enough: they add at most {LIFT} points"


def _what_keeps_it(story: Story, group: Sequence[Story], beat: Beat) -> Iterator[str]:
    """Yield sentences on what keeps a story on the site, and in the lead of its group."""
    gate = beat.scoring.publish_at
    total, lift = points_at_the_gate(story, group, beat), _lift(story, group, beat)
    spare = total - gate - _points_of_bounds(story)
    if total < gate:
        yield f"the story is published although its {total} points are below the threshold {gate}"
    else:
        less = _count_of(spare + 1, "fewer point")
        yield f"{_distance(story, total, gate)}: {less} would unpublish it"
        if lift > spare:
            yield "without reports by other publishers the story would not be published"
        carrying = sorted(_list_quality_reasons(story), key=lambda reason: -(reason.points or 0))
        for reason in carrying[:_DECIDING]:
            if (reason.points or 0) > spare:
                yield _without(reason.points or 0, f'"{reason.why}"')
    if group:
        yield from _in_front(story, group, beat)
    yield f"to take the story off the site, run copydesk verdict {name_of(story)} hold --why REASON"


def _in_front(story: Story, group: Sequence[Story], beat: Beat) -> Iterator[str]:
    if is_pinned(story, beat):
        yield "an editor pinned this main story of its group; to undo that, run copydesk rule undo"
        return
    if _is_chosen(story, group, beat):
        yield "an editor chose this main story of its group; to undo that, run copydesk rule undo"
        return
    best = max(group, key=lambda other: other.quality or 0)
    others = _count_of(len(group), "other story", "other stories")
    yield (
        f"this is the main story of a group with {others}; "
        f"the best other story has quality {best.quality or 0} and needs more than "
        f"{(story.quality or 0) + STAYS} to become the main story"
    )
    yield f"to take the story out of its group, run {_split(story)}"


def _what_brings_it_forward(story: Story, group: Sequence[Story], beat: Beat) -> Iterator[str]:
    """Yield sentences on what would make a story lead its group, or take it out of the group."""
    leader = next((other for other in group if other.heat != -1), None)
    if leader is None:
        yield f"the main story of its group is missing; {_verdict_that_shows(story)}"
        return
    why, *needs = _why_it_leads(story, leader, beat)
    if _is_chosen(leader, [story, *group], beat):
        why, needs = "an editor chose that story", []
    yield f"the main story of its group is {name_of(leader)}: {why}"
    yield from needs
    if _is_chosen(story, group, beat):
        yield (
            "an editor chose this story as main story, but it would not be published; "
            f"to publish it, run copydesk verdict {name_of(story)} publish --why REASON"
        )
    yield f"to make this story the main story, run copydesk rule pin {name_of(story)}"
    if not profile_of(beat).blocks:
        return
    quality, gate = story.quality or 0, beat.scoring.publish_at
    verb = "reaches" if quality >= gate else "is below"
    yield (
        f"to take the story out of its group, run {_split(story)}; "
        f"outside the group, its quality {quality} {verb} the threshold {gate}"
    )


def _split(story: Story) -> str:
    return f"copydesk rule split {name_of(story)} --why REASON"


def _is_chosen(story: Story, others: Sequence[Story], beat: Beat) -> bool:
    """Return whether an editor's newest `lead` rule in a group names the story."""
    ruled = lead_in([story, *others], beat)
    return ruled is not None and ruled[0].path == story.path


def _why_it_leads(story: Story, leader: Story, beat: Beat) -> tuple[str, ...]:
    """Return why a story leads a group, and maybe what another story needs to replace it."""
    if is_pinned(leader, beat):
        return ("an editor pinned that story",)
    if leader.verdict is not None and leader.verdict.said == "publish":
        return ("an editor published that story",)
    own, best = story.quality or 0, leader.quality or 0
    why = f"its quality is {best}, the quality of this story is {own}"
    lack, because = best + 1 - own, ""
    if profile_of(beat).blocks:
        merits, behind = count_merits(leader, story)
        why += f"; it is also better by: {', '.join(merits)}" if merits else ""
        place = f"{abs(behind)} points {'behind' if behind >= 0 else 'ahead'}"
        because = f": with length, picture, origin and date counted, this story is {place}"
        lack = behind + 1
        if leader.published:
            because += f", and must be more than {STAYS} points ahead of a published main story"
            lack += STAYS
    needs = f"to become the main story, this story needs {_count_of(lack, 'more point')}{because}"
    return (why, needs) if lack > 0 else (why,)


def _changes_of_topics(story: Story, beat: Beat, article: Article | None) -> Iterator[str]:
    """Yield a sentence on the topic that a story nearly got, and what was missing."""
    if article is None or (not story.topics and not story.published):
        return
    if near := profile_of(beat).describe_near_miss(article, beat, story.topics):
        yield f"{near}; to set the topic, run copydesk rule retopic {name_of(story)} TOPIC…"


def points_at_the_gate(story: Story, group: Sequence[Story], beat: Beat) -> int:
    """Return the points that the publishing threshold counts: quality, and points of the group."""
    related = 0 if profile_of(beat).blocks else RELATED_POINTS * len(story.related)
    return (story.quality or 0) + related + _lift(story, group, beat)


def _lift(story: Story, group: Sequence[Story], beat: Beat) -> int:
    return lift_of(story, group, beat) if group and profile_of(beat).blocks else 0


def _points_of_bounds(story: Story) -> int:
    """Return the points that only brought a story's quality between its minimum and maximum."""
    return _add_up(reason for reason in story.reasons if reason.kind in _BOUNDS)


def _list_quality_reasons(story: Story) -> list[Reason]:
    """Return the reasons of a story's quality, without those that brought it between its bounds."""
    counted = filter(_is_counted, story.reasons)
    return [reason for reason in counted if reason.points and reason.kind not in _BOUNDS]


def _count_of(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


# The parts of a quality. A record has its reasons but not their parts. So today's signals search
# the stored article: a reason that is equal to what a signal finds belongs to the signal's part.

_BOUND = "bounds"  # reasons that brought the sum between its bounds
_BOUNDS = frozenset({ReasonKind.NEVER_BELOW, ReasonKind.NEVER_ABOVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPart:
    """One part of a story's quality score, such as "source": its points and their reasons.

    `part` is "" for reasons that no signal of today gives.
    """

    part: str
    points: int
    reasons: tuple[Reason, ...]


def quality_parts(story: Story, beat: Beat, article: Article | None) -> tuple[QualityPart, ...]:
    """Return the parts of a story's quality score (source, relevance, …), in the reasons' order.

    Together they are the quality. `article` is the stored article, None if it is no longer stored.
    """
    counted = [reason for reason in story.reasons if _is_counted(reason)]
    if not counted:
        return ()
    known = _parts_by_reason(story, beat, article)
    by_part: dict[str, list[Reason]] = {}
    for reason in counted:
        part = _BOUND if reason.kind in _BOUNDS else known.get(replace(reason, points=None), "")
        by_part.setdefault(part, []).append(reason)
    return tuple(
        QualityPart(part=part, points=_add_up(reasons), reasons=tuple(reasons))
        for part, reasons in by_part.items()
    )


def qualities_without_parts(parts: Sequence[QualityPart], beat: Beat) -> dict[str, int]:
    """Map the name of each part of a quality score to the score without that part."""
    highest = profile_of(beat).highest
    earned = [part for part in parts if part.part != _BOUND]
    total = sum(part.points for part in earned)
    left = {part.part: max(0, total - part.points) for part in earned if part.part}
    if highest is None:
        return left
    return {name: min(quality, highest) for name, quality in left.items()}


def _is_counted(reason: Reason) -> bool:
    return reason.about == "quality" and reason.points is not None


def _add_up(reasons: Iterable[Reason]) -> int:
    return sum(reason.points or 0 for reason in reasons)


def _parts_by_reason(story: Story, beat: Beat, article: Article | None) -> Mapping[Reason, str]:
    """Map each reason that today's signals give, without points, to its part of the quality.

    Without an article everyday.cc's signals are used, which need only the record.
    """
    profile = profile_of(beat)
    if article is None or not profile.blocks:
        return _find_parts(everyday_signals(beat), features_of_record(story), beat)
    filed = beat.take_reputation(article.provider.domain, story.reasons)
    return _find_parts(profile.signals, features_of_article(article, beat), filed)


def _find_parts(
    signals: Sequence[QualitySignal], features: Features, beat: Beat
) -> Mapping[Reason, str]:
    pictured = replace(features, image=True, official=True)
    return {
        Reason.of(ReasonKind.SIGNAL, seen=why): signal.part
        for signal in signals
        for _, why in signal.find(pictured, beat)
    }
