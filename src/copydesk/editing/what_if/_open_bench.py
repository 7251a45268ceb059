"""Open a test bench: load stored stories and findings in them, and score them by today's rules.

records ── read ──> stories ── stored, else read ──> findings ── in order of arrival ──> cases

Each story is scored on the way, since later stories may repeat it as it was scored.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from copydesk import archive
from copydesk.archive import Rulings
from copydesk.building import read_counts
from copydesk.editing.what_if import _bench
from copydesk.editing.what_if._try_rules import FindingsJudge
from copydesk.judge import copies, coverage, shelves
from copydesk.judge.copies import SameText
from copydesk.news import Article, Shelved, Story
from copydesk.newsroom import Failure, Newsroom, Progress, Troubles, failure_of
from copydesk.newsroom.cataloguing import open_catalogue
from copydesk.newsroom.filing import read_digests
from copydesk.newsroom.standings import beat_in_force
from copydesk.review import rules
from copydesk.rounds import rejudging


@dataclass(slots=True, kw_only=True)
class _Opening:
    """The state while a test bench for rules is opened.

    `read` has the findings by the path of the story, `texts` the names of the records whose text is
    on the shelf (the stories that later ones are compared with), `names` the position of each
    record in the order of arrival.
    """

    newsroom: Newsroom
    reader: _bench.ArticleReader
    rulings: Rulings
    read: Mapping[str, _bench.ReadArticle]
    kept_texts: dict[str, _bench.KeptTexts]
    bench_judge: FindingsJudge = field(init=False)
    shelf: shelves.MemoryShelf = field(default_factory=shelves.MemoryShelf)
    texts: set[str] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)
    new_texts: dict[str, _bench.KeptTexts] = field(default_factory=dict)
    cases: list[_bench.BenchCase] = field(default_factory=list)
    today: dict[str, rejudging.Rejudged] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the judge of the stories, by today's rules."""
        beat, settings = self.newsroom.beat, self.newsroom.settings
        self.bench_judge = FindingsJudge(
            known=beat, settings=settings, names=self.names, stories={}, load=self.load
        )

    def put(self, story: Story, place: int) -> None:
        """Add a scored story to those that later ones are compared with, with its known text."""
        read = self.read.get(story.path)
        if read is None:
            self.shelf.add(Shelved(story=story), None)
        else:
            shelved = Shelved(story=story, found=read.article.found)
            self.shelf.add(shelved, read.findings.fingerprint)
        name = rules.record_name(story.path)
        self.names[name] = place
        if read is not None:
            self.texts.add(name)

    def load(self, path: str) -> str:
        """Return the text of the article of a story of the bench, "" if it is gone by now."""
        story = self.shelf.get(path)
        found = self.reader.find(story.story) if story else None
        return found[1].text if found else ""


def open_bench(newsroom: Newsroom, days: int, progress: Progress) -> _bench.Bench:
    """Load the stories of some days into a test bench on which scoring rules can be tried.

    Articles without stored findings are read, and their findings stored. Raises RecordError as
    `rejudge` does.
    """
    troubles = Troubles()
    since = newsroom.now - timedelta(days=days)
    progress.stage("read")
    stories = sorted(rejudging.read_period(newsroom, since, troubles), key=lambda story: story.path)
    rulings = archive.read_rulings(newsroom.root)
    reader = _bench.ArticleReader(newsroom=newsroom, rules=_bench.ReadingRules(beat=newsroom.beat))
    asked = [
        story
        for story in stories
        if rejudging.is_before_period(story, since)
        or (rejudging.is_in_period(story, since) and not rejudging.is_removed(story, rulings))
    ]
    with open_catalogue(newsroom.private) as catalogue:
        read, failed = _bench.read_articles(reader, catalogue, asked, progress)
        opening = _Opening(
            newsroom=newsroom,
            reader=reader,
            rulings=rulings,
            read=read,
            kept_texts=catalogue.findings.read(_bench.TEXTS, _bench.KeptTexts),
        )
        meant = _put_others(opening, stories, since)
        _judge_all(opening, meant, progress)
        catalogue.findings.put(_bench.TEXTS, opening.new_texts)
    return _as_bench(opening, stories, since, (*troubles.failures(), *failed))


def _put_others(opening: _Opening, stories: Iterable[Story], since: datetime) -> list[Story]:
    """Put the stories that are not scored aside for comparison; return those that are, in order."""
    meant = []
    for story in stories:
        read = opening.read.get(story.path)
        is_meant = rejudging.is_in_period(story, since) and not rejudging.is_removed(
            story, opening.rulings
        )
        if read is not None and is_meant:
            meant.append((rejudging.order_of_arrival(story, read.article), story))
        else:
            opening.put(story, -1)
            opening.bench_judge.stories[story.path] = story
    return [story for _, story in sorted(meant, key=lambda pair: pair[0])]


def _judge_all(opening: _Opening, meant: Sequence[Story], progress: Progress) -> None:
    progress.stage("judge", len(meant))
    for place, story in enumerate(meant):
        try:
            case = _make_case(opening, story, place)
            rejudged = opening.bench_judge.judge(case)
        except Exception as error:  # a bug in one article must cost only that article
            opening.failed.append(failure_of(story.path, error))
            opening.bench_judge.stories[story.path] = story
            opening.shelf.add(Shelved(story=story), None)
        else:
            opening.cases.append(case)
            opening.today[story.path] = rejudged
            opening.put(rejudged.fresh, place)
        progress.step()


