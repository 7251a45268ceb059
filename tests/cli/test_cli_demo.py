"""`copydesk demo`: a newsroom that is young on the day it is made, and keeps its dates."""

from __future__ import annotations

import re
import shutil
import tomllib
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.editing import queue
from copydesk.editing.queue import numbers
from copydesk.news import ReasonKind, Standing, Story
from copydesk.newsletters import issues
from copydesk.newsroom import Troubles, open_newsroom, starts
from copydesk.newsroom.standings import read_rules, standing_of
from world.command import Said, copydesk
from world.newsroom import run_git

NOW, WEEKS_LATER = "2026-12-30T18:00:00Z", "2027-02-24T09:00:00Z"
MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|spring|summer|autumn|winter"
)


def make_demo(root: Path, now: str) -> Said:
    made = copydesk("demo", "--no-serve", "--dir", root, "--now", now, "--port", "8123")
    assert made.code == 0, made.err
    return made


def published_files(root: Path) -> dict[str, bytes]:
    """Return the site, the issues and the records; without what each newsroom's own key seals."""
    folders = root / ".copydesk" / "site", root / "_news", root / "_newsletters"
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(root).as_posix(): re.sub(rb"(?m)^secured: .*$", b"", file.read_bytes())
        for file in files
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """Make a demo; return it, and what the command said."""
    root = tmp_path_factory.mktemp("demo") / "demo"
    return root, make_demo(root, NOW)


@pytest.fixture(scope="module")
def demo(made: tuple[Path, Said]) -> Path:
    return made[0]


@pytest.mark.slow
def test_a_demo_is_as_of_the_week_in_which_it_is_made(demo: Path) -> None:
    dates = sorted(path.name[:10] for path in (demo / "_news").glob("*.md"))
    assert ("2026-12-20", "2026-12-25") == (dates[0], dates[-1])
    assert run_git(demo, "log", "-1", "--format=%ci").startswith("2026-12-25 08:00:00")
    assert "2026-12-25" in (demo / ".copydesk/site/index.html").read_text("utf-8")


@pytest.mark.long  # test_examples_young_world holds the same for the recorded web
def test_the_same_time_gives_the_same_site(demo: Path, tmp_path: Path) -> None:
    make_demo(tmp_path / "again", NOW)
    before, after = published_files(demo), published_files(tmp_path / "again")
    assert before.keys() == after.keys()
    # verify.json names the commit, and each newsroom seals its records with a key of its own
    assert [".copydesk/site/verify.json"] == [
        path for path in before if before[path] != after[path]
    ]


@pytest.mark.long  # test_examples_young_world holds the same for the recorded web
def test_a_demo_of_another_week_is_the_same_but_for_dates(demo: Path, tmp_path: Path) -> None:
    def mask(text: str) -> str:
        named = re.sub(rf"\b(?:{MONTHS})\b", "M", re.sub(r"\b[0-9a-f]{8,}\b", "H", text.lower()))
        return re.sub(r"\d+", "0", named)

    def headlines(root: Path) -> list[str]:
        page = (root / ".copydesk/site/index.html").read_text("utf-8")
        return [mask(title) for title in re.findall(r"<h[23][^>]*>(.*?)</h[23]>", page, re.S)]

    make_demo(tmp_path / "later", WEEKS_LATER)

    later = tmp_path / "later"
    assert sorted(map(mask, published_files(demo))) == sorted(map(mask, published_files(later)))
    assert headlines(demo) == headlines(later)
    assert len(headlines(demo)) > 20


