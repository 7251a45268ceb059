"""What is documented is there, and what is there is documented."""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
import subprocess
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import get_args, get_type_hints

import click
import pytest

from copydesk import editing, mail_store, newsroom
from copydesk.cli import cli
from copydesk.editing import trail
from copydesk.mail_store import deliveries, returns, subscriptions
from copydesk.news import Standing
from copydesk.news.source import DROP_REASONS
from copydesk.newsletters import bounces, exchange, mail_records, smtp
from copydesk.newsroom import reports
from copydesk.rounds import rejudging
from shape import sources

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PARTS = ("tutorial", "guides", "concepts")
FACES = sorted(PACKAGE.glob("*/__init__.py"))

# Written in two halves so that this file is not its own finding.
PLACES = ("/wor" + "k/main", "/wor" + "k/shared", "/roo" + "t/", "/tmp/" + "ref")
HOSTS = ("pypi." + "org", "python" + "hosted.org", "registry." + "npmjs", "deb.deb" + "ian.org")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands(group: click.Group, path: str = "copydesk") -> Iterator[tuple[str, click.Command]]:
    """Yield every command under its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:  # a former name
            continue
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


COMMANDS = dict(commands(cli))
CLOSED_TYPES: dict[str, object] = {
    "AnswerKind": smtp.AnswerKind,
    "CheckKind": mail_records.CheckKind,
    "ConsentWay": subscriptions.ConsentWay,
    "ImportKind": exchange.ImportKind,
    "LayoutName": get_type_hints(exchange.ImportReport)["layout"],
    "OutboxKind": mail_store.OutboxKind,
    "ReturnEffect": bounces.ReturnEffect,
    "SendingRemark": deliveries.SendingRemark,
    "SendingState": deliveries.SendingState,
    "Standing": Standing,
    "SubscriberState": mail_store.SubscriberState,
    "SuppressionReason": returns.SuppressionReason,
    "TrailKind": trail.TrailKind,
}


def options_of(command: click.Command) -> set[str]:
    """Return the options that are the command's own, as a person types them."""
    own = {option for parameter in command.params for option in parameter.opts}
    return {option for option in own if option.startswith("-")}


def section(page: str, title: str) -> str:
    """Return a page's text under the heading with this title, to the next heading."""
    found = re.search(rf"^#+ `?{re.escape(title)}\b.*\n((?:(?!#).*\n?)*)", page, re.MULTILINE)
    return found.group(0) if found else ""


