"""Terms: what a publisher has refused since a page was filed, or refuses no longer."""

from __future__ import annotations

from dataclasses import replace

from copydesk import review
from copydesk.engine.filing import read_digests
from copydesk.extract import terms
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Story


def apply_terms(beat: Beat, memory: Memory, story: Story, article: Article) -> Story:
    """Return the story as it may be shown now, by today's page; what a person wrote stays.

    That is no correction: its publisher changed nothing in the article.
    """
    has_blocks = beat.scoring.traits.has_blocks
    fresh = replace(
        story,
        refuses=article.refuses if has_blocks else (),
        excerpt=_excerpt(story, article),
        images=() if "image" in article.refuses else story.images,
    )
    if fresh == story:
        return story
    return review.keep_hand_edits(story, fresh, read_digests(memory, story))


def _excerpt(story: Story, article: Article) -> str:
    """Return as much of the excerpt as may be quoted; one comes back with the leave to quote."""
    limit = terms.snippet_characters(article.signals)
    if "snippet" in article.refuses or (limit is not None and len(story.excerpt) > limit):
        return article.excerpt
    if not story.excerpt and "snippet" in story.refuses:
        return article.excerpt
    return story.excerpt
