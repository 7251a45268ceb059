"""The whole line over a recorded news web: every expected page once, none of the others."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from copydesk import archive
from copydesk.editing.what_if import RuleChange, apply_change, open_bench, try_rules
from copydesk.kit import dates, urls
from copydesk.news import Story
from copydesk.newsroom import Newsroom, Silence, open_newsroom
from copydesk.rounds import rejudging
from world.newsroom import run_git
from world.newswire import WEB, description, newswire_newsroom, run_round
from world.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

WEB_DIGEST = "03bd7811257137a4420a7005e2672c1f700d93724a6a3d63b4b94ce77c134239"
ALL_DAYS = 3650


@dataclass(frozen=True, kw_only=True)
class Gold:
    """What the recording says of itself and of what a run should end with."""

    about: dict[str, Any]
    pages: list[dict[str, Any]]


@pytest.fixture(scope="module")
def gold() -> Gold:
    folder = SHARED / "data" / "web"
    lines = (folder / "newswire_gold.jsonl").read_text("utf-8").splitlines()
    return Gold(about=description(), pages=[json.loads(line) for line in lines])


def addresses(root: Path) -> list[str]:
    stories = archive.Archive(root).stories(lambda error: pytest.fail(str(error)))
    return sorted(urls.identity(story.web_url) for story in stories)


def groups(root: Path) -> set[frozenset[str]]:
    """Return the addresses of the stories that stand in one group; a copy is with its original."""
    stories = list(archive.Archive(root).stories(lambda error: pytest.fail(str(error))))
    by_name = {Path(story.path).stem: story for story in stories}
    members: dict[str, set[str]] = {}
    for story in stories:
        original = by_name.get(story.copy_of, story)
        group = original.group or Path(original.path).stem
        members.setdefault(group, set()).add(urls.identity(story.web_url))
    return {frozenset(addresses) for addresses in members.values()}


def tree(root: Path) -> str:
    return run_git(root, "rev-parse", "HEAD^{tree}")


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, newswire_round: Path) -> Path:
    return Path(
        shutil.copytree(
            newswire_round, tmp_path_factory.mktemp("newswire") / "whole", symlinks=True
        )
    )


def test_the_recording_is_the_one_that_the_floors_belong_to() -> None:
    assert hashlib.sha256(WEB.read_bytes()).hexdigest() == WEB_DIGEST


def test_every_expected_page_is_filed_once_and_none_of_the_others(filed: Path, gold: Gold) -> None:
    expected = sorted(urls.identity(page["canonical"]) for page in gold.pages if page["expected"])
    assert expected == addresses(filed)


def test_the_day_of_every_story_is_right(filed: Path, gold: Gold) -> None:
    days = {urls.identity(page["canonical"]): page["published"][:10] for page in gold.pages}
    for story in archive.Archive(filed).stories(lambda error: pytest.fail(str(error))):
        assert story.published_at is not None
        assert dates.rfc3339(story.published_at)[:10] == days[urls.identity(story.web_url)]


def test_later_rounds_change_nothing_with_a_memory_and_without(filed: Path, gold: Gold) -> None:
    head = run_git(filed, "rev-parse", "HEAD")
    now = gold.about["replay"]["now"]
    two_hours_later = now.replace("T06", "T08")
    for again, all_due in ((now, True), (two_hours_later, False)):
        run_round(filed, again, all_due=all_due)
        assert run_git(filed, "rev-parse", "HEAD") == head
    for path in (filed / ".copydesk").glob("memory.sqlite*"):
        path.unlink()
    run_round(filed, now)
    assert run_git(filed, "rev-parse", "HEAD") == head
    assert run_git(filed, "status", "--porcelain") == ""


@pytest.mark.long
def test_another_newsroom_ends_with_the_same_tree(tmp_path: Path, filed: Path, gold: Gold) -> None:
    other = newswire_newsroom(tmp_path / "other")
    run_round(other, gold.about["replay"]["now"])
    assert tree(filed) == tree(other)


@pytest.mark.long
def test_week_by_week_the_same_addresses_are_filed_in_the_same_groups(
    tmp_path: Path, filed: Path, gold: Gold
) -> None:
    root = newswire_newsroom(tmp_path / "windows")
    for window in gold.about["windows"]:
        run_round(root, window["now"])
    assert addresses(filed) == addresses(root)
    assert groups(filed) == groups(root)


@pytest.mark.long
def test_judged_again_by_the_same_rules_nothing_changes(filed: Path, gold: Gold) -> None:
    with opened(filed, gold) as newsroom:
        report = rejudging.rejudge(newsroom, 0, Silence())
        bench = open_bench(newsroom, ALL_DAYS, Silence())
        tried = try_rules(bench, newsroom.settings, Silence(), is_whole=True)
    assert report.judged == len(tried.stories) == sum(page["expected"] for page in gold.pages)
    assert report.changes == tuple(tried.changes) == ()


@pytest.mark.parametrize("days", [30, pytest.param(ALL_DAYS, marks=pytest.mark.long)])
def test_what_other_rules_would_do_to_it_is_what_rejudging_does(
    filed: Path, gold: Gold, days: int
) -> None:
    wire = gold.about["sources"][0]["url"]
    changes = (
        RuleChange(publish_at=60, points={"on_beat": 3}),
        RuleChange(trust={wire: "hold"}, points={"picture": 40}),
    )
    with opened(filed, gold) as newsroom:
        bench = open_bench(newsroom, days, Silence())
        for change in changes:
            settings = apply_change(newsroom.settings, change)
            tried = try_rules(bench, settings, Silence(), is_whole=True)
            report = rejudging.rejudge(replace(newsroom, settings=settings), days, Silence())
            assert report.changes
            assert tuple(tried.changes) == report.changes


@contextmanager
def opened(root: Path, gold: Gold) -> Iterator[Newsroom]:
    moment = dates.parse(gold.about["replay"]["now"])
    assert moment is not None
    with open_newsroom(root, moment, {}) as newsroom:
        yield newsroom


def judged(story: Story) -> tuple[object, ...]:
    """Return what rules make of a story, but for its background, which stays as it is filed."""
    beside = tuple(related.web_url for related in story.related)
    standing = (story.published, story.quality, story.heat, set(story.topics), story.trust)
    return (*standing, story.copy_of, story.group, beside, story.reasons)
