"""Looks at letters: what the Nu validator, SpamAssassin and mail programs' own data say of them.

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
from email.message import EmailMessage
from pathlib import Path

from copydesk.mail import RenderedIssue, lint
from world.command import copydesk
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in

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
NOTE = (
    "We asked the *pilots*; [they say](https://a.example/) that\n\n- one\n- two\n\n> may be quoted"
)


def main() -> int:
    """Look at each letter; return the exit code."""
    failed = False
    for name, letter in make_letters():
        faults = [*ask_nu(Path(sys.argv[1]), letter.html), *ask_clients(letter.html)]
        points, rules = ask_spamassassin(letter)
        if points is not None and points > MOST_POINTS:
            faults += rules
        said = "no SpamAssassin" if points is None else f"{points:.1f} points"
        print(f"{name}: {letter.bytes} bytes, {said}", *faults, sep="\n    ", flush=True)
        failed = failed or bool(faults)
    return int(failed)


def make_letters() -> Iterator[tuple[str, RenderedIssue]]:
    """Yield the demo's letter, and others with all that one can have: long, mirrored, empty."""
    yield "the demo's", preview_demo()
    lead = make_story(0, picture=PICTURE, coverage=COVERAGE, note=NOTE)
    stories = [lead, *(make_story(number) for number in range(1, 20))]
    for language in ("en", "de", "fr", "ar"):
        issue = make_issue(*stories, language=language, note=NOTE)
        yield language, render_in(issue, language)
    yield "500 stories", render_in(make_issue(*map(make_story, range(500))))
    yield "no story", render_in(make_issue())


def preview_demo() -> RenderedIssue:
    """Return the letter that the demo newsroom would mail on its day."""
    with tempfile.TemporaryDirectory() as folder:
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


def ask_spamassassin(letter: RenderedIssue) -> tuple[float | None, list[str]]:
    """Return the points of a letter that came from this machine, and for what they are."""
    if shutil.which("spamassassin") is None:
        return None, []
    message = make_message(letter).as_bytes()
    words = ["spamassassin", "--test-mode", "--local"]
    done = subprocess.run(words, input=message, capture_output=True, timeout=120, check=True)
    report = done.stdout.decode(errors="replace")
    score = re.search(r"Content analysis details: +\((-?[\d.]+) points", report)
    assert score, report[-2000:]
    return float(score[1]), re.findall(r"^ *-?\d+\.\d .*", report[score.end() :], re.MULTILINE)


def make_message(letter: RenderedIssue) -> EmailMessage:
    """Return a letter as the mail that it is sent as."""
    message = EmailMessage()
    message["Received"] = (
        "from localhost (localhost [127.0.0.1]) by localhost with ESMTP id 1;"
        " Sat, 28 Nov 2026 07:00:00 +0000"
    )
    message["From"] = "Tidewatch <letter@tidewatch.example>"
    message["To"] = "reader@reader.example"
    message["Date"] = "Sat, 28 Nov 2026 07:00:00 +0000"
    message["Message-ID"] = "<20261128070000.7f3a91c2.daily@tidewatch.example>"
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


if __name__ == "__main__":
    sys.exit(main())
