"""`copydesk new`: a bare newsroom on any subject, by options or answers; else the example."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import Answer, newsroom, record_web, run_git, small_web

NOW = "2026-11-20T08:00:00Z"
GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
HOSTILE = 'Ed\'s "Sea": {tide}\n[site]\ntitle = "x" # \\u0000 --- !!python/name:os.system'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def settings(root: Path) -> dict[str, str]:
    said = copydesk("-C", root, "config", "--json")
    assert said.code == 0, said.err
    return {row["path"]: row["value"] for row in said.json()}


def topics(root: Path) -> dict[str, dict[str, object]]:
    files = sorted((root / "_data" / "topics").iterdir())
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in files}


def test_a_bare_newsroom_takes_in_stories_and_shows_them(root: Path, tmp_path: Path) -> None:
    made = copydesk("new", root, "--title", "Tidewatch", "--topic", "Coast", "--source", GULL)
    assert made.code == 0, made.err

    web = record_web(tmp_path / "web.warc.gz", small_web())
    ran = copydesk("-C", root, "run", "--web", web, "--now", NOW, "--json")
    assert ran.code == 0, ran.err
    assert ran.json()["filed"] == ["_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"]
    assert copydesk("-C", root, "build", "--now", NOW).code == 0
    assert "Tidewatch" in (root / ".copydesk/site/index.html").read_text("utf-8")
    assert (root / ".copydesk/site/topics/coast/index.html").exists()


def test_it_has_no_story_and_no_source_of_the_example(root: Path) -> None:
    made = copydesk("new", root, "--title", "Tidewatch", "--topic", "Coast", "--json").json()

    assert set(made["files"]) == {
        ".gitignore",
        "README.md",
        "_data/topics/00-coast.yaml",
        "beat.toml",
    }
    assert run_git(root, "status", "--porcelain") == ""
    assert not [path for path in settings(root) if path.startswith("source")]


def test_what_is_said_is_what_is_set(root: Path) -> None:
    more = ("--language", "de-at", "--timezone", "Europe/Vienna", "--source", "tern.example/rss")
    assert copydesk("new", root, "--title", "Küste", "--topic", "Küste", *more).code == 0

    found = settings(root)
    assert found["site.title"] == found["site.topic"] == "Küste"
    assert (found["site.locale"], found["site.timezone"]) == ("de-at", "Europe/Vienna")
    assert found["source[0].url"] == "https://tern.example/rss"
    (topic,) = topics(root).values()
    assert topic["keywords"] == ["Küste"]


def test_of_several_topics_none_stands_above_the_others(root: Path) -> None:
    copydesk("new", root, "--topic", "Bees", "--topic", "Honey")

    found = settings(root)
    assert (found["site.main_topic"], found["site.topic"]) == ("false", "")
    assert found["site.title"] == "Bees"


def test_a_beat_without_topics_is_called_after_its_folder(root: Path) -> None:
    assert copydesk("new", root, "--source", GULL).code == 0

    found = settings(root)
    assert (found["site.title"], found["site.main_topic"]) == ("mine", "false")


def test_topics_in_any_script_have_each_a_folder_of_its_own(root: Path) -> None:
    names = ["C", "C++", "C#", "火山", "Ørsted & Łódź", "Straße", "No", "5"]
    flags = [word for name in names for word in ("--topic", name)]
    assert copydesk("new", root, *flags).code == 0

    found = topics(root)
    assert [topic["name"] for topic in found.values()] == names
    ids = ["c", "c-2", "c-3", "topic-4", "orsted-lodz", "strasse", "no", "5"]
    assert [topic["_id"] for topic in found.values()] == ids
    assert settings(root)["topics.topic-4"] == "火山"


def test_three_hundred_topics_stay_in_their_order(root: Path) -> None:
    names = [f"Subject {number}" for number in range(300)]
    flags = [word for name in names for word in ("--topic", name)]
    assert copydesk("new", root, *flags).code == 0

    assert [topic["name"] for topic in topics(root).values()] == names


def test_a_hostile_title_and_topic_are_words_and_nothing_else(root: Path) -> None:
    assert copydesk("new", root, "--title", HOSTILE, "--topic", HOSTILE).code == 0

    one_line = " ".join(HOSTILE.split())
    name, words = (part.strip() for part in one_line.split(":", 1))
    assert (settings(root)["site.title"], settings(root)["site.topic"]) == (one_line, name)
    (topic,) = topics(root).values()
    assert (topic["name"], topic["keywords"]) == (name, [name, words])
    assert copydesk("-C", root, "build", "--now", NOW).code == 0


def test_two_spellings_of_one_address_are_one_source(root: Path) -> None:
    plain = GULL.replace("https:", "http:")
    more = ("--source", GULL, "--source", plain, "--source", HERON)
    assert copydesk("new", root, "--title", "T", *more).code == 0

    found = settings(root)
    assert (found["source[0].url"], found["source[1].url"]) == (GULL, HERON)
    assert "source[2].url" not in found


REFUSED = {
    "no letter in the title": (("--title", "\n…!"), "--title needs a letter"),
    "no letter in a topic": (("--topic", "*"), "--topic needs a letter"),
    "a title without end": (("--title", "x" * 201), "--title is too long"),
    "a topic twice": (("--topic", "Bees", "--topic", "bees"), "named twice: Bees"),
    "topics with commas": (("--topic", "Bees, Wasps"), "expected one topic: Bees, Wasps"),
    "no address": (("--contact", "not an address"), "--contact not an address"),
    "a zone of nowhere": (("--timezone", "Mars/Olympus"), "--timezone Mars/Olympus"),
    "a zone that climbs": (("--timezone", "../../etc/passwd"), "expected a time zone"),
    "no language": (("--language", "klingon speech"), "--language klingon speech"),
    "a letter's address": (("--source", "mailto:x@y.example"), "invalid web address"),
    "a file": (("--source", "file:///etc/passwd"), "invalid web address"),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    root: Path, arguments: tuple[str, ...], message: str
) -> None:
    refused = copydesk("new", root, *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert message in refused.err
    assert not root.exists()


def test_it_is_laid_over_nothing(root: Path) -> None:
    root.mkdir()
    (root / "letter.txt").write_text("mine")

    refused = copydesk("new", root, "--title", "T")

    assert refused.code == 2
    assert "not empty" in refused.err
    assert [path.name for path in root.iterdir()] == ["letter.txt"]


def test_below_another_repository_it_has_one_of_its_own(tmp_path: Path) -> None:
    outer = newsroom(tmp_path / "outer")
    head = run_git(outer, "rev-parse", "HEAD")

    assert copydesk("new", outer / "inner", "--title", "T").code == 0

    assert run_git(outer, "rev-parse", "HEAD") == head
    assert run_git(outer / "inner", "rev-list", "--count", "HEAD") == "1\n"


def test_where_no_folder_can_be_made_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for more in (("--title", "T"), ()):
        refused = copydesk("new", tmp_path / "file" / "beat", *more)
        assert refused.code == 2, refused.err
        assert "the folder cannot be created" in refused.err


def test_without_options_and_terminal_it_is_the_example_and_says_so(root: Path) -> None:
    made = copydesk("new", root)

    assert made.out == f"created a newsroom in {root}: 11 files\n"
    assert made.err.startswith("example site about AI; ")
    assert settings(root)["site.title"] == "My AI Desk"


def ask(root: Path, *answers: str, more: Sequence[object] = ()) -> tuple[int, str, str]:
    """Call `new` as a person at a terminal does; return its code, its stdout and the screen."""
    person, terminal = pty.openpty()
    os.write(person, "".join(f"{answer}\n" for answer in answers).encode())
    command = [sys.executable, "-m", "copydesk", "new", str(root), *map(str, more)]
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True
    ) as process:
        os.close(terminal)
        screen = b""
        with contextlib.suppress(OSError):  # Linux: the other end is closed
            while part := os.read(person, 65_536):
                screen += part
        os.close(person)
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, screen.decode().replace("\r\n", "\n")


def test_a_person_is_asked_and_asked_again_where_an_answer_cannot_be(
    root: Path, tmp_path: Path
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    home = {"https://gull.example/": Answer(body=f"<html><head>{link}".encode())}
    web = record_web(tmp_path / "web.warc.gz", small_web() | home)

    code, out, screen = ask(
        root,
        *("Tidewatch", "Coast, Seals", "Coast", "sea wall, coast,, Dunes", "Seals: pups", ""),
        *("not an address", "ed@gull.example"),
        *("mailto:x", "gull.example", "tern.example", "y", "", "en-gb", "Mars", "", "n"),
        more=("--web", web, "--now", NOW),
    )

    assert (0, f"created a newsroom in {root}: ") == (code, out[: out.index(": ") + 2])
    assert f"1. feed: A feed (2 items, newest 2026-11-19)\n   {GULL}" in screen
    assert "   - Sea wall to rise" in screen
    assert "Keep this address?" in screen  # the one that does not answer
    found = settings(root)
    assert (found["site.title"], found["site.locale"]) == ("Tidewatch", "en-gb")
    assert (GULL, "https://tern.example/") == (found["source[0].url"], found["source[1].url"])
    assert found["site.timezone"] == "UTC"
    assert found["fetch.contact"] == "mailto:ed@gull.example"
    assert [topic["name"] for topic in topics(root).values()] == ["Coast", "Seals"]
    words = [topic["keywords"] for topic in topics(root).values()]
    assert [["Coast", "sea wall", "Dunes"], ["Seals", "pups"]] == words


def test_an_address_on_this_machine_is_allowed_as_its_owner_gave_it(root: Path) -> None:
    answers = ("T", "", "ed@gull.example", "127.0.0.1:9", "y", "", "", "", "n")

    code, _, screen = ask(root, *answers)

    assert 0 == code
    assert "private" not in screen
    assert "127.0.0.1" == settings(root)["fetch.allow_hosts"]
    assert "# `copydesk run` needs" not in (root / "beat.toml").read_text("utf-8")


def test_with_run_the_first_stories_are_fetched(root: Path) -> None:
    source = ("--source", "http://127.0.0.1:9/feed.xml", "--contact", "ed@gull.example")

    said = copydesk("new", root, *source, "--run")

    assert f"created a newsroom in {root}: " in said.out
    assert "  failed   1" in said.out
    assert "http://127.0.0.1:9/feed.xml" in said.err


def test_one_command_prints_one_json_value(root: Path) -> None:
    refused = copydesk("new", root, "--title", "Bees", "--run", "--json")

    assert (2, "") == (refused.code, refused.out)
    assert not root.exists()


def test_without_a_contact_the_first_run_says_what_is_missing(root: Path) -> None:
    said = copydesk("new", root, "--source", "https://gull.example/feed.xml", "--run")

    assert 1 == said.code
    assert "contact" in said.err
    assert (root / "beat.toml").exists()
    assert "the newsroom is complete; its first run failed" in said.err
    assert f"copydesk -C {root} serve" in said.err


def test_where_something_lies_already_nobody_is_asked(root: Path) -> None:
    root.mkdir()
    (root / "letter.txt").write_text("mine")

    assert (2, "") == ask(root)[:2]
    assert copydesk("new", root).err.startswith("error: the folder is not empty")


def test_a_person_who_answers_nothing_has_the_example(root: Path) -> None:
    ask(root, "")

    assert settings(root)["site.title"] == "My AI Desk"
