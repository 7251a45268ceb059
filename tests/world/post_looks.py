"""Looks at the post: what programs of others make of letters, of their signatures, their returns.

    PYTHONPATH=tests python -m world.post_looks

`./run.sh looks post` installs Debian's libmail-dkim-perl, opendkim, postfix and spamassassin.
Prints a line for each look and what is wrong with it; ends with 1 where anything is. It wants to be
root, since postfix does.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from world.letter_looks import MOST_POINTS, ask_spamassassin, make_letters
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in
from world.relay_looks import RelayReport, look_at_relay
from world.sent_letters import (
    DOMAIN,
    SELECTOR,
    OwnKey,
    make_curve_key,
    make_letter,
    make_rsa_key,
    send_letters,
)
from world.signatures import ask_opendkim, ask_perl

_KEY_NAME = f"{SELECTOR}._domainkey.{DOMAIN}"
_VERIFIERS: tuple[tuple[str, Callable[[bytes, str, str], str]], ...] = (
    ("Mail::DKIM", ask_perl),
    ("OpenDKIM", ask_opendkim),
)
# what every filter takes for spam, so that a silent one is found (spamassassin.apache.org/gtube)
_SPAM = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
# What somebody on the way might do: a name, what is there, and what instead.
_CHANGES = (
    ("a byte of the body", b"leave/", b"leaVe/"),
    ("a byte more at the end", b"--\r\n", b"--\r\n."),
    ("another Subject", b"\r\nSubject: ", b"\r\nSubject: Re: "),
    ("another To", b"\r\nTo: <reader1@", b"\r\nTo: <reader2@"),
    ("another link to leave", b"\r\nList-Unsubscribe: <https://", b"\r\nList-Unsubscribe: <http://"),
    ("no one-click", b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
    ("no List-Unsubscribe-Post", b"\r\nList-Unsubscribe-Post: ", b"\r\nX-Post: "),
    ("a second From", b"\r\nFrom: ", b"\r\nFrom: <thief@thief.example>\r\nFrom: "),
    ("a second Subject", b"\r\nFrom: ", b"\r\nSubject: Win\r\nFrom: "),
    ("a Reply-To", b"\r\nFrom: ", b"\r\nReply-To: <thief@thief.example>\r\nFrom: "),
    ("a second way out", b"\r\nFrom: ", b"\r\nList-Unsubscribe: <https://thief.example>\r\nFrom: "),
)  # fmt: skip


def main() -> int:
    """Look at all; return the exit code."""
    failed = False
    for key in (make_rsa_key(), make_curve_key()):
        failed |= _tell(*look_at_signatures(key))
    failed |= _tell(*look_at_points())
    with tempfile.TemporaryDirectory() as folder:
        report = look_at_relay(Path(folder))
    failed |= _tell(*_judge_relay(report))
    return int(failed)


def look_at_signatures(key: OwnKey) -> tuple[str, list[str]]:
    """Have letters that are signed by a key verified as they are, and after each change."""
    faults: list[str] = []
    letters = _send_odd_letters(key)
    for name, verify in _VERIFIERS:
        for number, letter in enumerate(letters):
            verdict = verify(letter, _KEY_NAME, key.record)
            if verdict != "pass":
                faults.append(f"{name} of letter {number}: {verdict}")
        for change, there, instead in _CHANGES:
            changed = letters[0].replace(there, instead, 1)
            is_changed = changed != letters[0]
            if not is_changed or verify(changed, _KEY_NAME, key.record) == "pass":
                faults.append(f"{name} does not mind: {change}")
    names = " and ".join(name for name, _ in _VERIFIERS)
    said = f"{len(letters)} letters pass, {len(_CHANGES)} changes of one are found"
    return f"DKIM {key.name} by {names}: {said}", faults


def look_at_points() -> tuple[str, list[str]]:
    """Have letters judged by SpamAssassin, as they are sent: signed, with foot and fields."""
    faults: list[str] = []
    worst, count = 0.0, 0
    spam = f"Subject: {_SPAM}\r\n\r\n{_SPAM}\r\n".encode()
    if (ask_spamassassin(spam)[0] or 0) < MOST_POINTS:
        faults.append("SpamAssassin finds nothing where there is something")
    signer = make_rsa_key().load()
    for name, language, issue in make_letters():
        envelope = make_letter(issue, language, signer)
        points, rules = ask_spamassassin(send_letters([envelope])[0])
        if points is None:
            return "SpamAssassin", ["it is not installed"]
        if points > MOST_POINTS:
            faults += [f"{name}: {points:.1f} points", *rules]
        worst, count = max(worst, points), count + 1
    return f"SpamAssassin: {count} letters as sent have {worst:.1f} points at most", faults


def _send_odd_letters(key: OwnKey) -> list[bytes]:
    """Return what a server gets of letters with all that could break a signature on the way."""
    lead = make_story(
        0, title="Überraschung am Kai – " * 8, picture=PICTURE, coverage=COVERAGE, note=".\n\n.x"
    )
    unbroken = make_story(1, excerpt="x" * 2000)
    many = [make_story(number) for number in range(2, 60)]
    signer = key.load()
    issues = (
        ("de", make_issue(lead, unbroken, language="de")),
        ("ar", make_issue(lead, *many, language="ar")),
        ("en", make_issue()),
    )
    return send_letters(
        make_letter(render_in(issue, language), language, signer) for language, issue in issues
    )


def _judge_relay(report: RelayReport) -> tuple[str, list[str]]:
    said = (
        f"postfix: {report.taken} of 3 letters arrive, one after greylisting, signatures whole;"
        f" the third comes back: {report.returned or 'it does not'}"
    )
    return said, report.faults


def _tell(said: str, faults: Iterable[str]) -> bool:
    """Print what a look found; return whether anything is wrong."""
    faults = list(faults)
    print(f"{'FAILED' if faults else 'ok'}  {said}", *faults, sep="\n    ", flush=True)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
