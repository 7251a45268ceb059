"""`copydesk sources add` and `import`, as a person and as a script."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import Answer, feed, newsroom, record_web, run_git

HOME = "https://tern.example/"
DATE = "Thu, 19 Nov 2026 10:00:00 GMT"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "room", git=False)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Record a home page that names two feeds, and a page that names one of them."""
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'.format
    pages = {HOME: link("/sea") + link("/land"), f"{HOME}one": link("/land")}
    answers = {url: Answer(body=f"<html><head>{head}".encode()) for url, head in pages.items()}
    answers |= {
        f"{HOME}{name}": feed((f"Terns {name}", f"{HOME}{name}/1", DATE))
        for name in ("sea", "land")
    }
    return record_web(tmp_path / "web.warc.gz", answers)


def beat(root: Path) -> str:
    return (root / "beat.toml").read_text("utf-8")


def test_a_page_that_leads_to_one_feed_adds_it_under_its_own_title(root: Path, web: Path) -> None:
    said = copydesk("-C", root, "sources", "add", f"{HOME}one", "--web", web)

    assert (said.code, said.out) == (0, f"added: {HOME}land\n")
    assert f'url = "{HOME}land"\nname = "A feed"' in beat(root)


def test_the_given_name_counts_more(root: Path, web: Path) -> None:
    copydesk("-C", root, "sources", "add", f"{HOME}one", "--web", web, "--name", "Tern & Co")

    assert 'name = "Tern & Co"' in beat(root)
    assert "A feed" not in beat(root)


def test_of_several_none_is_added_but_all_are_numbered(root: Path, web: Path) -> None:
    before = beat(root)
    said = copydesk("-C", root, "sources", "add", HOME, "--web", web)

    assert said.code == 1
    assert "s between" not in said.err  # a recorded web waits for nothing
    assert said.out.splitlines() == [
        "1. feed: A feed (1 items, newest 2026-11-19)",
        f"   {HOME}sea",
        "   - Terns sea",
        "2. feed: A feed (1 items, newest 2026-11-19)",
        f"   {HOME}land",
        "   - Terns land",
    ]
    assert "--pick N" in said.err
    assert beat(root) == before


def test_the_picked_one_is_added_and_again_it_is_there(root: Path, web: Path) -> None:
    command = ("-C", root, "sources", "add", HOME, "--web", web, "--pick", 2)

    assert copydesk(*command).out == f"added: {HOME}land\n"
    assert copydesk(*command).out == f"already in beat.toml: {HOME}land\n"
    wrong = copydesk(*command[:-1], 3)
    assert wrong.code == 2
    assert wrong.err.splitlines() == [
        "error: expected a number from 1 to 2: --pick 3",
        "hint: leave out --pick to see the list of sources",
    ]
    assert copydesk(*command[:-1], 0).code == 2


def test_a_script_gets_the_offers(root: Path, web: Path) -> None:
    said = copydesk("-C", root, "sources", "add", HOME, "--web", web, "--json")

    assert said.code == 1
    assert said.json()["added"] is False
    assert said.json()["offers"][1] == {
        "url": f"{HOME}land",
        "kind": "feed",
        "title": "A feed",
        "items": 1,
        "newest": "2026-11-19T10:00:00Z",
        "samples": ["Terns land"],
    }


def test_a_script_is_told_what_was_added(root: Path, web: Path) -> None:
    said = copydesk("-C", root, "sources", "add", f"{HOME}one", "--web", web, "--json")

    assert said.code == 0
    assert (said.json()["url"], said.json()["added"]) == (f"{HOME}land", True)
    assert len(said.json()["offers"]) == 1


def test_a_look_shows_what_is_found_and_adds_nothing(root: Path, web: Path) -> None:
    before = beat(root)

    said = copydesk("-C", root, "sources", "add", HOME, "--web", web, "--look", "--json")

    assert said.code == 0
    assert [offer["url"] for offer in said.json()["offers"]] == [f"{HOME}sea", f"{HOME}land"]
    assert said.json()["added"] is False
    assert before == beat(root)
    wrong = copydesk("-C", root, "sources", "add", HOME, "--look", "--as-is")
    assert (wrong.code, "--look cannot be combined with --as-is" in wrong.err) == (2, True)


def test_as_it_is_nothing_is_looked_at(root: Path) -> None:
    said = copydesk("-C", root, "sources", "add", f"{HOME}one", "--as-is")

    assert (said.code, said.err) == (0, "")
    assert f'url = "{HOME}one"' in beat(root)


