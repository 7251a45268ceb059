"""Quality beside a reader's own order of the same stories.

    python benchmarks/judgement/rank.py STORIES GRADES NEWSROOM[=BEAT]… [--all]

STORIES is a JSON list of stories with `id` and `url`, GRADES their grades by a reader who has not
seen the scores: `{"id": {"grade": 68}, …}`. Each story is looked up among the articles that a
NEWSROOM keeps and judged anew by its settings, or by those of another folder BEAT; what is off that
beat is kept. Prints Spearman's rank correlation of `copydesk` and of `everyday` with the grades, by
newsroom and for all together, and with --all each story's numbers.

A recorded web is read long after its time, which no reader sees: stories are judged as if they
were found on the day they were published.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from copydesk import config, judge
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Story
from copydesk.newsroom import open_newsroom

PROFILES: tuple[Literal["copydesk", "everyday"], ...] = ("copydesk", "everyday")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One story: the reader's grade and what each profile makes of it."""

    newsroom: str
    grade: float
    stories: dict[str, Story]

    def quality(self, profile: str) -> float:
        """Give the quality by a profile."""
        return self.stories[profile].quality or 0


def main() -> None:
    """Judge the stories and print how far the orders agree."""
    asked = argparse.ArgumentParser(description="quality beside a reader's order")
    asked.add_argument("stories", type=Path)
    asked.add_argument("grades", type=Path)
    asked.add_argument("newsrooms", nargs="+", help="folder, or folder=folder of another beat")
    asked.add_argument("--all", action="store_true", help="each story's numbers and reasons")
    given = asked.parse_args()
    urls = {one["id"]: one["url"] for one in json.loads(given.stories.read_text("utf-8"))}
    wanted = {urls[name]: grade for name, grade in grades(given.grades).items() if name in urls}
    ranked = [one for room in given.newsrooms for one in judged(room, wanted)]
    if given.all:
        show(ranked)
    print(f"| newsroom | stories | {' | '.join(PROFILES)} |\n|---|---|---|---|")
    for name in sorted({one.newsroom for one in ranked}):
        print(row(name, [one for one in ranked if one.newsroom == name]))
    print(row("all", ranked))
    if len(ranked) < len(wanted):
        print(f"\n{len(wanted) - len(ranked)} of the graded stories are in no newsroom")


def grades(path: Path) -> dict[str, float]:
    """Read the grades by the story's id."""
    said = json.loads(path.read_text("utf-8"))
    return {name: float(one["grade"]) for name, one in said.items()}


def judged(room: str, wanted: dict[str, float]) -> Iterator[Ranked]:
    """Give the graded stories that a newsroom has, judged by both profiles."""
    folder, _, other = room.partition("=")
    beat = config.load(Path(other or folder), {}).beat
    with open_newsroom(Path(folder), NOW, {}) as newsroom:
        for url, grade in wanted.items():
            article = newsroom.articles.find(url)
            if article is not None:
                stories = {profile: story_of(article, beat, profile) for profile in PROFILES}
                yield Ranked(newsroom=Path(folder).name, grade=grade, stories=stories)


def story_of(article: Article, beat: Beat, profile: Literal["copydesk", "everyday"]) -> Story:
    """Judge one article alone, as if found at once; off the beat or not."""
    scoring = replace(beat.scoring, profile=profile, off_beat="keep")
    fresh = replace(article, found=article.published_at)
    story = judge.assess(fresh, replace(beat, scoring=scoring), shelves.MemoryShelf())
    assert isinstance(story, Story)
    return story


def row(name: str, ranked: Sequence[Ranked]) -> str:
    """Write one row of the table."""
    by_reader = [one.grade for one in ranked]
    cells = (
        f"{spearman(by_reader, [one.quality(profile) for one in ranked]):.3f}"
        for profile in PROFILES
    )
    return f"| {name} | {len(ranked)} | {' | '.join(cells)} |"


def spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Give the correlation of the ranks of two rows of numbers; equal numbers share a rank."""
    one, other = ranks(left), ranks(right)
    middle = (len(one) + 1) / 2
    both = sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    spread = sum((a - middle) ** 2 for a in one) * sum((b - middle) ** 2 for b in other)
    return both / spread**0.5 if spread else 0.0


def ranks(numbers: Sequence[float]) -> list[float]:
    """Give each number's place from 1 on, the mean place of its equals."""
    places: dict[float, list[int]] = {}
    for place, number in enumerate(sorted(numbers), 1):
        places.setdefault(number, []).append(place)
    return [sum(places[number]) / len(places[number]) for number in numbers]


def show(ranked: Sequence[Ranked]) -> None:
    """Print the stories from the best grade down, with what made their quality."""
    for one in sorted(ranked, key=lambda one: -one.grade):
        numbers = " ".join(f"{profile} {one.quality(profile):.0f}" for profile in PROFILES)
        print(f"{one.grade:5.0f}  {numbers}  {one.stories['copydesk'].title}")
        for reason in one.stories["copydesk"].reasons:
            if reason.about == "quality":
                print(f"         {reason}")
    print()


if __name__ == "__main__":
    main()
