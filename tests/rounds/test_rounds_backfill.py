"""Stories of archives of the web are filed once, by month, and change nothing that stands."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.archive import Archive
from copydesk.news import Story
from world import web
from world.archive_host import archive
from world.command import Said, copydesk
from world.newsroom import NOW, WALL, Answer, newsroom, page, record_web, run_git, small_web
from world.web import World, serves
from world.web_archives import KNOWN, STRANGER, filed, invent_pages, write_archives

pytestmark = pytest.mark.slow

OLD_WALL = "https://gull.example/2019/wall"
AT = "2019-12-05T10:00:00Z"


LIVE = """\
[fetch]
contact = "mailto:desk@tidewatch.example"
allow_hosts = ["127.0.0.1"]
delay_seconds = 0
"""


async def fill_live(root: Path, *words: str) -> tuple[int, str]:
    """Fill from addresses, in a process of its own; give its exit code, and all it prints."""
    command = ("-C", str(root), "--now", NOW.isoformat(), "backfill", *words)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "copydesk", *command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def told(title: str, text: str = WALL, at: str = AT) -> Answer:
    return replace(page(title, text, date=at), at=at)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more='[fetch]\ncontact = "mailto:desk@tidewatch.example"\n')


def fill(root: Path, web: Path, *words: object) -> Said:
    return copydesk("-C", root, "--now", NOW.isoformat(), "backfill", "--web", web, *words)


def fill_with(
    root: Path,
    pages: Mapping[str, Answer],
    today: Mapping[str, Answer] | None = None,
    *words: object,
) -> dict[str, object]:
    """Fill from one archive of pages; today's web has them all, or is the one given."""
    archive = record_web(root.parent / "old.warc.gz", pages)
    there = pages if today is None else today or {"https://gull.example/": page("Home", WALL)}
    web = record_web(root.parent / "today.warc.gz", there)
    said = fill(root, web, "--json", archive, *words)
    assert said.code == 0, said.err
    report: dict[str, object] = said.json()
    return report


def only_story(root: Path) -> Story:
    ((path, _),) = filed(root)
    return Archive(root).read(path)


def test_stories_are_filed_by_month_the_earliest_first_and_only_once(
    root: Path, tmp_path: Path
) -> None:
    pages = invent_pages(120)
    archives = write_archives(tmp_path / "archives", pages, 3)
    web = record_web(tmp_path / "web.warc.gz", pages)

    said = fill(root, web, *archives)

    assert said.code == 0, said.err
    stories = dict(filed(root))
    assert len(stories) > 15
    months = ["2019-11", "2019-12", "2020-01", "2020-02", "2020-03"]
    assert sorted({path[15:22].replace("/", "-") for path in stories}) == months
    assert all(
        f"//{STRANGER}/".encode() not in data.split(b"related:")[0] for data in stories.values()
    )
    subjects = run_git(root, "log", "--format=%s", "--reverse").splitlines()[1:]
    assert [line.split()[-1] for line in subjects] == months
    assert run_git(root, "status", "--porcelain") == ""
    assert copydesk("record", "check", root).code == 0

    again = fill(root, web, "--json", *archives).json()

    assert (again["read"], again["filed"]) == (0, {})
    assert dict(filed(root)) == stories
    copied = tmp_path / "copied.warc.gz"  # the same pages under another name
    copied.write_bytes(archives[0].read_bytes())
    assert fill(root, web, "--json", copied).json()["filed"] == {}
    assert dict(filed(root)) == stories


def test_the_days_rounds_would_have_grouped_them_the_same_way(root: Path) -> None:
    fill_with(root, invent_pages(120))
    said = copydesk(
        "-C", root, "--now", NOW.isoformat(), "rejudge", "--since", "2019-01-01", "--json"
    )
    assert said.code == 0, said.err
    changed = {change["field"] for change in said.json()["changes"]}
    assert changed <= {"reasons"}


