"""Groups through rounds, rules and judging anew: what is filed moves with a cause."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk import archive
from copydesk.news import Story
from world.command import Said, copydesk
from world.newsroom import NOW, SEALS, WALL, feed, newsroom, page, record_web, run_git

pytestmark = pytest.mark.slow

# the first is the best, so that it leads by itself, too
HEADS = {
    "gull": "Port Sable council votes for two metres more of sea wall",
    "heron": "Sea wall of Port Sable to rise by two metres after council vote",
    "tern": "Port Sable raises its sea wall by two metres",
}
SOURCE = '\n[[source]]\nurl = "https://{0}.example/feed.xml"\nname = "{0}"\n'
WHEN = "Thu, 19 Nov 2026 10:00:00 GMT"
OTHER_WORDS = {
    "gull": WALL,
    "heron": "After a winter of floods the council of Port Sable has decided: the sea wall on the "
    "coast grows by two metres. Mayor Ilse Brandt called the vote long overdue.\n"
    "Building starts in March. Of 41 million crowns the province carries half.\n"
    "In Lower Street people want a gate in the wall that is open all summer.",
    "tern": "Two metres more for the sea wall: Port Sable's council said yes on Thursday, with the "
    "mayor, Ilse Brandt, asking the province for half of 41 million crowns.\n"
    "Engineers had warned that the old stone on the coast no longer reaches high enough for a "
    "storm like that of January, and that the school lies in its way.",
}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom in which three newsrooms' reports came one a round, and something else."""
    folder = tmp_path_factory.mktemp("groups")
    pages = {}
    for at, (name, head) in enumerate(HEADS.items()):
        url = f"https://{name}.example/wall"
        pages[url] = page(head, OTHER_WORDS[name], date=f"2026-11-19T1{at}:00:00Z")
        pages[f"https://{name}.example/feed.xml"] = feed((head, url, WHEN))
    pages["https://seal.example/feed.xml"] = feed(("Seals", "https://seal.example/s", WHEN))
    pages["https://seal.example/s"] = page("Grey seals are back on the coast", SEALS)
    web = record_web(folder / "web.warc.gz", pages)
    root = newsroom(folder / "beat", more="\n[scoring]\npublish_at = 20\n")
    (root / "web").symlink_to(web)
    (root / ".gitignore").write_text(".copydesk/\nweb\n", "utf-8")
    for hours, name in enumerate(("heron", "tern", "seal")):
        if name != "heron":
            with (root / "beat.toml").open("a", encoding="utf-8") as out:
                out.write(SOURCE.format(name))
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", name, "--allow-empty")
        a_round(root, hours)
    return root


@pytest.fixture
def root(tmp_path: Path, filed: Path) -> Path:
    return Path(shutil.copytree(filed, tmp_path / "beat", symlinks=True))


def said(root: Path, hours: int, *words: object) -> Said:
    now = (NOW + timedelta(hours=hours)).isoformat()
    done = copydesk("-C", root, "--now", now, *words)
    assert done.code == 0, done.err
    return done


def a_round(root: Path, hours: int) -> dict[str, Any]:
    return dict(said(root, hours, "run", "--json", "--web", root / "web", "--all-due").json())


def stories(root: Path) -> dict[str, Story]:
    """Give the stories by the name of their newsroom."""
    found = [archive.Archive(root).read(f"_news/{one.name}") for one in (root / "_news").iterdir()]
    return {one.web_url.removeprefix("https://").split(".")[0]: one for one in found}


def leader(root: Path) -> str:
    [name] = [name for name, one in stories(root).items() if one.group and one.heat != -1]
    return name


def all_bytes(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((root / "_news").iterdir())}


def test_three_newsrooms_are_one_group(root: Path) -> None:
    groups = {name: one.group for name, one in stories(root).items()}
    assert groups["seal"] == ""
    assert len({groups[name] for name in HEADS}) == 1
    assert groups["gull"]


