"""The page of a story: what it says, who said it, who else did, and why it is here."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.kit import text, urls
from copydesk.news import Related, Story
from copydesk.publish import _links, _pictures
from copydesk.publish._write import Sheet
from copydesk.publish.site import _coverage, _player, _structured
from copydesk.publish.site._cards import Cards
from copydesk.publish.site._frame import Head


def sheets(cards: Cards) -> Iterator[Sheet]:
    """Give a page for every published story."""
    for story in cards.frame.plan.stories:
        yield _page(story, cards)


def _page(story: Story, cards: Cards) -> Sheet:
    plan = cards.frame.plan
    picture = _pictures.of(story, plan)
    coverage = _coverage.of(story, plan)
    excerpt = text.fold(story.excerpt)
    player = _player.of(story.featured_content, story.title, picture.source if picture else "")
    head = Head(
        path=_links.story_folder(story.path),
        title=text.fold(story.title) or "Untitled",
        description=text.shorten(excerpt, 200),
        structured=_structured.story(story, plan),
        kind="article",
        picture=picture,
        frames=player.frame,
        plays_files=player.is_file,
    )
    view = {
        **cards.view(story),
        "excerpt": excerpt,
        "player": player.markup,
        "is_pictured": bool(picture) and not player.has_poster,
        "verb": _player.verb(story),
        "updated": cards.time(story.updated_at),
        "credit": text.fold(story.credit),
        "access": text.fold(story.access),
        "others": [_other(related, cards) for related in coverage.others],
        "reruns": coverage.reruns,
        "first": _first(story, cards),
        "reasons": [text.fold(str(reason)) for reason in story.reasons],
        "decided": cards.time(story.verdict.at if story.verdict else None),
    }
    return cards.frame.page("story.html", head, story=view)


def _first(story: Story, cards: Cards) -> dict[str, str]:
    """Give the story that this one repeats, when it has a page."""
    original = cards.frame.plan.by_name.get(story.copy_of)
    if original is None:
        return {"title": "", "href": ""}
    href = cards.frame.href(_links.story_folder(original.path))
    return {"title": text.fold(original.title) or "Untitled", "href": href}


def _other(related: Related, cards: Cards) -> dict[str, object]:
    return {
        "title": text.fold(related.title) or "Untitled",
        "origin": urls.fetchable(related.web_url) or "",
        "provider": cards.provider(related.provider),
        "time": cards.time(related.published_at),
    }
