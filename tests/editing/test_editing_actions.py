"""What editors did at their desk is filed in order, many in a commit, each of them once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import archive, building, newsroom
from copydesk.editing.applying import MOST_IN_A_COMMIT
from copydesk.editing.undo import undo_action
from copydesk.news import Article, EditorAction
from world.desk import (
    NAMES,
    act,
    action,
    copy_newsroom,
    desk_newsroom,
    read,
    rename,
    see,
    stories,
    undo,
    verdict,
)
from world.newsroom import NOW, run_git

RULES = "_data/rulings.yaml"
EVERYDAY = '[scoring]\nprofile = "everyday"\n'
A, B, C, D, *_ = NAMES


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a newsroom of each profile; tests work on copies."""
    folder = tmp_path_factory.mktemp("made")
    return {
        "": desk_newsroom(folder / "beat", stories()),
        EVERYDAY: desk_newsroom(
            folder / "everyday",
            [replace(story, machine=()) for story in stories()],
            more=EVERYDAY,
        ),
    }


@pytest.fixture
def root(made: dict[str, Path], tmp_path: Path) -> Path:
    return copy_newsroom(made[""], tmp_path / "beat")


@pytest.fixture
def everyday(made: dict[str, Path], tmp_path: Path) -> Path:
    return copy_newsroom(made[EVERYDAY], tmp_path / "everyday")


def commits(root: Path) -> int:
    return int(run_git(root, "rev-list", "--count", "HEAD"))


def log(root: Path) -> str:
    return run_git(root, "log", "-1", "--format=%B").strip()


def files(root: Path) -> dict[str, bytes]:
    places = (*(root / "_news").iterdir(), root / RULES)
    return {file.name: file.read_bytes() for file in places if file.exists()}


def by_hand(root: Path, name: str, old: str, new: str) -> None:
    file = root / "_news" / f"{name}.md"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    run_git(root, "commit", "-qam", "by hand")


# ---- many in a commit ----------------------------------------------------------------------------


def test_words_of_one_editor_are_one_commit(root: Path) -> None:
    before = commits(root)
    actions = [verdict("hold", A), rename(B, "New words"), action("rule", "pin", C)]

    outcomes = act(root, *actions)

    assert [(told.id, told.state) for told in outcomes] == [(one.id, "done") for one in actions]
    assert {told.commit for told in outcomes} == {run_git(root, "rev-parse", "HEAD").strip()}
    assert commits(root) == before + 1
    assert log(root).split("\n") == [
        "desk: 3 actions by Anna",
        "",
        "* verdict: hold Story number 0 of the coast: so",
        "* rule: rename Story number 1 of the coast",
        f"* rule: pin {C}",
        "",
        f"Copydesk-Action: verdict hold _news/{A}.md #{actions[0].id}",
        f"Copydesk-Action: rule rename {B} #{actions[1].id}",
        f"Copydesk-Action: rule pin {C} #{actions[2].id}",
    ]
    assert [told.paths for told in outcomes][:2] == [
        (f"_news/{A}.md",),
        (RULES, f"_news/{B}.md"),
    ]
    assert run_git(root, "status", "--porcelain") == ""


def test_a_word_alone_reads_as_that_of_the_command_line(root: Path) -> None:
    said = verdict("hold", A, why="wait for the mayor")
    act(root, said)
    assert log(root) == (
        "verdict: hold Story number 0 of the coast\n\nwait for the mayor\n\nby Anna\n\n"
        f"Copydesk-Action: verdict hold _news/{A}.md #{said.id}"
    )


def test_a_commit_has_one_editor_and_fifty_words_at_most(root: Path) -> None:
    before = commits(root)
    many = [rename(A, f"Headline {number}") for number in range(MOST_IN_A_COMMIT + 1)]
    act(root, *many, verdict("hold", B, by="Ben"))
    assert commits(root) == before + 3
    assert read(root, A).title == f"Headline {MOST_IN_A_COMMIT}"


def test_each_word_sees_what_those_before_it_changed(root: Path) -> None:
    outcomes = act(
        root,
        verdict("hold", A),
        verdict("clear", A),
        rename(B, "One"),
        action("rule", "undo", B, values=("rename",)),
        rename(C, "Once"),
        rename(C, "Twice"),
    )
    assert {told.state for told in outcomes} == {"done"}
    assert (read(root, A).verdict, read(root, C).title) == (None, "Twice")
    assert [rule.values for rule in archive.read_rulings(root).rules] == [("Twice",)]


