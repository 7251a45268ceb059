"""`copydesk verify`: a site as its records give it, and forty kinds of tampering, each named."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import building
from copydesk.archive import shown
from copydesk.archive.record import emit_story, parse_story
from copydesk.errors import VerifyError
from copydesk.news.summary import CitedSentence, Summary, digest_text
from copydesk.newsroom import Troubles, open_newsroom
from world.command import copydesk
from world.newsroom import KEY, NOW, newsroom, run_git
from world.shared import SHARED, needs_shared
from world.verifying import HOUR, KEEP, ROAD, WALL, Stranger, build, check, file_story

# A site that nobody changed.


def test_a_site_is_its_records_byte_for_byte(published: Path, tmp_path: Path) -> None:
    bare = tmp_path / "records.git"
    run_git(tmp_path, "clone", "-q", "--bare", str(published), str(bare))
    site = tmp_path / "elsewhere"
    shutil.copytree(published / ".copydesk" / "site", site)

    report = check(site, records=str(bare))

    assert (report.differences, report.left_out, report.failed) == ((), (), ())
    assert report.is_same
    assert report.files == sum(file.is_file() for file in site.rglob("*")) - 1  # the marker


def test_a_site_with_a_summary_is_its_records_whatever_the_settings_of_the_model(
    published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "beat"
    shutil.copytree(published, root)
    words = "The sea wall rises by two metres."
    made = Summary(
        sentences=(CitedSentence(text=words, stories=(WALL,)),),
        by="model small:8b",
        at=NOW - HOUR,
        digest=digest_text(words),
    )
    record = root / "_news" / f"{WALL}.md"
    story = parse_story(f"_news/{WALL}.md", record.read_bytes())
    record.write_bytes(emit_story(replace(story, summary=made)))
    run_git(root, "commit", "-qam", "summary")
    build(root)
    page = root / ".copydesk" / "site" / "news" / WALL / "index.html"
    shown = page.read_bytes()
    assert words in shown.decode()
    assert check(root).is_same

    model = '[model]\nurl = "http://127.0.0.1:9/v1"\nname = "large"\nuses = ["summary"]\n'
    with (root / "beat.toml").open("a") as beat:
        beat.write(model)
    run_git(root, "commit", "-qam", "model")
    build(root)
    assert shown == page.read_bytes()
    assert check(root).is_same


def test_the_command_says_what_a_public_repository_shows(published: Path, tmp_path: Path) -> None:
    said = copydesk("verify", published)
    assert said.code == 0
    assert "same bytes" in said.out
    assert "names of editors" in said.err
    assert "does not rewrite the history" in said.err

    site = tmp_path / "site"
    shutil.copytree(published / ".copydesk" / "site", site)
    (site / "hoax.html").write_text("<p>Hoax</p>")
    said = copydesk("verify", site, "--records", published, "--json")
    assert said.code == 1
    [difference] = json.loads(said.out)["differences"]
    assert (difference["kind"], difference["path"]) == ("extra", "hoax.html")


@needs_shared
@pytest.mark.slow
def test_the_reference_site_is_its_records_byte_for_byte(tmp_path: Path) -> None:
    root = tmp_path / "beat"
    shutil.unpack_archive(SHARED / "reference" / "powerapps-site.tar.gz", root, filter="data")
    assert copydesk("adopt", root).code == 0
    with (root / "beat.toml").open("a") as beat:
        beat.write(KEEP)
    run_git(root, "init", "-q", "-b", "main", "--template=")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "start")
    assert copydesk("-C", root, "--now", "2024-04-12T20:00:00Z", "build").code == 0

    assert check(root).differences == ()


def test_no_setting_or_secret_of_the_environment_is_read(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "secret"
    os.mkfifo(pipe, 0o600)  # to read it would be an error
    for name in ("COPYDESK_KEY_FILE", "COPYDESK_SMTP_PASSWORD_FILE", "AWS_SECRET_ACCESS_KEY_FILE"):
        monkeypatch.setenv(name, str(pipe))
    monkeypatch.setenv("COPYDESK_SITE_TITLE", "Another title")

    assert check(published).is_same


# Tampering: each is found and named. The site that is compared with was built from its records.


Tamper = Callable[[Path], object]


def edit(path: str, old: str, new: str) -> Tamper:
    def do(site: Path) -> None:
        [file] = site.glob(path)
        before = file.read_text("utf-8")
        assert old in before, before[:2000]
        file.write_text(before.replace(old, new), "utf-8")

    return do


def append(path: str, words: str = " ") -> Tamper:
    def do(site: Path) -> None:
        file = min(site.glob(path))
        file.write_bytes(file.read_bytes() + words.encode())

    return do


def delete(path: str) -> Tamper:
    return lambda site: min(site.glob(path)).unlink()


def write(path: str) -> Tamper:
    def do(site: Path) -> None:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text("<p>A hoax</p>")

    return do


def link(path: str) -> Tamper:
    def do(site: Path) -> None:
        (site / path).unlink()
        (site / path).symlink_to("/etc/hostname")

    return do


def swap_on_front(one: str, other: str) -> Tamper:
    def do(site: Path) -> None:
        file = site / "index.html"
        page = file.read_text("utf-8").replace(one, "\0").replace(other, one)
        file.write_text(page.replace("\0", other), "utf-8")

    return do


def alter_record(site: Path) -> None:
    """Change a story's headline wherever the site says it, as a changed record would."""
    for file in site.rglob("*"):
        if file.suffix in {".html", ".json", ".xml"} and file.is_file():
            data = file.read_bytes()
            file.write_bytes(data.replace(b"Sea wall to rise", b"Sea wall to fall"))


