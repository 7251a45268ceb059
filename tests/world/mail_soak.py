"""Mail soak: an issue goes to thousands of readers through a server that misbehaves, and is killed.

    PYTHONPATH=tests python -m world.mail_soak [READERS] [KILLS]

A process sends and is killed (SIGKILL) at random moments, again and again; the next one goes on.
The server is a process of its own, misbehaves by a plan, and writes down each letter that it took
before it answers. By that log alone each reader must have got exactly one letter: those that the
ledger calls uncertain none or one, those that it calls refused none. Nobody two.

Prints what became of how many, and exits with 1 where anybody got two, or none without a word.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from copydesk.engine.sending import count_by_name, list_who
from copydesk.kit import dates
from copydesk.mail_store import Subscription, open_mail
from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.newsroom import NOW, run_git

TESTS = Path(__file__).parents[1]
PLAN = {
    "rules": [
        {"at": "recipient", "do": "550 5.1.1 no such user", "recipient": r"13@"},
        {"at": "recipient", "do": "451 4.7.1 greylisted", "recipient": r"77@", "once": True},
        {"at": "sender", "do": "421 4.3.2 too busy", "every": 1511},
        {"at": "recipient", "do": "close", "every": 997},
        {"at": "data", "do": "after", "every": 1009},
        {"at": "message", "do": "452 4.3.1 no room", "every": 887},
        {"at": "message", "do": "taken-close", "every": 1201},
        {"at": "message", "do": "close", "every": 1303},
    ]
}
_LETTERS = '[[letter]]\nid = "daily"\n'
_MAIL = """
[serve]
public_url = "https://letters.example"
[mail]
deliver = "smtp"
from_address = "desk@example.org"
[mail.smtp]
host = "localhost"
port = {port}
security = "none"
connections = {connections}
[mail.bounces]
address = "bounces@example.org"
"""
_LONGEST_SECONDS = 900.0  # of a soak after its last kill


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSoakReport:
    """What became of an issue: letters by state, kills, and whom the server's log contradicts."""

    counts: dict[str, int]
    kills: int
    twice: tuple[str, ...]
    missing: tuple[str, ...]
    seconds: float


@contextlib.contextmanager
def mail_server(folder: Path, plan: object) -> Iterator[tuple[int, Path]]:
    """Run a mail server in a process of its own for the block; its port, and the log it writes."""
    log, file = folder / "taken.tsv", folder / "plan.json"
    file.write_text(json.dumps(plan))
    words = ("--port", "0", "--plan", str(file), "--log", str(log))
    process = subprocess.Popen(
        [sys.executable, "-m", "world.smtp", *words], stdout=subprocess.PIPE, text=True, cwd=TESTS
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), log
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def mail_newsroom(folder: Path, port: int, connections: int = 4) -> Path:
    """Make a newsroom with a filed issue of a letter that goes out by a server on this machine."""
    settings = _LETTERS + _MAIL.format(port=port, connections=connections)
    root = desk_newsroom(folder / "newsroom", stories(3))
    beat = root / "beat.toml"
    beat.write_text(f"{beat.read_text('utf-8')}\n{settings}", "utf-8")
    run_git(root, "commit", "-qam", "a letter")
    done = copydesk("-C", root, "--now", dates.rfc3339(NOW), "mail", "compose", "daily", "--file")
    assert 0 == done.code, done.err
    overrule = ("mail", "doctor", "--overrule", "all", "--why", "loopback", "--as", "Anna")
    copydesk("-C", root, "--now", dates.rfc3339(NOW), *overrule)
    return root


def name_issue(root: Path) -> str:
    """Return the name of the newsroom's one issue."""
    (file,) = (root / "_newsletters").glob("*.html")
    return file.stem


def add_readers(root: Path, count: int, now: datetime = NOW) -> None:
    """Let so many readers have the daily letter; a hundred of them at each domain."""
    with contextlib.closing(open_mail(root / ".copydesk")) as store, store.at_once():
        for number in range(count):
            address = f"reader{number}@d{number % 97}.example"
            subscriber = store.subscribers.add(address, now)
            store.subscribers.set_state(subscriber.id, "active")
            store.subscriptions.put(
                Subscription(subscriber=subscriber.id, letter="daily", since=now)
            )


def soak(folder: Path, readers: int, kills: int, seed: int = 2026) -> MailSoakReport:
    """Send an issue, killed so often, until nothing is left; hold the ledger against the log."""
    began, chance = time.monotonic(), random.Random(seed)  # moments, no secrets
    with mail_server(folder, PLAN) as (port, log):
        root = mail_newsroom(folder, port)
        add_readers(root, readers)
        issue = name_issue(root)
        now = NOW + timedelta(minutes=1)
        done_kills = 0
        for _ in range(kills):
            done_kills += _kill_sender(root, issue, now, chance.uniform(0.0, 0.7), log)
            now += timedelta(seconds=30)
        while not _is_done(root, issue):
            assert time.monotonic() - began < _LONGEST_SECONDS + kills * 10, "it does not end"
            now += timedelta(minutes=6)  # what was greylisted is tried again
            code = _start_sender(root, issue, now).wait()
            assert code in {0, 1}
        return _report(root, issue, log, done_kills, time.monotonic() - began)


def _start_sender(root: Path, issue: str, now: datetime) -> subprocess.Popen[bytes]:
    words = ("-C", str(root), "--now", dates.rfc3339(now), "mail", "send", issue, "--as", "Anna")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "copydesk", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def _kill_sender(root: Path, issue: str, now: datetime, seconds: float, log: Path) -> bool:
    """Start a sender and kill it so long after its first letter; False where it ended before."""
    size = log.stat().st_size if log.exists() else 0
    process = _start_sender(root, issue, now)
    while process.poll() is None and (not log.exists() or log.stat().st_size == size):
        time.sleep(0.002)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    is_killed = process.poll() is None
    process.kill()
    process.wait()
    return is_killed


def _is_done(root: Path, issue: str) -> bool:
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        sending = store.ledger.find(issue)
        return sending is not None and sending.state == "done"


def _report(root: Path, issue: str, log: Path, kills: int, seconds: float) -> MailSoakReport:
    taken = Counter(line.split("\t")[0] for line in log.read_text("utf-8").splitlines())
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        sending = store.ledger.find(issue)
        assert sending is not None
        states = {line.address: line.state for line in list_who(store, issue)}
        counts = count_by_name(store, sending.number)
    twice = [address for address, count in taken.items() if count > 1]
    for address, state in states.items():
        if state in {"refused", "given-up", "skipped"} and taken[address]:
            twice.append(address)
    missing = [
        address for address, state in states.items() if state == "accepted" and not taken[address]
    ]
    return MailSoakReport(
        counts=counts,
        kills=kills,
        twice=tuple(sorted(twice)),
        missing=tuple(sorted(missing)),
        seconds=seconds,
    )


def main() -> None:
    """Soak, and say what became of the letters."""
    readers, kills = (int(word) for word in (*sys.argv[1:], *("10000", "30")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        report = soak(Path(folder), readers, kills)
    said = ", ".join(f"{count} {state}" for state, count in report.counts.items())
    print(f"{readers} readers, {report.kills} kills, {report.seconds:.0f} s: {said}")
    print(f"got two or one too many: {len(report.twice)}; missing: {len(report.missing)}")
    sys.exit(bool(report.twice or report.missing))


if __name__ == "__main__":
    main()
