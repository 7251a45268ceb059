"""What `copydesk run` says at its end: what was lost, what waits, and the headlines."""

from __future__ import annotations

import functools
import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import Answer, feed, newsroom, page, record_web, run_git, small_web

NOW, LATER = "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"
DATE = "Thu, 19 Nov 2026 10:00:00 GMT"
FEED = "https://gull.example/feed.xml"
WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
HOLD = '[review]\nmode = "hold"\n'


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


def run(root: Path, web: Path, *more: str, now: str = NOW) -> list[str]:
    said = copydesk("-C", root, "run", "--web", web, "--now", now, *more)
    assert said.code == 0, said.err
    return said.out.splitlines()


def busy_web(count: int) -> dict[str, Answer]:
    """Give a web of one publisher with so many stories on the coast, none like another."""
    words = ("erosion", "ferries", "gulls", "herring", "ice", "jetties", "kelp", "mud", "nets")

    def text(number: int) -> str:
        return "\n".join(f"{words[number * n % 9]} on the coast of {number * n}." for n in range(9))

    stories = {
        f"https://gull.example/{number}": page(
            f"Coast report {number}: {words[number % 9]} and {words[number // 9]}", text(number)
        )
        for number in range(count)
    }
    items = [(f"Coast report {n}", f"https://gull.example/{n}", DATE) for n in range(count)]
    return {FEED: feed(*items), "https://heron.example/feed.xml": feed(), **stories}


def test_it_ends_with_the_headlines_in_columns_for_programs(tmp_path: Path, web: Path) -> None:
    said = run(newsroom(tmp_path / "beat"), web)

    headlines = [line.split("\t") for line in said if "\t" in line]
    assert ["published"] == [status for status, *_ in headlines]
    assert WALL in {path for _, _, path, _ in headlines}
    assert all(quality.isdigit() for _, quality, _, _ in headlines)


def test_without_a_published_story_the_list_has_the_others(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")
    beat = (root / "beat.toml").read_text("utf-8")
    trust = beat.replace('name = "The Gull"', 'name = "The Gull"\ntrust = "hold"')
    (root / "beat.toml").write_text(trust, "utf-8")

    said = run(root, web)

    statuses = {line.split("\t")[0] for line in said if "\t" in line}
    assert {"below the threshold", "waiting for review"} == statuses
    assert "  waiting  1 stories for an editor's decision" in said


def test_a_later_run_says_how_many_of_all_stories_are_on_the_site(
    tmp_path: Path, web: Path
) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web)
    assert 0 == copydesk("-C", root, "verdict", WALL, "reject", "--why", "not ours").code

    said = run(root, web)

    at = said.index("0 of 2 stories are on the site; the others:")
    assert "  rejected                                 1" == said[at + 2]


def test_the_first_fifteen_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "busy.warc.gz", busy_web(23))
    person, terminal = pty.openpty()
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run"]
    try:
        subprocess.run(
            [*command, "--web", str(web), "--now", NOW],
            stdout=terminal,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "COLUMNS": "60"},
            timeout=PATIENCE_SECONDS,
            check=True,
        )
    finally:
        os.close(terminal)
    shown = os.read(person, 100_000).decode().splitlines()
    os.close(person)

    headlines = [line for line in shown if re.match(r"[a-z …]+ \d+  Coast report", line)]
    assert len(headlines) == 15
    assert shown[-1] == "… and 8 more (copydesk stories)"
    assert all(len(line) <= 60 for line in shown)


