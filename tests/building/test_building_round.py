"""A round files what is new, once, and a second one changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk import building, rounds
from copydesk.errors import BusyError, ConfigError
from copydesk.newsroom import Progress, Silence, open_newsroom, reports
from world.newsroom import (
    KEY,
    NOW,
    WALL,
    Answer,
    feed,
    newsroom,
    page,
    record_web,
    run_git,
    small_web,
)
from world.verifying import KEEP

ENVIRON = {"COPYDESK_KEY": KEY}


def run_round(
    root: Path,
    web: Path,
    *,
    all_due: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    now: datetime = NOW,
) -> reports.RoundReport:
    with open_newsroom(root, now, ENVIRON, scratch=dry_run) as opened:
        asked = rounds.RoundOptions(web=web, all_due=all_due, dry_run=dry_run)
        return rounds.run_round(opened, asked, progress or Silence())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


WALL_RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS_RECORD = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"


def test_a_round_files_what_is_on_the_beat_and_says_why_it_dropped_the_rest(
    root: Path, web: Path
) -> None:
    report = run_round(root, web)
    assert {WALL_RECORD, SEALS_RECORD} == set(report.filed)
    assert report.dropped == {"off-beat": 1}
    assert report.failed == ()
    assert report.leads == 3


def test_a_round_is_one_commit_of_its_records_alone(root: Path, web: Path) -> None:
    (root / "notes.txt").write_text("mine")
    report = run_round(root, web)
    assert report.commit == run_git(root, "rev-parse", "HEAD").strip()
    assert run_git(root, "status", "--porcelain") == "?? notes.txt\n"
    changed = run_git(root, "show", "--name-only", "--format=", "HEAD").split()
    assert sorted(report.filed) == sorted(changed)


def test_after_its_commit_a_round_notes_what_the_site_shows(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat", more=KEEP)
    run_round(root, web)

    changed = run_git(root, "show", "--name-only", "--format=", "HEAD").split()
    assert {path.rsplit("/", 1)[0] for path in changed} == {"_data/fronts", "_data/pictures"}


def test_a_second_round_changes_no_byte_and_makes_no_commit(root: Path, web: Path) -> None:
    run_round(root, web)
    before = run_git(root, "rev-parse", "HEAD")
    again = run_round(root, web, all_due=True)
    assert (again.filed, again.updated, again.commit) == ((), (), None)
    assert before == run_git(root, "rev-parse", "HEAD")


def test_a_round_after_the_memory_is_lost_changes_nothing(root: Path, web: Path) -> None:
    run_round(root, web)
    before = run_git(root, "rev-parse", "HEAD")
    for path in (root / ".copydesk").glob("memory.sqlite*"):
        path.unlink()
    again = run_round(root, web, all_due=True)
    assert (again.filed, again.updated, again.commit) == ((), (), None)
    assert before == run_git(root, "rev-parse", "HEAD")


def test_two_newsrooms_given_the_same_web_end_with_the_same_tree(tmp_path: Path, web: Path) -> None:
    trees = set()
    for name in ("one", "two"):
        root = newsroom(tmp_path / name)
        run_round(root, web)
        trees.add(run_git(root, "rev-parse", "HEAD^{tree}"))
    assert len(trees) == 1


def test_a_dry_run_says_what_it_would_file_and_changes_nothing(root: Path, web: Path) -> None:
    before = run_git(root, "rev-parse", "HEAD")
    report = run_round(root, web, dry_run=True)
    assert {WALL_RECORD, SEALS_RECORD} == set(report.filed)
    assert not (root / "_news").exists()
    assert run_git(root, "rev-parse", "HEAD") == before
    assert not (root / ".copydesk" / "site").exists()


def test_the_same_page_under_another_address_is_no_second_record(
    tmp_path: Path, root: Path
) -> None:
    answers = small_web()
    canonical = '<link rel="canonical" href="https://gull.example/wall">'
    original = answers["https://gull.example/wall?utm_source=rss"]
    answers["https://heron.example/seals"] = Answer(
        status="302 Found", headers=(("Location", "https://gull.example/go"),)
    )
    answers["https://gull.example/go"] = Answer(
        body=original.body.replace(b"</head>", canonical.encode() + b"</head>")
    )
    report = run_round(root, record_web(tmp_path / "web.warc.gz", answers))
    assert len(report.filed) == 1
    assert report.dropped["seen"] == 1


def test_a_round_without_git_files_all_the_same_and_says_so(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "plain", git=False)
    report = run_round(root, web)
    assert len(report.filed) == 2
    assert report.commit is None
    assert "no git repository" in report.notes[0]


def test_a_record_under_an_editors_pen_is_left_alone_until_it_is_committed(
    tmp_path: Path, root: Path, web: Path
) -> None:
    run_round(root, web)
    record = root / WALL_RECORD
    record.write_text(
        record.read_text("utf-8").replace("Sea wall to rise", "Wall to rise"), "utf-8"
    )
    mine = record.read_bytes()
    answers = small_web()
    answers["https://heron.example/feed.xml"] = answers["https://gull.example/feed.xml"]
    answers["https://gull.example/wall?utm_source=rss"] = page("Sea wall to rise", "x")
    report = run_round(root, record_web(tmp_path / "new.warc.gz", answers), all_due=True)
    assert record.read_bytes() == mine
    assert report.commit is None


def test_a_round_that_was_killed_before_its_commit_is_finished_by_the_next(
    root: Path, web: Path
) -> None:
    head = run_git(root, "rev-parse", "HEAD").strip()
    (root / ".git" / "MERGE_HEAD").write_text(head + "\n")
    first = run_round(root, web)
    assert first.commit is None
    assert "not committed" in first.notes[0]
    (root / ".git" / "MERGE_HEAD").unlink()
    second = run_round(root, web, all_due=True)
    assert second.filed == ()
    assert second.commit is not None
    assert run_git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=-5)])
def test_a_page_that_was_refused_is_asked_again_after_a_day_or_a_clock_set_back(
    root: Path, tmp_path: Path, later: timedelta
) -> None:
    wall, when = "https://gull.example/wall?utm_source=rss", "Thu, 19 Nov 2026 10:00:00 GMT"

    def ask(hours: float, **others: Answer) -> bool:
        listed = feed(("Sea wall to rise", wall, when), (f"At {hours}", f"{wall}&{hours}", when))
        answers = {**small_web(), "https://gull.example/feed.xml": listed}
        web = record_web(tmp_path / f"{hours}.warc.gz", {**answers, **others})
        now = NOW + timedelta(days=5, hours=hours)
        return WALL_RECORD in run_round(root, web, all_due=True, now=now).filed

    assert not ask(0, **{wall: Answer(status="451 Unavailable For Legal Reasons")})
    assert not ask(1)
    assert ask(later.total_seconds() / 3600)


def test_two_rounds_at_once_are_refused(root: Path, web: Path) -> None:
    with open_newsroom(root, NOW, ENVIRON) as opened:
        from copydesk.newsroom import alone

        with alone(opened.root, opened.private), pytest.raises(BusyError) as caught:
            run_round(root, web)
    assert "another run" in str(caught.value)


def test_a_real_round_without_a_contact_is_refused(root: Path) -> None:
    with open_newsroom(root, NOW, ENVIRON) as opened, pytest.raises(ConfigError) as caught:
        rounds.run_round(opened, rounds.RoundOptions(), Silence())
    assert caught.value.subject == "fetch.contact"


def test_a_record_with_broken_yaml_is_reported_and_left_untouched(root: Path, web: Path) -> None:
    broken = root / "_news" / "2026-11-01-broken.md"
    broken.parent.mkdir()
    broken.write_text("---\ntitle: [oops\n---\n")
    report = run_round(root, web)
    assert len(report.filed) == 2
    assert [failure.url for failure in report.failed] == ["_news/2026-11-01-broken.md"]
    assert broken.read_text() == "---\ntitle: [oops\n---\n"


def test_everyday_records_hold_no_block_of_ours(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "old", more='[scoring]\nprofile = "everyday"\n')
    report = run_round(root, web)
    assert report.filed
    for path in report.filed:
        text = (root / path).read_text("utf-8")
        assert "reasons:" not in text
        assert "machine:" not in text


def test_records_without_a_key_have_no_sealed_part(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "open")
    with open_newsroom(root, NOW, {}) as opened:
        report = rounds.run_round(opened, rounds.RoundOptions(web=web), Silence())
    assert report.filed
    assert all("secured:" not in (root / path).read_text("utf-8") for path in report.filed)


def test_the_site_is_up_to_the_round(root: Path, web: Path) -> None:
    run_round(root, web)
    shutil.rmtree(root / ".copydesk" / "site")
    with open_newsroom(root, NOW, ENVIRON) as opened:
        report = building.build(opened, Silence())
    assert report.written > 0
    assert (root / ".copydesk" / "site" / "index.html").is_file()


def web_with_a_copy(folder: Path) -> Path:
    """Record a web in which the Heron has since run the Gull's story under its own headline."""
    answers = small_web()
    link = "https://heron.example/wall"
    date = "Fri, 20 Nov 2026 06:00:00 GMT"
    answers["https://heron.example/feed.xml"] = feed(("A higher sea wall", link, date))
    answers[link] = page("A higher sea wall", WALL, date="2026-11-20T06:00:00Z")
    return record_web(folder / "later.warc.gz", answers)


