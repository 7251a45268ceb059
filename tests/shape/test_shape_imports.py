"""Who imports whom, what an import costs, and that what decides touches no world."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shape import sources
from world.newsroom import newsroom

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
SOURCES = sorted(PACKAGE.rglob("*.py"))
DECIDERS = [
    path
    for room in ("extract", "judge", "review", "placement", "news")
    for path in (PACKAGE / room).rglob("*.py")
]
HEAVY = (
    *("aiohttp", "asyncio", "lxml", "trafilatura", "PIL", "numpy", "feedparser", "fastwarc"),
    *("css_inline", "mjml", "tinycss2"),
    *("htmldate", "readability", "pebble", "cryptography", "Stemmer", "dateutil"),
    *("starlette", "uvicorn", "httptools", "prometheus_client", "webauthn", "argon2", "joserfc"),
)
HEAVY_ROOMS = (
    *("desk", "embed", "extract", "fetch", "judge", "measure", "review", "watch"),
    *("newsletters.composing", "newsletters.sending", "newsletters.smtp"),
)
ROOMS_WITH_LAZY_FACES = [
    str(path.parent.relative_to(PACKAGE)).replace("/", ".")
    for path in SOURCES
    if path.name == "__init__.py" and "import_on_demand(" in path.read_text("utf-8")
]

# What the contracts in .importlinter cannot see: parts of standard packages, and calls.
WORLD_MODULES = {"urllib.request", "urllib.robotparser", "http.client", "http.server"}
WORLD_CALLS = {"open", "input", "print", "exec", "eval"}
WORLD_METHODS = {
    "now",
    "utcnow",
    "today",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "iterdir",
    "unlink",
    "mkdir",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = f"import copydesk.cli, sys; print([one for one in {HEAVY!r} if one in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_a_build_loads_no_web_client_and_no_reader_of_pages(tmp_path: Path) -> None:
    root = newsroom_with_a_story(tmp_path)
    unneeded = (*HEAVY, "socket", *(f"copydesk.{room}" for room in HEAVY_ROOMS))

    loaded_by("build", root, unneeded)  # the first one draws the icons

    assert "0 []" == loaded_by("build", root, unneeded)


@pytest.mark.parametrize("words", ["stories", "stories --search crane", "explain 2025-03-04-crane"])
def test_a_question_loads_nothing_that_asks_the_web(words: str, tmp_path: Path) -> None:
    root = newsroom_with_a_story(tmp_path)
    unneeded = (*HEAVY, "multiprocessing", "tempfile", "copydesk.fetch", "copydesk.watch")

    assert "0 []" == loaded_by(words, root, unneeded)


def test_what_a_site_repeats_is_taken_out_without_the_reader_of_pages() -> None:
    unneeded = (*HEAVY, "copydesk.extract._read", "copydesk.extract.text", "copydesk.extract.words")
    code = f"""
import sys
from copydesk.extract import habits, learn, settle, site_of
print([one for one in {unneeded!r} if one in sys.modules])
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout


def newsroom_with_a_story(folder: Path) -> Path:
    root = newsroom(folder / "beat")
    record = ROOT / "tests" / "cases" / "archive" / "same" / "whole.md"
    (root / "_news").mkdir(exist_ok=True)
    shutil.copy(record, root / "_news" / "2025-03-04-crane.md")
    return root


def loaded_by(words: str, root: Path, unneeded: Sequence[str]) -> str:
    """Return the exit code of a command, and which of the unneeded modules it has loaded."""
    code = f"""
import sys
from copydesk.cli import main
try:
    main(["-C", {str(root)!r}, *{words.split()!r}])
except SystemExit as done:
    print(done.code, [one for one in {tuple(unneeded)!r} if one in sys.modules])
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("room", ROOMS_WITH_LAZY_FACES)
def test_a_lazy_face_gives_each_of_its_names(room: str) -> None:
    folder = PACKAGE.joinpath(*room.split("."))
    face = importlib.import_module(f"copydesk.{room}")
    tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
    known = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in known.body if isinstance(node, ast.ImportFrom)]
    names = {name.asname: node.module for node in imports for name in node.names}
    modules = {path.stem for path in folder.iterdir()}

    assert imports
    assert sorted(map(str, names)) == face.__all__
    for name, module in names.items():
        assert getattr(face, str(name)) is getattr(importlib.import_module(str(module)), str(name))
    assert set() == set(names) & modules
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        face.nothing  # noqa: B018


def test_the_contracts_of_the_house_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stdout


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each imported module's dotted name with its level (0: absolute)."""
    for node in sources.walk(path):
        if isinstance(node, ast.Import):
            yield from ((one.name, 0) for one in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level
            yield from ((f"{node.module}.{one.name}", node.level) for one in node.names)


def test_imports_are_absolute() -> None:
    relative = [
        (name_of(path), name) for path in SOURCES for name, level in imports_of(path) if level
    ]

    assert [] == relative


def test_a_decider_asks_no_file_no_clock_no_stranger() -> None:
    assert DECIDERS
    assert {} == {name_of(path): asked for path in DECIDERS if (asked := world_asked(path))}


def world_asked(path: Path) -> set[str]:
    """Return what a file asks the world by."""
    calls = [node.func for node in sources.walk(path) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    modules = {name for name, _ in imports_of(path)}
    return (names & WORLD_CALLS) | (methods & WORLD_METHODS) | (modules & WORLD_MODULES)
