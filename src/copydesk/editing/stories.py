"""List stored stories, and links that became no story; read the stories that editors decided on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from copydesk import archive, judge
from copydesk.archive import LETTERS_FOLDER, letters
from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.errors import RecordError, UsageError
from copydesk.kit import dates
from copydesk.kit.options import fill
from copydesk.news import Article, Standing, Story
from copydesk.news.summary import Summary, Translation
from copydesk.newsroom import Failure, Newsroom, Troubles
from copydesk.newsroom.cataloguing import ask_catalogue, recheck, report_failures
from copydesk.newsroom.standings import GatePassage, measure_gate_passage
from copydesk.rounds import GONE, SiteHabits, find_gone_paths, is_known_gone

NEAR = 20  # points from the threshold
_ALL_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_FEW = 2  # attempts at an answer while records change


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuestion:
    """Filters for a list of stored stories; an empty field does not filter.

    `standings` are statuses: values of `news.Standing` and `gone`; with `dropped`, dropped links
    are listed, too. `source` is a publisher's domain or a source's URL. `since_days` counts from
    publication, 0 for any. `near_gate` selects stories within 20 points of the publishing
    threshold, `today` those that were stored or dropped today, in the site's time zone.
    """

    standings: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    source: str = ""
    since_days: float = 0
    search: str = ""
    near_gate: bool = False
    today: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStory:
    """A stored story in a list; `why` says why it waits for an editor, "" if it does not wait."""

    path: str
    url: str
    title: str
    published_at: str
    standing: str
    gone: bool
    quality: int | None
    heat: int | None
    topics: tuple[str, ...]
    source: str
    language: str
    group: str
    copy_of: str
    why: str
    reasons: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedLead:
    """A link found in a source that did not become a story, with the reason and the time."""

    url: str
    reason: str
    detail: str
    at: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryList:
    """The newest of `total` stored stories that match filters, and links that became no story.

    `dropped` are such links, if asked for. `gate` is the publishing threshold, if stories near it
    were asked for.
    """

    stories: tuple[ListedStory, ...] = ()
    total: int = 0
    dropped: tuple[DroppedLead, ...] = ()
    dropped_total: int = 0
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    gate: GatePassage | None = None


def list_stories(newsroom: Newsroom, question: StoryQuestion) -> StoryList:
    """Return the stored stories that match filters and, if asked for, links that became no story.

    Records that cannot be read are in `failed`. Raises UsageError for an unknown topic.
    """
    _check_topics(newsroom, question.topics)
    notes: list[str] = []

    def find(catalogue: Catalogue) -> tuple[StoryList, Troubles]:
        listed, troubles = _list_records(newsroom, catalogue, question), Troubles()
        report_failures(catalogue, troubles)
        return listed, troubles

    done, troubles = ask_catalogue(newsroom, find, lambda error: notes.append(_slower(error)))
    dropped, total = _list_drops(newsroom, question)
    return replace(
        done, dropped=dropped, dropped_total=total, failed=troubles.failures(), notes=tuple(notes)
    )


def _slower(error: Exception) -> str:
    return f"the index could not be used, so every story file was read: {error}"


def _check_topics(newsroom: Newsroom, topics: Iterable[str]) -> None:
    known = {topic.name for topic in newsroom.beat.topics}
    for topic in topics:
        if topic not in known:
            raise UsageError(
                "unknown topic", subject=topic, hint=f"the topics are: {', '.join(sorted(known))}"
            )


def _list_records(newsroom: Newsroom, catalogue: Catalogue, question: StoryQuestion) -> StoryList:
    """Return the stored stories that match filters, as their records are now."""
    only_dropped = question.standings == {Standing.DROPPED}
    if only_dropped:
        return StoryList()
    wanted = _make_filter(newsroom, question)
    among = _find_filed_paths(newsroom) if question.today else None
    for _ in range(_FEW):
        shown, total = _find(catalogue, wanted, among, question.limit)
        if not recheck(newsroom, catalogue, shown):
            break
    standings = catalogue.standings(shown)
    return StoryList(
        stories=tuple(_describe(newsroom, shown, standings)),
        total=total,
        gate=measure_gate_passage(newsroom, catalogue) if question.near_gate else None,
    )


def _find(
    catalogue: Catalogue, wanted: StoryFilter, among: frozenset[str] | None, limit: int
) -> tuple[list[str], int]:
    """Return the paths of the newest matching stories, and how many match.

    With `among`, only these paths are considered.
    """
    if among is None:
        return catalogue.find(wanted, limit), catalogue.count(wanted)
    paths = [path for path in catalogue.find(wanted) if path in among]
    return paths[:limit], len(paths)


def _make_filter(newsroom: Newsroom, question: StoryQuestion) -> StoryFilter:
    names = question.standings - {GONE, Standing.DROPPED}
    gate = newsroom.beat.scoring.publish_at
    since = newsroom.now - timedelta(days=question.since_days) if question.since_days else None
    is_gone = GONE in question.standings
    return StoryFilter(
        standings=frozenset(map(Standing, names)),
        topics=question.topics,
        source=question.source,
        since=since,
        quality=(gate - NEAR, gate + NEAR) if question.near_gate else None,
        words=question.search,
        is_gone=is_gone,
        known_gone=find_gone_paths(newsroom.memory) if is_gone else frozenset(),
    )


def _describe(
    newsroom: Newsroom, paths: Sequence[str], standings: dict[str, Standing]
) -> Iterator[ListedStory]:
    rulings = archive.read_rulings(newsroom.root)
    for path in paths:
        with contextlib.suppress(RecordError):  # just deleted
            story = newsroom.archive.read(path)
            verdict = story.verdict or rulings.verdict_on(path)
            yield fill(
                ListedStory,
                story,
                path=path,
                url=story.web_url or story.original_url,
                published_at=dates.rfc3339(story.published_at) if story.published_at else "",
                standing=standings[path],
                gone=story.access == GONE or is_known_gone(newsroom.memory, path),
                source=story.provider.domain if story.provider else "",
                why=verdict.why if verdict else _what_holds(story),
                reasons=tuple(str(reason.renewed) for reason in story.reasons),
                verdict=verdict.said if verdict else "",
            )


def _what_holds(story: Story) -> str:
    """Return the reason for which a story waits for an editor, "" if there is none."""
    return next((reason.why for reason in story.reasons if reason.about == "held"), "")


def _find_filed_paths(newsroom: Newsroom) -> frozenset[str]:
    """Return the paths of the stories that were stored today."""
    fates = newsroom.memory.fates_since("filed", _midnight(newsroom), -1)
    return frozenset(fate.path for fate in fates)


def _list_drops(newsroom: Newsroom, question: StoryQuestion) -> tuple[tuple[DroppedLead, ...], int]:
    """Return the dropped links that match, the latest first, and how many match."""
    if Standing.DROPPED not in question.standings and not question.today:
        return (), 0
    since = _ALL_TIME
    if question.today:
        since = _midnight(newsroom)
    elif question.since_days:
        since = newsroom.now - timedelta(days=question.since_days)
    fates = newsroom.memory.fates_since("dropped", since, question.limit)
    drops = tuple(fill(DroppedLead, fate, at=dates.rfc3339(fate.at)) for fate in fates)
    return drops, newsroom.memory.count_fates("dropped", since)


def _midnight(newsroom: Newsroom) -> datetime:
    """Return the time at which today began in the site's time zone, in UTC."""
    local = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedStories:
    """The stories that editors made a decision on, by publication time, each with its article.

    `stories` include the reasons, even if the profile's records have none. `all_wait` is set if
    every story of the newsroom waits for an editor.
    """

    stories: tuple[tuple[Story, Article | None], ...]
    all_wait: bool
    failed: tuple[Failure, ...]


