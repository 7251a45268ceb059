"""An editor sets a field of a story: at once, through every later round, until it is undone."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.news import Image, Story
from illustrate.draw import drawn, encoded
from world import later
from world.command import Said, copydesk
from world.newsroom import NOW, Answer, feed, newsroom, record_web, run_git, small_web
from world.newsroom import WALL as WALL_TEXT
from world.newsroom import page as page_of

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

WALL, SEALS = (
    "2026-11-19-sea-wall-to-rise-by-two-metres",
    "2026-11-19-grey-seals-are-back-on-the-coast",
)
RECORD = f"_news/{WALL}.md"
RULES = "_data/rulings.yaml"
EVERYDAY = '[scoring]\nprofile = "everyday"\n'
HERE = "https://gull.example/the-wall"
NOTE = "We were *there*.\n\n- [the plan](https://plans.example/wall)\n- a second thing"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_web(tmp_path_factory.mktemp("web") / "web.warc.gz", small_web())


def run(root: Path, web: Path, *more: object, hours: int = 0) -> dict[str, object]:
    now = (NOW + timedelta(hours=hours)).isoformat()
    said = copydesk("-C", root, "--now", now, "run", "--json", "--web", web, *more)
    assert said.code == 0, said.err
    report: dict[str, object] = said.json()
    return report


def rule(root: Path, *words: object) -> Said:
    return copydesk("-C", root, "--now", NOW.isoformat(), "rule", *words, "--as", "Ed", "--json")


@pytest.fixture(scope="module")
def filed(web: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a newsroom of each profile in which one round was run; tests work on copies."""
    roots = {}
    for more in ("", EVERYDAY):
        root = roots[more] = newsroom(tmp_path_factory.mktemp("filed") / "beat", more=more)
        assert len(run(root, web)["filed"]) == 2  # type: ignore[arg-type]
    return roots


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path, filed: dict[str, Path]) -> Path:
    return Path(shutil.copytree(filed[request.param], tmp_path / "beat"))


only_copydesk = pytest.mark.parametrize("root", [""], indirect=True, ids=["copydesk"])
only_everyday = pytest.mark.parametrize("root", [EVERYDAY], indirect=True, ids=["everyday"])


def story(root: Path) -> Story:
    return archive.Archive(root).read(RECORD)


def test_a_set_excerpt_stands_in_the_record_at_once(root: Path) -> None:
    report = rule(root, "set", RECORD, "excerpt", "The wall \n rises.", "--why", "clearer").json()

    assert (report["number"], report["path"]) == (1, RECORD)
    assert sorted(report["changed"]) == [RULES, RECORD]
    assert story(root).excerpt == "The wall rises."
    assert run_git(root, "status", "--porcelain") == ""
    message = run_git(root, "log", "-1", "--format=%B")
    assert message.startswith("rule: set Sea wall to rise by two metres\n\nclearer\n\nby Ed")


@pytest.mark.parametrize("said", ["none", ""])
def test_a_picture_is_set_by_its_address_and_taken_away(root: Path, said: str) -> None:
    rule(root, "set", RECORD, "picture", "https://gull.example/wall.jpg#top")
    assert story(root).images == (Image(url="https://gull.example/wall.jpg"),)
    rule(root, "set", RECORD, "picture", said)
    assert story(root).images == ()
    assert len(archive.read_rulings(root).rules) == 1


@only_copydesk
def test_a_note_stands_in_the_record_between_history_and_verdict(root: Path) -> None:
    rule(root, "set", RECORD, "note", NOTE.replace("\n", "\r\n") + " \u202e\x07\n\n\n")
    assert story(root).note == NOTE
    assert "note: " in (root / RECORD).read_text("utf-8")
    assert "note" in dict(story(root).machine)


@pytest.mark.sample("everyday")
@only_everyday
def test_a_note_leaves_a_record_of_everyday_as_it_is(root: Path) -> None:
    before = (root / RECORD).read_bytes()
    report = rule(root, "set", RECORD, "note", NOTE).json()
    assert report["changed"] == [RULES]
    assert (root / RECORD).read_bytes() == before
    assert archive.read_rulings(root).rules[0].values == ("note", NOTE)


def test_the_fields_stand_beside_each_other(root: Path) -> None:
    rule(root, "set", RECORD, "excerpt", "One.")
    rule(root, "set", RECORD, "picture", "none")
    rule(root, "set", RECORD, "excerpt", "Two.")
    assert [one.values for one in archive.read_rulings(root).rules] == [
        ("picture", "none"),
        ("excerpt", "Two."),
    ]
    assert story(root).excerpt == "Two."


SETS = (
    ("excerpt", "The wall rises."),
    ("picture", "https://gull.example/wall.jpg"),
    ("url", HERE),
    ("note", NOTE),
)


def set_all(root: Path) -> bytes:
    for field, value in SETS:
        assert rule(root, "set", RECORD, field, value).code == 0
    return (root / RECORD).read_bytes()


