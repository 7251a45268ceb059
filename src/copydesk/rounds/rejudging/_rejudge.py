"""Score stored stories again by the current settings, list what changes, and save that if asked.

stored articles ── judge_again ──> fresh ── compare ──> changes ── apply ──> one commit
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from copydesk import archive, judge, review
from copydesk.archive import ArticleStore, Rulings
from copydesk.archive.change import WriteLock
from copydesk.config import Settings, at_scale
from copydesk.extract.terms import count_quotable
from copydesk.illustrate import Album
from copydesk.judge import clustering, copies, shelves
from copydesk.kit import dates, text, urls
from copydesk.kit.options import fill
from copydesk.news import Article, Beat, Shelved, Story, Verdict
from copydesk.news.story import Shelf, Surroundings, time_and_path
from copydesk.newsroom import Failure, Newsroom, Progress, Troubles, alone, failure_of
from copydesk.newsroom.cataloguing import (
    ask_catalogue,
    open_catalogue,
    report_failures,
    sweep_records,
)
from copydesk.newsroom.filing import (
    PATIENCE_SECONDS,
    Filed,
    FilingOrder,
    filing_result,
    hold_write_lock,
    prepare_records,
    read_digests,
    write_lock,
)
from copydesk.newsroom.reports import MissingCount
from copydesk.newsroom.settings import write_scale
from copydesk.newsroom.standings import GatePassage, beat_in_force, measure_gate_passage
from copydesk.review import rejudging, rules
from copydesk.review.rules import FIELD_OF, record_name, without_lost_sets
from copydesk.rounds._judging import counting_picture, story_as_read
from copydesk.rounds._page_memory import SiteHabits

Value = str | int | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A change in one field of a story record, proposed or made by scoring the story again.

    `title` is the story's headline as it is stored.
    """

    path: str
    title: str
    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeReport:
    """What the current settings and rules change in stored stories, and which changes were saved.

    `judged` counts the stories that could be judged again; `without` holds the paths of the others,
    `without_article` their number. `updated` lists the records that were written, `skipped` those
    that somebody is editing. It is not `complete` if a record could not be written or committed.
    `gate` reports how many stories of the last days pass the publishing threshold, with these
    changes. `missing` counts the parts that a restore missed, None if it missed nothing.
    """

    judged: int
    without_article: int
    changes: tuple[FieldChange, ...] = ()
    commit: str | None = None
    updated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True
    gate: GatePassage | None = None
    missing: MissingCount | None = None


def rejudge(
    newsroom: Newsroom, since_days: float, progress: Progress, scale: int | None = None
) -> RejudgeReport:
    """Score the stories of the last days (0: all) again; return what would change, without saving
    it.

    `scale` is another scale of quality to score by. Raises RecordError if the rulings cannot be
    read.
    """
    return _compare(_at_scale(newsroom, scale), since_days, progress)[0]


def _at_scale(newsroom: Newsroom, scale: int | None) -> Newsroom:
    if scale is None:
        return newsroom
    return replace(newsroom, settings=at_scale(newsroom.settings, scale))


def apply_rejudging(
    newsroom: Newsroom, since_days: float, progress: Progress, scale: int | None = None
) -> RejudgeReport:
    """Score the stories of the last days again by the current rules; save the changes in one
    commit.

    Another `scale` of quality is set in beat.toml first. Verdicts and fields that a person edited
    stay. Raises RecordError if the rulings cannot be read, BusyError during a round.
    """
    written = write_scale(newsroom, scale) if scale is not None else None
    newsroom = _at_scale(newsroom, scale)
    with alone(newsroom.root, newsroom.private):
        lock = write_lock(newsroom)
        with hold_write_lock(newsroom, lock):  # finishes what a killed process left
            pass
        branch = newsroom.repository.branch()
        report, changed = _compare(newsroom, since_days, progress)
        order = FilingOrder(
            before={rejudged.filed.path: rejudged.filed for rejudged in changed},
            message=_message(changed, report.changes),
            branch=branch,
        )
        with hold_write_lock(newsroom, lock, PATIENCE_SECONDS):
            filed = _file(newsroom, lock, [rejudged.fresh for rejudged in changed], order)
    return replace(
        report,
        commit=filed.commit,
        updated=tuple(sorted(filed.written)),
        skipped=filed.skipped,
        failed=(*report.failed, *filed.failed),
        notes=(*(written.notes if written else ()), *filed.notes),
        complete=not filed.failed,
    )


