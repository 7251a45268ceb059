"""Sign-ups under attack: 500 mails a day and never more, and whoever is honest still gets in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from copydesk.newsletters.readers import limits, manage
from world.command import copydesk
from world.newsroom import NOW
from world.readers import SETTINGS, ReadersDesk, readers_desk

MAIL = """
[mail]
deliver = "smtp"
from_address = "desk@tidewatch.example"
[mail.smtp]
host = "localhost"
port = 9
security = "none"
[fetch]
nameservers = ["127.0.0.1:9"]
"""
SCHOOL = "192.0.2.77"  # many readers behind one address
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def berlin_desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path, f'timezone = "Europe/Berlin"\n{SETTINGS}') as opened:
        yield opened


class SignUps:
    """Sign-ups at a desk, each from an address of its own unless it is named."""

    def __init__(self, desk: ReadersDesk) -> None:
        self.desk = desk
        self.count = 0

    def ask(self, client: str, address: str = "") -> str:
        """Send one form; return what became of it."""
        self.count += 1
        return self.desk.ask(address or f"n{self.count}@mailbox.example", client=client).outcome

    def ask_from(self, clients: Iterable[str], each: int = 1) -> Counter[str]:
        """Send forms by turns from some networks, written to the disk at once."""
        networks = list(clients)
        with self.desk.store.at_once():
            return Counter(self.ask(client) for _ in range(each) for client in networks)


def hosts(count: int, first: int = 0) -> list[str]:
    """Return addresses, each of another /24."""
    return [f"10.{number // 250}.{number % 250}.9" for number in range(first, first + count)]


def test_an_attack_from_25_networks_keeps_no_honest_reader_out(desk: ReadersDesk) -> None:
    signing = SignUps(desk)
    attack = signing.ask_from(hosts(25), each=20)
    honest = signing.ask_from([*hosts(200, first=1_000), SCHOOL, SCHOOL])

    assert {"asked": 202} == honest
    assert attack["asked"] <= 250


def test_25_networks_that_were_used_before_get_half_of_the_mails(desk: ReadersDesk) -> None:
    signing = SignUps(desk)
    signing.ask_from(hosts(25), each=20)
    desk.wait(days=1)
    school = signing.ask_from([SCHOOL], each=2)
    attack = signing.ask_from(hosts(25), each=20)

    assert {"asked": 2} == school
    assert attack["asked"] <= 250
    assert {"asked": 3} == signing.ask_from([SCHOOL], each=3)  # not new, and still let in
    assert {"asked": 240} == signing.ask_from(hosts(240, first=1_000))


def test_25_fresh_networks_each_day_get_half_of_the_mails_and_two_each(desk: ReadersDesk) -> None:
    signing = SignUps(desk)
    for day in range(2):
        got = signing.ask_from(hosts(25, first=day * 25), each=20)["asked"]
        assert got <= 250 + 2 * 25
        assert {"asked": 190} == signing.ask_from(hosts(190, first=1_000 + day * 200))
        desk.wait(days=1)


def test_500_mails_a_day_are_never_passed(desk: ReadersDesk) -> None:
    """Not by any number of networks, whether they are new or not."""
    signing = SignUps(desk)
    got = signing.ask_from(hosts(700)) + signing.ask_from(hosts(100), each=5)

    assert 500 == got["asked"] == desk.store.outbox.count()
    assert "busy" == signing.ask("172.16.0.1")
    desk.wait(days=1)
    assert "asked" == signing.ask("172.16.0.1")


def test_all_mails_of_a_day_take_125_new_networks_after_half_of_them_are_gone(
    desk: ReadersDesk,
) -> None:
    signing = SignUps(desk)
    signing.ask_from(hosts(250))

    assert {"asked": 248, "busy": 124} == signing.ask_from(hosts(124, first=300), each=3)
    assert "asked" == signing.ask("172.16.0.1")


LIMITS = {
    "an address": (["192.0.2.1"], 20),
    "a /24": ([f"192.0.2.{number}" for number in range(50)], 40),
    "two /24": ([f"192.0.{number % 2}.{number}" for number in range(80)], 80),
    "a /64": (["2001:db8:0:1::"], 20),
    "a /56": ([f"2001:db8:0:{number:x}::" for number in range(50)], 20),
    "a /48": ([f"2001:db8:0:{number:x}00::" for number in range(50)], 40),
    "two /48": ([f"2001:db8:{number % 2}:{number:x}00::" for number in range(80)], 80),
    "no address": (["unix"], 20),
}


@pytest.mark.sample("a /24", "a /56")
@pytest.mark.parametrize(("clients", "most"), LIMITS.values(), ids=LIMITS)
def test_a_network_of_each_size_has_its_limit_of_forms_a_day(
    clients: list[str], most: int, desk: ReadersDesk
) -> None:
    """All forms are for one mailbox, so that the mails of the day are no limit."""
    asked = [
        desk.ask("one@mailbox.example", client=client) for _ in range(25) for client in clients
    ][:100]

    assert most == sum(answer.outcome == "asked" for answer in asked)
    refused = [answer for answer in asked if answer.outcome == "wait"]
    assert {DAY} == {answer.wait for answer in refused}
    desk.wait(days=1)
    assert "asked" == desk.ask("one@mailbox.example", client=clients[0]).outcome


NEW = {
    "an address": (["192.0.2.1"], 2),
    "a /24": ([f"198.51.100.{number}" for number in range(9)], 4),
    "a /64": (["2001:db8:0:1::"], 2),
    "a /56": ([f"2001:db8:1:{number:x}::" for number in range(9)], 2),
    "a /48": ([f"2001:db8:2:{number:x}00::" for number in range(9)], 4),
}


def test_of_the_half_for_new_networks_each_gets_a_few_a_week(desk: ReadersDesk) -> None:
    signing = SignUps(desk)
    for days, is_new in ((0, True), (6, False), (1, True)):
        desk.wait(days=days)
        signing.ask_from(hosts(250, first=desk.now.day * 300))
        got = {
            name: signing.ask_from(clients, each=3)["asked"] for name, (clients, _) in NEW.items()
        }
        assert {name: most * is_new for name, (_, most) in NEW.items()} == got


def test_who_is_refused_is_not_counted(desk: ReadersDesk) -> None:
    signing = SignUps(desk)
    signing.ask_from(hosts(250))
    signing.ask_from([SCHOOL], each=2)
    desk.wait(hours=12)
    assert {"busy": 9} == signing.ask_from([SCHOOL], each=9)

    desk.wait(hours=12)

    assert {"asked": 20, "wait": 1} == signing.ask_from([SCHOOL], each=21)


def test_a_quiet_day_leaves_a_network_its_20_forms(desk: ReadersDesk) -> None:
    signing = SignUps(desk)
    signing.ask_from(hosts(30))

    assert {"asked": 20, "wait": 2} == signing.ask_from([SCHOOL], each=22)


def test_no_address_of_a_network_is_kept(desk: ReadersDesk) -> None:
    SignUps(desk).ask_from(["192.0.2.77", "2001:db8:77::"])

    kept = "\n".join(desk.store._database._connection.iterdump())
    assert "network_forms" in kept
    for part in ("192.0.2", "2001:db8", bytes([192, 0, 2]).hex(), "20010db8"):
        assert part not in kept.lower()


def test_networks_are_forgotten_after_a_week(desk: ReadersDesk) -> None:
    SignUps(desk).ask_from(["192.0.2.77", "2001:db8:77::"])
    count = "SELECT count(*) FROM network_forms"
    assert [(5,)] == desk.store._database.run(count)

    desk.wait(days=7)
    manage.forget_silent_readers(desk.store, desk.now)

    assert [(0,)] == desk.store._database.run(count)


def fill(desk: ReadersDesk, at: datetime, mails: int = 250, first: int = 0) -> None:
    desk.set_clock(at.astimezone(NOW.tzinfo))
    assert mails == SignUps(desk).ask_from(hosts(mails, first))["asked"]


@pytest.mark.parametrize(
    ("hour", "mails", "is_told"),
    [(0, 250, True), (11, 250, True), (11, 249, False), (12, 250, False), (13, 500, True)],
)
def test_the_owner_is_told_where_half_is_gone_by_noon_or_all(
    hour: int, mails: int, is_told: bool, berlin_desk: ReadersDesk
) -> None:
    """Noon is the newsroom's, in Berlin at 11:00 UTC."""
    desk = berlin_desk
    fill(desk, datetime(2026, 11, 21, hour, 59 * (hour == 11), tzinfo=BERLIN), mails)

    flood = limits.find_sign_up_flood(desk.newsroom, desk.store)

    assert is_told == (flood is not None)
    if flood:
        assert (mails, 500) == (flood.mails, flood.most)
        assert desk.now == datetime.fromisoformat(flood.at)


