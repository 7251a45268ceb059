"""What lies between us and a site, on loopback: a proxy, a patient site, a CA.

async with name_server({"site.example": "127.0.0.1"}) as names, Site() as site:
    options = FetchOptions(nameservers=(names.address,), allow_hosts=("site.example",))
    ... Web(options, clock) ... site.url("/", "site.example") ...
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import ssl
from pathlib import Path
from typing import Self

from world.ending import close_servers, end_tasks


class _Listening:
    """A server on a loopback port that counts its connections and closes all at the end."""

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.connections = 0
        self.open = 0
        self._tls = tls
        self._host = host
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        await close_servers(self._server)
        await end_tasks(self._tasks)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        try:
            await self.talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        raise NotImplementedError


class Site(_Listening):
    """A site that keeps its connections open: robots.txt 404, "known" to who has an ETag, else ok.

    `asked` holds the head of every request, lower case.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        super().__init__(tls, host)
        self.asked: list[str] = []
        self.busy = 0
        self.most_busy = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Give the address of a path, under any name that leads here."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            self.asked.append(head)
            self.busy += 1
            self.most_busy = max(self.busy, self.most_busy)
            await asyncio.sleep(0.005)
            self.busy -= 1
            writer.write(_reply(head))
            await writer.drain()


def _reply(head: str) -> bytes:
    if " /robots.txt " in head:
        return b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
    if "if-none-match" in head:
        return b'HTTP/1.1 304 Same\r\nETag: "1"\r\nCache-Control: max-age=60\r\n\r\n'
    return b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 2\r\n\r\nok'


class Proxy(_Listening):
    """An HTTP proxy; every name leads to `target` on loopback. It may ask for a password."""

    def __init__(self, target: int, password: str = "") -> None:
        super().__init__()
        self._target = target
        self._password = password
        self.asked: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.asked.append(head.split("\r\n")[0])
        token = base64.b64encode(self._password.encode()).decode()
        if self._password and f"Proxy-Authorization: Basic {token}" not in head:
            writer.write(b"HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n")
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        if head.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 200 Go On\r\n\r\n")
        else:
            method, url, rest = head.split(" ", 2)
            back.write(f"{method} /{url.split('/', 3)[3]} {rest}".encode("latin-1"))
        try:
            await asyncio.gather(_pour(reader, back), _pour(there, writer))
        finally:
            back.close()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        sink.write(data)
        await sink.drain()
    sink.close()


class Authority:
    """A certificate authority of one test; SSL_CERT_FILE = `path` makes us trust it."""

    def __init__(self, folder: Path) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec

        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test Authority")])
        self.path = folder / "authority.pem"
        certificate = self._signed(
            self._name,
            self._key.public_key(),
            datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC),
            [(x509.BasicConstraints(ca=True, path_length=None), True)],
        )
        self.path.write_bytes(certificate)

    def server(self, host: str, until: datetime.datetime) -> ssl.SSLContext:
        """Give a server's context whose certificate is for a host and ends then."""
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = self._folder / f"{host}.pem"
        path.write_bytes(private + self._signed(name, key.public_key(), until, [(names, False)]))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(self, name, public_key, until, extensions) -> bytes:  # type: ignore[no-untyped-def]
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization

        begin = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
        serial = x509.random_serial_number()
        builder = x509.CertificateBuilder(self._name, name, public_key, serial, begin, until)
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        signed = builder.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)
