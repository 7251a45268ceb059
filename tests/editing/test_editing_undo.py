"""One action of a person is undone by its commit, and nothing else with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.editing.undo import UndoReport, undo_action
from copydesk.errors import CopydeskError, GitError, RecordError, UsageError
from copydesk.news import Story
from copydesk.newsroom import open_newsroom
from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
RECORD = f"_news/{WALL}.md"
RULES = "_data/rulings.yaml"
EVERYDAY = '[scoring]\nprofile = "everyday"\n'
VERDICT = ("verdict", RECORD, "publish", "--why", "so")
ACTIONS = (
    VERDICT,
    ("verdict", RECORD, "hold", "--why", "so"),
    ("rule", "rename", RECORD, "The wall"),
    ("rule", "set", RECORD, "excerpt", "The wall rises."),
    ("rule", "set", RECORD, "note", "Ours."),
    ("rule", "pin", RECORD),
    ("rule", "block", "horoscope"),
    ("verdict", RECORD, "remove", "--why", "so"),
)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a newsroom of each profile in which one round was run; tests work on copies."""
    web = record_web(tmp_path_factory.mktemp("web") / "web.warc.gz", small_web())
    roots = {}
    for more in ("", EVERYDAY):
        root = roots[more] = newsroom(tmp_path_factory.mktemp("filed") / "beat", more=more)
        said = copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", web)
        assert said.code == 0, said.err
    return roots


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path, filed: dict[str, Path]) -> Path:
    return Path(shutil.copytree(filed[request.param], tmp_path / "beat"))


only_copydesk = pytest.mark.parametrize("root", [""], indirect=True, ids=["copydesk"])


def act(root: Path, *words: str) -> str:
    """Do something as an editor; gives the commit's id."""
    said = copydesk("-C", root, "--now", NOW.isoformat(), *words, "--as", "Ed", "--json")
    assert said.code == 0, said.err
    return str(said.json()["commit"])


def undo(root: Path, commit: str, why: str = "") -> UndoReport:
    with open_newsroom(root, NOW, {}) as opened:
        return undo_action(opened, commit, "Ada", why)


def story(root: Path) -> Story:
    return archive.Archive(root).read(RECORD)


def files(root: Path) -> dict[str, bytes]:
    places = (*(root / "_news").iterdir(), root / RULES)
    return {file.name: file.read_bytes() for file in places if file.exists()}


def by_hand(root: Path, old: str, new: str, path: str = RECORD) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")
    run_git(root, "commit", "-qam", "by hand")


@pytest.mark.sample(
    "copydesk-verdict-_news/0",
    "copydesk-verdict-_news/2",
    "copydesk-rule-rename",
    "copydesk-rule-set0",
    "copydesk-rule-pin",
    "copydesk-rule-block",
    "everyday-verdict-_news/1",
    "everyday-rule-set1",
)
@pytest.mark.parametrize("words", ACTIONS, ids=lambda words: "-".join((words[0], words[1][:6])))
def test_an_action_is_undone_to_the_byte_and_done_again_by_undoing_that(
    root: Path, words: tuple[str, ...]
) -> None:
    before = files(root)
    commit = act(root, *words)
    done = files(root)

    report = undo(root, commit, "a mistake")

    assert files(root) == before
    assert report.commit == run_git(root, "rev-parse", "HEAD").strip()
    assert run_git(root, "status", "--porcelain") == ""
    subject = run_git(root, "log", "-1", "--format=%s", commit).strip()
    message = run_git(root, "log", "-1", "--format=%B").strip()
    assert message == (f"undo: {subject}\n\na mistake\n\nby Ada\n\nCopydesk-Action: undo {commit}")
    assert report.commit is not None
    again = undo(root, report.commit)
    assert again.action == f"undo {commit}"
    assert files(root) == done


