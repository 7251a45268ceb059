"""What rounds, questions and builds cost a newsroom, by how many stories it has filed.

    python benchmarks/catalogue/table.py SIZES... [--runs N] [--beside PYTHON] [--jobs WORDS...]

    python benchmarks/catalogue/table.py 2000 20000 --runs 3 --beside ../other/.venv/bin/python

prints one Markdown table: each job is a fresh process of `copydesk`, and CPU is that of all its
processes, wall until the command ended, memory the peak of the largest process; of several runs the
medians. With --beside another checkout does the same jobs in the same run, pair by pair, in its own
copy of the newsroom; where it lacks a command stands a dash. Every job begins with the newsroom as
it was: after each one its files are put back. `make.py` says what newsroom that is.

Three rounds with news have settled the groups of the invented stories before anything is measured:
what the first one changes is looked at by the two that follow. 20,000 stories take some minutes and
3 GB of disk for each checkout; no size is done that is not named.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(BENCHMARKS / "paper"), str(BENCHMARKS.parent / "tests")]

from spent import Files, files_of  # noqa: E402

from world.costs import Cost, measure, median_cost  # noqa: E402

QUIET, *SETTLING, AGAIN, NEWS = (
    f"2026-11-24T{clock}:00Z" for clock in ("18:00", "18:30", "18:33", "18:36", "18:40", "19:00")
)
MAKE = Path(__file__).with_name("make.py")
_NO_SUCH_COMMAND = 2  # click's exit code
# Where no compiled files are kept, each command would compile what it loads.
_COMPILE = "import compileall, copydesk; compileall.compile_dir(copydesk.__path__[0], quiet=1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A checkout's program at work in its own newsroom; `kept` is how that was."""

    python: str
    folder: Path

    @property
    def newsroom(self) -> Path:
        return self.folder / "newsroom"

    @property
    def kept(self) -> Path:
        return self.folder / "kept"

    def command(self, *words: str) -> list[str]:
        return [self.python, "-m", "copydesk", "-C", str(self.newsroom), *words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that a newsroom does, after what is `prepare`d; the words may hold a question."""

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Checkout], None] = lambda _checkout: None
    is_of_month: bool = False


def lose_catalogue(checkout: Checkout) -> None:
    """Delete the catalogue."""
    for file in (checkout.newsroom / ".copydesk").glob("catalogue.sqlite*"):
        file.unlink()


def pull(checkout: Checkout) -> None:
    """Let a thousand records come by a commit."""
    _lay(checkout, "pulled")
    _git(checkout.newsroom, "add", "-A")
    _git(checkout.newsroom, "commit", "-q", "-m", "from elsewhere")


def add(checkout: Checkout) -> None:
    """Let one record come that nobody committed."""
    _lay(checkout, "added")


def _lay(checkout: Checkout, edit: str) -> None:
    shutil.copytree(checkout.folder.parent / edit, checkout.newsroom, dirs_exist_ok=True)


_ROUND = ("run", "--all-due", "--json", "--web", "{web}", "--now")
JOBS = (
    Job(name="round, nothing new", words=(*_ROUND, AGAIN)),
    Job(name="round, one story filed and built", words=(*_ROUND, NEWS)),
    Job(name="the same, all within a month", words=(*_ROUND, NEWS), is_of_month=True),
    Job(name="explain", words=("explain", "{path}")),
    Job(name="stories --search", words=("stories", "--search", "{words}", "--now", AGAIN)),
    Job(name="verdict", words=("verdict", "{path}", "hold", "--why", "to be seen", "--now", AGAIN)),
    Job(
        name="catalogue made anew",
        words=("stories", "--limit", "1", "--now", AGAIN),
        prepare=lose_catalogue,
    ),
    Job(name="explain after a pull of 1,000", words=("explain", "{path}"), prepare=pull),
    Job(name="build, nothing new", words=("build", "--now", AGAIN)),
    Job(name="build, one story added", words=("build", "--now", AGAIN), prepare=add),
)


def main() -> None:
    asked = _arguments()
    jobs = [job for job in JOBS if not asked.jobs or any(word in job.name for word in asked.jobs)]
    pythons = [sys.executable, *([asked.beside] if asked.beside else [])]
    print(f"load at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print_head(bool(asked.beside))
    with tempfile.TemporaryDirectory(prefix="catalogue-") as temporary:
        for size in asked.sizes:
            for is_of_month in (False, True):
                if some := [job for job in jobs if job.is_of_month == is_of_month]:
                    folder = Path(asked.work or temporary) / f"{size}{'-month' * is_of_month}"
                    checkouts = prepare_checkouts(size, folder, pythons, is_of_month=is_of_month)
                    for job in some:
                        print_job(size, job, measure_job(job, checkouts, asked.runs))
                    if not asked.work:
                        shutil.rmtree(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--beside", metavar="PYTHON", help="of another checkout's environment")
    parser.add_argument("--jobs", nargs="+", metavar="WORDS", help="those whose names have these")
    parser.add_argument("--work", help="keeps the newsrooms, for another time; else they go")
    return parser.parse_args()


def prepare_checkouts(
    size: int, folder: Path, pythons: Iterable[str], *, is_of_month: bool
) -> list[Checkout]:
    """Give each checkout its own newsroom of this size, as it is after a round and a build."""
    if not (folder / "question.json").exists():
        _report(f"{folder.name}: inventing")
        # in a process of its own: a child's peak memory is at least its parent's
        options = ["--month"] if is_of_month else []
        subprocess.run([sys.executable, MAKE, str(size), str(folder), *options], check=True)
    checkouts = [
        Checkout(python=python, folder=folder / str(number))
        for number, python in enumerate(pythons)
    ]
    for checkout in checkouts:
        subprocess.run([checkout.python, "-c", _COMPILE], check=True)
        settle(checkout)
    return checkouts


def settle(checkout: Checkout) -> None:
    """Let rounds bring a copy of the newsroom to where they change no more of it.

    Git packs what they committed: else it does that beside the first round that is measured, as it
    does once in thousands of stories, and takes longer than the round.
    """
    if checkout.kept.is_dir():
        return
    _report(f"{checkout.folder}: first rounds and builds")
    shutil.rmtree(checkout.folder, ignore_errors=True)
    shutil.copytree(checkout.folder.parent / "newsroom", checkout.newsroom)
    _git(checkout.newsroom, "reset", "-q", "--hard")
    for clock in (QUIET, *SETTLING, AGAIN, AGAIN):
        _run(checkout, *_ROUND, clock)
    _git(checkout.newsroom, "gc", "-q")
    shutil.copytree(checkout.newsroom, checkout.kept, symlinks=True)


def measure_job(job: Job, checkouts: list[Checkout], runs: int) -> list[Cost | None]:
    """Return what a job cost each checkout, None where it does not know the command."""
    costs: dict[str, list[Cost]] = {checkout.python: [] for checkout in checkouts}
    able = [checkout for checkout in checkouts if _knows(checkout, job.words[0])]
    for number in range(runs):
        for checkout in able:
            _report(f"{checkout.folder}: {job.name}, {number + 1} of {runs}")
            before = files_of(checkout.newsroom)
            job.prepare(checkout)
            cost, _ = measure(_fill(checkout, job.words), checkout.newsroom)
            costs[checkout.python].append(cost)
            restore(checkout, before)
    return [median_cost(several) if several else None for several in costs.values()]


def _knows(checkout: Checkout, command: str) -> bool:
    asked = subprocess.run(checkout.command(command, "--help"), capture_output=True, check=False)
    return asked.returncode != _NO_SUCH_COMMAND


def _fill(checkout: Checkout, words: Iterable[str]) -> list[str]:
    """Return the command of these words, with the question of this newsroom."""
    folder = checkout.folder.parent
    question = json.loads((folder / "question.json").read_text("utf-8"))
    question["web"] = folder / "web.warc.gz"
    return checkout.command(*(word.format(**question) for word in words))


def _run(checkout: Checkout, *words: str) -> None:
    subprocess.run(_fill(checkout, words), check=True, stdout=subprocess.DEVNULL)


def restore(checkout: Checkout, before: Files) -> None:
    """Put every file of the newsroom that is not as it was `before` back, and touch no other."""
    after = files_of(checkout.newsroom)
    for path in after.keys() - before.keys():
        Path(path).unlink()
    for path, mark in before.items():
        if after.get(path) != mark:
            kept = checkout.kept / Path(path).relative_to(checkout.newsroom)
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(kept, path)


def _git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True)


def print_head(is_beside: bool) -> None:
    """Print the first lines of the table."""
    names = ["CPU s", "wall s", "MB"]
    columns = [f"{name}{other}" for name in names for other in ("", ", beside")[: 1 + is_beside]]
    print(f"| stories | job | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}")


def print_job(size: int, job: Job, costs: list[Cost | None]) -> None:
    """Print the line of a job."""
    forms = {"cpu": ".2f", "wall": ".2f", "memory": ".0f"}
    cells = [
        format(getattr(cost, name), form) if cost else "–"
        for name, form in forms.items()
        for cost in costs
    ]
    print(f"| {size:,} | {job.name} | {' | '.join(cells)} |", flush=True)


def _report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
