"""The rsync program, to a folder of this machine, and what it says of servers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copydesk import deploy
from copydesk.errors import DeployError
from world.sites import SITE, Rows, held, site

needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")


def sent(built: Path, target: str, manifest: Rows) -> deploy.Delivery:
    place = deploy.Rsync(target=target, site=built)
    seen = deploy.survey(built)
    return deploy.deliver(seen, deploy.plan_delivery(seen, place, manifest), place, manifest)


@needs_rsync
def test_changes_go_there_and_what_is_gone_goes(tmp_path: Path) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    first = sent(built, f"{tmp_path}/www/", manifest)
    (built / "topics/coast/index.html").unlink()
    (built / "topics/coast").rmdir()
    (built / "topics").rmdir()
    (built / "index.html").write_text("frond")  # as long as before

    second = sent(built, f"{tmp_path}/www/", manifest)

    assert set(SITE) == set(first.sent)
    assert ("index.html",) == second.sent
    assert ("topics/coast/index.html",) == second.deleted
    assert held(built) == held(tmp_path / "www")
    assert not (tmp_path / "www" / "topics").exists()


@needs_rsync
def test_without_memory_only_what_differs_is_sent(tmp_path: Path) -> None:
    files = {**SITE, "assets/a b/é#%.txt": "odd"}
    built = site(tmp_path / "site", files)
    sent(built, f"{tmp_path}/www", Rows())
    (tmp_path / "www" / "index.html").write_text("damaged")
    site(tmp_path / "www", {"old/deep/é b.html": "left over"})

    done = sent(built, f"{tmp_path}/www", Rows())

    assert ("index.html",) == done.sent
    assert ("old/deep/é b.html",) == done.deleted
    assert files == held(tmp_path / "www")
    assert not (tmp_path / "www" / "old").exists()


@needs_rsync
def test_a_folder_in_which_others_keep_something_stays(tmp_path: Path) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    sent(built, f"{tmp_path}/www", manifest)
    (tmp_path / "www/topics/coast/theirs").write_text("theirs")
    shutil.rmtree(built / "topics")

    done = sent(built, f"{tmp_path}/www", manifest)

    assert ("topics/coast/index.html",) == done.deleted
    assert "theirs" == (tmp_path / "www/topics/coast/theirs").read_text()


@needs_rsync
@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("rsync://127.0.0.1:9/site/", "could not reach the server"),
        ("{here}/not/there/", "the parent folder does not exist on the server"),
    ],
)
def test_a_place_that_cannot_be_had_is_named(tmp_path: Path, target: str, what: str) -> None:
    built = site(tmp_path / "site")

    with pytest.raises(DeployError, match=what) as caught:
        sent(built, target.format(here=tmp_path), Rows())

    assert caught.value.hint


@needs_rsync
def test_a_server_that_cannot_be_asked_is_not_taken_for_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = tmp_path / "shell"
    shell.write_text(
        "#!/bin/sh\necho 'Identity file x: No such file or directory' >&2\n"
        "echo 'desk@server.test: Permission denied (publickey).' >&2\nexit 255\n"
    )
    shell.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(shell))

    with pytest.raises(DeployError, match="refuses access") as caught:
        sent(site(tmp_path / "site"), "desk@server.test:/www/", Rows())

    assert "files were uploaded" not in caught.value.hint


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DeployError, match="rsync is not installed") as caught:
        sent(site(tmp_path / "site"), "host:/www", Rows())

    assert "apt-get install rsync" in caught.value.hint


@needs_rsync
def test_a_server_is_spoken_to_through_its_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\nshift 3\nexec sh -c "$*"\n')  # as ssh does, without the way
    shell.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(shell))
    files = {**SITE, 'assets/it\'s a "b" $(x).txt': "odd"}
    built, manifest = site(tmp_path / "site", files), Rows()
    (tmp_path / "to here").mkdir()

    first = sent(built, f"desk@server.test:{tmp_path}/to here/", manifest)
    (built / "index.html").unlink()
    site(built, {"index.html": "another front"})
    (built / "style.css").unlink()
    second = sent(built, f"desk@server.test:{tmp_path}/to here/", manifest)

    assert set(files) == set(first.sent)
    assert (("index.html",), ("style.css",)) == (second.sent, second.deleted)
    assert held(built) == held(tmp_path / "to here")
