"""Judging: what a round gathered becomes stories, beside what is filed and what came meanwhile.

gathered ── take_in ──> with what people said since the shelf was filled ── judge_all ──> stories
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk import archive, judge
from copydesk.archive import Rulings, Signature
from copydesk.engine.filing import removed_addresses
from copydesk.engine.judging import Appraised, ChosenPicture, Desk, Vectors, fill_shelf, weigh_all
from copydesk.engine.newsroom import Failure, Newsroom, Troubles
from copydesk.engine.reading import PageTrace, SiteHabits
from copydesk.engine.rejudging import regroup
from copydesk.engine.revisiting import Correction, Look, find_corrections, is_removed
from copydesk.engine.round import _known
from copydesk.engine.round._tally import Tally
from copydesk.engine.sources import SourceAnswers
from copydesk.errors import CopydeskError
from copydesk.kit import urls
from copydesk.news import Article, Dropped, Lead, Ruling, Story

_TICK_NS = 50_000_000  # within one tick of a file system's clock two edits look like one


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came in over the wire: the sources' answers, the articles with leads and pictures.

    The articles are without what their sites repeat; `as_read` has them whole, by their address.
    `appraised` is what each is worth by itself, `sites` what they taught of their sites; `seen` is
    what the pages' answers said of themselves, by the lead's address; `looks` are those at filed
    pages.
    """

    asked: SourceAnswers
    articles: Sequence[tuple[Lead, Article]]
    appraised: Sequence[Appraised]
    as_read: Mapping[str, Article]
    sites: SiteHabits
    pictures: Mapping[str, ChosenPicture]
    seen: Mapping[str, PageTrace]
    looks: Sequence[Look] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """The stories of a round by path.

    `changed` are all that it writes, `fresh` the new ones among them, `before` the others as they
    stood when the round began; `held` of the new ones wait for an editor, `corrected` are what
    looks at filed pages changed.
    """

    fresh: Mapping[str, tuple[Lead, Article]]
    changed: Mapping[str, Story]
    before: Mapping[str, Story]
    held: frozenset[str]
    corrected: Mapping[str, Correction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How the records and rulings stood at a moment (ns since 1970), without reading a record."""

    taken_ns: int
    signatures: Mapping[str, Signature]
    rulings: Rulings


def take_snapshot(newsroom: Newsroom) -> Snapshot:
    """Return how things stand; raise RecordError where rulings or folders cannot be read."""
    return Snapshot(
        taken_ns=time.time_ns(),
        signatures=newsroom.archive.signatures(stories=True),
        rulings=archive.read_rulings(newsroom.root),
    )


def open_desk(newsroom: Newsroom, vectors: Vectors, troubles: Troubles) -> Desk:
    """Return what a round judges with: a shelf of all that is filed, the editors' removals."""
    return Desk(
        newsroom=newsroom,
        shelf=fill_shelf(newsroom, troubles, vectors),
        removed=removed_addresses(newsroom),
        vectors=vectors,
    )


def take_in(
    desk: Desk, gathered: Gathered, before: Snapshot, tally: Tally
) -> tuple[Desk, Gathered]:
    """Let what people said and committed since a snapshot count: rules, verdicts, records.

    In a folder without git nobody can tell an edit that is finished from one under way: records
    that changed there are left alone by this round.
    """
    now = take_snapshot(desk.newsroom)
    ruled = replace_rules(desk, now.rulings.rules)
    if (ruled.newsroom.beat, ruled.removed) != (desk.newsroom.beat, desk.removed):
        desk, gathered = ruled, without_overruled(gathered, ruled, tally)
    has_git = archive.Repository(desk.newsroom.root).usable
    touched = _touched(before, now) if has_git else set()
    if not touched:
        return desk, gathered
    if touched - before.signatures.keys() or before.signatures.keys() - now.signatures.keys():
        desk = open_desk(desk.newsroom, desk.vectors, Troubles())
    else:
        _read_again(desk, touched)
    return desk, replace(gathered, looks=_looks_again(desk, gathered.looks, touched))


def replace_rules(desk: Desk, rules: tuple[Ruling, ...]) -> Desk:
    """Return the desk under other rules of the editors."""
    settings = desk.newsroom.settings
    settings = replace(settings, beat=replace(settings.beat, rulings=rules))
    newsroom = replace(desk.newsroom, settings=settings)
    return replace(desk, newsroom=newsroom, removed=removed_addresses(newsroom))


def overrule(article: Article | Story, desk: Desk) -> Dropped | None:
    """Return why an editor's word keeps an article out, None where none does."""
    addresses = article.addresses if isinstance(article, Story) else (article.web_url, article.url)
    if not desk.removed.isdisjoint(map(urls.identity, addresses)):
        return Dropped(url=article.web_url, reason="removed", detail="an editor removed it")
    why = judge.blocking_ruling(article, desk.newsroom.beat.rulings)
    return Dropped(url=article.web_url, reason="ruled-out", detail=why) if why else None


def without_overruled(gathered: Gathered, desk: Desk, tally: Tally) -> Gathered:
    """Leave out, and count as dropped, the articles that an editor's word keeps out by now."""
    kept = []
    for lead, article in gathered.articles:
        dropped = overrule(article, desk)
        if dropped is None:
            kept.append((lead, article))
        else:
            tally.drop(lead, replace(dropped, url=lead.url))
    left = {article.url for _, article in kept}
    appraised = [one for one in gathered.appraised if one.article.url in left]
    return replace(gathered, articles=kept, appraised=appraised)


def _touched(before: Snapshot, now: Snapshot) -> set[str]:
    """Return the paths of records that are new or may have changed."""
    since = before.taken_ns - _TICK_NS
    return {
        path
        for path, one in now.signatures.items()
        if one != before.signatures.get(path) or one.changed_ns >= since
    }


def _read_again(desk: Desk, paths: Iterable[str]) -> None:
    for path in sorted(paths):
        try:
            desk.shelf.replace(desk.newsroom.archive.read(path))
        except CopydeskError:  # it cannot be read now: it stays as it was, and is not written
            continue


def _looks_again(desk: Desk, looks: Sequence[Look], touched: Collection[str]) -> list[Look]:
    """Return the looks with the records as they stand now; none at what was taken away."""
    found = []
    for each in looks:
        if each.story.path not in touched:
            found.append(each)
            continue
        try:
            story = desk.newsroom.archive.read(each.story.path)
        except CopydeskError:
            continue
        if not is_removed(story, desk.removed):
            found.append(replace(each, story=story))
    return found


def judge_all(desk: Desk, gathered: Gathered, tally: Tally) -> Stories:
    """Put on the shelf what was corrected, weigh every article, set all beside what is filed."""
    corrected = find_corrections(desk.newsroom, desk.shelf, desk.vectors, gathered.looks)
    leads = {article.url: lead for lead, article in gathered.articles}
    weighed = weigh_all(desk, gathered.appraised, gathered.pictures)
    fresh: dict[str, tuple[Lead, Article]] = {}
    held = set()
    stories = []
    for one in weighed:
        lead = leads[one.article.url]
        match one.outcome:
            case Dropped() as dropped:
                tally.drop(lead, dropped)
            case Failure() as failure:
                tally.fail(lead, failure, _known.tries_of(lead, desk.newsroom))
            case Story() as story:
                tally.file(lead, story)
                fresh[story.path] = (lead, gathered.as_read[one.article.url])
                stories.append(story)
                if one.is_held:
                    held.add(story.path)
    beside = regroup(desk.newsroom, desk.shelf, stories, corrected.values())
    return Stories(
        fresh=fresh,
        changed={**{path: one.after for path, one in corrected.items()}, **beside.changed},
        before={**beside.before, **{path: one.before for path, one in corrected.items()}},
        held=frozenset(held),
        corrected=corrected,
    )
