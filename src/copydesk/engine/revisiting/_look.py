"""Look again at filed pages: what is due is asked, read, and remembered.

due  >  look (politely, with validators)  >  _corrections (what changed)  >  filed  >  keep
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from copydesk.archive import Archive, ArticleStore
from copydesk.engine.newsroom import Newsroom, Progress, failure_of
from copydesk.engine.reading import ReaderPool, parse_page, trace_of, work_by_host
from copydesk.engine.revisiting import _corrections, _plans
from copydesk.engine.revisiting._correction import Correction
from copydesk.engine.revisiting._plan import Plan, read_plan
from copydesk.engine.revisiting._plans import Look
from copydesk.errors import CopydeskError
from copydesk.kit import urls
from copydesk.news import Article, Fetcher, NotModified, Page, Refused, Request, Story


async def look_again(
    newsroom: Newsroom,
    removed: frozenset[str],
    fetcher: Fetcher,
    readers: ReaderPool,
    progress: Progress,
) -> list[Look]:
    """Look at the pages that are due, one queue a host; gives the looks by path.

    Those of stories that an editor `removed` are left alone.
    """
    looks = _due(newsroom, removed) if newsroom.settings.records.look_again else []
    if not looks:
        return []
    progress.stage("looks", len(looks))
    found: list[Look] = []

    async def one(look: Look) -> None:
        try:
            found.append(await _look_safely(newsroom.articles, look, fetcher, readers))
        except Exception as error:  # a bug that one page meets must cost only that page
            found.append(replace(look, failure=failure_of(look.revisit.url, error)))
        progress.step()

    await work_by_host(looks, lambda look: look.revisit.url, one)
    return sorted(found, key=lambda look: look.revisit.path)


def _due(newsroom: Newsroom, removed: frozenset[str]) -> list[Look]:
    """Return the looks of this round; plans for what is no record any more are forgotten."""
    looks = []
    ended = []
    for revisit in _plans.due_looks(newsroom.memory, newsroom.now):
        plan = read_plan(revisit)
        story = _story(newsroom.archive, revisit.path, removed)
        if (
            plan is None
            or story is None
            or not _plans.is_ours(newsroom.beat, newsroom.articles, newsroom.memory, story)
        ):
            ended.append(revisit.path)
        else:
            url, plan = _plans.place_of_look(story, revisit.url, plan)
            looks.append(Look(revisit=replace(revisit, url=url), plan=plan, story=story))
    _plans.forget(newsroom.memory, ended)
    return looks


def _story(records: Archive, path: str, removed: frozenset[str]) -> Story | None:
    """Return the record, None where it is away, broken, or an editor removed it."""
    try:
        story = records.read(path)
    except CopydeskError:
        return None
    return None if _plans.is_removed(story, removed) else story


async def _look_safely(
    articles: ArticleStore, look: Look, fetcher: Fetcher, readers: ReaderPool
) -> Look:
    plan, url = look.plan, look.revisit.url
    request = Request(url=url, etag=plan.etag, last_modified=plan.last_modified)
    answer = await fetcher.fetch(request)
    if isinstance(answer, NotModified) and _is_elsewhere(answer, plan):
        answer = await fetcher.fetch(Request(url=url))  # it moved: the page says where to
    match answer:
        case NotModified():
            return replace(look, said="same")
        case Refused(reason="gone") if plan.final_url:  # it was read there once
            return replace(look, said="gone")
        case Page() as page:
            return await _reading(articles, look, page, readers)
    return look


def _is_elsewhere(answer: NotModified, plan: Plan) -> bool:
    before, after = urls.identity(plan.final_url), urls.identity(answer.final_url)
    return bool(plan.final_url and answer.final_url) and before != after


async def _reading(articles: ArticleStore, look: Look, page: Page, readers: ReaderPool) -> Look:
    lead = replace(look.plan.lead, url=look.revisit.url)
    outcome = await parse_page(lead, page, readers)
    trace = trace_of(page)
    if not isinstance(outcome, Article) or not _is_at_home(look.story, outcome):
        return look
    if _corrections.is_other_article(articles, look.plan, look.story, outcome):
        return look
    return replace(look, said="read", article=outcome, trace=trace)


def _is_at_home(story: Story, article: Article) -> bool:
    """Decide whether the page is still on its publisher's site."""
    return urls.same_site(article.web_url, story.web_url or article.web_url)


def keep_looks(
    newsroom: Newsroom,
    looks: Sequence[Look],
    corrections: Mapping[str, Correction],
    unwritten: Set[str],
) -> None:
    """Remember the looks and plan the next ones.

    What a correction brought is forgotten where its record is `unwritten` (a person has it under
    the pen): the next look meets it again.
    """
    for look in looks:
        path = look.revisit.path
        correction = corrections.get(path)
        if path in unwritten:
            _plans.keep_plan(newsroom.memory, newsroom.now, look.story, look.revisit.url, look.plan)
            continue
        story = correction.after if correction else look.story
        url = look.revisit.url
        if correction and correction.has_moved:
            url = story.web_url
        _plans.keep_plan(
            newsroom.memory,
            newsroom.now,
            story,
            url,
            _after(newsroom.articles, newsroom.now, look, correction),
        )


def _after(
    articles: ArticleStore, now: datetime, look: Look, correction: Correction | None
) -> Plan:
    plan = _with(look.plan, looked=now)
    if look.said == "gone":
        return _with(plan, gone=plan.gone or now, is_gone=_corrections.is_gone(plan, now))
    if look.said == "same":
        return _with(plan, gone=None, is_gone=False)
    if look.said == "nothing" or look.article is None:
        return plan
    plan = _with(
        plan,
        gone=None,
        is_gone=False,
        etag=look.trace.etag,
        last_modified=look.trace.last_modified,
        final_url=look.trace.final_url,
    )
    if correction is None and _corrections.has_base(articles, look, look.article):
        return plan  # small changes add up until they are a correction
    content = articles.put(look.article)
    return _with(plan, article=content, digest=_plans.digest(look.article))


def _with(plan: Plan, **changes: object) -> Plan:
    import msgspec

    return msgspec.structs.replace(plan, **changes)
