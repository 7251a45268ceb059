"""Names of issues: a letter's stem, its day, and a number from the second of the day on."""

from __future__ import annotations

from datetime import date

import pytest

from copydesk.placement.addresses import IssueName, name_issue, parse_issue_name

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("name", "stem", "number"),
    [
        ("daily-2026-11-24", "daily", 1),
        ("daily-2026-11-24-2", "daily", 2),
        ("power-apps-2025-01-01-2026-11-24-10", "power-apps-2025-01-01", 10),
        ("2026-11-24-2026-11-24", "2026-11-24", 1),
    ],
)
def test_a_name_is_taken_apart_and_put_together(name: str, stem: str, number: int) -> None:
    parts = parse_issue_name(name)
    assert IssueName(day=DAY, number=number, stem=stem) == parts
    assert name == str(parts)


@pytest.mark.parametrize(
    "name",
    ["daily", "2026-11-24", "daily-2026-02-30", "daily-2026-11-24-1", "daily-2026-11-24-x", ""],
)
def test_what_is_called_otherwise_is_no_issue_s_name(name: str) -> None:
    assert parse_issue_name(name) is None


def test_the_first_free_name_of_a_day_is_taken() -> None:
    taken = {"daily-2026-11-24", "daily-2026-11-24-2"}
    assert "daily-2026-11-24-3" == name_issue("daily", DAY, taken.__contains__)
    assert "weekly-2026-11-24" == name_issue("weekly", DAY, taken.__contains__)


def test_issues_of_a_letter_sort_by_day_then_by_number() -> None:
    names = ["a-2026-11-23-2", "a-2026-11-24", "a-2026-11-24-2", "a-2026-11-24-10"]
    parts = [parse_issue_name(name) for name in reversed(names)]
    assert names == list(map(str, sorted(part for part in parts if part)))