def _file(
    newsroom: Newsroom, lock: WriteLock, stories: Sequence[Story], order: FilingOrder
) -> Filed:
    prepared = prepare_records(newsroom, stories, order)
    return filing_result(prepared, prepared.change.begin(lock).finish())


def _compare(
    newsroom: Newsroom, since_days: float, progress: Progress
) -> tuple[RejudgeReport, list[Rejudged]]:
    """Return the report of scoring stories again, and the changed stories by their file path."""
    troubles = Troubles()
    from copydesk.rounds._missing_parts import (
        count_missing,  # loads what fetches; a decision does not
    )

    progress.stage("read")
    since = newsroom.now - timedelta(days=since_days) if since_days else None
    if since is None:
        found = newsroom.archive.stories(troubles)
    else:
        found = read_period(newsroom, since, troubles)
    stories = sorted(found, key=lambda story: story.path)
    rulings = archive.read_rulings(newsroom.root)
    judged = judge_again(newsroom, stories, rulings, since, progress)
    changed = sorted(filter(is_changed, judged.stories), key=lambda one: one.filed.path)
    report = RejudgeReport(
        judged=judged.count,
        without_article=len(judged.without_article),
        changes=tuple(change for rejudged in changed for change in list_changes(rejudged)),
        without=tuple(judged.without_article),
        missing=count_missing(newsroom),
        failed=(*troubles.failures(), *judged.failed),
        gate=ask_catalogue(
            newsroom,
            lambda catalogue: measure_gate_passage(
                newsroom, catalogue, [rejudged.fresh for rejudged in changed]
            ),
        ),
    )
    return report, changed


def read_period(newsroom: Newsroom, since: datetime, troubles: Troubles) -> Iterator[Story]:
    """Yield the stories published since a time, and all stories with which they may be grouped.

    These are the stories of the weeks before, all of their groups, and the originals of copies.
    """
    with open_catalogue(newsroom.private) as catalogue:
        sweep_records(newsroom, catalogue)
        report_failures(catalogue, troubles)
        recent = catalogue.between(since - clustering.NEIGHBOURS_WITHIN, dates.LATEST)
        stories = {path: newsroom.archive.read(path) for path in recent}
        groups = {story.group for story in stories.values()} - {""}
        originals = {story.copy_of for story in stories.values()} - {""}
        others = {*catalogue.in_groups(groups), *catalogue.find_by_name(originals)}
    yield from stories.values()
    yield from (newsroom.archive.read(path) for path in others - stories.keys())


def is_changed(one: Rejudged) -> bool:
    """Return whether scoring again changes a story's record. Records in everyday.cc's format have
    no digests.
    """
    machine = one.filed.machine or one.fresh.machine
    return replace(one.fresh, machine=machine) != replace(one.filed, machine=machine)


_FIELDS: Mapping[str, Callable[[Story], Value]] = {
    "title": lambda story: story.title,
    "topics": lambda story: story.topics,
    "quality": lambda story: story.quality,
    "heat": lambda story: story.heat,
    "published": lambda story: story.published,
    "trust": lambda story: story.trust,
    "copy": lambda story: story.copy_of,
    "group": lambda story: story.group,
    "related": lambda story: tuple(beside.web_url for beside in story.related),
    "background": lambda story: story.background,
    "additions": lambda story: tuple(addition.text for addition in story.additions),
    "matter": lambda story: story.matter,
}


def list_changes(rejudged: Rejudged) -> Iterator[FieldChange]:
    """Yield the changes in a story that was scored again; reasons only if nothing else changed."""
    found, filed = False, rejudged.filed
    change = partial(FieldChange, path=filed.path, title=filed.title)
    if rejudged.dropped:
        found = True
        yield change(field="dropped", before="", after=f"{rejudged.dropped} now")
    for name, value in _FIELDS.items():
        before, after = value(rejudged.filed), value(rejudged.fresh)
        if before != after:
            found = True
            yield change(field=name, before=before, after=after)
    if not found:
        before = _reasons(rejudged.filed, rejudged.fresh)
        after = _reasons(rejudged.fresh, rejudged.filed)
        yield change(field="reasons", before=before, after=after)


