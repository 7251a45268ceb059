"""Commits: exactly our paths, nobody else's work, whatever the repository is going through."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.checkout import Checkout, begin
from copydesk.archive.git import Repository, start_repository
from copydesk.errors import CopydeskError, GitError

Act = Callable[[Checkout], object]
NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)


def test_only_the_given_paths_are_committed(checkout: Checkout) -> None:
    checkout.put("_news/a.md", "ours\n")
    checkout.put("_news/c.md", "new\n")
    (checkout.root / "_news" / "b.md").unlink()
    checkout.put("README.md", "the user's edit\n")
    checkout.put("draft.md", "the user's draft\n")
    paths = ["_news/a.md", "_news/b.md", "_news/c.md"]

    commit = checkout.repository().commit(paths, "Round: 3 stories", when=NOON)

    assert commit == checkout.git("rev-parse", "HEAD")
    assert ["M\t_news/a.md", "D\t_news/b.md", "A\t_news/c.md"] == checkout.git(
        "diff", "--name-status", "HEAD^", "HEAD"
    ).splitlines()
    assert [" M README.md", "?? draft.md"] == checkout.status()


def test_a_lost_folder_of_the_last_commit_is_an_error_and_deletes_no_file(
    checkout: Checkout,
) -> None:
    head, tree = checkout.git("rev-parse", "HEAD", "HEAD:_news").splitlines()
    (checkout.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    checkout.put("_news/c.md", "new\n")

    with pytest.raises(GitError):
        checkout.repository().commit(["_news/c.md"], "Round", when=NOON)

    assert head == checkout.git("rev-parse", "HEAD")


def test_what_the_user_staged_stays_staged_and_uncommitted(checkout: Checkout) -> None:
    checkout.put("README.md", "staged\n")
    checkout.put("draft.md", "staged, new\n")
    checkout.git("add", "README.md", "draft.md")
    checkout.git("rm", "-q", "--cached", "_news/b.md")
    checkout.put("README.md", "and edited again\n")
    checkout.put("_news/a.md", "ours\n")

    checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert ["M\t_news/a.md"] == checkout.git("diff", "--name-status", "HEAD^", "HEAD").splitlines()
    assert ["MM README.md", "D  _news/b.md", "A  draft.md", "?? _news/b.md"] == checkout.status()
    assert "staged" == checkout.git("show", ":README.md")


def test_a_path_that_was_staged_otherwise_is_left_to_the_user(checkout: Checkout) -> None:
    checkout.put("_news/a.md", "theirs\n")
    checkout.git("add", "_news/a.md")
    checkout.put("_news/a.md", "ours\n")
    checkout.put("_news/b.md", "ours\n")

    checkout.repository().commit(["_news/a.md", "_news/b.md"], "Round", when=NOON)

    assert "_news/b.md" == checkout.git("diff", "--name-only", "HEAD^", "HEAD")
    assert "theirs" == checkout.git("show", ":_news/a.md")


def test_a_clean_tree_is_clean_after_a_commit_for_every_way_of_asking(checkout: Checkout) -> None:
    checkout.put("_news/a.md", "ours\n")

    checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert [] == checkout.status()
    assert "" == checkout.git("diff-files")
    assert "" == checkout.git("diff-index", "HEAD")
    assert "" == checkout.git("fsck", "--no-dangling", "--strict")
    assert {"copydesk-busy"} == {
        file.name for file in (checkout.root / ".git").iterdir() if "copydesk" in file.name
    }


def test_a_commit_looks_at_no_file_but_its_own(checkout: Checkout) -> None:
    checkout.put("_news/a.md", "ours\n")
    checkout.put("_news/old.md", "old\n")
    checkout.git("add", "_news/old.md")
    checkout.git("commit", "-q", "-m", "old")
    os.utime(checkout.root / "_news/old.md", (1, 1))  # for git it may have changed

    checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert "_news/old.md" == checkout.git("diff-files", "--name-only")
    assert [] == checkout.status()


def test_nothing_to_commit_is_no_commit(checkout: Checkout) -> None:
    before = checkout.git("rev-parse", "HEAD")

    assert checkout.repository().commit(["_news/a.md", "_news/none.md"], "Round", when=NOON) is None
    assert checkout.repository().commit([], "Round", when=NOON) is None

    assert before == checkout.git("rev-parse", "HEAD")


def test_the_first_commit_of_a_branch_has_no_parent(tmp_path: Path) -> None:
    checkout = begin(tmp_path / "new")
    checkout.put("_news/a.md")
    checkout.put("note.md")
    checkout.git("add", "note.md")

    commit = checkout.repository().commit(["_news/a.md"], "First", when=NOON)

    assert commit == checkout.git("rev-list", "HEAD")
    assert ["A  note.md"] == checkout.status()


def test_equal_rounds_make_equal_commits(tmp_path: Path) -> None:
    made = set()
    for name in ("one", "other"):
        checkout = begin(tmp_path / name)
        checkout.put("_news/a.md")
        when = NOON + timedelta(microseconds=len(name))
        made.add(checkout.repository().commit(["_news/a.md"], "Round", when=when))

    assert 1 == len(made)


def test_a_commit_says_who_when_and_what(checkout: Checkout) -> None:
    checkout.put("_news/a.md", "ours\n")
    message = "Ein Überblick: 1 story\n\nfiled 1"

    checkout.repository().commit(
        ["_news/a.md"], message, author="The Desk <desk@site.example>", when=NOON
    )

    expected = "The Desk|desk@site.example|2025-03-04T12:00:00Z"
    assert f"{expected}|{expected}" == checkout.git(
        "log", "-1", "--date=format:%Y-%m-%dT%H:%M:%SZ", "--format=%an|%ae|%ad|%cn|%ce|%cd"
    )
    assert message == checkout.git("log", "-1", "--format=%B").strip()
    assert "copydesk: Ein Überblick: 1 story" == checkout.git("reflog", "-1", "--format=%gs")


@pytest.mark.parametrize("author", ["", "<>", "Only A Name", "a\nb <c\nd>"])
def test_any_author_makes_a_commit(author: str, checkout: Checkout) -> None:
    checkout.put("_news/a.md", "ours\n")

    assert checkout.repository().commit(["_news/a.md"], "\0", author=author, when=NOON)

    assert "" == checkout.git("fsck", "--no-dangling")


@pytest.mark.parametrize(
    "path", ["_news/two words.md", '_news/"quoted".md', "_news/naïve—é.md", "_news/:(top)x*.md"]
)
def test_an_odd_name_is_committed_and_compared_as_itself(path: str, checkout: Checkout) -> None:
    checkout.put(path, "ours\n")
    repository = checkout.repository()
    assert {path} == repository.find_user_changes([path])

    assert repository.commit([path], "Round", when=NOON)

    assert b"ours\n" == checkout.committed(path)
    assert set() == repository.find_user_changes([path])
    assert [] == checkout.status()


@pytest.mark.parametrize("path", ["../outside.md", "/etc/passwd", "_news/a\nb.md"])
def test_a_path_elsewhere_is_refused(path: str, checkout: Checkout) -> None:
    with pytest.raises(CopydeskError):
        checkout.repository().commit([path], "Round", when=NOON)


def test_a_newsroom_below_the_top_level_commits_its_own_files(tmp_path: Path) -> None:
    checkout = begin(tmp_path / "big")
    checkout.save("_news/a.md", "sites/ai/_news/a.md")
    checkout.put("_news/a.md", "not the newsroom's\n")
    checkout.put("sites/ai/_news/a.md", "ours\n")
    repository = checkout.repository("sites/ai")
    assert {"_news/a.md"} == repository.find_user_changes(["_news/a.md"])

    repository.commit(["_news/a.md"], "Round", when=NOON)

    assert [" M _news/a.md"] == checkout.status()
    assert set() == repository.find_user_changes(["_news/a.md"])


@pytest.mark.parametrize(
    ("settings", "attributes"),
    [
        (["core.autocrlf=true"], ""),
        (["core.autocrlf=input", "core.safecrlf=true"], ""),
        ([], "*.md text eol=crlf ident\n"),
        (["filter.rot.clean=tr a-z n-za-m", "filter.rot.required=true"], "*.md filter=rot\n"),
        ([], "*.md working-tree-encoding=UTF-16\n"),
    ],
    ids=["autocrlf", "input and safe", "eol and ident", "a filter", "an encoding"],
)
def test_bytes_are_committed_as_they_are_on_disk(
    settings: list[str], attributes: str, tmp_path: Path
) -> None:
    checkout = begin(tmp_path / "newsroom")
    for setting in settings:
        checkout.git("config", *setting.split("=", 1))
    checkout.put(".gitattributes", attributes)
    checkout.put("_news/a.md", "one\r\ntwo\n$Id$\n")
    repository = checkout.repository()

    repository.commit(["_news/a.md"], "Round", when=NOON)

    assert b"one\r\ntwo\n$Id$\n" == checkout.committed("_news/a.md")
    assert set() == repository.find_user_changes(["_news/a.md"])


def test_no_hook_no_signature_no_template(checkout: Checkout) -> None:
    for name in ("pre-commit", "commit-msg", "reference-transaction", "post-index-change"):
        hook = checkout.put(f".git/hooks/{name}", "#!/bin/sh\necho ran >> ran\nexit 1\n")
        hook.chmod(0o755)
    for setting in (
        ("commit.gpgSign", "true"),
        ("gpg.program", "/nowhere"),
        ("i18n.commitEncoding", "latin1"),
    ):
        checkout.git("config", *setting)
    checkout.put("_news/a.md", "ours\n")

    assert checkout.repository().commit(["_news/a.md"], "Größe", when=NOON)

    assert [] == list(checkout.root.rglob("ran"))
    assert "gpgsig" not in checkout.git("cat-file", "commit", "HEAD")
    assert "encoding" not in checkout.git("cat-file", "commit", "HEAD")


def test_git_variables_of_the_caller_lead_nowhere(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.put("_news/a.md", "ours\n")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")

    repository = checkout.repository()
    commit = repository.commit(["_news/a.md"], "Round", when=NOON)

    monkeypatch.undo()
    assert commit == checkout.git("rev-parse", "HEAD")
    assert "copydesk" == checkout.git("log", "-1", "--format=%an")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("option", ["--object-format=sha256", "--ref-format=reftable"])
def test_newer_forms_of_repository_work(option: str, tmp_path: Path) -> None:
    checkout = begin(tmp_path / "newsroom", option)
    checkout.save("_news/a.md", "_news/b.md")
    checkout.put("_news/a.md", "ours\n")
    (checkout.root / "_news/b.md").unlink()
    repository = checkout.repository()
    assert {"_news/a.md", "_news/b.md"} == repository.find_user_changes(
        ["_news/a.md", "_news/b.md"]
    )

    assert repository.commit(["_news/a.md", "_news/b.md"], "Round", when=NOON)

    assert [] == checkout.status()
    assert set() == repository.find_user_changes(["_news/a.md", "_news/b.md"])


def test_a_split_index_is_brought_along(checkout: Checkout) -> None:
    checkout.git("update-index", "--split-index")
    checkout.put("README.md", "staged\n")
    checkout.git("add", "README.md")
    checkout.put("_news/a.md", "ours\n")

    checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert ["M  README.md"] == checkout.status()


def test_a_second_working_tree_has_its_own_branch_and_index(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Checkout(root=tmp_path / "side")
    assert (side.root / ".git").is_file()
    side.put("_news/a.md", "ours\n")

    commit = side.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert commit == checkout.git("rev-parse", "side") != checkout.git("rev-parse", "main")
    assert [] == side.status() == checkout.status()


def test_the_user_s_word_is_read_from_git(checkout: Checkout) -> None:
    assert "" == checkout.repository().user()
    checkout.git("config", "user.name", "Ada Anchor")
    assert "Ada Anchor" == checkout.repository().user()
    checkout.git("config", "user.email", "ada@site.example")
    assert "Ada Anchor <ada@site.example>" == checkout.repository().user()


# What the user has under the pen.


def _link(checkout: Checkout) -> None:
    (checkout.root / "_news/a.md").unlink()
    (checkout.root / "_news/a.md").symlink_to("b.md")


@pytest.mark.parametrize(
    ("situation", "changed"),
    [
        (lambda c: None, False),
        (lambda c: c.put("_news/a.md", "edited\n"), True),
        (lambda c: (c.put("_news/a.md", "edited\n"), c.git("add", "-A")), True),
        (lambda c: (c.put("_news/a.md", "x\n"), c.git("add", "-A"), c.put("_news/a.md")), True),
        (lambda c: (c.root / "_news/a.md").unlink(), True),
        (lambda c: c.git("rm", "-q", "_news/a.md"), True),
        (lambda c: c.git("rm", "-q", "--cached", "_news/a.md"), True),
        (lambda c: (c.git("rm", "-q", "_news/a.md"), c.git("commit", "-qm", "gone")), False),
        (_link, True),
        (lambda c: ((c.root / "_news/a.md").unlink(), (c.root / "_news/a.md").mkdir()), True),
        (lambda c: (c.put("_news/a.md", "x\n"), c.save()), False),
        (lambda c: (c.git("mv", "_news/a.md", "_news/moved.md")), True),
        (lambda c: (c.root / "_news/a.md").touch(), False),
    ],
    ids=[
        *("clean", "edited", "staged", "staged and edited back", "deleted", "deleted and staged"),
        *("taken out of the index", "deleted for good", "a link now", "a folder now", "committed"),
        *("moved", "touched"),
    ],
)  # fmt: skip
def test_a_record_under_the_user_s_pen_is_named(
    situation: Act, changed: bool, checkout: Checkout
) -> None:
    situation(checkout)

    found = checkout.repository().find_user_changes(["_news/a.md", "_news/b.md", "_news/none.md"])

    assert ({"_news/a.md"} if changed else set()) == found


def test_a_file_that_git_does_not_know_is_the_user_s(checkout: Checkout) -> None:
    checkout.put("_news/c.md")

    assert {"_news/c.md"} == checkout.repository().find_user_changes(["_news/c.md"])


def test_a_conflict_is_the_user_s(checkout: Checkout) -> None:
    checkout.git("branch", "side")
    checkout.put("_news/a.md", "here\n")
    checkout.save()
    checkout.git("checkout", "-q", "side")
    checkout.put("_news/a.md", "there\n")
    checkout.save()
    with pytest.raises(Exception, match="merge"):
        checkout.git("merge", "main")

    assert {"_news/a.md"} == checkout.repository().find_user_changes(["_news/a.md", "_news/b.md"])


def test_many_paths_are_compared_as_few_are(checkout: Checkout) -> None:
    paths = [f"_news/{number}.md" for number in range(300)]
    checkout.save(*paths)
    checkout.put("_news/7.md", "edited\n")

    assert {"_news/7.md"} == checkout.repository().find_user_changes(paths)


# Where nothing can be committed.


def _detached(checkout: Checkout) -> None:
    checkout.git("checkout", "-q", "--detach")


def _stopped(*command: str) -> Act:
    def act(checkout: Checkout) -> None:
        checkout.git("checkout", "-q", "-b", "side")
        checkout.put("_news/a.md", "there\n")
        checkout.save()
        checkout.git("checkout", "-q", "main")
        checkout.put("_news/a.md", "here\n")
        checkout.save()
        with pytest.raises(Exception, match=command[0]):
            checkout.git(*command)

    return act


def _bisecting(checkout: Checkout) -> None:
    checkout.git("bisect", "start")


def _reverting(checkout: Checkout) -> None:
    for text in ("one\n", "two\n"):
        checkout.put("_news/a.md", text)
        checkout.save()
    with pytest.raises(Exception, match="revert"):
        checkout.git("revert", "HEAD~1")


OBSTACLES: list[tuple[str, Act]] = [
    ("detached HEAD", _detached),
    ("merge in progress", _stopped("merge", "side")),
    ("rebase in progress", _stopped("rebase", "side")),
    ("rebase in progress", _stopped("rebase", "--apply", "side")),
    ("cherry-pick in progress", _stopped("cherry-pick", "side")),
    ("revert in progress", _reverting),
    ("bisect in progress", _bisecting),
]


@pytest.mark.parametrize(("obstacle", "act"), OBSTACLES)
def test_an_obstacle_is_named_and_nothing_committed(
    obstacle: str, act: Act, checkout: Checkout
) -> None:
    act(checkout)
    checkout.put("_news/b.md", "ours\n")
    before = checkout.git("rev-parse", "HEAD"), checkout.status()
    repository = checkout.repository()

    assert (True, obstacle) == (repository.usable, repository.obstacle())
    with pytest.raises(GitError, match=obstacle):
        repository.commit(["_news/b.md"], "Round", when=NOON)
    assert before == (checkout.git("rev-parse", "HEAD"), checkout.status())


def test_a_healthy_branch_has_no_obstacle(checkout: Checkout, tmp_path: Path) -> None:
    assert "" == checkout.repository().obstacle()
    assert "" == begin(tmp_path / "unborn").repository().obstacle()


@pytest.mark.parametrize("kind", ["plain", "missing", "bare", "ignored"])
def test_a_folder_without_a_repository_of_its_own_is_plain(kind: str, tmp_path: Path) -> None:
    root = tmp_path / kind
    if kind != "missing":
        root.mkdir()
    if kind == "bare":
        begin(root, "--bare")
    if kind == "ignored":
        begin(tmp_path).put(".gitignore", "/ignored/\n")
    repository = Repository(root)

    assert not repository.usable
    assert repository.obstacle()
    assert set() == repository.find_user_changes(["_news/a.md"])
    with pytest.raises(GitError):
        repository.commit(["_news/a.md"], "Round", when=NOON)


def test_a_repository_without_the_git_binary_is_an_obstacle(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout.root
    monkeypatch.setenv("PATH", str(tmp_path))
    repository = Repository(root)
    assert repository.usable
    assert "git is not installed" in repository.obstacle()


def test_a_new_newsroom_gets_a_repository_even_in_an_ignored_folder(tmp_path: Path) -> None:
    outer = begin(tmp_path)
    outer.put(".gitignore", "/beat/\n")
    outer.put("beat/_news/a.md")

    repository = start_repository(tmp_path / "beat")

    assert repository.usable
    assert repository.commit(["_news/a.md"], "First", when=NOON)
    assert ["?? .gitignore"] == outer.status()
