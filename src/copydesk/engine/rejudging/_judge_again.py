"""Judge filed stories anew: their stored articles by today's rules, each as it once came in.

records ── filed ──> in the order in which they came ── judged ──> fresh stories ── beside ──> fresh
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from operator import itemgetter

from copydesk import judge
from copydesk.archive import ArticleStore, Rulings
from copydesk.config import Settings
from copydesk.engine.cataloguing import beat_in_force
from copydesk.engine.filing import find_article, read_digests
from copydesk.engine.judging import counting_picture, story_as_read
from copydesk.engine.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.engine.reading import SiteHabits
from copydesk.engine.rejudging._beside import find_stories_around, set_beside
from copydesk.engine.rejudging._case import (
    Case,
    JudgingRules,
    Order,
    Rejudged,
    is_before_period,
    is_in_period,
    is_removed,
    judge_case,
    order_of_arrival,
)
from copydesk.illustrate import Album
from copydesk.judge import copies, shelves
from copydesk.news import Article, Shelved, Story
from copydesk.review.rules import FIELD_OF, record_name, without_lost_sets


@dataclass(slots=True, kw_only=True)
class Rejudging:
    """All stories that were judged anew, those without an article, those that failed.

    `count` is how many were judged; `stories` holds neighbours too that change by them.
    """

    count: int = 0
    stories: list[Rejudged] = field(default_factory=list)
    without_article: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Bench:
    """What judging anew works with; `texts` names the records whose text is on the shelf."""

    newsroom: Newsroom
    rulings: Rulings
    sites: SiteHabits
    shelf: shelves.MemoryShelf = field(default_factory=shelves.MemoryShelf)
    texts: set[str] = field(default_factory=set)

    def put(self, story: Story, text: str, found: datetime | None) -> None:
        """Put a story on the shelf with its text, and when that was found."""
        shelved = Shelved(story=story, text=text, found=found)
        self.shelf.add(shelved, copies.fingerprint(text))
        self.texts.add(record_name(story.path))


def judge_again(
    newsroom: Newsroom,
    stories: Sequence[Story],
    rulings: Rulings,
    since: datetime | None,
    progress: Progress,
) -> Rejudging:
    """Judge those of the stories anew that were published since a moment, all of them for None.

    The others are what they are compared with. A story of which no article is kept is left as it
    is; one that cannot be judged is told, and costs only itself.
    """
    done = Rejudging()
    bench = _Bench(
        newsroom=newsroom,
        rulings=rulings,
        sites=SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt),
    )
    arrivals = sorted(_arrivals(bench, stories, since, done), key=itemgetter(0))
    progress.stage("judge", len(arrivals))
    for _, story in arrivals:
        try:
            rejudged = _judge(bench, story)
        except Exception as error:  # a bug that one article meets must cost only that article
            done.failed.append(failure_of(story.path, error))
            bench.shelf.add(Shelved(story=story), None)
        else:
            done.stories.append(rejudged)
            bench.put(rejudged.fresh, rejudged.text, rejudged.found)
        progress.step()
    done.count = len(done.stories)
    around = find_stories_around([one.filed for one in done.stories], stories, since)
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    known = partial(read_digests, newsroom.memory)
    done.stories = set_beside(done.stories, around, beat, known)
    return done


def _arrivals(
    bench: _Bench, stories: Iterable[Story], since: datetime | None, done: Rejudging
) -> Iterator[tuple[Order, Story]]:
    """Yield the stories to judge as they came in; the others go on the shelf as they are filed."""
    for story in stories:
        is_meant = is_in_period(story, since) and not is_removed(story, bench.rulings)
        is_near = is_meant or is_before_period(story, since)
        article = find_article(bench.newsroom.articles, story) if is_near else None
        if article is not None and is_meant:
            yield order_of_arrival(story, article), story
        elif article is not None:
            bench.put(story, bench.sites.settle(article).text, article.found)
        else:
            bench.shelf.add(Shelved(story=story), None)
            if is_meant:
                _note_without(bench.newsroom.articles, story, done)


def _note_without(articles: ArticleStore, story: Story, done: Rejudging) -> None:
    done.without_article.append(story.path)
    if any(articles.is_damaged(url) for url in story.addresses):
        hint = "it is passed over; the story stays as it is"
        what = "its stored article is damaged"
        done.failed.append(Failure(url=story.path, what=what, hint=hint))


def _judge(bench: _Bench, filed: Story) -> Rejudged:
    """Judge one story as if its article came in now, the shelf being what it was then."""
    newsroom = bench.newsroom
    kept = find_article(newsroom.articles, filed)
    assert kept is not None  # it was there a moment ago
    is_original_kept = filed.copy_of in bench.texts
    case = make_case(newsroom, filed, bench.sites.settle(kept), bench.rulings, is_original_kept)
    rules = JudgingRules(
        beat=newsroom.beat, mode=newsroom.settings.review.mode, assess=judge.assess
    )
    return judge_case(case, rules, shelves.PastShelf(bench.shelf, kept.found))


def make_case(
    newsroom: Newsroom,
    filed: Story,
    article: Article,
    rulings: Rulings,
    is_original_kept: bool,
) -> Case:
    """Return a filed story as a case, with what today's settings say of its record's words."""
    settings, album = newsroom.settings, newsroom.album
    return Case(
        filed=filed,
        article=article,
        text=article.text,
        known=read_digests(newsroom.memory, filed),
        picture=counting_picture(settings, album, filed, article),
        words=_words(settings, album, filed, article),
        verdict=rulings.verdict_on(filed.path),
        is_original_kept=is_original_kept,
    )


def _words(settings: Settings, album: Album, filed: Story, article: Article) -> Story:
    """Return the record with the fields that a rule had set and sets no more as the article has."""
    if not any(reason.about in FIELD_OF for reason in filed.reasons):
        return filed
    read = story_as_read(settings, album, article, settings.beat)
    return without_lost_sets(filed, read, settings.beat)
