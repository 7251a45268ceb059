"""Options are fields: what their type, default and words say is what a reader of a file is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pytest

from copydesk.kit import kinds
from copydesk.kit.kinds import options_of
from copydesk.kit.options import Option, Unfit, ValueKind, option, required


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    ink: Literal["black", "red"] = option("black", "The ink.")
    paper: Literal["news"] | Literal[""] = option("", "The paper.")
    sheets: int = option(2, "How many.", table="tray", variable="SHEETS")
    speed_seconds: float = option(0.5, "A sheet.", kinds.number(minimum=0.1))
    is_on: bool = option(True, "Whether it runs.")
    names: tuple[str, ...] = option((), "Who may.")
    proxy: str = option("", "A way.", kinds.PROXY)
    trays: Mapping[str, str] = option({"a": "b"}, "What lies where.", kinds.HEADERS)
    built: date = field(metadata=required("When."))
    dust: int = 0


BY_NAME = {known.name: known for known in options_of(Press)}


def test_fields_that_are_no_options_are_left_out_and_the_order_is_theirs() -> None:
    assert [*Press.__dataclass_fields__][:-1] == list(BY_NAME)


KINDS = {
    "ink": '"black" or "red"',
    "paper": '"news" or ""',
    "sheets": "whole number, at least 0",
    "speed_seconds": "number, at least 0.1",
    "is_on": "true or false",
    "names": "list of texts",
    "built": "day",
}


@pytest.mark.parametrize("name", KINDS)
def test_a_type_says_the_kind_unless_one_is_named(name: str) -> None:
    assert KINDS[name] == BY_NAME[name].kind.name


def test_an_option_keeps_what_was_declared() -> None:
    assert BY_NAME["sheets"] == Option(
        name="sheets",
        kind=BY_NAME["sheets"].kind,
        about="How many.",
        default=2,
        variable="SHEETS",
        table="tray",
    )
    assert (True, None) == (BY_NAME["built"].required, BY_NAME["built"].default)
    assert {"a": "b"} == BY_NAME["trays"].default


def test_the_class_has_its_defaults_and_shows_no_secret() -> None:
    press = Press(built=date(2026, 1, 1), proxy="http://name:secret@127.0.0.1")

    assert ("black", 2, {"a": "b"}) == (press.ink, press.sheets, press.trays)
    assert "secret" not in repr(press)


def test_a_class_without_a_required_option_is_not_made() -> None:
    with pytest.raises(TypeError, match="built"):
        Press()  # type: ignore[call-arg]


def test_a_type_of_no_kind_is_refused_where_it_is_declared() -> None:
    with pytest.raises(TypeError, match="settings cannot have the type"):
        kinds.of_type(bytes)


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#9c1c1f", "#9c1c1f", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, contrast: float) -> None:
    assert contrast == round(kinds.measure_contrast(one, other), 2)


@pytest.mark.parametrize("colour", ["#ffd500", "#8a8a8a", "#FFFFFF", "#00c3ff"])
def test_too_pale_a_colour_is_refused_with_the_nearest_that_can_be_read(colour: str) -> None:
    with pytest.raises(Unfit) as refused:
        kinds.ACCENT.read(colour)

    assert "contrast of 4.5" in refused.value.what
    near = refused.value.hint.rpartition(" ")[2]
    assert near == kinds.ACCENT.read(near)
    assert 4.5 <= kinds.measure_contrast(near, kinds.LIGHT) < 4.7


@pytest.mark.parametrize("colour", ["#17603c", "#000080", "#000000", "#9c1c1f"])
def test_the_dark_ground_gets_a_lighter_shade_that_can_be_read(colour: str) -> None:
    assert colour == kinds.ACCENT.read(colour.upper())
    assert kinds.measure_contrast(kinds.find_dark_accent(colour), kinds.DARK) >= 4.5


def test_a_shade_that_can_be_read_on_the_dark_ground_stays() -> None:
    assert "#ffd500" == kinds.find_dark_accent("#ffd500")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((kinds.ACCENT, value) for value in ("red", "#abc", "#12345g", "#1234567", 3)),
        *((kinds.LOGO, value) for value in ("a.gif", "../a.svg", ".x/a.png", "/a.svg", "a\\b.svg")),
    ],
)
def test_what_is_no_colour_and_no_picture_s_path_is_refused(
    kind: ValueKind[str], value: object
) -> None:
    assert "" == kind.read("")
    with pytest.raises(Unfit):
        kind.read(value)
