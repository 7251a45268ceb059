"""A process with few descriptors, and many clients that hold them: others are answered."""

from __future__ import annotations

import re
import socket
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


NO_DESCRIPTOR_LEFT = """
import asyncio, sys
from pathlib import Path
from copydesk.serve import Address, ConnectionLimits, Connections, Site, WebApp, listening

async def serve():
    connections = Connections(ConnectionLimits(in_all=10_000, an_address=10_000))
    app = WebApp(Site(Path(sys.argv[1]), ""), print)
    async with listening(Address(port=0), app, connections) as port:
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(connections.gave_way > 0)

asyncio.run(serve())
"""


def test_where_no_descriptor_is_left_a_connection_gives_way(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Tides</h1>")
    serve = [sys.executable, "-c", NO_DESCRIPTOR_LEFT, str(tmp_path)]
    command = ["bash", "-c", 'ulimit -n 60; exec "$@"', "bash", *serve]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(80)]
        answered = [probe(port, "127.250.0.1", seconds=10) for _ in range(5)]
        said, errors = process.communicate()
        for line in silent:
            line.close()

    assert None not in answered
    assert ("True\n", "") == (said, errors)
