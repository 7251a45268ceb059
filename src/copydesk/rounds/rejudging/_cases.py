"""A case: a filed story and its article, to be judged anew by some rules. Pure.

record, article ── judged by rules ──> Rejudged, before anything is set beside it
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from copydesk import judge, review
from copydesk.archive import Rulings
from copydesk.judge import clustering, copies
from copydesk.kit import urls
from copydesk.news import Article, Beat, Shelf, Shelved, Story, Surroundings, Verdict
from copydesk.review import rules

LONG_AGO = datetime.min.replace(tzinfo=UTC)

Order = tuple[datetime, datetime, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A filed story with its article, without what its site repeats.

    `known` are the digests of what the line last wrote of it, `picture` is the address of the one
    that counts, `words` the record with the fields that no rule sets any more as the article has
    them. `text` is the article's, and may stand for it alone. Where `is_original_kept` is not so, a
    copy cannot be seen to be none.
    """

    filed: Story
    article: Article
    text: str
    known: Mapping[str, str]
    picture: str
    words: Story
    verdict: Verdict | None
    is_original_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingRules:
    """By what cases are judged: the beat, the newsroom's mode, and the judge."""

    beat: Beat
    mode: str
    assess: review.Assess


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """A filed story and what today's rules make of it.

    `dropped` is the reason for which it would not be filed today, "" for none; `found` when its
    article was.
    """

    filed: Story
    fresh: Story
    text: str = ""
    found: datetime | None = None
    dropped: str = ""


def judge_case(case: Case, rules: JudgingRules, shelf: Shelf) -> Rejudged:
    """Judge one story as if its article came in now, the shelf being what it was then."""
    grounds = review.Grounds(
        assess=rules.assess,
        beat=rules.beat,
        shelf=shelf,
        known=case.known,
        mode=rules.mode,
        verdict=case.verdict,
        is_original_kept=case.is_original_kept,
        picture=case.picture,
        words=case.words,
    )
    rejudged = review.rejudge(case.filed, case.article, grounds, "other rules")
    return Rejudged(
        filed=case.filed,
        fresh=rejudged.story,
        text=case.text,
        found=case.article.found,
        dropped=rejudged.dropped,
    )


def order_of_arrival(story: Story, article: Article) -> Order:
    """Return when and how a filed story once came in, which is the order of judging."""
    published_at = story.published_at or article.published_at
    return article.found, published_at, urls.identity(article.web_url), article.url


def is_in_period(story: Story, since: datetime | None) -> bool:
    """Decide whether a story was published since a moment, as all are for None."""
    return since is None or (story.published_at or LONG_AGO) >= since


def is_before_period(story: Story, since: datetime | None) -> bool:
    """Decide whether a story is from just before the period, so that one in it may be its copy."""
    return since is not None and (story.published_at or LONG_AGO) >= since - copies.COPIES_WITHIN


def is_removed(story: Story, rulings: Rulings) -> bool:
    """Decide whether an editor removed a story for good: its text is no longer kept."""
    verdict = story.verdict or rulings.verdict_on(story.path)
    return verdict is not None and verdict.said == "remove"


# Set stories that were judged anew beside each other, and beside what is filed around them.

Digests = Callable[[Story], Mapping[str, str]]


def set_beside(
    fresh: Sequence[Rejudged],
    around: Iterable[Story],
    beat: Beat,
    digests_of: Digests,
    surroundings: Surroundings | None = None,
) -> list[Rejudged]:
    """Set all that was judged anew beside each other, and beside the stories around it.

    The one place where grouping comes in: whatever `judge.regroup` says of the judged stories, and
    of their neighbours that the line answers for, is part of the comparison. A group stays as it is
    filed, for it came of what was known at each time; only what has become a story of its own,
    or was kept off the site, is put among the others as if it were new. `beat` is that of the rules
    in force, `digests_of` says what the line last wrote of a story; with `surroundings` these need
    not be all stories of some weeks, but all that stand in any relation to each other.
    """
    judged = {rejudged.filed.path: rejudged for rejudged in _dissolve_copies(fresh)}
    window = _as_window(judged.values(), around)
    new = frozenset(path for path, rejudged in judged.items() if is_on_its_own_now(rejudged))
    regrouped = judge.regroup(window, beat, new, frozenset(judged), surroundings)
    filed = {shelved.story.path: shelved.story for shelved in window}
    beside = dict(judged)
    for story in regrouped:
        before = judged.get(story.path) or filed[story.path]
        beside[story.path] = _set_one_beside(before, story, digests_of)
    return [_in_order(rejudged) for rejudged in beside.values()]


def _as_window(judged: Iterable[Rejudged], around: Iterable[Story]) -> list[Shelved]:
    """Return judged stories and those around them by time and path."""
    window = [
        *(Shelved(story=new.fresh, text=new.text, found=new.found) for new in judged),
        *(Shelved(story=story) for story in around),
    ]
    window.sort(key=lambda shelved: (shelved.story.published_at or LONG_AGO, shelved.story.path))
    return window


def _set_one_beside(before: Rejudged | Story, regrouped: Story, digests_of: Digests) -> Rejudged:
    """Return a story with what standing beside others changes in it, as it was judged or filed."""
    if isinstance(before, Rejudged):
        after = review.set_rejudged_beside_others(before.fresh, regrouped)
        return replace(before, fresh=after)
    after = review.set_beside_others(before, regrouped, digests_of(before))
    return Rejudged(filed=before, fresh=after)


def find_stories_around(
    judged: Collection[Story], stories: Iterable[Story], since: datetime | None
) -> Iterator[Story]:
    """Yield the stories around the judged ones: in time, or of their groups."""
    start = None if since is None else since - clustering.NEIGHBOURS_WITHIN
    groups = {story.group for story in judged} - {""}
    paths = {story.path for story in judged}
    for story in stories:
        is_near = is_in_period(story, start) or story.group in groups
        if is_near and story.path not in paths:
            yield story


def _in_order(rejudged: Rejudged) -> Rejudged:
    """Return a story with its reasons in the filed order, where they are the filed ones."""
    filed, fresh = rejudged.filed, rejudged.fresh
    if Counter(fresh.reasons) != Counter(filed.reasons):
        return rejudged
    return replace(rejudged, fresh=replace(fresh, reasons=filed.reasons))


def is_on_its_own_now(rejudged: Rejudged) -> bool:
    """Decide whether a story was a copy, or kept off the site, and is so no more."""
    was = bool(rejudged.filed.copy_of) or review.is_kept_off(rejudged.filed)
    return was and not rejudged.fresh.copy_of and not rejudged.dropped


def _dissolve_copies(fresh: Sequence[Rejudged]) -> Iterator[Rejudged]:
    """Take what is a copy no more, or of another one, from beside the story that it copied."""
    left: dict[str, set[str]] = {}
    for rejudged in fresh:
        original = rejudged.filed.copy_of
        if original and rejudged.fresh.copy_of != original:
            left.setdefault(original, set()).add(rejudged.filed.web_url)
    for rejudged in fresh:
        gone = left.get(rules.record_name(rejudged.filed.path), set())
        stays = tuple(copy for copy in rejudged.fresh.related if copy.web_url not in gone)
        without = replace(rejudged, fresh=replace(rejudged.fresh, related=stays))
        yield without if gone else rejudged
