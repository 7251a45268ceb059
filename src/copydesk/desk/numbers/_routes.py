"""The routes of the pages of numbers; who may look may see them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from copydesk import engine
from copydesk.desk._answers import page_answer, with_errors
from copydesk.desk._counts import Counts
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk.numbers._front_page import render_front
from copydesk.desk.numbers._numbers_page import read_days, render_numbers
from copydesk.desk.numbers._recall_page import render_recall
from copydesk.desk.sign_in import visitor_of


def list_number_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk that show numbers."""

    async def show_numbers(request: Request) -> Response:
        """Answer with what the last days brought."""
        editor, days = editor_of(request), read_days(request.query_params)

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            newsroom = opened.newsroom
            numbers = engine.read_numbers(newsroom, opened.queue.catalogue, days)
            return render_numbers(pages, editor, counts, newsroom.beat, numbers)

        return page_answer(await desk.draw(make))

    async def show_recall(request: Request) -> Response:
        """Answer with what was missed of others' lists."""
        editor, may_add = editor_of(request), visitor_of(request).may("owner")

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            kept = engine.read_kept_recall(opened.newsroom)
            return render_recall(pages, editor, counts, kept, may_add=may_add)

        return page_answer(await desk.draw(make))

    return [
        _make_front_route(desk, editor_of),
        Route("/numbers/", with_errors(show_numbers)),
        Route("/recall/", with_errors(show_recall)),
    ]


def _make_front_route(desk: Desk, editor_of: Callable[[Request], Editor]) -> Route:
    planning, explanations = asyncio.Lock(), engine.FrontExplanations()

    async def show_front(request: Request) -> Response:
        """Answer with why the front page is as it is."""
        editor, story = editor_of(request), request.query_params.get("story", "")

        async with planning:  # by one thread: it waits for a build
            found = await desk.thread.change(explanations.explain)
        return page_answer(
            await desk.draw(
                lambda _opened, pages, counts: render_front(pages, editor, counts, found, story)
            )
        )

    return Route("/front/", with_errors(show_front))
