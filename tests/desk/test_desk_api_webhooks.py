"""What an editor does through the API is heard by a webhook while the server runs."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from world.api_client import ApiClient, make_token
from world.machine import PATIENCE_SECONDS
from world.served_desk import Browser
from world.served_newsroom import filed_newsroom, serve_newsroom, until

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"


@pytest.mark.slow
def test_an_editors_word_is_heard_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    ports: list[int] = []
    pages: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((told["type"], told["data"]["name"]))
            if told["type"] == "story.published":  # its page is built before anybody hears of it
                pages.append(Browser(ports[0]).get(f"/coast/news/{WALL}/").status)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    monkeypatch.setitem(os.environ, "HOOK", "a secret")
    root = filed_newsroom(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/"
            text = (root / "beat.toml").read_text("utf-8")
            text += f'\n[[webhook]]\nurl = "{url}"\nsecret_env = "HOOK"\n'
            fetch = '[fetch]\nallow_hosts = ["127.0.0.1"]\n'
            text = text.replace("[fetch]\n", fetch) if "[fetch]" in text else f"{text}\n{fetch}"
            (root / "beat.toml").write_text(text, "utf-8")
            with serve_newsroom(root) as served:
                served.owner()
                ports.append(served.port)
                anna = ApiClient(served.port, make_token(root, "Anna", "read", "decide"))
                for said in ("hold", "publish", "reject"):
                    action = {"kind": "verdict", "said": said, "stories": [WALL], "why": "tried"}
                    (kept,) = anna.post("actions", [action])["kept"]
                    until(lambda kept=kept: anna.get(f"actions/{kept}")["state"] != "waits")  # type: ignore[misc]
                    until(lambda said=said: said != "publish" or bool(pages))  # type: ignore[misc]
                until(lambda: ("story.removed", WALL) in heard[1:])
        finally:
            server.shutdown()
            thread.join(PATIENCE_SECONDS)
    assert [("story.published", WALL), ("story.removed", WALL)] == heard[-2:]
    assert {200} == {*pages}
