"""Judge one filed story again by given rules, and regroup it with other stories. Pure.

record, article ── judge_case ──> Rejudged ── set_beside ──> Rejudged, regrouped
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
from copydesk.news import Article, Beat, Shelved, Story, Verdict
from copydesk.news.story import Shelf, Surroundings
from copydesk.review import rejudging, rules

LONG_AGO = datetime.min.replace(tzinfo=UTC)

Order = tuple[datetime, datetime, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A filed story with its article, to judge it again; without the text that its site repeats.

    `known` holds the digests of what copydesk last wrote in the record, `picture` the address of
    the picture that counts for points. `words` is the record with the article's values in fields
    that no rule sets any more. `text` is the article's text, which may be there without the rest.
    Unless `is_original_kept`, a copy cannot be recognised as no longer one.
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
    """The rules that filed stories are judged again by: site settings, mode, scoring function."""

    beat: Beat
    mode: str
    assess: rejudging.Assess


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """A filed story, and the story that today's rules make of its article.

    `dropped` is the reason why it would not be filed today, or ""; `found` is the time when its
    article was found.
    """

    filed: Story
    fresh: Story
    text: str = ""
    found: datetime | None = None
    dropped: str = ""


def judge_case(case: Case, rules: JudgingRules, shelf: Shelf) -> Rejudged:
    """Judge a filed story as if found now, compared only with the stories filed before it."""
    grounds = rejudging.Grounds(
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
    rejudged = rejudging.rejudge(case.filed, case.article, grounds, "other rules")
    return Rejudged(
        filed=case.filed,
        fresh=rejudged.story,
        text=case.text,
        found=case.article.found,
        dropped=rejudged.dropped,
    )


def order_of_arrival(story: Story, article: Article) -> Order:
    """Return the sort key for judging filed stories again in the order in which they were found."""
    published_at = story.published_at or article.published_at
    return article.found, published_at, urls.identity(article.web_url), article.url


def is_in_period(story: Story, since: datetime | None) -> bool:
    """Return whether a story was published since a time; without a time every story was."""
    return since is None or (story.published_at or LONG_AGO) >= since


def is_before_period(story: Story, since: datetime | None) -> bool:
    """Return whether a story is just before the period: one in the period may be its copy."""
    return since is not None and (story.published_at or LONG_AGO) >= since - copies.COPIES_WITHIN


def is_removed(story: Story, rulings: Rulings) -> bool:
    """Return whether an editor removed a story for good, so that its text is no longer stored."""
    verdict = story.verdict or rulings.verdict_on(story.path)
    return verdict is not None and verdict.said == "remove"


# Group rejudged stories with each other and with the filed stories around them.

Digests = Callable[[Story], Mapping[str, str]]


def set_beside(
    fresh: Sequence[Rejudged],
    around: Iterable[Story],
    beat: Beat,
    digests_of: Digests,
    surroundings: Surroundings | None = None,
) -> list[Rejudged]:
    """Regroup stories that were judged again with each other and the filed stories around them.

    Grouping happens only here: the result includes every change that `judge.regroup` makes to the
    rejudged stories, and to those neighbours that copydesk may change. Filed groups stay, since
    they came from what was known at the time; only a story that is no copy any more, or is no
    longer kept off the site, is grouped as if it were new. `beat` has the rules in force;
    `digests_of` returns the digests of what copydesk last wrote in a record. Without
    `surroundings`, the stories must be all of some weeks; with it, all that are related.
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
    """Return the stories judged again and those around them, by time and path."""
    window = [
        *(Shelved(story=new.fresh, text=new.text, found=new.found) for new in judged),
        *(Shelved(story=story) for story in around),
    ]
    window.sort(key=lambda shelved: (shelved.story.published_at or LONG_AGO, shelved.story.path))
    return window


def _set_one_beside(before: Rejudged | Story, regrouped: Story, digests_of: Digests) -> Rejudged:
    """Return a story that was judged again, or a filed one, with the changes of regrouping."""
    if isinstance(before, Rejudged):
        after = rejudging.set_rejudged_beside_others(before.fresh, regrouped)
        return replace(before, fresh=after)
    after = review.set_beside_others(before, regrouped, digests_of(before))
    return Rejudged(filed=before, fresh=after)


def find_stories_around(
    judged: Collection[Story], stories: Iterable[Story], since: datetime | None
) -> Iterator[Story]:
    """Yield the filed stories near those judged again: close in time, or in their groups."""
    start = None if since is None else since - clustering.NEIGHBOURS_WITHIN
    groups = {story.group for story in judged} - {""}
    paths = {story.path for story in judged}
    for story in stories:
        is_near = is_in_period(story, start) or story.group in groups
        if is_near and story.path not in paths:
            yield story


def _in_order(rejudged: Rejudged) -> Rejudged:
    """Return a story with its reasons in the filed order, if the reasons are the same."""
    filed, fresh = rejudged.filed, rejudged.fresh
    if Counter(fresh.reasons) != Counter(filed.reasons):
        return rejudged
    return replace(rejudged, fresh=replace(fresh, reasons=filed.reasons))


def is_on_its_own_now(rejudged: Rejudged) -> bool:
    """Return whether a story was a copy or kept off the site, and no longer is."""
    was = bool(rejudged.filed.copy_of) or rejudging.is_kept_off(rejudged.filed)
    return was and not rejudged.fresh.copy_of and not rejudged.dropped


def _dissolve_copies(fresh: Sequence[Rejudged]) -> Iterator[Rejudged]:
    """Detach stories from their original if they are no copy any more, or of another original."""
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
