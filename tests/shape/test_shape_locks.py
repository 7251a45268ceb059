"""What is installed is pinned: each release by its hashes, and nothing says where it comes from."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
DECLARED = {
    "run": [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"], *GROUPS["build"]],
    **PROJECT["optional-dependencies"],
    **{name: group for name, group in GROUPS.items() if name != "build"},
}
PIN = re.compile(r"^(?P<pin>\S+==.*?)(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.M)
FAILING_UV = """#!/bin/sh
case "$*" in
venv*)
    mkdir -p .venv/bin
    ln -sf "$(command -v python3)" .venv/bin/python
    ln -sf /bin/true .venv/bin/copydesk
    echo "$PWD/.venv" >.venv/bin/activate ;;
*requirements/{lock}.lock*) echo 'no network' >&2 && exit 1 ;;
esac
"""


def read(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")


def pins(lock: str) -> Iterator[Requirement]:
    """Yield each pinned release that has hashes, as the requirement it is."""
    for line in PIN.finditer(read(lock)):
        yield Requirement(line["pin"])


def versions(lock: str) -> dict[str, set[str]]:
    """Return the pinned versions of each package; there are several where Pythons differ."""
    found: dict[str, set[str]] = {}
    for pin in pins(lock):
        (only,) = pin.specifier
        found.setdefault(canonicalize_name(pin.name), set()).add(only.version)
    return found


def test_there_is_one_lock_for_each_list_of_pyproject() -> None:
    assert sorted(DECLARED) == [path.stem for path in LOCKS]


@pytest.mark.parametrize("lock", DECLARED)
def test_what_is_declared_is_pinned_within_its_bounds(lock: str) -> None:
    pinned = versions(lock)

    for wanted in map(Requirement, DECLARED[lock]):
        releases = pinned.get(canonicalize_name(wanted.name), set())
        assert releases, f"not in requirements/{lock}.lock: {wanted}. Run: ./run.sh lock"
        assert all(wanted.specifier.contains(release) for release in releases), wanted


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_holds_nothing_but_pins_with_hashes(path: Path) -> None:
    left = PIN.sub("", path.read_text("utf-8"))

    assert [] == [line for line in left.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_no_host(path: Path) -> None:
    text = path.read_text("utf-8")

    assert [] == re.findall(r"https?:|://|--(?:extra-)?index|--find-links|@ ", text)


@pytest.mark.parametrize("lock", [name for name in DECLARED if name != "run"])
def test_two_locks_pin_the_same_release(lock: str) -> None:
    everywhere, here = versions("run"), versions(lock)

    both = everywhere.keys() & here.keys()
    assert {name: everywhere[name] for name in both} == {name: here[name] for name in both}


def test_what_is_pinned_needs_nothing_that_is_not() -> None:
    """Locks are installed without looking at what their packages need."""
    pinned = versions("run") | versions("dev")

    missing = set()
    for name in pinned:
        for line in _requirements(name):
            wanted = Requirement(line)
            applies = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
            if applies and canonicalize_name(wanted.name) not in pinned:
                missing.add(f"{name}: {wanted}")
    assert set() == missing


def _requirements(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # pinned for another platform
        return []


@pytest.mark.parametrize("fails", ["run", "dev"])
def test_an_installation_that_fails_ends_the_command_and_is_tried_again(
    tmp_path: Path, fails: str
) -> None:
    for name in ("run.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    uv = tmp_path / "bin/uv"
    uv.parent.mkdir()
    uv.write_text(FAILING_UV.format(lock=fails))
    uv.chmod(0o755)
    environment = {"PATH": f"{uv.parent}:/usr/bin:/bin", "HOME": str(tmp_path)}

    for _ in range(2):
        check = subprocess.run(
            ["./run.sh", "check"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert check.returncode == 1
        assert "no network" in check.stderr
        assert "ruff" not in check.stderr
