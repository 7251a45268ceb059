"""After a restore from a backup, re-fetch article texts and pictures that the backup did not have.

due parts  >  the newest of each host  >  page or picture  >  back | later | lost

No record changes by this. A page that is no longer a version of the filed article is lost, and
so is a picture of another size.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from copydesk import review
from copydesk.archive import sealing
from copydesk.errors import CopydeskError, PictureError
from copydesk.fetch.hosts import find_pause
from copydesk.illustrate import Picture
from copydesk.kit import urls
from copydesk.news import Article, Dropped, Fetcher, Image, Lead, Page, Refused, Request, Story
from copydesk.newsroom import Failure, Newsroom, Progress
from copydesk.newsroom.filing import read_digests
from copydesk.newsroom.reports import (
    PARTS_A_HOST,
    PARTS_A_ROUND,
    MissingCount,
    MissingPart,
    MissingParts,
    count_missing_parts,
    forget_missing_parts,
    read_missing_parts,
    write_missing_parts,
)
from copydesk.review import corrections, rules
from copydesk.rounds import _revisit_plans
from copydesk.rounds._pictures import PictureSearch
from copydesk.rounds._pool import ReaderPool
from copydesk.rounds._reading import count_hosts, parse_page, work_by_host

_AGAIN = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72))  # like looks at filed pages
_KEPT = timedelta(days=30)  # how long lost parts are reported once none is waiting
_FOR_GOOD = frozenset({"gone", "robots", "address", "too-big", "redirects"})

_Outcome = MissingPart | None  # None: it is back, or no longer wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedAgain:
    """Which texts and pictures are still missing after a restore, and the stories whose text came
    back.
    """

    count: MissingCount
    texts: tuple[str, ...]


async def fetch_missing(
    newsroom: Newsroom,
    removed: frozenset[str],
    fetcher: Fetcher,
    readers: ReaderPool,
    progress: Progress,
) -> FetchedAgain | None:
    """Fetch some texts and pictures that a restored backup lacked; None if nothing is missing.

    Parts of stories that an editor `removed` are forgotten.
    """
    missing = read_missing_parts(newsroom.private)
    if missing is None:
        return None
    there = _find_back(newsroom, missing)
    due = (part for part in missing.parts if part.is_due(newsroom.now) and part not in there)
    chosen = list(_choose(due))
    progress.stage("missing", len(chosen), count_hosts(part.url for part in chosen))
    outcomes: dict[MissingPart, _Outcome] = dict.fromkeys(there)
    async with PictureSearch(newsroom, fetcher, readers) as pictures:
        fetching = _Fetching(newsroom, removed, fetcher, readers, pictures)

        async def one(part: MissingPart) -> None:
            outcomes[part] = await fetching.fetch(part)
            progress.step(host=urls.host(part.url))

        await work_by_host(chosen, lambda part: part.url, one)
    after = _note(newsroom, missing, outcomes)
    texts = (part.path for part in outcomes if part.kind == "text" and outcomes[part] is None)
    count = count_missing_parts(after, partial(find_host_pause, newsroom))
    return FetchedAgain(count=count, texts=tuple(texts))


def find_host_pause(newsroom: Newsroom, host: str) -> float:
    """Return the seconds between two requests to a host, from the settings or its robots.txt."""
    return max(newsroom.settings.fetch.delay(host), find_pause(newsroom.memory.hosts, host))


def count_missing(newsroom: Newsroom) -> MissingCount | None:
    """Count texts and pictures still missing after a restore; None if there was no restore."""
    missing = read_missing_parts(newsroom.private)
    if missing is None:
        return None
    return count_missing_parts(missing, partial(find_host_pause, newsroom))


def _find_back(newsroom: Newsroom, missing: MissingParts) -> set[MissingPart]:
    """Return the missing texts and pictures that exist again, since other fetches stored them."""
    return {part for part in missing.waiting if _is_there(newsroom, part)}


def _is_there(newsroom: Newsroom, part: MissingPart) -> bool:
    if part.kind == "text":
        return newsroom.articles.find_name(part.url) is not None
    return newsroom.album.find(part.url) is not None


def _choose(due: Iterable[MissingPart]) -> Iterator[MissingPart]:
    """Yield the missing texts and pictures to fetch now, newest first, within limits."""
    hosts = Counter[str]()
    for part in due:
        host = urls.host(part.url)
        if hosts[host] < PARTS_A_HOST:
            hosts[host] += 1
            yield part
            if hosts.total() == PARTS_A_ROUND:
                return


def _note(
    newsroom: Newsroom, missing: MissingParts, outcomes: dict[MissingPart, _Outcome]
) -> MissingParts:
    """Store and return the new list of missing texts and pictures."""
    parts = tuple(filter(None, (outcomes.get(part, part) for part in missing.parts)))
    back = missing.back + len(missing.parts) - len(parts)
    after = replace(missing, parts=parts, back=back)
    if not after.waiting and newsroom.now - after.restored > _KEPT:
        forget_missing_parts(newsroom.private)
    elif after != missing:
        with contextlib.suppress(OSError):  # a full disk: the next round checks again
            write_missing_parts(newsroom.private, after)
    return after


@dataclass(frozen=True, slots=True)
class _Fetching:
    """Re-fetches texts and pictures missing after a restore, with an open fetcher."""

    newsroom: Newsroom
    removed: frozenset[str]
    fetcher: Fetcher
    readers: ReaderPool
    pictures: PictureSearch

    async def fetch(self, part: MissingPart) -> _Outcome:
        """Fetch one missing text or picture. Return its new state, None if it came back or is not
        wanted.
        """
        try:
            story = self.newsroom.archive.read(part.path)
        except CopydeskError:  # moved to the archive, deleted or broken: it is not shown
            return None
        if _revisit_plans.is_removed(story, self.removed):
            return None
        try:
            if part.kind == "text":
                return await self._fetch_text(part, story)
            return await self._fetch_picture(part, story)
        except Exception as error:  # a bug must not cost more than this part
            return self._put_off(part, str(error))

    async def _fetch_text(self, part: MissingPart, story: Story) -> _Outcome:
        if self.newsroom.articles.find_for(story) is not None:
            return None
        await self.readers.room()
        lead = self._lead(story)
        answer = await self.fetcher.fetch(Request(url=lead.url))
        if isinstance(answer, Refused):
            return self._take_refusal(part, answer)
        if not isinstance(answer, Page):
            return self._put_off(part, "status 304 for an unconditional request")
        return self._take_page(part, story, await parse_page(lead, answer, self.readers))

    def _take_page(
        self, part: MissingPart, story: Story, read: Article | Dropped | Failure
    ) -> _Outcome:
        if isinstance(read, Failure):
            return self._put_off(part, read.what)
        if isinstance(read, Dropped):
            return replace(part, lost=f"the page no longer has an article: {read.reason}")
        if not _is_filed_article(story, read):
            return replace(part, lost="the page now has another article")
        article = self._with_words_of_record(story, read)
        self.newsroom.articles.put(article, aged=story.published_at)
        return None

    def _lead(self, story: Story) -> Lead:
        """Return a story's link as its source listed it, as far as the story record shows."""
        now, home = self.newsroom.now, story.web_url or story.original_url
        first = story.original_url
        is_at_home = bool(first) and urls.host(first) == urls.host(home)
        return Lead(
            url=first if is_at_home else home,  # not a shortener's address
            source=sealing.read_source(story, self.newsroom.settings.keys),
            found=min(now, story.published_at or now),
            title=story.title,
            published_at=story.published_at,
        )

    def _with_words_of_record(self, story: Story, article: Article) -> Article:
        """Return a re-fetched article, with the record's headline and excerpt if the page's
        changed.

        So the next re-fetch of the page finds its publisher's changes since the filing, as if
        nothing had been lost.
        """
        hand = review.find_hand_edits(story, read_digests(self.newsroom.memory, story))
        hand |= rules.find_ruled_fields(story, self.newsroom.beat)
        if "title" not in hand and not corrections.have_same_words(story.title, article.title):
            article = replace(article, title=story.title)
        is_excerpt_filed = "excerpt" not in hand and bool(story.excerpt)
        if is_excerpt_filed and not corrections.have_same_excerpt(story.excerpt, article.excerpt):
            article = replace(article, excerpt=story.excerpt)
        return article

    async def _fetch_picture(self, part: MissingPart, story: Story) -> _Outcome:
        image = next((image for image in story.images[:1] if image.url == part.url), None)
        if image is None or not self._may_keep_copy(story):
            return None
        if self.newsroom.album.find(part.url) is not None:  # another story brought it back
            return None
        found = await self.pictures.fetch(part.url, "cached")
        if isinstance(found, Refused):
            return self._take_refusal(part, found)
        if isinstance(found, PictureError):
            return replace(part, lost=found.what)
        if not _is_filed_picture(image, found):
            self.newsroom.album.forget(part.url)
            return replace(part, lost="the address now has another picture")
        self.newsroom.album.note(part.url, story.web_url)
        return None

    def _may_keep_copy(self, story: Story) -> bool:
        """Return whether the publisher and the owner's rules allow a copy of a story's picture."""
        settings = self.newsroom.settings
        publisher = story.provider.domain if story.provider else ""
        source = sealing.read_source(story, settings.keys)
        show = settings.show_of(source, publisher or story.web_url)
        return show == "cached" and "image" not in story.refuses

    def _take_refusal(self, part: MissingPart, refused: Refused) -> MissingPart:
        """Mark a missing text or picture as lost if its page is gone; otherwise plan a later
        try.
        """
        if refused.reason == "slow-down":  # a requested pause does not count as a try
            return replace(part, due=refused.retry_at or self.newsroom.now + _AGAIN[0])
        if refused.reason in _FOR_GOOD and refused.retry_at is None:
            return replace(part, lost=refused.reason)
        return self._put_off(part, refused.reason)

    def _put_off(self, part: MissingPart, why: str) -> MissingPart:
        """Plan a later try for a missing text or picture. After the last try it counts as lost."""
        if part.tries == len(_AGAIN):
            return replace(part, lost=why)
        due = self.newsroom.now + _AGAIN[part.tries]
        return replace(part, tries=part.tries + 1, due=due)


def _is_filed_article(story: Story, article: Article) -> bool:
    """Return whether a page is still on its publisher's site and shows the stored article."""
    home = story.web_url or article.web_url
    return urls.same_site(article.web_url, home) and not corrections.is_other_article(
        story.title, story.excerpt, article.title, article.text
    )


def _is_filed_picture(image: Image, found: Picture) -> bool:
    """Return whether a picture has the size in the story record, if the record has one."""
    is_sized = image.width > 0 and image.height > 0
    return not is_sized or (image.width, image.height) == (found.width, found.height)
