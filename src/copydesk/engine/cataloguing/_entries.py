"""Entries: records are read, many of them on all cores, for what a catalogue knows of them."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk import judge
from copydesk.archive import Archive, ArticleStore
from copydesk.catalogue import BrokenRecord, CatalogueEntry
from copydesk.engine.cataloguing._rules import RulesInForce
from copydesk.engine.cataloguing._standing import standing_of
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import Newsroom, Progress
from copydesk.errors import RecordError
from copydesk.kit import processes
from copydesk.news import Story

_MANY = 2000  # records from which other cores are worth their start
_AT_ONCE = 250
_GONE = "gone"

Made = tuple[list[CatalogueEntry], list[BrokenRecord]]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Make entries of records, by their paths and signatures."""

    archive: Archive
    articles: ArticleStore
    rules: RulesInForce

    def __call__(self, signatures: Sequence[tuple[str, int]]) -> Made:
        entries: list[CatalogueEntry] = []
        broken: list[BrokenRecord] = []
        for path, signature in signatures:
            try:
                story = self.archive.read_listed(path)
            except RecordError as error:
                broken.append(
                    BrokenRecord(path=path, signature=signature, what=error.what, hint=error.hint)
                )
            else:
                entries.append(self._make(story, signature))
        return entries, broken

    def _make(self, story: Story, signature: int) -> CatalogueEntry:
        article = find_article(self.articles, story)
        return CatalogueEntry(
            story=story,
            signature=signature,
            standing=standing_of(self.rules, story, lambda _story: article),
            is_gone=story.access == _GONE,
            source=article.source if article else "",
            text=article.text if article else "",
            points=judge.deciding_points(story),
        )


def make_entries(
    newsroom: Newsroom, rules: RulesInForce, signatures: Mapping[str, int], progress: Progress
) -> Made:
    """Read the records at these paths; return their entries, and those that cannot be read."""
    maker = _Maker(newsroom.archive, newsroom.articles, rules)
    waiting = sorted(signatures.items())
    if len(waiting) < _MANY or processes.at_once() < 2:
        return maker(waiting)
    progress.stage("catalogue", len(waiting))
    return _fold(_make_on_all_cores(maker, waiting, progress))


def _make_on_all_cores(
    maker: _Maker, waiting: Sequence[tuple[str, int]], progress: Progress
) -> Iterator[Made]:
    import multiprocessing  # seldom needed: 5 ms of each question

    lots = [waiting[at : at + _AT_ONCE] for at in range(0, len(waiting), _AT_ONCE)]
    with multiprocessing.get_context("fork").Pool(processes.at_once(), _start_maker) as pool:
        for lot, made in zip(lots, pool.imap(maker, lots), strict=True):
            progress.step(len(lot))
            yield made


def _start_maker() -> None:
    """Prepare a process that makes entries: deaf to Ctrl-C, and ended by its pool in silence.

    A round takes SIGTERM, by which pools end their processes, for Ctrl-C: forked, so would they.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _fold(lots: Iterable[Made]) -> Made:
    entries: list[CatalogueEntry] = []
    broken: list[BrokenRecord] = []
    for some, others in lots:
        entries += some
        broken += others
    return entries, broken