COPY_RECORD = "_news/2026-11-20-a-higher-sea-wall.md"


def test_a_copy_is_filed_unpublished_and_stands_beside_its_original(
    tmp_path: Path, root: Path, web: Path
) -> None:
    run_round(root, web)
    report = run_round(root, web_with_a_copy(tmp_path), all_due=True)
    assert (report.filed, report.updated) == ((COPY_RECORD,), (WALL_RECORD,))
    copy = (root / COPY_RECORD).read_text("utf-8")
    assert "published: false" in copy
    assert f"copyOf: {Path(WALL_RECORD).stem}" in copy
    assert "https://heron.example/wall" in (root / WALL_RECORD).read_text("utf-8")


def forget(root: Path) -> None:
    """Lose the memory."""
    for path in (root / ".copydesk").glob("memory.sqlite*"):
        path.unlink()


def test_an_original_that_a_cut_short_round_did_not_write_is_no_copy_of_its_copy(
    tmp_path: Path, root: Path, web: Path
) -> None:
    run_round(root, web)
    later = web_with_a_copy(tmp_path)
    run_round(root, later, all_due=True)
    run_git(root, "rm", "-q", WALL_RECORD)
    run_git(root, "commit", "-qm", "as if it had never been written")
    forget(root)
    report = run_round(root, web)
    assert WALL_RECORD in report.filed
    record = (root / WALL_RECORD).read_text("utf-8")
    assert "copyOf" not in record
    assert "published: true" in record


