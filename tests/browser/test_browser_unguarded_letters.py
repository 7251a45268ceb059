"""Letters and posts as HTML in a browser that keeps no policy: hostile words stay words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from copydesk.building.posts import NETWORKS
from copydesk.building.posts.composing import (
    ComposedPost,
    PostParts,
    compose_post,
    read_post_template,
)
from copydesk.news.letter import Issue
from copydesk.newsletters.composing import RenderedIssue
from world.hostile import NAMES
from world.hostile_site import ROWS, Write, make_letter, tame
from world.mailing import render_in
from world.posting import DEFAULT_TEMPLATE, LINK
from world.shown_posts import MARKS
from world.unguarded import WRITTEN_TAGS, Look, Lookout, open_lookout

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# elements of letters without a note
LETTER_TAGS = frozenset(
    {*WRITTEN_TAGS, "html", "head", "title", "meta", "style", "body", "h1", "img"}
)


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Two windows without policies, and a folder for what they open."""

    folder: Path
    lookout: Lookout
    beside: Lookout

    def find_faults(self, hostile: str, plain: str) -> list[str]:
        """Return what a page does that the same page of harmless words does not."""
        return self.look(self.lookout, hostile).find_faults(self.look(self.beside, plain))

    def look(self, lookout: Lookout, page: str) -> Look:
        """Open a page as a file, which has no headers."""
        file = self.folder / "opened.html"
        file.write_bytes(page.encode())
        lookout.go(file.as_uri())
        return lookout.look()


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Windows]:
    with ExitStack() as stack:
        yield Windows(
            folder=tmp_path_factory.mktemp("letters"),
            lookout=stack.enter_context(open_lookout(chromium)),
            beside=stack.enter_context(open_lookout(chromium)),
        )


def without_notes(issue: Issue) -> Issue:
    """Return an issue without editors' notes, whose Markdown may become elements."""
    sections = tuple(
        replace(part, stories=tuple(replace(story, note="") for story in part.stories))
        for part in issue.sections
    )
    return replace(issue, note="", sections=sections)


def render_letter(number: int, write: Write, *, has_notes: bool = False) -> RenderedIssue:
    issue = make_letter(number, write)
    return render_in(issue if has_notes else without_notes(issue))


def shape_faults(windows: Windows, number: int) -> list[str]:
    pages = [render_letter(number, write).html for write in (str, tame)]
    return windows.find_faults(*pages)


@pytest.mark.sample("1")
@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_letter_has_the_elements_of_a_harmless_one(windows: Windows, number: int) -> None:
    assert [] == shape_faults(windows, number)


@pytest.mark.sample("10")
@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_letter_with_editors_notes_runs_nothing(windows: Windows, number: int) -> None:
    """Notes are Markdown, so that their elements may differ, but only by those of Markdown."""
    look = windows.look(windows.lookout, render_letter(number, str, has_notes=True).html)

    assert ((), (), ()) == (look.ran, look.unsafe, look.asked)
    names = [shape.split() for shape in look.shape]
    assert [] == [name for name, *_ in names if name.lower() not in LETTER_TAGS]
    assert {"href"} >= {one for _, *more in names for one in more if one in {"src", "href"}}


def test_a_letter_that_does_not_escape_is_caught(windows: Windows) -> None:
    """The net has no holes: the same letter, but for one headline that is put in as it is."""
    hostile, plain = (render_letter(1, write).html for write in (str, tame))
    words = "<img src=https://thief.example/x onerror=alert(1)><a href=javascript:alert(1)>x</a>"
    faults = windows.find_faults(hostile.replace("<h1", f"{words}<h1", 1), plain)

    for kind in ("ran: alert", "unsafe: ", "more than once or new: ", "asked: "):
        assert [fault for fault in faults if fault.startswith(kind)], kind


def test_a_post_in_matrix_has_the_elements_of_a_harmless_one(windows: Windows) -> None:
    """It is the only network that gets HTML; all rows and marks stand in one page."""
    pages = []
    for write in (str, tame):
        bodies = []
        for headline in (*ROWS, *MARKS):
            parts = PostParts(headline=write(headline), line=write(headline[::-1]), link=LINK)
            template = read_post_template(DEFAULT_TEMPLATE)
            post = compose_post(parts, template, NETWORKS["matrix"].network)
            assert isinstance(post, ComposedPost)
            bodies.append(f"<article>{post.markup}</article>")
        pages.append(f"<!doctype html><meta charset=utf-8>{''.join(bodies)}")
    faults = windows.find_faults(*pages)
    assert [] == [fault for fault in faults if not fault.startswith("too wide")]  # not our page
