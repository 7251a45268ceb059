"""What it takes from editors' words at the desk to records in git, in a large newsroom.

    python benchmarks/paper/words.py FOLDER [COUNT ...]

FOLDER is a newsroom in a git repository, such as `archive.py` makes (`git init`, `git add -A`,
`git commit` first); it gets real commits. For each COUNT (1, 10 and 50) so many verdicts are filed
three times in one commit each: the least seconds, and the processor seconds of copydesk and git.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from copydesk.editing.applying import apply_actions
from copydesk.news import EditorAction
from copydesk.newsroom import Newsroom, open_newsroom

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
TIMES = 3


def words(names: list[str], count: int) -> list[EditorAction]:
    """Give so many verdicts, each on another story, that nobody has said before."""
    return [
        EditorAction(
            id=str(uuid.uuid4()),
            kind="verdict",
            said=random.choice(("hold", "reject", "publish")),
            by="Anna",
            at=NOW,
            why=str(uuid.uuid4()),
            stories=(name,),
        )
        for name in random.sample(names, count)
    ]


def spent() -> tuple[float, float]:
    """Give the processor seconds so far of this process, and of those that it ran."""
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime


def measure(newsroom: Newsroom, actions: list[EditorAction]) -> tuple[float, float, float]:
    """File the words; give the seconds, and the processor seconds of copydesk and of git."""
    began, before = time.perf_counter(), spent()
    outcomes = apply_actions(newsroom, actions)
    seconds, after = time.perf_counter() - began, spent()
    assert {told.state for told in outcomes} == {"done"}, outcomes
    return seconds, after[0] - before[0], after[1] - before[1]


def main(folder: Path, counts: list[int]) -> None:
    """Print a row for each count."""
    names = sorted(path.stem for path in (folder / "_news").glob("*.md"))
    print(f"{len(names)} stories\nwords  seconds  copydesk  git")
    with open_newsroom(folder, NOW, os.environ) as newsroom:
        measure(newsroom, words(names, 1))
        for count in counts:
            rows = [measure(newsroom, words(names, count)) for _ in range(TIMES)]
            print(f"{count:5}", *(f"{min(column):8.3f}" for column in zip(*rows, strict=True)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]] or [1, 10, 50])