def test_records_of_a_round_whose_journal_was_lost_are_committed_by_the_next(
    root: Path, web: Path
) -> None:
    (root / ".git" / "MERGE_HEAD").write_text(run_git(root, "rev-parse", "HEAD"))
    run_round(root, web)
    (root / ".git" / "MERGE_HEAD").unlink()
    forget(root)
    (root / "_news" / "2026-11-18-mine.md").write_text("---\ntitle: mine\n---\n")
    assert run_round(root, web, all_due=True).commit is not None
    assert run_git(root, "status", "--porcelain") == "?? _news/2026-11-18-mine.md\n"


def test_a_round_without_a_git_binary_is_committed_by_the_next_with_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path, web: Path
) -> None:
    with monkeypatch.context() as bare:
        bare.setenv("PATH", str(tmp_path))
        first = run_round(root, web)
    assert len(first.filed) == 2
    assert "git is not installed" in first.notes[0]
    assert run_round(root, web, all_due=True).commit is not None
    assert run_git(root, "status", "--porcelain") == ""


class Switcher(Silence):
    """A person who changes the branch while the round is under way."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        if name == "pages":
            run_git(self._root, "checkout", "-q", "-b", "other")


def test_a_round_does_not_commit_to_a_branch_that_it_did_not_begin_on(
    root: Path, web: Path
) -> None:
    report = run_round(root, web, progress=Switcher(root))
    assert report.commit is None
    assert "main to other" in report.notes[0]
    run_git(root, "checkout", "-q", "main")
    assert run_round(root, web, all_due=True).commit is not None
    assert run_git(root, "status", "--porcelain") == ""


def test_a_record_that_a_person_deleted_is_not_filed_again(root: Path, web: Path) -> None:
    run_round(root, web)
    run_git(root, "rm", "-q", WALL_RECORD)
    run_git(root, "commit", "-qm", "not for us")
    with open_newsroom(root, NOW, ENVIRON) as opened:
        for url in opened.memory.sources():
            opened.memory.keep_source(url, b"{}")
    assert run_round(root, web, all_due=True).filed == ()


def test_a_page_that_another_source_lists_is_its_own_sites(tmp_path: Path) -> None:
    trust = '[[source]]\nurl = "https://crow.example/feed.xml"\ntrust = "hold"\n'
    root = newsroom(tmp_path / "beat", more=trust)
    answers = small_web()
    answers["https://crow.example/feed.xml"] = answers["https://gull.example/feed.xml"]
    report = run_round(root, record_web(tmp_path / "web.warc.gz", answers))
    assert WALL_RECORD in report.filed
    assert report.held == ()


@pytest.mark.parametrize("folder", ["_news", ".copydesk/articles"])
def test_what_a_killed_write_left_behind_goes(root: Path, web: Path, folder: str) -> None:
    (root / folder).mkdir(parents=True)
    (root / folder / ".new-abc123abc123").write_text("half")
    run_round(root, web)
    assert not (root / folder / ".new-abc123abc123").exists()


class Hand:
    """An editor who saves a record while the round is under way."""

    def __init__(self, record: Path) -> None:
        self._record = record

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        if name == "pages":
            text = self._record.read_text("utf-8")
            self._record.write_text(text.replace("Sea wall to rise", "Wall to rise"), "utf-8")

    def step(self, count: int = 1, host: str = "") -> None:
        pass


@pytest.mark.parametrize("git", [True, False])
def test_a_record_edited_by_hand_during_the_round_keeps_the_edit(
    tmp_path: Path, web: Path, git: bool
) -> None:
    root = newsroom(tmp_path / "edited", git=git)
    run_round(root, web)
    hand = Hand(root / WALL_RECORD)
    report = run_round(root, web_with_a_copy(tmp_path), all_due=True, progress=hand)
    assert report.skipped == (WALL_RECORD,)
    assert report.filed == (COPY_RECORD,)
    text = (root / WALL_RECORD).read_text("utf-8")
    assert 'title: "Wall to rise' in text
    assert "heron" not in text


def test_a_published_flag_set_by_hand_stays_when_a_copy_comes(
    tmp_path: Path, root: Path, web: Path
) -> None:
    run_round(root, web)
    record = root / WALL_RECORD
    record.write_text(
        record.read_text("utf-8").replace("published: true", "published: false"), "utf-8"
    )
    run_git(root, "commit", "-qam", "not for us")
    report = run_round(root, web_with_a_copy(tmp_path), all_due=True)
    assert report.updated == (WALL_RECORD,)
    assert "published: false" in record.read_text("utf-8")


def test_a_source_that_asked_for_rest_is_not_asked_before_its_end_even_if_all_are_due(
    tmp_path: Path, root: Path
) -> None:
    answers = small_web()
    answers["https://heron.example/feed.xml"] = Answer(
        status="429 Too Many Requests", headers=(("Retry-After", "3600"),)
    )
    web = record_web(tmp_path / "web.warc.gz", answers)
    assert len(run_round(root, web).failed) == 1
    assert run_round(root, web, all_due=True).failed == ()


def test_a_page_that_failed_is_asked_for_again_although_its_feed_has_not_changed(
    tmp_path: Path, root: Path
) -> None:
    answers = small_web()
    answers["https://gull.example/feed.xml"] = replace(
        answers["https://gull.example/feed.xml"], headers=(("ETag", '"1"'),)
    )
    wall = answers["https://gull.example/wall?utm_source=rss"]
    answers["https://gull.example/wall?utm_source=rss"] = Answer(status="500 Oh")
    first = run_round(root, record_web(tmp_path / "bad.warc.gz", answers))
    assert WALL_RECORD not in first.filed
    answers["https://gull.example/wall?utm_source=rss"] = wall
    second = run_round(root, record_web(tmp_path / "good.warc.gz", answers), all_due=True)
    assert second.filed == (WALL_RECORD,)


def test_a_repository_that_git_cannot_read_costs_the_commit_and_not_the_records(
    root: Path, web: Path
) -> None:
    (root / ".git" / "index").write_bytes(b"rubbish")
    report = run_round(root, web)
    assert len(report.filed) == 2
    assert report.commit is None
    assert report.notes
