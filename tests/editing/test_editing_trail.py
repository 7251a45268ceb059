"""The trail of a story: all that befell it, in its order, from git, the record and the memory."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk import newsroom
from copydesk.archive.git import AUTHOR
from copydesk.editing import read_words
from copydesk.editing.trail import Trail, trace_story
from copydesk.kit import urls
from copydesk.memory import Fate
from world.command import copydesk
from world.desk import NAMES, desk_newsroom, stories
from world.later import TITLE, WALL_RECORD, forget_memory
from world.lived import SEALS_NAME, lived_newsroom, on, say
from world.newsroom import KEY, NOW, run_git

EVERYDAY = '[scoring]\nprofile = "everyday"\n'


def trace(root: Path, path: str = WALL_RECORD, key: str = KEY) -> Trail:
    environ = {"COPYDESK_KEY": key} if key else {}
    with newsroom.open_newsroom(root, NOW + timedelta(hours=30), environ) as opened:
        return trace_story(opened, path)


def tell(trail: Trail) -> list[tuple[str, str, str]]:
    return [(entry.kind, entry.by, entry.what) for entry in trail.entries]


def write(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")


def by_hand(root: Path, old: str, new: str, path: str = WALL_RECORD) -> None:
    write(root, path, old, new)
    run_git(root, "commit", "-qam", "by hand")


def commit(root: Path, message: str, when: datetime) -> None:
    """Commit as a round does."""
    environ = {"GIT_AUTHOR_DATE": when.isoformat(), "GIT_COMMITTER_DATE": when.isoformat()}
    command = ["git", "commit", "-qam", message, "--author", AUTHOR]
    subprocess.run(command, cwd=root, env={**os.environ, **environ}, check=True)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_newsroom(tmp_path_factory.mktemp("lived"))


@pytest.fixture
def root(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived, tmp_path / "beat", symlinks=True))


def test_a_trail_tells_all_from_the_lead_to_the_correction(lived: Path) -> None:
    trail = trace(lived)

    assert (0, ()) == (trail.rest, trail.notes)
    assert [
        ("found", "", "found in https://gull.example/feed.xml"),
        ("read", "", "read; its text is no longer stored"),  # it was removed for a while
        ("judged", "", "judged: quality 76, published"),
        ("filed", "", "filed"),
        ("event", "", f'title was "{TITLE}"'),
        ("changed", "", "changed by a run"),
        ("verdict", "Anna", "decision: publish"),
        ("ruled", "Anna", 'rule: rename "The wall"'),
        ("ruled", "Anna", "rule: pin until 2026-11-20T17:00:00Z"),
        ("ruled", "Anna", f"rule: split {SEALS_NAME}"),
        ("ruled", "Ben", 'rule: set note "We asked."'),
        ("corrected", "Anna", "corrected, with a note for readers"),
        ("event", "", 'title was "The wall"'),
        ("verdict", "Anna", "decision: remove"),
        ("undone", "Ben", "undone (decision: remove)"),
    ] == tell(trail)


def test_each_entry_has_its_time_its_commit_its_fields_and_why(lived: Path) -> None:
    entries = trace(lived).entries
    but_the_site_s = ("--invert-grep", "--grep=^site: ")
    commits = run_git(lived, "log", "--reverse", "--format=%H", *but_the_site_s).split()

    assert ["", "", *(commits[n] for n in (1, 1, 2, 2, 3, 4, 4, 4, 5, 6, 6, 7, 8))] == [
        entry.commit for entry in entries
    ]
    hours = [8, None, 8, 8, 10, 10, 11, 12, 12, 12, 13, 14, 14, 15, 16]
    assert [hour and f"2026-11-20T{hour:02}:00:00Z" for hour in hours] == [
        entry.at or None for entry in entries
    ]
    told = {entry.what: entry for entry in entries}
    assert ("title", "updatedDateTime") == told["changed by a run"].fields
    assert "shorter" == told['rule: rename "The wall"'].why
    assert "It is one." == told["corrected, with a note for readers"].why
    assert "the court says so" == told["decision: remove"].why
    assert "it was lifted" == told["undone (decision: remove)"].why


def test_the_command_line_prints_it_and_json_has_the_same(lived: Path) -> None:
    asked = ("-C", lived, "explain", WALL_RECORD)
    lines = copydesk(*asked).out.splitlines()
    trail = lines[lines.index("  full history:") + 1 :]
    told = copydesk(*asked, "--json").json()

    entries = trace(lived, key="").entries
    assert [(entry.kind, entry.at, entry.what) for entry in entries] == [
        (entry["kind"], entry["at"], entry["what"]) for entry in told["trail"]
    ]
    assert 0 == told["trail_rest"]
    assert len(entries) == len(trail)
    rename = next(entry for entry in entries if entry.what.startswith("rule: rename"))
    assert (
        f'    {rename.at}  rule: rename "The wall" by Anna: shorter [title] {rename.commit[:10]}'
    ) in trail


def test_what_was_lost_with_memory_and_key_is_not_made_up(root: Path) -> None:
    forget_memory(root)
    shutil.rmtree(root / ".copydesk" / "articles")

    lost, kept = trace(root, key=""), trace(root)

    assert ("", "found; its source is no longer known") == (
        lost.entries[0].at,
        lost.entries[0].what,
    )
    assert lost.entries[1:] == kept.entries[1:]
    assert "found in https://gull.example/feed.xml" == kept.entries[0].what  # by the sealed part


def test_without_git_it_is_told_by_record_rulings_and_memory(root: Path) -> None:
    shutil.rmtree(root / ".git")

    trail = trace(root)

    assert ("there is no git repository, so changes are not known",) == trail.notes
    assert [
        ("found", "2026-11-20T08:00:00Z"),
        ("read", ""),
        ("judged", ""),
        ("filed", "2026-11-20T08:00:00Z"),
        ("event", "2026-11-20T10:00:00Z"),  # the headline's change
        ("verdict", "2026-11-20T11:00:00Z"),
        *[("ruled", "2026-11-20T12:00:00Z")] * 2,  # pin, split: the correction took rename's place
        ("ruled", "2026-11-20T13:00:00Z"),
        *[("event", "2026-11-20T14:00:00Z")] * 2,
        ("ruled", "2026-11-20T14:00:00Z"),
    ] == [(entry.kind, entry.at) for entry in trail.entries]


def test_a_persons_edit_is_theirs_and_what_is_not_committed_is_told(root: Path) -> None:
    by_hand(root, 'title: "A wall"', 'title: "The great wall"')
    by_hand(root, '"We asked."', '"We asked them."', "_data/rulings.yaml")
    copydesk("-C", root, "verdict", WALL_RECORD, "hold", "--why", "wait", "--as", "Eve")
    write(root, WALL_RECORD, "said: hold", "said: reject")

    edited, undone, ruled, held, rejected = trace(root).entries[-5:]

    assert ("edited", "edited by hand", ("title",)) == (edited.kind, edited.what, edited.fields)
    assert run_git(root, "log", "-2", "--format=%an <%ae>").split("\n")[1] == edited.by == undone.by
    assert ("rule-undone", 'rule removed: set note "We asked."') == (undone.kind, undone.what)
    assert ("ruled", 'rule: set note "We asked them."') == (ruled.kind, ruled.what)
    assert ("decision: hold", "Eve", "wait") == (held.what, held.by, held.why)
    assert ("decision: reject", "") == (rejected.what, rejected.commit)


def test_words_of_one_commit_are_told_apart_and_another_storys_is_no_word_on_it(
    tmp_path: Path,
) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(3))
    first, second, third = NAMES[:3]
    held = on(1, "verdict", "hold", first, second, why="wait")
    again = on(1, "verdict", "publish", second, why="go")
    say(root, 1, held, on(1, "rule", "pin", third), again)
    say(root, 2, on(2, "rule", "merge", first, second), on(2, "undo", "", values=(again.id,)))

    def told(name: str) -> list[tuple[str, str]]:
        entries = trace(root, f"_news/{name}.md").entries
        return [(entry.kind, entry.what) for entry in entries[4:]]

    assert [("verdict", "decision: hold"), ("ruled", f"rule: merge {second}")] == told(first)
    assert [
        ("verdict", "decision: hold"),
        ("verdict", "decision: publish"),
        ("ruled", f"rule: merge {first}"),
        ("undone", "undone (decision: publish)"),
    ] == told(second)
    assert [("ruled", "rule: pin")] == told(third)


def test_a_profile_that_keeps_verdicts_among_the_rulings_tells_them_too(tmp_path: Path) -> None:
    filed = [replace(story, machine=()) for story in stories(1)]
    root = desk_newsroom(tmp_path / "beat", filed, more=EVERYDAY)
    say(root, 1, on(1, "verdict", "reject", NAMES[0], why="thin"))
    say(root, 2, on(2, "verdict", "clear", NAMES[0], why="it is not"))

    rejected, cleared = trace(root, f"_news/{NAMES[0]}.md").entries[-2:]

    assert ("decision: reject", "Anna", "thin") == (rejected.what, rejected.by, rejected.why)
    assert ("cleared", "Anna", "it is not") == (cleared.kind, cleared.by, cleared.why)


def test_a_record_is_followed_to_the_archive_and_the_same_in_a_row_is_one(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(1))
    path, heat = f"_news/{NAMES[0]}.md", 80
    for hour in range(1, 4):
        write(root, path, f"heat: {heat}", f"heat: {heat - hour}")
        heat -= hour
        commit(root, "news: 1 updated", NOW + timedelta(hours=hour))
    (root / "_archive/_news").mkdir(parents=True)
    run_git(root, "mv", path, f"_archive/{path}")
    commit(root, "archive: 1 story", NOW + timedelta(hours=4))

    changed, archived = trace(root, path).entries[-2:]

    assert (3, ("heat",)) == (changed.count, changed.fields)
    assert ("2026-11-20T09:00:00Z", "2026-11-20T11:00:00Z") == (changed.at, changed.until)
    assert ("archived", f"moved to _archive/{path}") == (archived.kind, archived.what)
    lines = copydesk("-C", root, "explain", path).out
    assert "changed by a run (3 times, last at 2026-11-20T11:00:00Z) [heat]" in lines


def test_of_a_long_trail_the_first_two_hundred_are_told_and_the_rest_is_counted(
    tmp_path: Path,
) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(1))
    path = root / "_news" / f"{NAMES[0]}.md"
    data = path.read_bytes()
    stream = []
    for number in range(420):  # heat and quality in turn, so that none is like the one before it
        body = data.replace(b"heat: 80", b"heat: %d" % (number // 2 + 100))
        body = body.replace(b"quality: 80", b"quality: %d" % ((number + 1) // 2 + 100))
        stream.append(
            b"commit refs/heads/main\ncommitter copydesk <copydesk@localhost> %d +0000\n"
            b"data 5\nnews:\n%sM 100644 inline _news/%s\ndata %d\n%s\n"
            % (
                1800000000 + number,
                b"from refs/heads/main^0\n" if not number else b"",
                path.name.encode(),
                len(body),
                body,
            )
        )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=b"".join(stream), check=True)
    run_git(root, "reset", "-q", "--hard")

    trail = trace(root, f"_news/{NAMES[0]}.md")

    assert 200 == len(trail.entries)
    assert 0 < trail.rest
    assert f"and {trail.rest} more" in copydesk("-C", root, "explain", f"_news/{path.name}").out


def test_a_broken_version_is_an_edit_like_others(root: Path) -> None:
    by_hand(root, "published: true", "published: [")
    by_hand(root, "published: [", "published: true")

    broken, mended = trace(root).entries[-2:]

    assert ["edited", "edited"] == [broken.kind, mended.kind]


def test_a_page_that_was_dropped_has_its_trail_and_one_of_nobody_none(root: Path) -> None:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        fate = Fate(
            identity=urls.identity("https://gull.example/x"),
            url="https://gull.example/x",
            state="dropped",
            at=NOW,
            reason="off-beat",
            source="https://gull.example/feed.xml",
        )
        opened.memory.keep_fate(fate)
        dropped = trace_story(opened, "", fate.url)
        nobody = trace_story(opened, "", "https://gull.example/never")

    assert ["found in https://gull.example/feed.xml", "dropped: off-beat"] == [
        entry.what for entry in dropped.entries
    ]
    assert Trail() == nobody


@pytest.mark.parametrize(
    "message",
    [
        f"Copydesk-Action: verdict publish {WALL_RECORD}",
        f"Copydesk-Action: verdict publish {WALL_RECORD}\nCopydesk-Action: undo x",
        "x\n\nCopydesk-Action: undo",
        "x\n\nCopydesk-Action: rule",
        "Copydesk-Action: \n\nCopydesk-Action: rule undo",
    ],
)
def test_a_message_that_a_person_made_up_breaks_nothing(root: Path, message: str) -> None:
    write(root, WALL_RECORD, 'title: "A wall"', 'title: "The great wall"')
    run_git(root, "commit", "-qam", message)

    last = trace(root).entries[-1]

    assert run_git(root, "rev-parse", "HEAD").strip() == last.commit
    assert ("title",) == last.fields


@pytest.mark.parametrize("noun", ["actions", "words"], ids=["today", "in older commits"])
def test_the_editor_of_many_is_read_from_their_commit(noun: str) -> None:
    trailers = "Copydesk-Action: verdict hold _news/a.md\nCopydesk-Action: rule pin b"
    message = f"desk: 2 {noun} by Anna\n\n* verdict: hold A\n* rule: pin B\n\n{trailers}"

    assert ["Anna", "Anna"] == [said.by for said in read_words(message)]
