"""Check sites of invented stories with `copydesk verify`, and say what each step took.

    python benchmarks/paper/verify.py SIZES...

Each site is built from a newsroom in git, as in build.py, with the second API and one process at a
time: CPU is user and system time of all processes. The check clones the records, builds the site
again and compares every file.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from spent import measured

HERE = Path(__file__).parent
CLOCK = "2026-11-24T18:00:00Z"
GIT = ("git", "-c", "user.name=Ed", "-c", "user.email=ed@example.org")


def check(size: int, folder: Path) -> str:
    """Return a line of the table for a site of this size."""
    subprocess.run([sys.executable, HERE / "archive.py", str(size), str(folder)], check=True)
    root = folder / "newsroom"
    with (root / "beat.toml").open("a", encoding="utf-8") as beat:
        beat.write("[front]\nkeep = true\n")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "all")):
        subprocess.run([*GIT, *words], cwd=root, check=True)
    command = (str(Path(sys.executable).with_name("copydesk")), "-C", str(root))
    site = root / ".copydesk" / "site"
    built = measured((*command, "--now", CLOCK, "build"), root, site)
    checked = measured((*command, "verify", str(root)), root, site)
    return f"| {size:,} | {built.cpu:.1f} s | {checked.cpu:.1f} s | {checked.wall:.1f} s |"


def main() -> None:
    """Print a table of the sizes that the command line names."""
    print("| stories | CPU of build | CPU of verify | seconds of verify |\n|---|---|---|---|")
    for size in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as folder:
            print(check(size, Path(folder)))


if __name__ == "__main__":
    main()
