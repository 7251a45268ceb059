"""Each command that the documentation shows is real, and does its work.

Every line of a shell block, and every command in the text, is read by the command line itself. What
pages for users show is also typed, line after line, in a small newsroom with a recorded web. A line
that cannot be typed here stands in ELSEWHERE with its reason.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from copydesk.cli import cli
from world.command import Said, copydesk
from world.newsroom import (
    SEALS,
    WALL,
    Answer,
    feed,
    newsroom,
    page,
    record_web,
    run_git,
    write_files,
)

ROOT = Path(__file__).parents[2]
PARTS = ("tutorial", "guides", "concepts")
USERS = [
    ROOT / "README.md",
    *(path for part in PARTS for path in sorted((ROOT / "docs" / part).glob("*.md"))),
]
SHOWING = [path for path in USERS if "```" in path.read_text("utf-8")]
PAGES = sorted({*USERS, *(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"})
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
IN_TEXT = re.compile(r"(?<!`)`(copydesk [a-z-](?:[^`]|\n)*)`")
IN_BLOCK = re.compile(r"\b(copydesk (?:-C |[a-z])[^`\n]*)")
STORY = re.compile(r"_news/\S+\.md|\d{4}-\d\d-\d\d-[a-z-]+")
PROGRAM = re.compile(r"(?:\S*/)?(?:copydesk|uv|pipx|pip|python3?|make|export|curl|git|run\.sh) ")

CONSENT = "--letter daily --consent fair"
# Lines that are not typed here, by how they begin without -C.
ELSEWHERE = {
    "copydesk demo": "makes a whole demo, as tests/cli/test_cli_demo.py does",
    "copydesk serve": "goes on until it is stopped: tests/cli/test_cli_serve.py",
    "curl ": "asks a desk that is served: tests/desk/test_desk_api_description.py",
    "export ": "changes the shell alone",
    "make demo": "makes a whole demo, as tests/cli/test_cli_demo.py does",
    "make test": "runs this test",
    "pipx install ": "needs the registry of packages",
    "python3 -m venv /srv/": "is for a server",
    "/srv/": "is for a server",
    "uv tool install ": "needs the registry of packages",
}
PROGRAMS = {"python": sys.executable, "sed": "sed"}
# Lines that end with 1, and why that is right.
FAILING = {"copydesk mail doctor": "there is no mail server"}
# Lines that are typed in a folder of their own, and what was typed there before.
APART: dict[str, tuple[str, ...]] = {
    "copydesk rule merge": (),
    "copydesk rule undo": ("copydesk rule block horoscope", "copydesk rule block sport"),
    "copydesk desk user token": ("copydesk desk user add Anna",),
    "copydesk mail readers find": (f"copydesk mail readers add - {CONSENT}",),
    "copydesk mail readers rename-letter": (
        f"copydesk mail readers add - {CONSENT}",
        """sed -i 's/"daily"/"morning"/' my-beat/beat.toml""",
    ),
}
FEEDS = ("feed", "comments/feed")
NOW = "2026-11-20T08:00:00Z"
DATE = "Fri, 20 Nov 2026 06:00:00 GMT"
SETTINGS = """
[serve]
public_url = "https://tidewatch.example/"

[fetch]
nameservers = ["127.0.0.1:1"]

[deploy]
to = "folder"

[deploy.folder]
path = "../online"

[desk.oidc]
issuer = "https://accounts.tidewatch.example"
client_id = "copydesk"

[mail]
deliver = "smtp"
from_address = "desk@tidewatch.example"
postal_address = "1 Quay Street, Port Sable"

[mail.smtp]
host = "127.0.0.1"
port = 1
security = "none"

[[letter]]
id = "daily"
title = "The Day"

