"""Re-fetch the article pages of stored stories, and copy publishers' corrections into the
records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import partial

from copydesk import judge, review
from copydesk.archive import Archive, ArticleStore
from copydesk.config import Settings
from copydesk.errors import CopydeskError
from copydesk.extract import terms
from copydesk.illustrate import Album
from copydesk.judge import shelves
from copydesk.kit import revisions, urls
from copydesk.kit.options import take
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Fetcher, NotModified, Page, Refused, Request, Story
from copydesk.news.story import Event, EventKind
from copydesk.newsroom import Newsroom, Progress, failure_of
from copydesk.newsroom.filing import read_digests
from copydesk.review import corrections, rejudging, rules
from copydesk.rounds import _revisit_plans
from copydesk.rounds._judging import counting_picture
from copydesk.rounds._page_memory import GONE, Plan, SiteHabits, read_plan
from copydesk.rounds._pool import ReaderPool
from copydesk.rounds._reading import count_hosts, parse_page, trace_of, work_by_host
from copydesk.rounds._revisit_plans import Correction, Look
from copydesk.rounds._shelf import FiledShelf, shelve

_PERMANENT = frozenset({301, 308})


def find_corrections(
    newsroom: Newsroom, shelf: FiledShelf, looks: Iterable[Look]
) -> Mapping[str, Correction]:
    """Return publishers' corrections found on re-fetched article pages, by story path. The
    corrected stories are also put into `shelf`, the stories that new ones are compared with.
    """
    found = {}
    sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
    for look in looks:
        correction = _correction(newsroom, shelf, sites, look)
        if correction is None:
            continue
        found[look.story.path] = correction
        if correction.article is None:
            shelf.replace(correction.after)
        else:
            text = sites.settle(correction.article).text
            shelf.put(shelve(correction.after, correction.article, text, newsroom.beat))
    return found


def _correction(
    newsroom: Newsroom, shelf: FiledShelf, sites: SiteHabits, look: Look
) -> Correction | None:
    if not read_digests(newsroom.memory, look.story):
        return None
    if look.said == "gone":
        return _mark_end(newsroom.beat, newsroom.memory, newsroom.now, look)
    if look.article is None:
        return None
    article = sites.settle(look.article)
    is_set = "url" in rules.find_ruled_fields(look.story, newsroom.beat)
    moved = None if is_set else _find_move(shelf, look, article)
    words = tuple(_words(newsroom, sites, look, article))
    back = look.story.access == GONE
    after = apply_terms(newsroom.beat, newsroom.memory, look.story, article)
    if not any((moved, words, back, after != look.story)):
        return None
    came_back = [Event.of(EventKind.BACK)] if back else []
    events = (*words, *filter(None, [moved]), *came_back)
    if words or back:
        after = _rejudge(newsroom.settings, newsroom.album, newsroom.memory, after, article)
    if words:
        after = replace(after, updated_at=_correction_time(newsroom.now, look.story, look.article))
    if moved:
        after = replace(after, web_url=look.article.web_url)
    return Correction(
        before=look.story,
        after=_finish(newsroom.beat, newsroom.memory, newsroom.now, after, events),
        events=events,
        article=look.article,
        has_moved=bool(moved),
    )


def is_gone(plan: Plan, now: datetime) -> bool:
    """Return whether an article page that is missing now was also missing a day ago."""
    return plan.is_gone or (plan.gone is not None and now - plan.gone >= _revisit_plans.DAY)


def _mark_end(beat: Beat, memory: Memory, now: datetime, look: Look) -> Correction | None:
    """Return a correction that marks an article page as gone. It is None for records in the format
    of everyday.cc, which have no field for that.
    """
    has_blocks = beat.scoring.traits.has_blocks
    settled = is_gone(look.plan, now) and not look.plan.is_gone
    if not has_blocks or not settled or look.story.access == GONE:
        return None
    events = (Event.of(EventKind.GONE),)
    after = _finish(beat, memory, now, replace(look.story, access=GONE), events)
    return Correction(before=look.story, after=after, events=events)


def base(articles: ArticleStore, plan: Plan, story: Story) -> Article | None:
    """Return the earlier version of an article that its re-fetched page is compared with, or
    None.
    """
    kept = articles.get(plan.article) if plan.article else None
    return kept or articles.find_for(story)


def has_base(articles: ArticleStore, look: Look, article: Article) -> bool:
    """Return whether an earlier version of an article is stored, to compare re-fetched pages with.

    It does not count if another version of the parser made it, or if the story's history has a
    correction that the memory lacks, since its round was killed.
    """
    if corrections.is_noted_since(look.story, look.plan.looked):
        return False
    if _is_same(look.plan, article):
        return True
    kept = base(articles, look.plan, look.story)
    return kept is not None and kept.reader == article.reader


def _is_same(plan: Plan, article: Article) -> bool:
    """Return whether the words of an article are the same as at its last re-fetch."""
    return plan.digest == _revisit_plans.digest(article)


def is_other_article(articles: ArticleStore, plan: Plan, story: Story, article: Article) -> bool:
    """Return whether a re-fetched page shows another article, or a stub, instead of the stored one.

    If the earlier reading was evicted, the record's headline and excerpt are compared instead.
    """
    if _is_same(plan, article):
        return False
    old = base(articles, plan, story)
    title, text = (old.title, old.text) if old else (story.title, story.excerpt)
    return corrections.is_other_article(title, text, article.title, article.text)


def _words(newsroom: Newsroom, sites: SiteHabits, look: Look, article: Article) -> Iterator[Event]:
    """Yield the changes of a story's headline, excerpt and text; `article` has no site boilerplate.

    The new text is compared with that of the earlier fetch, by the same parser and rules, no matter
    how the record got its words. If the earlier one was evicted, or the history has a line since
    the last remembered re-fetch (its round was killed), the new text is compared with the record.
    """
    if look.article is None or _is_same(look.plan, look.article):
        return
    old = _earlier_reading(newsroom.articles, sites, look)
    if old is not None and old.reader != article.reader:
        return  # another version of the reader may read an unchanged page differently
    hand = review.find_hand_edits(look.story, read_digests(newsroom.memory, look.story))
    hand |= rules.find_ruled_fields(look.story, newsroom.beat)
    title = old.title if old else "" if "title" in hand else look.story.title
    excerpt = old.excerpt if old else "" if "excerpt" in hand else look.story.excerpt
    if title and not corrections.have_same_words(title, article.title):
        yield _new_headline(title, article.title, is_kept="title" in hand)
        excerpt = excerpt.replace(title, article.title)  # the excerpt may begin with the title
    if _has_new_excerpt(excerpt, article.excerpt):
        yield Event.of(_name_change(excerpt, article.excerpt, is_kept="excerpt" in hand))
    if old:
        yield from corrections.text_changes(old.text, article.text)


def _has_new_excerpt(old: str, new: str) -> bool:
    """Return whether an excerpt changed. Gaining or losing one depends on usage terms and is no
    change.
    """
    return bool(old and new) and not corrections.have_same_excerpt(old, new)


def _name_change(old: str, new: str, *, is_kept: bool) -> EventKind:
    """Return the kind of a change of an excerpt; an excerpt's end depends on the text's length."""
    was, now = old.split(), new.split()
    end = min(len(was), len(now)) - 1
    if not is_kept and not revisions.is_reworded(" ".join(was[:end]), " ".join(now[:end])):
        return EventKind.EXCERPT_RESPELLED
    return EventKind.EXCERPT_KEPT if is_kept else EventKind.EXCERPT_CHANGED


def _new_headline(old: str, new: str, *, is_kept: bool) -> Event:
    if is_kept:
        return Event.of(EventKind.HEADLINE_KEPT, title=new)
    return Event.of(EventKind.HEADLINE_CHANGED, title=old)


def _earlier_reading(articles: ArticleStore, sites: SiteHabits, look: Look) -> Article | None:
    """Return the earlier version of an article, None if a comparison with it would show nothing."""
    if corrections.is_noted_since(look.story, look.plan.looked):
        return None
    kept = base(articles, look.plan, look.story)
    return None if kept is None else sites.settle(kept)


def _rejudge(
    settings: Settings, album: Album, memory: Memory, story: Story, article: Article
) -> Story:
    """Return a story with new scores for its current article page, compared with no other story.

    Whether it is a copy was decided when it was filed.
    """
    grounds = rejudging.Grounds(
        assess=judge.assess,
        beat=settings.beat,
        shelf=shelves.MemoryShelf(),
        known=read_digests(memory, story),
        picture=counting_picture(settings, album, story, article),
    )
    return rejudging.rejudge(story, article, grounds, "correction").story


def _correction_time(now: datetime, story: Story, article: Article) -> datetime:
    """Return the correction time that an article page states if it is new and past, else `now`."""
    told = article.updated_at
    before = max(filter(None, (story.updated_at, story.published_at)), default=None)
    is_news = told is not None and told <= now and (before is None or told > before)
    return told if told is not None and is_news else now


def _find_move(shelf: FiledShelf, look: Look, article: Article) -> Event | None:
    """Return the history event that an article page moved to another URL, None if it did not."""
    story, new = look.story, article.web_url
    if not story.web_url or urls.identity(new) == urls.identity(story.web_url):
        return None
    is_ours = shelf.at(new) in (None, story.path)
    if not (is_ours and urls.same_site(new, story.web_url) and _is_for_good(look)):
        return None
    return Event.of(EventKind.MOVED, new=new, old=story.web_url)


def _is_for_good(look: Look) -> bool:
    """Return whether all redirects from a page's last known URL are permanent and on the same
    site.
    """
    last = urls.identity(look.plan.final_url or look.revisit.url)
    hops = list(look.trace.hops)
    places = [look.revisit.url, *(target for _, target in hops)]
    known = [urls.identity(url) for url in places]
    start = known.index(last) if last in known else 0
    by = places[start:]
    return all(
        status in _PERMANENT and urls.same_site(url, look.story.web_url)
        for url, (status, _) in zip(by, hops[start:], strict=False)
    )


def _finish(
    beat: Beat, memory: Memory, now: datetime, story: Story, events: tuple[Event, ...]
) -> Story:
    """Return a corrected story with stored digests, and its history events if its record has a
    history.
    """
    machine = story.machine or tuple(read_digests(memory, story).items())
    story = replace(story, machine=machine)
    has_blocks = beat.scoring.traits.has_blocks
    return corrections.add_to_history(story, now, events) if has_blocks else story


# Re-fetch the article pages that are due:
#
# due  >  re-fetch (politely, with validators)  >  find corrections  >  file  >  store results


async def look_again(
    newsroom: Newsroom,
    removed: frozenset[str],
    fetcher: Fetcher,
    readers: ReaderPool,
    progress: Progress,
) -> list[Look]:
    """Re-fetch the article pages that are due, one at a time for each host; return results by path.

    Pages of stories that an editor `removed` are left alone.
    """
    looks = _due(newsroom, removed) if newsroom.settings.records.look_again else []
    if not looks:
        return []
    progress.stage("looks", len(looks), count_hosts(look.revisit.url for look in looks))
    found: list[Look] = []

    async def one(look: Look) -> None:
        try:
            found.append(await _look_safely(newsroom.articles, look, fetcher, readers))
        except Exception as error:  # a bug must not cost more than this page
            found.append(replace(look, failure=failure_of(look.revisit.url, error)))
        progress.step(host=urls.host(look.revisit.url))

    await work_by_host(looks, lambda look: look.revisit.url, one)
    return sorted(found, key=lambda look: look.revisit.path)


def _due(newsroom: Newsroom, removed: frozenset[str]) -> list[Look]:
    """Return the article pages to re-fetch now; delete the plans of story records that no longer
    exist.
    """
    looks = []
    ended = []
    for revisit in _revisit_plans.due_looks(newsroom.memory, newsroom.now):
        plan = read_plan(revisit)
        story = _story(newsroom.archive, revisit.path, removed)
        if (
            plan is None
            or story is None
            or not _revisit_plans.is_ours(newsroom.beat, newsroom.articles, newsroom.memory, story)
        ):
            ended.append(revisit.path)
        else:
            url, plan = _revisit_plans.place_of_look(story, revisit.url, plan)
            looks.append(Look(revisit=replace(revisit, url=url), plan=plan, story=story))
    _revisit_plans.forget(newsroom.memory, ended)
    return looks


def _story(records: Archive, path: str, removed: frozenset[str]) -> Story | None:
    """Return the story record at a path, None if it is missing, broken, or removed by an editor."""
    try:
        story = records.read(path)
    except CopydeskError:
        return None
    return None if _revisit_plans.is_removed(story, removed) else story


async def _look_safely(
    articles: ArticleStore, look: Look, fetcher: Fetcher, readers: ReaderPool
) -> Look:
    plan, url = look.plan, look.revisit.url
    request = Request(url=url, etag=plan.etag, last_modified=plan.last_modified)
    answer = await fetcher.fetch(request)
    if isinstance(answer, NotModified) and _is_elsewhere(answer, plan):
        answer = await fetcher.fetch(Request(url=url))  # it moved; the page tells its new address
    match answer:
        case NotModified():
            return replace(look, said="same")
        case Refused(reason="gone") if plan.final_url:  # it was readable there before
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
    if is_other_article(articles, look.plan, look.story, outcome):
        return look
    return replace(look, said="read", article=outcome, trace=trace)


def _is_at_home(story: Story, article: Article) -> bool:
    """Return whether a re-fetched article page is still on its publisher's site."""
    return urls.same_site(article.web_url, story.web_url or article.web_url)


