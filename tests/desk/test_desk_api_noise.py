"""Whatever is sent to an operation is answered as its description says, and never by a fault."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft202012Validator

from world.api_client import ApiAnswer, ApiClient, make_token
from world.served_newsroom import ServedNewsroom, filed_newsroom, serve_newsroom

FEW, MANY = 3, 12  # requests to each operation
HOSTILE = (
    *("", "\u0000", "\n", "../..", "%00", "\u202e", "\ud7ff", "'\"<b>", "𝔘", "x" * 2_000, "-1"),
    *("2026-11-19-sea-wall-to-rise-by-two-metres", "Anna", "read", "verdict", "1", "1e999"),
)
ODD: tuple[object, ...] = (None, True, -1, 2**63, 1.5, [], {}, [[]], {"a": {"b": []}}, [None] * 300)
# these would end the account that asks
LEFT_OUT = {"reset_person", "remove_person", "set_role"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = filed_newsroom(tmp_path_factory.mktemp("noise"))
    with serve_newsroom(root) as served:
        served.owner()
        yield served


class Noise:
    """Make values of a schema, of which some are what nobody means."""

    def __init__(self, seed: int, components: dict[str, Any]) -> None:
        self._chance = random.Random(seed)
        self._components = components

    def text(self) -> str:
        """Return a text."""
        return self._chance.choice(HOSTILE)

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """Return a value that mostly fits a schema."""
        if self._chance.random() < 0.06:
            return self._chance.choice([*ODD, self.text()])
        if "$ref" in schema:
            return self.value(self._components[schema["$ref"].rsplit("/", 1)[-1]], depth)
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        if "anyOf" in schema:
            return self.value(self._chance.choice(schema["anyOf"]), depth)
        return self._of_type(schema, depth)

    def _of_type(self, schema: dict[str, Any], depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                count = self._chance.randint(0, 3)
                return [self.value(schema.get("items", {}), depth + 1) for _ in range(count)]
            case "integer" | "number":
                return self._chance.choice([0, 1, 7, 100, 10**9])
            case "boolean":
                return self._chance.random() < 0.5
            case "null":
                return None
        return self.text()

    def _object(self, schema: dict[str, Any], depth: int) -> Any:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        made = {
            name: self.value(one, depth + 1)
            for name, one in properties.items()
            if name in required or self._chance.random() < 0.4
        }
        if self._chance.random() < 0.05:
            made[self.text()] = self.text()
        return made

    def request(self, path: str, operation: dict[str, Any]) -> tuple[str, Any, dict[str, str]]:
        """Return an address, a body and headers for an operation."""
        query, headers = {}, {}
        for parameter in operation["parameters"]:
            value = self.value(parameter["schema"])
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(str(value), safe="") or "x")
            elif self._chance.random() < 0.4:
                if parameter["in"] == "query":
                    query[parameter["name"]] = str(value)
                else:
                    headers[parameter["name"]] = f"key-{self._chance.randint(0, 5)}"
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        body: Any = self.value(schema) if schema else self.text().encode() if content else None
        address = path.lstrip("/") + (f"?{urlencode(query)}" if query else "")
        return address, body, headers


def check(answer: ApiAnswer, operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Hold an answer to what is said of it."""
    told = operation["responses"]
    assert answer.status < 500, answer.body
    described = told.get(str(answer.status)) or (told["4XX"] if answer.status >= 400 else None)
    assert described is not None, (answer.status, answer.body)
    for kind, content in described.get("content", {}).items():
        assert kind == answer.headers["content-type"]
        schema = {**content["schema"], "components": {"schemas": components}}
        Draft202012Validator(schema).validate(json.loads(answer.body))


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_noise_is_answered_as_it_is_described(served: ServedNewsroom, rounds: int) -> None:
    token = make_token(served.root, "Anna", "read", "propose", "decide", "manage")
    described = ApiClient(served.port).get("openapi.json")
    components = described["components"]["schemas"]
    noise = Noise(20261128, components)
    statuses: set[int] = set()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in LEFT_OUT:
                continue
            for _ in range(rounds):
                address, body, headers = noise.request(path, operation)
                answer = ApiClient(served.port, token).ask(method.upper(), address, body, headers)
                check(answer, operation, components)
                statuses.add(answer.status)
    assert {200, 201, 202, 204, 400, 404} <= statuses
    assert "Traceback" not in served.said
