"""Read the stories that an editor decided, each with what is kept of its article."""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk import archive, judge
from copydesk.catalogue import Catalogue
from copydesk.engine.cataloguing import ask_catalogue, report_failures
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import Failure, Newsroom, Troubles
from copydesk.engine.reading import SiteHabits
from copydesk.errors import RecordError
from copydesk.news import Article, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedStories:
    """The stories with a verdict of today, by the time of publication, each with its article.

    `stories` have their reasons, also where the record keeps none. `all_wait` says that every story
    of the newsroom waits for an editor.
    """

    stories: tuple[tuple[Story, Article | None], ...]
    all_wait: bool
    failed: tuple[Failure, ...]


def read_decided_stories(newsroom: Newsroom) -> DecidedStories:
    """Read what editors decided; a record that cannot be read is in `failed`."""
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
        article = find_article(newsroom.articles, story)
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
