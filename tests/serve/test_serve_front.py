"""A web server in front that beat.toml does not name is found out, and the owner is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.types import Scope

from copydesk.newsroom import open_newsroom
from copydesk.newsroom.checks import (
    FrontServer,
    advise_on_front,
    keep_front_servers,
    read_front_servers,
)
from copydesk.serve import FrontWatch
from world.newsroom import NOW, newsroom
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

HERE, NEAR, STRANGER = "127.0.0.1", "10.0.0.7", "203.0.113.5"
FORWARDED = ("X-Forwarded-For", STRANGER)
REAL = ("X-Real-IP", STRANGER)
PUBLIC, LOCAL = ("Host", "news.example.org"), ("Host", "localhost:8000")
# what nginx sends for `proxy_pass http://127.0.0.1:8000;` and nothing else
BARE = "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{more}\r\n{body}"


def scope_of(peer: str, *headers: tuple[str, str], version: str = "1.1") -> Scope:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    return {
        "type": "http",
        "client": (peer, 4_000),
        "headers": raw,
        "http_version": version,
        "path": "/",
    }


def server(address: str = HERE, *, tells_client: bool = True) -> FrontServer:
    return FrontServer(address=address, tells_client=tells_client, seen=NOW)


def find(*scopes: Scope, known: tuple[FrontServer, ...] = ()) -> tuple[FrontServer, ...]:
    """Return what is found after these requests."""
    watch = FrontWatch(known, lambda _: None, lambda: NOW)
    for scope in scopes:
        watch.look(scope)
    return watch.found


PASSED_ON = scope_of(HERE, PUBLIC, FORWARDED)


@pytest.mark.parametrize(
    ("scopes", "found"),
    [
        ([PASSED_ON] * 5, (server(),)),
        ([scope_of(NEAR, PUBLIC, FORWARDED)] * 5, (server(NEAR),)),
        ([scope_of(HERE, PUBLIC, REAL)] * 5, (server(tells_client=False),)),
        ([scope_of(HERE, LOCAL, version="1.0")] * 5, (server(tells_client=False),)),
        # a stranger says it of themselves, and a server that says nothing passes that on
        ([*[PASSED_ON] * 9, scope_of(HERE, PUBLIC, REAL)], (server(tells_client=False),)),
        ([PASSED_ON, scope_of(HERE, LOCAL), *[PASSED_ON] * 4], (server(),)),
        ([PASSED_ON, scope_of(STRANGER, PUBLIC), *[PASSED_ON] * 4], (server(),)),
        ([*[PASSED_ON] * 5, *[scope_of(NEAR, PUBLIC, FORWARDED)] * 5], (server(), server(NEAR))),
    ],
)
def test_who_passes_each_request_on_is_a_web_server_in_front(
    scopes: list[Scope], found: tuple[FrontServer, ...]
) -> None:
    assert found == find(*scopes)


@pytest.mark.parametrize(
    "scopes",
    [
        [],
        [PASSED_ON] * 4,
        [scope_of(HERE, LOCAL)] * 9,
        [scope_of(HERE, PUBLIC)] * 9,
        [scope_of(STRANGER, PUBLIC, FORWARDED)] * 9,
        [scope_of(NEAR, PUBLIC, version="1.0")] * 9,
        # a container's gateway: strangers come from it as they are, and may say what they like
        [scope_of(NEAR, PUBLIC), *[scope_of(NEAR, PUBLIC, FORWARDED)] * 9],
        [*[scope_of(NEAR, PUBLIC, FORWARDED)] * 9, scope_of(NEAR, PUBLIC)],
        [{**PASSED_ON, "client": None}] * 9,
        [{**PASSED_ON, "client": ("no address", 1)}] * 9,
        [{"type": "lifespan"}] * 9,
    ],
)
def test_nobody_else_is_one(scopes: list[Scope]) -> None:
    assert () == find(*scopes)


def test_what_was_found_is_kept_once_and_taken_back_where_it_was_wrong() -> None:
    kept: list[tuple[FrontServer, ...]] = []
    watch = FrontWatch((), kept.append, lambda: NOW)

    for scope in [PASSED_ON] * 20 + [scope_of(HERE, PUBLIC)] * 3 + [PASSED_ON] * 9:
        watch.look(scope)

    assert [(server(),), ()] == kept


def test_what_was_remembered_holds_and_is_seen_again() -> None:
    kept: list[tuple[FrontServer, ...]] = []
    later = NOW + timedelta(days=2)
    watch = FrontWatch((server(),), kept.append, lambda: later)
    assert (server(),) == watch.found

    for _ in range(3):
        watch.look(PASSED_ON)

    assert [(FrontServer(address=HERE, tells_client=True, seen=later),)] == kept


def test_a_web_server_that_was_mended_is_well_again() -> None:
    silent = server(tells_client=False)

    assert (silent,) == find(*[PASSED_ON] * 99, known=(silent,))
    assert (server(),) == find(*[PASSED_ON] * 100, known=(silent,))


def test_a_thousand_neighbours_take_no_room() -> None:
    watch = FrontWatch((), lambda _: None, lambda: NOW)
    for number in range(1_000):
        for _ in range(5):
            watch.look(scope_of(f"10.0.{number // 250}.{number % 250}", PUBLIC, FORWARDED))

    assert 8 == len(watch.found)


# ---- what the owner is told ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "servers", "line", "is_silent"),
    [
        ([], [server()], 'trusted_proxies = ["127.0.0.1"]', False),
        (["10.0.0.0/8"], [server()], 'trusted_proxies = ["10.0.0.0/8", "127.0.0.1"]', False),
        ([], [server(), server(NEAR)], 'trusted_proxies = ["127.0.0.1", "10.0.0.7"]', False),
        ([], [server(tells_client=False)], 'trusted_proxies = ["127.0.0.1"]', True),
        (["127.0.0.0/8"], [server(tells_client=False)], "", True),
    ],
)
def test_what_to_write_into_beat_toml_is_said(
    tmp_path: Path, named: list[str], servers: list[FrontServer], line: str, is_silent: bool
) -> None:
    root = newsroom(tmp_path, more=f"\n[serve]\ntrusted_proxies = {named}\n".replace("'", '"'))
    with open_newsroom(root, NOW, {}) as opened:
        keep_front_servers(opened.private, servers)

        advice = advise_on_front(opened.settings, opened.private, NOW)

    assert advice is not None
    assert (line, is_silent) == (advice.line, advice.is_silent)
    assert line in advice.hint
    assert is_silent is ("X-Forwarded-For" in advice.hint)
    assert ", ".join(each.address for each in servers) in advice.what


@pytest.mark.parametrize(
    ("named", "servers"),
    [
        ([], []),
        (["127.0.0.0/8", "10.0.0.7"], [server(), server(NEAR)]),
        ([], [FrontServer(address=HERE, tells_client=True, seen=NOW - timedelta(days=31))]),
    ],
)
def test_nothing_is_said_where_all_is_well(
    tmp_path: Path, named: list[str], servers: list[FrontServer]
) -> None:
    root = newsroom(tmp_path, more=f"\n[serve]\ntrusted_proxies = {named}\n".replace("'", '"'))
    with open_newsroom(root, NOW, {}) as opened:
        keep_front_servers(opened.private, servers)

        assert advise_on_front(opened.settings, opened.private, NOW) is None


@pytest.mark.parametrize("text", ["", "{", "[1]", "x" * 99_999, '[{"address": "<b>"}]'])
def test_a_file_that_is_none_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "front.json").write_text(text)

    assert () == read_front_servers(tmp_path)


# ---- served -------------------------------------------------------------------------------------


def ask_bare(port: int, path: str, method: str = "GET", more: str = "", body: str = "") -> int:
    """Send what a bare nginx sends, and return the answer's status."""
    sent = BARE.format(method=method, path=path, port=port, more=more, body=body)
    with closing(socket.create_connection((HERE, port), timeout=20)) as line:
        line.sendall(sent.encode())
        return int(line.makefile("rb").readline().split()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedNewsroom]:
    with serve_newsroom(newsroom(tmp_path / "beat")) as running:
        yield running