def test_judging_anew_without_a_cause_changes_nothing(root: Path) -> None:
    before = all_bytes(root)
    assert said(root, 4, "rejudge", "--json").json()["changes"] == []
    assert said(root, 4, "rejudge", "--apply", "--json").json()["commit"] is None
    assert a_round(root, 5)["updated"] == []
    assert all_bytes(root) == before


def test_a_group_holds_where_only_some_of_it_is_of_the_days_asked_for(root: Path) -> None:
    articles = root / ".copydesk/articles"
    for file in articles.iterdir():
        if b"heron.example/wall" in file.read_bytes():
            file.unlink()
    report = said(root, 4, "rejudge", "--json").json()
    assert (report["judged"], report["changes"]) == (3, [])


@pytest.mark.sample("split-words0", "pin-words1", "merge-words0")
@pytest.mark.parametrize("words", [["run"], ["rejudge", "--apply"]])
@pytest.mark.parametrize("said_of", ["split", "pin", "merge"])
def test_a_rule_binds_without_news_and_is_taken_back(
    root: Path, said_of: str, words: list[str]
) -> None:
    first, by_name = leader(root), stories(root)
    member = next(name for name in HEADS if name != first)
    rule = {
        "split": ["split", by_name[first].path],
        "pin": ["pin", by_name[member].path],
        "merge": ["merge", by_name[first].path, by_name["seal"].path],
    }[said_of]
    bind = [*words, "--web", root / "web"] if words == ["run"] else words
    groups = {name: one.group for name, one in by_name.items()}

    said(root, 4, "rule", *rule, "--why", "so", "--as", "Ed")
    said(root, 5, *bind)
    ruled = stories(root)
    assert {
        "split": not ruled[first].group,
        "pin": leader(root) == member,
        "merge": ruled["seal"].group == ruled[first].group,
    }[said_of]
    before = all_bytes(root)
    said(root, 6, *bind)
    said(root, 6, "rejudge", "--apply")
    a_round(root, 6)
    assert all_bytes(root) == before

    said(root, 7, "rule", "undo", "1", "--as", "Ed")
    said(root, 8, *bind)
    after = {name: one.group for name, one in stories(root).items()}
    assert {name: bool(group) for name, group in after.items()} == {
        name: bool(group) for name, group in groups.items()
    }
    assert len({after[name] for name in HEADS}) == 1
    leader(root)
    assert said(root, 9, "rejudge", "--json").json()["changes"] == []


def test_a_pin_ends_by_itself(root: Path) -> None:
    first = leader(root)
    member = next(name for name in HEADS if name != first)
    until = (NOW + timedelta(hours=6)).isoformat()
    path = stories(root)[member].path
    said(root, 4, "rule", "pin", path, "--until", until, "--as", "Ed")
    a_round(root, 5)
    assert leader(root) == member
    a_round(root, 7)
    assert not any("pinned" in one.why for one in stories(root)[member].reasons)
    assert said(root, 8, "rejudge", "--json").json()["changes"] == []


def test_another_leads_where_the_leaders_site_is_blocked(root: Path) -> None:
    first = leader(root)
    said(root, 4, "rule", "block", f"{first}.example", "--as", "Ed")
    said(root, 4, "rejudge", "--apply")
    assert leader(root) != first
    blocked = stories(root)[first]
    assert (blocked.group, blocked.published, blocked.related) == ("", False, ())
    before = all_bytes(root)
    assert said(root, 5, "rejudge", "--apply", "--json").json()["commit"] is None
    a_round(root, 6)
    assert all_bytes(root) == before
    said(root, 7, "rule", "undo", "1", "--as", "Ed")
    said(root, 7, "rejudge", "--apply")
    assert stories(root)[first].group
    assert said(root, 8, "rejudge", "--json").json()["changes"] == []


def test_another_leads_from_the_round_after_the_leader_is_rejected(root: Path) -> None:
    first = leader(root)
    said(root, 4, "verdict", stories(root)[first].path, "reject", "--why", "so", "--as", "Ed")
    a_round(root, 5)
    now = leader(root)
    assert now != first
    assert stories(root)[now].published is True
    assert not any(first in one.web_url for one in stories(root)[now].related)
    assert a_round(root, 6)["updated"] == []


