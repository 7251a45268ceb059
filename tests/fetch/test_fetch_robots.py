"""robots.txt: its rules, and how the file itself is asked for (RFC 9309)."""

from __future__ import annotations

import asyncio
import itertools
import zipfile
from collections.abc import Mapping
from datetime import timedelta

import pytest
import robots

from copydesk.fetch.robots import RobotsRules, normalize_path
from copydesk.news import Page, Refused, Request
from copydesk.news.page import Purpose
from world.fetching import A, Answer, Desk, page, refusal
from world.shared import SHARED, needs_shared

ROBOTS = "https://a.example/robots.txt"

# ---- the rules of one file ----

FORBIDDEN = {
    "by everybody's rule": ("user-agent: *\ndisallow: /x", "/x/1"),
    "by ours": ("User-Agent: CopyDesk\nDisallow: /", "/"),
    "by ours with a version": ("User-agent: copydesk/2.0\nDisallow: /", "/"),
    "by ours in a list of agents": ("User-agent: a\nUser-agent: copydesk\nDisallow: /", "/"),
    "by ours in two groups": (
        "User-agent: copydesk\nDisallow: /a\n\nUser-agent: copydesk\nDisallow: /x",
        "/x",
    ),
    "the longer rule wins": ("User-agent: *\nAllow: /x\nDisallow: /x/y", "/x/y/z"),
    "a star in the middle": ("User-agent: *\nDisallow: /x/*/y", "/x/1/2/y"),
    "a star at the front": ("User-agent: *\nDisallow: *.php", "/a/b.php?c"),
    "an end": ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf"),
    "an end after a question": ("User-agent: *\nDisallow: /*?$", "/a?"),
    "brackets": ("User-agent: *\nDisallow: /*[id]", "/x[id]"),
    "a question mark": ("User-agent: *\nDisallow: /*?sort=", "/x?sort=up"),
    "octets of one letter": ("User-agent: *\nDisallow: /ツ", "/%e3%83%84"),
    "an octet that needs none": ("User-agent: *\nDisallow: /%7Ejoe", "/~joe"),
    "an angle bracket": ("User-agent: *\nDisallow: /a<b", "/a%3Cb"),
    "double slashes": ("User-agent: *\nDisallow: /a//b", "/a//b"),
    "carriage returns": ("User-agent: *\rDisallow: /x\r", "/x"),
    "a byte order mark and CRLF": ("\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x"),
    "a comment behind": ("User-agent: * # all\nDisallow: /x # yes", "/x"),
    "no colon": ("User-agent *\nDisallow /x", "/x"),
    "no blank after it": ("User-agent:*\nDisallow:/x", "/x"),
    "a misspelled word": ("Useragent: *\nDissallow: /x", "/x"),
    "blank lines between": ("User-agent: *\n\n\nDisallow: /x", "/x"),
    "other words between": ("User-agent: *\nCrawl-delay: 1\nSitemap: /s\nDisallow: /x", "/x"),
}
ALLOWED = {
    "no file to speak of": ("", "/x"),
    "a page of HTML": ("<html><body>Not found</body></html>", "/x"),
    "an empty rule": ("User-agent: *\nDisallow:", "/x"),
    "another's rule": ("User-agent: otherbot\nDisallow: /", "/x"),
    "a name that begins like ours": ("User-agent: copydeskbot\nDisallow: /", "/x"),
    "our own group instead of everybody's": (
        "User-agent: *\nDisallow: /\nUser-agent: copydesk\nDisallow: /y",
        "/x",
    ),
    "our own empty group": ("User-agent: *\nDisallow: /\n\nUser-agent: copydesk\nDisallow:", "/x"),
    "the longer rule wins": ("User-agent: *\nDisallow: /x\nAllow: /x/y", "/x/y/z"),
    "of equals the kinder wins": ("User-agent: *\nDisallow: /x\nAllow: /x", "/x"),
    "an end that is not there": ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?b"),
    "a rule before any agent": ("Disallow: /\nUser-agent: *\nDisallow: /y", "/x"),
    "a rule without a slash": ("User-agent: *\nDisallow: x", "/x"),
    "another case": ("User-agent: *\nDisallow: /X", "/x"),
    "an encoded slash is no slash": ("User-agent: *\nDisallow: /a/b", "/a%2Fb"),
    "an agent that is a host": (
        "User-agent: *\nDisallow: /y\nUser-agent: sitecheck.example.com\nDisallow: /",
        "/x",
    ),
    "an agent that begins with a digit": (
        "User-agent: *\nDisallow: /y\nUser-agent: 360Spider\nDisallow: /",
        "/x",
    ),
    "pieces that overlap": ("User-agent: *\nDisallow: /ab*ba$", "/aba"),
}


