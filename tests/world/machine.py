"""The machine that every test runs on, whatever machine runs the tests.

`tests/conftest.py` calls `isolate` before the first test module is loaded. From then on this
process, and each that it starts, has an empty home folder, git settings and a git identity of the
tests' own, UTC, no locale, no proxy, no ssh agent and no secret of copydesk. This process connects
to no other host.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

# What may reach the tests: where programs and libraries are, where temporary files go, and what
# belongs to the test runner itself. COPYDESK_KILLS is how often the tests of kills kill.
KEPT_NAMES = ("CI", "COPYDESK_KILLS", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR")
KEPT_BEGINNINGS = ("OPENBLAS_", "PYTEST_CURRENT_", "PYTEST_VERSION", "PYTEST_XDIST_")
GIT_SETTINGS = """\
[user]
    name = Ed
    email = ed@tidewatch.example
[init]
    defaultBranch = main
[maintenance]
    auto = false
"""
# How long a test waits for what must come: a hundred times what it takes, since machines are busy.
PATIENCE_SECONDS = 120.0
_LOCAL_NAMES = {"localhost", "ip6-localhost", ""}


class NetworkError(RuntimeError):
    """Raised where a test speaks with a host that is not this one."""


def bare_environment(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the environment of a bare machine: what is kept of `environ`, and a home folder."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in KEPT_NAMES or name.startswith(KEPT_BEGINNINGS)
    }
    return {
        **kept,
        "HOME": str(home),
        "TZ": "UTC",
        "GIT_CONFIG_GLOBAL": str(home / "git-settings"),
        "GIT_CONFIG_SYSTEM": os.devnull,
    }


def isolate() -> Path:
    """Give this process the environment of a bare machine; return its home folder.

    The home folder holds the git settings and nothing else; `leave` removes it.
    """
    home = Path(tempfile.mkdtemp(prefix="copydesk-home-"))
    (home / "git-settings").write_text(GIT_SETTINGS, "utf-8")
    environment = bare_environment(os.environ, home)
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)
    time.tzset()
    sys.addaudithook(_refuse_network)
    return home


def leave(home: Path) -> None:
    """Remove the home folder of this process."""
    shutil.rmtree(home, ignore_errors=True)


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Raise NetworkError before a socket is connected to another host, or a name is looked up."""
    if event == "socket.connect":
        place = arguments[1]
        address = _read_address(str(place[0])) if isinstance(place, tuple) else None
        if address and not (address.is_loopback or address.is_unspecified):
            raise NetworkError(f"a test connects to another host: {address}")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if _read_address(name) is None and name not in _LOCAL_NAMES:
            raise NetworkError(f"a test looks up a name: {name}")


def _read_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a text spells, None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
