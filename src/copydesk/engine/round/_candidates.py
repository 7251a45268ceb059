"""Candidates: leads whose page was read, and all else that a round gathers before it judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.engine.judging import Appraised, ChosenPicture
from copydesk.engine.newsroom import Failure
from copydesk.engine.reading import PageTrace, SiteHabits
from copydesk.engine.revisiting import FetchedAgain, Look
from copydesk.engine.round._outcomes import Outcome
from copydesk.engine.sources import SourceAnswers
from copydesk.news import Article, Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A lead whose page was read and that may become a story.

    `as_read` is its article, `article` the same without what its site repeats; `trace` is what the
    page's answer said of itself, `appraised` what the article is worth by itself.
    """

    lead: Lead
    trace: PageTrace
    as_read: Article
    article: Article
    appraised: Appraised
    picture: ChosenPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came in over the wire: candidates for stories, looks at filed pages, all else's end.

    `outcomes` are the leads that are no candidates, `sites` what the pages taught of their sites,
    `failed` what failed with sources and looks; `looked_again` counts the looks that were made.
    `again` is what came of the texts and pictures that a restore missed, None where none did.
    """

    asked: SourceAnswers
    outcomes: tuple[Outcome, ...]
    candidates: tuple[Candidate, ...]
    sites: SiteHabits
    looks: Sequence[Look] = ()
    looked_again: int = 0
    again: FetchedAgain | None = None
    failed: tuple[Failure, ...] = ()