def test_a_page_of_today_decides_whether_a_story_is_published(root: Path) -> None:
    was = {OLD_WALL: told("Sea wall to rise by two metres")}
    fill_with(root, was)
    assert only_story(root).published


@pytest.mark.sample("gone", "robots")
@pytest.mark.parametrize(
    ("today", "why"),
    [
        ({}, "cannot be fetched today"),
        (
            {
                OLD_WALL: Answer(
                    status="301 Moved", headers=(("Location", "https://gull.example/"),)
                )
            },
            "moved to https://gull.example/",
        ),
        (
            {
                OLD_WALL: page(
                    "Sea wall", WALL, date=AT, head='<meta name="robots" content="nosnippet">'
                )
            },
            "no excerpt today",
        ),
        ({OLD_WALL: page("Not found", "There is nothing here.")}, "no article today"),
        (
            {
                "https://gull.example/robots.txt": Answer(
                    body=b"User-agent: *\nDisallow: /", kind="text/plain"
                ),
                OLD_WALL: told("Sea wall to rise by two metres"),
            },
            "cannot be fetched today",
        ),
    ],
    ids=["gone", "moved", "no snippet", "no article", "robots"],
)
def test_a_page_that_is_gone_or_refuses_is_filed_and_not_published(
    root: Path, today: dict[str, Answer], why: str
) -> None:
    home = {"https://gull.example/": page("Home", "Nothing but a home page.")}
    fill_with(root, {OLD_WALL: told("Sea wall to rise by two metres")}, {**home, **today})
    story = only_story(root)
    assert not story.published
    assert [str(reason) for reason in story.reasons if why in str(reason)]
    listed = copydesk("-C", root, "stories", "--standing", "ruled-out", "--json").json()
    assert len(listed["stories"]) == 1
    said = copydesk(
        "-C",
        root,
        "--now",
        NOW.isoformat(),
        "rejudge",
        "--since",
        "2019-01-01",
        "--apply",
        "--json",
    )
    assert said.json()["changes"] == []
    assert not only_story(root).published


def test_a_story_of_an_unknown_host_waits_for_an_editor(root: Path) -> None:
    old = {f"https://{STRANGER}/wall": told("Sea wall to rise by two metres")}
    assert fill_with(root, old)["filed"] == {}
    fill_with(root, old, None, "--any-host", "--restart")
    story = only_story(root)
    assert not story.published
    assert "no known publisher" in "".join(map(str, story.reasons))
    assert copydesk("-C", root, "verdict", story.path, "publish", "--why", "good").code == 0
    assert only_story(root).published


def test_a_page_that_names_another_sites_page_as_its_own_is_no_known_hosts(root: Path) -> None:
    link = f'<link rel="canonical" href="https://{STRANGER}/wall">'
    lent = replace(page("Sea wall to rise", WALL, date=AT, head=link), at=AT)
    report = fill_with(root, {OLD_WALL: lent})
    stories = [Archive(root).read(path) for path, _ in filed(root)]
    assert all(KNOWN[0] in story.web_url for story in stories), report


def test_what_stands_stays(root: Path, tmp_path: Path) -> None:
    today = record_web(tmp_path / "live.warc.gz", small_web())
    assert copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", today).code == 0
    before = {path: path.read_bytes() for path in (root / "_news").glob("*.md")}
    wall = "https://gull.example/wall?utm_source=rss"
    text = WALL.replace("Thursday", "Wednesday").replace("41 million", "forty-one million")
    old = {
        wall: told("Sea wall to rise by two metres", at="2026-11-19T10:00:00Z"),  # filed already
        "https://heron.example/wall": told(
            "Council of Port Sable raises the sea wall", text, "2026-11-18T10:00:00Z"
        ),
    }
    report = fill_with(root, old)
    assert {path: path.read_bytes() for path in (root / "_news").glob("*.md")} == before
    ((path, data),) = filed(root)
    assert path.startswith("_archive/_news/2026/11/")
    assert b"published: true" not in data  # it stands behind the filed one, or is its copy
    assert all(changed.startswith("_news/") for changed in report["changes"])  # type: ignore[attr-defined]


