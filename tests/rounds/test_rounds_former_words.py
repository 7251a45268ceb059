"""Reasons of an earlier version: a record keeps their words until it is judged anew for a cause."""

from __future__ import annotations

import re
import shutil
import tomllib
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk import archive
from copydesk.editing.applying import field_digests
from copydesk.editing.queue import QueueQuestion, QueueReader
from copydesk.news import ReasonKind, Story
from copydesk.newsroom import open_newsroom
from world.command import Said, copydesk
from world.newsroom import NOW, SEALS, WALL, feed, newsroom, page, record_web, run_git

pytestmark = pytest.mark.slow

# The reasons of each record, as the version before (c2417283) wrote them for this newsroom.
FORMER: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "news" / "newsroom.toml").read_text("utf-8")
)
REASONS = re.compile(r"^reasons:\n((?:  - .*\n)+)", re.MULTILINE)
HERON = (
    "After a winter of floods the council of Port Sable has decided: the sea wall on the coast "
    "grows by two metres. Mayor Ilse Brandt called the vote long overdue.\n"
    "Building starts in March. Of 41 million crowns the province carries half.\n"
    "In Lower Street people want a gate in the wall that is open all summer."
)
TERN = (
    "Two metres more for the sea wall: Port Sable's council said yes on Thursday, with the mayor, "
    "Ilse Brandt, asking the province for half of 41 million crowns.\n"
    "Engineers had warned that the old stone on the coast no longer reaches high enough for a "
    "storm like that of January, and that the school lies in its way."
)
STORIES = {
    "gull": ("Port Sable council votes for two metres more of sea wall", WALL),
    "heron": ("Sea wall of Port Sable to rise by two metres after council vote", HERON),
    "tern": ("Port Sable raises its sea wall by two metres", TERN),
    "seal": ("Grey seals are back on the coast", SEALS),
    "lark": ("Seals return to the coast", SEALS),
    "dull": ("A bench by the river", "He paints the bench by the river green. " * 30),
    "hush": ("Ferry along the coast sails on Sundays", f"The ferry waits. {HERON[200:]}"),
    "odd": ("Violin maker opens a shop", "She makes violins of spruce. " * 30),
    "spam": ("Win a week on the coast!", "You win! Buy now! Do you want it? You do! " * 9),
}
MORE = (
    '\n[scoring]\npublish_at = 20\noff_beat = "keep"\n'
    '\n[[source]]\nurl = "https://dull.example/feed.xml"\nname = "Dull"\ntrust = "publish"\n'
    '\n[[source]]\nurl = "https://hush.example/feed.xml"\nname = "Hush"\ntrust = "hold"\n'
)
SOURCE = '\n[[source]]\nurl = "https://{0}.example/feed.xml"\nname = "{0}"\n'


def said(root: Path, hours: int, *words: object) -> Said:
    now = (NOW + timedelta(hours=hours)).isoformat()
    done = copydesk("-C", root, "--now", now, *words)
    assert done.code == 0, done.err
    return done


def a_round(root: Path, hours: int) -> dict[str, Any]:
    return dict(said(root, hours, "run", "--json", "--web", root / "web", "--all-due").json())


def stories(root: Path) -> dict[str, Story]:
    found = [archive.Archive(root).read(f"_news/{one.name}") for one in (root / "_news").iterdir()]
    return {one.web_url.removeprefix("https://").split(".")[0]: one for one in found}


def all_bytes(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((root / "_news").iterdir())}


def make(root: Path, web: Path) -> Path:
    """Make a newsroom with a group, a copy, held and blocked stories, rules and decisions."""
    newsroom(root, more=MORE)
    (root / "web").symlink_to(web)
    (root / ".gitignore").write_text(".copydesk/\nweb\n", "utf-8")
    for hours, names in enumerate([(), ("tern", "seal", "odd", "spam"), ("lark",)]):
        with (root / "beat.toml").open("a", encoding="utf-8") as out:
            out.write("".join(map(SOURCE.format, names)))
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "sources", "--allow-empty")
        a_round(root, hours)
    path = {name: story.path for name, story in stories(root).items()}
    by = ("--why", "so it is", "--as", "Ed")
    said(root, 3, "rule", "lead", path["heron"], *by)
    said(root, 3, "verdict", path["tern"], "reject", *by)
    said(root, 3, "rule", "rename", path["seal"], "Grey seals", *by)
    said(root, 3, "rule", "set", path["seal"], "excerpt", "They are back.", *by)
    said(root, 3, "rule", "retopic", path["odd"], "Coast", *by)
    said(root, 3, "rule", "block", "spam.example", *by)
    a_round(root, 4)
    said(root, 4, "rejudge", "--apply")
    return root


