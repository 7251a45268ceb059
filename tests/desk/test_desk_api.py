"""The API: what programs read and do with a token, and what of it is an answer, not a fault."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from copydesk.desk_store import open_desk
from copydesk.desk_store.accounts import Role
from world.api_client import ApiAnswer, ApiClient, make_token
from world.command import copydesk
from world.newsroom import run_git
from world.served_desk import Browser
from world.served_newsroom import (
    ServedNewsroom,
    drop_lead,
    filed_newsroom,
    serve_newsroom,
    until,
)

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
ALL = ("read", "propose", "decide", "manage")
MAY: dict[Role, tuple[str, ...]] = {"viewer": ALL[:2], "editor": ALL[:3]}
Operation = tuple[str, str, str]  # its method, its path, the scope that it needs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = filed_newsroom(tmp_path_factory.mktemp("api"))
    with serve_newsroom(root) as served:
        served.owner()
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> ApiClient:
    return ApiClient(served.port, make_token(served.root, "Anna", *ALL))


def problem_of(answer: ApiAnswer) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status
    return told


def await_action(client: ApiClient, action_id: str) -> dict[str, Any]:
    told: list[dict[str, Any]] = []

    def is_settled() -> bool:
        told.append(client.get(f"actions/{action_id}"))
        return bool(told[-1]["state"] != "waits")

    until(is_settled)
    return told[-1]


def test_a_token_says_for_whom_it_acts(anna: ApiClient) -> None:
    told = anna.get("token")
    assert ("Anna", "owner", "token", list(ALL)) == (
        *(told["name"], told["role"], told["label"], told["scopes"]),
    )


def test_without_a_good_token_nothing_is_told(served: ServedNewsroom, anna: ApiClient) -> None:
    for token in ("", "x" * 43, "x y", "\u00e9", anna.token + "A", anna.token[:-1]):
        client = ApiClient(served.port, token)
        answer = client.ask("GET", "queue")
        assert 401 == answer.status
        assert "Bearer" == answer.headers["www-authenticate"]
        assert "copydesk desk user token" in problem_of(answer)["hint"]
    lines = ["GET /desk/api/queue HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"Authorization: Bearer {anna.token}", "Authorization: Bearer x", "", ""]
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        line.sendall("\r\n".join(lines).encode())
        assert b" 401 " in line.recv(100)


def test_a_session_opens_no_api_and_a_token_no_page(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    browser = Browser(served.port)
    assert 303 == browser.post(make_link(served)).status
    assert 401 == browser.get("/desk/api/queue").status
    page = Browser(served.port, sends={"Authorization": f"Bearer {anna.token}"})
    assert "sign-in" in page.get("/desk/").headers["location"]


def make_link(served: ServedNewsroom) -> str:
    said = copydesk("-C", served.root, "desk", "user", "add", "Ben", "--role", "viewer").out
    return "/desk/enter/" + said.split("/desk/enter/")[1].split()[0]


def test_the_queue_is_read_page_by_page_whatever_happens_meanwhile(anna: ApiClient) -> None:
    first = anna.get("queue", view="all", limit=1)
    assert (2, 1) == (first["total"], len(first["rows"]))
    rest = anna.get("queue", view="all", limit=1, after=first["after"])
    names = {page["rows"][0]["leader"]["name"] for page in (first, rest)}
    assert {WALL, SEALS} == names
    last = anna.get("queue", view="all", limit=1, after=rest["after"])
    assert ([], "") == (last["rows"], last["after"])


def test_a_story_is_told_with_why_it_stands_where_it_does(anna: ApiClient) -> None:
    told = anna.get(f"stories/{WALL}")
    assert "Sea wall to rise by two metres" == told["story"]["title"]
    assert told["story"]["seen"]["title"]
    assert told["explained"]
    assert told["text"]
    assert anna.get(f"stories/{WALL}/trail")["entries"]
    assert "the story does not exist" in problem_of(anna.ask("GET", "stories/nobody"))["detail"]


def test_an_answer_that_is_known_is_not_sent_again(anna: ApiClient) -> None:
    answer = anna.ask("GET", "topics")
    again = anna.ask("GET", "topics", headers={"If-None-Match": answer.headers["etag"]})
    assert (200, 304, b"") == (answer.status, again.status, again.body)


def test_what_is_sent_twice_is_done_once(served: ServedNewsroom, anna: ApiClient) -> None:
    held = [{"kind": "verdict", "said": "hold", "stories": [SEALS], "why": "to be checked"}]
    kept = anna.post("actions", held, key="hold-seals")
    assert {"kept": ["hold-seals"]} == kept == anna.post("actions", held, key="hold-seals")

    done = await_action(anna, "hold-seals")
    assert ("done", "Anna", [SEALS]) == (done["state"], done["by"], done["stories"])
    assert 1 == run_git(served.root, "log", "--format=%B").count("#hold-seals")
    other = [{**held[0], "said": "reject"}]
    refused = anna.ask("POST", "actions", other, {"Idempotency-Key": "hold-seals"})
    assert "hold-seals" in problem_of(refused)["detail"]
    assert 409 == refused.status

    (undo,) = anna.post("actions/hold-seals/undo", key="undo-hold")["kept"]
    assert "done" == await_action(anna, undo)["state"]
    listed = anna.get("actions", limit=1)
    assert ("undo-hold", "undo-hold") == (listed["actions"][0]["id"], listed["after"])
    more = anna.get("actions", after="undo-hold")
    assert "hold-seals" in [action["id"] for action in more["actions"]]


def test_a_story_is_snoozed_and_waits_again_without_a_commit(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    hold = {"kind": "verdict", "said": "hold", "stories": [SEALS], "id": "hold-1"}
    anna.post("actions", [hold])
    await_action(anna, "hold-1")
    before, until = run_git(served.root, "rev-parse", "HEAD"), datetime.now(UTC)
    snooze = {"kind": "snooze", "stories": [SEALS], "until": f"{until.year + 1}-01-02T08:00:00Z"}
    anna.post("actions", [{**snooze, "id": "snooze-1"}])

    def names(view: str) -> list[str]:
        return [row["leader"]["name"] for row in anna.get("queue", view=view)["rows"]]

    assert "done" == anna.get("actions/snooze-1")["state"]
    assert ([], [SEALS]) == (names("waiting"), names("snoozed"))
    assert snooze["until"] == anna.get(f"stories/{SEALS}")["story"]["snoozed_until"]
    anna.post("actions/snooze-1/undo")
    assert ([SEALS], []) == (names("waiting"), names("snoozed"))
    assert before == run_git(served.root, "rev-parse", "HEAD")
    anna.post("actions/hold-1/undo", key="undo-1")
    await_action(anna, "undo-1")


def test_a_field_that_changed_since_is_a_conflict(anna: ApiClient) -> None:
    note = {"kind": "rule", "said": "set", "stories": [WALL], "values": ["note", "Ours."]}
    stale = {**note, "seen": {f"{WALL} note": "0" * 16}}
    assert "conflict" == await_action(anna, anna.post("actions", [stale])["kept"][0])["state"]
    seen = {f"{WALL} {field}": d for field, d in story_seen(anna).items()}
    fresh = {**note, "seen": seen}
    assert "done" == await_action(anna, anna.post("actions", [fresh])["kept"][0])["state"]
    assert "Ours." == anna.get(f"stories/{WALL}")["story"]["note"]


def story_seen(client: ApiClient) -> dict[str, str]:
    seen: dict[str, str] = client.get(f"stories/{WALL}")["story"]["seen"]
    return seen


def test_what_an_account_keeps_is_kept_and_forgotten(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    assert 204 == anna.ask("PUT", "views/Tides", {"query": "view=all&topic=Tides"}).status
    assert ["Tides"] == [view["name"] for view in anna.get("views")["own"]]
    assert 204 == anna.ask("DELETE", "views/Tides").status
    assert [] == anna.get("views")["own"]

    stash = anna.post("stashes", {"name": "For Friday"})["id"]
    changed = anna.ask("PATCH", f"stashes/{stash}", {"add": [WALL, SEALS], "order": [SEALS]})
    assert [SEALS, WALL] == changed.json()["stories"]
    assert 204 == anna.ask("DELETE", f"stashes/{stash}").status
    assert [] == anna.get("stashes")["stashes"]

    draft = {"story": WALL, "fields": {"note": "not yet"}}
    assert 204 == anna.ask("PUT", "drafts", draft).status
    assert {"note": "not yet"} == anna.get("drafts", story=WALL)["fields"]
    assert 204 == anna.ask("DELETE", f"drafts?story={WALL}").status
    assert {} == anna.get("drafts", story=WALL)["fields"]

    url = "https://gull.example/dropped"
    drop_lead(served.root, url, "off-beat")
    assert [url] == [drop["url"] for drop in anna.get("dropped")["drops"]]
    assert 2 == len(anna.get("sources")["sources"])
    assert {"lists": []} == anna.get("lists")
    assert "Coast" in anna.get("choices", view="all")["topics"]


def test_an_owner_says_who_may_use_the_desk(anna: ApiClient) -> None:
    link = anna.post("people", {"name": "Cleo", "role": "viewer"})["link"]
    assert link.startswith(f"http://127.0.0.1:{anna.port}/desk/enter/")
    assert 204 == anna.ask("PATCH", "people/Cleo", {"role": "editor"}).status
    assert "editor" in [
        one["role"] for one in anna.get("people")["people"] if one["name"] == "Cleo"
    ]
    assert anna.post("people/Cleo/reset")["link"] != link
    anna.post("people/Cleo/end")
    assert 204 == anna.ask("DELETE", "people/Cleo").status
    for method, path, body in (
        ("PATCH", "people/Anna", {"role": "viewer"}),
        ("DELETE", "people/Anna", None),
        ("POST", "people/Nobody/reset", None),
    ):
        assert 400 == anna.ask(method, path, body).status


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nowhere", None, 404),
        ("DELETE", "queue", None, 405),
        ("GET", "queue?view=none", None, 400),
        ("GET", "queue?limit=101", None, 400),
        ("GET", "queue?limit=1&limit=2", None, 400),
        ("GET", "queue?unknown=1", None, 400),
        ("GET", "queue?after=%00", None, 400),
        ("GET", "actions?after=nothing", None, 400),
        ("GET", "actions/nothing", None, 404),
        ("GET", "stashes", None, 200),
        ("GET", "stories/a%0Ab", None, 404),  # a line break
        ("PATCH", "views/a%0Ab", {}, 405),
        ("DELETE", "stashes/%C2%B2", None, 404),
        ("POST", "actions", b"", 400),
        ("POST", "actions", b"\xff", 400),
        ("POST", "actions", b"[" * 100_000, 400),
        ("POST", "actions", b'[{"kind":"verdict","why":"\\ud800"}]', 400),
        ("POST", "actions", [], 400),
        ("POST", "actions", [{"kind": "verdict", "said": "praise", "stories": [WALL]}], 400),
        ("POST", "actions", [{"kind": "verdict", "said": "hold", "stories": ["x" * 10_001]}], 400),
        ("POST", "actions", [{"kind": "undo", "id": "same"}] * 2, 400),
        ("POST", "actions", b" " * 2_000_001, 413),
        ("POST", "pictures", b"no picture", 400),
        ("POST", "previews", {"url": "file:///etc/passwd"}, 400),
        ("POST", "people", {"name": "<b>"}, 400),
    ],
)
def test_what_cannot_be_meant_is_told(
    anna: ApiClient, method: str, path: str, body: object, status: int
) -> None:
    answer = anna.ask(method, path, body)
    assert status == answer.status, answer.body
    if status != 200:
        assert problem_of(answer)["title"]


def test_a_token_that_asks_too_often_is_told_to_wait(served: ServedNewsroom) -> None:
    client = ApiClient(served.port, make_token(served.root, "Anna", "read"))
    statuses = [client.ask("GET", "nowhere").status for _ in range(600)]
    assert [404] * 600 == statuses
    refused = client.ask("GET", "token")
    assert (429, "a token may send at most 600 requests per minute") == (
        refused.status,
        problem_of(refused)["detail"],
    )
    assert 0 < int(refused.headers["retry-after"]) <= 60
    other = ApiClient(served.port, make_token(served.root, "Anna", "read"))
    assert 200 == other.ask("GET", "token").status


def test_the_account_page_lists_tokens_and_ends_them(served: ServedNewsroom) -> None:
    said = copydesk("-C", served.root, "desk", "user", "add", "Dora", "--role", "editor").out
    dora = served.browser()
    assert 303 == dora.post("/desk/enter/" + said.split("/desk/enter/")[1].split()[0]).status
    assert "Programs that act for you" not in dora.get("/desk/account/").body
    client = ApiClient(served.port, make_token(served.root, "Dora", "read", "decide", days=7))
    assert 200 == client.ask("GET", "token").status

    page = dora.get("/desk/account/").body
    assert "read, decide" in page
    assert client.token not in page
    token_id = page.split('name="token" value="')[1].split('"')[0]
    assert 303 == served_elsewhere(served).post(END, {"token": token_id}).status
    assert 200 == client.ask("GET", "token").status  # another's stays
    assert 303 == dora.post(END, {"token": token_id}).status
    assert 401 == client.ask("GET", "token").status


END = "/desk/account/token/end"


def served_elsewhere(served: ServedNewsroom) -> Browser:
    """Return a browser with which somebody else is signed in."""
    browser = served.browser()
    said = copydesk("-C", served.root, "desk", "user", "add", "Emil", "--role", "owner").out
    assert 303 == browser.post("/desk/enter/" + said.split("/desk/enter/")[1].split()[0]).status
    return browser


def test_an_owner_changes_settings_as_on_their_page(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    before = (served.root / "beat.toml").read_bytes()
    known = anna.get("settings")
    by_path = {one["path"]: one for one in known["settings"]}
    assert ("Tidewatch", True) == (by_path["site.title"]["value"], by_path["site.title"]["is_set"])
    assert ("", False) == (by_path["site.accent"]["value"], by_path["site.accent"]["is_set"])
    values = {"site.accent": "#17603c", "front.half_life_hours": 12, "publish.languages": True}
    changed = anna.ask("PATCH", "settings", {"seen": known["seen"], "values": values})
    assert changed.status == 200, changed.body
    assert "settings: 3 changed" in run_git(served.root, "log", "-1", "--format=%s")
    stale = problem_of(anna.ask("PATCH", "settings", {"seen": known["seen"], "values": values}))
    assert (400, True) == (stale["status"], "in the meantime" in stale["detail"])
    seen = anna.get("settings")["seen"]
    refused: tuple[tuple[dict[str, object], str], ...] = (
        ({"site.accent": "#ffd500"}, "contrast"),
        ({"site.logo": "none.png"}, "cannot be read"),
        ({"desk.user_header": "X-Me"}, "cannot be changed here: desk.user_header"),
        ({"letter[7].at": "06:00"}, "cannot be changed here"),
        ({"site.title": ["a"]}, "expected text"),
        ({}, "length"),
    )
    for wrong, problem in refused:
        told = problem_of(anna.ask("PATCH", "settings", {"seen": seen, "values": wrong}))
        assert (400, True) == (told["status"], problem in told["detail"]), told
    undone = anna.ask("POST", f"settings/{changed.json()['commit']}/undo")
    assert (200, before) == (undone.status, (served.root / "beat.toml").read_bytes())


def test_an_owner_sets_up_sources_and_takes_it_back(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    before = (served.root / "beat.toml").read_bytes()
    url = "https://new.example/feed.xml"
    added = anna.ask("POST", "sources", {"sources": [{"url": url, "name": "New"}]})
    assert added.status == 201, added.body
    block = anna.get("sources/one", url=url)
    assert ("New", "gate") == (block["name"], block["trust"])
    change = {"trust": "hold", "include": ["sea"], "seen": block["seen"]}
    changed = anna.ask("PATCH", f"sources/one?url={url}", change)
    assert changed.status == 200, changed.body
    stale = problem_of(anna.ask("PATCH", f"sources/one?url={url}", change))
    assert stale["status"] == 400
    now = anna.get("sources/one", url=url)
    assert ("New", "hold", ["sea"]) == (now["name"], now["trust"], now["include"])
    to = "https://new.example/atom.xml"
    moved = anna.ask("PATCH", f"sources/one?url={url}", {"url": to, "seen": now["seen"]})
    there = anna.get("sources/one", url=to)
    assert ("New", ["sea"]) == (there["name"], there["include"])
    assert problem_of(anna.ask("DELETE", f"sources/one?url={to}&seen=x"))["status"] == 400
    assert anna.ask("DELETE", f"sources/one?url={url}&seen=x").status == 404
    ended = anna.ask("DELETE", f"sources/one?url={to}&seen={there['seen']}")
    assert anna.ask("GET", f"sources/one?url={to}").status == 404
    for done in (ended, moved, changed, added):
        assert anna.post(f"settings/{done.json()['commit']}/undo")["changed"] == ["beat.toml"]
    assert (served.root / "beat.toml").read_bytes() == before
    assert anna.ask("GET", f"sources/one?url={url}").status == 404


def test_an_owner_makes_changes_and_ends_topics_and_names_publishers(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    made = anna.ask("POST", "topics", {"name": "Harbours"})
    assert made.status == 201, made.body
    known = anna.get("topics/harbours")
    assert ["Harbours"] == known["topic"]["keywords"]
    change = {"keywords": ["Harbours", "quay"], "seen": known["seen"]}
    assert anna.ask("PATCH", "topics/harbours", change).status == 200
    assert anna.ask("DELETE", f"topics/harbours?seen={known['seen']}").status == 400
    seen = anna.get("topics/harbours")["seen"]
    assert anna.ask("DELETE", f"topics/harbours?seen={seen}").status == 200
    assert anna.ask("GET", "topics/harbours").status == 400
    folder = served.root / "_data/organizations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gull.example.md").write_text("---\nname: Gull\n---\n", "utf-8")
    run_git(served.root, "add", "-A")
    run_git(served.root, "commit", "-qm", "by hand")
    (gull,) = anna.get("organizations")["organizations"]
    change = {"name": "The Gull", "owner": "heron.example", "seen": gull["seen"]}
    assert anna.ask("PATCH", "organizations/gull.example", change).status == 200
    assert "heron.example" in (folder / "gull.example.md").read_text("utf-8")


def test_rules_are_tried_and_written_by_a_program(served: ServedNewsroom, anna: ApiClient) -> None:
    begun = anna.post("trials", {"publish_at": 100_000, "half_life_hours": 12})
    told: list[dict[str, Any]] = []

    def is_over() -> bool:
        told.append(anna.get(f"trials/{begun['id']}"))
        return bool(told[-1]["state"] != "waits")

    until(is_over)
    outcome = told[-1]["outcome"]
    assert outcome["is_extreme"]
    assert outcome["published_after"] == 0 < outcome["published_before"]
    assert {None} == {place["after"] for place in outcome["front"]}
    sent = {"stands": outcome["stands"]}
    assert anna.ask("POST", f"trials/{begun['id']}/write", sent).status == 400
    written = anna.post(f"trials/{begun['id']}/write", {**sent, "sure": True})
    assert "half_life_hours = 12" in (served.root / "beat.toml").read_text("utf-8")
    anna.post(f"settings/{written['commit']}/undo")
    assert anna.ask("DELETE", f"trials/{begun['id']}").status == 204


def test_numbers_are_read_and_rounds_are_for_who_may_run_them(
    served: ServedNewsroom, anna: ApiClient
) -> None:
    numbers = anna.get("numbers", days=7)
    assert len(numbers["days"]) == 7
    assert {"lists": []} == anna.get("recall")
    assert anna.ask("GET", "round").status == 404
    assert problem_of(anna.ask("POST", "round", {}))["status"] == 400
    assert anna.ask("GET", "rejudging").status == 404
    begun = anna.ask("POST", "rejudging", {})
    assert begun.status == 202, begun
    until(lambda: anna.get("rejudging")["code"] is not None)
    assert anna.get("rejudging")["code"] == 0, anna.get("rejudging")
    reader = ApiClient(served.port, make_token(served.root, "Anna", "read"))
    denied = (
        ("POST", "sources"),
        ("PATCH", "topics/x"),
        ("GET", "settings"),
        ("PATCH", "settings"),
        ("POST", "trials"),
        ("POST", "rejudging"),
    )
    for method, path in denied:
        assert reader.ask(method, path, {}).status == 403


# Each operation that the description lists, against each token that is too weak.


@pytest.fixture(scope="module")
def operations(served: ServedNewsroom) -> list[Operation]:
    client = ApiClient(served.port, make_token(served.root, "Anna", "read"))
    found = list(list_operations(client.get("openapi.json")))
    assert set(ALL) == {scope for _, _, scope in found}
    assert 89 <= len(found)
    return found


def list_operations(described: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            needed = re.search(r"token with the scope `(\w+)`", operation.get("description", ""))
            if needed:
                yield method.upper(), re.sub(r"\{.+?\}", "x", path).strip("/"), needed[1]


def ask(client: ApiClient, operation: Operation) -> ApiAnswer:
    method, path, _ = operation
    return client.ask(method, path, None if method == "GET" else {})


def test_without_a_token_no_operation_answers(
    served: ServedNewsroom, operations: list[Operation]
) -> None:
    client = ApiClient(served.port)
    assert [] == [one for one in operations if ask(client, one).status != 401]


@pytest.mark.parametrize("scope", ALL)
def test_a_token_of_all_other_scopes_is_refused(
    served: ServedNewsroom, operations: list[Operation], scope: str
) -> None:
    others = [one for one in ALL if one != scope]
    client = ApiClient(served.port, make_token(served.root, "Anna", *others))
    for operation in operations:
        if operation[2] == scope:
            answer = ask(client, operation)
            assert (403, f"the API token lacks the scope: {scope}") == (
                *(answer.status, answer.json()["detail"]),
            ), operation


@pytest.mark.parametrize("role", list(MAY))
def test_a_token_loses_what_its_account_may_no_longer_do(
    served: ServedNewsroom, operations: list[Operation], role: Role
) -> None:
    name = f"Former {role}"
    with closing(open_desk(served.root / ".copydesk")) as store:
        store.accounts.add(name, "owner", datetime.now(UTC))
        client = ApiClient(served.port, make_token(served.root, name, *ALL))
        store.accounts.set_role(name, role)
    for operation in operations:
        if operation[2] not in MAY[role]:
            assert 403 == ask(client, operation).status, operation
