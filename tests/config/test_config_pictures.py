"""How pictures are shown: one rule for the site, others for single sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import config
from copydesk.news.edition import Show


def settings(room: Path, text: str) -> config.Settings:
    (room / "beat.toml").write_text(f'[site]\ntitle = "T"\n{text}')
    return config.load(room, {})


def sources(**rules: str) -> str:
    return "".join(
        f'[[source]]\nurl = "https://{name}.herald.example/feed"\npictures = "{rule}"\n'
        for name, rule in rules.items()
    )


@pytest.mark.parametrize(
    ("site", "source", "expected"),
    [
        ("cached", "", "cached"),
        ("cached", "none", "none"),
        ("cached", "hotlink", "hotlink"),
        ("none", "", "none"),
        ("none", "cached", "cached"),
    ],
)
def test_a_sources_own_rule_goes_before_the_sites(
    tmp_path: Path, site: Show, source: str, expected: Show
) -> None:
    made = settings(tmp_path, f'[pictures]\nshow = "{site}"\n{sources(www=source)}')

    assert expected == made.show_of("https://www.herald.example/feed", "gull.example")
    assert site == made.show_of("https://elsewhere.example/feed", "gull.example")
    assert () == made.warnings


@pytest.mark.parametrize(
    ("publisher", "expected"),
    [
        ("herald.example", "none"),
        ("news.herald.example", "none"),
        ("https://www.herald.example/a-wall", "none"),
        ("gull.example", "cached"),
        ("", "cached"),
    ],
)
def test_a_sources_rule_holds_for_its_publisher(
    tmp_path: Path, publisher: str, expected: Show
) -> None:
    made = settings(tmp_path, sources(www="none"))

    assert {"herald.example": "none"} == made.shows
    assert expected == made.show_of("https://elsewhere.example/feed", publisher)


@pytest.mark.parametrize(("listed", "published"), [("none", "cached"), ("hotlink", "none")])
def test_of_a_sources_rule_and_a_publishers_the_stricter_holds(
    tmp_path: Path, listed: Show, published: Show
) -> None:
    rules = f'[[source]]\nurl = "https://many.example/feed"\npictures = "{listed}"\n'
    made = settings(tmp_path, rules + sources(www=published))

    assert "none" == made.show_of("https://many.example/feed", "herald.example")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (("cached", "none"), "none"),
        (("none", "hotlink"), "none"),
        (("hotlink", "cached"), "hotlink"),
        (("", "cached"), "cached"),
    ],
)
def test_of_two_rules_for_one_publisher_the_stricter_holds(
    tmp_path: Path, rules: tuple[str, str], expected: Show
) -> None:
    made = settings(tmp_path, sources(news=rules[0], sport=rules[1]))

    assert {"herald.example": expected} == made.shows


def test_without_a_rule_no_publisher_has_one(tmp_path: Path) -> None:
    assert {} == settings(tmp_path, sources(www="")).shows
