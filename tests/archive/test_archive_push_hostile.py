"""What a remote may not do to a newsroom, and what a kill may not leave of a push.

Real repositories on disk; for the kills a script in git's place ends copydesk at a step of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.checkout import Checkout, copy_repositories
from copydesk.archive.git import Pushed
from copydesk.errors import GitError

WHEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
GIT = shutil.which("git") or "git"
MOVING = "refs/worktree/copydesk/moving"
PUSH = """
import sys
from pathlib import Path
from copydesk.archive.git import Repository
Repository(Path(sys.argv[1])).push("origin")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The newsroom with a commit not pushed, and a person with a clone of the same remote."""

    newsroom: Checkout
    person: Checkout

    def share(self) -> str:
        """Commit and push all that the person has, ignored or not."""
        self.person.git("add", "-A", "-f")
        self.person.git("commit", "-q", "-m", "by hand")
        self.person.git("push", "-q", "origin", "main")
        return self.person.git("rev-parse", "HEAD")

    def push(self) -> Pushed:
        """Push the newsroom."""
        return self.newsroom.repository().push("origin")

    def text(self, path: str) -> str:
        """Return what a file of the newsroom holds."""
        return (self.newsroom.root / path).read_text()


@pytest.fixture(scope="module")
def made(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once what `pair` copies."""
    folder = tmp_path_factory.mktemp("pair")
    checkout = Checkout(root=Path(shutil.copytree(saved, folder / "newsroom")))
    checkout.git("branch", "-M", "main")
    checkout.put(".gitignore", ".copydesk/\n.env\nnotes\n")
    checkout.put("docs/one.md", "one\n")
    checkout.put("_news/long.md", "a line\n" * 1000)
    checkout.save("old")
    remote = folder / "remote.git"
    checkout.git("init", "-q", "--bare", "-b", "main", str(remote))
    checkout.git("remote", "add", "origin", str(remote))
    checkout.git("push", "-q", "-u", "origin", "main")
    checkout.git("clone", "-q", str(remote), str(folder / "person"))
    checkout.put("_news/1.md", "ours\n")
    checkout.repository().commit(["_news/1.md"], "news", when=WHEN)
    return folder


@pytest.fixture
def pair(made: Path, tmp_path: Path) -> Pair:
    copy_repositories(made, tmp_path)
    newsroom, person = (Checkout(root=tmp_path / name) for name in ("newsroom", "person"))
    return Pair(newsroom=newsroom, person=person)


def state(checkout: Checkout) -> tuple[object, ...]:
    """Return everything that a refused push must leave as it was."""
    files = {
        str(path.relative_to(checkout.root)): path.read_bytes()
        for path in checkout.root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(checkout.root).parts
    }
    head, index = checkout.git("rev-parse", "HEAD"), checkout.git("ls-files", "-s")
    return (head, index, checkout.status(), files, checkout.git("for-each-ref", MOVING))


def refused(pair: Pair) -> GitError:
    """Push, which must fail and change nothing here; give the error."""
    before = state(pair.newsroom)
    with pytest.raises(GitError) as caught:
        pair.push()
    assert before == state(pair.newsroom)
    assert not list((pair.newsroom.root / ".git").glob("copydesk-[!b]*"))
    assert not (pair.newsroom.root / ".git" / "index.lock").exists()
    assert caught.value.hint
    return caught.value


def link(pair: Pair, path: str, to: str) -> None:
    file = pair.person.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(to)


PRIVATE: dict[str, Callable[[Pair], object]] = {
    "the key": lambda pair: pair.person.put(".copydesk/key", "evil"),
    "the memory": lambda pair: pair.person.put(".copydesk/memory.sqlite", "evil"),
    "something new": lambda pair: pair.person.put(".copydesk/other", "evil"),
    "the site as a link": lambda pair: link(pair, ".copydesk/site", "/nowhere"),
    "the folder as a link": lambda pair: link(pair, ".copydesk", "/nowhere"),
    "in other letters": lambda pair: pair.person.put(".CopyDesk/key", "evil"),
    "of another newsroom": lambda pair: pair.person.put("sites/ai/.copydesk/key", "evil"),
}


@pytest.mark.parametrize("case", PRIVATE)
@pytest.mark.parametrize("is_new", [True, False], ids=["fresh", "used"])
def test_nothing_comes_into_copydesk_s_own_folder(pair: Pair, case: str, *, is_new: bool) -> None:
    if not is_new:
        pair.newsroom.put(".copydesk/key", "secret")
        pair.newsroom.put(".copydesk/memory.sqlite", "memory")
    PRIVATE[case](pair)
    pair.share()

    error = refused(pair)

    assert "commits of others on origin change files in the folder .copydesk" == error.what
    assert ".copydesk" in error.subject.casefold()
    assert "git rm -r --cached .copydesk" in error.hint


