"""Read the newsroom's newest stories as samples, from kept articles, else from their records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copydesk.catalogue import Catalogue, StoryLabels
from copydesk.engine.cataloguing import ask_catalogue
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.errors import CatalogueError, RecordError
from copydesk.judge import samples
from copydesk.judge.samples import TopicSample
from copydesk.news import Article, Story

MOST = 20_000  # stories: about 80 MB of words, and what a reader of today means by a topic


def list_labels(newsroom: Newsroom, notes: list[str]) -> list[StoryLabels]:
    """Return what the newest stories are about; copies say nothing that their originals do not."""

    def find(catalogue: Catalogue) -> list[StoryLabels]:
        return [label for label in catalogue.list_labels(MOST) if not label.copy_of]

    def warn(error: CatalogueError) -> None:
        notes.append(f"every record was read for this: {error}")

    return ask_catalogue(newsroom, find, warn)


def read_samples(
    newsroom: Newsroom,
    labels: Sequence[StoryLabels],
    progress: Progress,
    failed: list[Failure],
) -> Iterator[TopicSample]:
    """Yield headline and lede of each story; what cannot be read is told and left out."""
    progress.stage("read", len(labels))
    for label in labels:
        try:
            article = _find_article(newsroom, label) or read_article(newsroom, label.path)
        except RecordError as error:
            failed.append(failure_of(label.path, error))
        else:
            yield TopicSample(
                key=label.path,
                text=samples.up_front(article),
                topics=frozenset(label.topics),
                event=label.group or label.path,
                publisher=label.publisher,
            )
        progress.step()


def _find_article(newsroom: Newsroom, label: StoryLabels) -> Article | None:
    found = (newsroom.articles.find(identity) for identity in label.identities)
    return next((article for article in found if article is not None), None)


def read_article(newsroom: Newsroom, path: str) -> Article:
    """Return the article of the story at a path, else what its record says; raises RecordError."""
    story = newsroom.archive.read_listed(path)
    return find_article(newsroom.articles, story) or _of_record(story, newsroom)


def _of_record(story: Story, newsroom: Newsroom) -> Article:
    """Return a story of which no article is kept as an article without a text."""
    when = story.published_at or newsroom.now
    return Article(
        url=story.original_url or story.web_url,
        web_url=story.web_url,
        title=story.title,
        published_at=when,
        source="",
        found=when,
        excerpt=story.excerpt,
        language=story.language,
    )
