"""`copydesk sources ask`: a round of one source alone; and sources that are asked oftener."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.kit import dates
from copydesk.newsroom import open_newsroom
from copydesk.rounds.sources.states import HubPush, keep_hub_push, unread_hub_pushes
from world.background import world_in_background
from world.command import Said, copydesk
from world.newsroom import Answer, feed, newsroom, record_web, run_git, small_web
from world.web import serves

NOW = "2026-11-20T08:00:00Z"
GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


def after(**passed: float) -> str:
    return dates.rfc3339(datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(**passed))


def ask(root: Path, web: Path, source: str, *more: str, now: str = NOW) -> Said:
    return copydesk("-C", root, "sources", "ask", source, "--web", web, "--now", now, *more)


def last_ok(root: Path) -> dict[str, str]:
    rows = copydesk("-C", root, "sources", "--json").json()
    return {row["url"]: row["last_ok"] for row in rows}


def set_every(root: Path, minutes: int) -> None:
    """Let the first source be asked so often."""
    path = root / "beat.toml"
    beat = path.read_text("utf-8")
    lines = [line for line in beat.splitlines() if not line.startswith("every_minutes")]
    at = lines.index('name = "The Gull"')
    lines.insert(at + 1, f"every_minutes = {minutes}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("source", [HERON, f"{HERON}/", "heron daily"])
def test_one_source_is_asked_by_address_or_name_and_no_other(
    root: Path, web: Path, source: str
) -> None:
    report = ask(root, web, source, "--json")

    assert report.code == 0, report.err
    assert report.json()["filed"] == [SEALS]
    assert last_ok(root) == {GULL: "", HERON: NOW}
    assert (root / ".copydesk/site/index.html").exists()


def test_it_is_asked_due_or_not(root: Path, web: Path) -> None:
    ask(root, web, HERON)

    again = ask(root, web, HERON, now=after(minutes=1))

    assert again.code == 0, again.err
    assert last_ok(root)[HERON] == after(minutes=1)


def test_the_other_sources_stay_due_for_the_next_round(root: Path, web: Path) -> None:
    ask(root, web, HERON)

    report = copydesk("-C", root, "run", "--web", web, "--now", after(minutes=1), "--json").json()

    assert report["filed"] == [WALL]


@pytest.mark.parametrize("source", ["Herron Daily", "https://nobody.example/feed", "", "heron"])
def test_a_source_that_is_none_is_misused_and_asks_nobody(
    root: Path, web: Path, source: str
) -> None:
    said = ask(root, web, source)

    assert (said.code, said.out) == (2, "")
    assert "beat.toml does not have this source" in said.err
    assert set(last_ok(root).values()) == {""}


def test_a_name_of_two_sources_is_no_answer(root: Path, web: Path) -> None:
    beat = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(beat.replace("Heron Daily", "The Gull"), "utf-8")

    said = ask(root, web, "The Gull")

    assert said.code == 2
    assert f"use {GULL}, {HERON}" in said.err


@pytest.mark.parametrize(
    "words", [("sources", "ask", HERON), ("file", "https://gull.example/wall")]
)
def test_what_a_hub_pushed_of_another_source_waits_for_a_round(
    root: Path, web: Path, words: tuple[str, ...]
) -> None:
    pushed = HubPush(at=datetime(2026, 11, 20, 7, tzinfo=UTC), body=feed().body)
    with open_newsroom(root, datetime(2026, 11, 20, 8, tzinfo=UTC), {}) as desk:
        keep_hub_push(desk.memory, GULL, pushed)

    copydesk("-C", root, *words, "--web", web, "--now", NOW)

    with open_newsroom(root, datetime(2026, 11, 20, 9, tzinfo=UTC), {}) as desk:
        assert unread_hub_pushes(desk.memory, {GULL, HERON}, desk.now) == {GULL}


@pytest.mark.parametrize(
    "words", [("sources", "ask", HERON), ("file", "https://gull.example/wall")]
)
def test_second_looks_wait_for_a_whole_round(root: Path, web: Path, words: tuple[str, ...]) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)

    part = copydesk("-C", root, *words, "--web", web, "--now", after(hours=2), "--json").json()
    whole = copydesk("-C", root, "run", "--web", web, "--now", after(hours=3), "--json").json()

    assert (part["looked_again"], whole["looked_again"]) == (0, 2)


def test_a_source_that_fails_is_said_and_ends_with_one(root: Path, tmp_path: Path) -> None:
    web = record_web(tmp_path / "none.warc.gz", {HERON: Answer(status="500 Oh")})

    said = ask(root, web, HERON)

    assert said.code == 1
    assert f"{HERON}\n" in said.err


def test_a_rest_that_it_asked_for_is_kept(root: Path, web: Path, tmp_path: Path) -> None:
    busy = Answer(status="429 Too Many", headers=(("Retry-After", "3600"),))
    ask(root, record_web(tmp_path / "busy.warc.gz", {HERON: busy}), HERON)

    said = ask(root, web, HERON, now=after(minutes=30))

    assert said.code == 1
    assert "asked for a pause until 2026-11-20T09:00:00Z" in said.err
    assert ask(root, web, HERON, now=after(minutes=61)).code == 0


def test_a_rest_of_its_whole_host_is_kept_and_said_too(tmp_path: Path) -> None:
    with world_in_background() as world:
        world.at("/robots.txt", serves(b"", content_type="text/plain"))
        world.at("/a.xml", serves(b"", status=429, headers={"Retry-After": "3600"}))
        manners = 'contact = "mailto:ed@tidewatch.example"\ndelay_seconds = 0\n'
        more = f'[fetch]\n{manners}allow_hosts = ["127.0.0.1"]\n'
        for name in ("a", "b"):
            more += f'[[source]]\nurl = "{world.url(f"/{name}.xml")}"\n'
        root = newsroom(tmp_path / "live", more=more)
        first, second = (
            copydesk("-C", root, "sources", "ask", world.url(f"/{name}.xml")) for name in ("a", "b")
        )

    assert (first.code, second.code) == (1, 1)
    assert "asked for a pause until" in second.err
    assert "/b.xml" not in {asked.path for asked in world.asked}


def test_one_that_has_ended_is_not_asked_and_says_what_brings_it_back(
    root: Path, web: Path, tmp_path: Path
) -> None:
    gone = record_web(tmp_path / "gone.warc.gz", {HERON: Answer(status="410 Gone")})
    ask(root, gone, HERON)

    said = ask(root, web, HERON, now=after(hours=1))

    assert said.code == 1
    assert "has ended" in said.err
    assert "copydesk sources undo-move" in said.err


def test_a_source_may_be_asked_oftener_than_its_rhythm(root: Path, web: Path) -> None:
    set_every(root, 5)
    copydesk("-C", root, "run", "--web", web, "--now", NOW)

    for minutes, asked in ((4, 0), (5, 5), (9, 5), (10, 10)):
        copydesk("-C", root, "run", "--web", web, "--now", after(minutes=minutes))
        assert last_ok(root) == {GULL: after(minutes=asked), HERON: NOW}


def test_a_new_pace_counts_at_once_and_brings_nothing_back(root: Path, web: Path) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    set_every(root, 3)

    said = copydesk("-C", root, "run", "--web", web, "--now", after(minutes=1), "--json").json()

    assert last_ok(root)[GULL] == after(minutes=1)
    assert said["dropped"] == {}
    set_every(root, 0)
    copydesk("-C", root, "run", "--web", web, "--now", after(minutes=3))
    assert last_ok(root)[GULL] == after(minutes=1)


def test_a_pace_is_within_what_its_publisher_wishes(root: Path, tmp_path: Path) -> None:
    slow = {**small_web()}
    items = [("Sea wall to rise by two metres", "https://gull.example/wall", "")]
    slow[GULL] = Answer(
        body=feed(*items).body,
        kind="application/rss+xml",
        headers=(("Cache-Control", "max-age=1800"),),
    )
    web = record_web(tmp_path / "slow.warc.gz", slow)
    set_every(root, 5)
    copydesk("-C", root, "run", "--web", web, "--now", NOW)

    for minutes, asked in ((29, 0), (30, 30)):
        copydesk("-C", root, "run", "--web", web, "--now", after(minutes=minutes))
        assert last_ok(root)[GULL] == after(minutes=asked)


@pytest.mark.parametrize("minutes", [-1, 1_441])
def test_a_pace_has_its_bounds(root: Path, minutes: int) -> None:
    set_every(root, minutes)

    said = copydesk("-C", root, "config")

    assert said.code == 1
    assert "source[0].every_minutes: expected a whole number from 0 to 1440" in said.err


def test_a_round_of_one_source_commits_as_any_other(root: Path, web: Path) -> None:
    ask(root, web, GULL)

    assert run_git(root, "log", "-1", "--format=%s") == "news: 1 new\n"
    assert run_git(root, "status", "--porcelain") == ""