def test_editors_words_hold(root: Path) -> None:
    old = {OLD_WALL: told("Sea wall to rise by two metres")}
    fill_with(root, old)
    path = only_story(root).path
    assert copydesk("-C", root, "verdict", path, "remove", "--why", "asked to").code == 0
    run_git(root, "rm", "-q", path)
    run_git(root, "commit", "-qm", "gone")
    assert fill_with(root, old, None, "--restart")["filed"] == {}


def test_the_same_page_many_times_is_one_story(root: Path, tmp_path: Path) -> None:
    one = told("Sea wall to rise by two metres")
    archive = record_web(tmp_path / "many.warc.gz", {OLD_WALL: [one] * 1000})
    web = record_web(tmp_path / "web.warc.gz", {OLD_WALL: one})
    report = fill(root, web, "--json", archive).json()
    assert report["counts"]["repeated"] == 999
    assert len(dict(filed(root))) == 1


def test_an_archive_that_is_cut_gives_what_it_has_and_is_read_again(
    root: Path, tmp_path: Path
) -> None:
    pages = invent_pages(60)
    (archive,) = write_archives(tmp_path / "archives", pages, 1)
    web = record_web(tmp_path / "web.warc.gz", pages)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])

    cut = fill(root, web, "--json", archive)

    assert cut.code == 0, cut.err
    assert len(cut.json()["cut"]) == 1
    some = dict(filed(root))
    assert some
    archive.write_bytes(whole)
    assert fill(root, web, "--json", archive).json()["cut"] == []
    every = dict(filed(root))
    assert len(every) > len(some)
    assert {path: every[path] for path in some} == some


def test_other_topics_in_the_middle_are_told_and_restart_reads_anew(
    root: Path, tmp_path: Path
) -> None:
    pages = invent_pages(60)
    archives = write_archives(tmp_path / "archives", pages, 2)
    web = record_web(tmp_path / "web.warc.gz", pages)
    broken = tmp_path / "archives" / "broken.warc.gz"
    broken.write_bytes(gzip.compress(b"no archive"))
    topic = root / "_data/topics/00-coast.yaml"
    topic.write_text(topic.read_text().replace("sea wall", "opera house"))
    # nothing was read before: the topics are today's
    assert fill(root, web, archives[0]).code == 0
    copydesk("-C", root, "backfill", "--web", web, broken)
    (root / ".git/index.lock").touch()  # filing fails, so that pages wait
    assert fill(root, web, archives[1]).code == 1
    (root / ".git/index.lock").unlink()
    topic.write_text(topic.read_text().replace("opera house", "sea wall"))

    said = fill(root, web, archives[1])

    assert said.code == 1
    assert "--restart" in said.err
    assert fill(root, web, "--restart", *archives).code == 0


def test_a_dry_run_tells_what_would_come_and_saves_nothing(root: Path, tmp_path: Path) -> None:
    pages = invent_pages(120)
    archives = write_archives(tmp_path / "archives", pages, 12)
    web = record_web(tmp_path / "web.warc.gz", pages)
    report = fill(root, web, "--dry-run", "--json", *archives).json()
    assert report["read"] == 5
    assert report["archives"] == 12
    assert sum(report["by_year"].values()) <= report["estimated_stories"]
    assert set(report["by_year"]) <= {"2019", "2020"}
    assert report["estimated_bytes"] > 1000
    assert dict(filed(root)) == {}
    assert not (root / ".copydesk/backfill.sqlite").exists()


def test_a_second_backfill_is_refused_while_one_runs(root: Path, tmp_path: Path) -> None:
    from copydesk.kit import locks

    archive = record_web(tmp_path / "old.warc.gz", {OLD_WALL: told("Sea wall to rise")})
    (root / ".copydesk").mkdir(exist_ok=True)
    with locks.hold(root / ".copydesk/backfill.lock", 0) as free:
        assert free
        said = fill(root, archive, archive)
    assert said.code == 1
    assert "another backfill is active" in said.err


