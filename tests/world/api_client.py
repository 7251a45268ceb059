"""A program at the desk's API: it has a token, and reads and writes JSON."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from world.command import copydesk
from world.machine import PATIENCE_SECONDS


@dataclass(frozen=True)
class ApiAnswer:
    """What a program got."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return its JSON."""
        return json.loads(self.body)


@dataclass
class ApiClient:
    """A program that brings a token, "" for none, to a server at this machine.

    `host` is the desk's own, where a web server in front would pass it on.
    """

    port: int
    token: str = ""
    host: str = ""

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        """Send one request below `/desk/api/`; a body that is no bytes is sent as JSON."""
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        own |= {"Host": self.host} if self.host else {}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, f"/desk/api/{path}", data, {**own, **(headers or {})})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return ApiAnswer(answer.status, told, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **query: object) -> Any:
        """Return the JSON of an answer that is good."""
        answer = self.ask("GET", f"{path}?{urlencode(query)}")
        assert answer.status == 200, answer.body
        return answer.json()

    def post(self, path: str, body: object = None, key: str = "") -> Any:
        """Send JSON, and return that of an answer that is good, None where it has none."""
        answer = self.ask("POST", path, body, {"Idempotency-Key": key} if key else {})
        assert answer.status < 300, answer.body
        return answer.json() if answer.body else None


def make_token(root: Path, name: str, *scopes: str, days: int = 90) -> str:
    """Make a token at the command line."""
    asked = [word for scope in scopes for word in ("--scope", scope)]
    said = copydesk("-C", root, "desk", "user", "token", name, *asked, "--days", str(days))
    assert said.code == 0, said.err
    return said.out.strip()