def test_a_key_that_was_once_committed_is_not_deleted_by_who_takes_it_out(pair: Pair) -> None:
    pair.newsroom.put(".copydesk/key", "secret")
    pair.newsroom.git("add", "-f", ".copydesk/key")
    pair.newsroom.git("commit", "-q", "-m", "by mistake")
    pair.push()
    pair.person.git("pull", "-q", "--rebase")
    pair.person.git("rm", "-q", ".copydesk/key")
    pair.share()
    pair.newsroom.put("_news/2.md", "two\n")
    pair.newsroom.repository().commit(["_news/2.md"], "news", when=WHEN)
    refused(pair)

    pair.newsroom.git("rm", "-q", "--cached", ".copydesk/key")
    pair.newsroom.git("commit", "-q", "-m", "out with it")

    assert 1 == pair.push().taken
    assert "secret" == pair.text(".copydesk/key")


def folder_of_notes(pair: Pair) -> None:
    pair.newsroom.put("notes/mine.txt", "mine")
    pair.person.put("notes", "theirs")


def link_of_notes(pair: Pair) -> None:
    (pair.newsroom.root / "notes").symlink_to("docs")
    pair.person.put("notes/theirs.txt", "theirs")


def folder_with_a_secret(pair: Pair) -> None:
    pair.newsroom.put("docs/.env", "SECRET=1")
    (pair.person.root / "docs/one.md").unlink()
    (pair.person.root / "docs").rmdir()
    pair.person.put("docs", "theirs")


