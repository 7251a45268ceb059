"""The command line keeps its contract: data on stdout, the rest on stderr, three exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.news.ruling import RULING_KINDS
from world.command import copydesk
from world.newsroom import newsroom, record_web, run_git, small_web

NOW = "2026-11-20T08:00:00Z"
WALL_RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a newsroom in which one round was run; tests only read it."""
    folder = tmp_path_factory.mktemp("cli")
    root = newsroom(folder / "beat")
    web = record_web(folder / "web.warc.gz", small_web())
    said = copydesk("-C", root, "run", "--web", web, "--now", NOW)
    assert said.code == 0, said.err
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


def test_run_prints_the_keys_of_the_contract(root: Path, web: Path) -> None:
    said = copydesk("-C", root, "run", "--web", web, "--now", NOW, "--json")
    report = said.json()
    assert said.code == 0
    keys = {
        "leads",
        "filed",
        "updated",
        "held",
        "dropped",
        "failed",
        "skipped",
        "commit",
        "seconds",
    }
    assert keys <= report.keys()
    assert WALL_RECORD in report["filed"]
    assert report["dropped"] == {"off-beat": 1}


def test_the_folder_and_the_clock_may_stand_before_or_after_the_command(
    root: Path, web: Path
) -> None:
    before = copydesk("-C", root, "--now", NOW, "--json", "run", "--web", web)
    after = copydesk("run", "--web", web, "-C", root, "--now", NOW, "--json")
    assert len(before.json()["filed"]) == 2
    assert after.json()["filed"] == []


def test_explain_says_why_a_story_stands(filed: Path) -> None:
    told = copydesk("-C", filed, "explain", WALL_RECORD, "--json").json()
    keys = {"path", "url", "state", "stage", "reasons", "group", "copies", "verdict"}
    assert keys <= told.keys()
    assert told["path"] == WALL_RECORD
    assert any("sea wall" in reason for reason in told["reasons"])


def test_explain_says_why_a_lead_was_dropped(filed: Path) -> None:
    told = copydesk("-C", filed, "explain", "https://gull.example/bakery", "--json").json()
    assert told["state"] == "dropped"
    assert told["reasons"][0].startswith("off-beat")


def test_explain_of_a_stranger_fails_with_a_hint(filed: Path) -> None:
    said = copydesk("-C", filed, "explain", "https://nobody.example/")
    assert said.code == 1
    assert said.out == ""
    assert "hint:" in said.err


def test_a_verdict_is_filed_once_and_binds(root: Path, web: Path) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    order = ("-C", root, "verdict", WALL_RECORD, "reject", "--why", "old news", "--as", "Ed")
    first = copydesk(*order, "--now", NOW, "--json").json()
    assert first["published"] is False
    assert first["commit"] == run_git(root, "rev-parse", "HEAD").strip()
    again = copydesk(*order, "--now", "2026-11-21T08:00:00Z", "--json").json()
    assert again["changed"] == []
    told = copydesk("-C", root, "explain", WALL_RECORD, "--json").json()
    assert told["state"] == "rejected"
    assert told["verdict"]["why"] == "old news"
    copydesk("-C", root, "run", "--web", web, "--all-due", "--now", "2026-11-22T08:00:00Z")
    assert "published: false" in (root / WALL_RECORD).read_text("utf-8")


def test_an_everyday_verdict_goes_to_the_rulings(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "old", more='[scoring]\nprofile = "everyday"\n')
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    order = ("-C", root, "verdict", WALL_RECORD, "publish", "--why", "lead", "--as", "Ed")
    assert copydesk(*order, "--now", NOW).code == 0
    assert "lead" in (root / "_data" / "rulings.yaml").read_text("utf-8")
    record = (root / WALL_RECORD).read_text("utf-8")
    assert "published: true" in record
    assert "verdict:" not in record
    assert copydesk(*order, "--json").json()["changed"] == []


