"""The newsroom of a soak: it is made, its processes run and are killed, its ledger is kept."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from invented_web import HELD, PUBLISHERS, InventedWeb, time_of
from work import Done, Worker, wait_until

from world.machine import GIT_SETTINGS, bare_environment
from world.newsroom import newsroom, run_git

HERE = Path(__file__).resolve().parent
EDITORS = ("Anna", "Ben", "Cleo")
_RECENT = 60  # stories that editors look at
_TRIES = 4  # a command that follows a kill may find a lock of a process that is ending
_BEAT = """\
timezone = "Europe/Berlin"
[scoring]
publish_at = 30
[front]
keep = true
[publish]
api_v1 = false
[fetch]
allow_hosts = ["127.0.0.1"]
timeout_seconds = 5
nameservers = ["127.0.0.1:9"]
[serve]
public_url = "http://localhost:{serve}"
count_reads = true
trusted_proxies = ["127.0.0.1"]
[desk]
api_requests_a_minute = 1000000
[mail]
deliver = "smtp"
from_address = "desk@tidewatch.example"
start = "person"
count_views = true
[mail.smtp]
host = "localhost"
port = {mail}
security = "none"
connections = 2
[mail.bounces]
address = "bounces@tidewatch.example"
[[letter]]
id = "daily"
title = "The Day"
at = "18:05"
[[letter]]
id = "often"
title = "The Tide"
when_new = 10
[[post]]
id = "masto"
to = "mastodon"
mode = "send"
server = "http://127.0.0.1:{network}"
secret_env = "TOKEN"
most_a_day = 200
pause_minutes = 0
[[webhook]]
url = "http://127.0.0.1:{network}/hook"
secret_env = "HOOK"
"""
_SOURCE = '\n[[source]]\nurl = "https://{name}.example/feed.xml"\nname = "{name}"\n'


@dataclass
class State:
    """Where the soak stands; it is written after each round."""

    seed: int
    next_round: int = 0
    token: str = ""
    kills: dict[str, int] = field(default_factory=dict)
    typical: dict[str, float] = field(default_factory=dict)
    letters_read: int = 0  # bytes of the mail server's log
    readers: dict[str, dict[str, Any]] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)  # ids of the last actions of editors
    seconds: list[float] = field(default_factory=list)  # of rounds since the last line of the table
    memory: list[float] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)  # commands that had to be run again


class Station:
    """A newsroom below a folder, and the world around it."""

    def __init__(self, folder: Path, seed: int, kills: float) -> None:
        self.folder = folder
        self._kills = kills
        self._state_file = folder / "state.json"
        if self._state_file.exists():
            self.state = State(**json.loads(self._state_file.read_text()))
            if self.state.seed != seed:
                raise SystemExit(f"this folder was begun with --seed {self.state.seed}")
        else:
            self.state = State(seed=seed)
        self.worker = Worker(folder, _environment(folder), self.state.typical)
        self.root = self.worker.root
        self.web = InventedWeb(seed)
        self.kill_counts = Counter(self.state.kills)
        self._sent_issues: list[dict[str, Any]] = []
        self.ledger = os.open(
            folder / "ledger.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644
        )
        self.number = self.state.next_round
        self.server: subprocess.Popen[bytes] | None = None
        self.outside: subprocess.Popen[bytes] | None = None

    # ---- beginning and ending

    def begin(self) -> None:
        """Make the newsroom, or go on with the one that is there; start the servers."""
        ports_file = self.folder / "ports.json"
        if not ports_file.exists():
            ports_file.write_text(json.dumps(_find_ports()))
        self.ports = json.loads(ports_file.read_text())
        self._set_clock(timedelta())
        self.outside = self.worker.start_outside()
        for name in ("mail", "network"):
            wait_until(lambda name=name: _listens(self.ports[name]), f"{name} server")
        if not self.state.token:
            self._make_newsroom()
        self._start_server()

    def end(self) -> None:
        """End the servers."""
        for process in (self.server, self.outside):
            if process and process.poll() is None:
                process.terminate()
                process.wait(60)

    def _make_newsroom(self) -> None:
        if not (self.root / "beat.toml").exists():
            newsroom(self.root, more=_BEAT.format(**self.ports))
            beat = (self.root / "beat.toml").read_text("utf-8")
            for name in PUBLISHERS[2:]:
                beat += _SOURCE.format(name=name) + ('trust = "hold"\n' if name == HELD else "")
            (self.root / "beat.toml").write_text(beat, "utf-8")
            run_git(self.root, "commit", "-qam", "settings")
        self._must(
            "setup", "mail", "doctor", "--overrule", "all", "--why", "loopback", "--as", "Anna"
        )
        # the first page makes an owner; here it is a command
        for name in EDITORS:
            self.worker.run("setup", "desk", "user", "add", name, "--role", "owner")
        scopes = [
            word for scope in ("read", "propose", "decide", "manage") for word in ("--scope", scope)
        ]
        self.state.token = self._must(
            "setup", "desk", "user", "token", "Anna", *scopes, "--days", "90"
        ).out.strip()
        self._save()

    def _start_server(self) -> None:
        self.server = self.worker.start_server(self.ports["serve"])
        wait_until(self._is_serving, "the server")

    def _is_serving(self) -> bool:
        assert self.server is not None
        if self.server.poll() is not None:
            raise SystemExit(f"the server ended with {self.server.returncode}: see serve.log")
        return self._ask("GET", "/health")[0] == 200

    def _save(self) -> None:
        self.state.kills = dict(self.kill_counts)
        partial = self._state_file.with_suffix(".new")
        with partial.open("w") as out:
            json.dump(vars(self.state), out)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(self._state_file)

    def _kill_server(self, seconds: float, kind: str) -> None:
        assert self.server is not None
        time.sleep(seconds)
        kill = self._chance("kill how")
        (os.killpg if kill.random() < 0.4 else os.kill)(self.server.pid, signal.SIGKILL)
        self.server.wait()
        self.kill_counts[kind] += 1
        self._start_server()

    # ---- what all of them need

    def _must(self, kind: str, *words: str, share: float = 0.0, stdin: bytes = b"") -> Done:
        """Run a command that must succeed after any kill; else it is a fault."""
        done = self._try(kind, *words, share=share, stdin=stdin)
        if done.code:
            self._fault("a command failed", words=words, code=done.code, err=done.err[-2000:])
        return done

    def _try(self, kind: str, *words: str, share: float = 0.0, stdin: bytes = b"") -> Done:
        """Run a command, killed at first with a probability of `share`, until it has its say."""
        kill = self._chance(f"kill {kind} {words}")
        tries = 0
        while True:
            is_killed = kill.random() < self._kills * share
            done = self.worker.run(kind, *words, kill=kill if is_killed else None, stdin=stdin)
            if done.was_killed:
                self.kill_counts[kind] += 1
                share /= 2
                continue
            tries += 1
            if not done.code or done.code == 2 or tries == _TRIES:
                return done
            self._count_again(done)
            time.sleep(0.3)

    def _tell(self, kind: str, **what: Any) -> None:
        """Write into the ledger what was said to succeed."""
        line = {"round": self.number, "kind": kind, **what}
        os.write(self.ledger, json.dumps(line).encode() + b"\n")
        os.fsync(self.ledger)

    def _fault(self, what: str, **more: Any) -> None:
        line = {"round": self.number, "what": what, **more}
        print(f"FAULT {line}", flush=True)
        with (self.folder / "faults.jsonl").open("a") as out:
            out.write(json.dumps(line, default=str) + "\n")

    def _refuse(self, done: Done) -> None:
        said = (done.err.strip().splitlines() or [str(done.code)])[0]
        self._count_refusal(f"{' '.join(done.words[:2])}: {said[:80]}")

    def _count_refusal(self, what: str) -> None:
        for name in sorted(self._names_in(what), key=len, reverse=True):
            what = what.replace(name, "…")
        self.state.refusals[what] = self.state.refusals.get(what, 0) + 1

    @staticmethod
    def _names_in(what: str) -> list[str]:
        return [word for word in what.split() if word[:4] == "2026" or word[:5] == "_news"]

    def _count_again(self, done: Done) -> None:
        lines = done.err.strip().splitlines() or [str(done.code)]
        what = f"{done.words[0]}: {lines[-1][:100]}"
        for name in self._names_in(what):
            what = what.replace(name, "…")
        self.state.again[what] = self.state.again.get(what, 0) + 1

    def _chance(self, what: str) -> random.Random:
        """Return what draws for one purpose in this round: the same each time."""
        return random.Random(f"{self.state.seed} {self.number} {what}")

    def _set_clock(self, later: timedelta) -> None:
        self.worker.now = self._time(later)
        partial = self.folder / "clock.new"
        partial.write_text(self.worker.now.replace("Z", "+00:00"))
        partial.replace(self.folder / "clock")

    def _time(self, later: timedelta) -> str:
        return f"{time_of(self.number) + later:%Y-%m-%dT%H:%M:%SZ}"

    def _list_recent(self) -> list[str]:
        """Return the names of the newest records."""
        return sorted(path.stem for path in (self.root / "_news").glob("*.md"))[-_RECENT:]

    def _form(self, path: str, form: Sequence[tuple[str, str]], client: str) -> int:
        body = urllib.parse.urlencode(form).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": client}
        return self._ask("POST", path, body, headers)[0]

    def _api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the desk's API, again where it cannot be reached; return the status and the JSON."""
        headers = {
            "Authorization": f"Bearer {self.state.token}",
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        for _ in range(5):
            status, answer = self._ask(method, f"/desk/api/{path}", data, headers)
            if status:
                break
            time.sleep(0.2)
        try:
            return status, json.loads(answer) if answer else None
        except ValueError:
            return status, answer.decode(errors="replace")

    def _ask(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Send a request to the server; status 0 where it cannot be reached."""
        url = f"http://localhost:{self.ports['serve']}{path}"
        request = urllib.request.Request(url, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of all processes: a home of their own, and the fake clock."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    (home / "git-settings").write_text(GIT_SETTINGS, "utf-8")
    tests = HERE.parents[1] / "tests"
    more = {
        "PYTHONPATH": f"{HERE / 'clock'}{os.pathsep}{tests}",
        "SOAK_CLOCK": str(folder / "clock"),
        "TOKEN": "token",
        "HOOK": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "COPYDESK_PROGRESS": "off",
    }
    return {**bare_environment(os.environ, home), **more}


def _find_ports() -> dict[str, int]:
    found: dict[str, int] = {}
    with_sockets = [socket.socket() for _ in range(3)]
    for name, one in zip(("mail", "network", "serve"), with_sockets, strict=True):
        one.bind(("127.0.0.1", 0))
        found[name] = one.getsockname()[1]
    for one in with_sockets:
        one.close()
    return found


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
