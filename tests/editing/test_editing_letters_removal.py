"""A story that is removed for good goes out of every letter that told it, and stays out."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from copydesk import editing
from copydesk.archive import document
from copydesk.editing import clear_verdict, file_verdict
from copydesk.editing.undo import undo_action
from copydesk.errors import RecordError
from copydesk.news import Verdict
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsroom import open_newsroom
from copydesk.publish.issues import read_sections
from world.desk import NAMES, act, copy_newsroom, desk_newsroom, stories, undo, verdict
from world.letters import issue, issue_story, mail, names
from world.newsroom import NOW, run_git

LETTER = "_newsletters/tidewatch-2026-11-20.html"
WEEKLY = "_newsletters/weekly-2026-11-20.html"
ADOPTED = "_newsletters/tidewatch-2024-01-02.html"
RECORD = f"_news/{NAMES[0]}.md"
LINK = '<a href="{href}">\u21aa Herald</a>'
ROW = f"<tr><td><p><strong>{{title}}</strong> Words</p><p>{LINK}</p></td></tr>"


def old_mail(*rows: str) -> bytes:
    head = '---\ntitle: "Tidewatch (2024-01-02)"\nexcerpt: "{}"\ntype: article\n\n---\n'
    titles = " / ".join(row.split("<strong>")[1].split("</strong>")[0] for row in rows)
    section = "<tr><td><strong>News of the day</strong></td></tr>"
    return f"{head.format(titles)}<table>{section}{''.join(rows)}</table>\n".encode()


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a newsroom whose first two stories stand in three letters."""
    root = desk_newsroom(tmp_path_factory.mktemp("letters") / "beat", stories(3))
    first, second = stories(2)
    told = [issue_story(one.path[6:-3], one.title) for one in (first, second)]
    with open_newsroom(root, NOW, {}) as newsroom:
        for name in ("tidewatch-2026-11-20", "weekly-2026-11-20"):
            made = issue(*told, name=name)
            file_issue(newsroom, made, mail(made))
    rows = [ROW.format(title=one.title, href=html.escape(one.web_url)) for one in (first, second)]
    (root / ADOPTED).write_bytes(old_mail(*rows))
    (root / "_newsletters/broken.html").write_text(f"the file has no front matter, {NAMES[0]}")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "adopted")
    return root


@pytest.fixture
def root(filed: Path, tmp_path: Path) -> Path:
    return copy_newsroom(filed, tmp_path / "beat")


def remove(root: Path, said: str = "remove") -> editing.VerdictReport:
    with open_newsroom(root, NOW, {}) as newsroom:
        if said == "clear":
            return clear_verdict(newsroom, RECORD, "Ed", "")
        return file_verdict(newsroom, RECORD, Verdict(by="Ed", at=NOW, said="remove", why="court"))


def told(root: Path, path: str = LETTER) -> list[str]:
    record = document.parse_record(path, (root / path).read_bytes())
    return [str(record.fields["excerpt"]), *names(read_sections(record.body))]


def letters(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (root / "_newsletters").iterdir()}


def test_a_removed_story_leaves_every_letter_in_the_same_commit(root: Path) -> None:
    first, second = (one.title for one in stories(2))
    assert [f"{first} / {second}", *NAMES[:2]] == told(root)

    report = remove(root)

    changed = run_git(root, "show", "--format=", "--name-only", "HEAD").split()
    assert {LETTER, WEEKLY, ADOPTED, RECORD} <= set(changed) == set(report.changed)
    assert [second, NAMES[1]] == told(root) == told(root, WEEKLY)
    assert [second, ""] == told(root, ADOPTED)
    for path in (LETTER, WEEKLY, ADOPTED):
        assert first not in (root / path).read_text("utf-8")
    (note,) = report.notes
    assert "broken.html" in note
    assert "" == run_git(root, "status", "--porcelain")


def test_removing_again_changes_nothing_and_nothing_brings_it_back(root: Path) -> None:
    removal = remove(root).commit or ""
    after = letters(root)
    assert ((), None) == (remove(root).changed, remove(root).commit)

    remove(root, "clear")
    assert after == letters(root)

    remove(root)
    with open_newsroom(root, NOW, {}) as newsroom:
        undo_action(newsroom, run_git(root, "rev-parse", "HEAD").strip(), "Ed")
    assert after == letters(root)
    assert RECORD in run_git(root, "show", "--format=", "--name-only", removal)


def test_at_the_desk_two_removals_of_one_lot_both_leave_it(root: Path) -> None:
    first, second = (verdict("remove", name, why="court") for name in NAMES[:2])

    act(root, first, second)

    assert [""] == told(root)
    act(root, undo(first))
    assert [""] == told(root)


def test_a_story_removed_again_by_taking_back_its_clearing_leaves_newer_letters(root: Path) -> None:
    remove(root)
    cleared = remove(root, "clear").commit
    with open_newsroom(root, NOW, {}) as newsroom:
        later = issue(issue_story(NAMES[0]), name="later-2026-11-21")
        path = file_issue(newsroom, later, mail(later)).path
        assert NAMES[0] in told(root, path)

        undo_action(newsroom, str(cleared), "Ed")

    assert [""] == told(root, path)


def test_a_letter_of_another_form_is_left_and_told(root: Path) -> None:
    plain = old_mail() + f'<p>See <a href="{stories(1)[0].web_url}">this</a>.</p>'.encode()
    path = "_newsletters/by-hand.html"
    (root / path).write_bytes(plain)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "by hand")

    told = remove(root).notes

    assert plain == (root / path).read_bytes()
    assert f"an issue still links to the story, remove the link by hand: {path}" in told


def test_a_letter_under_a_person_s_edit_is_not_passed_over(root: Path) -> None:
    (root / LETTER).write_bytes((root / LETTER).read_bytes() + b"<!-- mine -->\n")
    before = letters(root)

    with pytest.raises(RecordError, match=f"uncommitted edits: {LETTER}"):
        remove(root)

    assert before == letters(root)
