"""A storage on loopback that misbehaves on the wire: it answers every request in one wrong way."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_DENIED = b"<Error><Code>AccessDenied</Code></Error>"
_PIECE = b"x" * 65_536
_SLOW_SECONDS = 0.9
_GIVEN_UP_SECONDS = 20  # after it a rude storage ends by itself


@dataclass
class Rude:
    """How often it was asked, how many bytes of an endless answer were taken, where it is."""

    asked: int = 0
    taken: int = 0
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Line:
    """A connection; what is sent over it is counted."""

    def __init__(self, line: socket.socket, rude: Rude) -> None:
        self._line = line
        self._rude = rude

    def send(self, data: bytes) -> None:
        self._line.sendall(data)
        self._rude.taken += len(data)

    def read(self) -> bytes:
        return self._line.recv(65_536)


Answer = Callable[[Line], None]


def says(answer: bytes) -> Answer:
    """Return a way to answer: these bytes, then the end of the connection."""
    return lambda line: line.send(answer)


def is_silent(line: Line) -> None:
    """Say nothing, and keep the connection."""
    line.read()  # to the end of the connection


def drips(line: Line) -> None:
    """Send a good answer so slowly that it never ends, but never silent for long."""
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    _repeat(line, b"x", every_seconds=0.05)


def takes_its_time(line: Line) -> None:
    """Take no byte of what is sent at first, then all of it, and say that it is well."""
    time.sleep(_SLOW_SECONDS)
    head, _, body = line.read().partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    assert length is not None
    missing = int(length[1]) - len(body)
    while missing > 0:
        missing -= len(line.read())
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def denies_without_end(line: Line) -> None:
    """Refuse, with an error's code at the beginning of a body that does not end."""
    line.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10000000000\r\n\r\n" + _DENIED)
    _repeat(line, _PIECE)


def lists_without_end(line: Line) -> None:
    """Give a good answer that does not end."""
    line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    _repeat(line, b"10000\r\n" + _PIECE + b"\r\n")


def has_endless_headers(line: Line) -> None:
    """Send one header after the other."""
    line.send(b"HTTP/1.1 200 OK\r\n")
    _repeat(line, b"X-More: and more\r\n" * 100)


def _repeat(line: Line, piece: bytes, *, every_seconds: float = 0) -> None:
    until = time.monotonic() + _GIVEN_UP_SECONDS
    while time.monotonic() < until:
        line.send(piece)
        time.sleep(every_seconds)


@contextlib.contextmanager
def _secured(plain: socket.socket, tls: ssl.SSLContext | None) -> Iterator[socket.socket]:
    """Yield the connection as it is spoken over: in TLS where that is asked for."""
    if tls is None:
        yield plain
        return
    with tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False) as secured:
        secured.do_handshake()
        yield secured


@contextlib.contextmanager
def rude_storage(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Rude]:
    """Run it for the block; with `tls` it speaks TLS."""
    rude = Rude()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(_GIVEN_UP_SECONDS)
            # the client gave up
            with contextlib.suppress(OSError), _secured(self.request, tls) as connection:
                line = Line(connection, rude)
                rude.asked += 1
                if answer is not takes_its_time:
                    line.read()
                answer(line)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # or it all fits on the way
    server.daemon_threads = True
    rude.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield rude
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
