"""A branch goes to its remote; where the remote has more, ours comes on top or nothing moves.

Real repositories on disk: a bare one as the remote, one clone for copydesk and one for a person.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.checkout import Checkout, copy_repositories
from copydesk.archive.git import Pushed
from copydesk.errors import GitError

WHEN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The newsroom, a person's clone of the same remote, and the remote itself."""

    newsroom: Checkout
    person: Checkout
    remote: Path

    def files_here(self, path: str, text: str) -> str:
        """Let copydesk commit a file in the newsroom."""
        self.newsroom.put(path, text)
        commit = self.newsroom.repository().commit([path], f"news: {path}", when=WHEN)
        assert commit is not None
        return commit

    def files_there(self, path: str, text: str) -> str:
        """Let the person commit a file in the clone and push it."""
        self.person.git("pull", "-q", "--rebase")
        self.person.put(path, text)
        self.person.git("add", "-A")
        self.person.git("commit", "-q", "-m", f"by hand: {path}")
        self.person.git("push", "-q", "origin", "main")
        return self.person.git("rev-parse", "HEAD")

    def tip(self, branch: str = "main") -> str:
        """Return the commit that the remote's branch has."""
        return Checkout(root=self.remote).git("rev-parse", f"refs/heads/{branch}")

    def all_of_it(self) -> tuple[str, str, str, list[str], dict[str, bytes]]:
        """Return everything that a failed push must leave as it was."""
        here = self.newsroom
        files = {
            str(path.relative_to(here.root)): path.read_bytes()
            for path in sorted(here.root.rglob("*"))
            if path.is_file() and ".git" not in path.relative_to(here.root).parts
        }
        state = (here.git("symbolic-ref", "HEAD"), here.git("rev-parse", "HEAD"))
        return (*state, here.git("ls-files", "-s"), here.status(), files)


