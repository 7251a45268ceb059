"""Mail soak: an issue goes to thousands of readers through a server that misbehaves, and is killed.

    PYTHONPATH=tests python -m world.mail_soak [READERS] [KILLS]

A process sends and is killed (SIGKILL) at random moments, again and again; the next one goes on.
By turns it is killed from its first moment on (it starts, takes over what was left, claims), while
letters go out, and while it waits for what is due.

The server is a process of its own, misbehaves by a plan, and writes down each letter that it took
before it answers. By that log alone each reader must have got exactly one letter, with an id that
no other has: those that the ledger calls uncertain none or one, those that it calls refused none.
Nobody two. No more are uncertain than there were connections when it was killed, and lines that
the server broke after a letter's end.

Prints what became of how many, and exits with 1 where anything else is so.
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from copydesk.kit import dates
from copydesk.mail_store import open_mail
from copydesk.mail_store.subscriptions import Subscription
from copydesk.newsletters.delivery_log import list_who
from copydesk.newsletters.sending import count_by_name
from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.newsroom import NOW, run_git

TESTS = Path(__file__).parents[1]
PLAN: dict[str, list[dict[str, Any]]] = {
    "rules": [
        {"at": "recipient", "do": "550 5.1.1 no such user", "recipient": r"13@"},
        {"at": "recipient", "do": "451 4.7.1 greylisted", "recipient": r"77@", "once": True},
        {"at": "sender", "do": "421 4.3.2 too busy", "every": 701},
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
_CONNECTIONS = 4
_OVER = frozenset({"accepted", "uncertain", "refused", "given-up", "skipped"})  # nothing follows
# When a process is killed: `starting`, at once to just after its first letter; `sending`, after it;
# `waiting`, when no letter was taken for so long.
_MOMENTS = (*("sending", "starting") * 3, "sending", "waiting")
_STILL_SECONDS = 0.4
_LETTERS_A_SECOND = 700  # at which letters go out here, roughly


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSoakReport:
    """What became of an issue: letters by state, kills by moment, and what the log contradicts.

    `most_uncertain` is how many may be uncertain. `open` are letters that nobody decided.
    """

    counts: dict[str, int]
    kills: Counter[str]
    twice: tuple[str, ...]
    missing: tuple[str, ...]
    strangers: tuple[str, ...]
    open: tuple[str, ...]
    most_uncertain: int
    seconds: float

    @property
    def faults(self) -> list[str]:
        """Return what must not be, in words."""
        found = {
            "got two, or one too many": len(self.twice),
            "got none, and the ledger says one": len(self.missing),
            "letters to nobody, or with another's id": len(self.strangers),
            "left undecided": len(self.open),
            "uncertain without a reason": self.counts.get("uncertain", 0) - self.most_uncertain,
        }
        return [f"{count} {what}" for what, count in found.items() if count > 0]


@contextlib.contextmanager
def mail_server(folder: Path, plan: object) -> Iterator[tuple[int, Path]]:
    """Run a mail server in a process of its own for the block; its port, and the log it writes."""
    log, file = folder / "taken.tsv", folder / "plan.json"
    file.write_text(json.dumps(plan))
    words = ("--port", "0", "--plan", str(file), "--log", str(log))
    command = [sys.executable, "-m", "world.smtp", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), log
        finally:
            process.kill()


def mail_newsroom(folder: Path, port: int, connections: int = _CONNECTIONS) -> Path:
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
    done_kills = Counter[str]()
    with mail_server(folder, PLAN) as (port, log):
        root = mail_newsroom(folder, port)
        add_readers(root, readers)
        issue = name_issue(root)
        killer = _Killer(log, chance, readers / max(kills, 1))
        now = NOW + timedelta(minutes=1)
        for turn in range(2 * kills):
            if done_kills.total() == kills or _is_done(root, issue):
                break
            moment = _MOMENTS[turn % len(_MOMENTS)]
            if killer.kill(_start_sender(root, issue, now), moment):
                done_kills[moment] += 1
                now += timedelta(seconds=30)
            else:
                now += timedelta(minutes=6)  # what was greylisted is tried again
        while not _is_done(root, issue):
            assert time.monotonic() - began < _LONGEST_SECONDS + kills * 10, "it does not end"
            now += timedelta(minutes=30)  # so that all that waits is due, and nobody waits for it
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


class _Killer:
    """Kills senders at random moments, so early that letters are left for each kill."""

    def __init__(self, log: Path, chance: random.Random, letters_a_kill: float) -> None:
        self._log = log
        self._chance = chance
        self._sending_seconds = letters_a_kill / _LETTERS_A_SECOND
        self._seconds_to_first = 1.0

    def kill(self, process: subprocess.Popen[bytes], moment: str) -> bool:
        """Kill a sender that was just started; False where it ended before."""
        if moment == "starting":
            _let_run(process, self._chance.uniform(0.0, 1.2 * self._seconds_to_first))
        else:
            self._let_run_to_first(process)
            if moment == "sending":
                _let_run(process, self._chance.uniform(0.0, self._sending_seconds))
            else:
                _let_run_until_still(process, self._log)
        is_killed = process.poll() is None
        process.kill()
        process.wait()
        return is_killed

    def _let_run_to_first(self, process: subprocess.Popen[bytes]) -> None:
        size, began = _size_of(self._log), time.monotonic()
        while process.poll() is None and _size_of(self._log) == size:
            time.sleep(0.002)
        if process.poll() is None:
            self._seconds_to_first = time.monotonic() - began


def _let_run(process: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def _let_run_until_still(process: subprocess.Popen[bytes], log: Path) -> None:
    size = -1
    while process.poll() is None and size != (size := _size_of(log)):
        _let_run(process, _STILL_SECONDS)


def _size_of(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _is_done(root: Path, issue: str) -> bool:
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        sending = store.ledger.find(issue)
        return sending is not None and sending.state == "done"


def _report(
    root: Path, issue: str, log: Path, kills: Counter[str], seconds: float
) -> MailSoakReport:
    lines = [line.split("\t") for line in log.read_text("utf-8").splitlines()]
    taken = Counter(address for address, _, _ in lines)
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        sending = store.ledger.find(issue)
        assert sending is not None
        states = {line.address: line.state for line in list_who(store, issue)}
        counts = count_by_name(store, sending.number)
    refused = {"refused", "given-up", "skipped"}
    return MailSoakReport(
        counts=counts,
        kills=kills,
        twice=_list_where(states, lambda address, state: taken[address] > (state not in refused)),
        missing=_list_where(states, lambda address, state: taken[address] < (state == "accepted")),
        strangers=tuple(sorted((taken.keys() - states.keys()) | _find_odd_ids(lines))),
        open=_list_where(states, lambda _, state: state not in _OVER),
        most_uncertain=_CONNECTIONS * kills.total() + _count_broken_ends(len(lines)),
        seconds=seconds,
    )


def _list_where(states: dict[str, str], holds: Callable[[str, str], bool]) -> tuple[str, ...]:
    return tuple(sorted(address for address, state in states.items() if holds(address, state)))


def _find_odd_ids(lines: Sequence[Sequence[str]]) -> set[str]:
    """Return who got a letter without an id, or with one that somebody else's has."""
    owners: dict[str, str] = {"": ""}
    return {owner for owner, number, _ in lines if owners.setdefault(number, owner) != owner}


def _count_broken_ends(taken: int) -> int:
    """Return how often the server may have broken a line after a letter's end, by its plan."""
    ends = (rule for rule in PLAN["rules"] if rule["at"] == "message")
    return sum(1 + 2 * taken // rule["every"] for rule in ends if rule["do"].endswith("close"))


def main() -> None:
    """Soak, and say what became of the letters."""
    readers, kills = (int(word) for word in (*sys.argv[1:], *("10000", "30")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = soak(Path(folder), readers, kills)
    said = ", ".join(f"{count} {state}" for state, count in report.counts.items())
    moments = ", ".join(f"{count} while {moment}" for moment, count in report.kills.items())
    print(f"{readers} readers, {report.kills.total()} kills ({moments or 'none'})")
    print(f"{report.seconds:.0f} s: {said} ({report.most_uncertain} may be uncertain)")
    print(*(report.faults or ["by the server's log each got one, and nobody two"]), sep="\n")
    sys.exit(bool(report.faults))


if __name__ == "__main__":
    main()
