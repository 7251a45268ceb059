"""Pictures: the best that each story may have, fetched and measured."""

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
from copydesk.news import (
    Article,
    Beat,
    Fetcher,
    Figure,
    Page,
    ReasonKind,
    Refused,
    Request,
    Show,
    Story,
)
from copydesk.newsroom import Newsroom, Progress
from copydesk.rounds._pool import ReaderPool

_TRIES = 3  # of an article's pictures, the best first: the others are hardly ever there

_TRIED = timedelta(days=1)  # how long a picture that an editor set is asked for

Wanted = tuple[str, Show]  # an address, and how it will be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPicture:
    """The picture that stands for an article: what its page says of it, what it is."""

    figure: Figure
    picture: illustrate.Picture


def illustrate_story(beat: Beat, story: Story, chosen: ChosenPicture | None) -> Story:
    """Return a story with its picture; what it shows, and whose it is, has none in `everyday`."""
    if chosen is None:
        return illustrate.with_image(story, None)
    figure = chosen.figure if beat.scoring.traits.has_blocks else None
    return illustrate.with_image(story, chosen.picture, figure)


class PictureSearch:
    """The pictures of some articles, each asked for once, decoded and stored beside other work.

    An async context: what is still under way at its end is given up.
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
        """Ask for the best picture of an article that will be a story, and do not wait for it."""
        if _may_have(self._newsroom.settings, article):
            self._ask([_want(self._newsroom.settings, article, 0)])

    async def choose(
        self, articles: Sequence[Article], progress: Progress
    ) -> Mapping[str, ChosenPicture]:
        """Return each article's picture by the article's address; one without any is left out.

        All that are best are asked for, then the second best of those that could not be had or
        stand for nothing: what a site gives under many addresses is known once all of them have
        come.
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
        """Get the pictures that editors set lately, so that the site can show its copies of them.

        What cannot be had is asked for in the rounds of a day; the record names it all the same.
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
        """Return what came of some wishes; whoever is asked for already is not asked again."""
        found = await asyncio.gather(*self._ask(wanted))
        return dict(zip(wanted, found, strict=True))

    def _ask(self, wanted: Sequence[Wanted]) -> list[asyncio.Task[illustrate.Picture | None]]:
        """Return the search for each wish, begun where nobody has had it yet."""
        for want in wanted:
            if want not in self._had:
                self._had[want] = asyncio.create_task(self._find(want))
        return [self._had[want] for want in wanted]

    async def _find(self, wanted: Wanted) -> illustrate.Picture | None:
        """Return one picture, fetched if it must be; None where it is missing or broken."""
        address, show = wanted
        if show == "cached" and (kept := self._album.find(address)) is not None:
            return kept
        answer = await self.fetch(address, show)
        return answer if isinstance(answer, illustrate.Picture) else None

    async def fetch(self, address: str, show: Show) -> illustrate.Picture | Refused | PictureError:
        """Fetch one picture and keep it as it will be shown; return why where there is none."""
        await self._readers.room()
        headers = illustrate.request_headers(show, self._newsroom.beat.url)
        request = Request(url=address, purpose="picture", headers=headers)
        answer = await self._fetcher.fetch(request)
        if isinstance(answer, Refused):
            return answer
        if not isinstance(answer, Page):
            return PictureError("a 304 to an unconditional request", subject=address)
        try:
            if show != "cached":
                return await asyncio.to_thread(self._album.measure_only, address, answer)
            return await self._keep(illustrate.measure_picture(address, answer.body))
        except PictureError as error:
            return error
        except CopydeskError as error:
            return PictureError(error.what, subject=address)

    async def _keep(self, fetched: illustrate.FetchedPicture) -> illustrate.Picture:
        """Store a copy; what comes under many addresses at once is decoded for the first.

        Few pictures are ever shown, so one is only proven, where it may wait for a page; its forms
        are made when it has one (`FormMaking`).
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
    """Yield each article whose picture of a rank came and stands for it alone, with the picture."""
    for article in articles:
        picture = had[_want(newsroom.settings, article, rank)]
        if picture is not None and not newsroom.album.is_common(picture.url, article.web_url):
            yield article, ChosenPicture(figure=article.figures[rank], picture=picture)


def _may_have(settings: Settings, article: Article) -> bool:
    """Decide whether a picture may be shown: its publisher and the owner's rules allow it."""
    is_shown = _show(settings, article) != "none"
    return bool(article.figures) and is_shown and "image" not in article.refuses


def _show(settings: Settings, article: Article) -> Show:
    publisher = article.provider.domain or article.web_url
    return settings.show_of(article.source, publisher)


def _want(settings: Settings, article: Article, rank: int) -> Wanted:
    return article.figures[rank].url, _show(settings, article)


# The forms of the pictures that pages will show, made by readers while records are filed.

_WAITS = frozenset({ReasonKind.ALL_HELD, ReasonKind.SOURCE_HELD})


class FormMaking:
    """Make forms beside other work, each picture's once.

    An async context: what is still under way at its end is given up.
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
        """Hand the pictures of those that somebody will see to the readers, and wait for none.

        That are readers of the site, and editors who look at what waits for them.
        """
        shown = (story.images[0].url for story in stories if story.images and _is_seen(story))
        for fetched in self._album.find_waiting(shown):
            if fetched.stem not in self._tasks:
                self._tasks[fetched.stem] = asyncio.create_task(self._make(fetched))
        await asyncio.sleep(0)  # each has its turn before the caller keeps the loop to itself

    async def finish(self) -> None:
        """Wait until all that was begun is made."""
        await asyncio.gather(*self._tasks.values())

    async def _make(self, fetched: FetchedPicture) -> None:
        try:
            made = await self._readers.picture_forms(fetched)
        except CopydeskError:  # no page shows it, as if it had been evicted
            self._album.forget(fetched.url)
            return
        with contextlib.suppress(PictureError):  # it cannot be written now: a build tries again
            await asyncio.to_thread(self._album.keep, fetched, made)


def _is_seen(story: Story) -> bool:
    waits = (reason.kind in _WAITS for reason in story.reasons)
    return bool(story.published) or any(waits)
