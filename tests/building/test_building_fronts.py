"""Kept front pages: one an hour in git, their pages, and what becomes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk import building
from copydesk.building import BuildOptions
from copydesk.news.edition import KeptFront
from copydesk.newsroom import Silence, open_newsroom
from copydesk.newsroom.reports import BuildReport
from copydesk.placement import choose_editions, thin_fronts
from world.newsroom import KEY, NOW, newsroom, run_git
from world.verifying import HOUR, KEEP, file_story


def build(root: Path, at: datetime = NOW) -> BuildReport:
    with open_newsroom(root, at, {"COPYDESK_KEY": KEY}) as opened:
        return building.build(opened, Silence(), BuildOptions(notes=True))


def kept(root: Path) -> list[dict[str, object]]:
    """Return the kept front pages of a newsroom, as its files have them."""
    files = sorted((root / "_data" / "fronts").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def page(root: Path, path: str) -> str:
    return (root / ".copydesk" / "site" / path / "index.html").read_text("utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "beat", more=KEEP)
    file_story(root, "sea-wall-to-rise", heat=90)
    file_story(root, "harbour-road-waits", heat=50)
    return root


def test_a_front_page_is_kept_in_git_and_shown_as_it_was(root: Path) -> None:
    build(root)

    [front] = kept(root)
    assert front["at"] == "2026-11-20T08:00:00Z"
    assert front["places"] == [
        {"story": "2026-11-20-sea-wall-to-rise", "rule": "lead", "newsrooms": 0},
        {"story": "2026-11-20-harbour-road-waits", "rule": "heat", "newsrooms": 0},
    ]
    assert run_git(root, "status", "--porcelain") == ""
    assert "site: front page" in run_git(root, "log", "-1", "--format=%s")
    shown = page(root, "front/2026-11-20T0800")
    assert shown.index("Sea wall to rise") < shown.index("Harbour road waits")
    assert '<meta name="robots" content="noindex' in shown
    assert "/coast/front/2026-11-20T0800/" in page(root, "front")
    assert "/coast/edition/2026-11-20/" in page(root, "front")
    assert 'href="/coast/front/"' in page(root, "archive")


def test_the_same_build_again_commits_and_writes_nothing(root: Path) -> None:
    build(root)
    before = run_git(root, "rev-parse", "HEAD")

    again = build(root, NOW + 3 * HOUR)

    assert (again.written, again.deleted) == (0, 0)
    assert before == run_git(root, "rev-parse", "HEAD")


def test_an_hour_keeps_one_front_page_and_the_next_hour_another(root: Path) -> None:
    build(root)
    file_story(root, "a-third-story", heat=99)
    build(root, NOW + HOUR / 2)
    assert len(kept(root)) == 1

    build(root, NOW + HOUR)
    build(root, NOW + HOUR)

    assert [front["at"] for front in kept(root)] == ["2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z"]


def test_after_two_days_only_the_edition_of_the_day_is_left(root: Path) -> None:
    build(root)
    file_story(root, "a-third-story", heat=99)
    build(root, NOW + HOUR)
    file_story(root, "news-of-later", at=NOW + 60 * HOUR)

    build(root, NOW + 61 * HOUR)

    assert [str(front["at"])[:13] for front in kept(root)] == ["2026-11-20T09", "2026-11-22T21"]
    site = root / ".copydesk" / "site"
    assert not (site / "front" / "2026-11-20T0800").exists()
    assert (site / "front" / "2026-11-20T0900" / "index.html").is_file()
    assert (site / "edition" / "2026-11-20" / "index.html").is_file()


@pytest.mark.parametrize("how", ["held", "deleted"])
def test_a_removed_story_is_a_gap_in_all_of_them(root: Path, how: str) -> None:
    build(root)
    file_story(root, "a-third-story")
    build(root, NOW + HOUR)

    if how == "held":
        file_story(root, "sea-wall-to-rise", published=False)
    else:
        (root / "_news" / "2026-11-20-sea-wall-to-rise.md").unlink()
        run_git(root, "commit", "-qam", "gone")
    build(root, NOW + 2 * HOUR)

    for path in ("front/2026-11-20T0800", "front/2026-11-20T0900", "edition/2026-11-20"):
        shown = page(root, path)
        assert "Sea wall" not in shown
        assert "Harbour road waits" in shown
        if path != "edition/2026-11-20":  # the edition is by now the front page without it
            assert "no longer on the site" in shown


def test_a_new_headline_reaches_earlier_front_pages(root: Path) -> None:
    build(root)
    record = root / "_news" / "2026-11-20-sea-wall-to-rise.md"
    record.write_text(record.read_text().replace("Sea wall to rise", "Sea wall put off"))
    run_git(root, "commit", "-qam", "headline")

    build(root)

    assert "Sea wall put off" in page(root, "front/2026-11-20T0800")


@pytest.mark.parametrize(
    "line",
    [
        "{broken",
        '{"at":"yesterday","places":[]}',
        '{"at":"2026-11-20T07:00:00Z","places":[{"story":"../../x","rule":"heat"}]}',
        '{"at":"2026-11-20T07:00:00Z","places":[{"story":"x","rule":"bribe"}]}',
    ],
)
def test_a_broken_line_costs_only_itself(root: Path, line: str) -> None:
    build(root)
    file = root / "_data" / "fronts" / "2026-11-20.jsonl"
    file.write_text(f"{line}\n{file.read_text()}")
    run_git(root, "commit", "-qam", "broken")

    report = build(root)

    assert [failure.url for failure in report.failed] == ["_data/fronts/2026-11-20.jsonl"]
    assert "Sea wall to rise" in page(root, "front/2026-11-20T0800")


def test_a_front_page_of_the_future_and_one_of_unknown_stories_do_no_harm(root: Path) -> None:
    fronts = root / "_data" / "fronts"
    fronts.mkdir()
    unknown = '{"at":"2026-11-20T06:00:00Z","places":[{"story":"never-heard-of","rule":"heat"}]}'
    (fronts / "2026-11-20.jsonl").write_text(f"{unknown}\n")
    (fronts / "2031-01-01.jsonl").write_text('{"at":"2031-01-01T00:00:00Z","places":[]}\n')
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "odd")

    report = build(root)

    assert report.failed == ()
    assert len(kept(root)) == 3
    assert "no longer on the site" in page(root, "front/2026-11-20T0600")
    assert not (root / ".copydesk" / "site" / "front" / "2031-01-01T0000").exists()


def test_a_clock_that_goes_back_keeps_the_order_of_times(root: Path) -> None:
    build(root)
    file_story(root, "a-third-story", heat=99)

    build(root, NOW - 2 * HOUR)
    build(root, NOW + HOUR)

    times = [str(front["at"])[11:16] for front in kept(root)]
    assert times == ["06:00", "08:00", "09:00"]


def test_a_site_without_stories_keeps_no_front_page(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=KEEP)

    build(root)

    assert kept(root) == []
    assert not (root / ".copydesk" / "site" / "front").exists()


def test_without_git_the_site_is_built_as_ever(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=KEEP, git=False)

    report = build(root)

    assert report.failed == ()
    assert not (root / "_data" / "fronts").exists()
    assert not (root / ".copydesk" / "site" / "verify.json").exists()


def test_the_edition_of_a_day_is_the_front_page_that_its_newsletter_had() -> None:
    morning, noon, night = (
        KeptFront(at=datetime(2026, 11, 20, hour, tzinfo=UTC)) for hour in (6, 12, 23)
    )
    fronts, day = [morning, noon, night], morning.at.date()

    def edition(*sent: datetime) -> KeptFront:
        issues = {day: sent[0]} if sent else {}
        return choose_editions(fronts, lambda at: at, issues)[day]

    assert edition() == night
    assert edition(noon.at) == noon
    assert edition(noon.at - HOUR) == morning
    assert edition(morning.at - HOUR) == morning


def test_thinning_keeps_the_last_days_whole_and_an_edition_of_each_day_before() -> None:
    fronts = [KeptFront(at=NOW - ago * HOUR) for ago in (72, 71, 48, 2, 1)]

    left = thin_fronts(fronts, {fronts[1].at.date(): fronts[1]}, NOW)

    assert left == fronts[1:]


def test_what_could_not_be_committed_is_noted_by_the_next_build(root: Path) -> None:
    build(root)
    story = file_story(root, "a-third-story")
    (root / ".git" / "MERGE_HEAD").write_text("")
    build(root, NOW + HOUR)
    assert len(kept(root)) == 1

    (root / ".git" / "MERGE_HEAD").unlink()
    build(root, NOW + HOUR)

    assert len(kept(root)) == 2
    pictures = (root / "_data" / "pictures" / "2026-11-20.jsonl").read_text()
    assert f'{{"story":"{story}","has_card":true}}' in pictures
