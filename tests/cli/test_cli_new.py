"""`copydesk new`: a bare newsroom on any subject, by options or answers; else the example."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import yaml

from copydesk.config import NewBeat
from copydesk.newsroom import starts
from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import Answer, feed, newsroom, record_web, run_git, small_web

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


def ask(
    root: Path, *answers: str, more: Sequence[object] = (), until: str = ""
) -> tuple[int, str, str]:
    """Call `new` as a person at a terminal does; return its code, its stdout and the screen.

    After the answers the terminal is closed (Ctrl-D); with `until`, Ctrl-C is pressed at that
    question.
    """
    person, terminal = pty.openpty()
    closed = "" if until else "\x04"
    os.write(person, "".join([*(f"{answer}\n" for answer in answers), closed]).encode())
    command = [sys.executable, "-m", "copydesk", "new", str(root), *map(str, more)]
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True
    ) as process:
        os.close(terminal)
        screen = b""
        with contextlib.suppress(OSError):  # Linux: the other end is closed
            while part := os.read(person, 65_536):
                screen += part
                if until and until.encode() in screen:
                    process.send_signal(signal.SIGINT)
                    os.write(person, b"\x04")  # a signal just before the reading is lost
                    until = ""
        os.close(person)
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, screen.decode().replace("\r\n", "\n")


def found_web(tmp_path: Path) -> Path:
    """Record a site with a good feed, one whose feed has no items, and one without a feed."""
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    pages = {"https://gull.example/": link, "https://void.example/": link}
    homes = {url: Answer(body=f"<html><head>{head}".encode()) for url, head in pages.items()}
    empty = {"https://void.example/feed.xml": feed()}
    return record_web(tmp_path / "web.warc.gz", small_web() | homes | empty)


def test_a_person_is_asked_and_asked_again_where_an_answer_cannot_be(
    root: Path, tmp_path: Path
) -> None:
    code, out, screen = ask(
        root,
        *("Tidewatch", "Coast, Seals", "Coast", "sea wall, coast,, Dunes", "Seals: pups", ""),
        *("en-gb", "Mars", "", "not an address", "ed@gull.example"),
        *("mailto:x", "gull.example", "tern.example,mailto:x void.example", "", "7", "", "n"),
        more=("--web", found_web(tmp_path), "--now", NOW),
    )

    assert (0, f"created a newsroom in {root}: ") == (code, out[: out.index(": ") + 2])
    rows = [line.split() for line in screen.splitlines()]
    assert ["1", "gull.example/feed.xml", "feed", "2026-11-19", "2", "Sea"] in [r[:6] for r in rows]
    assert ["(2)", "tern.example/"] in rows
    assert ["(3)", "void.example/feed.xml", "feed", "0"] in rows
    assert "left out: invalid web address: mailto:x" in screen
    assert "3: the list has no items" in screen
    assert "Add 1 of these 3? yes, no, all, numbers to leave out, or +2 to add (2)" in screen
    assert "expected yes, no, or numbers of the table: 7" in screen
    assert "topic Coast: with the words sea wall, coast,, Dunes" in screen
    found = settings(root)
    assert (found["site.title"], found["site.locale"]) == ("Tidewatch", "en-gb")
    assert (GULL, None) == (found["source[0].url"], found.get("source[1].url"))
    assert found["site.timezone"] == "UTC"
    assert found["fetch.contact"] == "mailto:ed@gull.example"
    assert [topic["name"] for topic in topics(root).values()] == ["Coast", "Seals"]
    words = [topic["keywords"] for topic in topics(root).values()]
    assert [["Coast", "sea wall", "Dunes"], ["Seals", "pups"]] == words


@pytest.mark.sample("+3-added1")
@pytest.mark.parametrize(
    ("answer", "added"),
    {
        "n": [],
        "+3": [GULL, "https://void.example/feed.xml"],
        "1, +2": ["https://tern.example/"],
    }.items(),
)
def test_one_answer_decides_on_all_sources_of_a_pasted_list(
    root: Path, tmp_path: Path, answer: str, added: list[str]
) -> None:
    pasted = "gull.example tern.example,void.example"
    before = ("T", "", "", "", "ed@gull.example", pasted, "", answer, "n")

    ask(root, *before, more=("--web", found_web(tmp_path), "--now", NOW))

    found = settings(root)
    assert added == [found[key] for key in found if key.startswith("source") and "url" in key]


def test_a_comma_inside_an_address_stays(root: Path) -> None:
    pasted = "https://a.example/x,114.xml,https://b.example/ c.example,d.example,"

    ask(root, "T", "", "", "", "", pasted, "")

    found = [url for path, url in settings(root).items() if path.endswith("].url")]
    assert ["https://a.example/x,114.xml", *(f"https://{x}.example/" for x in "bcd")] == found


def test_an_address_on_this_machine_is_allowed_as_its_owner_gave_it(root: Path) -> None:
    answers = ("T", "", "", "", "ed@gull.example", "127.0.0.1:9", "", "+1", "n")

    code, _, screen = ask(root, *answers)

    assert 0 == code
    assert "private" not in screen
    assert "127.0.0.1" == settings(root)["fetch.allow_hosts"]
    assert "# `copydesk run` needs" not in (root / "beat.toml").read_text("utf-8")


@pytest.mark.parametrize("until", ["time zone", ""], ids=["Ctrl-C", "Ctrl-D"])
def test_an_interrupted_dialogue_is_continued(root: Path, until: str) -> None:
    code, out, screen = ask(root, "Tidewatch", "Coast: sea", "", "en-gb", until=until)

    assert (130, "") == (code, out)
    assert f"your answers are kept; to continue: copydesk new {root}" in screen
    assert not (root / "beat.toml").exists()
    assert "the folder has no beat.toml" in copydesk("-C", root, "config").err

    code, _, screen = ask(root, "y", "Europe/Berlin", "", "")

    assert (0, False) == (code, (root / ".copydesk/answers.json").exists())
    assert "Continue with your answers on Tidewatch?" in screen
    found = settings(root)
    assert ("Tidewatch", "Coast") == (found["site.title"], found["topics.coast"])
    assert ("en-gb", "Europe/Berlin") == (found["site.locale"], found["site.timezone"])


def test_kept_answers_may_be_left_and_stand_in_nobodys_way(root: Path) -> None:
    ask(root, "Tidewatch", until="topic 1")

    assert 0 == ask(root, "n", "Dunewatch", "", "", "", "", "")[0]
    assert "Dunewatch" == settings(root)["site.title"]


def test_kept_answers_of_another_version_or_edited_are_asked_again(root: Path) -> None:
    (root / ".copydesk").mkdir(parents=True)
    asked = "title of the site (Enter for an example site about AI)"
    kept = [(asked, "Tidewatch"), ("a question of the past", "x")]
    (root / ".copydesk/answers.json").write_text(json.dumps(kept))

    assert 0 == ask(root, "y", "", "", "", "", "")[0]
    assert "Tidewatch" == settings(root)["site.title"]


def test_with_nothing_answered_nothing_is_left(root: Path) -> None:
    code, _, screen = ask(root, until="title")

    assert (130, False) == (code, root.exists())
    assert "no newsroom was created" in screen
    assert "kept" not in screen


def test_a_newsroom_is_complete_where_its_first_run_is_not_wanted_after_all(
    root: Path, tmp_path: Path
) -> None:
    more = ("--web", found_web(tmp_path), "--now", NOW)
    code, _, screen = ask(
        root, "T", "", "", "", "ed@x.example", "gull.example", "", "", more=more, until="Fetch"
    )

    assert 130 == code
    assert "the newsroom is complete; its first run was not finished" in screen
    assert "" == run_git(root, "status", "--porcelain")


@pytest.mark.parametrize("is_example", [True, False])
def test_what_a_kill_leaves_is_no_newsroom(
    root: Path, monkeypatch: pytest.MonkeyPatch, is_example: bool
) -> None:
    def die(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("copydesk.newsroom.starts.sealing.write_key", die)
    make = (
        partial(starts.new, root)
        if is_example
        else partial(starts.new_beat, root, NewBeat(title="T"))
    )
    with pytest.raises(KeyboardInterrupt):
        make(datetime(2026, 11, 20, tzinfo=UTC))

    assert (root / "README.md").exists()
    assert not (root / "beat.toml").exists()


def test_the_readme_of_a_newsroom_asks_for_no_contact_that_was_given(root: Path) -> None:
    copydesk("new", root, "--title", "T", "--contact", "ed@gull.example")
    copydesk("new", root.with_name("other"), "--title", "T")

    given, other = (
        (folder / "README.md").read_text("utf-8") for folder in (root, root.with_name("other"))
    )
    assert ("[fetch] contact" in given, "[fetch] contact" in other) == (False, True)
    assert "\n1. " in given
    assert "\n2. " in given


def test_the_words_of_a_topic_are_told(root: Path) -> None:
    topics_ = ("--topic", "Mars: rover, crater", "--topic", "Moon")

    made = copydesk("new", root, "--title", "T", *topics_)

    assert "topic Mars: with the words rover, crater\n" in made.err
    assert "topic Moon: with its name only\n" in made.err


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
