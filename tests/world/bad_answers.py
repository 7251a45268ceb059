"""Resources whose answers are odd, broken, hostile or late: validators, codings, lengths, time."""

from __future__ import annotations

import gzip

from world.behaviours import answers, drips, hangs_up, local, never_ends, resets, stays
from world.resource import ANo, APage, Nothing, Resource
from world.web import (
    Behaviour,
    bombs,
    conditional,
    dribbles,
    packed,
    promises,
    sends,
    serves,
    stays_silent,
    streams,
)

OK = "HTTP/1.1 200 OK\nContent-Type: text/html"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
SO = APage(body=b"so")
# what follows the promised bytes is the next answer (RFC 9112 9.3), and that is none: to refuse is
# better than to take a page that is cut off
TWO_ANSWERS = ANo(reason="network", words="sent invalid HTTP")


def one(name: str, behaviour: Behaviour, makes: APage | Nothing | ANo, **more: int) -> Resource:
    """Give a resource whose root answers so."""
    return Resource(name=name, makes=makes, paths={"/": behaviour}, times=more.get("times", 1))


def _brotli_bomb() -> Behaviour:
    import brotli

    return packed(brotli.compress(b"\0" * (20 << 20), quality=1), "br")


VALIDATORS = (
    Resource(
        name="not modified",
        makes=Nothing(),
        paths={"/": stays(conditional(b"so", '"1"'))},
        etag='"1"',
    ),
    Resource(
        name="weak etag",
        makes=Nothing(),
        paths={"/": stays(conditional(b"so", 'W/"1"'))},
        etag='W/"1"',
    ),
    Resource(
        name="etag without quotes",
        makes=Nothing(),
        paths={"/": stays(conditional(b"so", "abc"))},
        etag="abc",
    ),
    Resource(
        name="not modified with a body",
        makes=TWO_ANSWERS,
        paths={"/": answers('HTTP/1.1 304 Same\nETag: "1"\nContent-Length: 2', b"so")},
        etag='"1"',
    ),
    one(
        "not modified that nobody asked for",
        answers("HTTP/1.1 304 Same"),
        ANo(reason="server", words="304"),
    ),
)

