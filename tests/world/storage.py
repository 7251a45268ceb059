"""A storage on loopback that speaks S3, and believes no request whose signature it cannot make.

Its signature check is written anew from the protocol, over the bytes of the request line.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape

ACCESS = "AKIDTIDE"
SECRET = "a/secret+of=tests"
BUCKET = "tidewatch"
STUCK_SECONDS = 55  # a client waits for a minute


@dataclass
class Storage:
    """What the bucket holds, what was asked of it in order, and how it shall fail.

    `faults` are statuses (0: the connection is cut) given to the next requests in the place of an
    answer; `below` is the path under which it all lies; `page` is how many keys one list has;
    `refused` are keys that cannot be written; `page_instead` is given where a list is asked for.
    Of keys that `forgotten` names by their end nothing is kept, though it is said that all is well;
    `altered` has what is given in the place of such a key's object. A request for the key `stuck`
    is not answered before `freed` is set; `is_stuck` says that it came, `was_waited_out` that
    nobody gave up for so long that a client's own patience is near its end.
    """

    region: str = "us-east-1"
    objects: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    forgotten: str = ""
    altered: dict[str, bytes] = field(default_factory=dict)
    page: int = 1000
    below: str = ""
    stuck: str = ""
    page_instead: bytes = b""
    is_stuck: threading.Event = field(default_factory=threading.Event)
    freed: threading.Event = field(default_factory=threading.Event)
    was_waited_out: bool = False
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def written(self) -> list[str]:
        """Give the keys that were put or deleted, in the order in which that was asked."""
        return [key for method, key in self.asked if method != "GET"]


@contextlib.contextmanager
def storage() -> Iterator[Storage]:
    """Run a storage for the block."""
    kept = Storage()
    handler = type("Handler", (_Handler,), {"kept": kept})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield kept
    finally:
        kept.freed.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: Storage

    def do_PUT(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        bucket, _, key = unquote(path).removeprefix(self.kept.below).lstrip("/").partition("/")
        with self.kept.lock:
            self.kept.asked.append((self.command, key))
            fault = self.kept.faults.pop(0) if self.kept.faults else None
        if key and key == self.kept.stuck:
            self.kept.is_stuck.set()
            self.kept.was_waited_out = not self.kept.freed.wait(STUCK_SECONDS)
            self.close_connection = True
            return
        if fault == 0:
            self.close_connection = True
            return
        if fault is not None:
            self._say(fault, b"<Error><Code>SlowDown</Code></Error>")
            return
        code = self._trouble(path, query, body)
        if code:
            self._say(403, f"<Error><Code>{code}</Code></Error>".encode())
        elif bucket != BUCKET:
            self._say(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        elif key in self.kept.refused:
            self._say(403, b"<Error><Code>AccessDenied</Code></Error>")
        else:
            self._do(key, dict(parse_qsl(query, keep_blank_values=True)), body)

    def _do(self, key: str, query: dict[str, str], body: bytes) -> None:
        kept = self.kept
        if self.command == "PUT":
            names = ("content-type", "cache-control", "content-md5")
            kept.headers[key] = {name: self.headers.get(name, "") for name in names}
            if not (kept.forgotten and key.endswith(kept.forgotten)):
                kept.objects[key] = body
            self._say(200, b"")
        elif self.command == "DELETE":
            kept.objects.pop(key, None)
            self._say(204, b"")
        elif key:
            found = next((kept.altered[end] for end in kept.altered if key.endswith(end)), None)
            data = kept.objects.get(key) if found is None else found
            missing = b"<Error><Code>NoSuchKey</Code></Error>"
            self._say(404 if data is None else 200, missing if data is None else data)
        else:
            self._say(200, kept.page_instead or self._list(query))

    def _list(self, query: dict[str, str]) -> bytes:
        assert query["list-type"] == "2"
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
        objects = sorted(self.kept.objects.items())
        keys = [key for key, _ in objects if key.startswith(prefix) and key > after]
        now = keys[: self.kept.page]
        is_cut = len(keys) > len(now)
        rows = "".join(
            f"<Contents><Key>{escape(quote(key))}</Key>"
            f"<ETag>&quot;{hashlib.md5(self.kept.objects[key]).hexdigest()}&quot;</ETag></Contents>"
            for key in now
        )
        more = f"<NextContinuationToken>{escape(now[-1])}</NextContinuationToken>" if is_cut else ""
        return (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<EncodingType>url</EncodingType><IsTruncated>{str(is_cut).lower()}</IsTruncated>"
            f"{more}{rows}</ListBucketResult>"
        ).encode()

    def _trouble(self, path: str, query: str, body: bytes) -> str:
        """Give what is wrong with the request's signature, "" where it is the right one."""
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "AWS4-HMAC-SHA256" or set(parts) != {
            "Credential",
            "SignedHeaders",
            "Signature",
        }:
            return "AccessDenied"
        access, day, region, service, end = parts["Credential"].split("/")
        if (region, service, end) != (self.kept.region, "s3", "aws4_request"):
            return "AuthorizationHeaderMalformed"
        if access != ACCESS:
            return "InvalidAccessKeyId"
        names = parts["SignedHeaders"].split(";")
        if "host" not in names or names != sorted(names):
            return "AccessDenied"
        claimed = self.headers["x-amz-content-sha256"]
        if claimed not in {hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"}:
            return "XAmzContentSHA256Mismatch"
        lines = [self.command, path, "&".join(sorted(query.split("&")))]
        lines += [f"{name}:{' '.join(self.headers[name].split())}" for name in names]
        lines += ["", parts["SignedHeaders"], claimed]
        moment, scope = self.headers["x-amz-date"], f"{day}/{region}/{service}/{end}"
        told = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{told}"
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, service, end):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        wanted = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return "" if wanted == parts["Signature"] else "SignatureDoesNotMatch"

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