def recorded(folder: Path) -> Path:
    pages = {}
    for at, (name, (title, text)) in enumerate(STORIES.items()):
        url, when = f"https://{name}.example/1", f"2026-11-19T1{at}:00:00Z"
        pages[f"https://{name}.example/feed.xml"] = feed((title, url, when))
        pages[url] = page(title, text, date=when)
    return record_web(folder / "web.warc.gz", pages)


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the newsroom as this version files it."""
    folder = tmp_path_factory.mktemp("words")
    return make(folder / "today", recorded(folder))


@pytest.fixture(scope="module")
def former(today: Path) -> Path:
    """Give the same newsroom with the reasons that the version before wrote."""
    root = Path(shutil.copytree(today, today.parent / "former", symlinks=True))
    for file in (root / "_news").iterdir():
        lines = "".join(f"  - {line}\n" for line in FORMER[file.stem])
        text = file.read_text("utf-8")
        found = REASONS.search(text)
        assert found is not None
        file.write_text(text.replace(found[0], f"reasons:\n{lines}"), "utf-8")
    run_git(root, "commit", "-qam", "as the version before wrote it")
    return root


@pytest.fixture
def root(former: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(former, tmp_path / "beat", symlinks=True))


def reasons(root: Path) -> dict[str, list[str]]:
    return {name: list(map(str, story.reasons)) for name, story in stories(root).items()}


def test_records_of_both_versions_say_the_same(today: Path, former: Path) -> None:
    assert stories(today) == stories(former)
    assert reasons(today) != reasons(former)
    told = {reason.kind for story in stories(former).values() for reason in story.reasons}
    assert told >= {
        *(ReasonKind.SIGNAL, ReasonKind.REACHES_GATE, ReasonKind.BELOW_GATE, ReasonKind.COPY),
        *(ReasonKind.TRUSTED_SOURCE, ReasonKind.SOURCE_HELD, ReasonKind.RULED_OUT),
        *(ReasonKind.LED, ReasonKind.BEHIND_LEADER, ReasonKind.KEPT_OUT, ReasonKind.FOUNDED),
        *(ReasonKind.TITLE_RULED, ReasonKind.EXCERPT_RULED, ReasonKind.TOPIC_RULED),
        *(ReasonKind.OFF_BEAT, ReasonKind.NEVER_BELOW, ReasonKind.NEWSROOMS, ReasonKind.JOINED),
    }


def test_nothing_is_written_for_the_words_alone(root: Path) -> None:
    before, head = all_bytes(root), run_git(root, "rev-parse", "HEAD")

    assert said(root, 5, "rejudge", "--json").json()["changes"] == []
    assert said(root, 5, "rejudge", "--apply", "--json").json()["commit"] is None
    assert a_round(root, 6)["updated"] == []
    assert a_round(root, 7)["updated"] == []

    assert before == all_bytes(root)
    assert head == run_git(root, "rev-parse", "HEAD")


def test_a_decision_and_its_withdrawal_give_back_the_record(root: Path) -> None:
    before, path = all_bytes(root), stories(root)["seal"].path

    said(root, 5, "verdict", path, "hold", "--why", "so", "--as", "Ed")
    said(root, 5, "verdict", path, "clear", "--why", "so", "--as", "Ed")

    assert before == all_bytes(root)


def test_a_story_that_changes_takes_the_words_of_today(root: Path) -> None:
    beat, before, former = root / "beat.toml", all_bytes(root), stories(root)
    beat.write_text(beat.read_text("utf-8") + "\n[scoring.points]\nvoices = 5\n", "utf-8")
    run_git(root, "commit", "-qam", "points")

    report = said(root, 5, "rejudge", "--apply", "--json").json()

    changed = {change["path"] for change in report["changes"]}
    after = all_bytes(root)
    assert changed == {f"_news/{name}" for name, data in after.items() if data != before[name]}
    assert 0 < len(changed) < len(after)
    for name, story in stories(root).items():
        words = [str(one) for one in story.reasons if one.about in {"topic Coast", "quality"}]
        if story.quality != former[name].quality:
            assert any("names its sources" in line for line in words)
            assert not any("on the beat" in line or "who says so" in line for line in words)
    assert said(root, 6, "rejudge", "--json").json()["changes"] == []


def queued(root: Path) -> list[tuple[object, ...]]:
    """Return what the desk shows of each story in its queue, with the digests of its fields."""
    with (
        open_newsroom(root, NOW + timedelta(hours=5), {}) as opened,
        closing(QueueReader(opened)) as reader,
    ):
        rows = reader.page(opened, QueueQuestion(view="all")).rows
        filtered = reader.page(opened, QueueQuestion(view="all", reason=ReasonKind.RULED_OUT)).rows
    seen = [story for row in rows for story in (row.leader, *row.copies, *row.coverage)]
    return [
        *((one.name, *map(str, one.story.reasons)) for one in seen),
        *((one.name, field_digests(one.story, one.verdict)) for one in seen),
        *((row.leader.name,) for row in filtered),
    ]


def test_pages_and_commands_show_both_versions_in_the_same_words(
    today: Path, root: Path, tmp_path: Path
) -> None:
    shown = []
    for at, one in enumerate([today, root]):
        place = tmp_path / f"site{at}"
        said(one, 5, "build", "--out", place)
        pages = {
            file.relative_to(place): file.read_bytes()
            for file in place.rglob("*")
            if file.is_file() and ("/news/" in f"{file}" or "/v2/" in f"{file}")
        }
        paths = sorted(story.path for story in stories(one).values())
        told = [said(one, 5, "explain", path, "--json").json() for path in paths]
        listed = said(one, 5, "stories", "--json").json()
        shown.append((pages, told, listed, queued(one)))

    assert shown[0] == shown[1]
    assert "set by Ed: so it is" in str(shown[0])
