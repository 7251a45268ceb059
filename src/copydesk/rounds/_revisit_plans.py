"""Plan when to re-fetch the article page of each stored story, to find publishers' corrections.

    filed + 1 hour, 6 hours, 1 day, 3 days, 7 days

A late re-fetch replaces all that were due by then. A re-fetch that is a week late is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from copydesk.archive import ArticleStore
from copydesk.kit import embeds, urls
from copydesk.kit.options import take
from copydesk.memory import Memory, Revisit
from copydesk.news import Article, Beat, Lead, Story
from copydesk.news.article import Media
from copydesk.news.story import Event
from copydesk.newsroom import Failure, Newsroom
from copydesk.newsroom.filing import read_digests
from copydesk.rounds._page_memory import NEVER, NO_TRACE, PageTrace, Plan
from copydesk.rounds._shelf import FiledShelf

STEPS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168))
WEEK = STEPS[-1]
DAY = timedelta(days=1)
LOOKS_A_ROUND = 200
LOOKS_A_HOST = 12  # in a round; a minute, with five seconds between two

LATE = DAY  # on a host with too many due looks, those not yet this late go first

_GIVE_UP = WEEK + 3 * DAY
_FIRST = timedelta(hours=1)  # after a loss of the memory no look is due before that


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One re-fetch of a story's article page, with its result.

    "same" is a 304; "gone" a 404 or 410; "read" has the article; "nothing" is any answer that says
    nothing about the article: a timeout, a paywall, a page that is no article now. `failure` is a
    bug.
    """

    revisit: Revisit
    plan: Plan
    story: Story
    said: Literal["same", "gone", "read", "nothing"] = "nothing"
    article: Article | None = None
    trace: PageTrace = NO_TRACE
    failure: Failure | None = None


def plan_first_look(
    articles: ArticleStore, now: datetime, lead: Lead, article: Article, trace: PageTrace
) -> Plan:
    """Return the plan for the first re-fetch of a new story's article page."""
    return Plan(
        filed=now,
        looked=now,
        lead=lead,
        **take(trace, "etag", "last_modified", "final_url"),
        article=articles.put(article),
        digest=digest(article),
    )


def digest(article: Article) -> str:
    """Return a digest of an article's headline, excerpt and text."""
    words = "\0".join((article.title, article.excerpt, article.text))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def place_of_look(
    story: Story, url: str, plan: Plan, trace: PageTrace = NO_TRACE
) -> tuple[str, Plan]:
    """Return the URL at which to re-fetch a story's article page, and the plan for that URL.

    It is the URL by which the story was found, if only its publisher's host redirects from there:
    other hosts (a shortener, a counter, a hijacker) must not influence the story. Otherwise it is
    the URL where the page was read. HTTP validators are valid only for the URL that gave them.
    """
    home = story.web_url or url
    between = (url, *(target for _, target in trace.hops[:-1]))
    if all(urls.host(place) == urls.host(home) for place in between):
        return url, plan
    last = plan.final_url
    if not urls.same_site(last, home):
        return home, msgspec.structs.replace(plan, etag="", last_modified="", final_url="")
    is_home = urls.identity(last) == urls.identity(home)
    return (home if is_home else last), plan


def keep_plan(memory: Memory, now: datetime, story: Story, url: str, plan: Plan) -> None:
    """Store when to re-fetch a story's article page next; delete the plan after the last time."""
    due = _next(plan, now, story.published_at)
    if due is None and plan.is_gone and story.access != "gone":
        due = NEVER  # the record has no field for it, so the plan stores it
    if due is None:
        memory.revisits.forget(story.path)
        return
    kept = msgspec.json.encode(plan)
    memory.revisits.put(Revisit(path=story.path, url=url, due=due, kept=kept))


def _next(plan: Plan, now: datetime, published_at: datetime | None) -> datetime | None:
    """Return the time of an article page's next re-fetch, None if there is none.

    A story published within the last week always has a plan; if it is missing, it was lost.
    """
    if plan.gone is not None and not plan.is_gone:
        return max(plan.gone, now) + DAY if now < plan.filed + _GIVE_UP else None
    for step in STEPS:
        if plan.filed + step > now:
            return plan.filed + step
    if published_at is not None and published_at > now - WEEK:
        return published_at + WEEK
    return None


def due_looks(memory: Memory, now: datetime) -> list[Revisit]:
    """Return the article pages to re-fetch now, the longest overdue first, limited for each
    host.
    """
    late = now - LATE
    return memory.revisits.share(now, late, LOOKS_A_ROUND, LOOKS_A_HOST)


