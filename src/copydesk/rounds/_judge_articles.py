"""Score fetched articles, compare them with stored stories, and make new or updated stories of
them.

gathered ── take_in ──> with the rulings and edits made meanwhile ── judge_all ──> stories
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk import archive
from copydesk.catalogue import Catalogue
from copydesk.errors import CopydeskError
from copydesk.judge import gate
from copydesk.judge.reputation import PublisherWork, Reputations
from copydesk.kit import urls
from copydesk.kit.options import fill
from copydesk.news import Article, Dropped, Reason, Ruling, Story
from copydesk.news.source import Tip
from copydesk.newsroom import Failure, Newsroom
from copydesk.newsroom.cataloguing import sweep_records
from copydesk.newsroom.filing import read_removals
from copydesk.newsroom.records import Snapshot
from copydesk.newsroom.reports import Became, Headline
from copydesk.rounds._corrections import find_corrections
from copydesk.rounds._judging import Bench, JudgedStory, judge_article, judging_order
from copydesk.rounds._revisit_plans import Correction, Look, is_removed
from copydesk.rounds._shelf import FiledShelf, Vectors
from copydesk.rounds.outcomes import Candidate, Gathered, NewStory, Outcome, tries_of
from copydesk.rounds.rejudging import regroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A stored story that a fetching round changes: before and after the change.

    `correction` is the one that re-fetching its article page found, or None.
    """

    before: Story
    after: Story
    correction: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """What became of a fetching round's articles, and the stored stories that they change."""

    outcomes: tuple[Outcome, ...]
    updates: Mapping[str, Update]

    @property
    def new(self) -> Mapping[str, NewStory]:
        """Return the new stories of the fetching round, by the path of their record (Markdown
        file).
        """
        ends = (outcome.end for outcome in self.outcomes)
        return {end.story.path: end for end in ends if isinstance(end, NewStory)}

    @property
    def changed(self) -> Mapping[str, Story]:
        """Return every story that the fetching round writes, new or updated, by its file path."""
        updated = {path: update.after for path, update in self.updates.items()}
        return {**updated, **{path: new.story for path, new in self.new.items()}}

    @property
    def corrected(self) -> Mapping[str, Correction]:
        """Return the corrections found on re-fetched article pages, by the path of the story's
        file.
        """
        found = ((path, update.correction) for path, update in self.updates.items())
        return {path: correction for path, correction in found if correction is not None}


def open_bench(newsroom: Newsroom, catalogue: Catalogue, vectors: Vectors) -> Bench:
    """Return the data for scoring articles: stories to compare them with, and editors' removals."""
    return Bench(
        newsroom=newsroom,
        catalogue=catalogue,
        shelf=FiledShelf(newsroom, catalogue, vectors),
        removed=read_removals(newsroom.root),
        vectors=vectors,
        reputations=read_reputations(catalogue) if newsroom.beat.scoring.scale > 1 else None,
    )


def read_reputations(catalogue: Catalogue) -> Reputations:
    """Return what the filed stories tell about each publisher."""
    works = {domain: PublisherWork(*counts) for domain, *counts in catalogue.count_work()}
    return Reputations(works, catalogue.count_credits())


def take_in(bench: Bench, gathered: Gathered, before: Snapshot) -> tuple[Bench, Gathered]:
    """Apply to fetched articles the rules, decisions and edits that editors made since the round
    began.

    In a folder without git a finished edit cannot be told from an unfinished one: records that
    changed there are not written by this round. If nothing was fetched, the records are not checked
    again: a record that differs from the one read is never overwritten.
    """
    ruled = replace_rules(bench, archive.read_rulings(bench.newsroom.root).rules)
    if (ruled.newsroom.beat, ruled.removed) != (bench.newsroom.beat, bench.removed):
        bench, gathered = ruled, drop_by_rules(gathered, ruled)
    if not gathered.candidates and not gathered.looks:
        return bench, gathered
    now = sweep_records(bench.newsroom, bench.catalogue)
    touched = before.find_changes(now)
    if not bench.newsroom.repository.usable:
        return replace(bench, left_alone=frozenset(touched)), gathered
    if before.has_other_paths(now):
        bench = open_bench(bench.newsroom, bench.catalogue, bench.vectors)
    else:
        _read_again(bench, touched)
    if not touched:
        return bench, gathered
    return bench, replace(gathered, looks=_looks_again(bench, gathered.looks, touched))


def replace_rules(bench: Bench, rules: tuple[Ruling, ...]) -> Bench:
    """Return the data for scoring articles, with these editors' rules instead of the present
    ones.
    """
    settings = bench.newsroom.settings
    settings = replace(settings, beat=replace(settings.beat, rulings=rules))
    newsroom = replace(bench.newsroom, settings=settings)
    return replace(bench, newsroom=newsroom, removed=read_removals(newsroom.root))


def overrule(article: Article | Story, bench: Bench) -> Dropped | None:
    """Return why an editor's rule or removal forbids an article or story, None if nothing does."""
    addresses = article.addresses if isinstance(article, Story) else (article.web_url, article.url)
    if not bench.removed.isdisjoint(map(urls.identity, addresses)):
        return Dropped(url=article.web_url, reason="removed", detail="removed by an editor")
    why = gate.blocking_ruling(article, bench.newsroom.beat.rulings)
    return Dropped(url=article.web_url, reason="ruled-out", detail=why) if why else None


