"""The wheel and the source archive of a commit, the same to the byte wherever they are built.

    PYTHONPATH=tests python -m world.packing FOLDER

Takes what is committed, not what lies in the working copy. All times in the files are the
commit's; names, order and rights depend on nothing but the commit.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from world.bill import Commit, read_commit


def unpack(commit: Commit, place: Path, *, backwards: bool = False) -> None:
    """Write the files of a commit into a folder; `backwards`: the last one first."""
    archive = subprocess.run(
        ["git", "-C", str(commit.checkout), "archive", "--format=tar", commit.number],
        capture_output=True,
        check=True,
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        members = packed.getmembers()
        for member in reversed(members) if backwards else members:
            packed.extract(member, place, filter="data")


def build(
    commit: Commit, source: Path, into: Path, variables: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Build wheel and source archive of an unpacked commit; return the SHA-256 of each by name."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-P", "-m", "hatchling", "build", "-d", str(into.resolve())],
        cwd=source,
        env={
            **os.environ,
            **(variables or {}),
            "SOURCE_DATE_EPOCH": str(int(commit.time.timestamp())),
        },
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return {path.name: digest(path) for path in sorted(into.iterdir())}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_commit(commit: Commit, into: Path) -> dict[str, str]:
    """Build wheel and source archive of a commit in a folder of its own."""
    with tempfile.TemporaryDirectory() as place:
        unpack(commit, Path(place))
        return build(commit, Path(place), into)


def write_sums(digests: Mapping[str, str]) -> str:
    """Return digests as `sha256sum --check` reads them."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def main() -> None:
    """Build into a folder and print the digests."""
    commit = read_commit()
    changed = subprocess.run(
        ["git", "-C", str(commit.checkout), "status", "--porcelain", "--untracked-files=no"],
        capture_output=True,
        check=True,
    ).stdout
    if changed:
        print("warning: changes that are not committed are left out", file=sys.stderr)
    sums = write_sums(build_commit(commit, Path(sys.argv[1])))
    print(sums, end="")
    print(f"built of commit {commit.number} in {sys.argv[1]}", file=sys.stderr)


if __name__ == "__main__":
    main()
