"""The format of beat.toml: an older one is brought up, a newer one refused.

No key was ever renamed, so the steps here are made up; what they do is not.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.news import Source

MADE_UP = (
    {"serve.minutes": "serve.every_minutes", "pace.delay": "fetch.delay_seconds"},
    {"source.address": "source.url", "source.rule.box": "source.listing.item"},
)
OLD = """\
[serve]
minutes = 7
[pace]
delay = 3
[[source]]
address = "https://a.example/"
rule = { box = "article", written = 2026-11-24 }
[[source]]
url = "https://b.example/"
[[source]]
address = "https://c.example/"
"""
NEW = {
    "serve": {"every_minutes": 7},
    "fetch": {"delay_seconds": 3},
    "source": [
        {"url": "https://a.example/", "listing": {"item": "article"}},
        {"url": "https://b.example/"},
        {"url": "https://c.example/"},
    ],
}


def test_renamed_keys_are_read_under_their_new_names_with_a_warning() -> None:
    tables = tomllib.loads(OLD.replace(", written = 2026-11-24", ""))

    warnings = config.upgrade_tables(tables, MADE_UP)

    assert NEW == tables
    assert (
        "beat.toml: serve.minutes has been renamed to serve.every_minutes in format 2: change the "
        "name, and write format = 2 above all tables"
    ) == warnings[0]
    assert ["2", "2", "3", "3"] == [line.split(" in format ")[1][0] for line in warnings]


def test_a_file_in_a_later_format_takes_only_the_steps_after_it() -> None:
    tables = tomllib.loads("format = 2\n" + OLD)

    warnings = config.upgrade_tables(tables, MADE_UP)

    assert {"minutes": 7} == tables["serve"]
    assert 2 == len(warnings)


def test_a_file_in_the_newest_format_is_left_as_it_is() -> None:
    tables = tomllib.loads("format = 3\n" + OLD)

    assert [] == config.upgrade_tables(tables, MADE_UP)
    assert tomllib.loads(OLD) == tables


UNTOUCHED = {
    "nothing of it": "[site]\ntitle = 'T'\n",
    "a text where a table was": "pace = 'slow'\n",
    "a list where a table was": "serve = [1, 2]\n",
}


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_has_no_old_key_is_left_as_it_is(case: str) -> None:
    tables = tomllib.loads(UNTOUCHED[case])

    assert [] == config.upgrade_tables(tables, MADE_UP)
    assert tomllib.loads(UNTOUCHED[case]) == tables


def test_a_value_under_both_names_is_refused() -> None:
    tables = tomllib.loads("[serve]\nminutes = 7\nevery_minutes = 8\n")

    with pytest.raises(ConfigError) as caught:
        config.upgrade_tables(tables, MADE_UP)

    assert "beat.toml: serve.every_minutes: given twice, also as serve.minutes" == str(caught.value)


def test_a_source_is_added_below_a_format(tmp_path: Path) -> None:
    before = b'format = 1\n[site]\ntitle = "T"\n'
    after, _ = config.append_sources(before, [Source(url="https://a.example/")])
    (tmp_path / "beat.toml").write_bytes(after)

    assert 1 == len(config.load(tmp_path, {}).beat.sources)


def test_every_step_leads_from_a_key_that_is_gone_to_one_that_is_there() -> None:
    sections = (*config.SECTIONS, *config.BLOCKS)
    known = {f"{section.name}.{name}" for section in sections for name in section.options}

    assert all(
        new in known and old not in known
        for step in config.FORMAT_STEPS
        for old, new in step.items()
    )
