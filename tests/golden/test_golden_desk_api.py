"""The desk's API: its description and an answer of each endpoint, compared with the kept ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from world import api_answers

KEPT: dict[str, Any] = json.loads((api_answers.KEPT / "answers.json").read_text("utf-8"))
DESCRIBED: dict[str, Any] = json.loads((api_answers.KEPT / "openapi.json").read_text("utf-8"))
OPERATIONS = sorted(api_answers.list_operations(api_answers.describe()))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    answers: dict[str, Any] = api_answers.ask_all(tmp_path_factory.mktemp("desk-api"))
    return answers


def test_the_api_has_the_kept_paths_and_components_and_no_others() -> None:
    description = api_answers.describe()

    assert sorted(DESCRIBED["paths"]) == sorted(description["paths"])
    assert sorted(DESCRIBED["components"]["schemas"]) == sorted(
        description["components"]["schemas"]
    )


@pytest.mark.parametrize("path", sorted(DESCRIBED["paths"]))
def test_a_path_is_described_as_it_is_kept(path: str) -> None:
    written = api_answers.write_json(api_answers.describe()["paths"][path])

    assert api_answers.write_json(DESCRIBED["paths"][path]) == written


def test_components_are_described_as_they_are_kept() -> None:
    kept = api_answers.write_json({**DESCRIBED, "paths": {}})

    assert kept == api_answers.write_json({**api_answers.describe(), "paths": {}})


def test_every_endpoint_has_a_kept_answer() -> None:
    assert sorted(KEPT) == OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_endpoint_answers_as_it_is_kept(made: dict[str, Any], operation: str) -> None:
    assert api_answers.write_json(KEPT[operation]) == api_answers.write_json(made[operation])
