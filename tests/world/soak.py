"""Soak: thousands of rounds over a replayed web, one new story each. What do the last ones cost?

    PYTHONPATH=tests python -m world.soak ROUNDS [--filed STORIES] [--csv FILE]

Each round is five minutes after the one before, by its clock, and a fresh process: as cron starts
it, and as `copydesk serve` forks it, which keeps nothing of a round in itself. So what may grow is
what a newsroom keeps, its files, and that is what is looked for. CPU is that of all processes of a
round, memory the peak of its largest.

Each round replays a recording of its own, a feed's twenty latest stories and the page of the
newest, so that reading the recording costs the same each time; second looks are off, since a
newsroom of a week has more pages to look at than one of an hour. So is the first API, all lists of
which shift with each story. Each story must be filed once and published, and after each round
nothing may be left that is not committed.

The rounds begin with a newsroom that one round has filled with --filed stories (1,000), five
minutes apart: the lists of an empty one are short, and fill for days. With 0 they begin with none.

Prints what a round cost on average in the first hundred and the last (a third of all at most), and
the ratio; writes a line for each round to a CSV file in a temporary folder, or where --csv says.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from copydesk.kit import dates
from world.costs import Cost, measure
from world.newsroom import NOW, Answer, feed, newsroom, page, record_web, run_git

COLUMNS = ("round", "cpu_seconds", "wall_seconds", "memory_mb")
EVERY = timedelta(minutes=5)
COMPARED = 100  # rounds at either end
LISTED = 20  # stories in the feed
FILED = 1_000  # stories before the first round: the lists of a site are full
_BEAT = """\
[records]
look_again = false
[scoring]
publish_at = 0
[publish]
api_v1 = false
"""
_MAIL_DATE = "%a, %d %b %Y %H:%M:%S GMT"
_SYLLABLES = tuple(f"{first}{middle}" for first in "bdfgklmnprstvz" for middle in "aeiou")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakStory:
    """A story of the replayed web, and when it came."""

    number: int
    at: datetime
    title: str
    text: str

    @property
    def url(self) -> str:
        return f"https://gull.example/{self.number}"


class Soak:
    """A newsroom below a folder, and its rounds so far."""

    def __init__(self, folder: Path, filed: int = 0) -> None:
        """Make a newsroom, and fill it with so many stories."""
        self.costs: list[Cost] = []
        self._root = newsroom(folder / "newsroom", more=_BEAT)
        self._web = folder / "web.warc.gz"
        self._chance = random.Random(2026)
        self._words = [self._word() for _ in range(20_000)]
        self._stories: list[SoakStory] = []
        if filed:
            self._let_come([self._invent_story(number) for number in range(-filed, 0)])

    def run_round(self) -> None:
        """Let one story come and file it; ends the program where anything else happens."""
        self.costs.append(self._let_come([self._invent_story(len(self.costs))]))

    def _let_come(self, stories: Sequence[SoakStory]) -> Cost:
        """Run a round in which these stories come, the newest last."""
        self._stories = [*reversed(stories), *self._stories]
        record_web(self._web, self._record(stories))
        self._stories = self._stories[:LISTED]
        words = ("run", "--json", "--all-due", "--web", str(self._web))
        command = [sys.executable, "-m", "copydesk", "-C", str(self._root), *words]
        clock = stories[-1].at + EVERY / 2
        cost, printed = measure([*command, "--now", dates.rfc3339(clock)], self._root)
        became = [(one["became"], one["published"]) for one in json.loads(printed)["headlines"]]
        left = run_git(self._root, "status", "--porcelain")
        if became.count(("filed", True)) != len(stories) or left:
            said = f"{len(stories)} came, {became[:LISTED]}, not committed: {left!r}"
            raise SystemExit(f"round {stories[-1].number}: {said}")
        return cost

    def count_records(self) -> int:
        """Return how many records there are."""
        return sum(1 for _ in (self._root / "_news").glob("*.md"))

    def _invent_story(self, number: int) -> SoakStory:
        sentences = [f"{self._sentence(14)} coast." for _ in range(20)]
        paragraphs = [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]
        return SoakStory(
            number=number,
            at=NOW + number * EVERY,
            title=f"{self._sentence(7)} on the coast",
            text="\n".join(paragraphs),
        )

    def _record(self, new: Iterable[SoakStory]) -> dict[str, Answer]:
        """Return the feeds as they are now, and the pages of new stories."""
        items = [(story.title, story.url, f"{story.at:{_MAIL_DATE}}") for story in self._stories]
        return {
            "https://gull.example/feed.xml": feed(*items),
            "https://heron.example/feed.xml": feed(),
            **{
                story.url: page(story.title, story.text, date=dates.rfc3339(story.at))
                for story in new
            },
        }

    def _sentence(self, count: int) -> str:
        """Return so many words, with a capital; two stories share too few to tell one thing."""
        return " ".join(self._chance.choices(self._words, k=count)).capitalize()

    def _word(self) -> str:
        return "".join(self._chance.choices(_SYLLABLES, k=self._chance.randint(2, 4)))


def compare(costs: Sequence[Cost]) -> str:
    """Return what the first rounds and the last cost on average, and the ratio, as lines."""
    compared = max(1, min(COMPARED, len(costs) // 3))
    first, last = costs[:compared], costs[-compared:]
    cpu = _compare([cost.cpu for cost in first], [cost.cpu for cost in last], digits=3)
    memory = _compare([cost.memory for cost in first], [cost.memory for cost in last], digits=1)
    rounds = f"first and last {compared} of {len(costs)} rounds"
    return f"{rounds}\nCPU seconds: {cpu}\nmemory, MB: {memory}"


def _compare(first: Sequence[float], last: Sequence[float], *, digits: int) -> str:
    before, after = statistics.mean(first), statistics.mean(last)
    return f"{before:.{digits}f} and {after:.{digits}f}, ratio {after / before:.3f}"


def main() -> None:
    """Run so many rounds; print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("rounds", type=int)
    parser.add_argument("--filed", type=int, default=FILED, help="stories before the first round")
    parser.add_argument("--csv", type=Path, help="where the lines go")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error(f"no number of rounds: {asked.rounds}")
    if asked.filed < 0:
        parser.error(f"no number of stories: {asked.filed}")
    file = asked.csv or Path(tempfile.mkdtemp(prefix="soak-")) / "rounds.csv"
    with tempfile.TemporaryDirectory(prefix="soak-newsroom-") as folder, file.open("w") as out:
        soak = Soak(Path(folder), asked.filed)
        lines = csv.writer(out)
        lines.writerow(COLUMNS)
        for number in range(asked.rounds):
            soak.run_round()
            cost = soak.costs[-1]
            lines.writerow((number, f"{cost.cpu:.3f}", f"{cost.wall:.3f}", f"{cost.memory:.1f}"))
            out.flush()
            if (number + 1) % COMPARED == 0:
                print(f"{number + 1} of {asked.rounds} rounds", file=sys.stderr, flush=True)
        print(compare(soak.costs))
        print(f"{soak.count_records()} records; each round: {file}")


if __name__ == "__main__":
    main()