@pytest.mark.slow
def test_a_second_call_says_what_is_there_and_shifts_nothing(demo: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(demo, tmp_path / "demo"))
    web = (root / ".copydesk/demo/web.warc.gz").read_bytes()
    names = sorted(path.name for path in (root / "_news").iterdir())

    again = make_demo(root, WEEKS_LATER)

    assert again.err.splitlines()[0] == (
        f"the folder has a demo with {len(names)} stories, made on 2026-12-30, with the dates of "
        f"that week; to start anew, delete the folder and run the command again: {root}"
    )
    assert web == (root / ".copydesk/demo/web.warc.gz").read_bytes()
    assert names == sorted(path.name for path in (root / "_news").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("now", [NOW, "2026-12-25T08:00:00Z", "2027-01-01T07:59:00Z"])
def test_the_desk_and_the_site_have_something_to_show_on_any_day(demo: Path, now: str) -> None:
    """From the first moment to the last at which a demo of this week may be made."""
    with (
        open_newsroom(demo, datetime.fromisoformat(now), {}) as opened,
        closing(queue.QueueReader(opened)) as reader,
    ):
        reader.follow(opened)
        dropped = queue.list_drops(opened, queue.DropQuestion())
        told = numbers.read_numbers(opened, reader.catalogue, 30)
        reads = opened.memory.reads.since(opened.now.date() - timedelta(days=7))
        (weekly,) = [row for row in issues.list_letters(opened) if row.options.id == "weekly"]

    assert len(dropped.counts) >= 3
    assert told.drops
    assert told.filing
    assert told.sources
    assert told.reviews
    assert told.decisions
    assert sum(day.waiting for day in told.days) >= 5
    assert len(reads) > 20
    assert weekly.last is None
    compose = copydesk("-C", demo, "--now", now, "mail", "compose", "weekly", "--json").json()
    assert compose["issue"]["subject"]


@pytest.mark.slow
def test_the_demo_has_a_form_a_waiting_issue_and_sources_in_trouble(
    made: tuple[Path, Said],
) -> None:
    root, said = made

    front = (root / ".copydesk/site/index.html").read_text("utf-8")
    assert 'action="http://localhost:8123/mail/subscribe"' in front
    assert "35 of 93 stories are on the site; the others:\n" in said.out
    assert "waits for an editor's approval" in said.err
    assert "status 410: gone for good" in said.err
    assert "an html page instead of a feed" in said.err


def is_held(story: Story) -> bool:
    """Return whether a story waits for an editor, who may hold one that is in a group."""
    return bool(story.verdict) or any(reason.about == "held" for reason in story.reasons)


@pytest.mark.slow
def test_the_demos_stories_stand_where_their_records_say(demo: Path) -> None:
    now = datetime.fromisoformat(NOW)
    with open_newsroom(demo, now, {}) as opened:
        stories = list(archive.Archive(demo).stories(Troubles()))
        rules = read_rules(demo, opened.beat, now)
        stands = {story.path: standing_of(rules, story, lambda _: None) for story in stories}

    unknown = [one for story in stories for one in story.reasons if one.kind is ReasonKind.OTHER]
    assert [] == unknown
    kinds = {
        Standing.PUBLISHED: {story.path for story in stories if story.published},
        Standing.COPY: {story.path for story in stories if story.copy_of},
        Standing.BEHIND_LEADER: {
            story.path
            for story in stories
            if story.heat == -1 and not story.copy_of and not is_held(story)
        },
    }
    for standing, paths in kinds.items():
        assert paths
        assert paths == {path for path, one in stands.items() if one is standing}
    left = set(stands) - set().union(*kinds.values())
    assert {Standing.HELD, Standing.REJECTED} == {stands[path] for path in left}


def test_a_folder_with_another_newsroom_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "beat.toml").write_text("[site]\n", "utf-8")

    said = copydesk("demo", "--no-serve", "--dir", tmp_path)

    assert said.code == 2
    assert "newsroom that this version of `copydesk demo` did not make" in said.err
    assert f"run `copydesk demo --dir {tmp_path}-new`" in said.err
    assert ["beat.toml"] == [path.name for path in tmp_path.iterdir()]


def test_a_demo_on_another_port_has_that_in_all_its_addresses(tmp_path: Path) -> None:
    with starts.example() as folder:
        root = Path(shutil.copytree(folder / "newsroom", tmp_path / "demo"))
    assert starts.set_demo_port(root, 9001)
    assert not starts.set_demo_port(root, 9001)
    beat = tomllib.loads((root / "beat.toml").read_text("utf-8"))
    assert "http://127.0.0.1:9001" == beat["site"]["url"]
    assert "http://localhost:9001" == beat["serve"]["public_url"]
    assert 1025 == beat["mail"]["smtp"]["port"]


def test_no_mail_of_the_demo_leaves_this_machine() -> None:
    with starts.example() as folder:
        beat = tomllib.loads((folder / "newsroom/beat.toml").read_text("utf-8"))
    assert beat["mail"]["smtp"]["host"] == "127.0.0.1"
    assert beat["mail"]["start"] == "person"