STATUSES = (
    one(
        "too many requests, seconds",
        serves(b"", status=429, headers={"Retry-After": "120"}),
        ANo(reason="slow-down", words="429", waits=True),
    ),
    one(
        "too many requests, a date",
        serves(b"", status=429, headers={"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
        ANo(reason="slow-down", waits=True),
    ),
    one(
        "too many requests, nonsense",
        serves(b"", status=429, headers={"Retry-After": "soon, perhaps -1"}),
        ANo(reason="slow-down"),
    ),
    one(
        "not available, with patience",
        serves(b"", status=503, headers={"Retry-After": "60"}),
        ANo(reason="slow-down", waits=True),
    ),
    one("not available", serves(b"", status=503), ANo(reason="server", words="503")),
    one("gone", serves(b"", status=410), ANo(reason="gone", words="410")),
    one("forbidden", serves(b"", status=403), ANo(reason="blocked")),
    one("login", serves(b"", status=401), ANo(reason="blocked")),
    one("withheld", serves(b"", status=451), ANo(reason="blocked")),
    one("teapot", serves(b"", status=418), ANo(reason="server", words="418")),
    one("no such status", answers("HTTP/1.1 999 Go away", b""), ANo(reason="server")),
    one("empty two hundred", serves(b""), APage(body=b"")),
    one("no content", answers("HTTP/1.1 204 Nothing"), APage(body=b"")),
)

TIME = (
    one("slow head", dribbles(b"HTTP/1.1 200 OK\r\nX-Slow: "), ANo(reason="too-slow")),
    one("slow body", dribbles(HEAD + b"\r\n"), ANo(reason="too-slow")),
    one("silence", stays_silent(), ANo(reason="too-slow")),
    one(
        "a slow body that comes whole",
        drips(HEAD + b"Content-Length: 8\r\n\r\n", b"complete", 0.02),
        APage(body=b"complete"),
    ),
    one("body without an end", never_ends(b"so " * 1_000), ANo(reason="too-big")),
)

LENGTHS = (
    one(
        "half a chunk",
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nhalf"),
        ANo(reason="network", words="broke before"),
    ),
    one(
        "chunk size that is none",
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nso\r\n0\r\n\r\n"),
        ANo(reason="network"),
    ),
    one("length too long", promises(100, b"half"), ANo(reason="network", words="broke before")),
    one("length too short", promises(2, b"so much more"), TWO_ANSWERS),
    one(
        "two lengths that differ",
        answers(f"{OK}\nContent-Length: 2\nContent-Length: 9", b"so"),
        ANo(reason="network", words="sent invalid HTTP"),
    ),
    one("negative length", answers(f"{OK}\nContent-Length: -1", b"so"), ANo(reason="network")),
    one("no length, then the end", answers(OK, b"so"), SO),
    one("reset in the body", resets(HEAD + b"Content-Length: 99\r\n\r\nso"), ANo(reason="network")),
    one("hung up at once", hangs_up(), ANo(reason="network", words="closed the connection")),
    one("half a head", sends(b"HTTP/1.1 200 OK\r\nContent-"), ANo(reason="network")),
    one("more than allowed", streams(b"x" * 10_000, 2), ANo(reason="too-big")),
)

CODINGS = (
    one("gzip bomb", bombs(20), ANo(reason="too-big", words="decompressed")),
    one("brotli bomb", _brotli_bomb(), ANo(reason="too-big", words="decompressed")),
    one(
        "bomb in a bomb",
        packed(gzip.compress(gzip.compress(b"\0" * (20 << 20))), "gzip, gzip"),
        ANo(reason="too-big"),
    ),
    one("gzip that is none", packed(b"plain words", "gzip"), ANo(reason="network", words="compr")),
    one("gzip cut off", packed(gzip.compress(b"so" * 99)[:-9], "gzip"), ANo(reason="network")),
    one("coding nobody knows", packed(b"so", "zebra"), ANo(reason="network", words="zebra")),
    one("gzip that is not named", serves(gzip.compress(b"so", mtime=0)), APage()),
)

HEADS = (
    one(
        "huge headers",
        sends(HEAD + b"X-Huge: " + b"x" * 200_000 + b"\r\n\r\nso"),
        ANo(reason="network", words="sent invalid HTTP"),
    ),
    one(
        "ten thousand headers",
        sends(HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\nso"),
        ANo(reason="network"),
    ),
    one(
        "hypertext 0.9", sends(b"<p>just words\n"), ANo(reason="network", words="sent invalid HTTP")
    ),
    one("noise", sends(bytes(range(256)) * 9), ANo(reason="network", words="sent invalid HTTP")),
    one("control characters", sends(HEAD + b"X-\x01\x02: \x00\r\n\r\nso"), ANo(reason="network")),
    one(
        "early hints",
        sends(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + b"\r\nso"),
        SO,
    ),
    one("a hundred continues", sends(b"HTTP/1.1 100 On\r\n\r\n" * 100 + HEAD + b"\r\nso"), SO),
    one("http 1.0", answers("HTTP/1.0 200 OK", b"so"), SO),
    one(
        "upgrade that nobody asked for",
        answers("HTTP/1.1 101 Switching\nUpgrade: h2c\nConnection: Upgrade", b"so"),
        ANo(reason="server"),
    ),
    one(
        "cookies by the dozen",
        answers(OK + "".join(f"\nSet-Cookie: c{n}={'x' * 90}" for n in range(50)), b"so"),
        SO,
    ),
    one(
        "a connection that dies between two requests",
        local(HEAD + b"Content-Length: 2\r\nConnection: keep-alive\r\n\r\nso"),
        SO,
        times=2,
    ),
    one("bytes after the body", stays(promises(2, b"so and more")), TWO_ANSWERS, times=2),
)

ANSWERS = (*VALIDATORS, *STATUSES, *TIME, *LENGTHS, *CODINGS, *HEADS)
