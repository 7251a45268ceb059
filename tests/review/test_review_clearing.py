"""A story whose verdict was taken back, by what its own record holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import review
from copydesk.news import Reason, Story, Verdict
from copydesk.review import rejudging

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VERDICT = Verdict(by="Ed", at=NOON, said="publish", why="so")
STORY = Story(
    path="_news/a.md",
    title="Words",
    published_at=NOON,
    quality=60,
    heat=60,
    published=True,
    verdict=VERDICT,
    reasons=(Reason(about="published", why="quality 60 is below the threshold 70"),),
)


def known(published: bool) -> dict[str, str]:
    return dict(review.digests(replace(STORY, published=published)))


@pytest.mark.parametrize("was", [True, False])
def test_a_story_alone_is_as_the_line_wrote_it_last(was: bool) -> None:
    story = rejudging.without_verdict(STORY, known(was))
    assert (story.published, story.heat, story.verdict) == (was, 60, None)


@pytest.mark.parametrize("fields", [{"copy_of": "b"}, {"group": "b"}])
def test_who_was_off_the_site_beside_another_one_is_so_again(fields: dict[str, str]) -> None:
    story = rejudging.without_verdict(replace(STORY, **fields), known(False))  # type: ignore[arg-type]
    assert (story.published, story.heat) == (False, -1)


def test_a_leader_that_a_rejection_put_behind_is_not_taken_for_published() -> None:
    rejected = replace(STORY, group="b", heat=-1, published=False)
    assert rejudging.without_verdict(rejected, known(True)).published is False


def test_of_which_nothing_is_known_is_not_published() -> None:
    assert rejudging.without_verdict(STORY, {}).published is False


@pytest.mark.parametrize(
    ("points", "published", "why"),
    [
        (70, True, "quality 70 reaches the threshold 70"),
        (69, False, "quality 69 is below the threshold 70"),
    ],
)
def test_its_points_decide_and_are_told(points: int, published: bool, why: str) -> None:
    story = rejudging.decide_by_points(replace(STORY, verdict=None), points, 70)
    assert story.published is published
    assert story.reasons == (Reason(about="published", why=why),)


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ({"copy_of": "b"}, False),
        ({"reasons": (Reason(about="held", why="every story waits for an editor"),)}, False),
        (
            {
                "reasons": (
                    Reason(
                        about="published", why="outside the site's subject under the current rules"
                    ),
                )
            },
            False,
        ),
        (
            {
                "reasons": (
                    Reason(about="published", why="stories of this source need no minimum quality"),
                )
            },
            True,
        ),
    ],
)
def test_what_else_the_record_holds_goes_before_its_points(
    fields: dict[str, object], published: bool
) -> None:
    points = 0 if published else 100
    story = rejudging.decide_by_points(replace(STORY, **fields), points, 70)  # type: ignore[arg-type]
    assert story.published is published


def test_reasons_that_are_the_same_stand_as_they_stood() -> None:
    two = (Reason(about="a", why="1"), Reason(about="b", why="2"))
    filed = replace(STORY, reasons=two)
    assert rejudging.answer_for(filed, replace(STORY, reasons=two[::-1]), {}).reasons == two
