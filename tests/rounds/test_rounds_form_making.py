"""The forms of pictures: made by readers for what is published, beside other work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from copydesk.illustrate import Album, FetchedPicture, PictureForms, measure_picture
from copydesk.news import Beat, Image, Reason, ReasonKind, Story
from copydesk.rounds import FormMaking, ReaderPool
from illustrate.draw import drawn, encoded, fetched
from world.newsroom import NOW

FIRST, SECOND, BROKEN = (
    f"https://img.example/{name}.jpg" for name in ("first", "second", "broken")
)
PICTURES = {FIRST: encoded(drawn(600, 400)), SECOND: encoded(drawn(601, 400))}


def story(picture: str, *, published: bool = True, waits: bool = False) -> Story:
    return Story(
        reasons=(Reason.of(ReasonKind.ALL_HELD),) if waits else (),
        path="_news/2026-11-19-wall.md",
        title="Wall",
        published_at=NOW,
        published=published,
        images=(Image(url=picture),) if picture else (),
    )


@pytest.fixture
def album(tmp_path: Path) -> Album:
    """An album with two pictures that wait."""
    album = Album(tmp_path / "pictures", 10_000_000)
    for url, body in PICTURES.items():
        album.keep_original(measure_picture(url, body))
    return album


class CountingReaders(ReaderPool):
    """Readers that note of which pictures they are to make the forms."""

    def __init__(self) -> None:
        super().__init__(Beat(title="Coast"), workers=1)
        self.asked: list[str] = []

    async def picture_forms(self, fetched: FetchedPicture) -> PictureForms:
        self.asked.append(fetched.url)
        return await super().picture_forms(fetched)


def make(album: Album, step: Callable[[FormMaking], Awaitable[None]]) -> list[str]:
    """Take a step; give the pictures of which readers were to make the forms."""
    readers = CountingReaders()

    async def work() -> None:
        try:
            async with FormMaking(album, readers) as making:
                await step(making)
        finally:
            readers.close()

    asyncio.run(work())
    return readers.asked


def finish(*lots: Sequence[Story]) -> Callable[[FormMaking], Awaitable[None]]:
    async def step(making: FormMaking) -> None:
        for stories in lots:
            await making.begin(stories)
        await making.finish()

    return step


def test_forms_are_made_of_what_is_published_and_of_nothing_else(
    tmp_path: Path, album: Album
) -> None:
    make(album, finish([story(FIRST), story(SECOND, published=False), story("")]))

    alone = Album(tmp_path / "alone", 10_000_000).add(FIRST, fetched(PICTURES[FIRST], FIRST))
    assert {FIRST: alone.thumbnail} == album.thumbnails()


def test_forms_are_made_of_what_waits_for_an_editor_who_looks_at_it(album: Album) -> None:
    asked = make(album, finish([story(FIRST, published=False, waits=True)]))

    assert [FIRST] == asked


def test_a_picture_that_is_wanted_again_is_not_made_again(album: Album) -> None:
    asked = make(album, finish([story(FIRST)], [story(FIRST), story(FIRST)]))

    assert [FIRST] == asked
    assert [FIRST] == [*album.thumbnails()]


def test_readers_have_it_before_the_caller_keeps_the_loop_to_itself(album: Album) -> None:
    async def step(making: FormMaking) -> None:
        await making.begin([story(FIRST), story(SECOND)])

    assert [FIRST, SECOND] == make(album, step)


def test_a_picture_of_which_no_reader_can_make_forms_is_forgotten(album: Album) -> None:
    album.keep_original(measure_picture(BROKEN, PICTURES[FIRST][:2000]))

    make(album, finish([story(BROKEN), story(SECOND)]))

    assert album.find(BROKEN) is None
    assert [SECOND] == [*album.thumbnails()]


def test_what_is_not_waited_for_is_given_up_and_goes_on_waiting(album: Album) -> None:
    async def step(making: FormMaking) -> None:
        await making.begin([story(FIRST)])

    make(album, step)

    assert {} == album.thumbnails()
    assert album.find(FIRST)
