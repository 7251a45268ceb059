"""One issue is one letter, whatever machine renders it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from world.machine import PATIENCE_SECONDS

TESTS = Path(__file__).parents[1]
SCRIPT = """
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in
stories = [make_story(number, picture=PICTURE, coverage=COVERAGE) for number in range(99)]
letter = render_in(make_issue(*stories, language="ar", note="- *One*"), "ar")
print(letter.subject, letter.preheader, letter.html, letter.text)
"""
MACHINES = (
    {"TZ": "Asia/Kolkata", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1", "PYTHONUTF8": "0"},
    {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "2", "COLUMNS": "40"},
)


def test_a_letter_has_the_same_bytes_in_every_zone_locale_and_process() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", SCRIPT],
            env={**os.environ, "PYTHONPATH": str(TESTS), **machine},
            stdout=subprocess.PIPE,
        )
        for machine in MACHINES
    ]

    first, second = (run.communicate(timeout=PATIENCE_SECONDS)[0] for run in runs)

    assert first == second
    assert first.count(b"<!--/story-->") > 20