def test_a_verdict_on_a_record_with_uncommitted_edits_is_refused(root: Path, web: Path) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    record = root / WALL_RECORD
    record.write_text(record.read_text("utf-8").replace("Sea wall", "Wall"), "utf-8")
    said = copydesk("-C", root, "verdict", WALL_RECORD, "hold", "--why", "x", "--as", "Ed")
    assert said.code == 1
    assert "not committed" in said.err
    git = f"git -C {root}"
    hint = f"hint: commit them first: {git} add {WALL_RECORD} && {git} commit {WALL_RECORD}\n"
    assert hint in said.err


def test_record_check_needs_no_beat(filed: Path) -> None:
    (filed / "beat.toml").rename(filed / "beat.toml.away")
    try:
        report = copydesk("record", "check", filed, "--json").json()
    finally:
        (filed / "beat.toml.away").rename(filed / "beat.toml")
    assert (report["records"], report["identical"]) == (2, 2)
    assert report["different"] == report["errors"] == []


def test_record_check_of_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    for arguments in (
        ("record", "check", tmp_path / "beta"),
        ("-C", tmp_path / "beta", "record", "check"),
    ):
        said = copydesk(*arguments)

        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"error: there is no such folder: {tmp_path / 'beta'}\nhint: ")


def test_record_check_fails_on_a_broken_record(tmp_path: Path) -> None:
    (tmp_path / "_news").mkdir()
    (tmp_path / "_news" / "2026-01-01-x.md").write_text("---\ntitle: [\n---\n")
    said = copydesk("record", "check", tmp_path, "--json")
    assert said.code == 1
    assert len(said.json()["errors"]) == 1


def test_the_seal_opens_for_who_has_the_key(root: Path, web: Path) -> None:
    from copydesk.archive import sealing

    sealing.write_key(root / ".copydesk" / "key")
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    opened = copydesk("-C", root, "seal", "open", WALL_RECORD)
    assert opened.json().keys() == {"id", "source", "guid", "found", "fingerprint"}
    (root / ".copydesk" / "key").unlink()
    closed = copydesk("-C", root, "seal", "open", WALL_RECORD)
    assert closed.code == 1
    assert "no key" in closed.err


def test_sources_are_added_listed_and_exported(root: Path, tmp_path: Path) -> None:
    assert copydesk("-C", root, "sources", "add", "https://tern.example/feed").code == 0
    again = copydesk("-C", root, "sources", "add", "https://tern.example/feed", "--json")
    assert again.json()["added"] is False
    rows = copydesk("-C", root, "sources", "--json").json()
    assert "https://tern.example/feed" in [row["url"] for row in rows]
    (tmp_path / "all.opml").write_text(copydesk("-C", root, "sources", "export").out)
    named = copydesk("-C", root, "sources", "import", tmp_path / "all.opml", "--json").json()
    assert named == {"named": 3, "added": 0}


def test_config_gives_each_value_its_origin(root: Path) -> None:
    rows = {row["path"]: row for row in copydesk("-C", root, "config", "--json").json()}
    assert rows["site.title"]["origin"].startswith("beat.toml")
    assert rows["scoring.publish_at"] == {
        "path": "scoring.publish_at",
        "value": "70",
        "origin": "default",
    }


