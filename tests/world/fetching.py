"""A polite fetcher on a script: who is asked for what, without a network or a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from copydesk.fetch.hosts import MemoryLimits
from copydesk.fetch.polite import Polite
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from copydesk.news.page import Purpose, RefusedReason

START = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
# one thing at a time: test_fetch_signals asks for tdmrep.json
OPTIONS = FetchOptions(delay_seconds=5, penalty_seconds=30, max_redirects=3, tdmrep=False)
Answer = Page | NotModified | Refused


class StepClock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.at = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Script:
    """A raw fetcher that answers by a list, and notes who asked for what; the rest is 404."""

    def __init__(self, pages: Mapping[str, Answer | str | int], clock: StepClock) -> None:
        self.pages = pages
        self._clock = clock
        self.requests: list[Request] = []
        self.busy = 0
        self.most_busy = 0

    async def fetch(self, request: Request) -> Answer:
        self.requests.append(request)
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        await asyncio.sleep(0)
        self.busy -= 1
        return self._answer(request.url, self.pages.get(request.url, 404))

    def _answer(self, url: str, answer: Answer | str | int) -> Answer:
        if isinstance(answer, str):
            return page(url, 302, location=answer)
        return page(url, answer) if isinstance(answer, int) else answer

    def count(self, url: str) -> int:
        """Say how often an address was asked for."""
        return sum(request.url == url for request in self.requests)

    def asked(self) -> list[str]:
        """Give what was asked for, robots.txt left out."""
        return [request.url for request in self.requests if request.purpose != "robots"]


def page(url: str, status: int = 200, body: bytes = b"", **headers: str) -> Page:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(url=url, final_url=url, status=status, headers=named, body=body, fetched_at=START)


class Desk:
    """A polite fetcher with its script and clock."""

    def __init__(
        self, pages: Mapping[str, Answer | str | int], limits: MemoryLimits | None = None
    ) -> None:
        self.clock = StepClock()
        self.script = Script(pages, self.clock)
        self.polite = Polite(self.script, OPTIONS, self.clock, limits=limits or MemoryLimits())

    def fetch(self, *urls: str, purpose: Purpose = "page") -> list[Answer]:
        """Ask for all at once."""

        async def work() -> list[Answer]:
            requests = [Request(url=url, purpose=purpose) for url in urls]
            return list(await asyncio.gather(*map(self.polite.fetch, requests)))

        return asyncio.run(work())


def refusal(answer: Answer) -> RefusedReason:
    assert isinstance(answer, Refused)
    return answer.reason


A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"
