"""A look at a relay: an issue goes through a real postfix, and what it cannot deliver comes back.

    copydesk mail send ─ SMTP ─> postfix ─ SMTP ─> the readers' server (world.smtp)
       suppressed <─ mail bounces --stdin <─ alias <─ DSN ─┘  takes, greylists, refuses

Postfix runs the alias' command as a user of its own, who may see nothing of this checkout. So the
command is a script that hands the message to us by a pipe, and ends as copydesk did.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from copydesk.kit import dates
from world.background import server_in_background
from world.command import copydesk
from world.mail_soak import mail_newsroom, name_issue
from world.newsroom import NOW
from world.postfix import postfix
from world.sent_letters import SELECTOR, OwnKey, make_rsa_key
from world.signatures import ask_perl
from world.smtp import MailServer, Plan, Rule

TAKEN, GREY, GONE = "ada@taken.example", "ben@grey.example", "cleo@gone.example"
_SENDER = "example.org"
_RULES = (
    Rule(at="recipient", do="550 5.1.1 no such user here", recipient=r"@gone\."),
    Rule(at="recipient", do="451 4.7.1 greylisted", recipient=r"@grey\.", once=True),
)
_SECONDS = 90.0
_TRY_AGAIN = 75
_SCRIPT = """\
#!/bin/sh
cat >{folder}/in
exit "$(cat {folder}/out)"
"""


@dataclass(kw_only=True)
class RelayReport:
    """How many letters reached their readers' server, what came back, and what is wrong."""

    taken: int = 0
    returned: str = ""
    faults: list[str] = field(default_factory=list)

    def check(self, claim: str, *, holds: bool) -> None:
        """Note a fault where a claim does not hold."""
        if not holds:
            self.faults.append(f"not so: {claim}")


def look_at_relay(folder: Path) -> RelayReport:
    """Send an issue to three readers through a postfix; wait for letters and what comes back."""
    folder.chmod(0o755)
    key = make_rsa_key()
    server = MailServer(Plan(rules=_RULES))
    with server_in_background(server), _Door(folder / "door") as door:
        relay = folder / "postfix"
        relay.mkdir()
        with postfix(relay, next_port=server.port, command=str(door.script)) as port:
            root = mail_newsroom(folder, port)
            _sign_by(root, key)
            _add_readers(root)
            door.root = root
            report = RelayReport()
            sent = _ask(root, "mail", "send", name_issue(root), "--as", "Anna")
            counts = sent["sendings"][0]["counts"]
            report.check("postfix takes all three letters", holds=counts == {"accepted": 3})
            _wait(lambda: len(server.taken) >= 2 and len(door.codes) >= 2)
            time.sleep(2)  # for what should not come
            _check_letters(report, server, key)
            _check_returns(report, root, door)
            if report.faults:
                report.faults.append((relay / "log").read_text(errors="replace")[-4000:])
            return report


def _check_letters(report: RelayReport, server: MailServer, key: OwnKey) -> None:
    """Hold what the readers' server got against what it should have."""
    recipients = sorted(taken.recipient for taken in server.taken)
    report.taken = len(set(recipients))
    report.check("one letter each, none for who is gone", holds=recipients == [TAKEN, GREY])
    for message in server.letters:
        verdict = ask_perl(message, f"{SELECTOR}._domainkey.{_SENDER}", key.record)
        report.check(f"the signature is unbroken, not: {verdict}", holds=verdict == "pass")


def _check_returns(report: RelayReport, root: Path, door: _Door) -> None:
    """Hold what copydesk knows now against what came back: one DSN, asked for a second time."""
    report.check("75 has postfix try again", holds=door.codes[:2] == [_TRY_AGAIN, 0])
    report.check("one message came back", holds=len(door.codes) == 2)
    found = _ask(root, "mail", "bounces")
    rows = [(row["address"], row["kind"], row["status"]) for row in found["returns"]]
    report.returned = ", ".join(f"{row['kind']} {row['status']}" for row in found["returns"])
    report.check(f"its reader bounced hard, not: {rows}", holds=rows == [(GONE, "hard", "5.1.1")])
    report.check("it was about a letter of ours", holds=found["not_ours"] == 0)
    kept = json.dumps(_ask(root, "mail", "readers", "suppressions"))
    report.check("the reader is suppressed", holds=GONE in kept and "hard-bounce" in kept)
    who = _ask(root, "mail", "who", GONE)["deliveries"]
    said = [(line["state"], line["code"]) for line in who if "queued as" in line["words"]]
    report.check(f"the ledger has postfix's words, not: {who}", holds=said == [("accepted", 250)])
    rehearsal = _ask(root, "mail", "send", name_issue(root), "--dry-run")
    report.check("the next issue goes to two", holds=rehearsal["readers"] == 2)


class _Door:
    """What postfix' command gives to copydesk; the first message is told to come again, once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        self.script = folder / "command"
        self.script.write_text(_SCRIPT.format(folder=folder))
        self.script.chmod(0o755)
        self.root = folder
        self.codes: list[int] = []
        self._in, self._out = folder / "in", folder / "out"
        for pipe in (self._in, self._out):
            os.mkfifo(pipe)
            pipe.chmod(0o666)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._is_open = True

    def __enter__(self) -> _Door:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False
        with contextlib.suppress(OSError):  # wakes it where it waits for a message
            os.close(os.open(self._in, os.O_WRONLY | os.O_NONBLOCK))
        self._thread.join(10)

    def _serve(self) -> None:
        while self._is_open:
            message = self._in.read_bytes()
            if message and self._is_open:
                code = self._take_in(message) if self.codes else _TRY_AGAIN
                self._out.write_text(str(code))
                self.codes.append(code)

    def _take_in(self, message: bytes) -> int:
        words = ("-C", str(self.root), "mail", "bounces", "--stdin")
        command = [sys.executable, "-P", "-m", "copydesk", *words]
        return subprocess.run(command, input=message, check=False).returncode


def _sign_by(root: Path, key: OwnKey) -> None:
    file = root / ".copydesk" / "dkim.pem"
    file.write_bytes(key.pem)
    file.chmod(0o600)
    beat = root / "beat.toml"
    beat.write_text(f'{beat.read_text("utf-8")}\n[mail.dkim]\nselector = "{SELECTOR}"\n', "utf-8")
    _ask(root, "mail", "doctor", "--overrule", "all", "--why", "loopback", "--as", "Anna")


def _add_readers(root: Path) -> None:
    for address in (TAKEN, GREY, GONE):
        words = ("mail", "readers", "add", address, "--letter", "daily", "--consent", "a test")
        _ask(root, *words)


def _ask(root: Path, *words: str) -> Any:
    now = dates.rfc3339(NOW + timedelta(minutes=1))
    done = copydesk("-C", root, "--now", now, *words, "--json")
    assert 0 == done.code, (words, done.out, done.err)
    return done.json()


def _wait(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _SECONDS
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
