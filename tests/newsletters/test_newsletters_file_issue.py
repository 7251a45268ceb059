"""An issue of a letter becomes a file of git: once, whole, in the reference's form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.archive import document
from copydesk.editing import file_verdict
from copydesk.errors import RecordError, UsageError
from copydesk.news import Verdict
from copydesk.news.letter import Issue, IssueLink, LetterOptions
from copydesk.newsletters.issue_filing import FiledIssue, file_issue
from copydesk.newsletters.issues import find_last_issue, letter_stems, name_next_issue
from copydesk.newsroom import open_newsroom
from world.desk import NAMES, copy_newsroom, desk_newsroom, stories
from world.letters import issue, issue_story, mail
from world.newsroom import NOW, run_git

PATH = "_newsletters/tidewatch-2026-11-20.html"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_newsroom(tmp_path_factory.mktemp("letters") / "beat", stories(3))


@pytest.fixture
def root(filed: Path, tmp_path: Path) -> Path:
    return copy_newsroom(filed, tmp_path / "beat")


def file(root: Path, wanted: Issue, by: str = "") -> FiledIssue:
    with open_newsroom(root, NOW, {}) as newsroom:
        return file_issue(newsroom, wanted, mail(wanted), by)


def last(root: Path, *stems: str) -> str:
    with open_newsroom(root, NOW, {}) as newsroom:
        found = find_last_issue(newsroom, stems or ("tidewatch",))
    return found.path if found else ""


def test_an_issue_is_filed_in_the_reference_s_form_by_one_commit(root: Path) -> None:
    before = run_git(root, "rev-parse", "HEAD").strip()
    wanted = issue(issue_story(NAMES[0], 'The "wall": now'), issue_story(NAMES[1]))

    told = file(root, wanted, by="Anna")

    assert (PATH, True) == (told.path, told.is_new)
    head, _, body = (root / PATH).read_text("utf-8").partition("---\n<!doctype html>")
    assert (
        "---\n"
        'title: "Tidewatch (2026-11-20)"\n'
        f'excerpt: "The \\"wall\\": now / Title of {NAMES[1]}"\n'
        "publishedDateTime: 2026-11-20T08:00:00Z\n"
        'webUrl: "https://tidewatch.example/coast/newsletter/tidewatch-2026-11-20/"\n'
        "type: article\n"
        "\n"
        "topics:\n"
        "  - Coast\n"
        "\n"
    ) == head
    assert f"<!doctype html>{body}" == mail(wanted).html
    assert told.commit == run_git(root, "rev-parse", "HEAD").strip()
    assert before == run_git(root, "rev-parse", "HEAD^").strip()
    assert [PATH] == run_git(root, "show", "--format=", "--name-only").split()
    said = run_git(root, "log", "-1", "--format=%B")
    assert (
        f'letter: Tidewatch (2026-11-20)\n\n* The "wall": now\n* Title of {NAMES[1]}\n\nby Anna'
        in said
    )
    assert "" == run_git(root, "status", "--porcelain")


def test_of_two_that_were_composed_at_once_one_is_filed(root: Path) -> None:
    first, second = (
        issue(issue_story(NAMES[0])),
        issue(issue_story(NAMES[1]), at=NOW + timedelta(seconds=9)),
    )
    file(root, first)
    data, commit = (root / PATH).read_bytes(), run_git(root, "rev-parse", "HEAD")

    told = file(root, replace(second, name="tidewatch-2026-11-20-2"))

    assert (PATH, False, None) == (told.path, told.is_new, told.commit)
    assert (data, commit) == ((root / PATH).read_bytes(), run_git(root, "rev-parse", "HEAD"))


def test_an_issue_of_a_time_to_come_is_named_and_nothing_is_said_to_be_filed(root: Path) -> None:
    file(root, issue(issue_story(NAMES[0]), name="tidewatch-2031-01-01", at=NOW + 1500 * DAY))

    with pytest.raises(
        UsageError, match=r"has a later date: _newsletters/tidewatch-2031-01-01\.html"
    ):
        file(root, issue(issue_story(NAMES[1])))
    assert not (root / PATH).exists()


def test_a_second_issue_of_a_day_and_that_of_the_next_have_names_of_their_own(root: Path) -> None:
    file(root, issue(issue_story(NAMES[0])))
    with open_newsroom(root, NOW, {}) as newsroom:
        again = name_next_issue(newsroom, "tidewatch", NOW.date())
        assert "tidewatch-2026-11-20-2" == again
        assert "tidewatch-2026-11-21" == name_next_issue(newsroom, "tidewatch", (NOW + DAY).date())

    told = file(
        root, issue(issue_story(NAMES[1]), name=again, at=NOW + timedelta(hours=2), since=NOW)
    )

    assert told.is_new
    assert told.path == last(root) == f"_newsletters/{again}.html"
    record = document.parse_record(told.path, (root / told.path).read_bytes())
    assert "Tidewatch (2026-11-20)" == record.fields["title"]


def test_a_story_that_was_removed_meanwhile_is_not_filed(root: Path) -> None:
    story = stories(1)[0]
    wanted = issue(replace(issue_story(NAMES[0]), url=story.web_url))
    beside = replace(issue_story(NAMES[1]), coverage=(IssueLink(name="Gull", url=story.web_url),))
    with open_newsroom(root, NOW, {}) as newsroom:
        file_verdict(newsroom, story.path, Verdict(by="Ed", at=NOW, said="remove", why=""))

    for one in (wanted, issue(beside)):
        with pytest.raises(UsageError, match="removed in the meantime"):
            file(root, one)

    assert not (root / "_newsletters").exists()


def test_another_s_file_of_that_name_is_left_alone(root: Path) -> None:
    (root / "_newsletters").mkdir()
    (root / PATH).write_text("mine")

    with pytest.raises(UsageError, match="another file already has the name of the issue"):
        file(root, issue(issue_story(NAMES[0])))

    assert "mine" == (root / PATH).read_text()
    assert "" == last(root)  # what cannot be read is none


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Hello {{ site.secret }} {% raw %}", "Hello &#123;{ site.secret }} &#123;% raw %}"),
        ("Two\nlines\r\n: # '\u202e\U0001f30a" + "x" * 10_000, "\U0001f30a"),
    ],
)
def test_hostile_words_are_filed_so_that_they_are_read_again(
    root: Path, title: str, shown: str
) -> None:
    wanted = issue(issue_story(NAMES[0], title))

    record = document.parse_record(PATH, (root / file(root, wanted).path).read_bytes())

    assert title == record.fields["excerpt"]
    assert shown in record.body
    assert "{{" not in record.body
    assert "{%" not in record.body


def test_half_a_character_is_refused(root: Path) -> None:
    with pytest.raises(RecordError, match="invalid character"):
        file(root, issue(issue_story(NAMES[0], "\ud800")))


def test_what_is_filed_last_counts_whatever_zone_it_was_named_in(root: Path) -> None:
    for name, at in (
        ("tidewatch-2026-11-18", NOW - 2 * DAY),
        ("tidewatch-2026-11-20", NOW - timedelta(hours=3)),
        ("tidewatch-2026-11-19", NOW - timedelta(hours=1)),  # the letter moved west
        ("weekly-2026-11-20", NOW),
    ):
        told = issue(issue_story(NAMES[0]), name=name, at=at, since=NOW - timedelta(hours=1))
        file(root, told)

    assert "_newsletters/tidewatch-2026-11-19.html" == last(root)
    assert "_newsletters/weekly-2026-11-20.html" == last(root, "weekly", "tidewatch")
    assert "" == last(root, "other")


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ([LetterOptions(id="daily")], [("tidewatch", "daily")]),
        ([LetterOptions(id="daily", days=("monday", "friday"))], [("daily", "tidewatch")]),
        ([LetterOptions(id="daily", when_new=5)], [("daily", "tidewatch")]),
        ([LetterOptions(id="a"), LetterOptions(id="b")], [("a", "tidewatch"), ("b",)]),
        ([LetterOptions(id="a"), LetterOptions(id="tidewatch")], [("a",), ("tidewatch",)]),
    ],
)
def test_a_lone_daily_has_the_site_s_name_and_the_first_of_several_keeps_its_issues(
    filed: Path, letters: Sequence[LetterOptions], expected: list[tuple[str, ...]]
) -> None:
    with open_newsroom(filed, NOW, {}) as newsroom:
        assert expected == [letter_stems(newsroom, letter, letters) for letter in letters]