def test_one_that_cannot_hold_stops_no_other(root: Path) -> None:
    outcomes = act(
        root,
        verdict("hold", "2026-01-01-none"),
        verdict("shout", A),
        rename(A, " "),
        action("rule", "pin", A, B),
        action("rule", "split", A, until=NOW),
        action("rule", "sing", A),
        action("rule", "undo", A, values=("pin",)),
        action("correct", "", A, values=("url", "x"), why="x"),
        action("undo", "", values=("act-unknown",)),
        action("write", ""),
        verdict("hold", A, by=" "),
        verdict("hold", "../beat"),
        verdict("hold", B),
    )
    assert [told.state for told in outcomes] == [*["refused"] * 12, "done"]
    assert all(told.what and told.commit is None for told in outcomes[:-1])
    assert read(root, A).verdict is None
    assert read(root, B).verdict is not None


@pytest.mark.parametrize("wrong", ["", "a b", "#1", "x" * 101, "a\nb"])
def test_an_id_that_a_commit_could_not_name_is_refused(root: Path, wrong: str) -> None:
    said = EditorAction(id=wrong, kind="verdict", said="hold", by="Anna", at=NOW, stories=(A,))
    (told,) = act(root, said)
    assert (told.id, told.state) == (wrong, "refused")


def test_a_record_under_a_persons_pen_is_refused_and_the_others_are_filed(root: Path) -> None:
    file = root / "_news" / f"{A}.md"
    file.write_text(file.read_text("utf-8").replace("Story", "A story"), "utf-8")
    before = file.read_bytes()

    refused, done = act(root, verdict("hold", A), verdict("hold", B))

    assert (refused.state, done.state) == ("refused", "done")
    assert "the file has uncommitted edits" in refused.what
    assert "commit the edits first" in refused.hint
    assert file.read_bytes() == before


def test_rulings_under_a_persons_pen_refuse_rules_alone(root: Path) -> None:
    act(root, action("rule", "pin", C))
    (root / RULES).write_text((root / RULES).read_text("utf-8") + "# mine\n", "utf-8")
    refused, done = act(root, rename(A, "New"), verdict("hold", B))
    assert (refused.state, done.state) == ("refused", "done")
    assert read(root, A).title != "New"


def test_a_word_on_several_stories_is_one_action(root: Path) -> None:
    said = verdict("reject", A, B)
    (told,) = act(root, said)
    assert set(told.paths) == {f"_news/{A}.md", f"_news/{B}.md"}
    act(root, undo(said))
    assert [read(root, name).verdict for name in (A, B)] == [None, None]


def test_a_removed_story_leaves_no_text_and_is_back_when_that_is_undone(root: Path) -> None:
    said = verdict("remove", A)
    act(root, said)
    assert archive.read_rulings(root).removed
    act(root, undo(said))
    assert archive.read_rulings(root).removed == ()
    assert read(root, A).verdict is None


# ---- each of them once ---------------------------------------------------------------------------


def test_what_was_filed_is_not_filed_again(root: Path) -> None:
    said = [verdict("hold", A), rename(A, "New")]
    first = act(root, *said)
    act(root, verdict("publish", A, by="Ben"), rename(A, "Newer", by="Ben"))
    before, head = files(root), commits(root)

    again = act(root, *said)

    assert [(told.state, told.commit) for told in again] == [
        (told.state, told.commit) for told in first
    ]
    assert (files(root), commits(root)) == (before, head)


def test_git_knows_what_was_filed_where_the_memory_was_lost(root: Path) -> None:
    said = [verdict("hold", A), rename(B, "New")]
    first = act(root, *said)
    act(root, verdict("publish", A, by="Ben"))
    (root / ".copydesk/memory.sqlite").unlink()
    before = files(root)

    again = act(root, *said)

    assert [told.commit for told in again] == [told.commit for told in first]
    assert files(root) == before


def test_the_same_id_twice_in_a_row_is_one_action(root: Path) -> None:
    said = rename(A, "New")
    first, second = act(root, said, replace(said, values=("Other",)))
    assert first == second
    assert [rule.values for rule in archive.read_rulings(root).rules] == [("New",)]


def test_without_git_the_words_are_on_the_disk(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(2), git=False)
    said = verdict("hold", A)
    (told,) = act(root, said)
    assert (told.state, told.commit) == ("done", None)
    assert "without a history" in told.hint
    before = files(root)
    assert act(root, said)[0].state == "done"
    assert files(root) == before


# ---- conflicts -----------------------------------------------------------------------------------


