"""A case: a filed story and its article, to be judged anew by some rules. Pure.

record, article ── judged by rules ──> Rejudged, before anything is set beside it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from copydesk import review
from copydesk.archive import Rulings
from copydesk.judge import copies
from copydesk.kit import urls
from copydesk.news import Article, Beat, Shelf, Story, Verdict

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