STORY, FRONT = f"news/{WALL}/index.html", "index.html"
TAMPERING: dict[str, tuple[Tamper, str, str, str]] = {
    "a headline": (edit(STORY, "Sea wall to rise", "Sea wall to fall"), "changed", STORY, "fall"),
    "words added": (append(STORY, "<p>Buy gold</p>"), "changed", STORY, "the page of a story"),
    "the link to the original": (
        edit(STORY, "https://the-sea-wall-to-rise.example/sea", "https://evil.example/sea"),
        *("changed", STORY, "evil.example"),
    ),
    "the policy against scripts": (
        edit(STORY, "script-src &#x27;self&#x27;", "script-src *"),
        *("changed", STORY, "script-src"),
    ),
    "a script added": (append(STORY, "<script>x()</script>"), "changed", STORY, "was changed"),
    "the canonical address": (
        edit(STORY, 'rel="canonical" href="https://tidewatch', 'rel="canonical" href="https://x'),
        *("changed", STORY, "canonical"),
    ),
    "noindex added": (
        edit(STORY, "</title>", '</title><meta name="robots" content="noindex">'),
        *("changed", STORY, "was changed"),
    ),
    "only a space": (append(STORY, " "), "changed", STORY, "was changed"),
    "a page emptied": (
        lambda site: (site / STORY).write_bytes(b""),
        *("changed", STORY, "the site says “”"),
    ),
    "another place on the front page": (
        swap_on_front(WALL, ROAD),
        *("front", FRONT, "by the records place"),
    ),
    "a story put in front without a rule": (
        edit(
            FRONT,
            "<main",
            '<a href="/coast/news/2026-11-20-a-story-below-the-threshold/">x</a><main',
        ),
        *("front", FRONT, "without a rule"),
    ),
    "an unknown story put in front": (
        edit(FRONT, "<main", '<a href="/coast/news/2026-11-20-bought/">x</a><main'),
        *("front", FRONT, "place 1 on the front page without a rule"),
    ),
    "a story taken off the front page": (
        edit(FRONT, ROAD, "2026-11-20-gulls-return"),
        *("front", FRONT, "missing on the front page"),
    ),
    "words on the front page": (
        edit(FRONT, "Harbour road waits", "Harbour road opens"),
        *("changed", FRONT, "opens"),
    ),
    "an altered record": (alter_record, "record", STORY, "Sea wall to fall"),
    "a deleted page": (delete(STORY), "missing", STORY, "is missing"),
    "an invented story": (
        write("news/2026-11-20-bought/index.html"),
        *("extra", "news/2026-11-20-bought/index.html", "not made from the records"),
    ),
    "a page beside the others": (write("offer.html"), "extra", "offer.html", "not made"),
    "a folder of pages": (write("win/index.html"), "extra", "win/index.html", "not made"),
    "a link for a page": (link(STORY), "unread", STORY, "cannot be read"),
    "a topic's page": (append("topics/coast/index.html"), "changed", "topics/", "of a topic"),
    "a publisher's page": (
        append("sources/the-gulls-return.example/index.html"),
        *("changed", "sources/", "of a publisher"),
    ),
    "a day's page": (append("2026/11/20/index.html"), "changed", "2026/11/20/", "of a day"),
    "a month's page": (append("2026/11/index.html"), "changed", "2026/11/", "day or month"),
    "a page of the archive": (append("archive/1/index.html"), "changed", "archive/1", "a page"),
    "the about page": (append("about/index.html"), "changed", "about/", "a page"),
    "the page on the method": (append("method/index.html"), "changed", "method/", "a page"),
    "an earlier front page": (
        append("front/2026-11-20T0800/index.html"),
        *("changed", "front/2026-11-20T0800/", "an earlier front page"),
    ),
    "an edition": (append("edition/2026-11-20/index.html"), "changed", "edition/", "the edition"),
    "the log of editions": (append("editions.txt", "x"), "changed", "editions.txt", "of itself"),
    "the site's own clock": (
        edit("verify.json", "08:00:00Z", "08:00:01Z"),
        *("changed", "verify.json", "of itself"),
    ),
    "a feed": (append("feed.xml"), "changed", "feed.xml", "a feed"),
    "an RSS feed": (append("rss.xml"), "changed", "rss.xml", "a feed"),
    "a JSON feed": (append("feed.json"), "changed", "feed.json", "a feed"),
    "a sitemap": (append("sitemap.xml"), "changed", "sitemap.xml", "a sitemap"),
    "the news sitemap": (append("sitemap-google-news.xml"), "changed", "sitemap-g", "a sitemap"),
    "the file for language models": (append("llms.txt", "x"), "changed", "llms.txt", "a file"),
    "the search index": (append("search/2026*.json"), "changed", "search/2026", "the search"),
    "the second API": (append("api/v2/stories/*.json"), "changed", "api/v2/", "of the API"),
    "the first API": (append("api/news/index.json"), "changed", "api/news/", "of the API"),
    "a picture replaced": (append("pictures/*.webp"), "changed", "pictures/", "digest"),
    "a picture missing": (delete("pictures/*.webp"), "missing", "pictures/", "is missing"),
    "a picture added": (write("pictures/x.webp"), "extra", "pictures/x.webp", "a picture"),
    "a card of a shared link": (append("cards/*.png"), "changed", "cards/", "shared link"),
    "the style sheet": (append("style.css", ".x{}"), "changed", "style.css", "of the design"),
    "the script": (append("site.js", "x()"), "changed", "site.js", "of the design"),
    "the icon": (append("favicon.ico"), "changed", "favicon.ico", "of the design"),
    "a file of the owner": (append("assets/terms.txt"), "changed", "assets/terms", "the owner"),
    "the page for lost visitors": (append("404.html"), "changed", "404.html", "a page"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_and_named(
    name: str, right: building.RightSite, published: Path, tmp_path: Path
) -> None:
    do, kind, path, words = TAMPERING[name]
    site = tmp_path / "site"
    shutil.copytree(published / ".copydesk" / "site", site)
    assert building.compare_folder(right, site) == ()

    do(site)

    differences = building.compare_folder(right, site)
    found = [one for one in differences if one.kind == kind and one.path.startswith(path)]
    assert found, differences
    assert any(words in one.what for one in found), found
    if path == STORY:
        assert {one.story for one in found} == {WALL}


def test_a_place_on_the_front_page_is_told_with_its_reason(
    right: building.RightSite, published: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    shutil.copytree(published / ".copydesk" / "site", site)
    swap_on_front(WALL, ROAD)(site)

    found = {one.story: one for one in building.compare_folder(right, site)}

    assert (found[WALL].place, found[WALL].right_place) == (2, 1)
    assert found[WALL].reason == "first by the rules, other newsrooms: 0"


# Records and a log that others keep.


def test_a_theme_that_is_not_in_git_is_found(stranger: Stranger) -> None:
    stranger.write("_templates/theme.css", ".mine { color: red }")
    build(stranger.root)

    report = check(stranger.root)

    assert "style.css" in {one.path for one in report.differences}


@pytest.mark.parametrize("says", [b"", b"[]", b'{"x": ' + b"[" * 99_999, b'{"x": "\xff"}'])
def test_a_site_that_does_not_say_what_it_was_built_of_is_told(
    stranger: Stranger, says: bytes
) -> None:
    (stranger.site / "verify.json").write_bytes(says)

    with pytest.raises(VerifyError, match="cannot be read"):
        check(stranger.root)


def test_an_altered_record_in_a_later_commit_is_found(stranger: Stranger) -> None:
    record = stranger.root / "_news" / f"{WALL}.md"
    record.write_text(record.read_text().replace("Sea wall to rise", "Sea wall to fall"))
    stranger.commit()

    report = check(stranger.root)

    assert [one.story for one in report.differences if one.kind == "record"] == [WALL]


def test_a_rewritten_history_is_found(stranger: Stranger) -> None:
    run_git(stranger.root, "commit", "-q", "--amend", "-m", "other words")
    run_git(stranger.root, "reflog", "expire", "--expire=now", "--all")
    run_git(stranger.root, "gc", "-q", "--prune=now")

    with pytest.raises(VerifyError, match="not among the records") as caught:
        check(stranger.root)
    assert "history was rewritten" in caught.value.hint


def test_a_kept_log_shows_an_edition_that_was_altered_or_taken_back(published: Path) -> None:
    log = (published / ".copydesk" / "site" / "editions.txt").read_bytes()
    assert check(published, log=log).is_same

    other = re.sub(rb"[0-9a-f]{64}", b"0" * 64, log)
    earlier = log.replace(b"2026-11-20T", b"2026-11-18T")
    [altered] = check(published, log=other).differences
    [gone] = check(published, log=earlier).differences
    assert "not the one of the log" in altered.what
    assert "no edition of 2026-11-18" in gone.what


def test_points_for_page_views_are_those_of_the_kept_front_page(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=f"{KEEP}[serve]\ncount_reads = true\n")
    names = ["one", "two", "three", "four", "five", "six"]
    records = [file_story(root, f"story-{name}") for name in names]
    with open_newsroom(root, NOW, {"COPYDESK_KEY": KEY}) as opened:
        for record in records:
            opened.memory.reads.add(NOW.date(), {record: 200 if "four" in record else 10})
    build(root)

    [front] = shown.read_fronts(root, Troubles())
    assert front.reads == {"2026-11-20-story-four": 20}
    assert front.places[0].story == "2026-11-20-story-four"
    assert check(root).differences == ()

    (root / "_templates").mkdir()
    (root / "_templates" / "theme.css").write_text(".mine { color: red }")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "theme")
    build(root, NOW + 3 * HOUR)  # the points and the front page are the same

    assert len(shown.read_fronts(root, Troubles())) == 1
    assert check(root).differences == ()


@pytest.mark.parametrize("words", ["<a", "<a ", '<a href="', "<", ' href="/', "<a href='x'"])
def test_a_page_made_to_be_slow_is_compared_in_time(
    words: str, right: building.RightSite, published: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    shutil.copytree(published / ".copydesk" / "site", site)
    append("index.html", words * (1_000_000 // len(words)))(site)

    assert [one.path for one in building.compare_folder(right, site)] == ["index.html"]