def shell_lines(page: str) -> list[str]:
    """Return the lines of a page's shell blocks, without comments and empty lines."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_a_face_lists_its_names_once() -> None:
    """Each is imported as itself; a list beside the imports is for names that a module lacks."""
    faces = sorted(PACKAGE.rglob("__init__.py"))

    assert set(FACES) <= set(faces)
    assert [] == [name_of(path) for path in faces if lists_its_names_twice(path)]


def lists_its_names_twice(path: Path) -> bool:
    tree = sources.parse(path)
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    renamed = [
        name.asname
        for node in imports
        for name in node.names
        if name.asname not in (None, name.name)
    ]
    lists = [node for node in tree.body if "__all__" in ast.unparse(node)]
    return bool(lists) and not renamed


def test_a_module_says_what_it_is_and_a_room_what_goes_in_and_comes_out() -> None:
    modules = sorted(PACKAGE.rglob("*.py"))
    silent = [name_of(path) for path in modules if not ast.get_docstring(sources.parse(path))]

    assert set(FACES) <= set(modules)
    assert [] == silent


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_section_with_every_option(name: str) -> None:
    text = section((REFERENCE / "cli.md").read_text("utf-8"), name)

    assert text, f"no section `{name}` in docs/reference/cli.md"
    shared = {"-C", "--now", "--json", "-h", "--help"}
    assert [] == [one for one in options_of(COMMANDS[name]) - shared if one not in text]


@pytest.mark.parametrize(
    "report",
    [
        *(reports.RoundReport, reports.BuildReport, reports.Explanation, newsroom.Failure),
        reports.DeployReport,
        *(rejudging.RejudgeReport, rejudging.FieldChange, editing.RuleReport, reports.Rule),
    ],
)
def test_a_report_has_every_key_on_its_page(report: type) -> None:
    page = (REFERENCE / "json.md").read_text("utf-8")

    assert [] == [one.name for one in dataclasses.fields(report) if f"`{one.name}`" not in page]


@pytest.mark.parametrize("name", CLOSED_TYPES)
def test_a_closed_type_that_commands_print_has_every_value_on_a_page(name: str) -> None:
    pages = [(REFERENCE / page).read_text("utf-8") for page in ("json.md", "cli.md")]

    values = [value for value in values_of(CLOSED_TYPES[name]) if value]

    assert len(values) > 1
    assert [] == [value for value in values if f"`{value}`" not in "\n".join(pages)]


def values_of(closed: object) -> Iterator[str]:
    """Yield the words of an enumeration, or of a literal type and of those in it."""
    if isinstance(closed, type) and issubclass(closed, StrEnum):
        yield from (member.value for member in closed)
    elif isinstance(closed, str):
        yield closed
    else:
        for part in get_args(closed):
            yield from values_of(part)


def test_every_reason_for_dropping_is_on_its_page_and_no_other() -> None:
    page = (REFERENCE / "drop-reasons.md").read_text("utf-8")

    assert sorted(DROP_REASONS) == sorted(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))


def test_the_first_screen_has_two_commands() -> None:
    first_screen = (ROOT / "README.md").read_text("utf-8").split("\n## ")[0]

    assert ["make demo", "make test"] == shell_lines(first_screen)
    assert len(first_screen.splitlines()) <= 30


def test_the_readme_is_short_and_begins_with_a_picture() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    users = [path for part in PARTS for path in (ROOT / "docs" / part).glob("*.md")]

    assert len(text.split()) <= 1000
    assert sum(len(path.read_text("utf-8").split()) for path in users) <= 19_000
    assert text.index("</picture>") < text.index("```")


def test_what_the_readme_says_was_measured_stands_in_the_results() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## Measured")[1].split("\n## ")[0]
    lost = []
    for row in [line for line in section.splitlines() if line.startswith("| [")]:
        results = (ROOT / row.split("](")[1].split(")")[0]).read_text("utf-8")
        figures = row.replace("37 %", "0.37").split("|", 2)[2]
        for figure in re.findall(r"[\d.,]*\d", figures):
            if not re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", results):
                lost.append(f"{figure}: {row}")

    assert [] == lost


def test_every_link_between_pages_leads_somewhere() -> None:
    lost = []
    for path in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", path.read_text("utf-8")):
            name, _, place = target.partition("#")
            page = path.parent / name if name else path
            found = page.exists() and (not place or page.suffix != ".md" or place in places(page))
            if "://" not in target and not found:
                lost.append(f"{name_of(path)}: {target}")

    assert [] == lost


@functools.cache
def places(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as forges and MyST make them."""
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")

    pages = [path.relative_to(ROOT / "docs") for path in PAGES if (ROOT / "docs") in path.parents]
    fronts = {"README.md", "index.md"}
    missing = [str(page) for page in pages if f"({page})" not in index and page.name not in fronts]
    designs = (ROOT / "docs" / "design" / "README.md").read_text("utf-8")
    assert [] == [page for page in missing if f"({Path(page).name})" not in designs]


def test_the_index_for_users_has_no_design_notes() -> None:
    """`docs/conf.py` makes the menu of the site from these sections, the last one apart."""
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    site = (ROOT / "docs" / "index.md").read_text("utf-8")

    users, end, developers = index.partition("## For developers\n")
    assert "](design/" not in users
    assert "](design/README.md)" in developers
    assert f':end-before: "{end.strip()}"' in site


def test_no_file_names_the_machine_it_was_written_on() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        data = path.read_bytes() if path.is_file() else b""
        found += [f"{name}: {word}" for word in (*PLACES, *HOSTS) if word.encode() in data]

    assert [] == found


def test_the_plan_of_the_house_has_every_room_at_its_place() -> None:
    text = (ROOT / "docs" / "design" / "README.md").read_text("utf-8")
    plan = text.split("```")[1].splitlines()
    shown: list[str] = []
    for line in plan:
        names = re.findall(r"([a-z0-9_]+)/", line.split("  ->")[0])
        if line.startswith("    "):
            room = next(one for one in reversed(shown) if "/" not in one)
            shown += [f"{room}/{name}" for name in names]
        elif line.startswith("  ") and names:
            shown.append(names[0])
    rooms = [
        str(path.parent.relative_to(PACKAGE))
        for path in PACKAGE.rglob("__init__.py")
        if 1 <= len(path.parent.relative_to(PACKAGE).parts) <= 2
    ]

    assert sorted(rooms) == sorted(shown)
