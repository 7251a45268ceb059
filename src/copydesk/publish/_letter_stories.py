"""Make the short forms in which newsletters show stories and other records."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.kit import dates, text, urls
from copydesk.news import Record, Story
from copydesk.news.letter import IssueLink, IssuePicture, IssueStory
from copydesk.placement import Coverage, addresses
from copydesk.publish import _pictures, _story_reader
from copydesk.publish._plan import SitePlan
from copydesk.rendering import language_tag

_EXCERPT = 300
_NEWSROOMS = 5  # that are named as having a story, too
_WIDEST = 600  # pixels of a newsletter's column
_SHOWN_BY_ALL = frozenset({"image/jpeg", "image/png", "image/gif"})  # Outlook knows no WebP


def tell_story(story: Story, plan: SitePlan) -> IssueStory:
    """Return the short form (title, link, excerpt, picture, …) of a story for newsletters."""
    page = plan.links.page(addresses.story_folder(story.path))
    provider = story.provider
    return IssueStory(
        name=addresses.record_name(story.path),
        title=text.fold(story.title),
        url=urls.fetchable(story.web_url) or page,
        page=page,
        excerpt=text.shorten(text.fold(story.excerpt), _EXCERPT),
        source=text.fold(provider.name or provider.domain) if provider else "",
        language=language_tag(story.language),
        published_at=story.published_at,
        picture=_find_picture(story, plan),
        coverage=tuple(_list_links(plan.coverages.of(story))),
        topics=tuple(text.fold(name) for name in story.topics if name != plan.beat.topic),
        note=story.note,
        minutes=-(-dates.parse_length(story.length) // 60),
    )


def tell_records(plan: SitePlan, collection: str) -> Iterator[tuple[IssueStory, float]]:
    """Yield a collection's records in the form for newsletters, hottest first, with their heat
    (score of current interest).

    Records without a title or a page are left out.
    """
    for record in _story_reader.rank(plan.records.get(collection, ())):
        title = _story_reader.first_text(record, "title", "name")
        page = _story_reader.page_address(record, plan.links) or ""
        url = page or _story_reader.address(record, "webUrl")
        if title and url:
            excerpt = text.shorten(_story_reader.prose(record), _EXCERPT)
            told = IssueStory(name=_name(record), title=title, url=url, page=page, excerpt=excerpt)
            yield told, _story_reader.heat(record)


def _name(record: Record) -> str:
    return addresses.record_folder(record.path).rstrip("/")


def _list_links(coverage: Coverage) -> Iterator[IssueLink]:
    for voice in coverage.voices[:_NEWSROOMS]:
        if url := urls.fetchable(voice.article.web_url):
            yield IssueLink(name=voice.name, url=url)


def _find_picture(story: Story, plan: SitePlan) -> IssuePicture | None:
    """Return a story's picture if the site has a copy in a format that every mail program shows."""
    picture = _pictures.of(story, plan)
    if picture is None or picture.is_remote or picture.shared.type not in _SHOWN_BY_ALL:
        return None
    shared = picture.shared
    scale = min(1.0, _WIDEST / shared.width)
    return IssuePicture(
        url=shared.address,
        width=round(shared.width * scale),
        height=max(1, round(shared.height * scale)),
        alt=picture.alt,
    )
