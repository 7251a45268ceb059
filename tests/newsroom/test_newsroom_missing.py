"""What a restore misses is fetched again by rounds: texts and pictures, and no record changes."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from copydesk.errors import BackupError
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.newsroom.backup import BackupOptions, back_up, restore
from copydesk.newsroom.reports import MissingCount, RoundReport
from illustrate.draw import drawn, encoded
from world.backups import rewrite_manifest
from world.command import copydesk
from world.later import GONE, SEALS_PAGE, SEALS_RECORD, WALL_PAGE, WALL_RECORD, run, story
from world.newsroom import (
    KEY,
    NOW,
    SEALS,
    WALL,
    Answer,
    feed,
    newsroom,
    page,
    record_web,
    run_git,
    small_web,
    write_files,
)

pytestmark = pytest.mark.slow

WALL_HOME = "https://gull.example/wall"  # what its record says: without what the feed adds
LEAD = "https://gull.example/img/sea-wall.jpg"
TITLE = "Sea wall to rise by two metres"
HEAD = f'<meta property="og:image" content="{LEAD}">'
PHOTO = Answer(body=encoded(drawn(1200, 800)), kind="image/jpeg")
BOTH = {WALL_RECORD, SEALS_RECORD}
LATER = 24 * 30  # hours after the first round: no look at a page is due any more


def web_of(folder: Path, answers: Mapping[str, Answer | Sequence[Answer]] | None = None) -> Path:
    """Record the small web, its wall story with a picture, and what answers otherwise."""
    wall = page(TITLE, WALL, head=HEAD)
    usual = {**small_web(), WALL_PAGE: wall, WALL_HOME: wall, LEAD: PHOTO}
    return record_web(folder / "web.warc.gz", {**usual, **(answers or {})})


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the backup of a newsroom with two stories, one with a picture."""
    folder = tmp_path_factory.mktemp("lost")
    root = newsroom(folder / "beat")
    assert run(root, web_of(folder)).complete
    options = BackupOptions(verify=True)
    assert back_up(root, folder / "backup.tar.gz", options, NOW, {}).is_written
    assert {*BOTH} == {*texts(root)}
    return folder / "backup.tar.gz"


@pytest.fixture
def root(backup: Path, tmp_path: Path) -> Path:
    return restored(backup, tmp_path)


def restored(backup: Path, folder: Path) -> Path:
    """Restore a newsroom into a new folder; its key is put back."""
    restore(backup, folder / "back", NOW)
    return write_files(folder / "back", {".copydesk/key": KEY.encode()})


@contextmanager
def opened(root: Path) -> Iterator[Newsroom]:
    with open_newsroom(root, NOW, {"COPYDESK_KEY": KEY}) as newsroom:
        yield newsroom


def texts(root: Path) -> dict[str, str]:
    """Give the stored texts of the records, by path."""
    with opened(root) as newsroom:
        found = {path: newsroom.articles.find_for(story(root, path)) for path in BOTH}
    return {path: article.text for path, article in found.items() if article is not None}


def pictures(root: Path) -> list[str]:
    with opened(root) as newsroom:
        return [*newsroom.album.thumbnails()]


def counted(report: RoundReport) -> tuple[int, int, int, int]:
    """Give how many texts and pictures wait, how many are back, how many are lost."""
    count = report.missing
    assert count is not None
    return count.texts, count.pictures, count.back, count.lost


def records(root: Path) -> str:
    return run_git(root, "rev-parse", "HEAD^{tree}") + run_git(root, "status", "--porcelain")


def story_page(root: Path) -> str:
    name = Path(WALL_RECORD).stem
    return (root / ".copydesk/site/news" / name / "index.html").read_text("utf-8")


def test_texts_and_pictures_are_back_after_a_round_and_no_record_changes(
    root: Path, tmp_path: Path
) -> None:
    before = records(root)

    report = run(root, web_of(tmp_path), LATER)

    assert (0, 0, 3, 0) == counted(report)
    assert {*BOTH} == {*texts(root)}
    assert [LEAD] == pictures(root)
    assert "<img" in story_page(root)
    assert before == records(root)
    assert () == report.updated