def test_mails_of_yesterday_are_none_of_this_morning(berlin_desk: ReadersDesk) -> None:
    desk = berlin_desk
    fill(desk, datetime(2026, 11, 20, 23, 50, tzinfo=BERLIN), 200)
    fill(desk, datetime(2026, 11, 21, 0, 10, tzinfo=BERLIN), 100, first=1_000)

    assert limits.find_sign_up_flood(desk.newsroom, desk.store) is None


def test_a_flood_is_told_until_the_day_ends(berlin_desk: ReadersDesk) -> None:
    desk = berlin_desk
    fill(desk, datetime(2026, 11, 21, 9, tzinfo=BERLIN))
    for hours, is_told in ((14, True), (1, False)):
        desk.wait(hours=hours)
        assert is_told == (limits.find_sign_up_flood(desk.newsroom, desk.store) is not None)


def test_the_doctor_tells_a_flood(tmp_path: Path) -> None:
    with readers_desk(tmp_path / "beat", f"{SETTINGS}{MAIL}") as desk:
        fill(desk, NOW)
        root = desk.newsroom.root

    clock = f"--now={NOW.isoformat()}"
    said = copydesk("-C", root, "mail", "doctor", clock)
    told = copydesk("-C", root, "mail", "doctor", "--json", clock).json()["sign_up_flood"]

    assert "unusually many sign-ups: 250 of 500 confirmation mails" in said.err
    assert {"at": "2026-11-20T08:00:00Z", "mails": 250, "most": 500} == told
