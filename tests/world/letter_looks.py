"""Check letters as sent by the Nu validator, caniemail.com's data and SpamAssassin.

    PYTHONPATH=tests python -m world.letter_looks VNU.JAR CANIEMAIL

`./run.sh looks letter` installs the first two by npm, and Debian's spamassassin; CANIEMAIL is the
folder of that npm package. Prints a line for each letter and its faults. Exits 1 for an HTML error
that no mail program needs, for a feature that some mail program lacks and that is not in
`WITH_FALLBACK`, and for more than one point of SpamAssassin's.
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

from copydesk.newsletters.composing import RenderedIssue
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
# The features of our letters that some program lacks, and what it shows instead.
_IN_STYLES = "`style` attributes hold what counts; rules are for the dark and narrow screens"
WITH_FALLBACK = {
    "<body> element": "a `div` inside has the background, too",
    "<style> element": _IN_STYLES,
    "@media": "the one column narrows without it; in the dark the light colours stay",
    "Attribute selector": "such rules are for Outlook on the web, which reads them",
    "Chaining selectors": _IN_STYLES,
    "Class selector": _IN_STYLES,
    "Descendant combinator": _IN_STYLES,
    "ID selector": "such rules are for old Outlook on the web",
    "Type selector": _IN_STYLES,
    "aria-label attribute": "screen readers say the subject, which is the same",
    "color-scheme CSS property": "the program decides what it does in the dark",
    "color-scheme meta tag": "the program decides what it does in the dark",
    "display:none": "what is hidden has no height, and its text no size and the ground's colour",
    "height property": "Yahoo reads it as the least height",
    "max-height property": "Outlook hides the preview text by `display:none`",
    "outline": "Outlook draws none around pictures",
    "overflow": "Outlook hides the preview text by `display:none`",
    "role attribute": "tables keep it, where it counts",
    "word-break": "a word too long for the line goes on beyond it, or breaks anywhere",
    "word-spacing": "words have their usual distance",
}
_PROGRAMS = ("gmail.*", "outlook.*", "apple-mail.*", "yahoo.*")
_ASK_CANIEMAIL = """
import { readFileSync } from "node:fs"
const [place, ...clients] = process.argv.slice(1)
const { caniemail } = await import(place)
const { issues } = caniemail({ clients, html: readFileSync(0, "utf8") })
const titles = [...issues.errors.values()].flat().map((issue) => issue.title)
console.log(JSON.stringify([...new Set(titles)].sort()))
"""
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
        faults = [*ask_nu(Path(sys.argv[1]), page), *ask_caniemail(Path(sys.argv[2]), page)]
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
        made = copydesk("demo", "--no-serve", "--dir", root, "--now", DEMO_DAY)
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


def ask_caniemail(package: Path, page: str) -> list[str]:
    """Return the features that some mail program lacks, without a fallback that we know."""
    place = (package / "dist" / "index.js").resolve().as_uri()
    words = ["node", "--input-type=module", "--eval", _ASK_CANIEMAIL, place, *_PROGRAMS]
    done = subprocess.run(words, input=page.encode(), capture_output=True, timeout=60, check=True)
    return [
        f"caniemail: {title}" for title in json.loads(done.stdout) if title not in WITH_FALLBACK
    ]


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