def _reasons(story: Story, other: Story) -> tuple[str, ...]:
    """Return as texts the reasons for its score that one version of a story has and the other
    lacks.
    """
    return tuple(str(reason) for reason in story.reasons if reason not in other.reasons)


def _message(changed: Sequence[Rejudged], changes: Iterable[FieldChange]) -> str:
    """Return a commit message: the number of changed stories, then a line for each with its
    changes.
    """
    by_path: dict[str, list[str]] = {}
    for change in changes:
        by_path.setdefault(change.path, []).append(change.field)
    lines = [
        f"~ {text.fold(rejudged.fresh.title)}: {', '.join(by_path[rejudged.filed.path])}"
        for rejudged in changed
    ]
    count = text.count_of(len(changed), "story", "stories")
    return "\n".join([f"rejudge: {count} by today's rules", "", *lines])


# Judge the stored articles of filed stories in the order in which they once came in.


@dataclass(slots=True, kw_only=True)
class Rejudging:
    """The result of scoring stories again: the stories, those without stored article, failures.

    `count` is the number of judged stories; `stories` also has neighbours that change with them.
    """

    count: int = 0
    stories: list[Rejudged] = field(default_factory=list)
    without_article: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Bench:
    """The data for scoring stories again; `texts` holds the names of records whose text can be
    compared.
    """

    newsroom: Newsroom
    rulings: Rulings
    sites: SiteHabits
    shelf: shelves.MemoryShelf = field(default_factory=shelves.MemoryShelf)
    texts: set[str] = field(default_factory=set)

    def put(self, story: Story, text: str, found: datetime | None) -> None:
        """Add a story, and when its article was found, to those that later stories are compared
        with.
        """
        shelved = Shelved(story=story, text=text, found=found)
        self.shelf.add(shelved, copies.fingerprint(text))
        self.texts.add(record_name(story.path))


def judge_again(
    newsroom: Newsroom,
    stories: Sequence[Story],
    rulings: Rulings,
    since: datetime | None,
    progress: Progress,
) -> Rejudging:
    """Score the stories published since a time (None: all) again by the current settings and rules.

    The others are only compared with. A story without a stored article stays unchanged; one that
    cannot be judged is reported as failed and does not stop the others.
    """
    done = Rejudging()
    bench = _Bench(
        newsroom=newsroom,
        rulings=rulings,
        sites=SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt),
    )
    arrivals = sorted(_arrivals(bench, stories, since, done), key=itemgetter(0))
    progress.stage("judge", len(arrivals))
    for _, story in arrivals:
        try:
            rejudged = _judge(bench, story)
        except Exception as error:  # a bug must not cost more than this article
            done.failed.append(failure_of(story.path, error))
            bench.shelf.add(Shelved(story=story), None)
        else:
            done.stories.append(rejudged)
            bench.put(rejudged.fresh, rejudged.text, rejudged.found)
        progress.step()
    done.count = len(done.stories)
    around = find_stories_around([one.filed for one in done.stories], stories, since)
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    known = partial(read_digests, newsroom.memory)
    done.stories = set_beside(done.stories, around, beat, known)
    return done


def _arrivals(
    bench: _Bench, stories: Iterable[Story], since: datetime | None, done: Rejudging
) -> Iterator[tuple[Order, Story]]:
    """Yield the stories to score, each with its sort key; add the others to those compared with."""
    for story in stories:
        is_meant = is_in_period(story, since) and not is_removed(story, bench.rulings)
        is_near = is_meant or is_before_period(story, since)
        article = bench.newsroom.articles.find_for(story) if is_near else None
        if article is not None and is_meant:
            yield order_of_arrival(story, article), story
        elif article is not None:
            bench.put(story, bench.sites.settle(article).text, article.found)
        else:
            bench.shelf.add(Shelved(story=story), None)
            if is_meant:
                _note_without(bench.newsroom.articles, story, done)


def _note_without(articles: ArticleStore, story: Story, done: Rejudging) -> None:
    done.without_article.append(story.path)
    if any(articles.is_damaged(url) for url in story.addresses):
        hint = "the story is skipped and not changed"
        what = "the stored article of the story is damaged"
        done.failed.append(Failure(url=story.path, what=what, hint=hint))


