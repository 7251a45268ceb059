"""Fill the shelf: what is filed already, with texts and fingerprints of what is recent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from copydesk import judge, review
from copydesk.archive import ArticleStore
from copydesk.engine.filing import find_article
from copydesk.engine.judging._vectors import Vectors
from copydesk.engine.newsroom import Newsroom, Troubles
from copydesk.engine.reading import SiteHabits
from copydesk.kit import urls
from copydesk.news import Beat, Shelved, Story


def fill_shelf(
    newsroom: Newsroom, troubles: Troubles, vectors: Vectors | None = None, *, but: str = ""
) -> judge.MemoryShelf:
    """Return a shelf with every filed story; those that may have copies with text and fingerprint.

    With `vectors` those have theirs, too. Records that cannot be read go to `troubles`. The story
    of the page with the identity `but` is left out.
    """
    shelf = judge.MemoryShelf()
    vectors = vectors or Vectors(newsroom.memory)
    sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
    since = newsroom.now - judge.COPIES_WITHIN
    for story in newsroom.archive.stories(troubles):
        if but and but in map(urls.identity, story.addresses):
            continue
        if _is_recent(story, since):
            put_on_shelf(shelf, vectors, _shelve(newsroom.articles, sites, story))
        else:
            shelf.add(Shelved(story=story), None)
    _put_former_addresses(newsroom.beat, shelf)
    return shelf


def _put_former_addresses(beat: Beat, shelf: judge.MemoryShelf) -> None:
    """Let a story be found where its page was before an editor set another address."""
    set_by = {rule.stories[0]: rule for rule in beat.rulings if rule.field == "url"}
    if not set_by:
        return
    for shelved in shelf:
        rule = set_by.get(review.record_name(shelved.story.path))
        for url in rule.values[2:] if rule else ():
            shelf.add_address(url, shelved.story.path)


def _is_recent(story: Story, since: datetime) -> bool:
    return (story.published_at or datetime.min.replace(tzinfo=UTC)) >= since


def put_on_shelf(
    shelf: judge.MemoryShelf,
    vectors: Vectors,
    shelved: Shelved,
    fingerprint: tuple[int, ...] | None = None,
) -> None:
    """Put a story on the shelf, with the vector and the fingerprint of its text.

    The fingerprint is made here, but where it is known already.
    """
    vector = vectors.of(shelved.story.title, shelved.text or shelved.story.excerpt)
    marks = judge.fingerprint(shelved.text) if fingerprint is None else fingerprint
    shelf.add(replace(shelved, vector=vector), marks)


def _shelve(articles: ArticleStore, sites: SiteHabits, story: Story) -> Shelved:
    article = find_article(articles, story)
    if article is None:
        return Shelved(story=story)
    return Shelved(story=story, text=sites.settle(article).text, found=article.found)
