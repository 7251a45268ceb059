"""Resources whose names, certificates, redirects or robots.txt are not what they should be."""

from __future__ import annotations

from world.behaviours import local, moves, stays, walks
from world.dns import BROKEN, NOT_THERE, SILENT, leads_to
from world.resource import ANo, APage, Outcome, Resource
from world.web import Behaviour, redirects, serves, stays_silent, streams

SO = APage(body=b"so")
_SO = stays(serves(b"so"))
_ALL = b"User-agent: *\nDisallow: /\n"
_GOOD = "http://well.world.example:{port}/"
_INSIDE = "http://inside.world.example:{port}/secret"


def named(name: str, makes: Outcome, *places: object, **more: object) -> Resource:
    """Give a resource that behaves, behind a name that does not."""
    return Resource(name=name, makes=makes, paths={"/": _SO}, places=places, **more)  # type: ignore[arg-type]


def sent(name: str, behaviour: Behaviour, makes: Outcome) -> Resource:
    """Give a resource whose root sends the asker elsewhere."""
    return Resource(name=name, makes=makes, paths={"/": behaviour})


def robots(name: str, behaviour: Behaviour, makes: Outcome, visits: int | None = None) -> Resource:
    """Give a page whose host has such a robots.txt."""
    paths = {"/robots.txt": behaviour, "/": _SO, "/other": serves(_ALL)}
    return Resource(name=name, makes=makes, paths=paths, most_visits=visits)


def certified(kind: str, makes: Outcome) -> Resource:
    """Give a resource behind a certificate of such a kind."""
    host = f"{kind}.certificate.world.example"
    name = f"certificate {kind}"
    return Resource(name=name, makes=makes, paths={"/": _SO}, scheme="https", host=host)


NAMES = (
    named("no such name", ANo(reason="network", words="no such host"), NOT_THERE),
    named("name server that fails", ANo(reason="network", words="no such host"), BROKEN),
    named("name server that says nothing", ANo(reason="network", words="no such host"), SILENT),
    named("name without an address", ANo(reason="network", words="no such host"), leads_to()),
    named("alias", SO, leads_to("127.0.0.2", alias="real.world.example")),
    named("several addresses, the first is dead", SO, leads_to("127.0.99.1", "127.0.0.3")),
    named("ipv6 alone", SO, leads_to("::1")),
    named("both families", SO, leads_to("127.0.0.4", "::1")),
    named("idn", SO, host="xn--mwe-sna.world.example"),
    named("private name", ANo(reason="address"), leads_to("127.0.0.2"), is_allowed=False),
    named("private ipv6 name", ANo(reason="address"), leads_to("::1"), is_allowed=False),
    named(
        "private, mapped into ipv6",
        ANo(reason="address"),
        leads_to("::ffff:127.0.0.2"),
        is_allowed=False,
    ),
    named("nothing listens", ANo(reason="network", words="no connection"), leads_to("127.0.99.2")),
)

CERTIFICATES = (
    certified("good", SO),
    certified("ending", SO),
    *(
        certified(kind, ANo(reason="certificate", words="the certificate of"))
        for kind in ("ended", "early", "other", "own")
    ),
)

REDIRECTS = (
    Resource(
        name="chain",
        makes=APage(body=b"arrived", hops=(301,) * 5),
        paths={"*": walks(6)},
        path="/1",
    ),
    Resource(
        name="endless chain", makes=ANo(reason="redirects"), paths={"*": walks(99)}, path="/1"
    ),
    sent("loop", redirects("/"), ANo(reason="redirects", words="in a circle")),
    Resource(
        name="loop of two",
        makes=ANo(reason="redirects", words="in a circle"),
        paths={"/": redirects("/b"), "/b": redirects("/")},
    ),
    sent("permanent move", moves(_GOOD, 308), APage(body=b"well", hops=(308,))),
    sent("move to a private name", moves(_INSIDE), ANo(reason="address")),
    sent("move to a private address", moves("http://127.0.0.5:{port}/"), ANo(reason="address")),
    sent("move to the metadata service", moves("http://169.254.1.1/"), ANo(reason="address")),
    sent("move to files", moves("file:///etc/passwd"), ANo(reason="redirects")),
    sent("move to ftp", moves("ftp://files.example/"), ANo(reason="redirects")),
    sent("move to data", moves("data:text/html,so"), ANo(reason="redirects")),
    sent("move to a script", moves("javascript:alert(1)"), ANo(reason="redirects")),
    sent(
        "move to a password",
        moves("http://me:secret@well.world.example:{port}/"),
        ANo(reason="redirects", words="password"),
    ),
    sent("move to nowhere", serves(b"", status=302), ANo(reason="redirects", words="no target")),
    sent("move to an empty target", moves(""), ANo(reason="redirects")),
    Resource(
        name="move to odd letters",
        makes=APage(body=b"so", hops=(302,)),
        paths={"/": moves("/m\u00f6we"), "/m%C3%B6we": _SO},
    ),
    Resource(
        name="two targets",
        makes=APage(hops=(302,)),
        paths={
            "/": local(
                b"HTTP/1.1 302 So\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
            ),
            "/a": _SO,
            "/b": _SO,
        },
    ),
    Resource(
        name="cookie wall",
        makes=ANo(reason="redirects", words="in a circle"),
        paths={
            "/": moves("/consent?back=/"),
            "/consent?back=/": moves("/", Set_Cookie="consent=yes"),
        },
    ),
    Resource(
        name="move into what robots.txt forbids",
        makes=ANo(reason="robots", words="forbidden"),
        paths={
            "/": redirects("/closed/"),
            "/closed/": _SO,
            "/robots.txt": serves(b"User-agent: *\nDisallow: /closed/\n"),
        },
        most_visits=2,
    ),
)

ROBOTS = (
    robots("robots forbids", serves(_ALL), ANo(reason="robots", words="forbidden"), 1),
    robots("robots not found", serves(b"", status=404), SO),
    robots("robots forbidden", serves(b"", status=403), SO),
    robots("robots broken", serves(b"", status=500), ANo(reason="robots", words="500", waits=True)),
    robots("robots too busy", serves(b"", status=429), ANo(reason="slow-down")),
    robots("robots moved", redirects("/other"), ANo(reason="robots", words="forbidden"), 2),
    robots("robots in a circle", redirects("/robots.txt"), SO),
    robots("robots of ten megabytes", streams(b"# so\n" * 2_000, 10), SO),
    robots("robots silent", stays_silent(), ANo(reason="too-slow"), 1),
    robots("robots is a page", serves(b"<!doctype html><p>Disallow: /"), SO),
    robots(
        "robots with a byte order mark", serves(b"\xef\xbb\xbf" + _ALL), ANo(reason="robots"), 1
    ),
    robots("robots with bare returns", serves(_ALL.replace(b"\n", b"\r")), ANo(reason="robots"), 1),
    robots("robots of noise", serves(bytes(range(256)) * 99), SO),
    robots("robots empty", serves(b""), SO),
)

HOSTS = (*NAMES, *CERTIFICATES, *REDIRECTS, *ROBOTS)
