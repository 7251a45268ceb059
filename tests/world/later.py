"""Rounds at later hours over a recorded web whose pages change, and what they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from copydesk import archive, newsroom, rounds
from copydesk.kit import dates
from copydesk.memory import Memory
from copydesk.news import Story
from copydesk.newsroom import reports
from world.newsroom import KEY, NOW, Answer, record_web, run_git, small_web

WALL_PAGE = "https://gull.example/wall?utm_source=rss"
SEALS_PAGE = "https://heron.example/seals"
WALL_RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS_RECORD = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"
TITLE = "Sea wall to rise by two metres"
GONE = Answer(status="410 Gone")


def run(root: Path, web: Path, hours: float = 0, *, all_due: bool = False) -> reports.RoundReport:
    """Run a round so many hours after the first."""
    now = NOW + timedelta(hours=hours)
    with newsroom.open_newsroom(root, now, {"COPYDESK_KEY": KEY}) as opened:
        asked = rounds.RoundOptions(web=web, all_due=all_due)
        return rounds.run_round(opened, asked, newsroom.Silence())


def at(hours: float, answer: Answer) -> Answer:
    """Give an answer that is there from so many hours after the first round."""
    moment = dates.rfc3339(NOW + timedelta(hours=hours))
    return Answer(
        body=answer.body, status=answer.status, kind=answer.kind, headers=answer.headers, at=moment
    )


def web_with(tmp_path: Path, later: Mapping[str, Sequence[Answer]]) -> Path:
    """Record the small web, and what some of its pages answer later."""
    first = small_web()
    answers: dict[str, Sequence[Answer]] = {url: [answer] for url, answer in first.items()}
    for url, more in later.items():
        answers[url] = [*answers.get(url, ()), *more]
    return record_web(tmp_path / "web.warc.gz", answers)


def story(root: Path, path: str = WALL_RECORD) -> Story:
    """Give a record as it stands."""
    return archive.Archive(root).read(path)


def head(root: Path) -> str:
    """Give the commit that the branch is at."""
    return run_git(root, "rev-parse", "HEAD").strip()


def message(root: Path) -> list[str]:
    """Give the lines of the last commit's message."""
    return run_git(root, "log", "-1", "--format=%B").strip().splitlines()


def forget_memory(root: Path) -> None:
    """Lose the memory."""
    for path in (root / ".copydesk").glob("memory.sqlite*"):
        path.unlink()


def planned(root: Path) -> dict[str, datetime]:
    """Give when each record is looked at next."""
    memory = Memory(root / ".copydesk" / "memory.sqlite")
    try:
        return {one.path: one.due for one in memory.revisits.due(NOW + timedelta(days=99))}
    finally:
        memory.close()
