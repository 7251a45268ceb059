"""The tables of a record's fields against the nouns that they stand for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from copydesk.archive.record import SECTIONS, TABLES, Table, record_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "record.md"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.noun.__name__)
def test_every_attribute_of_a_noun_is_a_field_of_its_record(table: Table) -> None:
    attributes = [field.attribute for field in table.fields]
    beside = {"path", "body", "extra"}  # a story's place, what follows its fields, unknown lines

    assert sorted(set(attributes)) == sorted(attributes)
    assert {field.name for field in dataclasses.fields(table.noun)} - beside == set(attributes)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.noun.__name__)
def test_what_a_record_leaves_out_is_what_the_noun_has_by_itself(table: Table) -> None:
    own = {field.name: field.default for field in dataclasses.fields(table.noun)}

    for field in table.fields:
        if not field.always and own[field.attribute] is not dataclasses.MISSING:
            assert own[field.attribute] == field.notation.missing, field.key


def test_what_has_lines_below_its_key_stands_alone_between_empty_lines() -> None:
    for section in SECTIONS:
        assert len(section) == 1 or not any(field.notation.has_lines for field in section)


def test_the_first_section_is_always_there() -> None:
    assert [field.key for field in SECTIONS[0] if field.always][:2] == ["category", "title"]


def test_our_own_fields_stand_between_those_of_the_reference_and_the_seal() -> None:
    ours = [field.is_ours for section in SECTIONS for field in section]

    assert sorted(ours[:-1]) == ours[:-1]
    assert any(ours)
    assert not ours[-1]


def test_the_reference_of_records_is_up_to_date() -> None:
    assert record_page() == PAGE.read_text("utf-8"), "run: ./run.sh docs"
