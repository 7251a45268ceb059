"""What a site says on the use of its pages, in robots.txt and tdmrep.json, comes with each page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from copydesk.fetch.hosts import RobotsRecord
from copydesk.fetch.polite import Polite
from copydesk.fetch.robots import RobotsRules
from copydesk.news import NotModified, Page, Request
from copydesk.news.article import Signal
from world.fetching import OPTIONS, START, A, Answer, Desk, page

HOST = "https://a.example"
ROBOTS = f"{HOST}/robots.txt"
TDM = f"{HOST}/.well-known/tdmrep.json"
NEWS = f"{HOST}/news/ferry"
MANAGED = """
User-agent: *
Content-Signal: search=yes, ai-train=no
Allow: /

User-agent: GPTBot
Disallow: /
"""


def said(robots: str, url: str = NEWS) -> list[str]:
    """Give `name: words` of all that a robots.txt says of an address."""
    found = RobotsRules.read(robots.encode()).signals(url)
    assert {one.where for one in found} <= {"robots.txt"}
    return [f"{one.name}: {one.said}" for one in found]


class TdmDesk(Desk):
    """A polite fetcher that asks for tdmrep.json."""

    def __init__(self, pages: dict[str, Answer | str | int], notes: Desk | None = None) -> None:
        super().__init__(pages)
        if notes is not None:
            self.clock.at = notes.clock.at
        kept = {} if notes is None else dict(notes.polite.changes())
        options = replace(OPTIONS, tdmrep=True)
        self.polite = Polite(self.script, options, self.clock, kept)


def rules(*found: dict[str, object], etag: str = "") -> Page:
    return page(TDM, body=json.dumps(found).encode(), etag=etag)


def signals(answer: Answer) -> list[tuple[str, str, str]]:
    assert isinstance(answer, Page)
    return [(one.name, one.said, one.where) for one in answer.signals]


# ---- robots.txt ----


def test_a_content_signal_of_everybodys_group_is_told_with_the_agents_kept_out() -> None:
    assert said(MANAGED) == [
        "no training agents: GPTBot",
        "Content-Signal: search=yes, ai-train=no",
    ]


def test_our_own_group_is_heard_instead_of_everybodys() -> None:
    robots = "User-agent: *\nContent-Usage: train-ai=n\n\nUser-agent: copydesk\nAllow: /\n"
    assert said(robots) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{HOST}/test", ["Content-Usage: train-ai=n"]),
        (f"{HOST}/ai-ok/test", ["Content-Usage: train-ai=y"]),
        (f"{HOST}/ai-ok", ["Content-Usage: train-ai=n"]),
    ],
)
def test_of_two_paths_the_longer_counts(url: str, expected: list[str]) -> None:
    robots = "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /ai-ok/ train-ai=y\n"
    assert said(robots, url) == expected


def test_two_lines_for_one_path_are_both_told() -> None:
    robots = "User-agent: *\nContent-Usage: /n train-ai=y\nContent-Usage: /n train-ai=n\n"
    assert said(robots) == ["Content-Usage: train-ai=y", "Content-Usage: train-ai=n"]


def test_a_path_pattern_is_one_as_in_allow_and_disallow() -> None:
    robots = "User-agent: *\nContent-Signal: /*/ferry$ ai-input=no\n"
    assert said(robots) == ["Content-Signal: ai-input=no"]
    assert said(robots, f"{NEWS}/2") == []


def test_a_signal_ends_the_names_of_its_group() -> None:
    rules = RobotsRules.read(
        b"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: GPTBot\nDisallow: /\n"
    )
    assert rules.allow(NEWS)
    assert [one.said for one in rules.signals(NEWS)] == ["GPTBot", "ai-train=no"]


def test_a_path_without_words_says_nothing() -> None:
    assert said("User-agent: *\nContent-Usage: /news/\nContent-Usage:\n") == []


@pytest.mark.parametrize("agent", ["*", "SomeBot"])
def test_a_licence_is_for_everybody_wherever_it_stands(agent: str) -> None:
    robots = f"User-agent: {agent}\nLicense: https://a.example/rsl.xml\nDisallow: /x\n"
    assert said(robots) == ["RSL: https://a.example/rsl.xml"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("User-agent: ccbot\nUser-agent: ClaudeBot\nDisallow: /", ["CCBot, ClaudeBot"]),
        ("User-agent: CCBot\nDisallow: /*", ["CCBot"]),
        ("User-agent: CCBot\nDisallow: /\nAllow: /news/", []),
        ("User-agent: CCBot\nDisallow: /private/", []),
        ("User-agent: CCBot\nDisallow:", []),
        ("User-agent: SearchBot\nDisallow: /", []),
        ("User-agent: *\nDisallow: /", []),
    ],
)
def test_only_an_agent_kept_out_of_the_whole_site_is_told(lines: str, expected: list[str]) -> None:
    assert said(lines) == [f"no training agents: {names}" for names in expected]


def test_agents_that_answer_are_told_apart_from_those_that_train() -> None:
    robots = "User-agent: PerplexityBot\nUser-agent: GPTBot\nDisallow: /\n"
    assert said(robots) == ["no training agents: GPTBot", "no answering agents: PerplexityBot"]


def test_what_a_file_says_is_bounded() -> None:
    lines = "".join(f"Content-Usage: /{n} train-ai=n{'x' * 900}\n" for n in range(500))
    usage_lines = RobotsRules.read(f"User-agent: *\n{lines}".encode()).usage_lines
    assert len(usage_lines) == 100
    assert max(len(one.said) for one in usage_lines) == 300


def test_a_page_carries_what_its_site_says_and_a_feed_does_not() -> None:
    desk = Desk({ROBOTS: page(ROBOTS, body=MANAGED.encode()), A: 200})
    (found,) = desk.fetch(A)
    (feed,) = desk.fetch(A, purpose="source")
    assert signals(found)[1] == ("Content-Signal", "search=yes, ai-train=no", "robots.txt")
    assert signals(feed) == []


def test_what_robots_say_is_known_in_the_next_round() -> None:
    desk = Desk({ROBOTS: page(ROBOTS, body=MANAGED.encode()), A: 200})
    (before,) = desk.fetch(A)
    later = Desk({A: 200})
    later.polite = Polite(later.script, OPTIONS, later.clock, dict(desk.polite.changes()))
    (after,) = later.fetch(A)
    assert later.script.count(ROBOTS) == 0
    assert signals(before) == signals(after) != []


def test_a_note_from_before_signals_is_read_and_its_file_asked_for_whole() -> None:
    old = RobotsRecord(until=START + timedelta(hours=1), rules=("-/private",), etag='"r"')
    first_seven = msgspec.msgpack.decode(msgspec.msgpack.encode(old))[:7]
    hosts = {f"robots {HOST}": msgspec.msgpack.encode(first_seven)}
    desk = Desk({ROBOTS: page(ROBOTS, body=MANAGED.encode()), A: 200})
    desk.polite = Polite(desk.script, OPTIONS, desk.clock, hosts)

    (known,) = desk.fetch(A)
    assert desk.script.count(ROBOTS) == 0
    assert signals(known) == []

    desk.clock.at += timedelta(hours=2)
    (renewed,) = desk.fetch(A)
    assert [one.etag for one in desk.script.requests if one.url == ROBOTS] == [""]
    assert signals(renewed) != []


def test_a_redirected_page_carries_what_the_last_site_says() -> None:
    other = "https://b.example/robots.txt"
    pages: dict[str, Answer | str | int] = {
        ROBOTS: page(ROBOTS, body=b"License: https://a.example/l"),
        other: page(other, body=b"License: https://b.example/l"),
        A: "https://b.example/2",
        "https://b.example/2": 200,
    }
    (found,) = Desk(pages).fetch(A)
    assert signals(found) == [("RSL", "https://b.example/l", "robots.txt")]


# ---- /.well-known/tdmrep.json ----


def test_the_first_pattern_that_fits_counts() -> None:
    told = rules(
        {"location": "/news/", "tdm-reservation": 1, "tdm-policy": "https://a.example/p"},
        {"location": "/", "tdm-reservation": 0},
    )
    found, other = TdmDesk({TDM: told, NEWS: 200, A: 200}).fetch(NEWS, A)
    where = "/.well-known/tdmrep.json"
    assert signals(found) == [
        ("tdm-reservation", "1", where),
        ("tdm-policy", "https://a.example/p", where),
    ]
    assert signals(other) == [("tdm-reservation", "0", where)]


def test_it_is_asked_for_once_a_day_and_for_pages_only() -> None:
    desk = TdmDesk({A: 200})
    desk.fetch(A, purpose="source")
    assert desk.script.count(TDM) == 0
    desk.fetch(A, NEWS)
    desk.fetch(A)
    assert desk.script.count(TDM) == 1
    desk.clock.at += timedelta(hours=25)
    desk.fetch(A)
    assert desk.script.count(TDM) == 2


def test_it_may_be_switched_off() -> None:
    desk = Desk({A: 200})
    desk.fetch(A)
    assert desk.script.count(TDM) == 0


def test_it_takes_its_turn_at_the_host() -> None:
    desk = TdmDesk({A: 200})
    desk.fetch(A)
    assert [one.url for one in desk.script.requests] == [ROBOTS, TDM, A]
    assert desk.clock.slept == [5, 5]
    assert desk.script.most_busy == 1


def test_robots_may_forbid_to_ask_for_it() -> None:
    robots = page(ROBOTS, body=b"User-agent: *\nDisallow: /.well-known/")
    desk = TdmDesk({ROBOTS: robots, A: 200})
    (found,) = desk.fetch(A)
    assert signals(found) == []
    assert desk.script.count(TDM) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html>",
        b"[" * 50_000,
        b"null",
        b'["x", {"location": 1, "tdm-reservation": 1}, {"location": "/"}]',
        b'[{"location": "/", "tdm-reservation": 2}]',
        b'[{"location": "/", "tdm-reservation": 1}]' + b" " * 70_000,
        b"\xff\xfe",
    ],
)
def test_a_broken_file_says_nothing_and_stops_nothing(body: bytes) -> None:
    (found,) = TdmDesk({TDM: page(TDM, body=body), A: 200}).fetch(A)
    assert signals(found) == []


@pytest.mark.parametrize("key", ["location", "tdm-policy"])
def test_half_a_character_is_dropped_and_stops_nothing(key: str) -> None:
    rule = {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/p"}
    told = json.dumps(rule | {key: f"{rule[key]}\ud800"}).encode()
    desk = TdmDesk({TDM: page(TDM, body=told), A: 200})
    (found,) = desk.fetch(A)
    expected = [("tdm-reservation", "1"), ("tdm-policy", "https://a.example/p")]
    assert [one[:2] for one in signals(found)] == expected
    (again,) = TdmDesk({A: 200}, notes=desk).fetch(A)
    assert [one[:2] for one in signals(again)] == expected


def test_a_lone_rule_is_read_as_a_list_of_one() -> None:
    told = page(TDM, body=b'\xef\xbb\xbf{"location": "*", "tdm-reservation": "1"}')
    (found,) = TdmDesk({TDM: told, A: 200}).fetch(A)
    assert signals(found)[0][:2] == ("tdm-reservation", "1")


def test_that_there_is_none_is_remembered() -> None:
    desk = TdmDesk({A: 200})
    desk.fetch(A)
    later = TdmDesk({A: 200}, desk)
    later.fetch(A)
    assert later.script.count(TDM) == 0


def test_what_it_said_holds_while_it_cannot_be_had() -> None:
    told = rules({"location": "/", "tdm-reservation": 1}, etag='"t"')
    desk = TdmDesk({TDM: told, A: 200})
    desk.fetch(A)
    desk.clock.at += timedelta(hours=25)
    later = TdmDesk({TDM: 503, A: 200}, desk)
    (found,) = later.fetch(A)
    assert signals(found)[0][:2] == ("tdm-reservation", "1")


def test_it_is_asked_for_with_what_is_known_of_it() -> None:
    told = rules({"location": "/", "tdm-reservation": 1}, etag='"t"')
    desk = TdmDesk({TDM: told, A: 200})
    desk.fetch(A)
    desk.clock.at += timedelta(hours=25)
    later = TdmDesk({TDM: NotModified(url=TDM, final_url=TDM), A: 200}, desk)
    (found,) = later.fetch(A)
    assert [one.etag for one in later.script.requests if one.url == TDM] == ['"t"']
    assert signals(found)[0][:2] == ("tdm-reservation", "1")


@pytest.mark.parametrize(
    ("target", "expected"),
    [(f"{HOST}/tdm.json", 1), ("https://tdm.a.example/t.json", 1), ("https://b.example/t", 0)],
)
def test_its_redirects_are_followed_within_the_site(target: str, expected: int) -> None:
    body = b'[{"location": "/", "tdm-reservation": 1}]'
    desk = TdmDesk({TDM: target, target: page(target, body=body), A: 200})
    (found,) = desk.fetch(A)
    assert desk.script.count(target) == expected
    assert len(signals(found)) == expected


def test_it_is_not_asked_for_where_robots_refuse_the_page() -> None:
    robots = page(ROBOTS, body=b"User-agent: *\nDisallow: /1")
    desk = TdmDesk({ROBOTS: robots, A: 200})
    desk.fetch(A)
    assert desk.script.count(TDM) == 0


def test_a_signal_is_made_of_plain_words() -> None:
    told = RobotsRules.read(b"User-agent: *\nContent-Usage: train-ai=n # not ours\r\n")
    expected = (Signal(name="Content-Usage", said="train-ai=n", where="robots.txt"),)
    assert told.signals(Request(url=A).url) == expected
