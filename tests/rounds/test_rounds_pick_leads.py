"""How much of a host, a site and a source fits into one round, and who comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from copydesk.news import Lead
from copydesk.rounds import PAGES_A_SOURCE, RoundLimits, pick_leads

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
BOUNDS = RoundLimits(a_host=3, a_site=5)


def lead(url: str, *, hours: int | None = 0, source: str = "https://gull.example/feed") -> Lead:
    published_at = None if hours is None else NOW - timedelta(hours=hours)
    return Lead(url=url, source=source, found=NOW, published_at=published_at)


def fetched(leads: list[Lead]) -> list[str]:
    """Give the addresses that come in this round, and prove that the others wait."""
    now, later = pick_leads(leads, BOUNDS, NOW)
    assert sorted([*now, *later], key=lambda one: one.url) == sorted(leads, key=lambda o: o.url)
    return [one.url for one in now]


def test_a_hosts_newest_pages_come_first_and_keep_their_order() -> None:
    leads = [lead(f"https://gull.example/{hours}", hours=hours) for hours in (1, 5, 2, 4, 3)]
    assert fetched(leads) == [f"https://gull.example/{hours}" for hours in (1, 2, 3)]


def test_pages_without_a_date_come_last() -> None:
    undated = lead("https://gull.example/undated", hours=None)
    dated = [lead(f"https://gull.example/{hours}", hours=hours) for hours in (1, 2, 3)]
    assert undated.url not in fetched([undated, *dated])


def test_other_hosts_are_not_held_up() -> None:
    many = [lead(f"https://gull.example/{n}") for n in range(9)]
    other = lead("https://heron.example/1", source="https://heron.example/feed")
    assert other.url in fetched([*many, other])


def test_a_site_with_many_names_gets_no_more_than_its_share() -> None:
    assert len(fetched([lead(f"https://a{n}.gull.example/x") for n in range(50)])) == 5


def test_what_others_list_of_a_site_never_goes_before_its_own() -> None:
    invented = [
        lead(f"https://gull.example/no{n}", hours=-20, source="https://evil.example/feed")
        for n in range(9)
    ]
    real = [lead(f"https://gull.example/{n}", hours=30 + n) for n in range(3)]
    assert fetched([*invented, *real]) == [one.url for one in real]


def test_a_date_to_come_is_worth_no_more_than_now() -> None:
    ahead = [lead(f"https://gull.example/z{n}", hours=-20 - n) for n in range(3)]
    fresh = lead("https://gull.example/fresh", hours=0)
    assert fresh.url in fetched([fresh, *ahead])


def test_a_source_may_not_fill_the_round_by_itself() -> None:
    leads = [lead(f"https://h{n}.example/x", source="https://evil.example/f") for n in range(1_200)]
    assert len(fetched(leads)) == PAGES_A_SOURCE


def test_a_replay_has_all_the_time_in_the_world() -> None:
    leads = [lead(f"https://gull.example/{n}") for n in range(50)]
    assert pick_leads(leads, None, NOW) == (leads, [])