def test_without_git_what_was_filed_is_not_filed_again(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(2), git=False)
    said = [verdict("hold", A), rename(A, "New")]
    act(root, *said)
    act(root, verdict("publish", A, by="Ben"), rename(A, "Newer", by="Ben"))
    before = files(root)
    assert [told.state for told in act(root, *said)] == ["done", "done"]
    assert files(root) == before


def test_a_field_that_another_changed_since_is_not_overwritten(root: Path) -> None:
    seen = see(root, A)
    act(root, rename(A, "Ben's words", by="Ben"))
    before = files(root)

    (told,) = act(root, rename(A, "Anna's words", seen=seen))

    assert told.state == "conflict"
    (conflict,) = told.conflicts
    assert (conflict.path, conflict.field) == (f"_news/{A}.md", "title")
    assert (conflict.left, conflict.now) == ("Anna's words", "Ben's words")
    assert files(root) == before
    (mine,) = act(root, rename(A, "Anna's words", seen=see(root, A)))
    assert (mine.state, read(root, A).title) == ("done", "Anna's words")


FIELDS = [
    ("title", "Story number 0", "A tale of", rename(A, "Mine")),
    (
        "excerpt",
        "excerpt: ",
        "excerpt: An edit. ",
        action("rule", "set", A, values=("excerpt", "E")),
    ),
    ("topics", "- Coast", "- Sea", action("rule", "retopic", A, values=("Coast",))),
]


@pytest.mark.parametrize(("field", "old", "new", "said"), FIELDS, ids=lambda it: str(it)[:8])
def test_an_edit_in_the_file_is_not_overwritten(
    root: Path, field: str, old: str, new: str, said: EditorAction
) -> None:
    seen = see(root, A)
    by_hand(root, A, old, new)
    before = files(root)
    (told,) = act(root, replace(said, seen=seen, id=f"hand-{field}"))
    assert (told.state, [one.field for one in told.conflicts]) == ("conflict", [field])
    assert files(root) == before


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("hold", "publish", "conflict"),
        ("publish", "publish", "done"),
        ("hold", "clear", "conflict"),
        ("clear", "clear", "done"),
    ],
)
def test_a_word_over_anothers_is_a_choice(root: Path, first: str, second: str, state: str) -> None:
    act(root, verdict("reject", A, by="Cy"))
    seen = see(root, A)
    act(root, verdict(first, A, by="Ben"))
    before = files(root)
    (told,) = act(root, verdict(second, A, seen=seen))
    assert told.state == state
    assert files(root) == before


def test_a_word_is_not_said_over_what_a_person_wrote_into_the_file(root: Path) -> None:
    seen = see(root, A)
    by_hand(root, A, "published: true", "published: false")
    (told,) = act(root, verdict("publish", A, seen=seen))
    assert told.state == "conflict"
    assert told.conflicts[0].now == "published: false"


def test_an_editors_own_words_are_in_nobodys_way(root: Path) -> None:
    seen = see(root, A)
    told = [
        *act(root, verdict("hold", A, seen=seen), rename(A, "One", seen=seen)),
        *act(root, verdict("publish", A, seen=seen), rename(A, "Two", seen=seen)),
        *act(root, verdict("clear", A, seen=seen), verdict("hold", A, seen=seen)),
    ]
    assert {one.state for one in told} == {"done"}
    assert read(root, A).title == "Two"


def test_an_editors_own_words_of_one_commit_are_in_nobodys_way(root: Path) -> None:
    act(root, verdict("reject", A, by="Ben"))
    seen = see(root, A)
    told = act(
        root,
        verdict("clear", A, seen=seen),
        verdict("hold", A, seen=seen),
        action("rule", "set", A, values=("note", "Mine"), seen=seen),
        action("rule", "undo", A, values=("set", "note"), seen=seen),
        action("rule", "set", A, values=("note", "Mine again"), seen=seen),
    )
    assert [one.state for one in told] == ["done"] * 5


def test_what_a_round_changes_by_itself_is_in_nobodys_way(root: Path) -> None:
    seen = see(root, A)
    by_hand(root, A, "heat: 80", "heat: 91")
    (told,) = act(root, verdict("hold", A, seen=seen))
    assert told.state == "done"


def test_another_field_is_in_nobodys_way(root: Path) -> None:
    seen = see(root, A)
    act(root, rename(A, "Ben's words", by="Ben"))
    (told,) = act(root, verdict("hold", A, seen=seen))
    assert told.state == "done"
    assert read(root, A).title == "Ben's words"