def _judge(bench: _Bench, filed: Story) -> Rejudged:
    """Score a story as if its article were found now, compared only with earlier stories."""
    newsroom = bench.newsroom
    kept = newsroom.articles.find_for(filed)
    assert kept is not None  # it was there a moment ago
    is_original_kept = filed.copy_of in bench.texts
    case = make_case(newsroom, filed, bench.sites.settle(kept), bench.rulings, is_original_kept)
    past = shelves.PastShelf(bench.shelf, kept.found)
    return judge_case(case, newsroom.settings, judge.assess, past)


def make_case(
    newsroom: Newsroom, filed: Story, article: Article, rulings: Rulings, is_original_kept: bool
) -> Case:
    """Return a stored story with its stored article, as input for scoring it again."""
    settings, album = newsroom.settings, newsroom.album
    return Case(
        filed=filed,
        article=article,
        text=article.text,
        known=read_digests(newsroom.memory, filed),
        picture=counting_picture(settings, album, filed, article),
        words=_words(settings, album, filed, article),
        verdict=rulings.verdict_on(filed.path),
        is_original_kept=is_original_kept,
    )


def _words(settings: Settings, album: Album, filed: Story, article: Article) -> Story:
    """Return a story with its article's own values in the fields that no editor's rule sets any
    more.
    """
    if not any(reason.about in FIELD_OF for reason in filed.reasons):
        return filed
    read = story_as_read(settings, album, article, settings.beat)
    return without_lost_sets(filed, read, settings.beat)


# Judge one filed story again by given rules, and regroup it with other stories. Pure.
#
# record, article ── judge_case ──> Rejudged ── set_beside ──> Rejudged, regrouped