def test_what_is_added_is_one_commit_by_gits_user(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    before = beat(root)
    listed = tmp_path / "list"
    listed.write_text(f"{HOME}sea\n{HOME}land\n")

    assert copydesk("-C", root, "sources", "add", f"{HOME}one", "--as-is").err == ""
    first = run_git(root, "log", "-1", "--format=%B")
    copydesk("-C", root, "sources", "import", listed)

    assert first.startswith(f"sources: 1 added\n\n+ {HOME}one\n")
    assert run_git(root, "log", "-1", "--format=%s").strip() == "sources: 2 added"
    assert run_git(root, "status", "--porcelain") == ""
    assert beat(root).startswith(before)


def test_beside_edits_that_are_not_committed_it_is_added_and_that_is_said(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    head = run_git(root, "rev-parse", "HEAD")
    mine = f"{beat(root)}# mine\n"
    (root / "beat.toml").write_text(mine, "utf-8")

    said = copydesk("-C", root, "sources", "add", f"{HOME}one", "--as-is")

    assert (said.code, said.out) == (0, f"added: {HOME}one\n")
    assert said.err == (
        "note: beat.toml has uncommitted edits: the change is written, but not committed\n"
    )
    assert beat(root) == f'{mine}\n[[source]]\nurl = "{HOME}one"\n'
    assert head == run_git(root, "rev-parse", "HEAD")


def test_an_address_without_a_scheme_gets_one_and_that_is_said(root: Path, web: Path) -> None:
    said = copydesk("-C", root, "sources", "add", "tern.example/one", "--web", web)

    assert (said.code, said.out) == (0, f"added: {HOME}land\n")
    assert said.err.startswith(f"using the URL {HOME}one\n")


def test_without_a_contact_it_is_added_with_a_word_on_it(root: Path) -> None:
    said = copydesk("-C", root, "sources", "add", f"{HOME}one", "--json")

    assert said.code == 0
    assert said.json() == {"url": f"{HOME}one", "added": True, "offers": []}
    assert "without a check" in said.err
    assert "contact" in said.err


def test_where_nothing_answers_the_way_out_is_named(root: Path, web: Path) -> None:
    said = copydesk("-C", root, "sources", "add", "https://gone.example/", "--web", web)

    assert (said.code, said.out) == (1, "")
    assert "--as-is" in said.err


def test_where_the_feed_is_broken_the_links_of_the_page_are_named_as_its_stead(
    root: Path, tmp_path: Path
) -> None:
    link = '<head><link rel="alternate" type="application/rss+xml" href="/sea"></head>'
    links = "".join(
        f'<h2><a href="/2026/11/{n}-the-sea-rises">A long headline on the sea {n}</a></h2>'
        for n in range(12)
    )
    answers = {
        HOME: Answer(body=f"<html>{link}<body>{links}</body></html>".encode()),
        f"{HOME}sea": Answer(body=b'<?xml version="1.0"?><rss version="2.0"><channel><item><ti'),
    }
    web = record_web(tmp_path / "broken.warc.gz", answers)

    said = copydesk("-C", root, "sources", "add", HOME, "--web", web)

    assert 0 == said.code, said.err
    assert f"problem: the XML of the source ends too early: {HOME}sea" in said.err
    assert f"no feed could be read, so the links of this page are used: {HOME}" in said.err


def test_looking_leaves_nothing_behind(root: Path, web: Path) -> None:
    before = {path.name for path in root.rglob("*")}
    copydesk("-C", root, "sources", "add", HOME, "--web", web)

    assert {path.name for path in root.rglob("*")} - before <= {".copydesk"}


def test_a_person_is_asked_which_one(root: Path, web: Path) -> None:
    person, terminal = pty.openpty()
    add = ["-C", str(root), "sources", "add", HOME, "--web", str(web)]
    command = [sys.executable, "-m", "copydesk", *add]
    os.write(person, b"2\n")

    done = subprocess.run(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    os.close(terminal)
    shown = os.read(person, 100_000).decode()
    os.close(person)

    assert done.returncode == 0, done.stderr
    assert f"added: {HOME}land" in shown
    assert f'url = "{HOME}land"' in beat(root)


def test_folders_that_are_no_topics_are_named_and_left_out(root: Path, tmp_path: Path) -> None:
    feeds = "".join(
        f'<outline text="{name}"><outline xmlUrl="{HOME}{name}"/></outline>'
        for name in ("Coast", "Recipes")
    )
    (tmp_path / "x.opml").write_text(f"<opml><body>{feeds}</body></opml>", "utf-8")

    said = copydesk("-C", root, "sources", "import", tmp_path / "x.opml")

    assert said.out == "2 of 2 sources added\n"
    assert said.err == "ignored 1 OPML folders without a topic: Recipes\n"
    assert copydesk("-C", root, "sources").code == 0


def test_an_import_names_what_it_left_out_and_why(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    outlines = "".join(
        f'<outline text="x" xmlUrl="{url}"/>'
        for url in ("https://gull.example/feed.xml", "file:///etc/passwd", "https://new.example/")
    )
    (tmp_path / "x.opml").write_text(f"<opml><body>{outlines}</body></opml>", "utf-8")

    said = copydesk("-C", root, "sources", "import", tmp_path / "x.opml")
    again = copydesk("-C", root, "--json", "sources", "import", tmp_path / "x.opml").json()

    assert "1 of 2 sources added" in said.out
    assert [
        "left out, because it is already in beat.toml: https://gull.example/feed.xml",
        "left out, because it is not a web address: file:///etc/passwd",
    ] == said.err.splitlines()
    assert {
        "named": 2,
        "added": 0,
        "known": ["https://gull.example/feed.xml", "https://new.example/"],
        "unusable": ["file:///etc/passwd"],
        "no_topics": [],
        "notes": [],
    } == again


def test_a_plain_list_that_is_known_is_named(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    (tmp_path / "list.txt").write_text("https://gull.example/feed.xml\n", "utf-8")

    said = copydesk("-C", root, "sources", "import", tmp_path / "list.txt")

    assert "already in beat.toml: https://gull.example/feed.xml" in said.err


def test_several_addresses_are_added_in_one_commit_and_each_has_a_row(
    tmp_path: Path, web: Path
) -> None:
    root = newsroom(tmp_path / "beat")
    head = run_git(root, "rev-list", "--count", "HEAD")
    known = "https://gull.example/feed.xml"
    assert known in beat(root)
    add = ("-C", root, "sources", "add", f"{HOME}one", HOME, "mailto:x", f"{HOME}sea", "--web", web)

    said = copydesk(*add)
    again = copydesk(*add, "--json")

    assert (0, f"added: {HOME}land") == (said.code, said.out.splitlines()[0])
    choice = f"not added: {HOME} (2 sources found; to choose one, run copydesk -C {root} sources"
    assert said.out.splitlines()[1].startswith(choice)
    assert (
        said.out.splitlines()[2] == "not added: mailto:x (invalid web address; begin with https://)"
    )
    assert said.out.splitlines()[3] == f"added: {HOME}sea"
    assert int(run_git(root, "rev-list", "--count", "HEAD")) == int(head) + 1
    assert [False] * 4 == [row["added"] for row in again.json()]
    assert 0 == again.code
    assert 'name = "A feed"' in beat(root)


def test_of_several_addresses_none_may_be_added(root: Path, web: Path) -> None:
    before = beat(root)

    said = copydesk("-C", root, "sources", "add", HOME, "https://gone.example/", "--web", web)

    assert (1, before) == (said.code, beat(root))
    assert "not added: https://gone.example/ (the page cannot be fetched" in said.out
    for more in (("--pick", 1), ("--name", "x"), ("--look",)):
        assert 2 == copydesk("-C", root, "sources", "add", HOME, f"{HOME}sea", *more).code


def test_several_addresses_are_added_as_they_are(root: Path) -> None:
    said = copydesk("-C", root, "sources", "add", f"{HOME}one", "tern.example/two", "--as-is")

    assert (0, f"added: {HOME}one\nadded: {HOME}two\n") == (said.code, said.out)


def test_a_feed_without_items_is_no_choice_of_a_program(root: Path, tmp_path: Path) -> None:
    web = record_web(tmp_path / "void.warc.gz", {f"{HOME}void": feed()})
    add = ("-C", root, "sources", "add", f"{HOME}void", "--web", web)

    said = copydesk(*add)

    assert (1, False) == (said.code, f"{HOME}void" in beat(root))
    assert "1 source found, none added" in said.err
    assert 0 == copydesk(*add, "--pick", 1).code