@pytest.mark.parametrize("words", ACTIONS[2:4], ids=["rename", "set"])
def test_what_was_undone_is_nobodys_edit(root: Path, words: tuple[str, ...]) -> None:
    before = files(root)
    undo(root, act(root, *words))
    anew = copydesk("-C", root, "--now", NOW.isoformat(), "rejudge", "--json").json()
    assert anew["changes"] == []
    act(root, "rule", "rename", RECORD, "Again")
    act(root, "rule", "undo", "1")
    assert files(root)[f"{WALL}.md"] == before[f"{WALL}.md"]


def test_what_else_changed_since_stays(root: Path) -> None:
    was = story(root).published
    commit = act(root, "verdict", RECORD, "hold" if was else "publish", "--why", "so")
    by_hand(root, "Sea wall to rise", "The wall is to rise")
    act(root, "rule", "pin", SEALS)

    report = undo(root, commit)

    assert report.differences == ()
    assert story(root).title.startswith("The wall is to rise")
    assert (story(root).published, story(root).verdict) == (was, None)
    rulings = archive.read_rulings(root)
    assert (rulings.verdicts, [rule.said for rule in rulings.rules]) == ({}, ["pin"])


def test_a_later_word_on_the_same_is_in_the_way(root: Path) -> None:
    commit = act(root, *VERDICT)
    act(root, "verdict", RECORD, "hold", "--why", "wait")
    before, head = files(root), run_git(root, "rev-parse", "HEAD")

    report = undo(root, commit)

    assert (report.commit, report.changed) == (None, ())
    told = {(one.left, one.now): one.field for one in report.differences}
    field = told["publish by Ed: so", "hold by Ed: wait"]
    assert field.startswith(("verdict", f"decision on {RECORD}"))  # of a record, or of the rules
    assert (files(root), run_git(root, "rev-parse", "HEAD")) == (before, head)


@only_copydesk
def test_a_heat_that_news_have_changed_is_in_the_way(root: Path) -> None:
    commit = act(root, "verdict", RECORD, "hold", "--why", "so")
    by_hand(root, f"heat: {story(root).heat}", "heat: 199")
    [difference] = undo(root, commit).differences
    assert (difference.path, difference.field, difference.now) == (RECORD, "heat", "199")


def test_a_rule_whose_place_another_has_taken_is_in_the_way(root: Path) -> None:
    commit = act(root, "rule", "rename", RECORD, "One")
    act(root, "rule", "rename", RECORD, "Two")
    before = files(root)
    told = {one.field: (one.left, one.now) for one in undo(root, commit).differences}
    assert told["title"] == ("One", "Two")
    assert "Two" in told["rule rename"][1]
    assert files(root) == before


def test_undoing_the_newer_of_two_headlines_brings_the_older_back(root: Path) -> None:
    act(root, "rule", "rename", RECORD, "One")
    done = files(root)
    undo(root, act(root, "rule", "rename", RECORD, "Two"))
    assert files(root) == done


def test_a_rule_that_was_taken_out_comes_back_at_its_place(root: Path) -> None:
    act(root, "rule", "block", "first")
    act(root, "rule", "block", "second")
    commit = act(root, "rule", "undo", "1")
    act(root, "rule", "block", "third")
    undo(root, commit)
    values = [rule.values for rule in archive.read_rulings(root).rules]
    assert values == [("first",), ("second",), ("third",)]


@pytest.mark.parametrize("words", [VERDICT, ACTIONS[2]], ids=["verdict", "rename"])
def test_an_action_that_is_undone_twice_changes_nothing_the_second_time(
    root: Path, words: tuple[str, ...]
) -> None:
    commit = act(root, *words)
    undo(root, commit)
    before = files(root)
    report = undo(root, commit)
    assert (report.commit, report.notes) == (None, ("it was already undone",))
    assert files(root) == before


def test_a_removal_that_is_undone_brings_the_record_back_without_its_text(root: Path) -> None:
    before = files(root)
    commit = act(root, "verdict", RECORD, "remove", "--why", "by mistake")

    report = undo(root, commit)

    assert report.is_urgent
    assert [note.split(": ")[0] for note in report.notes] == [("the text is no longer stored")]
    assert files(root) == before
    assert not archive.read_rulings(root).removed


