"""A Dask cluster of this machine: a scheduler and workers, as processes that tests can end.

with DaskCluster(folder) as cluster:
    worker = cluster.start_worker()
    cluster.address                          # for [workers] dask
    worker.kill()                            # SIGKILL
    cluster.start_worker("bytes")            # one that cheats, see far_hostile
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from copydesk.news.options import WorkerOptions
from world import machine

TESTS = Path(__file__).parents[1]
FAR = "world.far_functions"  # what tests let workers do


class DaskCluster:
    """A scheduler on a free port of loopback, and the workers that are started for it."""

    def __init__(
        self, folder: Path, *, tls: Mapping[str, Path] | None = None, trick: str = ""
    ) -> None:
        self.folder = folder
        self._log = folder / "dask.log"
        self._tls = tls or {}
        self._processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{port}"
        self._port = str(port)
        self.scheduler = self.start_scheduler(trick)

    def __enter__(self) -> DaskCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            process.kill()
        for process in self._processes:
            process.wait()

    def options(self) -> WorkerOptions:
        """Return the settings of [workers] that name this cluster."""
        ca_file, own = (str(self._tls[name]) if self._tls else "" for name in ("ca", "own"))
        return WorkerOptions(dask=self.address, ca_file=ca_file, certificate_file=own)

    def start_scheduler(self, trick: str = "") -> subprocess.Popen[bytes]:
        """Start the scheduler, again if it was killed."""
        words = ("scheduler", "--host", "127.0.0.1", "--port", self._port, "--no-dashboard")
        self.scheduler = self._start(words, trick)
        return self.scheduler

    def start_worker(
        self, trick: str = "", *, nanny: bool = False, daemon: bool = False, wait: bool = True
    ) -> subprocess.Popen[bytes]:
        """Start a worker of one process, and wait until the scheduler knows it."""
        words = ("worker", self.address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        more = () if nanny else ("--no-nanny",)
        local = ("--local-directory", str(self.folder / "dask"))
        known = self._count_registered()
        process = self._start((*words, *local, *more), trick, daemon=daemon)
        if wait:
            until = time.monotonic() + machine.PATIENCE_SECONDS
            while self._count_registered() <= known and time.monotonic() < until:
                time.sleep(0.05)
        return process

    def _count_registered(self) -> int:
        return self._log.read_bytes().count(b"Registered to:")

    def _start(
        self, words: tuple[str, ...], trick: str, *, daemon: bool = False
    ) -> subprocess.Popen[bytes]:
        loaded = ("--preload", "world.far_hostile") if trick else ()
        keys = {"ca": "--tls-ca-file", "own": "--tls-cert"}
        files = [word for name, flag in keys.items() for word in (flag, str(self._tls.get(name)))]
        if self._tls:
            files += ["--tls-key", str(self._tls["own"])]
        environ = {
            **os.environ,
            "PYTHONPATH": str(TESTS),
            "PYTHONDONTWRITEBYTECODE": "1",
            "WORLD_FOLDER": str(self.folder),
            "WORLD_TRICK": trick,
            "DASK_DISTRIBUTED__WORKER__DAEMON": str(daemon),
        }
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                (sys.executable, "-m", "dask", *words, *loaded, *(files if self._tls else ())),
                env=environ,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process
