"""Tests hang on nothing that the machine has: not its variables, its git, its home, its network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from world import machine

TESTS = Path(__file__).parents[1]
# What people have in their environment, with values that would change what tests see.
STRANGE = {
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "AWS_SECRET_ACCESS_KEY": "somebody's",
    "COLUMNS": "20",
    "COPYDESK_CONTACT": "mailto:wrong@tern.example",
    "COPYDESK_DIR": "/nowhere",
    "COPYDESK_KEY": "bm90IGEga2V5",
    "EDITOR": "false",
    "EMAIL": "somebody@tern.example",
    "FORCE_COLOR": "1",
    "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "user.name",
    "GIT_CONFIG_VALUE_0": "Somebody",
    "GIT_CONFIG_GLOBAL": "/nowhere/git-settings",
    "GIT_DIR": "/nowhere",
    "GIT_SSH_COMMAND": "false",
    "HOME": "/nowhere",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "LANG": "tr_TR.UTF-8",
    "LANGUAGE": "de",
    "LC_ALL": "tr_TR.UTF-8",
    "NO_COLOR": "1",
    "PYTEST_ADDOPTS": "--collect-only",
    "PYTHONHASHSEED": "7",
    "PYTHONPATH": "/nowhere",
    "PYTHONWARNINGS": "ignore",
    "SSH_AUTH_SOCK": "/nowhere/agent",
    "SSL_CERT_FILE": "/nowhere/authorities",
    "TERM": "dumb",
    "TZ": "Asia/Kolkata",
    "XDG_CONFIG_HOME": "/nowhere",
    "http_proxy": "http://127.0.0.1:9",
    "no_proxy": "*",
}
# Files that asked the machine's git who the user is, before tests brought their own.
LEANED = "cli/test_cli_contract.py"


@pytest.mark.parametrize("name", STRANGE)
def test_a_variable_of_the_machine_reaches_no_test(name: str, tmp_path: Path) -> None:
    bare = machine.bare_environment({}, tmp_path)

    assert bare == machine.bare_environment({name: STRANGE[name]}, tmp_path)
    assert os.environ.get(name) != STRANGE[name]


@pytest.mark.parametrize("name", [*machine.KEPT_NAMES, "PYTEST_XDIST_WORKER"])
def test_what_the_runner_needs_is_kept(name: str, tmp_path: Path) -> None:
    assert "so" == machine.bare_environment({name: "so"}, tmp_path)[name]


def test_the_tests_see_a_bare_machine() -> None:
    home = Path(os.environ["HOME"])
    expected = machine.bare_environment(os.environ, home)

    # pytest names the running test in a variable
    assert set(expected) == set(os.environ)
    # Chromium, started by another test, may have made .cache and .config by now.
    made_by_tests = {"git-settings", ".cache", ".config", ".local", ".pki"}
    assert set() == {path.name for path in home.iterdir()} - made_by_tests


def test_git_has_settings_of_the_tests_alone(tmp_path: Path) -> None:
    told = subprocess.run(
        ["git", "config", "--list", "--show-origin", "-z"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    origins = set(told.stdout.decode().split("\0")[:-1:2])
    assert {f"file:{os.environ['GIT_CONFIG_GLOBAL']}"} == origins


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "10.0.0.1"])
def test_another_host_is_not_spoken_with(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as line:
        line.settimeout(0.01)
        with pytest.raises(machine.NetworkError, match=host):
            line.connect((host, 9))


def test_a_foreign_name_is_not_looked_up() -> None:
    with pytest.raises(machine.NetworkError, match=r"tern\.example"):
        socket.getaddrinfo("tern.example", 80)


@pytest.mark.slow
def test_a_strange_environment_fails_no_test(tmp_path: Path) -> None:
    settings = "[user]\n name = Somebody\n[commit]\n gpgSign = true\n[core]\n autocrlf = true\n"
    (tmp_path / ".gitconfig").write_text(settings)
    strange = {**STRANGE, "HOME": str(tmp_path)}
    for name in ("PYTHONPATH", "PYTEST_ADDOPTS"):  # pytest itself is loaded before the tests
        del strange[name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [*command, "-m", "not slow", str(TESTS / LEANED)],
        cwd=TESTS.parent,
        env={**os.environ, **strange},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout
