"""Late news: an old story loses only where its source was watched when it came out."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from copydesk import archive, rounds
from copydesk.newsroom import Silence, open_newsroom
from world.newsroom import KEY, NOW, WALL, Answer, feed, newsroom, page, record_web

FEED = "https://gull.example/feed.xml"
TITLES = ("Sea wall to rise", "Grey seals return", "Coast road to close")


def published(number: int, day: datetime) -> tuple[str, str, str]:
    return TITLES[number], f"https://gull.example/{number}", format_datetime(day, usegmt=True)


def story(number: int, day: datetime) -> Answer:
    return page(f"{TITLES[number]} on the coast", WALL, date=f"{day:%Y-%m-%dT%H:%M:%SZ}")


def run_round(root: Path, web: dict[str, Answer], now: datetime) -> None:
    warc = record_web(root.parent / "web.warc.gz", web)
    with open_newsroom(root, now, {"COPYDESK_KEY": KEY}) as opened:
        options = rounds.RoundOptions(web=warc, all_due=True)
        rounds.run_round(opened, options, Silence())


@pytest.mark.parametrize(("days_watched", "is_late"), [(1, False), (40, True)])
def test_what_an_import_leaves_for_its_second_round_is_not_late(
    days_watched: int, is_late: bool, tmp_path: Path
) -> None:
    root = newsroom(tmp_path / "beat")
    (root / "beat.toml").write_text(
        f'[site]\ntitle = "Coast"\nurl = "https://coast.example"\n[[source]]\nurl = "{FEED}"\n'
    )
    later = NOW + timedelta(days=days_watched)
    year_ago, old = NOW - timedelta(days=365), later - timedelta(days=30)
    first = [published(0, year_ago), published(1, NOW - timedelta(hours=5))]
    web = {
        "https://gull.example/0": story(0, year_ago),
        "https://gull.example/1": story(1, NOW - timedelta(hours=5)),
        "https://gull.example/2": story(2, old),
    }

    run_round(root, {FEED: feed(*first), **web}, NOW)
    run_round(root, {FEED: feed(*first, published(2, old)), **web}, later)

    stories = archive.Archive(root).stories(lambda error: pytest.fail(str(error)))
    late = {
        one.title: any("days after its publication" in reason.why for reason in one.reasons)
        for one in stories
    }
    assert {False, is_late} == {*late.values()} | {False}
    assert late[f"{TITLES[2]} on the coast"] is is_late
