"""What strangers send to the server: too much, too little, too slow, or nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.serve import (
    Address,
    ConnectionLimits,
    Connections,
    Site,
    WebApp,
    listening,
)
from world.machine import PATIENCE_SECONDS

PAGE = "<h1>Tides</h1>"
PATIENT = ConnectionLimits(in_all=40, an_address=30, head_bytes=4_000, pipelined=10)
# Servers that wait only a moment: for anything, where the client is to be cut off; where it is to
# get an answer, for the one thing that it never sends or takes, so that a busy machine is in time.
LOOKING = replace(PATIENT, look_seconds=0.02)
HASTY_BODY = replace(LOOKING, body_seconds=0.3)
HASTY_WRITE = replace(LOOKING, write_seconds=0.3)
HASTY_REST = replace(LOOKING, rest_seconds=0.3)
HASTY = replace(HASTY_REST, head_seconds=0.3, body_seconds=0.3, write_seconds=0.3)


class Server:
    """A small site that listens; `said` is what its operator was told."""

    def __init__(self, root: Path, port: int, connections: Connections, said: list[str]) -> None:
        self.root, self.port, self.connections, self.said = root, port, connections, said

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def ask(self, sent: bytes) -> bytes:
        """Send bytes, and return all that comes until the server closes."""
        with self.connect() as line:
            line.sendall(sent)
            return read_all(line)


def read_all(line: socket.socket) -> bytes:
    """Read until the other side closes, in whatever way."""
    pieces = []
    try:
        while piece := line.recv(65_536):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


def send_until_cut(
    line: socket.socket, pieces: Iterable[bytes], pause_seconds: float = 0.0
) -> None:
    """Send piece after piece until the other side takes no more; it must come to that."""
    end = time.monotonic() + PATIENCE_SECONDS
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            line.sendall(piece)
            time.sleep(pause_seconds)
            assert time.monotonic() < end


Work = Callable[[Server], None]
Run = Callable[[Work], None]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "news" / "wall").mkdir(parents=True)
    (root / "index.html").write_text(PAGE)
    (root / "news" / "wall" / "index.html").write_text(PAGE)
    (tmp_path / "key").write_text("secret")
    return root


def run_at(site: Path, work: Work, limits: ConnectionLimits = PATIENT) -> None:
    """Do some blocking work while the site listens."""

    async def serve() -> None:
        said: list[str] = []
        connections = Connections(limits)
        async with listening(
            Address(port=0), WebApp(Site(site, ""), said.append), connections
        ) as p:
            await asyncio.to_thread(work, Server(site, p, connections, said))
        assert [] == said
        assert 0 == len(connections)

    asyncio.run(serve())


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


# ---- heads ----------------------------------------------------------------------------------

MANY = b"".join(b"X-%d: y\r\n" % number for number in range(900))


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 5_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 50_000,
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"y" * 5_000 + b": x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + MANY + b"\r\n",
        b"GET /" + b"y" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: " + b"y" * 9_000,
    ],
    ids=["a value", "no end", "a name", "many", "an address", "the second request"],
)
def test_a_head_that_is_too_large_is_refused(site: Path, sent: bytes) -> None:
    def work(server: Server) -> None:
        answer = server.ask(sent)
        assert answer.rpartition(b"HTTP/1.1 ")[2].startswith((b"431 ", b"200 "))
        assert answer.startswith(b"HTTP/1.1 ")
        assert b"secret" not in answer

    run_at(site, work)


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n\r\n"],
    ids=["nothing", "a letter", "half a head", "blank lines"],
)
def test_who_does_not_end_a_head_is_cut_off(site: Path, sent: bytes) -> None:
    run_at(site, lambda server: none(server.ask(sent)), HASTY)


def none(answer: bytes) -> None:
    assert b"" == answer


def test_who_sends_a_head_line_by_line_is_cut_off_all_the_same(site: Path) -> None:
    def work(server: Server) -> None:
        with server.connect() as line:
            line.sendall(b"GET / HTTP/1.1\r\n")
            send_until_cut(line, itertools.repeat(b"X: y\r\n"), pause_seconds=0.02)

    run_at(site, work, HASTY)


def test_a_head_that_comes_in_pieces_is_read(site: Path) -> None:
    def work(server: Server) -> None:
        with server.connect() as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in (
                b"GE",
                b"T / HT",
                b"TP/1.1\r\nHost: x\r",
                b"\nConnection: close\r\n\r",
                b"\n",
            ):
                line.sendall(piece)
                time.sleep(0.005)
            assert read_all(line).endswith(PAGE.encode())

    run_at(site, work)


NONSENSE = {
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 300,
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no address": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "a raw address": b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without colon": b"GET / HTTP/1.1\r\nHost: x\r\nX\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nX y: x\r\n\r\n",
    "bare line ends": b"GET / HTTP/1.1\nHost: x\n\n\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a length in words": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
    "a length of many digits": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n"
    % (b"9" * 20),
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\nab",
    "a length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a way through": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
}


@pytest.mark.parametrize("sent", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused_and_costs_only_itself(site: Path, sent: bytes) -> None:
    def work(server: Server) -> None:
        answer = server.ask(sent)
        assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 405 ", b"HTTP/1.1 404 ")), answer
        assert 1 == answer.count(b"HTTP/1.1 ")

    run_at(site, work)


HOSTLESS = {
    "none": b"",
    "an empty one": b"Host:\r\n",
    "one of a space": b"Host:  \r\n",
    "two": b"Host: x\r\nHost: y\r\n",
    "the same twice": b"Host: x\r\nhost: x\r\n",
    "a space in it": b"Host: a b\r\n",
    "a list": b"Host: a, b\r\n",
    "a path": b"Host: x/../y\r\n",
    "a user": b"Host: editor@x\r\n",
    "half an address": b"Host: [::1\r\n",
    "a port in words": b"Host: x:http\r\n",
    "two ports": b"Host: x:1:2\r\n",
    "no name before the port": b"Host: :80\r\n",
    "half an escape": b"Host: x%2\r\n",
    "raw bytes": b"Host: \xff\r\n",
}


@pytest.mark.parametrize("host", HOSTLESS.values(), ids=HOSTLESS)
@pytest.mark.parametrize("method", [b"GET", b"POST", b"HEAD"])
def test_a_request_without_one_host_is_refused(site: Path, method: bytes, host: bytes) -> None:
    """RFC 9112, 3.2."""

    def work(server: Server) -> None:
        answer = server.ask(method + b" /news/wall/ HTTP/1.1\r\n" + host + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert 1 == answer.count(b"HTTP/1.1 ")
        assert b"connection: close\r\n" in answer

    run_at(site, work)


@pytest.mark.parametrize(
    "host",
    [
        *(b"x", b"x:", b"tidewatch.example:8000", b"127.0.0.1:80", b"[::1]:8000", b"my_host"),
        *(b"xn--bcher-kva.example", b"b%C3%BCcher.example", b"x.example.", b"x" * 3_000),
    ],
)
def test_any_host_that_can_be_one_gets_the_site(site: Path, host: bytes) -> None:
    def work(server: Server) -> None:
        head = b"GET /news/wall/ HTTP/1.1\r\nHost: %s \r\nConnection: close\r\n\r\n" % host
        assert server.ask(head).startswith(b"HTTP/1.1 200 ")

    run_at(site, work)


def test_an_old_client_needs_no_host_and_two_are_too_many(site: Path) -> None:
    def work(server: Server) -> None:
        assert server.ask(b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        two = b"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"
        assert server.ask(two).startswith(b"HTTP/1.1 400 ")

    run_at(site, work)


# ---- bodies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
    ],
    ids=["a long one", "chunks", "of a GET"],
)
def test_a_body_that_does_not_come_is_not_waited_for(site: Path, head: bytes) -> None:
    def work(server: Server) -> None:
        answer = server.ask(head)
        assert answer.startswith((b"HTTP/1.1 405 ", b"HTTP/1.1 200 "))
        assert 1 == answer.count(b"HTTP/1.1 ")

    run_at(site, work, HASTY_BODY)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"Content-Length: 1000000000", b"x" * 1_000),
        (b"Transfer-Encoding: chunked", b"3e8\r\n" + b"x" * 1_000 + b"\r\n"),
        (b"Transfer-Encoding: chunked", b"1;" + b"x" * 1_000 + b"\r\ny\r\n"),
    ],
    ids=["bytes", "chunks", "chunks with more to say"],
)
def test_a_body_without_end_is_cut_off(site: Path, head: bytes, piece: bytes) -> None:
    def work(server: Server) -> None:
        with server.connect() as line:
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % head)
            send_until_cut(line, itertools.repeat(piece))

    run_at(site, work, HASTY)


def test_trailers_without_end_are_refused(site: Path) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"

    def work(server: Server) -> None:
        with server.connect() as line:
            line.sendall(head)
            send_until_cut(line, (b"X-%d: y\r\n" % number for number in itertools.count()))

    run_at(site, work, HASTY)


# ---- several requests -----------------------------------------------------------------------


def test_requests_that_come_together_are_answered_in_their_order(site: Path) -> None:
    sent = b"".join(
        b"%s HTTP/1.1\r\nHost: x\r\n\r\n" % first for first in (b"GET /", b"HEAD /", b"GET /no")
    )

    def work(server: Server) -> None:
        answer = server.ask(sent + b"OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        first, second, third, last = answer.split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"200 ")
        assert first.endswith(PAGE.encode())
        assert second.startswith(b"200 ")
        assert second.endswith(b"\r\n\r\n")
        assert third.startswith(b"404 ")
        assert last.startswith(b"405 ")
        assert b"\r\nallow: GET,HEAD\r\n" in last

    run_at(site, work)


def test_requests_that_are_large_only_together_are_answered(site: Path) -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 3_000 + b"\r\n\r\n"

    def work(server: Server) -> None:
        with server.connect() as line:
            line.sendall(request * 8 + request[:20])
            time.sleep(0.05)
            line.sendall(request[20:-2] + b"Connection: close\r\n\r\n")
            assert 9 == read_all(line).count(b"HTTP/1.1 200 ")

    run_at(site, work)


def test_of_too_many_at_once_the_first_are_answered(site: Path) -> None:
    def work(server: Server) -> None:
        answer = server.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
        assert PATIENT.pipelined <= answer.count(b"HTTP/1.1 200 ") <= PATIENT.pipelined + 2
        assert answer.endswith(PAGE.encode())

    run_at(site, work)


def test_nonsense_after_a_request_leaves_its_answer_whole(site: Path) -> None:
    def work(server: Server) -> None:
        answer = server.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert PAGE.encode() in answer

    run_at(site, work)


def test_a_connection_that_rests_too_long_is_closed(site: Path) -> None:
    def work(server: Server) -> None:
        answer = server.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer.endswith(PAGE.encode())

    run_at(site, work, HASTY_REST)


def test_who_wants_another_protocol_gets_an_answer_in_this_one(site: Path) -> None:
    upgrade = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    def work(server: Server) -> None:
        answer = server.ask(upgrade)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(PAGE.encode())

    run_at(site, work)


# ---- paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/../key",
        "/%2e%2e/key",
        "/news/../../key",
        "/..%2fkey",
        "/..\\key",
        "/%5c..%5ckey",
        "/news/%00/",
        "/%",
        "/%ff%fe",
        "/" + "x" * 3_500,
        "/" + "x/" * 1_500,
        "/link",
        "/folder/key",
        "/pipe",
    ],
)
def test_what_is_not_the_site_is_not_there(site: Path, path: str) -> None:
    (site / "link").symlink_to(site.parent / "key")
    (site / "folder").symlink_to(site.parent)
    os.mkfifo(site / "pipe")

    def work(server: Server) -> None:
        answer = server.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404 "), answer
        assert b"secret" not in answer

    run_at(site, work)


def test_an_address_of_ten_thousand_letters_is_one_that_is_not_there(site: Path) -> None:
    limits = replace(PATIENT, head_bytes=ConnectionLimits().head_bytes)

    def work(server: Server) -> None:
        path = "/" + "x" * 10_000
        answer = server.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404 ")

    run_at(site, work, limits)


def test_a_link_within_the_site_is_followed(site: Path) -> None:
    (site / "plain.html").write_text(PAGE)
    (site / "other.html").symlink_to(site / "plain.html")

    def work(server: Server) -> None:
        request = b"GET /other.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert server.ask(request).endswith(PAGE.encode())

    run_at(site, work)


# ---- answers --------------------------------------------------------------------------------


def test_who_takes_no_answer_is_given_up(site: Path) -> None:
    (site / "film.mp4").write_bytes(bytes(30_000_000))

    def work(server: Server) -> None:
        with server.connect() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            line.sendall(b"GET /film.mp4 HTTP/1.1\r\nHost: x\r\n\r\n")
            until(lambda: len(server.connections) == 1)
            until(lambda: len(server.connections) == 0)

    run_at(site, work, HASTY_WRITE)


def test_a_large_file_comes_whole_to_who_takes_it(site: Path) -> None:
    body = os.urandom(3_000_001)
    (site / "film.mp4").write_bytes(body)

    def work(server: Server) -> None:
        request = b"GET /film.mp4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert server.ask(request).partition(b"\r\n\r\n")[2] == body

    run_at(site, work)


def test_what_is_said_of_a_file_holds_while_it_is_replaced(site: Path) -> None:
    stop = threading.Event()

    def replace_again_and_again() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            new = site / ".new"
            new.write_bytes(b"%d" % (number % 10) * (1 + number % 5_000))
            new.replace(site / "index.html")

    def work(server: Server) -> None:
        thread = threading.Thread(target=replace_again_and_again)
        thread.start()
        try:
            for _ in range(150):
                answer = server.ask(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                head, _, body = answer.partition(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200 ")
                assert f"content-length: {len(body)}\r\n".encode() in head + b"\r\n"
                assert f'-{len(body):x}"'.encode() in head
                assert len(set(body)) == 1 or body == PAGE.encode()
        finally:
            stop.set()
            thread.join()

    run_at(site, work)


# ---- many -----------------------------------------------------------------------------------


def test_silent_connections_keep_nobody_out(site: Path) -> None:
    limits = ConnectionLimits(in_all=20, an_address=40)

    def work(server: Server) -> None:
        silent = [server.connect() for _ in range(30)]
        request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert server.ask(request).endswith(PAGE.encode())
        assert b"" == read_all(silent[0])
        assert len(server.connections) <= limits.in_all
        for line in silent:
            line.close()

    run_at(site, work, limits)


def test_one_address_leaves_room_for_others(site: Path) -> None:
    limits = ConnectionLimits(in_all=20, an_address=5)

    def work(server: Server) -> None:
        held = []
        for _ in range(8):
            with contextlib.suppress(ConnectionResetError):  # one that is refused at once
                held.append(server.connect())
        until(lambda: server.connections.refused == 3)
        with socket.create_connection(
            ("127.0.0.1", server.port), timeout=PATIENCE_SECONDS, source_address=("127.0.0.9", 0)
        ) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert read_all(line).endswith(PAGE.encode())
        for other in held:
            other.close()

    run_at(site, work, limits)


def test_a_request_under_way_is_answered_when_the_server_ends(site: Path) -> None:
    asked, go = threading.Event(), threading.Event()

    def is_gone(_: str) -> bool:
        asked.set()
        return not go.wait(PATIENCE_SECONDS)

    async def serve() -> bytes:
        app = WebApp(Site(site, "", is_gone), print)
        request = b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
        async with listening(Address(port=0), app, Connections(PATIENT)) as port:
            server = Server(site, port, Connections(PATIENT), [])
            answer: Awaitable[bytes] = asyncio.create_task(asyncio.to_thread(server.ask, request))
            await asyncio.to_thread(asked.wait, 20)
            asyncio.get_running_loop().call_later(0.05, go.set)
        return await answer

    assert asyncio.run(serve()).startswith(b"HTTP/1.1 404 ")