def _make_case(opening: _Opening, story: Story, place: int) -> _bench.BenchCase:
    read = opening.read[story.path]
    is_original_kept = story.copy_of in opening.texts
    whole = _whole_article(opening, story) if _has_lost_fields(story) else read.article
    case = rejudging.make_case(opening.newsroom, story, whole, opening.rulings, is_original_kept)
    return _bench.BenchCase(
        case=replace(case, article=read.article, text=_text_for_groups(opening, story, read)),
        place=place,
        findings=replace(read.findings, fingerprint=()),
        stems=read.stems,
        same=_find_same_texts(opening, story, read),
    )


def _has_lost_fields(story: Story) -> bool:
    return any(reason.about in rules.FIELD_OF for reason in story.reasons)


def _whole_article(opening: _Opening, story: Story) -> Article:
    found = opening.reader.find(story)
    return found[1] if found else opening.read[story.path].article


def _text_for_groups(opening: _Opening, story: Story, read: _bench.ReadArticle) -> str:
    """Return a story's text for grouping: the text itself, or a stand-in of its length.

    The text itself matters only if groups are formed from the stories alone, or a story needs a new
    group.
    """
    scoring = opening.newsroom.beat.scoring
    if scoring.traits.groups_from_nothing:
        return _whole_article(opening, story).text if scoring.grouping else ""
    return _stand_in(min(read.characters, coverage.FULL_REPORT))


@functools.cache
def _stand_in(characters: int) -> str:
    return "x" * characters


def _find_same_texts(
    opening: _Opening, story: Story, read: _bench.ReadArticle
) -> tuple[SameText, ...]:
    """Return the earlier stories whose text a story repeats, stored ones if no text changed."""
    fingerprint = read.findings.fingerprint
    if not fingerprint or not opening.newsroom.beat.scoring.traits.has_blocks:
        return ()
    past = shelves.PastShelf(opening.shelf, read.article.found)
    near = list(past.near(fingerprint))
    if not near:
        return ()
    texts = _digest_texts(opening, read, near)
    kept = opening.kept_texts.get(story.path)
    if kept is None or kept.texts != texts:
        article = _whole_article(opening, story)
        shelf = _TextsNear([_with_text(opening, shelved) for shelved in near])
        same = copies.find_same_texts(article, fingerprint, shelf)
        kept = opening.new_texts[story.path] = _bench.KeptTexts(texts=texts, same=same)
    return kept.same


def _with_text(opening: _Opening, shelved: Shelved) -> Shelved:
    return replace(shelved, text=opening.load(shelved.story.path))


def _digest_texts(opening: _Opening, read: _bench.ReadArticle, near: Iterable[Shelved]) -> str:
    """Return a digest of a text and of the texts and headlines that it is compared with."""
    parts = [read.name, read.habits]
    for shelved in near:
        story, other = shelved.story, opening.read[shelved.story.path]
        parts += [story.path, story.title, story.web_url, other.name, other.habits]
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class _TextsNear:
    """Stories to compare a new one with: only those whose texts are similar to its text."""

    stories: Sequence[Shelved]

    def near(self, fingerprint: tuple[int, ...]) -> Sequence[Shelved]:
        """Return all stories whose texts are similar."""
        return self.stories

    def at(self, url: str) -> str | None:
        """Return None, as stories cannot be looked up by URL here."""
        return None

    def holds(self, name: str) -> bool:
        """Return False, as no other story records are known here."""
        return False

    def between(self, start: datetime, end: datetime) -> Sequence[Shelved]:
        """Return no stories, as they cannot be looked up by time here."""
        return ()


def _as_bench(
    opening: _Opening, stories: Sequence[Story], since: datetime, failed: Iterable[Failure]
) -> _bench.Bench:
    newsroom = opening.newsroom
    judged = [case.case.filed for case in opening.cases]
    around = list(rejudging.find_stories_around(judged, stories, since))
    is_meant = {story.path for story in judged}
    return _bench.Bench(
        settings=newsroom.settings,
        since=since,
        rulings=beat_in_force(newsroom.root, newsroom.beat, newsroom.now).rulings,
        cases=opening.cases,
        around=around,
        others=[
            _add_removal(story, opening.rulings) for story in stories if story.path not in is_meant
        ],
        names=opening.names,
        digests={story.path: read_digests(newsroom.memory, story) for story in around},
        today=opening.today,
        load=opening.load,
        at=newsroom.now,
        reads=read_counts(newsroom.settings, newsroom.memory, newsroom.now),
        without_article=tuple(
            story.path
            for story in stories
            if rejudging.is_in_period(story, since)
            and not rejudging.is_removed(story, opening.rulings)
            and story.path not in opening.read
        ),
        failed=(*failed, *opening.failed),
    )


def _add_removal(story: Story, rulings: Rulings) -> Story:
    """Return a story with its removal, which profile `everyday` stores only in the rulings."""
    is_told = story.verdict is not None or not rejudging.is_removed(story, rulings)
    return story if is_told else replace(story, verdict=rulings.verdict_on(story.path))