[[source]]
url = "https://old.example/feed"
name = "Example News"
"""
TOPIC = "taxonomy: topic\n_id: {}\nname: {}\nparent: Coast\nkeywords:\n  - council\n"
FILES = {
    "subscribers.csv": "email\nben@mailbox.example\n",
    "subscriptions.opml": '<opml version="2.0"><body><outline xmlUrl="https://a.example/"/></body></opml>',
    "labelled.jsonl": '{"id": "1", "title": "The coast", "topics": ["Coast"]}\n',
    "other-disk/empty": "",
    "warc.paths.gz": "archives/news.warc\n",
    "archives/news.warc": "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
}


def shown(path: Path) -> Iterator[str]:
    """Yield the commands of a page's blocks, each in one line and without its comment."""
    for language, block in BLOCK.findall(path.read_text("utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            command = re.sub(r"(^|\s+)#\s.*", "", line).strip()
            if command and (language == "sh" or (not language and PROGRAM.match(command))):
                yield command


def begins(line: str, starts: Iterable[str]) -> str:
    """Return the one of these that a line begins with, its -C my-beat left out; else nothing."""
    plain = line.replace(" -C my-beat", "")
    return next((start for start in starts if plain.startswith(start)), "")


def read(line: str) -> tuple[click.Command, list[str]]:
    """Return the command that a line calls, and the words that are no command and no option."""
    found: list[str] = []
    known: click.Command = cli
    # made as a call makes it: a command keeps the help option that its first context gave it
    context = click.Context(cli, **cli.context_settings)
    words = iter(line.split()[1:])
    for word in words:
        options = {name: one for one in known.get_params(context) for name in one.opts}
        if word.startswith("-") and word != "-":
            option = options.get(word.rstrip('"').split("=")[0])
            if option is None:
                found.append(word)
            elif not getattr(option, "is_flag", False) and "=" not in word:
                next(words, "")
        elif isinstance(known, click.Group):
            inner = known.get_command(context, word)
            if inner is None:
                return known, [*found, word]
            known, context = inner, click.Context(inner, parent=context)
    return known, found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_shows_real_commands_only(path: Path) -> None:
    text = path.read_text("utf-8")
    blocks = [line for _, block in BLOCK.findall(text) for line in IN_BLOCK.findall(block)]
    commands = [*IN_TEXT.findall(text), *blocks]

    assert {} == {line: unknown for line in commands if (unknown := read(line)[1])}


def small_web() -> dict[str, Answer]:
    """Return a web with something to read at each address that pages name."""
    links = [f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in FEEDS]
    stories = {
        "wall": page("Sea wall to rise by two metres", WALL),
        "seals": page("Grey seals are back on the coast", SEALS),
        "some-page": page("Bakery wins prize", "A bakery in the hills won a prize for rye bread."),
    }
    listed = feed(*((name, f"https://example.org/{name}", DATE) for name in stories))
    return {
        "https://example.org/": Answer(body=f"<html><head>{''.join(links)}".encode()),
        **{f"https://example.org/{name}": listed for name in (FEEDS[0], "odd-feed")},
        f"https://example.org/{FEEDS[1]}": feed(("Comment", "https://example.org/wall#1", DATE)),
        "https://old.example/feed": listed,
        **{f"https://{name}.example/feed.xml": feed() for name in ("gull", "heron")},
        **{f"https://example.org/{name}": story for name, story in stories.items()},
        "https://example.org/2026/dam-breaks": page(
            "A dam breaks on the coast", f"{SEALS}\n{WALL}"
        ),
        "https://www.example.org/news/1": stories["wall"],
    }


class Typist:
    """Somebody who types in a folder; newsrooms and stories are there once a line needs them."""

    def __init__(self, filled: Path, web: Path) -> None:
        self._filled, self._web = filled, web
        self._stories = sorted((filled / "_news").glob("*.md"))

    def type(self, line: str) -> Said:
        """Type a line: ours with its time and its web, and the few others that do no harm."""
        line = line.replace("/mnt/other-disk", "other-disk")
        words = shlex.split(line)
        if words[0] in PROGRAMS:
            words[0] = PROGRAMS[words[0]]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            return Said(code=done.returncode, out=done.stdout, err=done.stderr)
        if words[0] != "copydesk":
            return Said(code=127, out="", err="no command of ours, and not in ELSEWHERE\n")
        self._make_ready(words)
        more = ["--now", NOW]
        if any(parameter.name == "web" for parameter in read(line)[0].params):
            more += ["--web", str(self._web)]
        return copydesk(*words[1:], *more)

    def _make_ready(self, words: list[str]) -> None:
        for name, text in FILES.items():
            if not Path(name).exists():
                write_files(Path(), {name: text.encode()})
        if words[1] == "restore":
            shutil.rmtree(words[3], ignore_errors=True)
        elif words[1:3] == ["new", "--from"]:
            self._need_newsroom(Path(words[-1]))
            Path(words[-1], "beat.toml").unlink()
            Path(words[-1], "_config.yml").write_text("title: My old site\n")
        elif words[1] != "new":
            room = Path(words[2] if words[1] == "-C" else "my-beat")
            self._need_newsroom(room)
            for name in filter(STORY.fullmatch, words):
                self._need_story(room / "_news" / Path(name).with_suffix(".md").name)

    def _need_newsroom(self, room: Path) -> None:
        if not room.exists():
            shutil.copytree(self._filled, room)

    def _need_story(self, path: Path) -> None:
        if not path.exists():
            count = len(list(path.parent.glob("*.md")))
            path.parent.mkdir(exist_ok=True)
            shutil.copy(self._stories[count % 2], path)
            run_git(path.parent, "add", path.name)
            run_git(path.parent, "commit", "-qm", "a story")


@pytest.fixture(scope="module")
def typist(tmp_path_factory: pytest.TempPathFactory) -> Typist:
    """Return a typist whose newsrooms have two stories, as one run leaves them."""
    folder = tmp_path_factory.mktemp("typist")
    web = record_web(folder / "web.warc.gz", small_web())
    root = newsroom(folder / "room", more=SETTINGS)
    for key, name in (("ai-policy", "AI Policy"), ("town-hall", "Town Hall")):
        (root / f"_data/topics/01-{key}.yaml").write_text(TOPIC.format(key, name))
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "topics")
    said = copydesk("-C", root, "run", "--web", web, "--now", NOW)
    assert 2 == len(list((root / "_news").glob("*.md"))), said.err
    return Typist(root, web)


@pytest.mark.slow
@pytest.mark.parametrize("path", SHOWING, ids=lambda path: path.stem)
def test_what_a_page_shows_can_be_typed_line_after_line(
    path: Path, typist: Typist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_DIR", "my-beat")
    monkeypatch.setenv("COPYDESK_CONTACT", "mailto:desk@tidewatch.example")
    lines = [line for line in shown(path) if not begins(line, ELSEWHERE)]
    failed = {}
    for number, line in enumerate(lines):
        apart = begins(line, APART)
        folder = tmp_path / f"apart-{number}" if apart else tmp_path
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        for typed in (*APART.get(apart, ()), line):
            monkeypatch.setattr("sys.stdin", io.StringIO("anna@mailbox.example\n"))
            said = typist.type(typed)
            if said.code != int(begins(typed, FAILING) != ""):
                failed[typed] = f"exit {said.code}: {said.err or said.out}"

    assert "" == "\n".join(f"{line}\n{why}" for line, why in failed.items())


def test_a_line_that_is_not_typed_is_still_shown() -> None:
    lines = [line for path in SHOWING for line in shown(path)]

    assert [] == [
        start
        for start in (*ELSEWHERE, *FAILING, *APART)
        if not any(begins(line, [start]) for line in lines)
    ]
