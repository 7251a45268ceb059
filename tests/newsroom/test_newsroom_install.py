"""pip, uv and pipx install copydesk from a clean clone into an environment that has nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from world.newsroom import run_git

pytestmark = [pytest.mark.long, pytest.mark.slow]
CHECKOUT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 600
UNREACHED = ("No matching distribution", "Could not find a version", "error sending request")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (CHECKOUT / ".git").exists():
        pytest.skip("this copy of copydesk is no git repository, so there is nothing to clone")
    place = tmp_path_factory.mktemp("clone")
    run_git(place, "clone", "--quiet", str(CHECKOUT), "copydesk")
    return place / "copydesk"


def run(place: Path, *command: object, may_skip: bool = False) -> str:
    """Run a program with an empty home folder and no git identity; return what it printed."""
    home = place / "home"
    home.mkdir(exist_ok=True)
    certificates = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # those of this machine
    tools = {"UV_TOOL_DIR": place / "tools", "UV_TOOL_BIN_DIR": place / "bin"}
    boxes = {"PIPX_HOME": place / "boxes", "PIPX_BIN_DIR": place / "bin"}
    ended = subprocess.run(
        list(map(str, command)),
        cwd=place,
        env={"HOME": str(home), "PATH": os.environ["PATH"], **certificates}
        | {name: str(folder) for name, folder in (tools | boxes).items()},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    if may_skip and ended.returncode and any(words in ended.stderr for words in UNREACHED):
        pytest.skip(f"no package index can be reached: {ended.stderr.strip()[-200:]}")
    assert 0 == ended.returncode, ended.stderr
    return ended.stdout


def by_pip(place: Path, clone: Path) -> Path:
    """Install by pip 23.3 or later: those before do not know that two spellings of one extra of
    lxml, which two of our libraries want, are the same.
    """
    run(place, sys.executable, "-m", "venv", "environment")
    newer = (place / "environment/bin/python", "-m", "pip", "install", "--quiet", "pip>=23.3")
    run(place, *newer, may_skip=True)
    run(place, "environment/bin/pip", "install", "--quiet", clone, may_skip=True)
    return place / "environment/bin/copydesk"


def by_uv(place: Path, clone: Path) -> Path:
    run(place, "uv", "tool", "install", "--quiet", "--python", sys.executable, clone, may_skip=True)
    return place / "bin/copydesk"


def by_pipx(place: Path, clone: Path) -> Path:
    run(place, "pipx", "install", "--quiet", "--python", sys.executable, clone, may_skip=True)
    return place / "bin/copydesk"


@pytest.mark.parametrize(
    ("program", "install"),
    [("", by_pip), ("uv", by_uv), ("pipx", by_pipx)],
    ids=["pip", "uv", "pipx"],
)
def test_the_installed_command_has_all_that_it_needs(
    program: str, install: Callable[[Path, Path], Path], clone: Path, tmp_path: Path
) -> None:
    if program and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    command = install(tmp_path, clone)

    assert "Looking inside:" in run(tmp_path, command, "--help")
    assert "11 files" in run(tmp_path, command, "new", "example")
    assert "site.title\tMy AI Desk\t" in run(tmp_path, command, "-C", "example", "config")
    run(tmp_path, command, "demo", "--no-serve", "--dir", "demo")
    assert (tmp_path / "demo/.copydesk/site/index.html").is_file()
