"""Fetch and measure the pictures of stories, and make the sizes and formats that pages show."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from copydesk import illustrate
from copydesk.config import Settings
from copydesk.errors import CopydeskError, PictureError
from copydesk.illustrate import Album, FetchedPicture
from copydesk.kit import urls
from copydesk.news import Article, Beat, Fetcher, Page, ReasonKind, Refused, Request, Story
from copydesk.news.article import Figure
from copydesk.news.edition import Show
from copydesk.newsroom import Newsroom, Progress
from copydesk.rounds._pool import ReaderPool

_TRIES = 3  # pictures tried for an article, best first; further ones are rarely available

_TRIED = timedelta(days=1)  # how long rounds ask for a picture that an editor set

Wanted = tuple[str, Show]  # an address, and the way to show it


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPicture:
    """The picture chosen for an article: its description on the page, and the measured picture."""

    figure: Figure
    picture: illustrate.Picture


def illustrate_story(beat: Beat, story: Story, chosen: ChosenPicture | None) -> Story:
    """Return a story with its picture; by the rules of everyday.cc without caption and credit."""
    if chosen is None:
        return illustrate.with_image(story, None)
    figure = chosen.figure if beat.scoring.traits.has_blocks else None
    return illustrate.with_image(story, chosen.picture, figure)


class PictureSearch:
    """Fetches the pictures of articles; each picture is requested, decoded and stored only once.

    An async context: unfinished work is cancelled at its end.
    """

    def __init__(self, newsroom: Newsroom, fetcher: Fetcher, readers: ReaderPool) -> None:
        self._newsroom = newsroom
        self._album = newsroom.album
        self._fetcher = fetcher
        self._readers = readers
        self._had: dict[Wanted, asyncio.Task[illustrate.Picture | None]] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._had.values():
            task.cancel()
        await asyncio.gather(*self._had.values(), return_exceptions=True)

    def begin(self, article: Article) -> None:
        """Start fetching the best picture of an article that will be a story, without waiting for
        it.
        """
        if _may_have(self._newsroom.settings, article):
            self._ask([_want(self._newsroom.settings, article, 0)])

    async def choose(
        self, articles: Sequence[Article], progress: Progress
    ) -> Mapping[str, ChosenPicture]:
        """Return each article's picture by the article's URL; articles without one are left out.

        All best pictures are requested first, then the second best where the best was missing or is
        common to several articles: only when all have come is it known whether a site gives one
        picture under many addresses.
        """
        settings = self._newsroom.settings
        left = [article for article in articles if _may_have(settings, article)]
        progress.stage("pictures", len(left))
        await self._get_set()
        chosen: dict[str, ChosenPicture] = {}
        for rank in range(_TRIES):
            left = [
                article
                for article in left
                if article.url not in chosen and rank < len(article.figures)
            ]
            had = await self._get([_want(settings, article, rank) for article in left])
            for article in left:
                self._album.note(article.figures[rank].url, article.web_url)
            for article, picture in _find_fitting(self._newsroom, left, rank, had):
                chosen[article.url] = picture
                progress.step()
        return chosen

    async def _get_set(self) -> None:
        """Fetch the pictures that editors chose lately, so that the site can show its own copies.

        A missing one is requested again in the rounds of a day; the record names it anyway.
        """
        show = self._newsroom.settings.pictures.show
        if show != "cached":
            return
        since = self._newsroom.now - _TRIED
        rulings = self._newsroom.beat.rulings
        rules = [rule for rule in rulings if rule.field == "picture" and rule.at >= since]
        addresses = filter(None, (urls.fetchable(rule.values[1]) for rule in rules))
        await self._get([(address, show) for address in addresses])

    async def _get(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, illustrate.Picture | None]:
        """Return the requested pictures, None for a missing one. Each is fetched only once."""
        found = await asyncio.gather(*self._ask(wanted))
        return dict(zip(wanted, found, strict=True))

    def _ask(self, wanted: Sequence[Wanted]) -> list[asyncio.Task[illustrate.Picture | None]]:
        """Return a task for each picture to fetch; start those that are not running yet."""
        for want in wanted:
            if want not in self._had:
                self._had[want] = asyncio.create_task(self._find(want))
        return [self._had[want] for want in wanted]

    async def _find(self, wanted: Wanted) -> illustrate.Picture | None:
        """Return one picture, fetched if it is not stored; None if it is missing or broken."""
        address, show = wanted
        if show == "cached" and (kept := self._album.find(address)) is not None:
            return kept
        answer = await self.fetch(address, show)
        return answer if isinstance(answer, illustrate.Picture) else None

    async def fetch(self, address: str, show: Show) -> illustrate.Picture | Refused | PictureError:
        """Fetch a picture and store it as the setting `show` demands; return the error if that
        fails.
        """
        await self._readers.room()
        headers = illustrate.request_headers(show, self._newsroom.beat.url)
        request = Request(url=address, purpose="picture", headers=headers)
        answer = await self._fetcher.fetch(request)
        if isinstance(answer, Refused):
            return answer
        if not isinstance(answer, Page):
            return PictureError("status 304 for an unconditional request", subject=address)
        try:
            if show != "cached":
                return await asyncio.to_thread(self._album.measure_only, address, answer)
            return await self._keep(illustrate.measure_picture(address, answer.body))
        except PictureError as error:
            return error
        except CopydeskError as error:
            return PictureError(error.what, subject=address)

    async def _keep(self, fetched: illustrate.FetchedPicture) -> illustrate.Picture:
        """Store a fetched picture. One that arrives from many URLs at once is decoded only once.

        Few pictures are ever shown, so one that may wait for a page is only checked; its forms are
        made when a page shows it (`FormMaking`).
        """
        album = self._album
        async with self._turns[fetched.stem]:
            if not album.holds(fetched):
                if not fetched.may_wait:
                    made = await self._readers.picture_forms(fetched)
                    return await asyncio.to_thread(album.keep, fetched, made)
                await self._readers.prove_picture(fetched)
            return await asyncio.to_thread(album.keep_original, fetched)


def _find_fitting(
    newsroom: Newsroom,
    articles: Sequence[Article],
    rank: int,
    had: Mapping[Wanted, illustrate.Picture | None],
) -> Iterator[tuple[Article, ChosenPicture]]:
    """Yield each article whose picture of a rank was found and is not shared by others, with the
    picture.
    """
    for article in articles:
        picture = had[_want(newsroom.settings, article, rank)]
        if picture is not None and not newsroom.album.is_common(picture.url, article.web_url):
            yield article, ChosenPicture(figure=article.figures[rank], picture=picture)


def _may_have(settings: Settings, article: Article) -> bool:
    """Return whether the publisher and the owner's rules allow showing an article's picture."""
    is_shown = _show(settings, article) != "none"
    return bool(article.figures) and is_shown and "image" not in article.refuses


def _show(settings: Settings, article: Article) -> Show:
    publisher = article.provider.domain or article.web_url
    return settings.show_of(article.source, publisher)


def _want(settings: Settings, article: Article, rank: int) -> Wanted:
    return article.figures[rank].url, _show(settings, article)


# Forms of the pictures that pages will show, made by reader processes while records are filed.

_WAITS = frozenset({ReasonKind.ALL_HELD, ReasonKind.SOURCE_HELD, ReasonKind.NEAR_BEAT})


class FormMaking:
    """Makes the sizes and formats of pictures in the background, once for each picture.

    An async context: unfinished work is cancelled at its end.
    """

    def __init__(self, album: Album, readers: ReaderPool) -> None:
        self._album = album
        self._readers = readers
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def begin(self, stories: Iterable[Story]) -> None:
        """Start making the sizes and formats of the pictures that pages will show, without waiting.

        They are seen on the site, or at the desk by editors who check held stories.
        """
        shown = (story.images[0].url for story in stories if story.images and _is_seen(story))
        for fetched in self._album.find_waiting(shown):
            if fetched.stem not in self._tasks:
                self._tasks[fetched.stem] = asyncio.create_task(self._make(fetched))
        await asyncio.sleep(0)  # lets the tasks start before the caller blocks the loop

    async def finish(self) -> None:
        """Wait until the sizes and formats of all pictures are made."""
        await asyncio.gather(*self._tasks.values())

    async def _make(self, fetched: FetchedPicture) -> None:
        try:
            made = await self._readers.picture_forms(fetched)
        except CopydeskError:  # no page shows it, as if evicted
            self._album.forget(fetched.url)
            return
        with contextlib.suppress(PictureError):  # not writable now: a build tries again
            await asyncio.to_thread(self._album.keep, fetched, made)


def _is_seen(story: Story) -> bool:
    waits = (reason.kind in _WAITS for reason in story.reasons)
    return bool(story.published) or any(waits)
