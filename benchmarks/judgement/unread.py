"""Judge records of which no article is kept, by headline and excerpt, as `copydesk rejudge` would.

records  >  by date, judge.assess  >  what the missing text cost is given back  >  judge.regroup
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from copydesk import archive, judge
from copydesk.errors import CopydeskError
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Provider, Reason, ReasonKind, Shelved, Story
from copydesk.newsroom import starts

_SHORT = Reason(about="quality", points=20, why="text not kept, taken for a short report")
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@contextmanager
def adopted(site: Path) -> Iterator[Path]:
    """Give the folder of a site of everyday.cc as a newsroom; one that is packed is adopted first.

    A folder must have been adopted: nothing is written to it.
    """
    if site.is_dir():
        yield site
        return
    with TemporaryDirectory() as folder, tarfile.open(site) as packed:
        packed.extractall(folder, filter="data")
        root = next(path.parent for path in Path(folder).rglob("_config.yml"))
        starts.adopt(root)
        yield root


def records(root: Path) -> list[Story]:
    """Give the stories of a newsroom by date; raises the error of one that cannot be read."""

    def fail(error: CopydeskError) -> None:
        raise error

    found = archive.Archive(root).stories(fail)
    return sorted(found, key=lambda one: (one.published_at or _NO_TIME, one.path))


def article(story: Story, source: str = "") -> Article:
    """Give what is left of a story's article: all but its text."""
    published = story.published_at or _NO_TIME
    return Article(
        url=story.original_url,
        web_url=story.web_url or story.original_url,
        title=story.title,
        excerpt=story.excerpt,
        published_at=published,
        found=published,
        source=source,
        provider=story.provider or Provider(name="", domain=""),
        language="en",
        image=story.images[0].url if story.images else "",
        amp_web_url=story.amp_web_url,
        type="video" if story.type == "video" else "article",
        featured_content=story.featured_content,
    )


def judged(stories: Sequence[Story], beat: Beat, sources: Sequence[str] = ()) -> dict[str, Story]:
    """Judge stories anew and set them beside each other; by path, those off the beat kept.

    `sources` are the addresses of their sources, in the same order.
    """
    beat = replace(beat, scoring=replace(beat.scoring, off_beat="keep"))
    shelf, found = shelves.MemoryShelf(), {}
    for at, story in enumerate(stories):
        seen = article(story, sources[at] if sources else "")
        said = judge.assess(seen, beat, shelf)
        assert isinstance(said, Story), said  # what is off the beat is kept
        fresh = _as_read(replace(said, path=story.path), beat)
        shelf.add(Shelved(story=fresh), None)
        found[story.path] = fresh
    window = [Shelved(story=one) for one in found.values()]
    found.update((one.path, one) for one in judge.regroup(window, beat, frozenset(found)))
    return found


def _as_read(story: Story, beat: Beat) -> Story:
    """Take a story whose text is not kept for a short report: nobody knows that it was thin."""
    if not any(one.kind is ReasonKind.THIN_TEXT for one in story.reasons):
        return story
    parts = [_SHORT if one.kind is ReasonKind.THIN_TEXT else one for one in story.reasons]
    parts = [one for one in parts if one.about != "published"]
    parts = [one for one in parts if one.kind is not ReasonKind.NEVER_BELOW]
    quality = max(0, sum(one.points or 0 for one in parts if one.about == "quality"))
    published = quality >= beat.scoring.publish_at
    why = f"quality {quality} {'reaches' if published else 'is below'} {beat.scoring.publish_at}"
    reasons = (*parts, Reason(about="published", why=why))
    return replace(story, reasons=reasons, quality=quality, heat=quality, published=published)


def coverage(stories: Mapping[str, Story]) -> list[tuple[Story, Story]]:
    """Give each story that stands behind another one, as (leader, member) pairs."""
    by_address = {one.web_url or one.original_url: one for one in stories.values()}
    return [
        (leader, by_address[one.web_url])
        for leader in stories.values()
        if leader.heat != -1
        for one in leader.related
    ]