def test_a_story_page_keeps_the_place_of_its_picture_until_it_is_back_or_lost(
    root: Path, tmp_path: Path
) -> None:
    web = web_of(tmp_path, {LEAD: Answer(status="503 Unavailable")})
    run(root, web, LATER)
    page = story_page(root)
    front = (root / ".copydesk/site/index.html").read_text("utf-8")
    assert '<canvas width="640" height="427" role="img"' in page
    assert "<canvas" in front
    assert LEAD not in page  # nobody's browser asks the publisher meanwhile
    assert "The Gull" in page[page.index("<canvas") : page.index("</figure>")]

    run(root, web_of(tmp_path), LATER + 2)
    page = story_page(root)
    assert "<canvas" not in page
    assert 'width="640" height="427"' in page[page.index("<img") :]

    forget_pictures(root)
    assert run(root, web_of(tmp_path), LATER + 4).complete
    assert "<canvas" not in story_page(root)
    assert "<figure>" not in story_page(root)


def forget_pictures(root: Path) -> None:
    shutil.rmtree(root / ".copydesk/pictures")


def test_a_restore_says_what_it_misses_and_how_long_it_takes(backup: Path, tmp_path: Path) -> None:
    report = restore(backup, tmp_path / "back", NOW)

    # gull.example has a page and a picture, at five seconds from one request to the next
    expected = MissingCount(texts=2, pictures=1, back=0, lost=0, rounds=1, seconds=10.0)
    assert expected == report.missing
    assert "2 texts and 1 picture; the next runs fetch them (at least 1 run, with pauses" in (
        expected.describe()
    )


def test_restore_run_and_rejudge_say_how_it_stands(backup: Path, tmp_path: Path) -> None:
    web = web_of(tmp_path, {LEAD: Answer(status="503 Unavailable"), WALL_HOME: GONE})
    root, now = tmp_path / "back", ("--now", "2026-12-20T08:00:00Z")

    back = copydesk("restore", backup, root)
    before = copydesk("-C", root, *now, "rejudge", "--since", "0")
    ran = copydesk("-C", root, *now, "run", "--web", web)
    after = copydesk("-C", root, *now, "rejudge", "--since", "0", "--json")

    assert "missing since the restore: 2 texts and 1 picture; the next runs" in back.err
    assert "missing since the restore: 2 texts and 1 picture; the next runs" in before.err
    assert "missing since the restore: 0 texts and 1 picture;" in ran.out
    assert "found again: 1; lost: 1" in ran.out
    assert {"pictures": 1, "back": 1, "lost": 1}.items() <= after.json()["missing"].items()


def test_what_had_been_dropped_for_room_before_is_not_asked_for(tmp_path: Path) -> None:
    lost = newsroom(tmp_path / "beat")
    run(lost, web_of(tmp_path))
    with opened(lost) as newsroom_of:
        newsroom_of.articles.forget(SEALS_PAGE)
    shutil.rmtree(lost / ".copydesk/pictures")
    back_up(lost, tmp_path / "b.tar.gz", BackupOptions(), NOW, {})

    report = run(restored(tmp_path / "b.tar.gz", tmp_path), web_of(tmp_path), LATER)

    assert (0, 0, 1, 0) == counted(report)
    assert [] == pictures(tmp_path / "back")


def test_of_a_backup_without_a_list_nothing_is_asked_for(backup: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(backup, tmp_path))
    rewrite_manifest(copy, lambda manifest: manifest.pop("refetchable"))

    report = restore(copy, tmp_path / "back", NOW)

    assert report.missing is None
    assert run(tmp_path / "back", web_of(tmp_path), LATER).missing is None
    assert {} == texts(tmp_path / "back")


@pytest.mark.parametrize("marks", [["x" * 16], ["../../etc/passwd"], ["0" * 15]])
def test_a_list_of_anything_else_is_refused(backup: Path, tmp_path: Path, marks: list[str]) -> None:
    copy = Path(shutil.copy(backup, tmp_path))
    rewrite_manifest(copy, lambda manifest: manifest["refetchable"].update(texts=marks))

    with pytest.raises(BackupError, match="invalid digest of an address"):
        restore(copy, tmp_path / "back", NOW)


OTHER = page("Bakery wins a prize", "A bakery in the hills won a prize.\n" + SEALS[::-1])
ELSEWHERE = Answer(status="301 Moved", headers=(("Location", "https://heron.example/seals"),))


@pytest.mark.sample("404", "other text")
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (GONE, "gone"),
        (Answer(status="404 Not Found"), "gone"),
        (OTHER, "the page now has another article"),
        (ELSEWHERE, "the page now has another article"),
    ],
    ids=["410", "404", "other text", "elsewhere"],
)
def test_a_page_that_is_no_longer_the_article_is_lost_and_not_asked_again(
    root: Path, tmp_path: Path, answer: Answer, why: str
) -> None:
    before = records(root)
    assert (0, 0, 2, 1) == counted(run(root, web_of(tmp_path, {WALL_HOME: answer}), LATER))
    (lost,) = (part for part in state(root)["parts"] if part["lost"])
    assert (WALL_RECORD, True) == (lost["path"], lost["lost"].startswith(why))

    assert (0, 0, 2, 1) == counted(run(root, web_of(tmp_path), LATER + 24 * 8))

    assert {SEALS_RECORD} == {*texts(root)}
    assert before == records(root)