def test_single_steps_show_what_the_line_sees(root: Path, web: Path) -> None:
    base = ("-C", root, "--now", NOW, "--json")
    wall = "https://gull.example/wall?utm_source=rss"
    leads = copydesk(*base, "watch", "https://gull.example/feed.xml", "--web", web).json()["leads"]
    assert wall in [lead["url"] for lead in leads]
    assert copydesk(*base, "fetch", wall, "--web", web).json()["status"] == 200
    title = copydesk(*base, "extract", wall, "--web", web).json()["title"]
    assert title["value"] == "Sea wall to rise by two metres"
    assert title["from"]
    lines = copydesk("-C", root, "extract", wall, "--web", web).out.splitlines()
    (provider,) = (line for line in lines if line.startswith("provider          "))
    assert "(gull.example)  [" in provider
    judged = copydesk(*base, "judge", wall, "--web", web).json()
    assert judged["outcome"] == "Story"
    assert not (root / "_news").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("-C", "/nonexistent/newsroom", "run"), 1),
        (("run", "--now", "yesterday-ish"), 2),
        (("runn",), 2),
        (("verdict", "x", "shrug", "--why", "y"), 2),
        (("sources", "add", "mailto:x@y.example"), 2),
        (("sources", "add", "tern"), 2),
        (("serve", "--port", "99999"), 2),
        (("demo", "--port", "-1"), 2),
    ],
)
def test_a_mistake_is_two_lines_at_most_and_no_traceback(
    arguments: tuple[str, ...], code: int
) -> None:
    said = copydesk(*arguments)
    assert said.code == code
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    assert "'run'" in copydesk("runn").err


def test_a_new_newsroom_runs_and_is_never_laid_over_another(tmp_path: Path) -> None:
    made = copydesk("new", tmp_path / "mine", "--json").json()
    assert "beat.toml" in made["files"]
    assert (tmp_path / "mine" / ".copydesk" / "key").stat().st_mode & 0o777 == 0o600
    assert run_git(tmp_path / "mine", "status", "--porcelain") == ""
    assert copydesk("-C", tmp_path / "mine", "config").code == 0
    again = copydesk("new", tmp_path / "mine")
    assert again.code == 2
    assert "not empty" in again.err


def test_a_new_newsroom_inside_a_repository_has_one_of_its_own(tmp_path: Path) -> None:
    outer = newsroom(tmp_path / "outer")
    head = run_git(outer, "rev-parse", "HEAD")
    assert copydesk("new", outer / "inner").code == 0
    assert run_git(outer, "rev-parse", "HEAD") == head
    assert run_git(outer / "inner", "rev-list", "--count", "HEAD") == "1\n"


def test_what_a_round_recorded_replays_the_same(tmp_path: Path, root: Path, web: Path) -> None:
    recording = tmp_path / "recorded.warc.gz"
    copydesk("-C", root, "run", "--web", web, "--record", recording, "--now", NOW)
    again = newsroom(tmp_path / "again")
    copydesk("-C", again, "run", "--web", recording, "--now", NOW)
    assert run_git(root, "rev-parse", "HEAD^{tree}") == run_git(again, "rev-parse", "HEAD^{tree}")


def test_a_recording_that_is_not_there_is_one_clear_error(root: Path) -> None:
    said = copydesk("-C", root, "run", "--web", root / "nothing.warc.gz", "--now", NOW)
    assert said.code == 1
    assert "nothing.warc.gz" in said.err


def test_what_is_no_page_is_told_in_words(root: Path, web: Path) -> None:
    fetched = copydesk("-C", root, "fetch", "https://none.example/", "--web", web)
    assert fetched.code == 1
    assert fetched.err == "received no page (gone: status 404: not found): https://none.example/\n"
    read = copydesk("-C", root, "extract", "none.html", "--web", web)
    assert read.code == 1
    assert read.err.startswith("error: expected a file or a URL: none.html\n")


def test_record_check_fails_on_a_broken_data_file_but_not_on_an_empty_list(root: Path) -> None:
    (root / "_data/rulings.yaml").write_text("", "utf-8")
    assert copydesk("record", "check", root).code == 0
    (root / "_data/topics/01-sea.yaml").write_text("", "utf-8")
    said = copydesk("record", "check", root)
    assert said.code == 1
    assert "_data/topics/01-sea.yaml" in said.err


def test_the_help_names_the_rules_that_there_are() -> None:
    told = " ".join(copydesk("--help").out.split())
    named = told.partition("lasting rules: ")[2].partition(" rejudge ")[0]
    assert sorted(RULING_KINDS) == sorted(named.split(", "))