@pytest.mark.sample("copydesk", "everyday")
def test_later_rounds_and_judging_anew_keep_what_was_set(root: Path, web: Path) -> None:
    before = set_all(root)

    run(root, web, "--all-due", hours=30)
    anew = copydesk("-C", root, "--now", NOW.isoformat(), "rejudge", "--apply", "--json").json()

    assert (root / RECORD).read_bytes() == before
    assert anew["changes"] == []
    assert archive.Archive(root).read(RECORD).web_url == HERE


def test_a_set_address_is_not_filed_a_second_time_with_the_memory_lost(
    root: Path, web: Path
) -> None:
    before = set_all(root)
    (root / ".copydesk/memory.sqlite").unlink()
    report = run(root, web, "--all-due")
    assert report["filed"] == []
    assert (root / RECORD).read_bytes() == before


def test_an_equal_set_again_is_no_change(root: Path) -> None:
    before = set_all(root)
    rules = (root / RULES).read_bytes()
    for field, value in SETS:
        assert rule(root, "set", RECORD, field, value).json()["changed"] == []
    assert (before, rules) == ((root / RECORD).read_bytes(), (root / RULES).read_bytes())


@pytest.mark.sample("copydesk", "everyday")
def test_what_is_undone_reads_as_its_article_does(root: Path) -> None:
    before = story(root)
    set_all(root)

    for _ in SETS:
        assert rule(root, "undo", 1).json()["notes"] == []

    after = story(root)
    assert (after.excerpt, after.images, after.web_url) == (
        before.excerpt,
        before.images,
        before.web_url,
    )
    assert (after.note, after.reasons, after.machine) == ("", before.reasons, before.machine)
    assert not archive.read_rulings(root).rules


@only_copydesk
def test_a_rule_taken_out_of_the_file_is_undone_when_it_is_judged_anew(root: Path) -> None:
    before = story(root)
    set_all(root)
    (root / RULES).unlink()
    run_git(root, "commit", "-qam", "no rules")

    copydesk("-C", root, "--now", NOW.isoformat(), "rejudge", "--apply")

    after = story(root)
    assert (after.excerpt, after.web_url, after.note) == (before.excerpt, before.web_url, "")
    assert after.reasons == before.reasons
    assert after.machine == before.machine


@only_copydesk
def test_a_note_edited_by_hand_stays_as_edited(root: Path) -> None:
    rule(root, "set", RECORD, "note", "Ours.")
    text = (root / RECORD).read_text("utf-8")
    (root / RECORD).write_text(text.replace('note: "Ours."', 'note: "By hand."'), "utf-8")
    run_git(root, "commit", "-qam", "by hand")
    copydesk("-C", root, "--now", NOW.isoformat(), "rejudge", "--apply")
    assert story(root).note == "By hand."
    assert "the field `note` was edited by hand" in rule(root, "undo", 1).json()["notes"][0]
    assert story(root).note == "By hand."


def test_an_address_that_another_record_has_is_refused(root: Path) -> None:
    other = archive.Archive(root).read(f"_news/{SEALS}.md").web_url
    said = rule(root, "set", RECORD, "url", other + "?utm_source=x")
    assert said.code == 2
    assert f"the address already belongs to another story: _news/{SEALS}.md" in said.err


def test_undoing_an_address_without_the_article_gives_back_the_former_one(root: Path) -> None:
    before = story(root).web_url
    rule(root, "set", RECORD, "url", HERE)
    rule(root, "set", RECORD, "url", HERE + "-2")
    for file in (root / ".copydesk/articles").iterdir():
        file.unlink()
    rule(root, "undo", 1)
    assert story(root).web_url == before


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("_news/none.md", "excerpt", "x"), 1, "the story does not exist: _news/none.md"),
        ((RECORD, "except", "x"), 2, "did you mean excerpt?"),
        ((RECORD, "colour", "x"), 2, "the fields are: excerpt, picture, url, note"),
        ((RECORD, "excerpt", " \n "), 2, "the excerpt is empty"),
        ((RECORD, "excerpt", "x" * 301), 2, "the excerpt is too long (301 characters)"),
        ((RECORD, "note", "\r\n\u202e\x07"), 2, "the note is empty"),
        ((RECORD, "changes", "some"), 2, "changes can only be switched off"),
        ((RECORD, "note", "x" * 2_001), 2, "the note is too long (2001 characters)"),
        ((RECORD, "picture", "javascript:alert(1)"), 2, "invalid web address"),
        ((RECORD, "picture", "https://x.example/a b.jpg"), 2, "invalid web address"),
        ((RECORD, "url", "ftp://x.example/"), 2, "invalid web address"),
        ((RECORD, "url", "https://x.example/\u202egpj"), 2, "invalid web address"),
        ((RECORD, "url", "https://x.example/\nX: y"), 2, "invalid web address"),
        ((RECORD, "url", "https://x.example/" + "x" * 2_000), 2, "the address is too long"),
        ((RECORD, "url", "none"), 2, "invalid web address"),
    ],
)
@only_copydesk
def test_what_cannot_be_set_is_refused_and_changes_nothing(
    root: Path, words: tuple[str, ...], code: int, what: str
) -> None:
    said = rule(root, "set", *words)
    assert (said.code, said.out) == (code, "")
    assert what in said.err
    assert not (root / RULES).exists()