IN_THE_WAY: dict[str, tuple[Callable[[Pair], object], str]] = {
    "a file": (
        lambda pair: (pair.newsroom.put(".env", "SECRET=1"), pair.person.put(".env", "evil")),
        ".env",
    ),
    "a file below": (
        lambda pair: (pair.newsroom.put("a/.env", "SECRET=1"), pair.person.put("a/.env", "evil")),
        "a/.env",
    ),
    "a file for a folder": (
        lambda pair: (pair.newsroom.put("notes", "mine"), pair.person.put("notes/1", "theirs")),
        "notes",
    ),
    "a folder for a file": (folder_of_notes, "notes/mine.txt"),
    "a link for a folder": (link_of_notes, "notes"),
    "a folder of ours with more in it": (folder_with_a_secret, "docs/.env"),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_an_ignored_file_is_never_written_over(pair: Pair, case: str) -> None:
    prepare, name = IN_THE_WAY[case]
    prepare(pair)
    pair.share()

    error = refused(pair)

    assert "could not check out the commits of others on origin" == error.what
    assert f"files that are not in git: {name}" == error.subject


def test_a_newsroom_that_has_no_commit_of_its_own_is_guarded_as_well(pair: Pair) -> None:
    pair.push()
    pair.newsroom.put(".env", "SECRET=1")
    pair.person.git("pull", "-q", "--rebase")
    pair.person.put(".env", "evil")
    pair.share()

    assert "files that are not in git: .env" == refused(pair).subject


def rearrange(person: Checkout) -> None:
    """Change what a commit can: text, modes, links, a file for a folder and the reverse."""
    person.put("_news/a.md", "mended\n")
    person.put("_news/long.md", "another line\n" * 1000)
    person.put("new/deep/theirs.md", "theirs\n")
    (person.root / "README.md").unlink()
    (person.root / "old").unlink()
    person.put("old/folder.md", "theirs\n")
    (person.root / "docs/one.md").unlink()
    (person.root / "docs").rmdir()
    person.put("docs", "theirs\n")
    (person.root / "link").symlink_to("_news/a.md")
    (person.root / "_news/b.md").chmod(0o755)


def stands(pair: Pair, theirs: str) -> None:
    """See that their commit and ours are in branch, index and files, and nothing else is."""
    here = pair.newsroom
    assert theirs == here.git("rev-parse", "HEAD~1")
    assert here.git("rev-parse", "HEAD") == here.git("rev-parse", "origin/main")
    assert [] == here.status()
    assert "mended\n" == pair.text("_news/a.md")
    assert "another line\n" * 1000 == pair.text("_news/long.md")
    assert "ours\n" == pair.text("_news/1.md")
    assert not (here.root / "README.md").exists()
    assert "" == here.git("for-each-ref", MOVING)
    left = {path.name for path in (here.root / ".git").glob("copydesk-*")}
    assert left <= {"copydesk-busy", "copydesk-busy-push"}


def test_whatever_a_commit_can_change_comes_in(pair: Pair) -> None:
    rearrange(pair.person)
    theirs = pair.share()

    assert Pushed(sent=1, taken=1) == pair.push()

    stands(pair, theirs)


def killed(pair: Pair, monkeypatch: pytest.MonkeyPatch, pattern: str, deed: str) -> None:
    """Push, and be killed as git is called so; `deed` is what git still does of it."""
    folder = pair.person.root.parent / "bin"
    folder.mkdir()
    script = f'case "$*" in {pattern}) {deed}\nkill -9 $PPID; exit 1;; esac\nexec {GIT} "$@"\n'
    (folder / "git").write_text(f"#!/bin/sh\n{script}")
    (folder / "git").chmod(0o755)
    with monkeypatch.context() as then:
        then.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        done = subprocess.run([sys.executable, "-c", PUSH, pair.newsroom.root], check=False)
    assert -9 == done.returncode


ALL = f'{GIT} "$@"'
BRANCH = "*update-ref*'copydesk: on top'*"
FILES = "*'read-tree -m -u '[0-9a-f]*"
SOME = f"""cd $2
{GIT} show {{theirs}}:_news/a.md > _news/a.md
{GIT} show {{theirs}}:_news/long.md | head -c 3000 > _news/long.md
rm README.md _news/b.md; mkdir -p new/deep; : > new/deep/theirs.md"""
KILLS = {
    "before the mark": (f"*update-ref*{MOVING}*", ""),
    "before the branch": (BRANCH, ""),
    "after the branch": (BRANCH, ALL),
    "before the files": (FILES, ""),
    "amid the files": (FILES, SOME),
    "after the files": (FILES, ALL),
    "before the mark goes": (f"*'update-ref -d {MOVING}'*", ""),
    "after the mark went": (f"*'update-ref -d {MOVING}'*", ALL),
}
NEXT: dict[str, Callable[[Pair], object]] = {
    "a push": lambda pair: None,
    "a commit": lambda pair: pair.newsroom.repository().commit(["x.md"], "none", when=WHEN),
    "a question": lambda pair: pair.newsroom.repository().find_user_changes(["_news/a.md"]),
}


@pytest.mark.sample(
    "a push-before the mark",
    "a commit-before the branch",
    "a question-after the branch",
    "a push-before the files",
    "a commit-amid the files",
    "a question-after the files",
    "a push-before the mark goes",
    "a commit-after the mark went",
)
@pytest.mark.slow
@pytest.mark.parametrize("case", KILLS)
@pytest.mark.parametrize("then", NEXT)
def test_a_killed_push_is_finished_by_whatever_comes_next(
    pair: Pair, case: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rearrange(pair.person)
    theirs = pair.share()
    pattern, deed = KILLS[case]
    killed(pair, monkeypatch, pattern, deed.format(theirs=theirs))

    NEXT[then](pair)
    if then != "a push":
        assert [] == pair.newsroom.status()
    pair.push()

    stands(pair, theirs)


def test_what_a_person_did_after_a_kill_stays(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    rearrange(pair.person)
    pair.share()
    killed(pair, monkeypatch, BRANCH, ALL)
    here = pair.newsroom
    (here.root / ".git" / "index.lock").unlink()  # as git's own message advises
    here.put("_news/a.md", "edited\n")
    here.put("README.md", "edited\n")
    here.put("new", "mine\n")
    here.put("_news/long.md", "staged\n")
    here.git("add", "_news/long.md")
    here.put("_news/b.md", "edited, and of no interest\n")

    pair.person.put("x.md")
    pair.share()
    with pytest.raises(GitError, match="uncommitted edits"):
        pair.push()

    assert "edited\n" == pair.text("_news/a.md")
    assert "edited\n" == pair.text("README.md")
    assert "mine\n" == pair.text("new")
    assert "staged\n" == pair.text("_news/long.md")
    assert "theirs\n" == pair.text("docs")
    assert [
        " M _news/a.md",
        " M _news/b.md",
        "M  _news/long.md",
        " D new/deep/theirs.md",
        "?? README.md",
        "?? new",
    ] == here.status()


def test_a_push_that_another_git_stops_is_finished_when_it_is_gone(pair: Pair) -> None:
    rearrange(pair.person)
    pair.share()
    lock = pair.newsroom.put(".git/index.lock", "")

    before = pair.newsroom.git("rev-parse", "HEAD")
    with pytest.raises(GitError, match="another git process"):
        pair.push()
    assert before == pair.newsroom.git("rev-parse", "HEAD")

    lock.unlink()
    assert Pushed(sent=1, taken=1) == pair.push()


def test_files_that_cannot_be_written_leave_branch_and_files_as_they_were(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Git fails amid the files, as on a full disk."""
    rearrange(pair.person)
    theirs = pair.share()
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "git").write_text(
        f'#!/bin/sh\ncase "$*" in {FILES}) if [ ! -e $0.done ]; then touch $0.done\n'
        f"({SOME.format(theirs=theirs)})\necho 'No space left' >&2; exit 128; fi;; esac\n"
        f'exec {GIT} "$@"\n'
    )
    (folder / "git").chmod(0o755)
    with monkeypatch.context() as then:
        then.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        assert "No space left" in refused(pair).subject

    pair.push()

    stands(pair, theirs)


def test_a_killed_push_of_another_work_tree_is_not_ours_to_finish(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rearrange(pair.person)
    theirs = pair.share()
    killed(pair, monkeypatch, BRANCH, ALL)
    pair.newsroom.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), "HEAD~1")
    side = Checkout(root=tmp_path / "side")

    side.put("_news/2.md", "two\n")
    assert side.repository().commit(["_news/2.md"], "news", when=WHEN)
    assert [] == side.status()

    pair.push()

    stands(pair, theirs)