def test_a_conflict_on_one_of_several_stories_changes_none(root: Path) -> None:
    seen = {**see(root, A), **see(root, B)}
    act(root, verdict("hold", B, by="Ben"))
    (told,) = act(root, verdict("reject", A, B, seen=seen))
    assert [one.path for one in told.conflicts] == [f"_news/{B}.md"]
    assert read(root, A).verdict is None


def test_a_note_of_everyday_is_not_overwritten(everyday: Path) -> None:
    seen = see(everyday, A)
    act(everyday, action("rule", "set", A, by="Ben", values=("note", "Ben's")))
    (told,) = act(everyday, action("rule", "set", A, values=("note", "Anna's"), seen=seen))
    assert told.state == "conflict"
    assert (told.conflicts[0].left, told.conflicts[0].now) == ("Anna's", "Ben's")


# ---- undo ----------------------------------------------------------------------------------------


def test_one_of_many_is_taken_back_alone(root: Path) -> None:
    many = [
        verdict("hold", A),
        rename(A, "New words"),
        action("rule", "set", A, values=("note", "Ours.")),
        verdict("reject", B),
    ]
    act(root, *many)

    (told,) = act(root, undo(many[1], by="Ben"))

    assert told.state == "done"
    assert log(root).startswith("undo: rule: rename Story number 0 of the coast\n\nby Ben")
    story = read(root, A)
    assert (story.title, story.note) == ("Story number 0 of the coast", "Ours.")
    assert story.verdict is not None
    assert [rule.said for rule in archive.read_rulings(root).rules] == ["set"]


def test_all_of_many_taken_back_one_by_one_leave_nothing(root: Path) -> None:
    before = files(root)
    many = [
        verdict("hold", A),
        rename(A, "New words"),
        action("rule", "pin", B),
        action("rule", "block", values=("horoscope",)),
        verdict("remove", C),
    ]
    act(root, *many)
    act(root, *(undo(one) for one in reversed(many)))
    now = files(root)
    assert now.pop("rulings.yaml", b"").strip() == b""
    assert now == before


def test_everyday_is_taken_back_too_and_is_nobodys_edit(everyday: Path) -> None:
    before = files(everyday)
    many = [verdict("hold", A), rename(A, "New words"), rename(A, "Newer words")]
    act(everyday, *many)
    assert {one.state for one in act(everyday, *(undo(each) for each in reversed(many)))} == {
        "done"
    }
    now = files(everyday)
    assert now.pop("rulings.yaml", b"").strip() == b""
    assert now == before


def test_a_later_word_is_in_the_way_of_undo(root: Path) -> None:
    said = verdict("hold", A)
    act(root, said)
    act(root, verdict("publish", A, by="Ben"))
    before = files(root)
    (told,) = act(root, undo(said))
    assert (told.state, told.conflicts[0].field) == ("conflict", "verdict")
    assert files(root) == before


def test_a_rounds_new_heat_is_not_in_the_way_of_undo(root: Path) -> None:
    said = verdict("hold", A)
    act(root, said)
    by_hand(root, A, "heat: 80", "heat: 91")
    assert act(root, undo(said))[0].state == "done"
    assert (read(root, A).published, read(root, A).heat) == (True, 91)


def test_what_was_undone_may_be_done_again_by_undoing_that(root: Path) -> None:
    said = rename(A, "New words")
    act(root, said)
    back = undo(said)
    act(root, back)
    (again,) = act(root, undo(said))
    assert (again.state, again.paths) == ("done", ())
    act(root, undo(back))
    assert read(root, A).title == "New words"


def test_undo_goes_by_git_where_the_memory_was_lost(root: Path) -> None:
    alone, *many = [verdict("hold", A), verdict("hold", B), rename(B, "New words")]
    act(root, alone)
    act(root, *many)
    (root / ".copydesk/memory.sqlite").unlink()
    done, refused = act(root, undo(alone), undo(many[0]))
    assert (done.state, refused.state) == ("done", "refused")
    assert read(root, A).verdict is None


def test_the_command_lines_undo_takes_back_a_commit_of_the_desk(root: Path) -> None:
    before = files(root)
    outcomes = act(root, verdict("hold", A), rename(B, "New words"))
    assert outcomes[0].commit
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        report = undo_action(opened, outcomes[0].commit, "Ada")
    assert report.action == f"verdict hold _news/{A}.md · rule rename {B}"
    assert files(root) == before