# on the site


def page(root: Path) -> str:
    assert copydesk("-C", root, "--now", NOW.isoformat(), "build").code == 0
    return (root / f".copydesk/site/news/{WALL}/index.html").read_text("utf-8")


def test_a_note_comes_and_goes_on_its_page(root: Path) -> None:
    copydesk("-C", root, "verdict", RECORD, "publish", "--why", "x", "--as", "Ed")
    without = page(root)
    rule(root, "set", RECORD, "note", NOTE)
    assert "<p>We were <em>there</em>.</p>" in page(root)
    rule(root, "set", RECORD, "note", "Another.")
    assert "<p>Another.</p>" in page(root)
    rule(root, "undo", 1)
    assert page(root) == without


def test_a_set_picture_is_fetched_by_the_next_round_and_shown(root: Path, tmp_path: Path) -> None:
    url = "https://gull.example/wall.jpg"
    photo = Answer(body=encoded(drawn(900, 600)), kind="image/jpeg")
    then = record_web(tmp_path / "later.warc.gz", {**small_web(), url: photo})
    copydesk("-C", root, "verdict", RECORD, "publish", "--why", "x", "--as", "Ed")
    rule(root, "set", RECORD, "picture", url)
    assert "<figure>" not in page(root)

    run(root, then, hours=1)

    assert story(root).images == (Image(url=url),)
    assert "<figure>" in page(root)


def test_a_set_picture_that_cannot_be_had_stops_no_round(root: Path, web: Path) -> None:
    rule(root, "set", RECORD, "picture", "https://gull.example/none.jpg")
    assert run(root, web, hours=1)["failed"] == []


# the file


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (("colour", "red"), "is not one of excerpt, picture, url, note"),
        (("excerpt",), "too short: set needs at least 2"),
    ],
)
@only_copydesk
def test_a_set_that_is_written_by_hand_and_wrong_is_named_with_its_line(
    root: Path, values: tuple[str, ...], what: str
) -> None:
    lines = "".join(f'      - "{value}"\n' for value in values)
    (root / RULES).write_text(
        "rules:\n  - said: set\n    by: Ed\n    at: 2026-11-20T12:00:00Z\n    why: ''\n"
        f"    stories:\n      - {WALL}\n    values:\n{lines}",
        "utf-8",
    )
    said = copydesk("-C", root, "rule", "list")
    assert said.code == 1
    assert what in said.err
    assert "rules.0.values in line" in said.err
    assert RULES in said.err


# what its publisher says later


def test_a_correction_takes_over_the_headline_and_leaves_what_was_set(
    root: Path, tmp_path: Path
) -> None:
    wall = later.WALL_PAGE
    corrected = page_of("Sea wall to rise by three metres", WALL_TEXT)
    web = later.web_with(tmp_path, {wall: [later.at(1, corrected)]})
    set_all(root)
    before = story(root)

    later.run(root, web, 2)

    after = story(root)
    assert after.title == "Sea wall to rise by three metres"
    for field in ("excerpt", "images", "web_url", "note"):
        assert getattr(after, field) == getattr(before, field)
    assert len(after.history) == len(before.history) + (before.note != "")


def test_a_page_that_moves_leaves_the_address_that_was_set(root: Path, tmp_path: Path) -> None:
    new = "https://gull.example/walls/1"
    moved = Answer(status="301 Moved", headers=(("Location", new),))
    answers = {later.WALL_PAGE: [later.at(1, moved)], new: [page_of("Sea wall", WALL_TEXT)]}
    web = later.web_with(tmp_path, answers)
    rule(root, "set", RECORD, "url", HERE)

    later.run(root, web, 2)

    assert story(root).web_url == HERE


@pytest.mark.sample("copydesk", "everyday")
@pytest.mark.parametrize("more", ["", EVERYDAY], ids=["copydesk", "everyday"])
def test_the_address_that_another_took_the_place_of_stays_known(tmp_path: Path, more: str) -> None:
    """In `everyday` no history tells of it, and it is not where the page was found."""
    canonical = "https://gull.example/sea-wall"
    head = f'<link rel="canonical" href="{canonical}">'
    title = "Sea wall to rise by two metres"
    pages = small_web() | {later.WALL_PAGE: page_of(title, WALL_TEXT, head=head)}
    root = newsroom(tmp_path / "beat", more=more)
    run(root, record_web(tmp_path / "web.warc.gz", pages))
    assert story(root).web_url == canonical
    rule(root, "set", RECORD, "url", HERE)
    (root / ".copydesk/memory.sqlite").unlink()

    listed = feed((title, canonical, "Thu, 19 Nov 2026 10:00:00 GMT"))
    there = {"https://gull.example/feed.xml": listed, canonical: pages[later.WALL_PAGE]}
    report = run(root, record_web(tmp_path / "then.warc.gz", pages | there), hours=1)

    assert report["filed"] == []
