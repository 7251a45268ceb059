"""Memory: however often a page is asked for, the server holds no more of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from world.page_kinds import (
    ALL_KINDS,
    COSTLY_KINDS,
    READER_KINDS,
    SIGNED_OUT_KINDS,
    SITE_KINDS,
    PageKind,
    PagesWorld,
    pages_world,
)

pytestmark = pytest.mark.slow

OPEN_KINDS = (*SITE_KINDS, *READER_KINDS, *SIGNED_OUT_KINDS)  # strangers ask for them as they like
MOST_MB = 5.0  # that may be added after the warm-up; a cache that fills is no leak


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesWorld]:
    """Serve pages of every kind, each of which was asked for already."""
    with pages_world(tmp_path_factory.mktemp("memory")) as world:
        for kind in ALL_KINDS:
            world.ask(kind)
        yield world


def measure_growth(world: PagesWorld, kind: PageKind, times: int) -> float:
    """Return how many MB more the server holds after so many requests."""
    before = world.measure_memory()
    world.ask(kind, times)
    return world.measure_memory() - before


@pytest.mark.sample(
    "stranger: GET /",
    "stranger: GET /mail/manage/{manage}",
    "stranger: POST /mail/subscribe",
    "stranger: GET /desk/sign-in (Host)",
    "stranger: GET /desk/api/queue (Host)",
)
@pytest.mark.parametrize("kind", OPEN_KINDS, ids=lambda kind: kind.name)
def test_a_page_for_anybody_leaves_nothing_behind(world: PagesWorld, kind: PageKind) -> None:
    world.ask(kind, 30)

    assert measure_growth(world, kind, 300) < MOST_MB  # a renderer kept for each request: 13


def test_a_look_at_a_letters_preview_leaves_nothing_behind(world: PagesWorld) -> None:
    preview = next(kind for kind in COSTLY_KINDS if kind.path.endswith("/preview"))
    world.ask(preview, 10)

    assert measure_growth(world, preview, 60) < 3.0  # a renderer kept for each: 5


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.name)
def test_three_thousand_requests_leave_nothing_behind(world: PagesWorld, kind: PageKind) -> None:
    world.ask(kind, 200)

    assert measure_growth(world, kind, 3_000) < MOST_MB
