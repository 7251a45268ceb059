"""Mailing, by the API: who got it, what is decided, and readers for owners' tokens alone."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.desk_store import open_desk
from copydesk.mail_store import open_mail
from copydesk.mail_store.subscriptions import Subscription
from copydesk.newsletters.readers.outcomes import ReaderData
from world.api_client import ApiAnswer, ApiClient, make_token
from world.command import copydesk
from world.mail_desk import (
    come_in_outside,
    fill_ledger,
    mail_desk_newsroom,
    use_up_sign_ups,
)
from world.mail_soak import mail_server, name_issue
from world.newsroom import NOW
from world.served_desk import HOST
from world.served_newsroom import ServedNewsroom, filed_newsroom, serve_newsroom, until

pytestmark = pytest.mark.slow

NOBODY = 9  # a port at which nobody listens
DONE, PAUSED = "mailing/issues/tidewatch-2026-11-10", "mailing/issues/tidewatch-2026-11-13"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    folder = tmp_path_factory.mktemp("api-mailing")
    with mail_server(folder, {"rules": []}) as (port, _):
        root = mail_desk_newsroom(folder, port)
        fill_ledger(root)
        with serve_newsroom(root) as served:
            come_in_outside(served, "Anna")
            come_in_outside(served, "Ed", "editor")
            yield served


def client(served: ServedNewsroom, name: str, *scopes: str) -> ApiClient:
    return ApiClient(served.port, make_token(served.root, name, *scopes), HOST)


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> ApiClient:
    return client(served, "Anna", "read", "decide", "manage")


@pytest.fixture(scope="module")
def ed(served: ServedNewsroom) -> ApiClient:
    return client(served, "Ed", "read", "decide")


def detail_of(answer: ApiAnswer, status: int) -> str:
    assert status == answer.status, answer.body
    assert "application/problem+json" == answer.headers["content-type"]
    return str(answer.json()["detail"])


def test_sendings_are_read_page_by_page(ed: ApiClient) -> None:
    first = ed.get("mailing", limit=3)
    rest = ed.get("mailing", limit=3, after=first["after"])
    issues = [one["issue"] for page in (first, rest) for one in page["sendings"]]
    assert [f"tidewatch-2026-11-{day}" for day in (13, 12, 11, 10)] == issues
    assert "" == rest["after"]
    done = rest["sendings"][-1]
    assert (100, 37, {"hard": 1, "soft": 2, "complaint": 1}) == (
        *(done["counts"]["accepted"], done["views"], done["returns"]),
    )
    assert "cursor" in detail_of(ed.ask("GET", "mailing?after=%C3%A9"), 400)
    assert [] == ed.get("mailing", after="bm8=")["sendings"]  # none is before what never was
    assert "no delivery of this issue" in detail_of(ed.ask("GET", "mailing/issues/nothing"), 404)


def test_who_got_it_is_masked_but_for_owners(anna: ApiClient, ed: ApiClient) -> None:
    lines = ed.get(f"{DONE}/who", limit=70)
    rest = ed.get(f"{DONE}/who", limit=70, after=lines["after"])
    numbers = [one["reader"] for page in (lines, rest) for one in page["deliveries"]]
    assert 120 == len({*numbers})
    assert {"r…@d…"} == {one["address"] for one in lines["deliveries"]}
    refused = anna.get(f"{DONE}/who", state="refused")["deliveries"]
    assert 5 == len(refused)
    assert "reader20@d20.example" == refused[0]["address"]
    found = ed.post(f"{DONE}/who", {"address": "reader20@d20.example"})["deliveries"]
    assert ("refused", "r…@d…") == (found[0]["state"], found[0]["address"])
    assert [] == ed.post(f"{DONE}/who", {"address": "x@y.example"})["deliveries"]
    assert "unknown delivery state" in detail_of(ed.ask("GET", f"{DONE}/who?state=lost"), 400)
    assert "cursor" in detail_of(ed.ask("GET", f"{DONE}/who?after=bm8%3D"), 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "mailing/readers/1"),
        ("POST", "mailing/readers"),
        ("POST", "mailing/readers/find"),
        ("POST", "mailing/readers/import"),
        ("POST", "mailing/readers/export"),
        ("DELETE", "mailing/readers/1"),
        ("GET", "mailing/suppressions"),
    ],
)
def test_readers_are_for_owners_tokens_alone(ed: ApiClient, method: str, path: str) -> None:
    assert "the scope: manage" in detail_of(ed.ask(method, path, {}), 403)


def test_who_only_reads_decides_nothing(served: ServedNewsroom) -> None:
    reads = client(served, "Ed", "read")
    assert 200 == reads.ask("GET", "mailing").status
    for path in (f"{PAUSED}/send", f"{PAUSED}/end", f"{DONE}/test"):
        assert "the scope: decide" in detail_of(reads.ask("POST", path, {"address": "a@b.c"}), 403)
    assert 403 == reads.ask("GET", f"{DONE}/who").status


def test_what_is_asked_twice_is_done_once(ed: ApiClient) -> None:
    awaits = "mailing/issues/tidewatch-2026-11-12"
    states = [ed.post(f"{awaits}/{do}")["state"] for do in ("pause", "pause", "end", "end")]
    assert ["paused", "paused", "ended", "ended"] == states
    assert "neither paused" in detail_of(ed.ask("POST", f"{awaits}/send"), 400)
    assert "already delivered or cancelled" in detail_of(ed.ask("POST", f"{awaits}/pause"), 400)


def test_an_issue_is_tried_out_and_then_sent(served: ServedNewsroom, ed: ApiClient) -> None:
    issue = name_issue(served.root)
    (unsent,) = ed.get("mailing/unsent")["issues"]
    assert (issue, "person", "") == (unsent["issue"], unsent["remark"], unsent["problem"])
    assert unsent["readers"] > 100
    place = f"mailing/issues/{issue}"
    assert "accepted" == ed.post(f"{place}/test", {"address": "me@trial.example"})["kind"]
    letter = base64.b64decode(ed.get(f"{place}/letter")["eml"])
    assert b"To: <reader@example.org>" in letter
    assert "ready" == ed.post(f"{place}/send")["state"]
    until(lambda: ed.get(place)["state"] == "done")
    told = ed.get(place)
    assert (unsent["readers"], "Ed") == (told["counts"]["accepted"], told["by"])


def test_test_letters_go_to_own_addresses_and_few_a_day(
    served: ServedNewsroom, ed: ApiClient
) -> None:
    test = f"mailing/issues/{name_issue(served.root)}/test"
    log = served.root.parent / "taken.tsv"
    before = log.read_text().count("@trial.example") if log.exists() else 0

    stranger = ed.ask("POST", test, {"address": "stranger@trial.example"})
    assert "the newsroom's own addresses" in detail_of(stranger, 400)
    wide = ed.ask("POST", test, {"address": "\uff2de@trial.example"})  # goes as it is listed
    assert 200 == wide.status
    answers = [ed.ask("POST", test, {"address": "me@trial.example"}) for _ in range(20)]

    took = log.read_text()
    assert "stranger@" not in took
    assert "\uff2d" not in took
    assert "6 test mails within 24 hours" in detail_of(answers[-1], 400)
    assert took.count("me@trial.example") - before <= 6
    with closing(open_desk(served.root / ".copydesk")) as store:
        notes = [entry for entry in store.audit.latest(50) if entry.what == "test-letter"]
    assert {"Ed"} == {entry.who for entry in notes}
    assert took.count("me@trial.example") == len(notes)
    assert notes[0].about.startswith(name_issue(served.root))
    assert "trial.example" not in notes[0].about


def test_a_reader_is_added_looked_at_and_forgotten(served: ServedNewsroom, anna: ApiClient) -> None:
    new = {"address": "new@n.example", "letter": "daily", "consent": "a card"}
    number = anna.post("mailing/readers", new)["number"]
    assert number == anna.post("mailing/readers/find", {"address": "NEW@n.example"})["number"]
    told = anna.get(f"mailing/readers/{number}")
    assert ("new@n.example", "daily") == (told["address"], told["subscriptions"][0]["letter"])
    assert "a card" in told["consents"][0]["proof"]
    assert {"number", *ReaderData.__dataclass_fields__} == told.keys()
    assert ["daily"] == anna.post(f"mailing/readers/{number}/remove")["ended"]
    assert 204 == anna.ask("DELETE", f"mailing/readers/{number}").status
    for path in (f"mailing/readers/{number}", "mailing/readers/x", "mailing/readers/0"):
        assert re.search("no such|no subscriber", detail_of(anna.ask("GET", path), 404))
    wrong = anna.ask("POST", "mailing/readers/find", {"address": "nobody@n.example"})
    assert "no subscriber has this address" in detail_of(wrong, 404)
    with closing(open_desk(served.root / ".copydesk")) as store:
        noted = [(entry.what, entry.about) for entry in store.audit.latest(4)]
    assert ("reader-erased", str(number)) == noted[0]
    assert ("reader-looked-at", str(number)) in noted


def test_the_suppression_list_is_read_and_changed(anna: ApiClient) -> None:
    anna.post("mailing/suppressions", {"address": "off@n.example", "why": "asked for it"})
    kept = anna.get("mailing/suppressions")["suppressions"]
    assert ["by-hand"] == [one["reason"] for one in kept if one["detail"] == "asked for it"]
    first = anna.get("mailing/suppressions", limit=1)
    rest = anna.get("mailing/suppressions", after=first["after"])
    assert rest["suppressions"]
    assert rest["after"] is None
    anna.post("mailing/suppressions/lift", {"address": "off@n.example"})
    again = anna.ask("POST", "mailing/suppressions/lift", {"address": "off@n.example"})
    assert "not on the suppression list" in detail_of(again, 400)


def test_a_file_is_rehearsed_imported_and_exported(served: ServedNewsroom, anna: ApiClient) -> None:
    data = b"email\r\none@i.example\r\nno\r\none@i.example\r\n"
    path = "mailing/readers/import?letter=daily&consent=a+fair"
    would = anna.ask("POST", path, data).json()
    assert (True, {"added": 1, "double": 1, "no-address": 1}) == (
        *(would["is_rehearsal"], would["counts"]),
    )
    assert {"line": 2, "kind": "added"} == would["rows_shown"][0]
    with closing(open_mail(served.root / ".copydesk")) as store:
        assert store.subscribers.find("one@i.example") is None
    done = anna.ask("POST", f"{path}&for_real=true", data).json()
    assert (False, 1) == (done["is_rehearsal"], done["counts"]["added"])
    again = anna.ask("POST", f"{path}&for_real=true", data).json()
    assert 1 == again["counts"]["already"]
    assert "one@i.example" in anna.post("mailing/readers/export")["csv"]
    assert anna.get("mailing/readers")["letters"]["daily"] > 100
    none = anna.ask("POST", "mailing/readers/import", b"town\r\nx\r\n")
    assert "no column of mail addresses" in detail_of(none, 400)
    huge = anna.ask("POST", "mailing/readers/import", b"x" * 20_000_001)
    assert 413 == huge.status


@pytest.mark.parametrize("name", ["..", ".", "%2e%2e%2f", "", "x" * 200, "%F0%9D%94%98"])
def test_a_file_of_any_name_is_read(name: str, anna: ApiClient) -> None:
    path = f"mailing/readers/import?letter=daily&consent=a+fair&file={name}"

    assert {"added": 1} == anna.ask("POST", path, b"email\r\ntwo@i.example\r\n").json()["counts"]


def test_a_file_that_does_not_say_clearly_who_left_is_refused(anna: ApiClient) -> None:
    data = b"email,state,status\r\none@i.example,Bavaria,left\r\n"
    path = "mailing/readers/import?letter=daily&consent=a+fair"
    refused = anna.ask("POST", path, data)
    assert "but has unknown values: state (Bavaria)" in detail_of(refused, 400)

    taken = anna.ask("POST", f"{path}&ignored_columns=state", data).json()
    assert ({"suppressed": 1}, ["status"]) == (taken["counts"], taken["state_columns"])


def test_checks_are_read_as_they_were_found_last(served: ServedNewsroom, ed: ApiClient) -> None:
    told = ed.get("mailing/checks")

    assert (None, [], []) == (told["at"], told["findings"], told["obstacles"])
    assert "loopback" == told["overruled"]["all"]["why"]  # as it was set up
    assert [] == told["lost_letters"]
    for method in ("GET", "POST"):
        answer = client(served, "Ed", "read").ask(method, "mailing/checks")
        assert "the scope: decide" in detail_of(answer, 403)


def test_checks_are_made_and_say_what_the_command_says(tmp_path: Path) -> None:
    root = mail_desk_newsroom(tmp_path, NOBODY)
    beat = root / "beat.toml"
    beat.write_text(f'{beat.read_text()}\n[fetch]\nnameservers = ["127.0.0.1:{NOBODY}"]\n')
    use_up_sign_ups(root)
    with closing(open_mail(root / ".copydesk")) as store:
        number = store.subscribers.add("ada@example.org", NOW).id
        store.subscribers.set_state(number, "active")
        store.subscriptions.put(Subscription(subscriber=number, letter="gone", since=NOW))
    with serve_newsroom(root) as served:
        come_in_outside(served, "Anna")
        anna = client(served, "Anna", "decide")
        made = anna.post("mailing/checks")
        read = anna.get("mailing/checks")
    said = copydesk("-C", root, "mail", "doctor", "--json").json()

    assert made == read
    assert made["at"] is not None
    assert made.keys() == said.keys()
    for told in ("findings", "obstacles", "overruled", "lost_letters", "sign_up_flood"):
        assert said[told] == read[told]
    faults = {finding["kind"] for finding in read["findings"] if finding["state"] == "fault"}
    assert "transaction" in faults
    assert [("gone", 1)] == [(lost["letter"], lost["readers"]) for lost in read["lost_letters"]]
    assert (500, 500) == (read["sign_up_flood"]["mails"], read["sign_up_flood"]["most"])


def test_where_no_server_sends_nothing_is_looked_at(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    with serve_newsroom(root) as served:
        served.owner()
        anna = ApiClient(served.port, make_token(root, "Anna", "decide"))
        read, made = anna.get("mailing/checks"), anna.ask("POST", "mailing/checks")

    assert (None, []) == (read["at"], read["findings"])
    assert "newsletters are not sent by SMTP" in detail_of(made, 400)


def test_an_owners_token_sends_to_the_uncertain_again_once(
    served: ServedNewsroom, anna: ApiClient, ed: ApiClient
) -> None:
    place = f"{DONE}/send-again"
    uncertain = anna.get(DONE)["counts"]["uncertain"]
    assert "the scope: manage" in detail_of(ed.ask("POST", place, {"readers": uncertain}), 403)
    assert "uncertain by now" in detail_of(anna.ask("POST", place, {"readers": 99}), 400)
    assert 400 <= anna.ask("POST", place, {}).status < 500

    told = anna.post(place, {"readers": uncertain})

    assert ("ready", "Anna") == (told["state"], told["again_by"])
    assert uncertain == told["counts"]["waiting"]
    again = anna.ask("POST", place, {"readers": uncertain})
    assert "a second time" in detail_of(again, 400)
    with closing(open_desk(served.root / ".copydesk")) as store:
        assert ("sent-again", f"tidewatch-2026-11-10: {uncertain}") in [
            (entry.what, entry.about) for entry in store.audit.latest(9)
        ]