def state(root: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(
        (root / ".copydesk/restored.json").read_text()
    )
    return found


@pytest.mark.sample("another size", "503")
@pytest.mark.parametrize(
    ("answer", "is_lost"),
    [
        (Answer(body=encoded(drawn(640, 480)), kind="image/jpeg"), True),
        (Answer(body=b"<html>no leeching</html>", kind="image/jpeg"), True),
        (GONE, True),
        (Answer(status="503 Unavailable"), False),
        (Answer(status="403 Forbidden"), False),
    ],
    ids=["another size", "no picture", "gone", "503", "403"],
)
def test_a_picture_that_is_another_is_lost_and_one_that_fails_is_asked_again(
    root: Path, tmp_path: Path, answer: Answer, is_lost: bool
) -> None:
    first = run(root, web_of(tmp_path, {LEAD: answer}), LATER)
    assert (0, int(not is_lost), 2, int(is_lost)) == counted(first)
    assert [] == pictures(root)

    again = run(root, web_of(tmp_path), LATER + 2)

    assert (0, 0, 2 + (not is_lost), int(is_lost)) == counted(again)


def test_a_page_that_always_fails_is_lost_after_five_tries_in_five_days(
    root: Path, tmp_path: Path
) -> None:
    web = web_of(tmp_path, {WALL_HOME: Answer(status="500 Oops"), LEAD: GONE})
    hours = [LATER + hour for hour in (0, 0.5, 2, 9, 34, 107)]

    found = [counted(run(root, web, hour)) for hour in hours]

    assert [(1, 0, 1, 1)] * 5 + [(0, 0, 1, 2)] == found


def test_where_the_memory_is_deleted_the_rest_is_fetched_all_the_same(
    root: Path, tmp_path: Path
) -> None:
    run(root, web_of(tmp_path, {LEAD: Answer(status="503 Unavailable")}), LATER)
    for file in (root / ".copydesk").glob("memory.sqlite*"):
        file.unlink()

    assert (0, 0, 3, 0) == counted(run(root, web_of(tmp_path), LATER + 2))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"restored": 3}', b"[" * 100_000])
def test_a_damaged_list_asks_for_nothing(root: Path, tmp_path: Path, data: bytes) -> None:
    (root / ".copydesk/restored.json").write_bytes(data)

    assert run(root, web_of(tmp_path), LATER).missing is None


def test_a_list_that_cannot_be_written_costs_no_round_and_nothing_is_asked_twice(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:  # a mock, since a full disk would stop all else, too
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("copydesk.rounds._missing_parts.write_missing_parts", refuse)
        assert run(root, web_of(tmp_path), LATER).complete

    gone = {WALL_HOME: GONE, SEALS_PAGE: GONE, LEAD: GONE}
    assert (0, 0, 3, 0) == counted(run(root, web_of(tmp_path, gone), LATER + 2))


def test_a_story_that_was_removed_or_deleted_since_is_not_asked_for(
    root: Path, tmp_path: Path
) -> None:
    (root / WALL_RECORD).unlink()
    run_git(root, "commit", "-qam", "no more walls")

    report = run(root, web_of(tmp_path, {WALL_HOME: GONE, LEAD: GONE}), LATER)

    assert (0, 0, 3, 0) == counted(report)


def test_a_headline_that_changed_meanwhile_is_still_found_by_the_next_look(
    root: Path, tmp_path: Path
) -> None:
    """A text that a restore brought back must not hide what its publisher corrected before."""
    changed = page("Sea wall to rise by three metres", WALL, head=HEAD)
    web = web_of(tmp_path, {WALL_HOME: changed})

    run(root, web, 1)
    assert TITLE == story(root).title
    run(root, web, 30)

    assert "Sea wall to rise by three metres" == story(root).title
    assert any(TITLE in str(event) for event in story(root).events)


def test_of_a_host_so_many_are_fetched_in_a_round_and_the_newest_first(tmp_path: Path) -> None:
    lost = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "many.warc.gz", many_pages(30))
    assert 30 == len(run(lost, web).filed)
    back_up(lost, tmp_path / "b.tar.gz", BackupOptions(), NOW, {})
    restore(tmp_path / "b.tar.gz", tmp_path / "back", NOW)

    reports = [run(tmp_path / "back", web, LATER + hour) for hour in range(3)]

    assert [(18, 12), (6, 24), (0, 30)] == [
        (report.missing.texts, report.missing.back) for report in reports if report.missing
    ]
    assert [2, 1, 0] == [report.missing.rounds for report in reports if report.missing]
    first_back = sorted((tmp_path / "back/.copydesk/articles").iterdir(), key=_age)[-12:]
    told = b"".join(file.read_bytes() for file in first_back)
    assert all(f"Pier {number} of the coast".encode() in told for number in range(18, 30))


