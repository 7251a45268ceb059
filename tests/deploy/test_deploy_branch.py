"""A branch of a real bare repository, from a newsroom that must not notice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import deploy
from copydesk.errors import DeployError, GitError
from copydesk.news.options import BranchOptions
from world.newsroom import run_git
from world.sites import SITE, held, site


def newsroom(tmp_path: Path) -> deploy.Branch:
    """Make a newsroom in git with a bare remote; give the branch that is deployed to."""
    room = tmp_path / "room"
    (room / ".copydesk").mkdir(parents=True)
    (room / "beat.toml").write_text("[site]\n")
    run_git(room, "init", "-q", "-b", "main")
    run_git(room, "add", "beat.toml")
    run_git(room, "commit", "-qm", "start")
    run_git(tmp_path, "init", "-q", "--bare", "pages.git")
    run_git(room, "remote", "add", "origin", "../pages.git")
    site(room / ".copydesk" / "site")
    store = room / ".copydesk" / "deploy.git"
    return deploy.Branch(newsroom=room, store=store, options=BranchOptions())


def sent(place: deploy.Branch, *, dry_run: bool = False, anew: bool = False) -> deploy.Delivery:
    seen = deploy.survey(built(place))
    return deploy.deliver_branch(seen, place, dry_run=dry_run, anew=anew)


def built(place: deploy.Branch) -> Path:
    return place.newsroom / ".copydesk" / "site"


def remote(place: deploy.Branch, *arguments: str) -> str:
    return run_git(place.newsroom.parent / "pages.git", *arguments).strip()


def commits(place: deploy.Branch) -> int:
    return int(remote(place, "rev-list", "--count", "gh-pages"))


def published(place: deploy.Branch, tmp_path: Path) -> dict[str, str]:
    remote(place, "worktree", "prune")
    folder = tmp_path / f"look-{len(list(tmp_path.iterdir()))}"
    run_git(tmp_path, "clone", "-q", "-b", "gh-pages", str(tmp_path / "pages.git"), str(folder))
    return held(folder)


def put_by_hand(place: deploy.Branch, tmp_path: Path, name: str, text: str) -> None:
    """Let somebody else commit a file to the branch."""
    folder = tmp_path / f"hand-{name}"
    run_git(tmp_path, "clone", "-q", str(tmp_path / "pages.git"), str(folder))
    if (remote(place, "branch", "--list", "gh-pages")) != "":
        run_git(folder, "checkout", "-q", "gh-pages")
    else:
        run_git(folder, "checkout", "-q", "--orphan", "gh-pages")
    (folder / name).write_text(text)
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "-qm", "by hand")
    run_git(folder, "push", "-q", "origin", "gh-pages")


def test_the_site_becomes_a_commit_and_the_newsroom_stays(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    before = run_git(place.newsroom, "count-objects", "-v"), run_git(place.newsroom, "show-ref")

    done = sent(place)

    assert {**SITE, ".nojekyll": ""} == published(place, tmp_path)
    assert (6, True) == (len(done.sent), done.is_first)
    after = run_git(place.newsroom, "count-objects", "-v"), run_git(place.newsroom, "show-ref")
    assert before == after
    assert "?? .copydesk/\n" == run_git(place.newsroom, "status", "--porcelain")


def test_only_a_change_makes_a_commit(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    sent(place)
    nothing = sent(place)
    (built(place) / "index.html").write_text("another front")
    (built(place) / "feed.xml").unlink()

    done = sent(place)

    assert () == nothing.sent
    assert (("index.html",), ("feed.xml",)) == (done.sent, done.deleted)
    assert 2 == commits(place)
    assert {**held(built(place)), ".nojekyll": ""} == published(place, tmp_path)


def test_another_remote_has_nothing_yet(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    sent(place)
    run_git(tmp_path, "init", "-q", "--bare", "more.git")
    run_git(place.newsroom, "remote", "add", "more", "../more.git")

    done = sent(replace(place, options=BranchOptions(remote="more")))

    assert (6, True) == (len(done.sent), done.is_first)
    assert 0 == len(sent(replace(place, options=BranchOptions(remote="more"))).sent)
    assert 0 == len(sent(place).sent)


@pytest.mark.parametrize("lost", [True, False], ids=["store lost", "asked anew"])
def test_what_is_there_already_is_no_commit(tmp_path: Path, *, lost: bool) -> None:
    place = newsroom(tmp_path)
    sent(place)
    if lost:
        place = replace(place, store=place.store.with_name("another.git"))

    assert () == sent(place, anew=not lost).sent
    assert 1 == commits(place)


def test_without_history_one_commit_stands_alone(tmp_path: Path) -> None:
    place = replace(newsroom(tmp_path), options=BranchOptions(history=False))
    sent(place)
    (built(place) / "index.html").write_text("another front")

    sent(place)

    assert 1 == commits(place)
    assert "another front" == published(place, tmp_path)["index.html"]


def test_a_dry_run_says_it_and_pushes_nothing(tmp_path: Path) -> None:
    place = newsroom(tmp_path)

    done = sent(place, dry_run=True)

    assert "index.html" == done.sent[-1]
    assert "" == remote(place, "branch", "--list")


def test_a_branch_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    put_by_hand(place, tmp_path, "README.md", "precious")

    with pytest.raises(DeployError, match="did not write: README") as caught:
        sent(place)

    assert ".copydesk-site" in caught.value.hint
    assert {"README.md": "precious"} == published(place, tmp_path)


def test_the_domain_that_the_host_wrote_there_stays(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    sent(place)
    put_by_hand(place, tmp_path, "CNAME", "tidewatch.example")
    (built(place) / "index.html").write_text("another front")

    sent(place)
    sent(place)

    shown = published(place, tmp_path)
    assert ("tidewatch.example", "another front") == (shown["CNAME"], shown["index.html"])
    assert 3 == commits(place)


def test_bytes_are_kept_whatever_attributes_say(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    files = {".gitattributes": "* text=auto eol=lf ident\n", "a.txt": "$Id$\n"}
    site(built(place), files)
    (built(place) / "b.txt").write_bytes(b"one\r\ntwo\r\n")
    (built(place) / "run.sh").write_text("x")
    (built(place) / "run.sh").chmod(0o755)

    sent(place)

    for name in ("a.txt", "b.txt"):
        kept = run_git(tmp_path, "hash-object", "--no-filters", str(built(place) / name)).strip()
        assert kept == remote(place, "rev-parse", f"gh-pages:{name}")
    assert "100755" not in remote(place, "ls-tree", "-r", "gh-pages")


def test_a_file_may_become_a_folder_and_back(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    site(built(place), {"x": "file"})
    sent(place)
    (built(place) / "x").unlink()
    site(built(place), {"x/y": "below"})
    sent(place)
    (built(place) / "x" / "y").unlink()
    (built(place) / "x").rmdir()
    site(built(place), {"x": "file again"})

    sent(place)

    assert {**SITE, "x": "file again", ".nojekyll": ""} == published(place, tmp_path)


def test_what_a_killed_deploy_leaves_does_no_harm(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    sent(place)
    (place.store / "index.lock").write_text("")
    (place.store / "index").write_bytes((place.store / "index").read_bytes()[:100])
    (built(place) / "index.html").write_text("another front")

    sent(place)

    assert "another front" == published(place, tmp_path)["index.html"]


TROUBLES = {
    "no such remote": ("nowhere", "git has no remote with this name"),
    "nothing there": ("gone", "no repository"),
    "unreachable": ("far", "could not reach the git remote"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_remote_that_cannot_be_had_is_named(tmp_path: Path, name: str) -> None:
    place = newsroom(tmp_path)
    run_git(place.newsroom, "remote", "add", "gone", "../gone.git")
    run_git(place.newsroom, "remote", "add", "far", "http://desk:hush@127.0.0.1:9/x.git")
    remote_name, what = TROUBLES[name]

    with pytest.raises(GitError, match=what) as caught:
        sent(replace(place, options=BranchOptions(remote=remote_name)))

    assert caught.value.hint
    assert "hush" not in str(caught.value)


def test_a_remote_that_refuses_is_quoted(tmp_path: Path) -> None:
    place = newsroom(tmp_path)
    hook = tmp_path / "pages.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(DeployError, match=r"refuses the push: origin gh-pages: .*declined"):
        sent(place)
