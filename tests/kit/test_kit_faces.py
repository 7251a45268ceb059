"""A face that imports on demand: what it lists is there, what it does not need is not loaded."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

FACE = """\
from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from pressroom._ink import INK as INK
    from pressroom._ink import Tin as Tin
    from pressroom._a_press_with_a_name_that_does_not_fit_into_one_line import (
        press as press,
    )
    from pressroom._ink import UNLISTED
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
"""
MODULES = {
    "__init__.py": FACE,
    "_ink.py": "INK = 'black'\nUNLISTED = 'red'\nclass Tin: ...\n",
    "_a_press_with_a_name_that_does_not_fit_into_one_line.py": "def press(): return 'printed'\n",
}


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    folder = tmp_path / "pressroom"
    folder.mkdir()
    for name, source in MODULES.items():
        (folder / name).write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("pressroom")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pressroom"]:
        del sys.modules[name]


def test_a_name_is_imported_when_it_is_asked_for(room: ModuleType) -> None:
    loaded_before = "pressroom._ink" in sys.modules

    assert "black" == room.INK

    assert (False, True) == (loaded_before, "pressroom._ink" in sys.modules)
    assert "INK" in vars(room)


def test_a_name_in_brackets_is_listed_too(room: ModuleType) -> None:
    assert "printed" == room.press()
    assert ["INK", "Tin", "press"] == room.__all__


@pytest.mark.parametrize("name", ["UNLISTED", "nothing"])
def test_a_name_that_is_not_listed_is_no_attribute(room: ModuleType, name: str) -> None:
    with pytest.raises(AttributeError, match=f"'pressroom' has no attribute '{name}'"):
        getattr(room, name)