def _age(file: Path) -> int:
    return file.stat().st_mtime_ns


def many_pages(count: int) -> dict[str, Answer]:
    """Give a publisher's feed of so many stories, each a minute newer than the one before."""
    words = [f"{one}{other}" for one in SEALS.split()[:40] for other in ("", "ward", "less", "ly")]
    answers, items = {}, []
    for number in range(count):
        url, title = f"https://gull.example/{number}", f"Pier {number} of the coast is for sale"
        own = " ".join(words[number * 5 : number * 5 + 40])
        told = (
            f"Pier {number} of the coast stands on {own}.\nIt is sold to a keeper of {own[::-1]}."
        )
        answers[url] = page(title, told, date=f"2026-11-19T10:{number:02}:00Z")
        items.append((title, url, f"Thu, 19 Nov 2026 10:{number:02}:00 GMT"))
    return {
        **answers,
        "https://gull.example/feed.xml": feed(*items),
        "https://heron.example/feed.xml": feed(),
    }


def test_a_text_that_came_back_makes_room_as_old_as_its_story(root: Path, tmp_path: Path) -> None:
    run(root, web_of(tmp_path), LATER)

    ages = {file.stat().st_mtime for file in (root / ".copydesk/articles").iterdir()}
    published = {story(root, path).published_at for path in BOTH}
    assert {moment.timestamp() for moment in published if moment} == ages


def test_with_articles_nothing_is_missing_and_texts_keep_their_age(tmp_path: Path) -> None:
    lost = newsroom(tmp_path / "beat")
    run(lost, web_of(tmp_path))
    (aged, *_) = (lost / ".copydesk/articles").iterdir()
    os.utime(aged, (1_000_000, 1_000_000))
    options = BackupOptions(with_articles=True, verify=True)
    made = back_up(lost, tmp_path / "b.tar.gz", options, NOW, {})

    report = restore(tmp_path / "b.tar.gz", tmp_path / "back", NOW)
    root = write_files(tmp_path / "back", {".copydesk/key": KEY.encode()})

    assert made.is_written
    assert 2 == made.manifest.format
    carried = made.manifest.count_cache()
    assert (2, True) == (carried["articles"], carried["pictures"] > 0)
    assert report.missing is not None
    assert 0 == report.missing.waiting
    assert {*BOTH} == {*texts(root)}
    assert [LEAD] == pictures(root)
    assert 1_000_000 == (root / ".copydesk/articles" / aged.name).stat().st_mtime
    assert run(root, web_of(tmp_path, {LEAD: GONE, WALL_HOME: GONE}), LATER).missing is None
    assert "<img" in story_page(root)


def test_a_backup_without_articles_has_the_format_that_earlier_versions_read(backup: Path) -> None:
    from world.backups import read_members

    manifest = json.loads(read_members(backup)["manifest.json"])

    assert 1 == manifest["format"]
    assert "cache" not in {part["kind"] for part in manifest["parts"]}


@pytest.mark.parametrize("path", [".copydesk/key", ".copydesk/articles/../key", "articles/x"])
def test_a_text_that_would_lie_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    lost = newsroom(tmp_path / "beat")
    run(lost, web_of(tmp_path))
    file = tmp_path / "b.tar.gz"
    back_up(lost, file, BackupOptions(with_articles=True), NOW, {})

    def move(manifest: dict[str, list[dict[str, str]]]) -> None:
        next(part for part in manifest["parts"] if part["kind"] == "cache")["path"] = path

    rewrite_manifest(file, move)
    with pytest.raises(BackupError, match="manifest is invalid"):
        restore(file, tmp_path / "back", NOW)
    rewrite_manifest(file, lambda manifest: manifest.update(format=1))
    with pytest.raises(BackupError, match="manifest is invalid"):
        restore(file, tmp_path / "back", NOW)
