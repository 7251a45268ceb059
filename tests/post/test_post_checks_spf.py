"""SPF: which address may send for a domain, by records as they stand in the DNS (RFC 7208)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import MailServerError
from copydesk.post.checks import SpfJudgement, judge_sender


@dataclass
class Records:
    """The DNS as a table: texts, addresses and mail servers by name; `away` does not answer."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exchanges: Mapping[str, Sequence[str]] = field(default_factory=dict)

    async def find_texts(self, name: str) -> tuple[str, ...]:
        if name.startswith("away"):
            raise MailServerError("no name server answers", subject=name)
        return tuple(self.texts.get(name, ()))

    async def find_addresses(self, name: str) -> tuple[str, ...]:
        return tuple(self.addresses.get(name, ()))

    async def find_exchanges(self, name: str) -> tuple[str, ...]:
        return tuple(self.exchanges.get(name, ()))

    async def find_pointers(self, address: str) -> tuple[str, ...]:
        return ()


NAMES = Records(
    texts={
        "relay.example": ["v=spf1 ip4:198.51.100.0/24 -all"],
        "soft.example": ["v=spf1 ~all"],
        "none.example": ["a text about something else", "v=spf10 +all"],
        "two.example": ["v=spf1 -all", "V=SPF1 +all"],
        "loop.example": ["v=spf1 include:loop.example -all"],
        "broken.example": ["v=spf1 ip4:nonsense -all"],
    },
    addresses={
        "letters.example": ["192.0.2.7", "2001:db8::7"],
        "mx1.letters.example": ["192.0.2.25"],
    },
    exchanges={"letters.example": ["mx1.letters.example"], "many.example": ["m.example"] * 11},
)


def judge(record: str, address: str = "192.0.2.7") -> SpfJudgement:
    names = Records(
        texts={**NAMES.texts, "letters.example": [record]},
        addresses=NAMES.addresses,
        exchanges=NAMES.exchanges,
    )
    return asyncio.run(judge_sender("letters.example", address, names))


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 +all", "pass"),
        ("v=spf1 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("v=spf1 ip4:192.0.2.7 -all", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("v=spf1 IP4:192.0.2.0/24 -ALL", "pass"),
        ("v=spf1 ip4:192.0.2.8 -all", "fail"),
        ("v=spf1 -ip4:192.0.2.7 +all", "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 a -all", "pass"),
        ("v=spf1 a:letters.example -all", "pass"),
        ("v=spf1 a/24 -all", "pass"),
        ("v=spf1 a:mx1.letters.example -all", "fail"),
        ("v=spf1 a:mx1.letters.example/27 -all", "pass"),
        ("v=spf1 mx -all", "fail"),
        ("v=spf1 mx/24//64 -all", "pass"),
        ("v=spf1 include:relay.example -all", "fail"),
        ("v=spf1 include:soft.example ip4:192.0.2.7 -all", "pass"),
        ("v=spf1 redirect=relay.example", "fail"),
        ("v=spf1 redirect=soft.example", "softfail"),
        ("v=spf1 redirect=soft.example ip4:192.0.2.7", "pass"),
        ("v=spf1 exp=why.example unknown=1 -all", "fail"),
    ],
)
def test_a_record_says_who_may_send(record: str, result: str) -> None:
    assert judge(record).result == result


@pytest.mark.parametrize(
    ("record", "address", "result"),
    [
        ("v=spf1 include:relay.example -all", "198.51.100.9", "pass"),
        ("v=spf1 mx -all", "192.0.2.25", "pass"),
        ("v=spf1 a -all", "2001:db8::7", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::9", "pass"),
        ("v=spf1 a//64 -all", "2001:db8::99", "pass"),
        ("v=spf1 a//128 -all", "2001:db8::99", "fail"),
    ],
)
def test_other_addresses_are_judged_by_the_same_records(
    record: str, address: str, result: str
) -> None:
    assert judge(record, address).result == result


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4 -all",
        "v=spf1 ip4:2001:db8::1 -all",
        "v=spf1 ip4:192.0.2.0/99 -all",
        "v=spf1 a/99 -all",
        "v=spf1 all:x",
        "v=spf1 mispelled -all",
        "v=spf1 include:none.example -all",
        "v=spf1 include:two.example -all",
        "v=spf1 include:broken.example -all",
        "v=spf1 include:loop.example -all",
        "v=spf1 redirect=none.example",
        "v=spf1 mx:many.example -all",
        "v=spf1 a:x1.example a:x2.example a:x3.example -all",
        "v=spf1 " + "a:letters.example " * 11,
    ],
)
def test_a_record_that_is_wrong_counts_for_nothing(record: str) -> None:
    judgement = judge(record, "203.0.113.1")

    assert judgement.result == "permerror"
    assert judgement.why


def test_ten_look_ups_are_allowed() -> None:
    judgement = judge("v=spf1 " + "a:letters.example " * 10 + "-all", "203.0.113.1")

    assert ("fail", 10) == (judgement.result, judgement.lookups)


@pytest.mark.parametrize("term", ["ptr", "exists:%{i}.x.example", "include:%{d}.x", "a:%{h}"])
def test_what_is_not_worked_out_is_not_guessed(term: str) -> None:
    assert judge(f"v=spf1 {term} -all").result == "unread"
    assert judge(f"v=spf1 {term} ip4:192.0.2.7 -all").result == "pass"


def test_other_texts_are_no_record() -> None:
    assert asyncio.run(judge_sender("none.example", "192.0.2.7", NAMES)).result == "none"


def test_a_name_server_that_is_away_is_no_verdict() -> None:
    assert judge("v=spf1 include:away.example -all").result == "temperror"


@given(record=st.text(alphabet="v=spf1 ip4:a6mxlncude/%{}?~-+0.ret", max_size=60))
def test_any_text_ends_in_a_judgement(record: str) -> None:
    assert judge(f"v=spf1 {record}").lookups <= 11
