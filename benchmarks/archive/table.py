"""What a newsroom with a large archive costs: each job as a process of `copydesk` of its own.

    python benchmarks/archive/table.py FOLDERS... [--jobs WORDS...] [--code FOLDER]

    python benchmarks/archive/table.py /tmp/20000 /tmp/1000000

prints one Markdown table of the newsrooms that `invent.py` made. CPU is that of all processes that
a job starts, wall until it ended, memory the peak of the largest process. The first time, rounds
settle a newsroom and build its site, which takes 40 minutes and 45 GB for a million stories. As
such a newsroom cannot be copied, jobs follow each other in it: each verdict is on another story.
--code measures another copy of the package.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "tests")]

from world.costs import Cost, measure  # noqa: E402

_CLOCK = "2026-11-24T{}:00Z"
_SETTLING = ("18:00", "18:30", "18:33", "18:36", "18:40", "18:41")
_ROUND = ("run", "--all-due", "--json", "--web", "{web}", "--now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A newsroom with a large archive, and what to ask of it."""

    folder: Path

    @property
    def newsroom(self) -> Path:
        return self.folder / "newsroom"

    def words(self, *words: str) -> list[str]:
        asked = json.loads((self.folder / "question.json").read_text("utf-8"))
        news = self.newsroom / "_news"
        year = max((self.newsroom / "_archive" / "_news").iterdir())
        decided = subprocess.check_output(self.git("log", "--format=%B", "-200"), text=True)
        live, old = (
            next(name for name in sorted(path.name for path in paths) if name not in decided)
            for paths in (news.glob("2026-11-2*.md"), year.glob("2026-11-0*.md"))
        )
        told = {**asked, "web": self.folder / "web.warc.gz", "live": f"_news/{live}"}
        told |= {"old": f"_archive/_news/{year.name}/{old}"}
        told |= {"backup": self.folder / "backup.tgz"}
        command = [sys.executable, "-m", "copydesk", "-C", str(self.newsroom)]
        return [*command, *(word.format(**told) for word in words)]

    def git(self, *words: str) -> list[str]:
        return ["git", "-C", str(self.newsroom), *words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that a newsroom does, after what is `prepare`d."""

    name: str
    words: tuple[str, ...]
    runs: int = 3
    prepare: Callable[[Place], None] = lambda _place: None


def add(place: Place) -> None:
    """Let one record come that nobody committed."""
    shutil.copytree(place.folder / "added", place.newsroom, dirs_exist_ok=True)


def lose_catalogue(place: Place) -> None:
    """Delete the catalogue."""
    for file in (place.newsroom / ".copydesk").glob("catalogue.sqlite*"):
        file.unlink()


_WHY = ("--why", "to be seen", "--now", _CLOCK.format("18:50"))
JOBS = (
    Job(name="verdict", words=("verdict", "{live}", "hold", *_WHY)),
    Job(name="verdict on an archived story", words=("verdict", "{old}", "publish", *_WHY)),
    Job(name="explain", words=("explain", "{live}")),
    Job(name="explain an archived story", words=("explain", "{old}")),
    Job(
        name="stories --search",
        words=("stories", "--search", "{words}", "--now", _CLOCK.format("18:50")),
    ),
    Job(name="round, nothing new", words=(*_ROUND, _CLOCK.format("18:51"))),
    Job(
        name="round, nothing new, without the build",
        words=("run", "--dry-run", *_ROUND[1:], _CLOCK.format("18:51")),
    ),
    Job(name="round, one story filed and built", words=(*_ROUND, _CLOCK.format("19:00")), runs=1),
    Job(name="build, nothing new", words=("build", "--now", _CLOCK.format("19:01"))),
    Job(
        name="build, one story added",
        words=("build", "--now", _CLOCK.format("19:01")),
        prepare=add,
        runs=1,
    ),
    Job(
        name="catalogue made anew",
        words=("stories", "--limit", "1", "--now", _CLOCK.format("19:01")),
        prepare=lose_catalogue,
        runs=1,
    ),
    Job(name="backup", words=("backup", "{backup}"), runs=1),
    Job(name="git status", words=(), runs=2),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--jobs", nargs="+", metavar="WORDS", help="those whose names have these")
    parser.add_argument("--code", metavar="FOLDER", help="with another package copydesk")
    asked = parser.parse_args()
    if asked.code:
        os.environ["PYTHONPATH"] = asked.code
    print(f"load at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| newsroom | job | CPU s | wall s | MB |\n|---|---|---|---|---|")
    for folder in asked.folders:
        place = Place(folder=folder)
        settle(place)
        for job in JOBS:
            if not asked.jobs or any(word in job.name for word in asked.jobs):
                cost = _median([_measure(place, job) for _ in range(job.runs)])
                cells = f"{cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f}"
                print(f"| {folder.name} | {job.name} | {cells} |", flush=True)


def settle(place: Place) -> None:
    """Let rounds bring a newsroom to where they change no more of it; say what the first cost."""
    done = place.folder / "settled"
    if done.exists():
        return
    for number, clock in enumerate(_SETTLING):
        cost, _ = measure(place.words(*_ROUND, _CLOCK.format(clock)), place.newsroom)
        if number == 0:
            told = f"{cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f}"
            print(f"| {place.folder.name} | all read and built, once | {told} |", flush=True)
    done.touch()


def _measure(place: Place, job: Job) -> Cost:
    job.prepare(place)
    words = place.words(*job.words) if job.words else place.git("status", "--short")
    cost, _ = measure(words, place.newsroom)
    return cost


def _median(costs: list[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.cpu)[len(costs) // 2]


if __name__ == "__main__":
    main()
