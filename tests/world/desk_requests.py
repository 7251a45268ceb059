"""Requests that no page of the desk sends, for every route that it has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as some

from world.payloads import PAYLOADS

# below /desk/: {} is a name of anything; the first are what only an editor, an owner may send to
FOR_EDITORS = (
    "actions",
    "act",
    "proposal",
    "pictures",
    "stash/",
    "list/",
    "write/",
    "file/",
    "story/{}/edit/",
    "sources/",
    "topics/",
    "topics/one/",
    "topics/matches",
    "topics/try",
    "letters/add",
    "letters/forget",
    "letters/daily/found",
    "letters/daily/file",
    "what-if/",
    "front/",
    "what-if/try",
    "what-if/cancel",
)
FOR_OWNERS = (
    "what-if/write",
    "what-if/undo",
    "sources/file",
    "organizations/",
    "organizations/logo",
    "topics/words",
    "topics/new",
    "topics/move",
    "topics/end",
    "settings/undo",
    "sources/one/",
    "sources/end",
    "sources/add/",
    "sources/import",
    "sources/round",
    "people/add",
    "people/role",
    "people/reset",
    "people/end",
    "people/remove",
)
FOR_ALL = (
    *("", "story/{}/", "story/{}/trail/", "story/{}/neighbours/", "dropped/", "today/", "rows"),
    *("letters/", "letters/{}/", "letters/daily/", "letters/daily/now", "letters/daily/preview"),
    *("letters/daily/text", "letters/{}/now"),
    *("versions", "presence", "views", "picture/{}", "assets/{}", "drafts", "numbers/", "recall/"),
    *("sign-in", "sign-in/passkey", "sign-in/passkey/ask", "sign-in/assets/{}", "enter/{}"),
    *("account/", "account/password", "account/passkey", "account/passkey/ask"),
    *(
        "account/token/end",
        "account/passkey/remove",
        "account/session/end",
        "people/",
        "sign-in/provider",
    ),
    *("sign-in/provider/back", "nowhere/{}"),
)
STORIES = tuple(f"2026-11-19-story-{number:03}" for number in range(6))
_SHOWN = 10_000  # bytes of a body
KNOWN = (
    *STORIES,
    *("verdict", "verdict publish", "verdict reject", "rule", "rule merge", "rule rename", "undo"),
    *("set", "end", "list", "write", "file", "make", "add", "remove", "take_out", "order", "Gone"),
    *(
        "publish",
        "reject",
        "hold",
        "clear",
        "correct",
        "pin",
        "lead",
        "split",
        "block-source",
        "title",
        "excerpt",
    ),
    *("drop", "restore", "up", "move", "texts", "approve", "hold", "release", "daily", "subject"),
    *("note", "Coast", "all", "waiting", "time", "owner", "viewer", "editor", "1", "-1", "0", ""),
    *("99999999999999999999", "2026-11-19", "2026-11-19T08:00:00Z", "https://gull.example/x"),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "javascript:x", "/desk/", "{}"),
)
FIELDS = (
    *("id", "kind", "said", "do", "story", "stories", "value", "values", "why", "until", "seen"),
    *("return", "was", "title", "excerpt", "topic", "note", "text", "picture", "other_picture"),
    *("url", "alt", "credit", "name", "query", "forget", "stash", "shared", "list", "action"),
    *("description", "place", "words", "out", "tab", "event", "fields", "file", "role", "next"),
    *("view", "order", "after", "since", "until", "decided", "days", "q", "source", "language"),
    *("letter", "digest", "sure", "version", "number", "preheader", "subject", "rule_title"),
    *("old", "new", "session", "passkey", "state", "code", "error", "reason", "owner", "draft"),
)
WORDS = some.one_of(
    some.sampled_from(KNOWN),
    some.sampled_from(PAYLOADS),
    some.text(max_size=40),
    some.sampled_from(("\0", "\ud800", "\r\nSet-Cookie: a=b", "\u202e", "x" * 20_000, "é" * 400)),
)
_PAIRS = some.lists(some.tuples(some.sampled_from(FIELDS), WORDS), max_size=9)
_VALUES = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(2**70), 2**70),
    some.floats(),
    WORDS,
)
_DEEP = some.recursive(
    _VALUES,
    lambda inner: some.one_of(
        some.lists(inner, max_size=4), some.dictionaries(some.sampled_from(FIELDS), inner)
    ),
    max_leaves=8,
)
_ACTIONS = some.fixed_dictionaries(
    {
        "id": some.one_of(some.uuids().map(str), WORDS),
        "kind": some.sampled_from(("verdict", "rule", "undo", "write", "file", "list", "other")),
        "said": WORDS,
    },
    optional={
        "stories": some.lists(WORDS, max_size=4),
        "values": some.lists(WORDS, max_size=4),
        "why": WORDS,
        "until": WORDS,
        "seen": some.dictionaries(WORDS, WORDS, max_size=2),
        "other": _DEEP,
    },
)
_JSON = some.one_of(
    some.lists(_ACTIONS, max_size=4),
    _DEEP,
    some.fixed_dictionaries({"story": WORDS, "fields": some.dictionaries(WORDS, WORDS)}),
    some.fixed_dictionaries({"tab": WORDS, "event": WORDS}),
).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
_BOUND = "line"
_FORM, _SCRIPT = "application/x-www-form-urlencoded", "application/json"


def _write_parts(pairs: list[tuple[str, str]]) -> bytes:
    parts = [
        f'--{_BOUND}\r\nContent-Disposition: form-data; name="{name}"; filename="{value[:80]}"'
        f"\r\n\r\n{value}\r\n"
        for name, value in pairs
    ]
    return "".join([*parts, f"--{_BOUND}--\r\n"]).encode("utf-8", "surrogatepass")


def _write_form(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="surrogatepass").encode()


_BODIES = some.one_of(
    some.tuples(_PAIRS.map(_write_form), some.just(_FORM)),
    some.tuples(_JSON, some.just(_SCRIPT)),
    some.tuples(_PAIRS.map(_write_parts), some.just(f"multipart/form-data; boundary={_BOUND}")),
    some.tuples(
        some.one_of(
            some.binary(max_size=300),
            some.sampled_from(
                (b"[" * 50_000, b'{"a":' * 5_000, b"x" * 5_200_000, b"a=b&" * 60_000)
            ),
        ),
        some.sampled_from((_FORM, _SCRIPT, "multipart/form-data", "text/plain; charset=é", "")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeskRequest:
    """A request: below which path, with what."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]

    def __repr__(self) -> str:
        """Return it in short: a body may be huge."""
        body = self.body if len(self.body) <= _SHOWN else self.body[:_SHOWN] + b"..."
        return f"DeskRequest({self.method} {self.path} {self.headers} {body!r})"


def requests_to(paths: tuple[str, ...]) -> some.SearchStrategy[DeskRequest]:
    """Return the requests that may be sent to one of some paths."""
    names = WORDS.map(lambda words: quote(words[:300], safe="", errors="surrogatepass"))
    queries = some.one_of(some.just(b""), _PAIRS.map(_write_form), some.binary(max_size=40))

    def make(
        path: str, name: str, query: bytes, method: str, sent: Any, accept: str
    ) -> DeskRequest:
        body, kind = sent
        asked = f"?{quote(query[:4_000], safe='=&%+')}" if query else ""
        headers = {"Content-Type": kind.encode().decode("latin-1"), "Accept": accept}
        is_read = method in {"GET", "HEAD"}
        return DeskRequest(
            method=method,
            path=f"/desk/{path.format(name)}{asked}",
            body=b"" if is_read else body,
            headers=headers,
        )

    methods = some.sampled_from(
        ("GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
    )
    accepts = some.sampled_from(("text/html", "application/json", "*/*", ""))
    parts = some.tuples(some.sampled_from(paths), names, queries, methods, _BODIES, accepts)
    return parts.map(lambda drawn: make(*drawn))
