"""Commands have groups and plain names, and former names go on working."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom, record_web, run_git, small_web

NOW = "2026-11-20T08:00:00Z"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a newsroom with two stories of 19 November."""
    place = tmp_path_factory.mktemp("names")
    root = newsroom(place / "beat")
    web = record_web(place / "web.warc.gz", small_web())
    assert 0 == copydesk("-C", root, "run", "--web", web, "--now", NOW).code
    return root


def test_everyday_commands_come_before_those_that_look_inside() -> None:
    said = copydesk("--help").out

    groups = ["Newsroom:", "Editing:", "Going out:", "Running:", "Looking inside:"]
    places = [said.index(f"\n{group}\n") for group in groups]
    assert sorted(places) == places
    assert said.index("  run ") < said.index("  watch ")
    assert "  file " not in said
    assert "  adopt " not in said


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (("file",), ("add",)),
        (("adopt",), ("adopt",)),
        (("sources", "keep"), ("sources", "undo-move")),
    ],
)
def test_a_former_name_does_the_same(former: tuple[str, ...], now: tuple[str, ...]) -> None:
    old, new = copydesk(*former, "--help"), copydesk(*now, "--help")

    assert (0, 0) == (old.code, new.code)
    assert old.out.split("\n", 1)[1] == new.out.split("\n", 1)[1]


def test_former_names_of_subcommands_are_not_listed() -> None:
    assert "  keep " not in copydesk("sources", "--help").out
    assert "  compose " not in copydesk("mail", "--help").out
    assert 0 == copydesk("mail", "compose", "--help").code


@pytest.mark.parametrize(
    ("since", "count"),
    [
        ("0", 2),
        ("3", 2),
        ("3d", 2),
        ("23h", 2),
        ("1.5h", 0),
        ("yesterday", 2),
        ("today", 0),
        ("2026-11-19", 2),
        ("2026-11-20", 0),
        ("2030-01-01", 0),
        ("99999999", 2),
        ("inf", 2),
        ("nan", 2),
    ],
)
def test_since_takes_a_count_a_day_or_a_date(root: Path, since: str, count: int) -> None:
    said = copydesk("-C", root, "--now", NOW, "--json", "stories", "--since", since)

    assert 0 == said.code, said.err
    assert count == len(said.json()["stories"])


@pytest.mark.parametrize("since", ["last week", "-3", "2026-13-01", ""])
def test_another_since_is_refused(root: Path, since: str) -> None:
    said = copydesk("-C", root, "stories", "--since", since)

    assert 2 == said.code
    assert "3d, 12h, yesterday, 2026-11-20" in " ".join(said.err.split())


def test_days_begin_at_midnight_in_the_newsrooms_zone(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='timezone = "Pacific/Auckland"\n')
    web = record_web(tmp_path / "web.warc.gz", small_web())
    assert 0 == copydesk("-C", root, "run", "--web", web, "--now", NOW).code

    # of its two stories of 19 November one is of the 20th there, where midnight is 11:00 UTC
    today = copydesk("-C", root, "--now", NOW, "--json", "stories", "--since", "today").json()
    yesterday = copydesk("-C", root, "--now", NOW, "--json", "stories", "--since", "yesterday")
    assert (1, 2) == (len(today["stories"]), len(yesterday.json()["stories"]))


def test_new_takes_over_a_site_where_it_is(tmp_path: Path) -> None:
    site = tmp_path / "old site"
    site.mkdir()
    (site / "_config.yml").write_text("title: Old\nurl: https://old.example\n", "utf-8")

    said = copydesk("new", "--from", site)

    assert 0 == said.code, said.err
    assert (site / "beat.toml").exists()
    assert f"next: copydesk -C '{site}' build" in said.err


def test_what_a_taken_over_site_gets_is_committed_and_nothing_else(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "site")
    run_git(root, "mv", "beat.toml", "_config.yml")
    (root / "_config.yml").write_text("title: Old\nurl: https://old.example\n", "utf-8")
    (root / ".gitignore").write_text("x\n", "utf-8")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a site")
    (root / "mine.txt").write_text("mine")

    said = copydesk("new", "--from", root)

    assert ("", "?? mine.txt\n") == (
        "".join(line for line in said.err.splitlines() if "not committed" in line),
        run_git(root, "status", "--porcelain"),
    )
    assert "beat.toml" in run_git(root, "show", "--stat", "HEAD")


def test_edits_in_a_taken_over_site_are_not_committed(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "site")
    (root / "beat.toml").unlink()
    (root / "_config.yml").write_text("title: Old\nurl: https://old.example\n", "utf-8")
    (root / ".gitignore").write_text("mine\n", "utf-8")

    said = copydesk("new", "--from", root)

    assert "note: not committed (.gitignore has uncommitted edits)" in said.err
    assert "M .gitignore" in run_git(root, "status", "--porcelain")


@pytest.mark.parametrize("more", [("beat",), ("--title", "T")])
def test_a_site_is_taken_over_without_other_options(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert 2 == copydesk("new", "--from", tmp_path, *more).code
    assert not (tmp_path / "beat.toml").exists()


def test_new_without_a_folder_is_misuse() -> None:
    assert 2 == copydesk("new").code
