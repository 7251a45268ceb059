"""Rounds are forks of a process that has loaded what they need, and that holds nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from copydesk.background import RoundStarter
from copydesk.desk_store import open_desk
from copydesk.kit import locks
from copydesk.newsroom.reports import read_round_status
from world.desk import NAMES, desk_newsroom, stories, verdict
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, quiet_newsroom, record_web, small_web

CONTACT = '[fetch]\ncontact = "mailto:desk@tidewatch.example"\nallow_hosts = ["127.0.0.1"]\n'
SERVER = (sys.executable, "-m", "copydesk.background._fork_server", "rounds")
NOWHERE = "http://127.0.0.1:9"
# as where the first signal arrives inside `__del__`, whose exceptions Python drops
DEAF_AT_FIRST = """
import signal
heard, interrupt = [], signal.default_int_handler
signal.default_int_handler = lambda *given: heard and interrupt(*given) or heard.append(1)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return quiet_newsroom(tmp_path / "beat")


@contextmanager
def fork_server() -> Iterator[subprocess.Popen[bytes]]:
    """Start a fork server that is ready."""
    with subprocess.Popen(
        SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        assert {"ready": True} == json.loads(server.stdout.readline())
        yield server


def ask(server: subprocess.Popen[bytes], *arguments: str) -> int:
    """Let the server run a command, and return its exit code."""
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps({"arguments": arguments}).encode() + b"\n")
    server.stdin.flush()
    assert "pid" in json.loads(server.stdout.readline())
    code: int = json.loads(server.stdout.readline())["code"]
    return code


def test_a_forked_command_is_what_a_new_python_makes_of_it(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=CONTACT)
    web = record_web(tmp_path / "web.warc.gz", small_web())
    run = ("-C", str(root), "run", "--web", str(web), "--now", "2026-11-20T08:00:00Z")

    with fork_server() as server:
        codes = [ask(server, *run), ask(server, *run), ask(server, "nonsense")]
        said = server.communicate()[1].decode()

    assert [0, 0, 2] == codes
    assert 2 == len(list((root / "_news").glob("*.md")))
    assert "  saved    2\n" in said  # what is printed goes where the server's messages go
    assert "No such command 'nonsense'" in said
    assert 0 == server.returncode


def test_a_fork_server_holds_no_store_no_socket_and_no_thread() -> None:
    with fork_server() as server:
        held = [path.readlink() for path in Path(f"/proc/{server.pid}/fd").iterdir()]
        threads = list(Path(f"/proc/{server.pid}/task").iterdir())
        server.communicate()

    assert held
    assert all(str(one).startswith(("/dev/null", "pipe:")) for one in held)
    assert 1 == len(threads)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--web", "WEB"],
        pytest.param(["build"], marks=pytest.mark.long),
        pytest.param(["catalogue"], marks=pytest.mark.long),
    ],
)
def test_what_is_forked_loads_nothing_more_of_copydesk(tmp_path: Path, command: list[str]) -> None:
    root = newsroom(tmp_path / "beat", more=CONTACT)
    web = record_web(tmp_path / "web.warc.gz", small_web())
    words = ["-C", str(root), "--now", "2026-11-20T08:00:00Z", *command]
    words = [str(web) if word == "WEB" else word for word in words]

    assert "[]" == list_loaded("rounds", words)


def test_what_files_an_editors_words_loads_nothing_more_either(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories())
    with closing(open_desk(root / ".copydesk")) as store:
        store.actions.put([verdict("publish", NAMES[0]), verdict("reject", NAMES[1])])

    assert "[]" == list_loaded("actions", ["-C", str(root), "desk", "file-actions"])