@pytest.mark.parametrize(("text", "path"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_path_is_forbidden(text: str, path: str) -> None:
    assert not RobotsRules.read(text.encode()).allow("https://a.example" + path)


@pytest.mark.parametrize(("text", "path"), ALLOWED.values(), ids=ALLOWED.keys())
def test_a_path_is_allowed(text: str, path: str) -> None:
    assert RobotsRules.read(text.encode()).allow("https://a.example" + path)


def test_what_is_no_address_is_not_allowed() -> None:
    assert not RobotsRules.read(b"").allow("javascript:alert(1)")


DELAYS = {
    "everybody's": ("User-agent: *\nCrawl-delay: 10\nDisallow:", 10),
    "ours": ("User-agent: *\nCrawl-delay: 10\nUser-agent: copydesk\nCrawl-delay: 1.5", 1.5),
    "another's": ("User-agent: otherbot\nCrawl-delay: 10", 0),
    "none": ("User-agent: *\nDisallow: /x", 0),
    "nonsense": ("User-agent: *\nCrawl-delay: soon", 0),
    "infinite": ("User-agent: *\nCrawl-delay: inf", 0),
}


@pytest.mark.parametrize(("text", "seconds"), DELAYS.values(), ids=DELAYS.keys())
def test_a_pause_is_read(text: str, seconds: float) -> None:
    assert RobotsRules.read(text.encode()).delay_seconds == seconds


@pytest.mark.parametrize(("asked", "pause"), [(1, 5), (10, 10), (99_999, 30)])
def test_a_pause_that_a_host_asks_for_is_kept(asked: int, pause: float) -> None:
    desk = Desk({ROBOTS: page(ROBOTS, body=f"User-agent: *\nCrawl-delay: {asked}".encode())})

    desk.fetch(A, A)

    assert desk.clock.slept == [pause, pause]


def test_of_a_huge_file_500_kib_are_read() -> None:
    rules = b"User-agent: *\nDisallow: /near\n" + b"#" * 500 * 1024 + b"\nDisallow: /far\n"

    read = RobotsRules.read(rules)

    assert not read.allow("https://a.example/near")
    assert read.allow("https://a.example/far")


# Google's reader has room for 8 * 2083 bytes, the last of which is its mark of the end
LONGEST_RULE = 8 * 2083 - 1 - len("Disallow: ")


@pytest.mark.parametrize(
    ("path", "read_path"),
    [
        ("/" + "a" * (LONGEST_RULE - 1) + "b", "/" + "a" * (LONGEST_RULE - 1)),
        ("/" + "ツ" * 5550 + "aab", "/" + "ツ" * 5550 + "aa"),
    ],
    ids=["letters", "three bytes a letter"],
)
def test_of_a_line_as_many_bytes_are_read_as_googles_reader_has_room_for(
    path: str, read_path: str
) -> None:
    rules = RobotsRules.read(f"User-agent: *\nDisallow: {path}\nDisallow: /next".encode())

    assert f"-{normalize_path(read_path)}" == rules.lines[0]
    assert "-/next" == rules.lines[1]


@needs_shared
def test_a_second_reader_forbids_no_more_than_ours_but_on_three_sites_that_it_misreads() -> None:
    """robotspy knows no agents such as sitecheck.internetseer.com and gives their rules to all."""
    paths = ["/", "/search?q=x", "/admin/", "/wp-admin/", "/news/2018/01/02/a-story", "/a/b.pdf"]
    with zipfile.ZipFile(SHARED / "data/robots/robots_txt.zip") as folder:
        files = {name: folder.read(name) for name in folder.namelist() if not name.endswith("/")}

    differs = set()
    for name, body in files.items():
        ours = RobotsRules.read(body)
        theirs = robots.RobotsParser.from_string(body.decode("utf-8", "replace"))
        for path in paths:
            url = f"https://host.example{path}"
            if ours.allow(url) != theirs.can_fetch("copydesk", url):
                differs.add(name.rpartition("/")[2])

    assert len(files) == 191
    assert differs == {"us.playstation.com", "www.ravelry.com", "www.avaya.com"}


# ---- asking for the file ----

CLOSED = page(ROBOTS, body=b"User-agent: *\nDisallow: /private")
PRIVATE = "https://a.example/private/1"


def test_a_page_that_robots_forbid_is_never_asked_for() -> None:
    desk = Desk({ROBOTS: CLOSED, PRIVATE: 200})

    (answer,) = desk.fetch(PRIVATE)

    assert isinstance(answer, Refused)
    assert (answer.reason, answer.retry_at) == ("robots", None)
    assert answer.detail == "access is forbidden by https://a.example/robots.txt"
    assert desk.script.asked() == []


@pytest.mark.parametrize("purpose", ["page", "source", "picture"])
def test_robots_are_obeyed_for_every_purpose(purpose: Purpose) -> None:
    (answer,) = Desk({ROBOTS: CLOSED, PRIVATE: 200}).fetch(PRIVATE, purpose=purpose)

    assert refusal(answer) == "robots"


def test_a_page_that_robots_allow_is_asked_for() -> None:
    (answer,) = Desk({ROBOTS: CLOSED, A: 200}).fetch(A)

    assert isinstance(answer, Page)


def test_a_redirect_to_a_forbidden_page_is_not_followed() -> None:
    desk = Desk({"https://b.example/": PRIVATE, ROBOTS: CLOSED, PRIVATE: 200})

    (answer,) = desk.fetch("https://b.example/")

    assert refusal(answer) == "robots"
    assert desk.script.asked() == ["https://b.example/"]


STATUS_ALLOWS = [400, 401, 403, 404, 410, 451]
STATUS_FORBIDS = [500, 502, 503, 599, 100, 304]


@pytest.mark.parametrize("status", STATUS_ALLOWS)
def test_a_host_without_robots_allows_everything(status: int) -> None:
    (answer,) = Desk({ROBOTS: status, A: 200}).fetch(A)

    assert isinstance(answer, Page)


@pytest.mark.parametrize("status", STATUS_FORBIDS)
def test_a_host_whose_robots_cannot_be_had_forbids_everything_for_now(status: int) -> None:
    desk = Desk({ROBOTS: status, A: 200})

    (answer,) = desk.fetch(A)

    assert isinstance(answer, Refused)
    assert (answer.reason, answer.status) == ("robots", status)
    assert answer.retry_at == desk.clock.now() + timedelta(hours=1)
    assert desk.script.asked() == []


def test_too_many_requests_for_robots_is_a_slow_down() -> None:
    desk = Desk({ROBOTS: page(ROBOTS, 429, retry_after="60"), A: 200})

    (answer,) = desk.fetch(A)

    assert refusal(answer) == "slow-down"


@pytest.mark.parametrize("reason", ["address", "certificate", "network", "too-slow"])
def test_a_host_that_cannot_be_reached_is_refused_for_that_and_asks_for_no_pause(
    reason: str,
) -> None:
    broken = Refused(url=ROBOTS, reason=reason, detail="why")  # type: ignore[arg-type]

    (answer,) = Desk({ROBOTS: broken, A: 200}).fetch(A)

    assert isinstance(answer, Refused)
    assert (answer.url, answer.reason, answer.detail) == (A, reason, "why")
    assert answer.retry_at is None


def test_robots_that_lead_to_a_private_address_forbid_but_blame_the_file() -> None:
    elsewhere = "http://10.0.0.1/robots.txt"
    private = Refused(url=elsewhere, reason="address", detail="10.0.0.1 is not a public address")

    (answer,) = Desk({ROBOTS: elsewhere, elsewhere: private, A: 200}).fetch(A)

    assert isinstance(answer, Refused)
    assert answer.reason == "robots"
    assert "10.0.0.1 is not a public address" in answer.detail
    assert answer.retry_at is not None  # not the file's own word: pages are tried again


def redirected_robots(times: int) -> Mapping[str, Answer | str | int]:
    """Give a host whose robots.txt lies behind so many redirects and forbids everything."""
    steps = [ROBOTS, *(f"https://b.example/{n}" for n in range(times))]
    end = page(steps[-1], body=b"User-agent: *\nDisallow: /")
    return {**dict(itertools.pairwise(steps)), steps[-1]: end, A: 200}


def test_robots_behind_five_redirects_are_obeyed() -> None:
    (answer,) = Desk(redirected_robots(5)).fetch(A)

    assert refusal(answer) == "robots"


def test_robots_behind_six_redirects_count_as_none() -> None:
    (answer,) = Desk(redirected_robots(6)).fetch(A)

    assert isinstance(answer, Page)


def test_the_file_is_asked_for_once_and_again_after_a_day() -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})

    desk.fetch(A, A, PRIVATE)
    desk.fetch(A)
    assert desk.script.count(ROBOTS) == 1

    desk.clock.at += timedelta(hours=24)
    desk.fetch(A)
    assert desk.script.count(ROBOTS) == 2


