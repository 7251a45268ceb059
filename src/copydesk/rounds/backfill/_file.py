"""Ask pages of archives once more before they are published, and file the judged stories.

Stories are filed in one commit a month, the earliest month first. A month that is filed is not
judged or filed again, whenever the work is interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from copydesk.catalogue import Catalogue
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import text, urls
from copydesk.news import Article, Dropped, Fetcher, Lead, Page, Refused, Request, Story
from copydesk.newsroom import Failure, Newsroom, Progress, alone, failure_of
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import (
    PATIENCE_SECONDS,
    FilingOrder,
    filing_result,
    finish_story,
    hold_write_lock,
    prepare_records,
    read_removals,
    write_lock,
)
from copydesk.rounds._pool import ReaderPool
from copydesk.rounds._reading import count_hosts, work_by_host
from copydesk.rounds.backfill._store import Answer, BackfillStore

_TRIES = 2  # requests for a page whose host does not answer
_NO_SNIPPET = "its publisher allows no excerpt today"


@dataclass(frozen=True, slots=True)
class PageAsking:
    """Asks pages whether they are still there and may be published; each only once in a backfill.

    All requests go through the newsroom's polite fetcher, which obeys robots.txt and its pauses.
    """

    store: BackfillStore
    fetcher: Fetcher
    readers: ReaderPool
    progress: Progress

    async def ask(self, articles: Sequence[Article]) -> None:
        """Ask the pages of articles and store the answers; those that were asked are left out."""
        waiting = [one for one in articles if self.store.answer(one.web_url) is None]
        if not waiting:
            return
        self.progress.stage("asking", len(waiting), count_hosts(one.web_url for one in waiting))

        async def one(article: Article) -> None:
            self.store.put_answer(article.web_url, await self._ask(article))
            self.progress.step(host=urls.host(article.web_url))

        await work_by_host(waiting, lambda article: article.web_url, one)

    async def _ask(self, article: Article) -> Answer:
        url = article.web_url
        for _ in range(_TRIES):
            await self.readers.room()
            answer = await self.fetcher.fetch(Request(url=url))
            if not isinstance(answer, Refused) or answer.reason not in {"network", "too-slow"}:
                break
        if not isinstance(answer, Page):
            detail = (answer.detail or answer.reason) if isinstance(answer, Refused) else "304"
            return Answer(why_not=f"its page cannot be fetched today ({detail})")
        if urls.identity(answer.final_url) != urls.identity(url):
            return Answer(why_not=f"its page moved to {answer.final_url}")
        return await self._read(article, answer)

    async def _read(self, article: Article, page: Page) -> Answer:
        """Return whether a page is an article today, and what its publisher forbids."""
        lead = Lead(url=page.url, source="", found=page.fetched_at)
        try:
            now = await self.readers.article(page, lead)
        except CopydeskError as error:
            return Answer(why_not=f"its page cannot be read today ({error.what})")
        if isinstance(now, Dropped):
            return Answer(why_not=f"its page is no article today ({now.detail})")
        if urls.identity(now.web_url) != urls.identity(article.web_url):
            return Answer(why_not=f"its page moved to {now.web_url}")
        why_not = _NO_SNIPPET if "snippet" in now.refuses else ""
        return Answer(why_not=why_not, refuses=now.refuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledMonth:
    """A month whose stories were filed: how many, the commit, and what failed.

    With `is_blocked` the month could not be written or committed, and is tried again.
    """

    month: str
    stories: int
    is_blocked: bool = False
    commit: str | None = None
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


def file_months(
    newsroom: Newsroom, store: BackfillStore, progress: Progress
) -> Iterator[FiledMonth]:
    """File the judged stories, and yield each month when its commit is made.

    A month that cannot be written is yielded with its failures, and ends the filing: it is tried
    again by the next call. Raises BusyError while a round runs for ten minutes.
    """
    months = store.months_to_file()
    progress.stage("filing", len(months))
    for month in months:
        with alone(newsroom.root, newsroom.private, PATIENCE_SECONDS):
            filed = _file_month(newsroom, store, month)
        if filed.is_blocked:
            yield filed
            return
        store.forget_month(month)
        progress.step()
        yield filed


def _file_month(newsroom: Newsroom, store: BackfillStore, month: str) -> FiledMonth:
    """File the stories of a month in one commit, without those whose pages are filed by now."""
    beside = newsroom.articles.beside
    assert beside is not None  # a newsroom has a room for texts of archives
    written = [
        finish_story(newsroom.settings, beside, story, article)
        for story, article in _choose_stories(newsroom, store.stories_of(month))
    ]
    if not written:
        return FiledMonth(month=month, stories=0)
    order = FilingOrder(
        before={}, message=_message(month, written), branch=newsroom.repository.branch()
    )
    lock = write_lock(newsroom)
    try:
        prepared = prepare_records(newsroom, written, order)
        with hold_write_lock(newsroom, lock, PATIENCE_SECONDS):
            filed = filing_result(prepared, prepared.change.begin(lock).finish())
    except (RecordError, GitError) as error:  # a full disk: nothing was touched
        failed = (failure_of(error.subject, error),)
        return FiledMonth(month=month, stories=0, is_blocked=True, failed=failed)
    return FiledMonth(
        month=month,
        stories=len(filed.written),
        is_blocked=len(filed.failed) > len(prepared.failed),  # more than stories of a wrong form
        commit=filed.commit,
        failed=filed.failed,
        notes=filed.notes,
    )


def _choose_stories(
    newsroom: Newsroom, stories: Iterable[tuple[Story, Article]]
) -> list[tuple[Story, Article]]:
    """Return the stories whose pages were neither filed nor removed since they were judged."""
    removed, stories = read_removals(newsroom.root), list(stories)
    addresses = [address for story, _ in stories for address in story.addresses]

    def list_there(catalogue: Catalogue) -> set[str]:
        return {address for address in addresses if catalogue.path_at(address)}

    filed = ask_catalogue(newsroom, list_there)
    return [
        (story, article)
        for story, article in stories
        if filed.isdisjoint(story.addresses)
        and removed.isdisjoint(map(urls.identity, story.addresses))
    ]


def _message(month: str, stories: Sequence[Story]) -> str:
    count = text.count_of(len(stories), "story", "stories")
    lines = [f"+ {text.fold(story.title)}" for story in stories]
    return "\n".join([f"backfill: {count} of {month}", "", *lines])