Order = tuple[datetime, datetime, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A stored story and its article (without its site's repeated text), as input for scoring it
    again.

    `known` holds the digests of what copydesk last wrote in the record, `picture` the address of
    the picture that counts for points. `words` is the record with the article's values in fields
    that no rule sets any more. `text` is the article's text, which may be there without the rest.
    Unless `is_original_kept`, a copy cannot be recognised as no longer one.
    """

    filed: Story
    article: Article
    text: str
    known: Mapping[str, str]
    picture: str
    words: Story
    verdict: Verdict | None
    is_original_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """A stored story, and the same story with the scores that the current rules give its article.

    `dropped` is the reason why it would not be filed today, or ""; `found` is the time when its
    article was found, `quotable` how much of its text the site may show.
    """

    filed: Story
    fresh: Story
    text: str = ""
    found: datetime | None = None
    dropped: str = ""
    quotable: int | None = None


def judge_case(case: Case, settings: Settings, assess: rejudging.Assess, shelf: Shelf) -> Rejudged:
    """Score a stored story again as if it were new, compared only with the stories before it."""
    beat, mode = settings.beat, settings.review.mode
    grounds = fill(rejudging.Grounds, case, assess=assess, beat=beat, shelf=shelf, mode=mode)
    rejudged = rejudging.rejudge(case.filed, case.article, grounds, "other rules")
    is_whole = bool(case.article.text)
    quotable = count_quotable(beat.excerpt, case.article, case.text) if is_whole else None
    return Rejudged(
        filed=case.filed,
        fresh=rejudged.story,
        text=case.text,
        found=case.article.found,
        dropped=rejudged.dropped,
        quotable=quotable,
    )


def order_of_arrival(story: Story, article: Article) -> Order:
    """Return the sort key for scoring stored stories again in the order in which they were
    found.
    """
    published_at = story.published_at or article.published_at
    return article.found, published_at, urls.identity(article.web_url), article.url


def is_in_period(story: Story, since: datetime | None) -> bool:
    """Return whether a story was published since a time. Without a time it always is."""
    return since is None or (story.published_at or dates.EARLIEST) >= since


def is_before_period(story: Story, since: datetime | None) -> bool:
    """Return whether a story is from shortly before a period, so that one in it may copy its
    text.
    """
    return since is not None and is_in_period(story, since - copies.COPIES_WITHIN)


def is_removed(story: Story, rulings: Rulings) -> bool:
    """Return whether an editor removed a story for good, so that its text is no longer stored."""
    verdict = story.verdict or rulings.verdict_on(story.path)
    return verdict is not None and verdict.said == "remove"


# Group rejudged stories with each other and with the filed stories around them.

Digests = Callable[[Story], Mapping[str, str]]


def set_beside(
    fresh: Sequence[Rejudged],
    around: Iterable[Story],
    beat: Beat,
    digests_of: Digests,
    surroundings: Surroundings | None = None,
) -> list[Rejudged]:
    """Regroup stories that were scored again with each other and with the stored stories near them.

    Grouping happens only here: the result includes every change that `judge.regroup` makes to the
    rejudged stories, and to those neighbours that copydesk may change. Filed groups stay, since
    they came from what was known at the time; only a story that is no copy any more, or is no
    longer kept off the site, is grouped as if it were new. `beat` has the rules in force;
    `digests_of` returns the digests of what copydesk last wrote in a record. Without
    `surroundings`, the stories must be all of some weeks; with it, all that are related.
    """
    judged = {rejudged.filed.path: rejudged for rejudged in _dissolve_copies(fresh)}
    window = _as_window(judged.values(), around)
    new = frozenset(path for path, rejudged in judged.items() if is_on_its_own_now(rejudged))
    regrouped = judge.regroup(window, beat, new, frozenset(judged), surroundings)
    filed = {shelved.story.path: shelved.story for shelved in window}
    beside = dict(judged)
    for story in regrouped:
        before = judged.get(story.path) or filed[story.path]
        beside[story.path] = _set_one_beside(before, story, digests_of)
    return [_in_order(rejudged) for rejudged in beside.values()]


def _as_window(judged: Iterable[Rejudged], around: Iterable[Story]) -> list[Shelved]:
    """Return the stories scored again and the stored ones near them, sorted by time and path."""
    window = [*map(_shelve, judged), *(Shelved(story=story) for story in around)]
    window.sort(key=lambda shelved: time_and_path(shelved.story))
    return window


def _shelve(new: Rejudged) -> Shelved:
    return Shelved(story=new.fresh, text=new.text, found=new.found, quotable=new.quotable)


def _set_one_beside(before: Rejudged | Story, regrouped: Story, digests_of: Digests) -> Rejudged:
    """Return a story that was scored again, or a stored one, with the changes of regrouping."""
    if isinstance(before, Rejudged):
        after = rejudging.set_rejudged_beside_others(before.fresh, regrouped)
        return replace(before, fresh=after)
    after = review.set_beside_others(before, regrouped, digests_of(before))
    return Rejudged(filed=before, fresh=after)


def find_stories_around(
    judged: Collection[Story], stories: Iterable[Story], since: datetime | None
) -> Iterator[Story]:
    """Yield the stored stories near those scored again: close in time, or in the same groups."""
    start = None if since is None else since - clustering.NEIGHBOURS_WITHIN
    groups = {story.group for story in judged} - {""}
    paths = {story.path for story in judged}
    for story in stories:
        is_near = is_in_period(story, start) or story.group in groups
        if is_near and story.path not in paths:
            yield story


def _in_order(rejudged: Rejudged) -> Rejudged:
    """Return a story with the reasons for its score in their stored order, if they are the same
    ones.
    """
    filed, fresh = rejudged.filed, rejudged.fresh
    if Counter(fresh.reasons) != Counter(filed.reasons):
        return rejudged
    return replace(rejudged, fresh=replace(fresh, reasons=filed.reasons))


def is_on_its_own_now(rejudged: Rejudged) -> bool:
    """Return whether a story that was a copy, or not on the site, now gets a page of its own."""
    was = bool(rejudged.filed.copy_of) or rejudging.is_kept_off(rejudged.filed)
    return was and not rejudged.fresh.copy_of and not rejudged.dropped


def _dissolve_copies(fresh: Sequence[Rejudged]) -> Iterator[Rejudged]:
    """Separate stories from their original if they are no longer copies of it."""
    left: dict[str, set[str]] = {}
    for rejudged in fresh:
        original = rejudged.filed.copy_of
        if original and rejudged.fresh.copy_of != original:
            left.setdefault(original, set()).add(rejudged.filed.web_url)
    for rejudged in fresh:
        gone = left.get(rules.record_name(rejudged.filed.path), set())
        stays = tuple(copy for copy in rejudged.fresh.related if copy.web_url not in gone)
        without = replace(rejudged, fresh=replace(rejudged.fresh, related=stays))
        yield without if gone else rejudged
