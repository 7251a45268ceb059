"""Readers' pages in a flood: each network has its share, and who unsubscribes goes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from world.reader_pages import FORM, PageRequest, ReaderDesk

ONE_CLICK = b"List-Unsubscribe=One-Click"  # RFC 8058
HOSTILE = "203.0.113.5"


def flood(path: str, networks: Iterable[str], each: int = 1) -> list[PageRequest]:
    return [PageRequest(path, client=network) for network in networks for _ in range(each)]


def one_click(link: str, client: str = "198.51.100.7") -> PageRequest:
    return PageRequest(link, "POST", ONE_CLICK, {"Content-Type": FORM}, client)


def add_readers(desk: ReaderDesk, count: int) -> list[str]:
    """Let readers have a letter; return the links by which they leave it."""
    with desk.kept() as store, store.at_once():
        for number in range(count):
            reader = store.subscribers.add(f"reader{number}@tidewatch.example", desk.now)
            store.subscribers.set_state(reader.id, "active")
    links = [desk.link("unsubscribe", "daily", number + 1) for number in range(count)]
    desk.ask_together([PageRequest("/subscribe")])  # a key that is new is learned with any visit
    return links


def statuses(desk: ReaderDesk, requests: list[PageRequest]) -> Counter[int]:
    return Counter(answer.status for answer in desk.ask_together(requests))


@pytest.mark.parametrize(
    "networks",
    [[HOSTILE], [f"203.{n}.{n}.5" for n in range(250)], [f"2001:db8:{n:x}::" for n in range(250)]],
    ids=["one", "many", "many-of-ipv6"],
)
def test_a_flood_of_other_pages_keeps_nobody_from_leaving(
    desk: ReaderDesk, networks: list[str]
) -> None:
    links = add_readers(desk, 60)
    hostile = flood("/subscribe", networks, 500 // len(networks))

    answers = desk.ask_together(hostile + [one_click(link) for link in links] + hostile)

    assert {200: 60} == Counter(answer.status for answer in answers[500:560])
    assert {200, 503} == {answer.status for answer in answers[:500]}


def test_a_flood_of_false_links_keeps_nobody_from_leaving(desk: ReaderDesk) -> None:
    links = add_readers(desk, 30)
    forged = [
        one_click(f"/leave/{'A' * 40}{number}", f"203.{number}.{number}.5") for number in range(250)
    ]

    answers = desk.ask_together(forged + [one_click(link) for link in links])

    assert {200: 30} == Counter(answer.status for answer in answers[250:])
    assert {404, 503} == {answer.status for answer in answers[:250]}


def test_a_mail_program_unsubscribes_many_readers_from_one_address(desk: ReaderDesk) -> None:
    links = add_readers(desk, 300)

    assert {200: 300} == statuses(desk, [one_click(link) for link in links])
    with desk.kept() as store:
        assert {"left": 300} == store.subscribers.count()


def test_the_page_to_leave_goes_first_as_its_form_does(desk: ReaderDesk) -> None:
    (link,) = add_readers(desk, 1)
    visits = [
        PageRequest(link),
        PageRequest(link, "HEAD"),
        PageRequest(link, "POST", b"page=1", {"Content-Type": FORM}),
    ]
    for visit in visits:
        hostile = flood("/subscribe", [f"203.{number}.{number}.5" for number in range(200)])
        assert 200 == desk.ask_together([*hostile, visit])[-1].status


def test_who_floods_by_a_link_of_their_own_keeps_nobody_out(desk: ReaderDesk) -> None:
    """A link to leave goes first 60 times a minute, and by its network's share after that."""
    own, other = add_readers(desk, 2)
    hostile = [one_click(own, HOSTILE) for _ in range(600)]
    others = [*flood("/subscribe", ["198.51.100.7"], 20), one_click(other)]

    answers = desk.ask_together(hostile + others)

    assert {200: 21} == Counter(answer.status for answer in answers[600:])
    assert 503 in {answer.status for answer in answers[:600]}


@pytest.mark.parametrize(
    ("path", "hostile"),
    [
        ("/subscribe", [HOSTILE]),
        ("/nowhere", [f"203.0.113.{number}" for number in range(250)]),
        ("/style.css", [f"2001:db8:0:{number:x}::" for number in range(250)]),
        ("/choices/forged", [HOSTILE]),
    ],
    ids=["an-address", "a-24", "a-48", "a-link"],
)
def test_each_network_has_its_share_of_the_places(
    desk: ReaderDesk, path: str, hostile: list[str]
) -> None:
    flooding = flood(path, hostile, 500 // len(hostile))

    answers = desk.ask_together([*flooding, *flood("/subscribe", ["198.51.100.7"], 20)])

    assert {200: 20} == Counter(answer.status for answer in answers[-20:])
    assert 503 in {answer.status for answer in answers[:-20]}


def test_within_a_network_each_address_has_its_share(desk: ReaderDesk) -> None:
    """The flood of 203.0.113.5 costs 203.0.113.9 nothing."""
    flooding = flood("/subscribe", [HOSTILE], 300)

    answers = desk.ask_together([*flooding, *flood("/subscribe", ["203.0.113.9"], 20)])

    assert {200: 20} == Counter(answer.status for answer in answers[-20:])


def test_who_finds_no_place_gets_a_page_that_says_when_to_come_again(desk: ReaderDesk) -> None:
    answers = desk.ask_together(flood("/subscribe", [HOSTILE], 100))

    refused = next(answer for answer in answers if answer.status == 503)
    assert "10" == refused.headers["retry-after"]
    assert "no-store" == refused.headers["cache-control"]
    assert "Please try again in a minute." in refused.body
    assert refused.body.startswith("<!doctype html>")


def test_clients_that_leave_free_their_places(desk: ReaderDesk) -> None:
    assert desk.leave_while_waiting(flood("/subscribe", [HOSTILE], 64)) == 64

    assert {200: 64} == statuses(desk, flood("/subscribe", ["198.51.100.7"], 64))
