"""Clients that hold connections and hardly speak: a header line now and then, and back when cut.

    PYTHONPATH=tests python -m world.slow_clients --port 8000 --clients 10000 --seconds 60

They come from many loopback addresses (127.1.0.0 and on). Prints how often they connected.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import resource
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator

_REQUEST = b"GET / HTTP/1.1\r\nHost: slow.example\r\n"
_LINE = b"X-Slow: and so on\r\n"


def address_of(number: int) -> str:
    """Return the loopback address that a client comes from, four clients each."""
    place = number // 4
    return f"127.{1 + place // 62_500 % 250}.{place // 250 % 250}.{1 + place % 250}"


class SlowClients:
    """`count` clients of a port at 127.0.0.1, each with a line every `line_seconds`."""

    def __init__(self, port: int, count: int, line_seconds: float = 10.0) -> None:
        self.connects = 0
        self._port = port
        self._line_seconds = line_seconds
        self._selector = selectors.DefaultSelector()
        self._due: deque[tuple[float, socket.socket]] = deque()
        self._absent = deque(range(count))
        self._stop = threading.Event()

    def stop(self) -> None:
        """Let `go_on` come to its end."""
        self._stop.set()

    def go_on(self) -> None:
        """Connect, and go on until stopped."""
        try:
            while not self._stop.is_set():
                self._connect_some()
                for key, events in self._selector.select(0.05):
                    line = key.fileobj
                    assert isinstance(line, socket.socket)
                    if events & selectors.EVENT_WRITE:
                        self._begin(line, key.data)
                    else:
                        self._listen(line, key.data)
                self.send_lines()
        finally:
            for key in [*self._selector.get_map().values()]:
                key.fileobj.close()  # type: ignore[union-attr] # all of them are sockets
            self._selector.close()

    def _connect_some(self) -> None:
        for _ in range(min(len(self._absent), 200)):
            number = self._absent.popleft()
            line = socket.socket()
            line.setblocking(False)
            line.bind((address_of(number), 0))
            done = line.connect_ex(("127.0.0.1", self._port))
            if done in {0, errno.EINPROGRESS}:
                self.connects += 1
                self._selector.register(line, selectors.EVENT_WRITE, number)
            else:
                line.close()
                self._absent.append(number)

    def _begin(self, line: socket.socket, number: int) -> None:
        try:
            line.send(_REQUEST)
        except OSError:
            self._come_back(line, number)
            return
        self._selector.modify(line, selectors.EVENT_READ, number)
        self._due.append((time.monotonic() + self._line_seconds, line))

    def _listen(self, line: socket.socket, number: int) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                if line.recv(4096):
                    return
            except ConnectionError:
                pass
            self._come_back(line, number)

    def _come_back(self, line: socket.socket, number: int) -> None:
        self._selector.unregister(line)
        line.close()
        self._absent.append(number)

    def send_lines(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, line = self._due.popleft()
            if line.fileno() >= 0:
                with contextlib.suppress(OSError):
                    line.send(_LINE)
                    self._due.append((now + self._line_seconds, line))


@contextlib.contextmanager
def slow_clients(port: int, count: int) -> Iterator[SlowClients]:
    """Let clients hold connections for the block, in a thread."""
    clients = SlowClients(port, count)
    thread = threading.Thread(target=clients.go_on)
    thread.start()
    try:
        yield clients
    finally:
        clients.stop()
        thread.join()


def probe(port: int, address: str, path: str = "/", seconds: float = 2.0) -> float | None:
    """Ask once from an address, and return the seconds to the answer; None: none in that time."""
    began = time.monotonic()
    try:
        with socket.create_connection(
            ("127.0.0.1", port), timeout=seconds, source_address=(address, 0)
        ) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            line.settimeout(max(seconds - (time.monotonic() - began), 0.001))
            answered = line.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return None
    took = time.monotonic() - began
    return took if answered and took <= seconds else None


def main() -> None:
    """Hold connections as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with slow_clients(chosen.port, chosen.clients) as clients:
        time.sleep(chosen.seconds)
    print(clients.connects)


if __name__ == "__main__":
    main()
