"""The log of a server: plain lines, or JSON with the id of the request that a line belongs to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from world.machine import PATIENCE_SECONDS
from world.mail_soak import name_issue
from world.newsroom import quiet_newsroom
from world.post_office import post_office
from world.served_newsroom import serve_command


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return quiet_newsroom(tmp_path / "beat")


@contextmanager
def serving(root: Path, *options: str) -> Iterator[Iterator[str]]:
    """Serve a newsroom for the block; give the lines of its log."""
    command = [*serve_command(root), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield iter(process.stderr.readline, "")
        finally:
            process.kill()
            process.communicate()


def read_until(lines: Iterator[str], words: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    while not told or words not in told[-1]["message"]:
        told.append(json.loads(next(lines)))
    return told


def test_each_line_of_a_run_has_the_id_of_the_run(root: Path) -> None:
    with serving(root, "--log", "json") as lines:
        told = read_until(lines, "links found")

    [began] = [line for line in told if line["message"].startswith("starting a run")]
    ended = told[-1]
    assert {"time", "level", "pid", "request", "message"} == set(began)
    assert re.fullmatch(r"[0-9a-f]{16}", began["request"])
    assert began["request"] == ended["request"]
    assert began["pid"] != ended["pid"]
    assert {"info"} == {line["level"] for line in told}


def test_a_request_has_an_id_or_keeps_its_own(root: Path) -> None:
    given = {"a-request_7": "a-request_7", "no id\t": None, "": None}
    with serving(root) as lines:
        address = next(
            found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        answered = {}
        for name in given:
            request = urllib.request.Request(f"{address}/health", headers={"X-Request-Id": name})
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                answered[name] = answer.headers["X-Request-Id"]

    assert "a-request_7" == answered["a-request_7"]
    assert 3 == len(set(answered.values()))
    assert all(re.fullmatch(r"[0-9a-f]{16}", answered[name]) for name in ("no id\t", ""))


def test_a_log_is_lines_unless_json_is_asked_for(root: Path) -> None:
    with serving(root) as lines:
        assert next(lines).startswith("the site is at http://")


@pytest.mark.parametrize("at", ["recipient", "message"])
def test_the_log_of_sending_names_no_reader(tmp_path: Path, at: str) -> None:
    rule = {"at": at, "do": "550 5.1.1 <reader1@mail1.example> reader2@mail2.example unknown"}
    with post_office(tmp_path, {"rules": [rule]}, readers=5) as (root, _):
        command = ["-C", str(root), "mail", "send", name_issue(root), "--yes"]
        sent = subprocess.run(
            [sys.executable, "-m", "copydesk", *command],
            env={**os.environ, "COPYDESK_LOG": "json", "COPYDESK_REQUEST_ID": "a-request_7"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    lines = [json.loads(line) for line in (sent.stdout + sent.stderr).splitlines()]

    assert any("refused" in line["message"] for line in lines)
    assert {"a-request_7"} == {line["request"] for line in lines}
    assert "reader" not in sent.stdout + sent.stderr.replace("subscriber", "")