def list_loaded(work: str, words: list[str]) -> str:
    """Return what a command loads of copydesk besides what a fork server has loaded for it."""
    code = f"""
import sys
from copydesk.background._fork_server import load
load({work!r})
before = set(sys.modules)
from copydesk.cli import main
try:
    main({words!r})
except SystemExit:
    print(sorted(name for name in set(sys.modules) - before if name.startswith("copydesk")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def run_with(root: Path, work: Callable[[RoundStarter], Awaitable[None]]) -> None:
    """Do some work with a starter, and close it."""

    async def inside() -> None:
        starter = RoundStarter(root)
        try:
            await work(starter)
        finally:
            await starter.close()

    asyncio.run(inside())


def server_of(starter: RoundStarter) -> int:
    assert starter.server_pid is not None
    return starter.server_pid


def test_rounds_come_from_one_server_until_the_settings_change(root: Path) -> None:
    async def work(starter: RoundStarter) -> None:
        assert 0 == await starter.run()
        first = server_of(starter)
        assert 0 == await starter.run()
        assert first == server_of(starter)
        (root / "beat.toml").write_text((root / "beat.toml").read_text() + "\n# edited\n")
        assert 0 == await starter.run()
        assert first != server_of(starter)

    run_with(root, work)


def test_a_server_that_was_killed_is_replaced(root: Path) -> None:
    async def work(starter: RoundStarter) -> None:
        assert 0 == await starter.run()
        os.kill(server_of(starter), 9)
        assert await starter.run() in {0, 1}  # it may be seen only when it is asked
        assert 0 == await starter.run()

    run_with(root, work)


def test_a_round_that_fails_gives_its_exit_code(root: Path) -> None:
    async def work(starter: RoundStarter) -> None:
        with locks.hold(root / ".copydesk" / "round.lock"):
            assert 1 == await starter.run()

    run_with(root, work)


def test_a_round_that_is_cancelled_is_ended_and_waited_for(root: Path) -> None:
    beat = (root / "beat.toml").read_text("utf-8")
    more = f'[[source]]\nurl = "{NOWHERE}/feed.xml"\nname = "Slow"\n'
    (root / "beat.toml").write_text(beat + more, "utf-8")

    async def work(starter: RoundStarter) -> None:
        lock = locks.Lock(root / ".copydesk" / "write.lock")
        assert lock.acquire()  # the round waits for it
        release = threading.Timer(30, lock.release)
        release.start()
        running = asyncio.create_task(starter.run())
        while read_round_status(root / ".copydesk") is None:  # said while it has the round's lock
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])
        release.cancel()
        assert running.cancelled()
        assert not is_held(root / ".copydesk" / "round.lock")
        lock.release()

    run_with(root, work)


@pytest.mark.slow
def test_a_round_that_loses_a_signal_is_sent_another(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deaf").mkdir()
    (tmp_path / "deaf" / "sitecustomize.py").write_text(DEAF_AT_FIRST)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "deaf"))
    lock = locks.Lock(root / ".copydesk" / "build.lock")
    assert lock.acquire()  # the round waits for it

    async def work(starter: RoundStarter) -> None:
        running = asyncio.create_task(starter.run())
        while (status := read_round_status(root / ".copydesk")) is None:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running], timeout=PATIENCE_SECONDS)
        assert running.cancelled()
        assert not status.is_at_work

    run_with(root, work)
    lock.release()


def is_held(path: Path) -> bool:
    """Decide whether another process holds a lock."""
    with locks.hold(path) as is_free:
        return not is_free


def test_where_no_server_can_start_a_round_is_a_new_python(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "Stemmer.py").write_text("raise ImportError('half installed')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken))

    async def work(starter: RoundStarter) -> None:
        assert await starter.run() in {0, 1}
        assert starter.server_pid is None

    run_with(root, work)


def test_a_signal_to_all_ends_the_round_and_not_its_server(root: Path) -> None:
    lock = locks.Lock(root / ".copydesk" / "build.lock")
    assert lock.acquire()  # the round waits for it

    async def work(starter: RoundStarter) -> None:
        running = asyncio.create_task(starter.run())
        status = None
        while status is None or status.stage != "publish":
            await asyncio.sleep(0.01)
            status = read_round_status(root / ".copydesk")
        server = server_of(starter)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(server, number)
        os.kill(status.pid, signal.SIGTERM)
        assert 130 == await running
        lock.release()
        assert 0 == await starter.run()
        assert server == server_of(starter)

    run_with(root, work)


def test_a_server_ends_with_whoever_started_it() -> None:
    with fork_server() as server:
        assert server.stdin is not None
        with closing(server.stdin):
            pass
        end = time.monotonic() + PATIENCE_SECONDS
        while server.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.01)