def test_explain_says_who_leads_and_what_would_change_it(root: Path) -> None:
    first = leader(root)
    member = next(name for name in HEADS if name != first)
    path = stories(root)[member].path
    told = said(root, 4, "explain", "--json", path).json()
    assert told["leader"] == stories(root)[first].path
    assert any("the main story of its group is" in line for line in told["otherwise"])
    assert any(f"copydesk rule split {Path(path).stem}" in line for line in told["otherwise"])
    text = said(root, 4, "explain", path).out
    main = stories(root)[first]
    assert f"same group: {main.title} (main story): {main.path}" in text
    assert "  to change this: " in text


def test_a_rule_that_moves_nothing_says_so(root: Path) -> None:
    seal = stories(root)["seal"].path
    said(root, 4, "verdict", seal, "hold", "--why", "so", "--as", "Ed")
    told = said(root, 4, "rule", "pin", seal, "--as", "Ed")
    assert (
        f"the story is not published; run `copydesk verdict {Path(seal).stem} publish --why …`"
    ) in told.err


# verdicts that are taken back


def behind(root: Path) -> str:
    """Give the name of a newsroom whose story stands behind another one."""
    return min(name for name, one in stories(root).items() if one.heat == -1)


@pytest.mark.sample("leader-publish", "behind-reject")
@pytest.mark.parametrize("word", ["publish", "hold", "reject"])
@pytest.mark.parametrize("which", ["leader", "behind"])
def test_a_cleared_verdict_in_a_group_leaves_it_as_it_was(
    root: Path, word: str, which: str
) -> None:
    before = all_bytes(root)
    path = stories(root)[leader(root) if which == "leader" else behind(root)].path
    said(root, 4, "verdict", path, word, "--why", "so", "--as", "Ed")
    said(root, 4, "verdict", path, "clear", "--why", "so", "--as", "Ed")
    assert all_bytes(root) == before


@pytest.mark.parametrize("word", ["publish", "reject"])
def test_a_verdict_that_moved_the_lead_gives_it_back_when_it_is_cleared(
    root: Path, word: str
) -> None:
    first = leader(root)
    path = stories(root)[behind(root) if word == "publish" else first].path
    said(root, 4, "verdict", path, word, "--why", "so", "--as", "Ed")
    a_round(root, 5)
    moved = leader(root)
    assert moved != first

    said(root, 6, "verdict", path, "clear", "--why", "so", "--as", "Ed")

    assert leader(root) == first  # who was put in front by a verdict has no claim to stay there
    cleared = all_bytes(root)
    assert a_round(root, 7)["updated"] == []
    assert said(root, 7, "rejudge", "--json").json()["changes"] == []
    assert all_bytes(root) == cleared


def test_a_lead_is_followed_from_the_next_round_and_taken_back(root: Path) -> None:
    first, wanted = leader(root), behind(root)
    said(root, 4, "rule", "lead", stories(root)[wanted].path, "--as", "Ed")
    assert leader(root) == first
    a_round(root, 5)
    assert leader(root) == wanted
    assert said(root, 6, "rejudge", "--json").json()["changes"] == []
    said(root, 6, "rule", "undo", "1", "--as", "Ed")
    said(root, 6, "rejudge", "--apply")
    assert leader(root) == first


def test_of_two_leads_in_a_group_the_older_says_that_the_newer_holds(root: Path) -> None:
    first, second = sorted(name for name in HEADS if name != leader(root))
    said(root, 4, "rule", "lead", stories(root)[first].path, "--as", "Ed")
    said(root, 4, "rule", "lead", stories(root)[second].path, "--as", "Ed")
    a_round(root, 5)
    rows = said(root, 6, "rule", "list", "--json").json()
    assert leader(root) == second
    assert [(row["is_active"], row["note"]) for row in rows] == [
        (False, "a newer rule makes another story the main story of the group"),
        (True, ""),
    ]
    told = said(root, 6, "explain", stories(root)[second].path, "--json").json()
    assert any("made the main story by Ed" in reason for reason in told["reasons"])
