"""Processes end with who started them, and are deaf to Ctrl-C."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pycares
import pytest

from copydesk.kit import processes
from world.machine import PATIENCE_SECONDS

STARTER = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from copydesk.kit import processes
context = multiprocessing.get_context("spawn")
pool = ProcessPoolExecutor(2, mp_context=context, initializer=processes.end_with_parent)
print(*{pool.submit(pid).result() for pid in (os.getpid, os.getpid)}, flush=True)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nobody_outlives_a_starter_that_is_killed(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE) as starter:
        assert starter.stdout
        started = starter.stdout.readline().split()
        starter.send_signal(number)

    assert started
    until = time.monotonic() + PATIENCE_SECONDS
    while any(map(is_alive, started)) and time.monotonic() < until:
        time.sleep(0.02)
    assert [pid for pid in started if is_alive(pid)] == []


def is_alive(pid: bytes) -> bool:
    status = Path(f"/proc/{int(pid)}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


def test_cores_that_are_not_ours_are_not_counted() -> None:
    ask = "from copydesk.kit import processes; print(processes.at_once())"
    one_core = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "

    done = subprocess.run([sys.executable, "-c", one_core + ask], capture_output=True, check=True)

    assert done.stdout == b"1\n"


def test_what_is_started_deaf_does_not_hear_ctrl_c_and_who_starts_it_does() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with processes.deaf():
            asked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ())
        mask = asked.result()

    assert signal.SIGINT in mask
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_work_is_shared_while_something_is_told_every_few_seconds() -> None:
    told: list[int] = []
    workers: set[int] = set()

    def make(_: int) -> Iterator[int]:
        time.sleep(0.05)
        yield os.getpid()

    job = processes.Job(pieces=4, make=make, take=workers.add, tell=os.getpid)

    could_fork = processes.can_fork()  # not where whoever runs the tests has threads
    with processes.repeat(0.01, lambda: told.append(os.getpid())):
        assert could_fork == processes.can_fork()
        processes.do_all(job, 2)
        before = len(told)
        until = time.monotonic() + PATIENCE_SECONDS
        while len(told) == before and time.monotonic() < until:
            time.sleep(0.01)

    assert os.getpid() not in workers
    assert {os.getpid()} == set(told)
    assert before < len(told)
    assert could_fork == processes.can_fork()


def test_a_thread_at_work_forbids_forks() -> None:
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait)
    thread.start()
    assert not processes.can_fork()
    go_on.set()
    thread.join()


def test_a_process_that_has_resolved_names_may_fork() -> None:
    could_fork = processes.can_fork()
    pycares.Channel().close()

    assert any("shutdown_loop" in thread.name for thread in threading.enumerate())
    assert could_fork == processes.can_fork()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failed_thread_that_told_things_forbids_no_forks() -> None:
    tried = threading.Event()

    def fail() -> None:
        tried.set()
        raise BrokenPipeError

    could_fork, before = processes.can_fork(), threading.active_count()
    with processes.repeat(0.001, fail):
        assert tried.wait(PATIENCE_SECONDS)
        while threading.active_count() > before:  # the thread is about to end
            time.sleep(0.001)
        assert could_fork == processes.can_fork()