# ---- corrections ---------------------------------------------------------------------------------


def test_a_correction_is_seen_by_readers_and_stays(root: Path) -> None:
    at = NOW + timedelta(hours=1)
    values = ("title", "It is three metres", "excerpt", "Three metres it is.")
    (told,) = act(root, action("correct", "", A, at=at, values=values, why="We said two."))
    story = read(root, A)
    assert told.state == "done"
    assert (story.title, story.excerpt, story.updated_at) == (values[1], values[3], at)
    assert story.history == (
        '2026-11-20T09:00:00Z title was "Story number 0 of the coast"',
        "2026-11-20T09:00:00Z corrected here: We said two.",
    )
    assert {rule.said for rule in archive.read_rulings(root).rules} == {"rename", "set"}
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        building.build(opened, newsroom.Silence())
    page = (root / f".copydesk/site/news/{A}/index.html").read_text("utf-8")
    assert "Corrected by the editors: We said two." in page


def test_a_correction_wants_a_published_story_and_a_note(root: Path, everyday: Path) -> None:
    act(root, verdict("hold", A))
    values = ("title", "New")
    told = [
        *act(root, action("correct", "", A, values=values, why="so")),
        *act(root, action("correct", "", B, values=values)),
        *act(everyday, action("correct", "", B, values=values, why="so")),
    ]
    assert [one.state for one in told] == ["refused"] * 3
    assert ["not published" in told[0].what, "note" in told[1].what] == [True, True]


def test_a_correction_is_taken_back_with_its_note(root: Path) -> None:
    before = files(root)
    said = action("correct", "", A, values=("title", "New"), why="so")
    act(root, said)
    act(root, undo(said))
    now = files(root)
    assert now.pop("rulings.yaml", b"").strip() == b""
    assert now == before


# ---- records that changed under an open page -----------------------------------------------------


def test_a_record_that_was_archived_since_is_found(root: Path) -> None:
    (root / "_archive/_news").mkdir(parents=True)
    run_git(root, "mv", f"_news/{A}.md", f"_archive/_news/{A}.md")
    run_git(root, "commit", "-qm", "archive")
    said = verdict("hold", A)
    (told,) = act(root, said)
    assert told.paths == (f"_archive/_news/{A}.md",)
    assert act(root, undo(said))[0].state == "done"


def test_a_record_that_is_broken_is_refused_by_itself(root: Path) -> None:
    (root / "_news" / f"{A}.md").write_text("---\ntitle: [\n---\n", "utf-8")
    run_git(root, "commit", "-qam", "broken")
    refused, done = act(root, verdict("hold", A), verdict("hold", B))
    assert (refused.state, done.state) == ("refused", "done")
    assert A in refused.what


def test_on_a_detached_head_words_are_on_the_disk_and_wait_for_git(root: Path) -> None:
    run_git(root, "checkout", "-q", "--detach")
    said = verdict("hold", A)
    (told,) = act(root, said)
    assert (told.state, told.commit) == ("done", None)
    assert "not committed (detached HEAD)" in told.hint
    run_git(root, "checkout", "-q", "main")
    (again,) = act(root, said)
    assert again.commit == run_git(root, "rev-parse", "HEAD").strip()
    assert log(root).endswith(f"#{said.id}")


def test_a_story_that_is_given_back_in_the_same_commit_keeps_its_text(root: Path) -> None:
    said = verdict("remove", A)
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        url = read(root, A).addresses[0]
        opened.articles.put(
            Article(
                url=url, web_url=url, title="x", published_at=NOW, source="", found=NOW, text="Text"
            )
        )
    act(root, said, undo(said))
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        assert opened.articles.find(url) is not None


def test_an_address_that_another_story_has_is_refused(root: Path) -> None:
    taken = read(root, B).web_url
    (told,) = act(root, action("rule", "set", A, values=("url", taken)))
    assert (told.state, B in told.what) == ("refused", True)
    own, other = "https://a.example/new", "https://a.example/newer"
    first, second, third = act(
        root,
        action("rule", "set", A, values=("url", own)),
        action("rule", "set", B, values=("url", own)),
        action("rule", "set", A, values=("url", other)),
    )
    assert (first.state, second.state, third.state) == ("done", "refused", "done")
    assert own in archive.read_rulings(root).rules[0].values


def test_a_pin_has_an_end(root: Path) -> None:
    act(root, action("rule", "pin", A, until=NOW + timedelta(days=1)))
    assert archive.read_rulings(root).rules[0].until == NOW + timedelta(days=1)
