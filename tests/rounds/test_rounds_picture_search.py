"""The search for pictures: each asked for once, beside other work, whatever ends first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from copydesk.news import Article, Page, Provider, Refused, Request
from copydesk.news.article import Figure
from copydesk.newsroom import Silence, open_newsroom
from copydesk.rounds import ChosenPicture, PictureSearch, ReaderPool
from illustrate.draw import drawn, encoded, fetched
from world.newsroom import NOW, newsroom

FIRST, SECOND, CARD = (f"https://img.example/{name}.jpg" for name in ("first", "second", "card"))
PICTURES = {url: encoded(drawn(600 + n, 400)) for n, url in enumerate((FIRST, SECOND, CARD))}


class Web:
    """Answer with pictures, the one asked for last first; count how often each is asked for."""

    def __init__(self, pictures: Mapping[str, bytes] = PICTURES) -> None:
        self.asked: Counter[str] = Counter()
        self._pictures = pictures

    async def fetch(self, request: Request) -> Page | Refused:
        """Answer a request after those that came later."""
        self.asked[request.url] += 1
        for _ in range(20 - len(self.asked)):
            await asyncio.sleep(0)
        if request.url not in self._pictures:
            return Refused(url=request.url, reason="gone", status=404)
        return fetched(self._pictures[request.url], request.url)


def article(name: str, *figures: str) -> Article:
    return Article(
        url=f"https://gull.example/{name}",
        web_url=f"https://gull.example/{name}",
        title=name,
        published_at=NOW,
        provider=Provider(name="The Gull", domain="gull.example"),
        source="",
        found=NOW,
        figures=tuple(Figure(url=url) for url in figures),
    )


Step = Callable[[PictureSearch], Awaitable[Mapping[str, ChosenPicture]]]


def found(root: Path, web: Web, step: Step, workers: int = 1) -> dict[str, str]:
    """Take a step of a search; give the address of each article's picture by the article's name."""

    async def search() -> Mapping[str, ChosenPicture]:
        readers = ReaderPool(opened.beat, workers=workers)
        try:
            async with PictureSearch(opened, web, readers) as pictures:
                return await step(pictures)
        finally:
            readers.close()

    with open_newsroom(newsroom(root, git=False), NOW, {}) as opened:
        chosen = asyncio.run(search())
    return {url.rsplit("/", 1)[-1]: one.picture.url for url, one in chosen.items()}


def kept(root: Path) -> list[str]:
    """List the files of pictures, and not what is said of them."""
    files = (root / ".copydesk" / "pictures").glob("*")
    return sorted(file.name for file in files if file.suffix != ".json")


def test_what_was_begun_early_is_not_asked_for_again(tmp_path: Path) -> None:
    web = Web()
    articles = [article("wall", FIRST, SECOND), article("quay", FIRST)]

    async def step(pictures: PictureSearch) -> Mapping[str, ChosenPicture]:
        for one in articles:
            pictures.begin(one)
        return await pictures.choose(articles, Silence())

    assert {"wall": FIRST, "quay": FIRST} == found(tmp_path, web, step)
    assert {FIRST: 1} == web.asked


def test_what_was_begun_for_no_story_is_given_up(tmp_path: Path) -> None:
    web = Web()

    async def step(pictures: PictureSearch) -> Mapping[str, ChosenPicture]:
        pictures.begin(article("wall", FIRST))
        return {}

    assert {} == found(tmp_path, web, step)
    assert [] == kept(tmp_path)


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (PICTURES[FIRST], {".original"}),
        (encoded(drawn(), "AVIF"), {".webp", ".jpg"}),
        (PICTURES[FIRST][:2000], set()),
        (encoded(drawn(), "AVIF")[:400], set()),
    ],
    ids=["light", "heavy", "cut off", "heavy, cut off"],
)
def test_forms_are_made_at_once_of_what_may_not_wait_and_of_nothing_that_is_broken(
    tmp_path: Path, body: bytes, kinds: set[str]
) -> None:
    articles = [article("wall", FIRST)]

    async def step(pictures: PictureSearch) -> Mapping[str, ChosenPicture]:
        return await pictures.choose(articles, Silence())

    assert bool(kinds) == bool(found(tmp_path, Web({FIRST: body}), step))
    assert kinds == {Path(name).suffix for name in kept(tmp_path)}


@pytest.mark.parametrize("workers", [1, 3])
def test_each_article_has_its_own_picture_whatever_ends_first(tmp_path: Path, workers: int) -> None:
    articles = [article("wall", FIRST), article("quay", SECOND), article("seal", CARD)]

    async def step(pictures: PictureSearch) -> Mapping[str, ChosenPicture]:
        for one in articles:
            pictures.begin(one)
        return await pictures.choose(articles, Silence())

    assert {"wall": FIRST, "quay": SECOND, "seal": CARD} == found(tmp_path, Web(), step, workers)


def test_the_same_bytes_under_many_addresses_are_kept_once(tmp_path: Path) -> None:
    addresses = [f"https://img.example/card/{number}.jpg" for number in range(6)]
    web = Web(dict.fromkeys(addresses, PICTURES[CARD]))
    articles = [article(str(number), address) for number, address in enumerate(addresses)]

    async def step(pictures: PictureSearch) -> Mapping[str, ChosenPicture]:
        return await pictures.choose(articles, Silence())

    assert {} == found(tmp_path, web, step, workers=2)  # a card stands for nothing
    assert 1 == len(list((tmp_path / ".copydesk" / "pictures").glob("*.original")))
