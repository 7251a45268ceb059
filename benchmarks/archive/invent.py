"""Invent a newsroom with a large archive: one commit a month, older stories in folders of years.

    python benchmarks/archive/invent.py COUNT FOLDER

    FOLDER/newsroom        COUNT records in git: the last RECENT in `_news/`, the others in
                           `_archive/_news/YYYY/`; its memory knows their addresses as filed
    FOLDER/web.warc.gz     a feed of stories that are filed, and new ones at the times of `NEW`
    FOLDER/added           one record more, for an edit that nobody committed
    FOLDER/question.json   a story's path and words of its headline, to ask for

The stories are those of `benchmarks/paper/archive.py`, fifty a day: a million are 54 years. They
enter git by `git fast-import`. The newsroom writes no first API and takes no second looks.
"""

# ruff: noqa: SLF001 -- the functions of make.py

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import IO

BENCHMARKS = Path(__file__).parents[1]
sys.path[:0] = [str(BENCHMARKS / part) for part in ("catalogue", "paper")]

import make  # noqa: E402

import archive as invented  # noqa: E402
from copydesk.archive.record import emit_story  # noqa: E402
from copydesk.memory import Memory  # noqa: E402
from copydesk.news import Story  # noqa: E402

RECENT = 400
make.NEW |= {70 + 5 * number: f"Robots mow lawn {number} of Finch Park" for number in range(4)}


def main(count: int, folder: Path) -> None:
    """Write all of it below a folder; what was there is deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    root = folder / "newsroom"
    world = invented.invent(count)
    invented.write_newsroom(world, root)
    with (root / "beat.toml").open("a", encoding="utf-8") as beat:
        beat.write(make._BEAT)
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    git(root, "init", "-q", "-b", "main", "--template=")
    for name, value in (("gc.auto", "0"), ("user.name", "Ed"), ("user.email", "ed@desk.example")):
        git(root, "config", name, value)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "begin")
    stories = invented.stories(world, count + 1)
    latest: deque[Story] = deque(maxlen=20)
    memory = Memory(root / ".copydesk" / "memory.sqlite")
    fast = subprocess.Popen(
        ["git", "-C", str(root), "-c", "core.compression=1", "fast-import", "--quiet"],
        stdin=subprocess.PIPE,
    )
    assert fast.stdin is not None
    fast.stdin.write(b"reset refs/heads/main\nfrom refs/heads/main^0\n\n")
    filed = enumerate(islice(stories, count))
    placed = (_place(story, number, count) for number, story in filed)
    for month, some in groupby(placed, key=lambda story: _day(story)[:7]):
        with memory.together():
            _file_month(fast.stdin, month, _remember(memory, some, latest))
    fast.stdin.close()
    assert fast.wait() == 0
    memory.close()
    git(root, "reset", "-q", "--hard")
    git(root, "commit-graph", "write", "--reachable", "--changed-paths")
    make._write(stories, folder / "added")
    make._record_web(world, list(latest), folder / "web.warc.gz")
    asked = latest[-1]
    question = {"path": asked.path, "words": " ".join(sorted(asked.title.split(), key=len)[-2:])}
    (folder / "question.json").write_text(json.dumps(question), "utf-8")


def _place(story: Story, number: int, count: int) -> Story:
    if number >= count - RECENT:
        return story
    return replace(story, path=f"_archive/_news/{_day(story)[:4]}/{Path(story.path).name}")


def _day(story: Story) -> str:
    return Path(story.path).name[:10]


def _remember(memory: Memory, stories: Iterator[Story], latest: deque[Story]) -> Iterator[Story]:
    for story in stories:
        make._remember(memory, story)
        latest.append(story)
        yield story


def _file_month(sink: IO[bytes], month: str, stories: Iterator[Story]) -> None:
    year, number = int(month[:4]), int(month[5:])
    seconds = max(0, int((year - 1970) * 365.25 + number * 30.4) * 86_400)
    words = f"file {month}\n".encode()
    head = f"commit refs/heads/main\ncommitter Ed <ed@desk.example> {seconds} +0000\n"
    sink.write(head.encode() + b"data %d\n%s" % (len(words), words))
    for story in stories:
        data = emit_story(story)
        sink.write(b"M 100644 inline %s\ndata %d\n" % (story.path.encode(), len(data)))
        sink.write(data + b"\n")


def git(root: Path, *words: str) -> None:
    """Run git in a folder; fail if it fails."""
    subprocess.run(["git", "-C", str(root), *words], check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