@only_copydesk
def test_a_clear_is_undone_too(root: Path) -> None:
    act(root, *VERDICT)
    done = files(root)
    undo(root, act(root, "verdict", RECORD, "clear", "--why", "x"))
    assert files(root) == done


# what cannot be


def test_a_detached_head_is_refused(root: Path) -> None:
    commit = act(root, *VERDICT)
    run_git(root, "checkout", "-q", "--detach")
    before = files(root)
    with pytest.raises(GitError, match="nothing can be undone now: detached HEAD"):
        undo(root, commit)
    assert files(root) == before


@pytest.mark.parametrize("path", [RECORD, RULES])
def test_a_file_with_edits_is_refused(root: Path, path: str) -> None:
    commit = act(root, "rule", "rename", RECORD, "The wall")
    with (root / path).open("a", encoding="utf-8") as file:
        file.write("\n")
    before = files(root)
    with pytest.raises(RecordError, match="uncommitted edits"):
        undo(root, commit)
    assert files(root) == before


@pytest.mark.parametrize(
    ("name", "error", "what"),
    [
        ("0" * 40, GitError, "no such commit in this branch"),
        ("HEAD", GitError, "no such commit in this branch"),
        ("--help", GitError, "no such commit in this branch"),
        ("", GitError, "no such commit in this branch"),
    ],
)
def test_there_must_be_such_a_commit(
    root: Path, name: str, error: type[CopydeskError], what: str
) -> None:
    with pytest.raises(error, match=what):
        undo(root, name)


@only_copydesk
def test_a_commit_of_another_branch_is_none_of_ours(root: Path) -> None:
    run_git(root, "checkout", "-q", "-b", "other")
    commit = act(root, *VERDICT)
    run_git(root, "checkout", "-q", "main")
    with pytest.raises(GitError, match="no such commit in this branch"):
        undo(root, commit)


@pytest.mark.parametrize(
    "message",
    ["news: 2 new", "by hand\n\nCopydesk-Action: verdict publish x\n\nwords below"],
)
def test_only_a_persons_action_is_undone(root: Path, message: str) -> None:
    by_hand(root, "Sea wall", "The sea wall")
    run_git(root, "commit", "-q", "--amend", "-m", message)
    with pytest.raises(UsageError, match="the commit is neither a decision nor a rule"):
        undo(root, run_git(root, "rev-parse", "HEAD").strip())


@only_copydesk
def test_a_forged_action_on_another_file_is_refused(root: Path) -> None:
    by_hand(root, "Tidewatch", "Mine", "beat.toml")
    run_git(root, "commit", "-q", "--amend", "-m", "x\n\nCopydesk-Action: rule pin a")
    with pytest.raises(UsageError, match="the commit is neither a decision nor a rule"):
        undo(root, run_git(root, "rev-parse", "HEAD").strip())


@only_copydesk
def test_a_record_that_is_gone_is_told(root: Path) -> None:
    commit = act(root, *VERDICT)
    run_git(root, "rm", "-q", RECORD)
    run_git(root, "commit", "-qm", "gone")
    with pytest.raises(RecordError, match="the story does not exist"):
        undo(root, commit)


@only_copydesk
def test_a_record_in_the_archive_is_found_there(root: Path) -> None:
    was = story(root)
    commit = act(root, "verdict", RECORD, "hold", "--why", "so")
    (root / "_archive/_news").mkdir(parents=True)
    run_git(root, "mv", RECORD, f"_archive/{RECORD}")
    run_git(root, "commit", "-qm", "moved")
    assert undo(root, commit).changed == (f"_archive/{RECORD}",)
    now = archive.Archive(root).read(f"_archive/{RECORD}")
    assert (now.published, now.verdict) == (was.published, None)


def test_without_git_there_is_nothing_to_undo(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    with pytest.raises(GitError, match="nothing can be undone now: not a git repository"):
        undo(root, "0" * 40)
