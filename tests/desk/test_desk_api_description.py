"""OpenAPI: what is described is what is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from copydesk.desk.api import reference_page, write_description

PAGE = Path(__file__).parents[2] / "docs/reference/desk-api.md"
DESCRIBED: dict[str, Any] = json.loads(write_description())
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
]


def test_the_reference_is_as_the_routes_are() -> None:
    assert reference_page() == PAGE.read_text("utf-8"), "run: ./run.sh docs"


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name
    referred = set(json.dumps(DESCRIBED).split('"#/components/schemas/')[1:])
    assert {name.partition('"')[0] for name in referred} <= schemas.keys()


def test_every_operation_says_what_it_does_and_what_may_go_wrong() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len({*names}) > 30
    for method, path, operation in OPERATIONS:
        assert operation["summary"].endswith("."), (method, path)
        assert {"4XX", "503"} < operation["responses"].keys()
        named = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        assert named == [part[1:-1] for part in path.split("/") if part.startswith("{")]
        assert ("requestBody" in operation) <= (method in {"POST", "PUT", "PATCH"})
