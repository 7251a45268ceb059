"""Entries: records are read, many of them on all cores, for what a catalogue knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.archive import Archive, ArticleStore
from copydesk.catalogue import BrokenRecord, CatalogueEntry
from copydesk.engine.cataloguing._standing import standing_of
from copydesk.engine.filing import find_article
from copydesk.errors import RecordError, WorkerError
from copydesk.judge import gate
from copydesk.kit import processes
from copydesk.news import Story

if TYPE_CHECKING:
    from copydesk.engine.cataloguing._rules import RulesInForce
    from copydesk.engine.newsroom import Newsroom, Progress

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
            points=gate.deciding_points(story),
            gate_points=gate.verdict_points(story),
        )


def make_entries(
    newsroom: Newsroom, rules: RulesInForce, signatures: Mapping[str, int], progress: Progress
) -> Made:
    """Read the records at these paths; return their entries, and those that cannot be read."""
    maker = _Maker(newsroom.archive, newsroom.articles, rules)
    waiting = sorted(signatures.items())
    if len(waiting) < _MANY or processes.at_once() < 2 or not processes.can_fork():
        return maker(waiting)
    progress.stage("catalogue", len(waiting))
    try:
        return _fold(_make_on_all_cores(maker, waiting, progress))
    except WorkerError:  # killed, as where memory is short: one process needs less of it
        return maker(waiting)


def _make_on_all_cores(
    maker: _Maker, waiting: Sequence[tuple[str, int]], progress: Progress
) -> list[Made]:
    lots = [waiting[at : at + _AT_ONCE] for at in range(0, len(waiting), _AT_ONCE)]
    made: dict[int, Made] = {}

    def take(piece: tuple[int, Made]) -> None:
        number, made[number] = piece
        progress.step(len(lots[number]))

    job = processes.Job(
        pieces=len(lots),
        make=lambda number: [(number, maker(lots[number]))],
        take=take,
        tell=lambda: None,
    )
    processes.do_all(job, processes.at_once())
    return [made[number] for number in range(len(lots))]


def _fold(lots: Iterable[Made]) -> Made:
    entries: list[CatalogueEntry] = []
    broken: list[BrokenRecord] = []
    for some, others in lots:
        entries += some
        broken += others
    return entries, broken