def test_yesterdays_copy_serves_while_the_file_cannot_be_had() -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})

    desk.fetch(A)
    desk.clock.at += timedelta(hours=25)
    desk.script.pages = {ROBOTS: 503, A: 200}

    allowed, forbidden = desk.fetch(A, PRIVATE)
    assert isinstance(allowed, Page)
    assert refusal(forbidden) == "robots"


def test_a_host_in_trouble_is_asked_again_when_it_said_so() -> None:
    desk = Desk({ROBOTS: page(ROBOTS, 503, retry_after="60"), A: 200})

    (refused,) = desk.fetch(A)
    desk.clock.at += timedelta(seconds=61)
    desk.script.pages = {ROBOTS: 404, A: 200}
    (answer,) = desk.fetch(A)

    assert refusal(refused) == "robots"
    assert isinstance(answer, Page)


def test_each_scheme_host_and_port_has_its_own_file() -> None:
    desk = Desk({})

    desk.fetch("http://a.example/", "https://a.example/", "https://a.example:8443/")

    robots = [request.url for request in desk.script.requests if request.purpose == "robots"]
    assert robots == [
        "http://a.example/robots.txt",
        "https://a.example/robots.txt",
        "https://a.example:8443/robots.txt",
    ]


def test_whoever_asks_for_robots_gets_the_file_itself() -> None:
    desk = Desk({ROBOTS: CLOSED})

    answer = asyncio.run(desk.polite.fetch(Request(url=ROBOTS, purpose="robots")))

    assert isinstance(answer, Page)
    assert desk.script.count(ROBOTS) == 1