def read_decided_stories(newsroom: Newsroom) -> DecidedStories:
    """Return the stories that editors decided on; unreadable records are listed in `failed`."""
    rulings = archive.read_rulings(newsroom.root)

    def find(catalogue: Catalogue) -> tuple[list[str], Troubles]:
        troubles = Troubles()
        report_failures(catalogue, troubles)
        judged = catalogue.signatures_of(rulings.judged_paths)  # those that are records
        return list(dict.fromkeys((*catalogue.find_verdicts(), *sorted(judged)))), troubles

    habits = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
    paths, troubles = ask_catalogue(newsroom, find)
    stories = []
    for path in paths:
        try:
            story = newsroom.archive.read(path)
        except RecordError as error:
            troubles(error)
            continue
        article = newsroom.articles.find_for(story)
        decided = replace(
            story,
            verdict=story.verdict or rulings.verdict_on(path),
            reasons=judge.explain(story, newsroom.beat),
        )
        stories.append((decided, article and habits.settle(article)))
    return DecidedStories(
        stories=tuple(stories),
        all_wait=newsroom.settings.review.mode == "hold",
        failed=troubles.failures(),
    )


# Texts by a model or a person, with their reviews.


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedText:
    """A summary, translated headline or digest in a file, and how far a person answers for it.

    `path` is that of a story's record, or of a newsletter's issue for its digest.
    """

    path: str
    kind: Literal["summary", "translation", "digest"]
    label: Literal["by a model, not reviewed", "by a model, reviewed", "by a person"]
    text: str
    written: Summary | Translation


def list_texts(
    newsroom: Newsroom, since_days: float = 0
) -> tuple[list[ListedText], tuple[Failure, ...]]:
    """Return the texts in files that were written or reviewed in the last days (0: all).

    The newest comes first. Files that cannot be read are returned as failures.
    """
    troubles, found = Troubles(), list[ListedText]()
    since = newsroom.now - timedelta(days=since_days) if since_days else _ALL_TIME

    def add(path: str, kind: Any, written: Summary | Translation | None) -> None:
        if (
            written
            and max(written.at, written.review.at if written.review else written.at) >= since
        ):
            label: Any = f"by a model, {'reviewed' if written.review else 'not reviewed'}"
            label = label if written.author == "model" else "by a person"
            found.append(
                ListedText(path=path, kind=kind, label=label, text=written.text, written=written)
            )

    for story in newsroom.archive.stories(troubles):
        add(story.path, "summary", story.summary)
        add(story.path, "translation", story.translation)
    for file in sorted((newsroom.root / LETTERS_FOLDER).glob("*.html")):
        path = f"{LETTERS_FOLDER}/{file.name}"
        try:
            add(path, "digest", letters.read_digest(path, newsroom.archive.file_bytes(path)))
        except RecordError as error:
            troubles(error)
    found.sort(key=lambda one: (one.written.at, one.path, one.kind), reverse=True)
    return found, troubles.failures()
