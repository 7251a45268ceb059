"""The tables of a record's fields against the nouns that they stand for."""

from __future__ import annotations

import dataclasses

import pytest

from copydesk.archive.record import SECTIONS, TABLES, Table


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
