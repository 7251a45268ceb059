"""What `copydesk serve` says of the desk: where it is, and how its first owner gets in."""

from __future__ import annotations

import contextlib
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom
from world.served_newsroom import serve_command


@contextlib.contextmanager
def serving(root: Path, until: str) -> Iterator[str]:
    """Serve a newsroom for the block; give what it said up to a line with these words."""
    command = serve_command(root)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = ""
    try:
        for line in process.stderr:
            said += line
            if until in line:
                yield said
                break
        else:
            pytest.fail(said)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_first_owner_gets_in_by_a_link(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    with serving(root, "create the first owner") as said:
        link = re.search(r"http://localhost:\d+/desk/enter/\S+", said)
        assert link
        status, body = get(link[0])

    assert 200 == status
    assert "no owner yet" in body


def test_where_nobody_counts_as_here_the_command_line_makes_the_first_owner(
    tmp_path: Path,
) -> None:
    root = newsroom(tmp_path / "beat")
    with (root / "beat.toml").open("a") as beat:
        beat.write('[serve]\npublic_url = "https://push.example.org"\n')

    with serving(root, "the desk has no user yet") as said:
        assert "/desk/enter/" not in said
        assert "copydesk desk user add NAME --role owner" in said


def test_a_damaged_desk_leaves_the_site_as_it_is(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    (root / ".copydesk").mkdir(exist_ok=True)
    (root / ".copydesk" / "desk.sqlite").write_bytes(b"no database " * 1000)

    with serving(root, "the site is at") as said:
        assert "could not start the desk (web editor): the desk database is damaged" in said
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address
        status, body = get(f"{address[0]}/desk/")

    assert 503 == status
    assert "is damaged" in body
    assert str(root) not in body


def test_a_public_server_whose_desk_has_no_host_says_how_to_reach_it(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[serve]\npublic_url = "https://push.example.org"\n')

    with serving(root, "the desk has no user yet") as said:
        assert "but it is disabled: this server is public (https://push.example.org)" in said
        assert "set `host` in [desk] of beat.toml" in said
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address
        status, body = get(f"{address[0]}/desk/")

    assert 403 == status
    assert "[desk] host in beat.toml" in body


def test_a_public_address_of_this_machine_lets_its_owner_in(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[serve]\npublic_url = "http://localhost:8000"\n')

    with serving(root, "create the first owner") as said:
        link = re.search(r"http://localhost:\d+/desk/enter/\S+", said)
        assert link
        assert 200 == get(link[0])[0]