@pytest.fixture(scope="module")
def made(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once what `both` copies."""
    folder = tmp_path_factory.mktemp("both")
    checkout = Checkout(root=Path(shutil.copytree(saved, folder / "newsroom")))
    checkout.git("branch", "-M", "main")
    remote = folder / "remote.git"
    checkout.git("init", "-q", "--bare", "-b", "main", str(remote))
    checkout.git("remote", "add", "origin", str(remote))
    checkout.git("push", "-q", "origin", "main")
    checkout.git("clone", "-q", str(remote), str(folder / "person"))
    return folder


@pytest.fixture
def both(made: Path, tmp_path: Path) -> Both:
    copy_repositories(made, tmp_path)
    newsroom, person = (Checkout(root=tmp_path / name) for name in ("newsroom", "person"))
    return Both(newsroom=newsroom, person=person, remote=tmp_path / "remote.git")


def refused(both: Both, remote: str = "origin") -> GitError:
    """Push, which must fail and change nothing here; give the error."""
    before = both.all_of_it()
    with pytest.raises(GitError) as caught:
        both.newsroom.repository().push(remote)
    assert before == both.all_of_it()
    assert leftovers(both) == []
    return caught.value


def leftovers(both: Both) -> list[str]:
    """Name what a rebase could leave behind in git's folder."""
    folder = both.newsroom.root / ".git"
    names = ("copydesk-rebase", "rebase-merge", "rebase-apply", "refs/copydesk/theirs")
    left = [name for name in names if (folder / name).exists()]
    return [*left, *(str(path) for path in folder.glob("worktrees/*"))]


def test_commits_are_pushed_and_the_first_push_follows_the_remote(both: Both) -> None:
    first = both.files_here("_news/1.md", "one\n")
    second = both.files_here("_news/2.md", "two\n")

    pushed = both.newsroom.repository().push("origin")

    assert Pushed(sent=2) == pushed
    assert second == both.tip()
    assert first == both.newsroom.git("rev-parse", "HEAD^")
    assert "refs/heads/main" == both.newsroom.git("config", "branch.main.merge")
    assert "## main...origin/main" == both.newsroom.git("status", "-sb").splitlines()[0]


def test_a_branch_the_remote_does_not_know_is_made_there(both: Both) -> None:
    both.newsroom.git("switch", "-q", "-c", "desk")
    commit = both.files_here("_news/1.md", "one\n")

    both.newsroom.repository().push("origin")

    assert commit == both.tip("desk")


def test_a_branch_that_follows_another_name_goes_to_that_name(both: Both) -> None:
    both.newsroom.git("branch", "-q", "-u", "origin/main")
    both.newsroom.git("branch", "-M", "desk")
    commit = both.files_here("_news/1.md", "one\n")

    both.newsroom.repository().push("origin")

    assert commit == both.tip("main")


def test_a_branch_that_follows_another_remote_goes_on_to_follow_it(
    both: Both, tmp_path: Path
) -> None:
    both.newsroom.git("branch", "-q", "-u", "origin/main")
    both.newsroom.git("init", "-q", "--bare", str(tmp_path / "backup.git"))
    both.newsroom.git("remote", "add", "backup", str(tmp_path / "backup.git"))
    both.files_here("_news/1.md", "one\n")

    assert 2 == both.newsroom.repository().push("backup").sent

    assert "origin" == both.newsroom.git("config", "branch.main.remote")


def test_with_nothing_on_either_side_nothing_is_done(both: Both) -> None:
    both.newsroom.put("README.md", "half a sentence")
    before = both.all_of_it()
    fetched = both.newsroom.root / ".git" / "FETCH_HEAD"

    assert Pushed() == both.newsroom.repository().push("origin")

    assert before == both.all_of_it()
    assert not fetched.exists()


def test_with_nothing_to_push_what_the_remote_has_more_comes_in(both: Both) -> None:
    both.files_there("_news/a.md", "a verdict\n")
    theirs = both.files_there("_news/theirs.md", "theirs\n")
    both.newsroom.put("notes.txt", "mine\n")

    assert Pushed(taken=2) == both.newsroom.repository().push("origin")

    here = both.newsroom
    assert theirs == here.git("rev-parse", "HEAD") == both.tip()
    assert "a verdict\n" == (here.root / "_news/a.md").read_text()
    assert ["?? notes.txt"] == here.status()
    assert "refs/heads/main" == here.git("symbolic-ref", "HEAD")
    assert leftovers(both) == []
    assert Pushed() == here.repository().push("origin")


def test_with_nothing_to_push_files_that_a_person_works_on_are_not_moved_either(
    both: Both,
) -> None:
    both.files_there("_news/theirs.md", "theirs\n")
    both.newsroom.put("README.md", "half a sentence")

    error = refused(both)

    assert "origin has commits of others, and the newsroom has uncommitted edits" == error.what


def test_with_nothing_to_push_a_remote_that_is_not_there_is_said(both: Both) -> None:
    both.remote.rename(both.remote.with_name("gone.git"))

    assert "no repository at the remote's address" == refused(both).what


def test_a_remote_that_is_only_pushed_to_is_not_asked(both: Both) -> None:
    both.newsroom.git("config", "--unset", "remote.origin.url")
    both.newsroom.git("config", "remote.origin.pushurl", str(both.remote))
    both.files_here("_news/1.md", "one\n")

    assert 1 == both.newsroom.repository().push("origin").sent
    assert Pushed() == both.newsroom.repository().push("origin")


def test_where_the_remote_has_more_ours_comes_on_top(both: Both) -> None:
    theirs = both.files_there("_news/theirs.md", "theirs\n")
    both.files_there("_news/a.md", "mended\n")
    both.files_here("_news/1.md", "one\n")
    both.files_here("_news/2.md", "two\n")
    both.newsroom.put("notes.txt", "mine\n")

    pushed = both.newsroom.repository().push("origin")

    assert Pushed(sent=2, taken=2) == pushed
    here = both.newsroom
    assert both.tip() == here.git("rev-parse", "HEAD")
    assert theirs == here.git("rev-parse", "HEAD~3")
    assert ["?? notes.txt"] == here.status()
    assert "mended\n" == (here.root / "_news/a.md").read_text()
    assert "two\n" == (here.root / "_news/2.md").read_text()
    assert leftovers(both) == []


def test_a_commit_laid_on_top_keeps_its_author_words_and_moment(both: Both) -> None:
    both.files_there("_news/theirs.md", "theirs\n")
    both.files_here("_news/1.md", "one\n")
    before = both.newsroom.git("log", "-1", "--format=%an %ae %at %cn %ce %ct %B")

    both.newsroom.repository().push("origin")

    assert before == both.newsroom.git("log", "-1", "--format=%an %ae %at %cn %ce %ct %B")


def test_two_newsrooms_that_race_both_get_their_commits_in(both: Both) -> None:
    """The remote gets a commit of another at the very moment at which we push, by its own hook."""
    hook = both.remote / "hooks" / "pre-receive"
    race = f"""#!/bin/sh
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
cd {both.person.root} && rm {hook} && unset GIT_DIR && git push -q origin main
"""
    both.files_here("_news/1.md", "one\n")
    both.person.save("_news/theirs.md")
    hook.write_text(race)
    hook.chmod(0o755)

    pushed = both.newsroom.repository().push("origin")

    assert Pushed(sent=1, taken=1) == pushed
    assert both.tip() == both.newsroom.git("rev-parse", "HEAD")
    assert (both.newsroom.root / "_news/theirs.md").exists()


def test_a_conflict_leaves_everything_as_it_was_and_the_next_push_tries_again(both: Both) -> None:
    both.files_there("_news/a.md", "theirs\n")
    both.files_here("_news/0.md", "fine\n")
    both.files_here("_news/a.md", "ours\n")
    both.newsroom.put("notes.txt", "mine\n")

    error = refused(both)
    assert "commits of this newsroom and commits on origin conflict: _news/a.md" == str(error)
    assert "git pull --rebase origin main" in error.hint

    both.files_there("_news/a.md", "text\n")  # the person takes it back
    assert Pushed(sent=2, taken=2) == both.newsroom.repository().push("origin")
    assert "ours\n" == (both.newsroom.root / "_news/a.md").read_text()


EDITS: dict[str, Callable[[Checkout], object]] = {
    "edited": lambda here: here.put("README.md", "half a sentence"),
    "staged": lambda here: (here.put("new.md"), here.git("add", "new.md")),
    "deleted": lambda here: (here.root / "README.md").unlink(),
}


@pytest.mark.parametrize("case", EDITS)
def test_files_that_a_person_works_on_are_never_moved(both: Both, case: str) -> None:
    both.files_there("_news/theirs.md", "theirs\n")
    both.files_here("_news/1.md", "one\n")
    EDITS[case](both.newsroom)

    error = refused(both)

    assert "origin has commits of others, and the newsroom has uncommitted edits" == error.what
    assert error.subject in ("README.md", "new.md")


def test_edits_do_no_harm_where_nothing_has_to_come_in(both: Both) -> None:
    commit = both.files_here("_news/1.md", "one\n")
    both.newsroom.put("README.md", "half a sentence")

    both.newsroom.repository().push("origin")

    assert commit == both.tip()
    assert [" M README.md"] == both.newsroom.status()


def test_a_file_that_git_does_not_know_is_not_written_over(both: Both) -> None:
    both.files_there("notes.txt", "theirs\n")
    both.files_here("_news/1.md", "one\n")
    both.newsroom.put("notes.txt", "mine\n")

    error = refused(both)

    assert "could not check out the commits of others on origin" == error.what
    assert "notes.txt" in error.subject


def test_merges_among_our_own_commits_are_left_to_a_person(both: Both) -> None:
    both.files_there("_news/theirs.md", "theirs\n")
    both.newsroom.git("switch", "-q", "-c", "side")
    both.files_here("_news/side.md", "side\n")
    both.newsroom.git("switch", "-q", "main")
    both.files_here("_news/1.md", "one\n")
    both.newsroom.git("merge", "-q", "side")

    assert "the commits to push include a merge" in refused(both).what


def test_a_remote_with_another_history_is_left_alone(both: Both, tmp_path: Path) -> None:
    stranger = Checkout(root=tmp_path / "stranger")
    stranger.root.mkdir()
    stranger.git("init", "-q", "-b", "main")
    stranger.save("LICENSE")
    stranger.git("push", "-q", "-f", str(both.remote), "main")
    both.files_here("_news/1.md", "one\n")

    error = refused(both)

    assert "the remote's branch has an unrelated history: origin refs/heads/main" == str(error)


def hook(folder: Path, name: str, text: str) -> None:
    (folder / "hooks").mkdir(exist_ok=True)
    path = folder / "hooks" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_remote_that_protects_its_branch_is_quoted(both: Both) -> None:
    hook(both.remote, "pre-receive", "echo 'main is protected' >&2; exit 1")
    both.files_here("_news/1.md", "one\n")

    error = refused(both)

    assert "the git remote refuses the push" == error.what
    assert "origin: pre-receive hook declined: main is protected" == error.subject


def test_the_user_s_own_hook_may_refuse_a_push(both: Both) -> None:
    hook(both.newsroom.root / ".git", "pre-push", "echo 'not on a Sunday' >&2; exit 1")
    both.files_here("_news/1.md", "one\n")

    error = refused(both)

    assert "git push failed" == error.what
    assert "not on a Sunday" in error.subject


NO_WAY = {
    "no such remote": (
        None,
        "git has no remote with this name: origin",
        "git remote add origin ADDRESS",
    ),
    "a folder that is not there": (
        "/nowhere/remote.git",
        "no repository at the remote's address: origin",
        "git remote set-url",
    ),
    "a host that does not answer": (
        "http://me:hush@127.0.0.1:1/remote.git",
        "could not reach the git remote: origin",
        "the next run tries again",
    ),
}


@pytest.mark.parametrize("case", NO_WAY)
def test_a_remote_that_is_not_to_be_had_is_one_clear_failure(both: Both, case: str) -> None:
    address, what, hint = NO_WAY[case]
    both.files_here("_news/1.md", "one\n")
    if address is None:
        both.newsroom.git("remote", "remove", "origin")
    else:
        both.newsroom.git("remote", "set-url", "origin", address)

    error = refused(both)

    assert str(error).startswith(what)
    assert hint in error.hint
    assert "hush" not in f"{error}{error.hint}"


def test_nobody_is_asked_for_a_password(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ssh that would ask says how it was called, and fails as ssh does."""
    ssh = both.remote.parent / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(
        f'#!/bin/sh\necho "$@" > {ssh.parent}/said\n'
        "( : < /dev/tty ) 2>/dev/null && echo 'a terminal' >&2\n"
        "echo 'git@a.example: Permission denied (publickey).' >&2; exit 255\n"
    )
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}{os.pathsep}{os.environ['PATH']}")
    both.newsroom.git("remote", "set-url", "origin", "ssh://git@a.example/news.git")
    both.files_here("_news/1.md", "one\n")

    error = refused(both)

    assert "the git remote refuses access" == error.what
    assert "BatchMode=yes" in (ssh.parent / "said").read_text()
    assert "terminal" not in error.subject


STATES = {
    "a detached HEAD": (("checkout", "-q", "--detach"), "could not push: detached HEAD"),
    "a rebase": (("bisect", "start"), "could not push: bisect in progress"),
}


@pytest.mark.parametrize("case", STATES)
def test_a_newsroom_that_is_on_no_branch_is_not_pushed(both: Both, case: str) -> None:
    command, what = STATES[case]
    both.files_here("_news/1.md", "one\n")
    both.newsroom.git(*command)

    with pytest.raises(GitError) as caught:
        both.newsroom.repository().push("origin")

    assert what == str(caught.value)


def test_what_a_killed_rebase_left_is_cleared_away(both: Both) -> None:
    both.newsroom.git("worktree", "add", "-q", "--detach", ".git/copydesk-rebase")
    both.files_there("_news/theirs.md", "theirs\n")
    both.files_here("_news/1.md", "one\n")

    assert 1 == both.newsroom.repository().push("origin").taken
    assert leftovers(both) == []


def test_a_newsroom_below_the_top_of_its_repository_is_pushed_whole(both: Both) -> None:
    both.files_there("_news/theirs.md", "theirs\n")
    both.newsroom.put("sites/ai/_news/1.md")
    repository = both.newsroom.repository("sites/ai")
    repository.commit(["_news/1.md"], "news", when=WHEN)

    assert Pushed(sent=1, taken=1) == repository.push("origin")
    assert both.tip() == both.newsroom.git("rev-parse", "HEAD")


TIDY = {
    "by itself": ((), True),
    "not where gc.auto is off": (("gc.auto", "0"), False),
    "not where maintenance.auto is off": (("maintenance.auto", "false"), False),
}


@pytest.mark.parametrize("case", TIDY)
def test_git_packs_what_piles_up_unless_its_user_says_no(checkout: Checkout, case: str) -> None:
    setting, is_packed = TIDY[case]
    checkout.git("config", "gc.autoDetach", "false")
    if setting:
        checkout.git("config", *setting)
    names = "".join(f"{checkout.root / f'{n}.txt'}\n" for n in range(700))
    for number in range(700):
        checkout.put(f"{number}.txt", f"{number}\n")
    subprocess.run(
        ["git", "hash-object", "-w", "--stdin-paths"],
        input=names.encode(),
        cwd=checkout.root,
        check=True,
        capture_output=True,
    )
    checkout.git("add", "-A")
    checkout.git("commit", "-q", "-m", "many")

    checkout.repository().tidy()

    assert is_packed == any((checkout.root / ".git/objects/pack").glob("*.pack"))