def test_a_rehearsal_names_each_story_with_its_quality_and_why(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")

    said = run(root, web, "--dry-run")

    at = next(number for number, line in enumerate(said) if WALL in line)
    assert re.fullmatch(
        rf"published\t\d+\t{re.escape(WALL)}\tSea wall to rise by two metres", said[at]
    )
    assert said[at + 1].startswith("  topic Coast: ")
    assert not (root / "_news").exists()


def test_what_is_known_already_is_no_loss(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web)
    items = [("Sea wall to rise by two metres", "https://gull.example/wall", DATE)]
    items += [("Bakery wins prize", "https://gull.example/bakery", DATE)]
    changed = {**small_web(), FEED: feed(*items, ("Nothing", "https://gull.example/none", DATE))}
    later = record_web(tmp_path / "later.warc.gz", changed)

    report = copydesk("-C", root, "run", "--web", later, "--all-due", "--now", LATER, "--json")
    assert report.json()["dropped"]["seen"] == 1

    (root / ".copydesk/memory.sqlite").unlink()
    said = run(root, later, "--all-due", now=LATER)
    (dropped,) = (line for line in said if line.startswith("  dropped"))
    assert dropped == "  dropped  2 (1 gone, 1 off-beat)"


@pytest.mark.parametrize("profile", ["copydesk", "everyday"])
def test_what_waits_for_an_editor_is_counted_in_both_modes(
    tmp_path: Path, web: Path, profile: str
) -> None:
    more = f'[scoring]\nprofile = "{profile}"\npublish_at = 1\n'
    gate = newsroom(tmp_path / "gate", more=more)
    hold = newsroom(tmp_path / "hold", more=f"{more}{HOLD}")

    def waiting(root: Path, *more: str) -> int:
        said = copydesk("-C", root, "run", "--web", web, "--now", NOW, "--json", *more)
        count = said.json()["waiting_stories"]
        assert isinstance(count, int)
        return count

    assert waiting(gate, "--dry-run") == waiting(gate) == 0
    assert waiting(hold, "--dry-run") == waiting(hold) == 2
    copydesk("-C", gate, "verdict", WALL, "hold", "--why", "look", "--as", "Ed", "--now", NOW)
    copydesk("-C", hold, "verdict", WALL, "publish", "--why", "good", "--as", "Ed", "--now", NOW)
    assert (waiting(gate), waiting(hold)) == (1, 1)


def test_what_a_person_holds_waits_though_it_is_below_the_gate(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat", more="[scoring]\npublish_at = 900\n")
    run(root, web)
    copydesk("-C", root, "verdict", WALL, "hold", "--why", "look", "--as", "Ed", "--now", NOW)

    assert "  waiting  1 stories for an editor's decision" in run(root, web, now=LATER)


def test_a_headline_steers_no_terminal(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    evil = "Coast \x1b[31m report\tof\u202e the coast"
    answers = {FEED: feed(("A", "https://gull.example/a", DATE))}
    answers["https://gull.example/a"] = page(evil, "The coast.\nThe coast and the sea wall.")
    answers["https://heron.example/feed.xml"] = feed()

    said = "\n".join(run(root, record_web(tmp_path / "w.warc.gz", answers)))

    assert not {"\x1b", "\u202e"} & set(said)
    assert run_git(root, "status", "--porcelain") == ""


ON_LOOPBACK = '[fetch]\ncontact = "mailto:desk@tern.example"\nallow_hosts = ["127.0.0.1"]\n'


def with_sources(root: Path, *addresses: str) -> Path:
    """Let a newsroom have these sources in place of its own."""
    beat = (root / "beat.toml").read_text("utf-8").split("[[source]]")[0]
    sources = "".join(f'\n[[source]]\nurl = "{address}"\n' for address in addresses)
    (root / "beat.toml").write_text(beat + sources, "utf-8")
    return root


def test_a_run_that_reaches_no_source_fails_and_asks_for_the_network(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=ON_LOOPBACK)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens there
        place = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with_sources(root, f"{place}/feed.xml", f"{place}/news.xml")

        said = copydesk("-C", root, "run", "--all-due")
        told = copydesk("-C", root, "--json", "run", "--all-due")

    assert (1, 1) == (said.code, told.code)
    assert "check the network connection" in said.err
    assert "  failed   2" in said.out
    assert (True, True) == (told.json()["offline"], told.json()["complete"])


def test_one_source_that_answers_is_enough_even_by_an_error(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=ON_LOOPBACK)
    (tmp_path / "empty").mkdir()
    answer = functools.partial(QuietHandler, directory=str(tmp_path / "empty"))
    with ThreadingHTTPServer(("127.0.0.1", 0), answer) as server, socket.socket() as closed:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        closed.bind(("127.0.0.1", 0))
        ports = server.server_port, closed.getsockname()[1]
        with_sources(root, *(f"http://127.0.0.1:{port}/feed.xml" for port in ports))

        told = copydesk("-C", root, "--json", "run", "--all-due")
        server.shutdown()

    assert (0, False) == (told.code, told.json()["offline"])
    assert 2 == len(told.json()["failed"])


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves the files of a folder, and says nothing of it."""

    def log_message(self, *_words: object) -> None:
        pass


def test_what_failed_is_not_due_until_its_time_or_until_fetch_settings_change(
    tmp_path: Path,
) -> None:
    contact = '[fetch]\ncontact = "mailto:desk@tern.example"\n'
    root = newsroom(tmp_path / "beat", more=contact)
    with_sources(root, "http://127.0.0.1:9/feed.xml", "http://127.0.0.2:9/feed.xml")
    command = ("-C", root, "run", "--now", NOW)

    first = copydesk(*command)
    again, rehearsed = copydesk(*command), copydesk(*command, "--dry-run")
    told = copydesk("-C", root, "--json", "run", "--now", NOW).json()
    beat = (root / "beat.toml").read_text("utf-8")
    allowed = f'{contact}allow_hosts = ["127.0.0.1", "127.0.0.2"]\n'
    (root / "beat.toml").write_text(beat.replace(contact, allowed), "utf-8")
    changed = copydesk(*command)

    assert 1 == first.err.count('set allow_hosts = ["127.0.0.1", "127.0.0.2"] in [fetch]')
    for said in (again, rehearsed):
        line = next(line for line in said.out.splitlines() if "not due" in line)
        assert line.startswith("2 sources are not due (2 failed before; next at ")
        assert line.endswith("): to fetch them now, run with --all")
    assert ({"failing": 2}, True) == (told["not_due"], told["next_due"] > NOW)
    assert "not due" not in changed.out
    assert "  failed   2" in changed.out  # they are asked now; nobody listens there


def test_the_former_name_of_all_works_and_is_not_shown(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web)
    assert any("2 sources are not due" in line for line in run(root, web))
    assert not any("not due" in line for line in run(root, web, "--all-due"))
    assert not any("not due" in line for line in run(root, web, "--all"))
    assert "--all-due" not in copydesk("run", "--help").out


def test_a_run_with_nothing_due_is_not_offline(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web)

    assert not copydesk("-C", root, "--json", "run", "--web", web, "--now", NOW).json()["offline"]


def test_a_feed_that_is_cut_off_is_incomplete_and_has_not_failed(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    answers = small_web()
    whole = answers[FEED].body
    answers[FEED] = Answer(body=whole[: whole.rindex(b"</item>") + 9], kind="application/rss+xml")
    answers["https://heron.example/feed.xml"] = feed()
    web = record_web(tmp_path / "cut.warc.gz", answers)

    command = ("-C", root, "run", "--web", web, "--now", NOW)
    planned = copydesk(*command, "--dry-run", "--json").json()
    said = copydesk(*command)

    assert "  failed   0" in said.out.splitlines()
    assert "  1 feed was incomplete: 2 items read from it" in said.out.splitlines()
    assert "incomplete: the XML of the source ends too early" in said.err
    assert [(FEED, 2)] == [(failure["url"], failure["items"]) for failure in planned["failed"]]
    assert 0 == json.loads((root / ".copydesk/round.json").read_bytes())["failed"]


@pytest.mark.parametrize("command", ["run", "config"])
def test_edits_by_hand_are_named_with_the_command_that_commits_them(
    tmp_path: Path, web: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = newsroom(tmp_path / "the beat")
    more = ("--web", web, "--now", NOW) if command == "run" else ()
    quiet = copydesk("-C", root, command, *more).err
    with (root / "beat.toml").open("a") as file:
        file.write("# mine\n")
    (root / "_data/topics/01-seals.yaml").write_text(
        (root / "_data/topics/00-coast.yaml").read_text("utf-8").replace("oast", "eals"), "utf-8"
    )

    said = copydesk("-C", root, command, *more).err

    assert "uncommitted" not in quiet
    start = "note: uncommitted edits: _data/topics/01-seals.yaml, beat.toml; to commit them: "
    (line,) = (line for line in said.splitlines() if line.startswith(start))
    keep = line.removeprefix(start).replace("TEXT", "mine")
    assert run_git(root, "log", "-1", "--format=%s") != "mine\n"
    subprocess.run(keep, shell=True, check=True, capture_output=True)
    assert "uncommitted" not in copydesk("-C", root, command, *more).err
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (root / "beat.toml").write_text(f"{(root / 'beat.toml').read_text('utf-8')}# again\n", "utf-8")
    assert "-c user.name=NAME -c user.email=ADDRESS commit" in copydesk("-C", root, "config").err
