"""A client made from the OpenAPI description alone does the triage of many stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft202012Validator

from copydesk.archive import Archive
from world.api_client import ApiClient, make_token
from world.served_newsroom import ServedNewsroom, serve_newsroom, until
from world.waiting import waiting_newsroom

pytestmark = pytest.mark.slow


@pytest.fixture(params=[40, pytest.param(100, marks=pytest.mark.long)])
def count(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def served(tmp_path: Path, count: int) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path / "beat", count)
    with serve_newsroom(root) as served:
        served.owner()
        yield served


@dataclass
class DescribedClient:
    """Calls operations by their names, and holds each answer to its schema."""

    client: ApiClient
    described: dict[str, Any]

    def call(self, operation_id: str, body: object = None, key: str = "", **values: Any) -> Any:
        method, path, operation = self._find(operation_id)
        query = {}
        for parameter in operation["parameters"]:
            if parameter["name"] in values and parameter["in"] == "path":
                path = path.replace(
                    f"{{{parameter['name']}}}", quote(values.pop(parameter["name"]))
                )
            elif parameter["name"] in values:
                query[parameter["name"]] = values.pop(parameter["name"])
        assert not values, values
        headers = {"Idempotency-Key": key} if key else {}
        address = path.lstrip("/") + (f"?{urlencode(query)}" if query else "")
        answer = self.client.ask(method, address, body, headers)
        told = operation["responses"][str(answer.status)]
        if "content" not in told:
            return None
        (schema,) = (kind["schema"] for kind in told["content"].values())
        components = {"components": self.described["components"]}
        Draft202012Validator({**schema, **components}).validate(answer.json())
        return answer.json()

    def _find(self, operation_id: str) -> tuple[str, str, dict[str, Any]]:
        return next(
            (method.upper(), path, operation)
            for path, methods in self.described["paths"].items()
            for method, operation in methods.items()
            if operation["operationId"] == operation_id
        )


def test_many_stories_are_decided_by_a_client_from_the_description(
    served: ServedNewsroom, count: int
) -> None:
    anna = ApiClient(served.port, make_token(served.root, "Anna", "read", "decide"))
    desk = DescribedClient(anna, ApiClient(served.port).get("openapi.json"))

    names: list[str] = []
    after = ""
    while True:  # while it walks on, what it has seen is decided
        page = desk.call("read_queue", view="waiting", limit=25, after=after)
        leaders = [row["leader"] for row in page["rows"]]
        said = [
            {
                "kind": "verdict",
                "said": ("publish", "publish", "hold", "reject")[(len(names) + place) % 4],
                "stories": [leader["name"]],
                "why": "" if (len(names) + place) % 4 != 3 else "off the beat",
                "seen": {f"{leader['name']} {key}": one for key, one in leader["seen"].items()},
            }
            for place, leader in enumerate(leaders)
        ]
        if said:
            key = f"page-{len(names)}"
            kept = desk.call("put_actions", said, key=key)
            assert kept == desk.call("put_actions", said, key=key)  # the answer was lost
        names += [leader["name"] for leader in leaders]
        after = page["after"]
        if not after:
            break
    assert len(names) == len({*names}) > count - 10

    def is_filed() -> bool:
        done = desk.call("list_actions", limit=100)["actions"]
        return all(action["state"] != "waits" for action in done)

    until(is_filed)
    states = Counter(action["state"] for action in desk.call("list_actions", limit=100)["actions"])
    assert {"done"} == states.keys()
    archive = Archive(served.root)
    verdicts = {path: archive.read(path).verdict for path in archive.paths()}
    by_name = {path.rsplit("/", 1)[-1].removesuffix(".md"): one for path, one in verdicts.items()}
    for place, name in enumerate(names):
        verdict = by_name[name]
        assert verdict is not None
        assert ("publish", "publish", "hold", "reject")[place % 4] == verdict.said
        assert "Anna" == verdict.by

    story = desk.call("read_story", name=names[0])
    assert "published" == story["story"]["standing"]
    (undo,) = desk.call("undo_action", id="page-0")["kept"]
    until(lambda: desk.call("read_action", id=undo)["state"] == "done")
