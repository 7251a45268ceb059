"""Judge filed stories anew: their stored articles by today's rules, each as it once came in.

records ── filed ──> in the order in which they came ── judged ──> fresh stories ── beside ──> fresh
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from copydesk import judge, review
from copydesk.archive import ArticleStore, Rulings
from copydesk.config import Settings
from copydesk.engine.cataloguing import beat_in_force
from copydesk.engine.filing import read_digests
from copydesk.engine.judging import counting_picture, story_as_read
from copydesk.engine.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.engine.reading import SiteHabits
from copydesk.illustrate import Album
from copydesk.kit import urls
from copydesk.news import Article, Shelved, Story

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


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


@dataclass(slots=True, kw_only=True)
class Rejudging:
    """All stories that were judged anew, those without an article, those that failed.

    `count` is how many were judged; `stories` holds neighbours too that change by them.
    """

    count: int = 0
    stories: list[Rejudged] = field(default_factory=list)
    without_article: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """When and how a filed story once came in, which is the order of judging."""

    found: datetime
    published_at: datetime
    identity: str
    url: str
    story: Story

    @property
    def order(self) -> tuple[datetime, datetime, str, str]:
        return (self.found, self.published_at, self.identity, self.url)


@dataclass(slots=True, kw_only=True)
class _Bench:
    """What judging anew works with; `texts` names the records whose text is on the shelf."""

    newsroom: Newsroom
    rulings: Rulings
    sites: SiteHabits
    shelf: judge.MemoryShelf = field(default_factory=judge.MemoryShelf)
    texts: set[str] = field(default_factory=set)

    def put(self, story: Story, text: str) -> None:
        """Put a story with its text on the shelf."""
        self.shelf.add(Shelved(story=story, text=text), judge.fingerprint(text))
        self.texts.add(review.record_name(story.path))


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
    arrivals = sorted(_arrivals(bench, stories, since, done), key=lambda arrival: arrival.order)
    progress.stage("judge", len(arrivals))
    for arrival in arrivals:
        try:
            rejudged = _judge(bench, arrival)
        except Exception as error:  # a bug that one article meets must cost only that article
            done.failed.append(failure_of(arrival.story.path, error))
            bench.shelf.add(Shelved(story=arrival.story), None)
        else:
            done.stories.append(rejudged)
            bench.put(rejudged.fresh, rejudged.text)
        progress.step()
    done.count = len(done.stories)
    done.stories = _beside(newsroom, done.stories, stories, since)
    return done


def _arrivals(
    bench: _Bench, stories: Iterable[Story], since: datetime | None, done: Rejudging
) -> Iterator[_Came]:
    """Yield how the stories to judge came in; the others go on the shelf as they are filed."""
    for story in stories:
        is_meant = _is_since(story, since) and not is_removed(story, bench.rulings)
        article = (
            _article(bench.newsroom.articles, story) if is_meant or _is_near(story, since) else None
        )
        if article is not None and is_meant:
            yield _Came(
                found=article.found,
                published_at=story.published_at or article.published_at,
                identity=urls.identity(article.web_url),
                url=article.url,
                story=story,
            )
        elif article is not None:
            bench.put(story, bench.sites.settle(article).text)
        else:
            bench.shelf.add(Shelved(story=story), None)
            if is_meant:
                _note_without(bench.newsroom.articles, story, done)


def _is_since(story: Story, since: datetime | None) -> bool:
    return since is None or (story.published_at or _LONG_AGO) >= since


def _is_near(story: Story, since: datetime | None) -> bool:
    """Decide whether a story is from just before the period, so that one in it may be its copy."""
    return since is not None and (story.published_at or _LONG_AGO) >= since - judge.COPIES_WITHIN


def is_removed(story: Story, rulings: Rulings) -> bool:
    """Decide whether an editor removed a story for good: its text is no longer kept."""
    verdict = story.verdict or rulings.verdict_on(story.path)
    return verdict is not None and verdict.said == "remove"


def _article(articles: ArticleStore, story: Story) -> Article | None:
    found = (articles.find(url) for url in story.addresses)
    return next((article for article in found if article is not None), None)


def _note_without(articles: ArticleStore, story: Story, done: Rejudging) -> None:
    done.without_article.append(story.path)
    if any(articles.is_damaged(url) for url in story.addresses):
        hint = "it is passed over; the story stays as it is"
        what = "its stored article is damaged"
        done.failed.append(Failure(url=story.path, what=what, hint=hint))


def _judge(bench: _Bench, came: _Came) -> Rejudged:
    """Judge one story as if its article came in now, the shelf being what it was then."""
    filed = came.story
    kept = _article(bench.newsroom.articles, filed)
    assert kept is not None  # it was there a moment ago
    article = bench.sites.settle(kept)
    grounds = review.Grounds(
        assess=judge.assess,
        beat=bench.newsroom.beat,
        shelf=judge.PastShelf(bench.shelf, came.found),
        known=read_digests(bench.newsroom.memory, filed),
        mode=bench.newsroom.settings.review.mode,
        verdict=bench.rulings.verdict_on(filed.path),
        is_original_kept=filed.copy_of in bench.texts,
        picture=counting_picture(bench.newsroom.settings, bench.newsroom.album, filed, article),
        words=_words(bench.newsroom.settings, bench.newsroom.album, filed, article),
    )
    rejudged = review.rejudge(filed, article, grounds, "other rules")
    return Rejudged(
        filed=filed,
        fresh=rejudged.story,
        text=article.text,
        found=article.found,
        dropped=rejudged.dropped,
    )


def _words(settings: Settings, album: Album, filed: Story, article: Article) -> Story:
    """Return the record with the fields that a rule had set and sets no more as the article has."""
    if not any(reason.about in review.FIELD_OF for reason in filed.reasons):
        return filed
    read = story_as_read(settings, album, article, settings.beat)
    return review.without_lost_sets(filed, read, settings.beat)


def _beside(
    newsroom: Newsroom,
    fresh: Sequence[Rejudged],
    stories: Iterable[Story],
    since: datetime | None,
) -> list[Rejudged]:
    """Set all that was judged anew beside each other, and beside what is filed around it.

    The one place where grouping comes in: whatever `judge.regroup` says of the judged stories, and
    of their neighbours that the line answers for, is part of the comparison. A group stays as it is
    filed, for it came of what was known at each time; only what has become a story of its own,
    or was kept off the site, is put among the others as if it were new.
    """
    judged = {rejudged.filed.path: rejudged for rejudged in _dissolve_copies(fresh)}
    window = [
        *(Shelved(story=new.fresh, text=new.text, found=new.found) for new in judged.values()),
        *_neighbours(judged, stories, since),
    ]
    window.sort(key=lambda shelved: (shelved.story.published_at or _LONG_AGO, shelved.story.path))
    filed = {shelved.story.path: shelved.story for shelved in window}
    beside = dict(judged)
    new = frozenset(path for path, rejudged in judged.items() if _is_on_its_own_now(rejudged))
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    for story in judge.regroup(window, beat, new, frozenset(judged)):
        if (rejudged := judged.get(story.path)) is not None:
            after = review.set_rejudged_beside_others(rejudged.fresh, story)
            beside[story.path] = replace(rejudged, fresh=after)
            continue
        before = filed[story.path]
        after = review.set_beside_others(before, story, read_digests(newsroom.memory, before))
        beside[story.path] = Rejudged(filed=before, fresh=after)
    return [_in_order(rejudged) for rejudged in beside.values()]


def _neighbours(
    judged: Mapping[str, Rejudged], stories: Iterable[Story], since: datetime | None
) -> Iterator[Shelved]:
    """Yield the stories around the judged ones: in time, or of their groups."""
    start = None if since is None else since - judge.NEIGHBOURS_WITHIN
    groups = {rejudged.filed.group for rejudged in judged.values()} - {""}
    for story in stories:
        is_near = _is_since(story, start) or story.group in groups
        if is_near and story.path not in judged:
            yield Shelved(story=story)


def _in_order(rejudged: Rejudged) -> Rejudged:
    """Return a story with its reasons in the filed order, where they are the filed ones."""
    filed, fresh = rejudged.filed, rejudged.fresh
    if Counter(fresh.reasons) != Counter(filed.reasons):
        return rejudged
    return replace(rejudged, fresh=replace(fresh, reasons=filed.reasons))


def _is_on_its_own_now(rejudged: Rejudged) -> bool:
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
        gone = left.get(review.record_name(rejudged.filed.path), set())
        stays = tuple(copy for copy in rejudged.fresh.related if copy.web_url not in gone)
        without = replace(rejudged, fresh=replace(rejudged.fresh, related=stays))
        yield without if gone else rejudged