def make_up_plans(
    newsroom: Newsroom, shelf: FiledShelf, removed: frozenset[str], left_over: Set[str]
) -> None:
    """Plan a re-fetch of each story page of the last week that has no plan; delete expired plans.

    Plans are missing after a loss of the memory: the looks are spread over the next day by path.
    Stories `left_over` by a killed round, and those filed within the hour, are on schedule. A
    record that copydesk may not change, or whose page is gone or was `removed` by an editor, gets
    no plan.
    """
    now = newsroom.now
    newsroom.memory.revisits.forget_due(now - WEEK)
    recent = shelf.paths_between(now - WEEK + timedelta(seconds=1), now + WEEK)
    planned = newsroom.memory.revisits.paths()
    for shelved in shelf.at_paths(path for path in recent if path not in planned):
        story = shelved.story
        is_over = story.access == "gone" or is_removed(story, removed)
        if not is_over and is_ours(newsroom.beat, newsroom.articles, newsroom.memory, story):
            _make_up(newsroom, story, is_left=story.path in left_over)


def is_removed(story: Story, removed: frozenset[str]) -> bool:
    """Return whether an editor removed a story for good; `removed` holds keys of removed URLs."""
    is_said = story.verdict is not None and story.verdict.said == "remove"
    return is_said or not removed.isdisjoint(map(urls.identity, story.addresses))


def is_ours(beat: Beat, articles: ArticleStore, memory: Memory, story: Story) -> bool:
    """Return whether copydesk itself made a story record, so that its article page is re-fetched.

    The record's digests show it. A record of `everyday` has them only in memory; if that was lost,
    the stored article is enough: such a re-fetch only notices that a page is gone, and changes
    nothing.
    """
    if read_digests(memory, story):
        return True
    has_blocks = beat.scoring.traits.has_blocks
    return not has_blocks and _article(articles, story) is not None


def _article(articles: ArticleStore, story: Story) -> Article | None:
    return articles.find(story.web_url or story.original_url)


def _make_up(newsroom: Newsroom, story: Story, *, is_left: bool) -> None:
    now, memory = newsroom.now, newsroom.memory
    article = _article(newsroom.articles, story)
    filed = min(now, article.found if article else story.published_at or now)
    plan = Plan(
        filed=filed,
        looked=now,
        lead=_lead(now, story, article),
        digest=digest(article) if article else "",
    )
    url, plan = place_of_look(story, story.original_url or story.web_url, plan)
    if article is not None and url in {article.url, story.original_url}:
        plan = msgspec.structs.replace(plan, final_url=url)  # the page was read there
    if is_left or now < filed + _FIRST:
        keep_plan(memory, now, story, url, plan)
        return
    number = int(hashlib.sha256(story.path.encode()).hexdigest()[:8], 16)
    spread = timedelta(seconds=number % int((DAY - _FIRST).total_seconds()))
    kept = msgspec.json.encode(plan)
    memory.revisits.put(Revisit(path=story.path, url=url, due=now + _FIRST + spread, kept=kept))


def _lead(now: datetime, story: Story, article: Article | None) -> Lead:
    """Return the link by which a story was found, rebuilt from its record and the stored
    article.
    """
    url = story.original_url or story.web_url
    if article is None:
        return Lead(
            url=url, source="", found=now, title=story.title, published_at=story.published_at
        )
    told = {field for field, origin in article.origins.items() if origin == "lead"}
    return Lead(
        url=url,
        source=article.source,
        found=article.found,
        title=article.title,
        excerpt=article.excerpt if "excerpt" in told else "",
        published_at=article.published_at,
        guid=article.guid,
        authors=article.authors if "authors" in told else (),
        image=article.image if "image" in told else "",
        language=article.language if "language" in told else "",
        media=_media(article) if "type" in told else (),
    )


def forget(memory: Memory, paths: Iterable[str]) -> None:
    """Delete the plans to re-fetch the article pages of the stories at these paths."""
    for path in paths:
        memory.revisits.forget(path)


def _media(article: Article) -> tuple[Media, ...]:
    """Return the video or audio that a feed offered, read from the stored article's embed code."""
    shown = embeds.read(article.featured_content)
    if shown is None:
        return ()
    kind = shown.kind
    mime_type = f"{kind}/*" if isinstance(shown, embeds.MediaFile) else ""
    return (Media(url=shown.src, kind=kind, type=mime_type, seconds=article.seconds),)


# The changes that re-fetching an article page makes in its story record.


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A story record before and after its publisher's correction. `article` is None if the article
    page could not be read.
    """

    before: Story
    after: Story
    events: tuple[Event, ...]
    article: Article | None = None
    has_moved: bool = False
