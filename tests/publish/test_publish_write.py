"""What is written, kept and deleted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.catalogue.page_index import PageIndex
from copydesk.errors import PublishError
from copydesk.news import Story, Verdict
from copydesk.publish import Published, PublishOptions, publish, survey
from copydesk.publish.writing import MARKER, UNFINISHED, Sheet, Writer
from world import editions
from world.manifests import MemoryManifest


def built(out: Path, *stories: Story, manifest: MemoryManifest | None = None) -> Published:
    kept = MemoryManifest() if manifest is None else manifest
    return publish(editions.edition(stories), out, kept, PublishOptions())


def tree(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


def test_publishing_twice_writes_nothing(tmp_path: Path) -> None:
    manifest = MemoryManifest()

    first = built(tmp_path, editions.story(), manifest=manifest)
    second = built(tmp_path, editions.story(), manifest=manifest)

    assert first.written > 0
    assert (second.written, second.deleted) == (0, 0)
    assert second.unchanged == first.written


def test_a_lost_manifest_rewrites_nothing(tmp_path: Path) -> None:
    first = built(tmp_path, editions.story())

    again = built(tmp_path, editions.story())

    assert (again.written, again.unchanged, again.deleted) == (0, first.written, 0)


def test_two_folders_from_one_edition_are_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        built(tmp_path / name, editions.story(), editions.story("2026-11-23-b", heat=90))

    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_full_writes_everything_anew(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    first = built(tmp_path, editions.story(), manifest=manifest)

    again = publish(
        editions.edition([editions.story()]), tmp_path, manifest, PublishOptions(full=True)
    )

    assert (again.written, again.unchanged) == (first.written, 0)


def test_a_file_that_went_missing_is_written_again(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    built(tmp_path, editions.story(), manifest=manifest)
    (tmp_path / "feed.xml").unlink()

    again = built(tmp_path, editions.story(), manifest=manifest)

    assert again.written == 1
    assert (tmp_path / "feed.xml").is_file()


def test_a_file_cut_short_is_written_again(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    built(tmp_path, editions.story(), manifest=manifest)
    page = tmp_path / "index.html"
    whole = page.read_bytes()
    page.write_bytes(whole[:100])

    built(tmp_path, editions.story(), manifest=manifest)

    assert page.read_bytes() == whole


def test_one_title_changes_only_what_shows_it(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    others = [editions.story(f"2026-10-{day:02}-x", published_at=None) for day in range(1, 20)]
    mine = editions.story("2026-11-24-mine", topics=("Robots", "Law"))
    built(tmp_path, mine, *others, manifest=manifest)
    before = tree(tmp_path)

    changed = built(tmp_path, replace(mine, title="Robots did vote"), *others, manifest=manifest)

    after = tree(tmp_path)
    touched = {path for path in after if after[path] != before.get(path)}
    assert changed.written == len(touched)
    assert before.keys() == after.keys()
    assert all(after[path].count(b"did vote") for path in touched)
    assert "news/2026-11-24-mine/index.html" in touched
    assert not any(path.startswith("news/2026-10") for path in touched)


@pytest.mark.parametrize(
    "gone",
    [
        replace(editions.story(), published=False),
        replace(
            editions.story(),
            verdict=Verdict(by="d@example.org", at=editions.AT, said="remove", why="asked"),
        ),
    ],
    ids=["unpublished", "removed"],
)
def test_a_story_that_is_out_leaves_no_page_and_no_trace(tmp_path: Path, gone: Story) -> None:
    manifest = MemoryManifest()
    stays = editions.story("2026-11-24-stays", title="This one stays")
    built(tmp_path, editions.story(), stays, manifest=manifest)

    done = built(tmp_path, gone, stays, manifest=manifest)

    assert done.deleted == 3  # its page, its file of the API, its ninjs document
    assert not (tmp_path / "news" / "2026-11-24-robots-may-vote").exists()
    assert not [path for path, data in tree(tmp_path).items() if b"may-vote" in data]


def test_a_page_beyond_the_last_goes_with_its_folder(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    stories = [editions.story(f"2026-11-24-{n:02}") for n in range(26)]
    built(tmp_path, *stories, manifest=manifest)
    assert (tmp_path / "api/news/page/2/index.json").is_file()

    built(tmp_path, *stories[:25], manifest=manifest)

    assert not (tmp_path / "api/news/page/2").exists()
    assert b'"nextPage": null' in (tmp_path / "api/news/page/1/index.json").read_bytes()


def test_what_was_removed_is_gone_even_when_the_manifest_is_lost(tmp_path: Path) -> None:
    built(tmp_path, editions.story(), editions.story("2026-09-01-old", published_at=None))

    done = built(tmp_path, editions.story())

    assert not (tmp_path / "news" / "2026-09-01-old").exists()
    assert not (tmp_path / "sitemap-news-undated.xml").exists()
    assert not (tmp_path / "search" / "undated-1.json").exists()
    assert done.deleted == 5


def test_a_file_of_the_user_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "CNAME").write_text("desk.example")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "mine.txt").write_text("mine")

    built(tmp_path, editions.story())
    done = built(tmp_path)

    assert not (tmp_path / MARKER).exists()
    assert (tmp_path / "CNAME").read_text() == "desk.example"
    assert (tmp_path / "news" / "mine.txt").read_text() == "mine"
    assert done.deleted == 0


def test_a_root_file_of_the_user_survives_in_a_folder_of_ours(tmp_path: Path) -> None:
    built(tmp_path, editions.story())
    (tmp_path / "CNAME").write_text("desk.example")
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known" / "token").write_text("t")

    built(tmp_path, editions.story())

    assert (tmp_path / "CNAME").is_file()
    assert (tmp_path / ".well-known" / "token").is_file()


def test_what_a_kill_left_half_written_is_swept(tmp_path: Path) -> None:
    built(tmp_path, editions.story())
    (tmp_path / ".new-abc").write_text("half")
    (tmp_path / "news" / ".new-def").write_text("half")

    built(tmp_path, editions.story())

    assert not list(tmp_path.rglob(".new-*"))


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x", "a//x", "a/./x", "a\\x", "", "a\0b"])
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    writer = Writer(out=tmp_path / "out", manifest=MemoryManifest())
    writer.open()

    with pytest.raises(PublishError, match="invalid path of a file of the site"):
        writer.put(Sheet(path, b"x"))


def test_a_linked_folder_inside_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "news").symlink_to(elsewhere)

    with pytest.raises(PublishError, match="link or file has the name of a folder") as caught:
        built(out, editions.story())

    assert caught.value.hint
    assert list(elsewhere.iterdir()) == []


def test_a_linked_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").symlink_to(precious)

    built(out, editions.story())

    assert precious.read_text() == "keep me"
    assert not (out / "index.html").is_symlink()


def test_a_manifest_that_lies_deletes_nothing_outside(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    manifest = MemoryManifest()
    for path in ("../precious", str(precious), "link/precious"):
        manifest.put(path, "0")
    out = tmp_path / "out"
    out.mkdir()
    (out / "link").symlink_to(tmp_path)

    built(out, manifest=manifest)

    assert precious.read_text() == "keep me"


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")

    built(tmp_path / "out", editions.story())

    assert (tmp_path / "real" / "index.html").is_file()


def test_a_root_that_is_a_file_is_named_with_a_hint(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("a file")

    with pytest.raises(PublishError, match="folder cannot be created") as caught:
        built(out, editions.story())

    assert str(out) == caught.value.subject
    assert "--out" in caught.value.hint


def test_assets_come_along_but_for_links(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    (assets / "images").mkdir(parents=True)
    (assets / "images" / "logo.png").write_bytes(b"png")
    (tmp_path / "secret").write_text("secret")
    (assets / "leak").symlink_to(tmp_path / "secret")
    (assets / "folder").symlink_to(tmp_path)
    out = tmp_path / "out"
    manifest = MemoryManifest()
    options = PublishOptions(static=assets)

    publish(editions.edition(), out, manifest, options)
    again = publish(editions.edition(), out, manifest, options)

    assert [str(p.relative_to(out)) for p in out.rglob("assets/**/*") if p.is_file()] == [
        "assets/images/logo.png"
    ]
    assert again.written == 0


def test_an_asset_that_changed_is_copied_again_and_one_that_went_goes(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "a.txt").write_bytes(b"one")
    (assets / "b.txt").write_bytes(b"two")
    out = tmp_path / "out"
    manifest = MemoryManifest()
    options = PublishOptions(static=assets)
    publish(editions.edition(), out, manifest, options)
    (assets / "a.txt").write_bytes(b"changed")
    (assets / "b.txt").unlink()

    done = publish(editions.edition(), out, manifest, options)

    assert (done.written, done.deleted) == (1, 1)
    assert (out / "assets" / "a.txt").read_bytes() == b"changed"
    assert not (out / "assets" / "b.txt").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PublishError):
            built(tmp_path, editions.story())
    finally:
        tmp_path.chmod(0o700)


class KilledError(Exception):
    """What stands for the end of the process."""


class ShortLived(MemoryManifest):
    """A manifest whose process ends when the search index is written, after the pages."""

    def put(self, path: str, digest: str) -> None:
        """Note a file, or end."""
        if path.startswith("search/"):
            raise KilledError
        super().put(path, digest)


def test_what_a_killed_build_wrote_goes_though_nobody_noted_it(tmp_path: Path) -> None:
    manifest, notes = MemoryManifest(), PageIndex()
    wall, seals = editions.story(), editions.story("2026-11-24-seals")

    def build(kept: MemoryManifest, *stories: Story) -> None:
        seen = survey(stories, editions.beat(), notes)
        edition = replace(editions.edition(stories), stories=seen)
        publish(edition, tmp_path, kept, PublishOptions())

    build(manifest, wall)
    with pytest.raises(KilledError):
        build(ShortLived(), wall, seals)
    assert (tmp_path / "news/2026-11-24-seals/index.html").is_file()

    build(manifest, wall)

    assert not (tmp_path / "news/2026-11-24-seals").exists()
    assert not (tmp_path / UNFINISHED).exists()
