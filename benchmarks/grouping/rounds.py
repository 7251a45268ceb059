"""How well a newsroom groups that files a labelled set round by round, and what a round costs.

    python benchmarks/grouping/rounds.py FILE HOURS [--language en] [--order hash]

Files the stories of FILE in rounds of so many hours and prints BCubed and pairwise F1 of the groups
that are filed in the end, with the processor time of all rounds and of the longest. Without times
a minute lies between two stories.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scores import bcubed, pairwise

from copydesk import judge
from copydesk.judge import clustering
from copydesk.measure.labelled import read_documents, sort_documents
from copydesk.news import Beat, Provider, Shelved, Story, Topic

BEAT = Beat(title="x", topic="News", topics=(Topic(id="news", name="News"),))
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print one line."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("file", type=Path)
    asked.add_argument("hours", type=float)
    asked.add_argument("--language", default="")
    asked.add_argument("--order", choices=["time", "order", "hash"])
    given = asked.parse_args()
    rows = [row for row in read_documents(given.file) if row.language.startswith(given.language)]
    order, documents = sort_documents(rows, given.order)
    stories = []
    for at, document in enumerate(documents):
        known = document.moment if order == "time" else None
        moment = known or _BEGIN + timedelta(minutes=at)
        stories.append(shelve(at, document.title, document.text, document.language, moment))
    filed, seconds = file_all(stories, timedelta(hours=given.hours))
    groups = [filed[one.story.path].story.group or one.story.path for one in stories]
    labels = [document.cluster for document in documents]
    print(
        f"BCubed {bcubed(labels, groups).f1:.4f}, pairwise {pairwise(labels, groups).f1:.4f}; "
        f"{len(seconds)} rounds, {sum(seconds):.1f} s of CPU, the longest {max(seconds):.2f} s"
    )


def shelve(at: int, title: str, text: str, language: str, moment: datetime) -> Shelved:
    """Give a document as the story of a newsroom of its own that is about to be filed."""
    domain = f"a{at}.example"
    story = Story(
        path=f"_news/{at:05}.md",
        title=title,
        published_at=moment,
        web_url=f"https://{domain}/",
        quality=80,
        heat=80,
        published=True,
        provider=Provider(name=domain, domain=domain),
        topics=("News",),
        language=language[:2],
    )
    return Shelved(story=story, text=text)


def file_all(
    stories: Sequence[Shelved], length: timedelta
) -> tuple[dict[str, Shelved], list[float]]:
    """Give the stories by path as they are filed in the end, and the seconds of each round."""
    filed: dict[str, Shelved] = {}
    seconds = []
    for fresh in _rounds(stories, length):
        filed.update((one.story.path, one) for one in fresh)
        since = _moment(fresh[0]) - clustering.NEIGHBOURS_WITHIN
        groups = {one.story.group for one in filed.values() if _moment(one) >= since} - {""}
        window = [
            one for one in filed.values() if _moment(one) >= since or one.story.group in groups
        ]
        began = time.process_time()
        changed = judge.regroup(window, BEAT, frozenset(one.story.path for one in fresh))
        seconds.append(time.process_time() - began)
        for story in changed:
            filed[story.path] = replace(filed[story.path], story=story)
    return filed, seconds


def _rounds(stories: Sequence[Shelved], length: timedelta) -> Iterator[Sequence[Shelved]]:
    at = 0
    while at < len(stories):
        end = _moment(stories[at]) + length
        count = next(
            (more for more, one in enumerate(stories[at:]) if _moment(one) >= end),
            len(stories) - at,
        )
        yield stories[at : at + max(1, count)]
        at += max(1, count)


def _moment(shelved: Shelved) -> datetime:
    assert shelved.story.published_at
    return shelved.story.published_at


if __name__ == "__main__":
    main()
