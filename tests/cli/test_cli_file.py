"""`copydesk add URL`: a page that a person found, whatever its source."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from copydesk import rounds
from copydesk.editing import applying
from copydesk.newsroom import Silence, open_newsroom
from copydesk.newsroom.reports import RoundReport
from world.command import Said, copydesk
from world.newsroom import NOW as MOMENT
from world.newsroom import Answer, feed, newsroom, page, record_web, run_git, small_web

NOW = "2026-11-20T08:00:00Z"
TERN = "https://tern.example/"
BAKERY = (
    "A bakery in the hills won a prize for its rye bread on Wednesday evening.\n"
    "The jury praised the crust, the crumb and the patience of the baker, who lets the "
    "dough rest for thirty hours in a cellar that was once a bank's.\n"
    "She will share the money with the two apprentices who keep the oven at night."
)
RECORD = "_news/2026-11-19-bread-takes-the-prize.md"
WALL_RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


def answers() -> dict[str, Answer]:
    robots = Answer(body=b"User-agent: *\nDisallow: /private", kind="text/plain")
    links = "".join(f'<li><a href="/{n}">Headline number {n} of many</a></li>' for n in range(40))
    return {
        **small_web(),
        f"{TERN}bread": page("Bread takes the prize", BAKERY),
        f"{TERN}old": page("Bread of old", BAKERY, date="2019-11-19T10:00:00Z"),
        f"{TERN}robots.txt": robots,
        f"{TERN}private/bread": page("Bread in private", BAKERY),
        f"{TERN}menu.pdf": Answer(body=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", kind="application/pdf"),
        f"{TERN}news": Answer(body=f"<html><title>News</title><ul>{links}</ul>".encode()),
        f"{TERN}moved": Answer(
            status="301 Moved Permanently", headers=(("Location", "https://gull.example/wall"),)
        ),
        f"{TERN}paused": Answer(status="503 Unavailable", headers=(("Retry-After", "600"),)),
        "https://gull.example/wall": small_web()["https://gull.example/wall?utm_source=rss"],
    }


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", answers())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def file(root: Path, web: Path, url: str, *more: str) -> Said:
    return copydesk("-C", root, "file", url, "--web", web, "--now", NOW, "--as", "Ann", *more)


def commits(root: Path) -> int:
    return int(run_git(root, "rev-list", "--count", "HEAD"))


def test_a_page_that_no_source_lists_is_filed_in_one_commit_with_who_and_why(
    root: Path, web: Path
) -> None:
    before = commits(root)

    said = file(root, web, f"{TERN}bread", "--topic", "Coast", "--why", "half the town ate it")

    assert (said.code, said.out.splitlines()[0]) == (0, f"saved: {RECORD}"), said.err
    record = (root / RECORD).read_text("utf-8")
    assert f"{NOW} filed by Ann: half the town ate it" in record
    assert "- Coast" in record
    assert commits(root) == before + 1
    told = run_git(root, "log", "-1", "--format=%B")
    assert told.splitlines()[:3] == ["news: 1 new", "", "+ Bread takes the prize"]
    assert told.rstrip().endswith("half the town ate it\n\nby Ann")
    assert run_git(root, "status", "--porcelain") == ""


def test_it_is_judged_as_any_other_and_the_site_shows_what_passes(root: Path, web: Path) -> None:
    wall = "https://gull.example/wall"

    report = file(root, web, wall, "--json").json()

    assert report["filed"] == [WALL_RECORD]
    assert report["headlines"][0]["published"] is True
    story = root / ".copydesk/site/news/2026-11-19-sea-wall-to-rise-by-two-metres/index.html"
    shown = story.read_text("utf-8")
    assert "Sea wall to rise" in shown
    assert "Ann" not in shown


def test_it_is_not_dropped_as_off_the_beat_nor_as_too_old(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "strict", more="[fetch]\nmax_age_days = 14\n")
    for name in ("bread", "old"):
        said = file(root, web, f"{TERN}{name}")
        assert said.code == 0, said.err
    assert "not published" in said.out
    assert "no topic" in said.out
    assert "verdict _news/2019-11-19-bread-of-old.md publish --why TEXT" in said.err
    assert "\ntopics:" not in (root / RECORD).read_text("utf-8")


def test_what_a_round_dropped_may_be_filed_by_hand(root: Path, web: Path) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)

    said = file(root, web, "https://gull.example/bakery", "--topic", "coast")

    assert said.code == 0, said.err
    again = copydesk("-C", root, "run", "--web", web, "--all-due", "--now", "2026-11-21T08:00:00Z")
    assert again.code == 0
    assert len(list((root / "_news").iterdir())) == 3


def test_its_topic_lasts_when_it_is_judged_again(root: Path, web: Path) -> None:
    file(root, web, f"{TERN}bread", "--topic", "Coast", "--why", "it is ours")

    rules = copydesk("-C", root, "rule", "list", "--json").json()
    assert [(rule["said"], rule["by"], rule["values"]) for rule in rules] == [
        ("retopic", "Ann", ["Coast"])
    ]
    changes = copydesk("-C", root, "rejudge", "--since", "0", "--now", NOW, "--json").json()
    assert changes["changes"] == []


def test_its_topic_stands_beside_those_of_its_words_and_changes_no_points(
    tmp_path: Path, web: Path
) -> None:
    judged = []
    for name, more in (("with", ("--topic", "Harbours")), ("without", ())):
        root = newsroom(tmp_path / name)
        harbours = "_id: harbours\nname: Harbours\nparent: Ports\nkeywords: [winter]\n"
        (root / "_data/topics/01-harbours.yaml").write_text(harbours, "utf-8")
        ports = "_id: ports\nname: Ports\nkeywords: [wharf]\n"
        (root / "_data/topics/02-ports.yaml").write_text(ports, "utf-8")
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "topics")
        report = file(root, web, "https://gull.example/wall", *more, "--json").json()
        judged.append(report["headlines"][0])
        changes = copydesk("-C", root, "rejudge", "--since", "0", "--now", NOW, "--json").json()
        assert changes["changes"] == []

    with_topic, without = judged
    assert without["topics"] == ["Coast"]
    assert with_topic["topics"] == ["Coast", "Harbours", "Ports"]
    assert with_topic["quality"] == without["quality"]


def test_explain_says_who_had_it_filed(root: Path, web: Path) -> None:
    file(root, web, f"{TERN}bread", "--topic", "Coast", "--why", "it is ours")

    told = copydesk("-C", root, "explain", RECORD, "--json").json()

    assert told["history"] == [f"{NOW} filed by Ann: it is ours"]
    assert "topic Coast: set by Ann: it is ours" in told["reasons"]
    assert told["standing"] in {"published", "below-gate"}


def test_in_the_everyday_profile_the_commit_says_who(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "old", more='[scoring]\nprofile = "everyday"\n')

    said = file(root, web, f"{TERN}bread", "--why", "good bread")

    assert said.code == 0, said.err
    assert "history" not in (root / RECORD).read_text("utf-8")
    assert "good bread\n\nby Ann" in run_git(root, "log", "-1", "--format=%B")


REFUSED = {
    "a page that robots.txt forbids": ("private/bread", "not saved: robots"),
    "a page that is not there": ("nowhere", "not saved: gone"),
    "a list of links": ("news", "not saved: not-an-article"),
    "a document": ("menu.pdf", "menu.pdf"),
    "a host that wants a pause": ("paused", "add it again later"),
}


@pytest.mark.parametrize(("name", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_filed_is_said_with_the_reason(
    root: Path, web: Path, name: str, words: str
) -> None:
    before = run_git(root, "rev-parse", "HEAD")

    said = file(root, web, f"{TERN}{name}")

    assert (said.code, said.out) == (1, "")
    assert words in said.err
    assert run_git(root, "rev-parse", "HEAD") == before
    assert not (root / "_news").exists()


def test_a_private_address_is_not_asked(root: Path) -> None:
    beat = root / "beat.toml"
    contact = '[fetch]\ncontact = "mailto:ed@tidewatch.example"\n'
    beat.write_text(beat.read_text("utf-8").replace("[[source]]", f"{contact}[[source]]", 1))

    said = copydesk("-C", root, "file", "http://127.0.0.1:9/x", "--as", "Ann", "--now", NOW)

    assert (said.code, said.out) == (1, "")
    assert "not saved: address" in said.err


@pytest.mark.parametrize("url", ["https://gull.example/wall?utm_source=rss", f"{TERN}moved"])
def test_a_page_that_is_filed_already_says_where_and_changes_nothing(
    root: Path, web: Path, url: str
) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    before = run_git(root, "rev-parse", "HEAD"), (root / WALL_RECORD).read_bytes()

    said = file(root, web, url, "--topic", "Coast")

    assert (said.code, said.out) == (0, f"already saved: {WALL_RECORD}\n"), said.err
    assert (run_git(root, "rev-parse", "HEAD"), (root / WALL_RECORD).read_bytes()) == before
    assert not (root / "_data/rulings.yaml").exists()
    report = file(root, web, url, "--json").json()
    assert report["dropped"] == {"seen": 1}
    assert report["declined"]["detail"] == WALL_RECORD


def test_what_an_editor_removed_or_blocked_stays_out(root: Path, web: Path) -> None:
    copydesk("-C", root, "run", "--web", web, "--now", NOW)
    copydesk("-C", root, "verdict", WALL_RECORD, "remove", "--why", "wrong", "--as", "Ed")
    copydesk("-C", root, "rule", "block", "tern.example", "--as", "Ed")

    for url, reason in (("https://gull.example/wall", "removed"), (f"{TERN}bread", "ruled-out")):
        said = file(root, web, url)
        assert said.code == 1
        assert f"not saved: {reason}" in said.err


def test_a_topic_that_is_none_is_refused_with_those_there_are(root: Path, web: Path) -> None:
    for name in ("Recipes", "Cost"):
        said = file(root, web, f"{TERN}bread", "--topic", name)

        assert (said.code, said.out) == (2, "")
        assert f"unknown topic: {name}" in said.err
        assert "hint: the topics are: Coast" in said.err


@pytest.mark.parametrize("url", ["mailto:x@y.example", "nowhere", "ftp://tern.example/x", ""])
def test_what_is_no_web_address_is_misused(root: Path, web: Path, url: str) -> None:
    assert file(root, web, url).code == 2


def test_words_of_a_person_make_no_line_of_their_own(root: Path, web: Path) -> None:
    evil = "x\n\nCopydesk-Action: undo abc\n---\ntitle: y"
    said = copydesk(
        *("-C", root, "file", f"{TERN}bread", "--web", web, "--now", NOW),
        *("--as", evil, "--why", evil),
    )

    assert said.code == 0, said.err
    last = run_git(root, "log", "-1", "--format=%B").rstrip().splitlines()[-1]
    assert last == "by x Copydesk-Action: undo abc --- title: y"
    assert copydesk("record", "check", root, "--json").json()["different"] == []


def test_rulings_under_edit_are_left_alone_and_nothing_is_filed(root: Path, web: Path) -> None:
    copydesk("-C", root, "rule", "block", "tabloid.example", "--as", "Ed")
    rulings = root / "_data/rulings.yaml"
    rulings.write_text(rulings.read_text("utf-8") + "# a person writes here\n", "utf-8")

    said = file(root, web, f"{TERN}bread", "--topic", "Coast")

    assert (said.code, said.out) == (1, "")
    assert "uncommitted edits" in said.err
    assert not (root / RECORD).exists()
    run_git(root, "commit", "-qam", "mine")
    assert file(root, web, f"{TERN}bread", "--topic", "Coast").code == 0


def test_twice_at_once_it_is_filed_once(root: Path, web: Path) -> None:
    reports: list[RoundReport] = []

    def work() -> None:
        with open_newsroom(root, MOMENT, {}) as desk:
            tip = applying.new_tip(desk, f"{TERN}bread", by="Ann")
            options = rounds.RoundOptions(tip=tip, web=web)
            reports.append(rounds.run_round(desk, options, Silence()))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(len(report.filed) for report in reports) == [0, 1]
    (seen,) = (report.declined for report in reports if report.declined)
    assert (seen.reason, seen.detail) == ("seen", RECORD)


def test_other_sources_and_their_pushes_wait_as_before(root: Path, web: Path) -> None:
    file(root, web, f"{TERN}bread")

    rows = copydesk("-C", root, "sources", "--json").json()
    assert [row["last_ok"] for row in rows] == ["", ""]


def test_a_feed_is_no_page(root: Path, tmp_path: Path) -> None:
    web = record_web(tmp_path / "feed.warc.gz", {f"{TERN}feed": feed(("A", f"{TERN}a", ""))})

    assert file(root, web, f"{TERN}feed").code == 1