@pytest.mark.slow
def test_a_bare_web_server_makes_no_stranger_sit_at_this_machine(served: ServedNewsroom) -> None:
    """Before an owner exists a stranger could ask for the figures, and post to sign-in."""
    form = "Sec-Fetch-Site: same-origin\r\nContent-Length: 6\r\n"

    assert 404 == ask_bare(served.port, "/metrics")
    assert 403 == ask_bare(served.port, "/desk/sign-in")
    assert 403 == ask_bare(served.port, "/desk/sign-in", "POST", form, "name=x")
    assert 200 == served.browser().get("/metrics").status


@pytest.mark.slow
def test_the_owner_is_told_in_the_log_at_the_desk_and_at_the_next_start(
    served: ServedNewsroom,
) -> None:
    line = 'trusted_proxies = ["127.0.0.1"]'
    owner = served.owner()
    assert "trusted_proxies" not in served.said + owner.get("/desk/").body
    for _ in range(5):
        ask_bare(served.port, "/")
    until(lambda: line in served.said)

    assert line in owner.get("/desk/").body.replace("&quot;", '"')
    for _ in range(5):
        ask_bare(served.port, "/")
    assert 1 == served.said.count("trusted_proxies")
    served.process.terminate()
    served.process.wait(60)
    with serve_newsroom(served.root) as again:
        assert line in again.said
        back = again.browser()
        back.jar = {f"copydesk-{again.port}": next(iter(owner.jar.values()))}
        assert line in back.get("/desk/").body.replace("&quot;", '"')
        settings = again.root / "beat.toml"
        settings.write_text(f"{settings.read_text()}\n[serve]\n{line}\n")
        until(lambda: "X-Forwarded-For" in back.get("/desk/").body.replace(line, ""))
        assert line not in back.get("/desk/").body.replace("&quot;", '"')