def keep_looks(
    newsroom: Newsroom,
    looks: Sequence[Look],
    corrections: Mapping[str, Correction],
    unwritten: Set[str],
) -> None:
    """Store the results of re-fetching article pages, and plan when to fetch each of them again.

    If the record of a correction is `unwritten`, since a person is editing it, the correction is
    forgotten and the next re-fetch finds it again.
    """
    keep = partial(_revisit_plans.keep_plan, newsroom.memory, newsroom.now)
    for look in looks:
        path = look.revisit.path
        correction = corrections.get(path)
        if path in unwritten:
            keep(look.story, look.revisit.url, look.plan)
            continue
        story = correction.after if correction else look.story
        url = story.web_url if correction and correction.has_moved else look.revisit.url
        keep(story, url, _after(newsroom.articles, newsroom.now, look, correction))


def _after(
    articles: ArticleStore, now: datetime, look: Look, correction: Correction | None
) -> Plan:
    plan = _with(look.plan, looked=now)
    if look.said == "gone":
        return _with(plan, gone=plan.gone or now, is_gone=is_gone(plan, now))
    if look.said == "same":
        return _with(plan, gone=None, is_gone=False)
    if look.said == "nothing" or look.article is None:
        return plan
    trace = take(look.trace, "etag", "last_modified", "final_url")
    plan = _with(plan, gone=None, is_gone=False, **trace)
    if correction is None and has_base(articles, look, look.article):
        return plan  # small changes add up until they are a correction
    content = articles.put(look.article)
    return _with(plan, article=content, digest=_revisit_plans.digest(look.article))


def _with(plan: Plan, **changes: object) -> Plan:
    import msgspec

    return msgspec.structs.replace(plan, **changes)


# Usage terms that a publisher changed after a page was filed.


def apply_terms(beat: Beat, memory: Memory, story: Story, article: Article) -> Story:
    """Return a story with the excerpt that its page's usage terms allow now; editors' texts stay.

    That is no correction: the publisher changed nothing in the article.
    """
    has_blocks = beat.scoring.traits.has_blocks
    fresh = replace(
        story,
        refuses=article.refuses if has_blocks else (),
        excerpt=_excerpt(story, article),
        images=() if "image" in article.refuses else story.images,
    )
    if fresh == story:
        return story
    return review.keep_hand_edits(story, fresh, read_digests(memory, story))


def _excerpt(story: Story, article: Article) -> str:
    """Return the part of an excerpt that may be quoted. A new permission restores a missing
    excerpt.
    """
    limit = terms.snippet_characters(article.signals)
    if "snippet" in article.refuses or (limit is not None and len(story.excerpt) > limit):
        return article.excerpt
    if not story.excerpt and "snippet" in story.refuses:
        return article.excerpt
    return story.excerpt