def test_nothing_of_it_is_news(root: Path, tmp_path: Path) -> None:
    site = root / ".copydesk/site"
    today = record_web(tmp_path / "live.warc.gz", small_web())
    assert copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", today).code == 0
    before = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }
    recent = "2026-11-19T20:00:00Z"
    fill_with(
        root,
        {
            OLD_WALL: told("Sea wall of old to rise"),
            "https://heron.example/gate": told("A gate in the coast road", WALL[::-1], recent),
            "https://heron.example/seal": told(
                "The coast guard counts its boats",
                "The coast guard of Tarn has nine boats on the coast and wants ten.\n" * 6,
                recent,
            ),
        },
    )
    names = [Path(path).stem for path, data in filed(root) if b"published: true" in data]
    assert names
    copydesk("-C", root, "--now", NOW.isoformat(), "build")
    after = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }
    new = after.keys() - before.keys()
    months = {
        f"archive/{path[15:22]}/index.html" for path, _ in filed(root) if Path(path).stem in names
    }
    assert {path for path in new if path.endswith(".html")} == months | {
        f"news/{name}/index.html" for name in names
    }
    changed = {path for path in before if after.get(path) != before[path]}
    assert changed <= {"archive/index.html", "sitemap-pages.xml", "sitemap.xml", "built.json"}, (
        changed
    )
    for name in names:
        assert not any(name.encode() in after[path] for path in before)
    archive = json.dumps(sorted(months))
    assert all(Path(month).parent.as_posix() in archive for month in months)


def test_archives_of_a_list_are_downloaded_and_publishers_are_not_asked_for_them(
    tmp_path: Path,
) -> None:
    pages = {url: one for url, one in invent_pages(60).items() if STRANGER in url}
    archives = write_archives(tmp_path / "archives", pages, 2)

    async def work(world: World) -> tuple[int, str, list[str]]:
        for file in archives:
            cut = 4_000 if file == archives[0] else None
            behaviours = [archive(file.read_bytes(), cut=cut), archive(file.read_bytes())]
            world.at(f"/data/{file.name}", *behaviours)
        paths = "".join(f"data/{file.name}\n" for file in archives)
        world.at("/warc.paths.gz", serves(gzip.compress(paths.encode())))
        root = newsroom(tmp_path / "beat", more=LIVE)
        code, err = await fill_live(root, "--any-host", world.url("/warc.paths.gz"))
        asked = [one.path for one in world.asked if one.path.startswith("/data/")]
        return code, err, asked

    code, err, asked = web.run(work)

    assert code == 0, err
    stories = dict(filed(tmp_path / "beat"))
    assert stories
    assert sorted(asked) == [f"/data/{archives[0].name}"] * 2 + [f"/data/{archives[1].name}"]
    assert not list((tmp_path / "beat/.copydesk/archives").iterdir())


def test_a_page_in_place_of_an_archive_fails_in_words_and_is_not_kept(tmp_path: Path) -> None:
    async def work(world: World) -> tuple[int, str]:
        world.at("/a.warc.gz", serves(b"<!doctype html><title>Sorry</title>"))
        return await fill_live(newsroom(tmp_path / "beat", more=LIVE), world.url("/a.warc.gz"))

    code, err = web.run(work)

    assert code == 1
    assert "it does not begin with a WARC record" in err
    assert not list((tmp_path / "beat/.copydesk/archives").iterdir())


def test_a_recording_has_no_archives(root: Path, tmp_path: Path) -> None:
    recorded = record_web(tmp_path / "web.warc.gz", {OLD_WALL: told("Sea wall to rise")})
    said = fill(root, recorded, "https://archives.example/a.warc.gz")
    assert said.code == 2
    assert "leave out --web" in said.err
