"""A process with few descriptors, and many clients that hold them: others are answered."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from world.newsroom import newsroom
from world.slow_clients import probe, slow_clients

DESCRIPTORS = 256
CLIENTS = 600
PROBES = 40


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Serve a small site in a process of its own, which may open few files."""
    root = newsroom(tmp_path / "beat")
    (root / ".copydesk" / "site").mkdir(parents=True)
    (root / ".copydesk" / "site" / "index.html").write_text("<h1>Tides</h1>")
    serve = [sys.executable, "-m", "copydesk", "-C", str(root), "serve", "--port", "0"]
    command = ["bash", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "bash", *serve]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        found = (re.search(r"http://127\.0\.0\.1:(\d+)", line) for line in lines)
        yield next(int(one[1]) for one in found if one)
        process.terminate()
        assert "Error" not in process.communicate()[1]
        assert 0 == process.returncode


def test_nineteen_of_twenty_probes_are_answered_within_two_seconds(port: int) -> None:
    with slow_clients(port, CLIENTS) as clients:
        while clients.connects < CLIENTS:
            pass
        answers = [probe(port, "127.250.0.1") for _ in range(PROBES)]

    assert sum(answer is not None for answer in answers) >= 0.95 * PROBES
    assert clients.connects > CLIENTS
