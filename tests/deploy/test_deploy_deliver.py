"""What is sent, in which order, what is deleted; to a folder, which is the plainest place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copydesk import deploy
from copydesk.deploy import stages
from copydesk.errors import DeployError
from world.sites import SITE, Rows, held, site


def sent(built: Path, place: Path, manifest: Rows, *, anew: bool = False) -> deploy.Delivery:
    folder = deploy.LocalFolder(path=place)
    seen = deploy.survey(built)
    plan = deploy.plan_delivery(seen, folder, manifest, anew=anew)
    return deploy.deliver(seen, plan, folder, manifest)


def test_no_page_is_sent_before_what_it_links_to() -> None:
    assert [
        ["pictures/0a1b.webp", "style.css"],
        ["news/2026-11-20-a-wall/index.html"],
        ["topics/coast/index.html"],
        ["feed.xml"],
        ["index.html"],
    ] == stages(SITE)


def test_a_first_time_sends_all_and_leaves_the_marker(tmp_path: Path) -> None:
    built = site(tmp_path / "site")

    done = sent(built, tmp_path / "www", Rows())

    assert SITE == held(tmp_path / "www")
    assert (6, 0, True) == (len(done.sent), done.unchanged, done.is_first)
    assert (tmp_path / "www" / ".copydesk-site").is_file()


def test_a_second_time_sends_what_changed_and_deletes_what_is_gone(tmp_path: Path) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    sent(built, tmp_path / "www", manifest)
    (built / "topics/coast/index.html").unlink()
    (built / "index.html").write_text("another front")
    (built / "style.css").touch()

    done = sent(built, tmp_path / "www", manifest)

    assert ("index.html",) == done.sent
    assert ("topics/coast/index.html",) == done.deleted
    assert held(built) == held(tmp_path / "www")
    assert not (tmp_path / "www" / "topics").exists()


def test_a_third_time_reads_no_file(tmp_path: Path) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    sent(built, tmp_path / "www", manifest)
    for path in SITE:
        found = (built / path).stat()
        (built / path).write_text("x" * found.st_size)  # what only a reader would notice
        os.utime(built / path, ns=(found.st_atime_ns, found.st_mtime_ns))

    assert () == sent(built, tmp_path / "www", manifest).sent


@pytest.mark.parametrize("anew", [False, True], ids=["memory lost", "asked anew"])
def test_a_place_of_ours_is_known_again_by_its_marker(tmp_path: Path, *, anew: bool) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    sent(built, tmp_path / "www", manifest)
    (tmp_path / "www" / "stranger.html").write_text("left over")
    (tmp_path / "www" / "index.html").write_text("damaged")

    done = sent(built, tmp_path / "www", manifest if anew else Rows(), anew=anew)

    assert (("index.html",), ("stranger.html",)) == (done.sent, done.deleted)
    assert SITE == held(tmp_path / "www")


def test_what_others_keep_at_the_place_stays(tmp_path: Path) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    site(tmp_path / "www", {"theirs.html": "theirs", "style.css": "old"})

    sent(built, tmp_path / "www", manifest)
    (built / "style.css").unlink()
    done = sent(built, tmp_path / "www", manifest)

    assert ("style.css",) == done.deleted
    assert "theirs" == (tmp_path / "www" / "theirs.html").read_text()
    assert not (tmp_path / "www" / ".copydesk-site").exists()


def test_after_a_failure_the_next_time_goes_on(tmp_path: Path) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    site(tmp_path / "www", {"topics": "a file where a folder should be"})

    with pytest.raises(DeployError) as caught:
        sent(built, tmp_path / "www", manifest)
    (tmp_path / "www" / "topics").unlink()
    done = sent(built, tmp_path / "www", manifest)

    assert "3 of 6 files were uploaded; the next deploy sends the rest" in caught.value.hint
    assert ("topics/coast/index.html", "feed.xml", "index.html") == done.sent
    assert SITE == held(tmp_path / "www")


def test_links_and_odd_names_are_not_sent(tmp_path: Path) -> None:
    built = site(tmp_path / "site")
    (tmp_path / "secret").write_text("secret")
    (built / "leak.txt").symlink_to(tmp_path / "secret")
    (built / "away").symlink_to(tmp_path)
    (built / "two\nlines").write_text("x")
    (built / ".new-abc").write_text("unfinished")

    seen = deploy.survey(built)

    assert ("away", "leak.txt", "two\nlines") == seen.skipped
    assert set(SITE) == set(seen.parcels)


def test_a_link_at_the_place_leads_nowhere(tmp_path: Path) -> None:
    built = site(tmp_path / "site")
    (tmp_path / "else").mkdir()
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "news").symlink_to(tmp_path / "else")

    with pytest.raises(
        DeployError, match="the deploy target has a symbolic link in place of a folder"
    ):
        sent(built, tmp_path / "www", Rows())

    assert [] == list((tmp_path / "else").iterdir())


@pytest.mark.parametrize("files", [{}, {"feed.xml": "<feed/>"}], ids=["empty", "no front page"])
def test_what_is_no_site_empties_no_place(tmp_path: Path, files: dict[str, str]) -> None:
    built = site(tmp_path / "site", files)

    with pytest.raises(DeployError, match="no built site to deploy"):
        deploy.survey(built)


@pytest.mark.parametrize(
    ("path", "does"),
    [
        ("room/site", "contains the site"),
        ("room/site/below", "is inside the site"),
        ("room/public", "is inside the newsroom"),
        (".", "contains the site"),
    ],
)
def test_a_folder_in_or_around_the_newsroom_is_refused(
    tmp_path: Path, path: str, does: str
) -> None:
    with pytest.raises(DeployError, match=f"the target folder of the deploy {does}"):
        deploy.refuse_overlap(tmp_path / path, tmp_path / "room" / "site", tmp_path / "room")


def test_a_folder_beside_the_newsroom_is_fine(tmp_path: Path) -> None:
    deploy.refuse_overlap(tmp_path / "www", tmp_path / "room" / "site", tmp_path / "room")
