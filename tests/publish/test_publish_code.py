"""What a site is made of beside its stories: the code and templates of an installed release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import copydesk

ROOMS = (
    "catalogue/page_entries.py",
    "placement/_front.py",
    "publish/_publish.py",
    "rendering/templates/card.html",
    "rendering/strings/de.toml",
)
SURVEY = """
import sys
from pathlib import Path
from copydesk.news import Beat
from copydesk.catalogue.page_index import PageIndex
from copydesk.publish import survey

kept = PageIndex(Path(sys.argv[1]), "site")
print(bool(survey((), Beat(title="Robots"), kept).notes))
kept.note({"clothes": ""})
kept.commit()
"""


def survey(package: Path, catalogue: Path) -> str:
    """Return whether the catalogue of the last time is believed by a release."""
    run = subprocess.run(
        [sys.executable, "-B", "-c", SURVEY, str(catalogue)],
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.mark.sample("publish/_publish.py")
@pytest.mark.parametrize("changed", ROOMS)
def test_a_release_that_prints_otherwise_makes_everything_anew(
    changed: str, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    ours = Path(copydesk.__file__).parent
    shutil.copytree(ours, release / "copydesk", ignore=shutil.ignore_patterns("__pycache__"))
    file = release / "copydesk" / changed
    catalogue = tmp_path / "pages.sqlite"

    first, again = survey(release, catalogue), survey(release, catalogue)
    file.write_text(file.read_text() + "\n")
    updated = survey(release, catalogue)

    assert ("False", "True", "False") == (first, again, updated)
