"""Judge articles into stories: the judge's word, a path, a picture, the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from copydesk import archive, judge, review
from copydesk.catalogue import Catalogue
from copydesk.engine.judging._pictures import ChosenPicture, illustrate_story
from copydesk.engine.judging._shelf import FiledShelf
from copydesk.engine.judging._tips import appraise_tip, note_tip, topic_rule
from copydesk.engine.judging._vectors import Vectors
from copydesk.engine.newsroom import Failure, Newsroom, failure_of
from copydesk.kit import urls
from copydesk.news import Article, Beat, Dropped, Ruling, Shelved, Story, Tip
from copydesk.review import rules

Result = TypeVar("Result")
Appraised: TypeAlias = "judge.Appraisal | Dropped | Failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStory:
    """A story with its path and picture; `is_held` where the gate keeps it for an editor.

    `rule` is the one that a person's tip lays down with it, None for none.
    """

    story: Story
    is_held: bool
    rule: Ruling | None = None


@dataclass(slots=True, kw_only=True)
class Bench:
    """What articles are judged with; `taken` are the paths given since it was opened.

    `removed` are the identities of the addresses that an editor removed for good. Records that are
    `left_alone` may be under somebody's hands, and are not written.
    """

    newsroom: Newsroom
    catalogue: Catalogue
    shelf: FiledShelf
    removed: frozenset[str]
    vectors: Vectors
    taken: set[str] = field(default_factory=set)
    left_alone: frozenset[str] = frozenset()


def appraise(bench: Bench, article: Article, tip: Tip | None = None) -> Appraised:
    """Judge one article by itself, before its picture and its neighbours count.

    That of a person's tip is neither off the beat nor too old.
    """
    return _safely(article, lambda: appraise_article(bench, article, tip))


def judge_article(
    bench: Bench,
    article: Article,
    appraised: Appraised,
    chosen: ChosenPicture | None,
    tip: Tip | None = None,
) -> JudgedStory | Dropped | Failure:
    """Make a story of an article, beside all that came before it, and put it on the shelf.

    A round calls it in `judging_order`, so that the bytes are always the same.
    """
    outcome = _safely(article, lambda: _complete(bench, article, appraised, chosen, tip))
    if not isinstance(outcome, Story):
        return outcome
    beat, now = bench.newsroom.beat, bench.newsroom.now
    story, rule = _with_path(bench, outcome, article), None
    if tip is not None:
        story, rule = note_tip(beat, story, tip, now), topic_rule(story, tip, now)
    rulings = beat.rulings if rule is None else (*beat.rulings, rule)
    story = rules.apply_rulings(story, replace(beat, rulings=rulings))
    mode = bench.newsroom.settings.review.mode
    gated = review.gate(story, mode, _trust(beat, article))
    shelved = Shelved(story=gated, text=article.text, found=article.found)
    fingerprint = appraised.fingerprint if isinstance(appraised, judge.Appraisal) else None
    bench.shelf.put(shelved, fingerprint)
    is_held = bool(story.published and not gated.published)
    return JudgedStory(story=gated, is_held=is_held, rule=rule)


def judging_order(article: Article) -> tuple[datetime, str, str]:
    """Return by what articles are sorted before they are judged: time, then address."""
    return article.published_at, urls.identity(article.web_url), article.url


def _safely(article: Article, step: Callable[[], Result]) -> Result | Failure:
    try:
        return step()
    except Exception as error:  # a bug that one article meets must cost only that article
        return failure_of(article.url, error)


def appraise_article(
    bench: Bench, article: Article, tip: Tip | None = None
) -> judge.Appraisal | Dropped:
    """Judge one article by itself, or return why it is to be no story."""
    if dropped := _drop(bench, article, tip):
        return dropped
    beat = bench.newsroom.beat
    return judge.appraise(article, beat) if tip is None else appraise_tip(article, beat, tip)


def complete_story(bench: Bench, appraisal: judge.Appraisal, chosen: ChosenPicture | None) -> Story:
    """Return an appraised article as a story beside what is on the shelf, where it is not put."""
    picture = chosen.figure.url if chosen else ""
    story = judge.complete(appraisal, bench.newsroom.beat, bench.shelf, picture)
    return illustrate_story(bench.newsroom.beat, story, chosen)


def _complete(
    bench: Bench,
    article: Article,
    appraised: Appraised,
    chosen: ChosenPicture | None,
    tip: Tip | None,
) -> Story | Dropped | Failure:
    """Complete an article, unless its page has come on to the shelf since it was appraised."""
    outcome = _drop(bench, article, tip) or appraised
    if not isinstance(outcome, judge.Appraisal):
        return outcome
    return complete_story(bench, outcome, chosen)


def _drop(bench: Bench, article: Article, tip: Tip | None) -> Dropped | None:
    """Return why an article is not to be filed, whatever it says; None where it may be."""
    for address in (article.web_url, article.url):
        if urls.identity(address) in bench.removed:
            return Dropped(url=article.url, reason="removed", detail="an editor removed it")
        path = bench.shelf.at(address)
        if path is not None:
            return Dropped(url=article.url, reason="seen", detail=path)
    days = bench.newsroom.settings.fetch.max_age_days
    if days and tip is None and article.published_at < bench.newsroom.now - timedelta(days=days):
        return Dropped(url=article.url, reason="too-old", detail=f"older than {days} days")
    return None


def _with_path(bench: Bench, story: Story, article: Article) -> Story:
    root = bench.newsroom.root

    def is_taken(path: str) -> bool:
        return path in bench.taken or (root / path).exists() or (root / "_archive" / path).exists()

    path = archive.story_path(article.title, article.published_at, article.web_url, is_taken)
    bench.taken.add(path)
    return replace(story, path=path)


def _trust(beat: Beat, article: Article) -> str:
    source = beat.source(article.source)
    return source.trust if source else "gate"
