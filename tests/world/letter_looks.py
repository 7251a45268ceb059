"""Looks at letters as sent: what the Nu validator, SpamAssassin and mail programs' data say.

    PYTHONPATH=tests python -m world.letter_looks VNU.JAR

`./run.sh looks letter` installs the validator by npm, and Debian's spamassassin. Prints a line for
each letter and what is wrong with it; ends with 1 where an error is not among those that a mail
program needs, a feature has no fallback, or SpamAssassin gives more than one point.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from copydesk.mail import RenderedIssue, lint
from world.command import copydesk
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in
from world.sent_letters import make_letter, make_rsa_key, read_page

# what is wrong by the standard, and the program that wants it
NEEDED = {
    "Attribute “xmlns:v” not allowed here.": "Outlook on Windows: what is drawn by VML",
    "Attribute “xmlns:o” not allowed here.": "Outlook on Windows: a pixel is a pixel",
} | {
    f"CSS: “{name}”: Property “{name}” doesn't exist.": f"Outlook on Windows: {why}"
    for name, why in (
        ("mso-table-lspace", "no gap beside a table"),
        ("mso-table-rspace", "no gap beside a table"),
        ("mso-hide", "hides the preheader"),
    )
}
DEMO_DAY = "2026-11-20T08:00:00Z"
MOST_POINTS = 1.0
_RECEIVED = (
    b"Received: from localhost (localhost [127.0.0.1]) by localhost with ESMTP id 1;\r\n"
    b" Sat, 28 Nov 2026 07:00:00 +0000\r\n"
)
NOTE = (
    "We asked the *pilots*; [they say](https://a.example/) that\n\n- one\n- two\n\n> may be quoted"
)


def main() -> int:
    """Look at each letter; return the exit code."""
    failed = False
    signer = make_rsa_key().load()
    for name, language, issue in make_letters():
        message = make_letter(issue, language, signer).message
        page = read_page(message)
        faults = [*ask_nu(Path(sys.argv[1]), page), *ask_clients(page)]
        points, rules = ask_spamassassin(message)
        if points is not None and points > MOST_POINTS:
            faults += rules
        said = "no SpamAssassin" if points is None else f"{points:.1f} points"
        print(f"{name}: {len(message)} bytes, {said}", *faults, sep="\n    ", flush=True)
        failed = failed or bool(faults)
    return int(failed)


def make_letters() -> Iterator[tuple[str, str, RenderedIssue]]:
    """Yield names, languages, letters: the demo's, and others that are long, mirrored, empty."""
    yield "the demo's", "en", preview_demo()
    lead = make_story(0, picture=PICTURE, coverage=COVERAGE, note=NOTE)
    stories = [lead, *(make_story(number) for number in range(1, 20))]
    for language in ("en", "de", "fr", "ar"):
        issue = make_issue(*stories, language=language, note=NOTE)
        yield language, language, render_in(issue, language)
    yield "500 stories", "en", render_in(make_issue(*map(make_story, range(500))))
    yield "no story", "en", render_in(make_issue())


def preview_demo() -> RenderedIssue:
    """Return the letter that the demo newsroom would mail on its day."""
    # git may still tidy up what the demo committed
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "demo"
        made = copydesk("demo", "--no-serve", "--dir", root)
        assert made.code == 0, made.err
        said = copydesk("-C", root, "mail", "preview", "daily", "--at", DEMO_DAY, "--json").json()
    return RenderedIssue(**{name: said[name] for name in ("subject", "preheader", "html", "text")})


def ask_nu(jar: Path, page: str) -> list[str]:
    """Return what is wrong with a page by the HTML standard and no mail program needs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "letter.html"
        file.write_text(page, "utf-8")
        words = ["java", "-jar", str(jar), "--errors-only", "--format", "json", str(file)]
        done = subprocess.run(words, capture_output=True, timeout=120, check=False)
    messages = [message["message"] for message in json.loads(done.stderr)["messages"]]
    return [f"Nu: {message}" for message in messages if message not in NEEDED]


def ask_clients(page: str) -> list[str]:
    """Return the features that some mail program does not show, without a fallback."""
    return [f"caniemail: {finding.feature}" for finding in lint(page) if not finding.fallback]


def ask_spamassassin(message: bytes) -> tuple[float | None, list[str]]:
    """Return the points of a letter, and for what they are; none off for where it came from."""
    if shutil.which("spamassassin") is None:
        return None, []
    words = ["spamassassin", "--test-mode", "--local", "--cf", "score ALL_TRUSTED 0"]
    given = _RECEIVED + message
    done = subprocess.run(words, input=given, capture_output=True, timeout=120, check=True)
    report = done.stdout.decode(errors="replace")
    score = re.search(r"Content analysis details: +\((-?[\d.]+) points", report)
    assert score, report[-2000:]
    return float(score[1]), re.findall(r"^ *-?\d+\.\d .*", report[score.end() :], re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