def drop_by_rules(gathered: Gathered, bench: Bench) -> Gathered:
    """Return the fetched results without the articles that an editor's rule forbids by now."""
    candidates: list[Candidate] = []
    outcomes = list(gathered.outcomes)
    for candidate in gathered.candidates:
        dropped = overrule(candidate.article, bench)
        if dropped is None:
            candidates.append(candidate)
        else:
            url = candidate.lead.url
            outcomes.append(Outcome(lead=candidate.lead, end=replace(dropped, url=url)))
    return replace(gathered, candidates=tuple(candidates), outcomes=tuple(outcomes))


def _read_again(bench: Bench, paths: Iterable[str]) -> None:
    for path in sorted(paths):
        try:
            bench.shelf.replace(bench.newsroom.archive.read(path))
        except CopydeskError:  # unreadable at the moment: it is not written
            continue


def _looks_again(bench: Bench, looks: Sequence[Look], touched: Collection[str]) -> list[Look]:
    """Return the re-fetched pages with the current records of their stories, without deleted
    ones.
    """
    found = []
    for look in looks:
        if look.story.path not in touched:
            found.append(look)
            continue
        try:
            story = bench.newsroom.archive.read(look.story.path)
        except CopydeskError:
            continue
        if not is_removed(story, bench.removed):
            found.append(replace(look, story=story))
    return found


def judge_all(bench: Bench, gathered: Gathered) -> Stories:
    """Score every fetched article, apply publishers' corrections, and regroup stored stories."""
    corrected = find_corrections(bench.newsroom, bench.shelf, gathered.looks)
    in_order = sorted(gathered.candidates, key=lambda one: judging_order(one.article))
    outcomes = [_judge(bench, candidate) for candidate in in_order]
    fresh = [outcome.end.story for outcome in outcomes if isinstance(outcome.end, NewStory)]
    beside = regroup(bench.newsroom, bench.shelf, fresh, corrected.values())
    updates = {
        path: Update(
            before=correction.before,
            after=beside.changed.get(path, correction.after),
            correction=correction,
        )
        for path, correction in corrected.items()
    }
    for path, before in beside.before.items():
        if path not in updates:
            updates[path] = Update(before=before, after=beside.changed[path])
    return Stories(
        outcomes=tuple(_take_regrouping(outcome, beside.changed) for outcome in outcomes),
        updates=updates,
    )


def _judge(bench: Bench, candidate: Candidate) -> Outcome:
    lead = candidate.lead
    tip = lead if isinstance(lead, Tip) else None
    end = judge_article(bench, candidate.article, candidate.appraised, candidate.picture, tip)
    match end:
        case JudgedStory():
            as_read, trace = candidate.as_read, candidate.trace
            new = fill(NewStory, end, lead=lead, as_read=as_read, trace=trace)
            return Outcome(lead=lead, end=new)
        case Failure():
            return Outcome(lead=lead, end=end, tries=tries_of(lead, bench.newsroom.memory))
        case Dropped():
            return Outcome(lead=lead, end=end)


def _take_regrouping(outcome: Outcome, changed: Mapping[str, Story]) -> Outcome:
    """Return what became of a link, with its story as it is after regrouping."""
    if not isinstance(outcome.end, NewStory):
        return outcome
    return replace(outcome, end=replace(outcome.end, story=changed[outcome.end.story.path]))


# Headlines: one line of a round's report for each story.

_REASONS = 3  # reasons shown with a headline


def list_headlines(stories: Stories, written: Sequence[str]) -> tuple[Headline, ...]:
    """Return report lines on the written stories: new, then waiting for an editor, then updated."""
    new, updates = stories.new, stories.updates
    filed = [_headline_of_new(new[path]) for path in written if path in new]
    updated = [_headline_of_update(updates[path]) for path in written if path not in new]
    order = ("filed", "held", "updated")
    return tuple(
        sorted(
            [*filed, *updated],
            key=lambda line: (order.index(line.became), -(line.quality or 0), line.path),
        )
    )


def _headline_of_new(new: NewStory) -> Headline:
    story = new.story
    why = tuple(map(str, _chief_reasons(story.reasons)))
    return _headline(story, "held" if new.is_held else "filed", why)


def _chief_reasons(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """Return the first reason for a story's score, which names its topic, and the weightiest
    others.
    """
    first, others = reasons[:1], reasons[1:]
    heavy = sorted((reason for reason in others if reason.points), key=_weight, reverse=True)
    return [*first, *heavy[: _REASONS - 1]]


def _weight(reason: Reason) -> int:
    return abs(reason.points or 0)


def _headline_of_update(update: Update) -> Headline:
    events = update.correction.events if update.correction else ()
    return _headline(update.after, "updated", tuple(map(str, events[:_REASONS])))


def _headline(story: Story, became: Became, why: tuple[str, ...]) -> Headline:
    return fill(Headline, story, became=became, published=bool(story.published), why=why)
