"""Corrections: what a look at a filed page changes in its record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from copydesk import judge, review
from copydesk.archive import ArticleStore
from copydesk.config import Settings
from copydesk.engine.filing import find_article, read_digests
from copydesk.engine.judging import FiledShelf, counting_picture
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.reading import SiteHabits
from copydesk.engine.revisiting import _plans, _terms
from copydesk.engine.revisiting._correction import Correction
from copydesk.engine.revisiting._plan import GONE, Plan
from copydesk.engine.revisiting._plans import Look
from copydesk.illustrate import Album
from copydesk.judge import shelves
from copydesk.kit import urls
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Event, EventKind, Shelved, Story
from copydesk.review import corrections, rules

_PERMANENT = frozenset({301, 308})


def find_corrections(
    newsroom: Newsroom, shelf: FiledShelf, looks: Iterable[Look]
) -> Mapping[str, Correction]:
    """Return what the looks change, by path, and put it on the shelf."""
    found = {}
    sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
    for look in looks:
        correction = _correction(newsroom, shelf, sites, look)
        if correction is None:
            continue
        found[look.story.path] = correction
        if correction.article is None:
            shelf.replace(correction.after)
        else:
            text = sites.settle(correction.article).text
            found_at = correction.article.found
            shelved = Shelved(story=correction.after, text=text, found=found_at)
            shelf.put(shelved)
    return found


def _correction(
    newsroom: Newsroom, shelf: FiledShelf, sites: SiteHabits, look: Look
) -> Correction | None:
    if not read_digests(newsroom.memory, look.story):
        return None
    if look.said == "gone":
        return _mark_end(newsroom.beat, newsroom.memory, newsroom.now, look)
    if look.article is None:
        return None
    article = sites.settle(look.article)
    is_set = "url" in rules.find_ruled_fields(look.story, newsroom.beat)
    moved = None if is_set else _find_move(shelf, look, article)
    words = tuple(_words(newsroom, sites, look, article))
    back = look.story.access == GONE
    after = _terms.apply_terms(newsroom.beat, newsroom.memory, look.story, article)
    if not any((moved, words, back, after != look.story)):
        return None
    came_back = [Event.of(EventKind.BACK)] if back else []
    events = (*words, *filter(None, [moved]), *came_back)
    if words or back:
        after = _rejudge(newsroom.settings, newsroom.album, newsroom.memory, after, article)
    if words:
        after = replace(after, updated_at=_correction_time(newsroom.now, look.story, look.article))
    if moved:
        after = replace(after, web_url=look.article.web_url)
    return Correction(
        before=look.story,
        after=_finish(newsroom.beat, newsroom.memory, newsroom.now, after, events),
        events=events,
        article=look.article,
        has_moved=bool(moved),
    )


def is_gone(plan: Plan, now: datetime) -> bool:
    """Decide whether a page that is not there now was not there a day ago either."""
    return plan.is_gone or (plan.gone is not None and now - plan.gone >= _plans.DAY)


def _mark_end(beat: Beat, memory: Memory, now: datetime, look: Look) -> Correction | None:
    """Mark a page as gone; a record of the `everyday` profile has no place to say so."""
    has_blocks = beat.scoring.traits.has_blocks
    settled = is_gone(look.plan, now) and not look.plan.is_gone
    if not has_blocks or not settled or look.story.access == GONE:
        return None
    events = (Event.of(EventKind.GONE),)
    after = _finish(beat, memory, now, replace(look.story, access=GONE), events)
    return Correction(before=look.story, after=after, events=events)


def base(articles: ArticleStore, plan: Plan, story: Story) -> Article | None:
    """Return the reading that a new one is compared with, None where it had to make room."""
    kept = articles.get(plan.article) if plan.article else None
    return kept or find_article(articles, story)


def has_base(articles: ArticleStore, look: Look, article: Article) -> bool:
    """Decide whether there is a reading to compare with that later looks may use too.

    None of another version of the reader, and none where the history tells of a look that was not
    remembered: its round was killed.
    """
    if corrections.is_noted_since(look.story, look.plan.looked):
        return False
    if _is_same(look.plan, article):
        return True
    kept = base(articles, look.plan, look.story)
    return kept is not None and kept.reader == article.reader


def _is_same(plan: Plan, article: Article) -> bool:
    """Decide whether not a word is new: nothing has to be read then."""
    return plan.digest == _plans.digest(article)


def is_other_article(articles: ArticleStore, plan: Plan, story: Story, article: Article) -> bool:
    """Decide whether a page is no state of the article that was filed, but another or a stub.

    Where the reading had to make room, the record's headline and excerpt are what is left of it.
    """
    if _is_same(plan, article):
        return False
    old = base(articles, plan, story)
    title, text = (old.title, old.text) if old else (story.title, story.excerpt)
    return corrections.is_other_article(title, text, article.title, article.text)


def _words(newsroom: Newsroom, sites: SiteHabits, look: Look, article: Article) -> Iterator[Event]:
    """Yield the events of headline, excerpt and text; `article` is without what its site repeats.

    The new reading is compared with the earlier one, both by the same reader and rules: how the
    record came to its words is no matter. Where the earlier one had to make room, or the history
    has a line since the last look that was remembered (its round was killed), with the record.
    """
    if look.article is None or _is_same(look.plan, look.article):
        return
    old = _earlier_reading(newsroom.articles, sites, look)
    if old is not None and old.reader != article.reader:
        return  # an earlier version of the reader read otherwise what did not change
    hand = review.find_hand_edits(look.story, read_digests(newsroom.memory, look.story))
    hand |= rules.find_ruled_fields(look.story, newsroom.beat)
    title = old.title if old else "" if "title" in hand else look.story.title
    excerpt = old.excerpt if old else "" if "excerpt" in hand else look.story.excerpt
    if title and not corrections.have_same_words(title, article.title):
        yield _new_headline(title, article.title, is_kept="title" in hand)
        excerpt = excerpt.replace(title, article.title)  # it may begin with it
    if _has_new_excerpt(excerpt, article.excerpt):
        is_kept = "excerpt" in hand
        yield Event.of(EventKind.EXCERPT_KEPT if is_kept else EventKind.EXCERPT_CHANGED)
    if old and (change := corrections.text_change(old.text, article.text)):
        yield change


def _has_new_excerpt(old: str, new: str) -> bool:
    """Decide whether an excerpt became another; to come or go is a matter of what may be shown."""
    return bool(old and new) and not corrections.have_same_excerpt(old, new)


def _new_headline(old: str, new: str, *, is_kept: bool) -> Event:
    if is_kept:
        return Event.of(EventKind.HEADLINE_KEPT, title=new)
    return Event.of(EventKind.HEADLINE_CHANGED, title=old)


def _earlier_reading(articles: ArticleStore, sites: SiteHabits, look: Look) -> Article | None:
    """Return the earlier reading where it can tell anything new."""
    if corrections.is_noted_since(look.story, look.plan.looked):
        return None
    kept = base(articles, look.plan, look.story)
    return None if kept is None else sites.settle(kept)


def _rejudge(
    settings: Settings, album: Album, memory: Memory, story: Story, article: Article
) -> Story:
    """Return the story as today's page is judged, on an empty shelf.

    Whether it is a copy was decided when it was filed.
    """
    grounds = review.Grounds(
        assess=judge.assess,
        beat=settings.beat,
        shelf=shelves.MemoryShelf(),
        known=read_digests(memory, story),
        picture=counting_picture(settings, album, story, article),
    )
    return review.rejudge(story, article, grounds, "correction").story


def _correction_time(now: datetime, story: Story, article: Article) -> datetime:
    """Return when it was corrected: as the page says, where that is news and no time to come."""
    told = article.updated_at
    before = max(filter(None, (story.updated_at, story.published_at)), default=None)
    is_news = told is not None and told <= now and (before is None or told > before)
    return told if told is not None and is_news else now


def _find_move(shelf: FiledShelf, look: Look, article: Article) -> Event | None:
    """Return the move to another address, None where the page did not move for good."""
    story, new = look.story, article.web_url
    if not story.web_url or urls.identity(new) == urls.identity(story.web_url):
        return None
    is_ours = shelf.at(new) in (None, story.path)
    if not (is_ours and urls.same_site(new, story.web_url) and _is_for_good(look)):
        return None
    return Event.of(EventKind.MOVED, new=new, old=story.web_url)


def _is_for_good(look: Look) -> bool:
    """Decide whether each redirect from the page's last known place is permanent, on its site."""
    last = urls.identity(look.plan.final_url or look.revisit.url)
    hops = list(look.trace.hops)
    places = [look.revisit.url, *(target for _, target in hops)]
    known = [urls.identity(url) for url in places]
    start = known.index(last) if last in known else 0
    by = places[start:]
    return all(
        status in _PERMANENT and urls.same_site(url, look.story.web_url)
        for url, (status, _) in zip(by, hops[start:], strict=False)
    )


def _finish(
    beat: Beat, memory: Memory, now: datetime, story: Story, events: tuple[Event, ...]
) -> Story:
    """Add the digests that the line answers for, and the events where the record has a place."""
    machine = story.machine or tuple(read_digests(memory, story).items())
    story = replace(story, machine=machine)
    has_blocks = beat.scoring.traits.has_blocks
    return corrections.add_to_history(story, now, events) if has_blocks else story
