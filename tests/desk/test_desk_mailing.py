"""What goes out, at the desk: who may decide what, whose address is shown, and what is noted."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from copydesk.archive import Archive
from copydesk.desk_store import AuditEntry, DeskStore, open_desk
from copydesk.mail_store import MailStore, open_mail
from copydesk.mail_store.deliveries import DeliveryState, NewSending
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.returns import ReturnEntry
from copydesk.mail_store.subscriptions import Subscription
from world import records
from world.desk import stories
from world.mail_desk import (
    come_in_outside,
    fill_ledger,
    mail_desk_newsroom,
    use_up_sign_ups,
)
from world.mail_soak import add_readers, mail_server, name_issue
from world.newsroom import NOW, run_git
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, filed_newsroom, serve_newsroom, until

pytestmark = pytest.mark.slow

PAGE = {"Accept": "text/html"}
MAILING, READERS = "/desk/mailing/", "/desk/mailing/readers/"
DONE, PAUSED = f"{MAILING}tidewatch-2026-11-10/", f"{MAILING}tidewatch-2026-11-13/"
ADDRESS = re.compile(r"reader\d+@d\d+\.example")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    folder = tmp_path_factory.mktemp("mailing")
    with mail_server(folder, {"rules": []}) as (port, _):
        root = mail_desk_newsroom(folder, port)
        fill_ledger(root)
        with serve_newsroom(root) as served:
            yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return come_in_outside(served, "Anna")


@pytest.fixture(scope="module")
def ed(served: ServedNewsroom, anna: Browser) -> Browser:
    return come_in_outside(served, "Ed", "editor")


@pytest.fixture(scope="module")
def vera(served: ServedNewsroom, anna: Browser) -> Browser:
    return come_in_outside(served, "Vera", "viewer")


@pytest.fixture
def desk_store(served: ServedNewsroom) -> Iterator[DeskStore]:
    with closing(open_desk(served.root / ".copydesk")) as store:
        yield store


@pytest.fixture
def store(served: ServedNewsroom) -> Iterator[MailStore]:
    with closing(open_mail(served.root / ".copydesk")) as store:
        yield store


def last_notes(store: DeskStore, most: int = 1) -> list[tuple[str, str, str]]:
    def tell(entry: AuditEntry) -> tuple[str, str, str]:
        return entry.who, entry.what, entry.about

    return [tell(entry) for entry in store.audit.latest(most)]


def number_of(store: MailStore, address: str) -> int:
    subscriber = store.subscribers.find(address)
    assert subscriber is not None
    return subscriber.id


def count_suppressed_readers(browser: Browser) -> int:
    page = browser.get(READERS).body
    found = re.search(r"subscribed, but on the suppression list</dt><dd>(\d+)<", page)
    return int(found[1]) if found else 0


def send_file(browser: Browser, data: bytes, **fields: str) -> Answer:
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts.append(b'name="file"; filename="readers.csv"\r\nContent-Type: text/csv\r\n\r\n' + data)
    body = b"".join(b"--x7\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    kind = {"Content-Type": "multipart/form-data; boundary=x7", **PAGE}
    return browser.post(f"{READERS}import", body + b"--x7--\r\n", kind)


def test_all_of_the_desk_see_how_far_an_issue_is_and_only_editors_decide(
    anna: Browser, ed: Browser, vera: Browser
) -> None:
    for browser in (anna, ed, vera):
        body = browser.get(MAILING).body
        assert "75 of 120 emails completed" in body
        assert not ADDRESS.search(body)
    assert "<button" not in vera.get(MAILING).body.split("<main", 1)[1]
    for path in (DONE, f"{DONE}letter.eml", f"{DONE}now", READERS):
        assert 400 == vera.get(path).status
    for do in ("send", "pause", "end"):
        assert 400 == vera.post(PAUSED, {"do": do, "sure": "1"}).status
    for path in (f"{DONE}who", f"{DONE}test"):
        assert 400 == vera.post(path, {"address": "reader1@d1.example"}).status
    assert "paused" in anna.get(PAUSED).body


def test_an_issue_is_offered_tried_out_and_sent(
    served: ServedNewsroom, ed: Browser, store: MailStore
) -> None:
    issue = name_issue(served.root)
    body = ed.get(MAILING).body
    assert issue in body
    assert re.search(r"to 1\d\d subscribers", body)
    assert re.search(r"\d+ kB per email", body)
    place = f"{MAILING}{issue}/"
    assert "Your settings require an editor to confirm each delivery." in ed.get(place).body

    assert re.search(r"Send to 1\d\d subscribers", ed.get(place).body)
    assert "<option>me@trial.example</option>" in ed.get(place).body
    stranger = ed.post(f"{place}test", {"address": "you@trial.example"}, PAGE)
    assert (400, True) == (stranger.status, "own addresses" in stranger.body)

    tried = ed.post(f"{place}test", {"address": "me@trial.example"}, PAGE)
    assert "250 2.0.0 Ok: taken" in tried.body
    assert store.ledger.find(issue) is None
    assert "me@trial.example" in (served.root.parent / "taken.tsv").read_text()
    for wrong in ("me", "", "me@trial.example\r\nRCPT TO:<all@x.example>"):
        assert "250 2.0.0" not in ed.post(f"{place}test", {"address": wrong}, PAGE).body
    letter = ed.get(f"{place}letter.eml")
    assert "message/rfc822" == letter.headers["content-type"]
    assert "To: <reader@example.org>" in letter.body

    assert 303 == ed.post(place, {"do": "send"}).status
    until(lambda: 'data-state="done"' in ed.get(f"{place}now").body)
    assert "confirmed by Ed" in ed.get(place).body


def test_an_owner_overrules_what_checks_found_and_an_editor_does_not(
    anna: Browser, ed: Browser, vera: Browser
) -> None:
    checks = f"{MAILING}checks/"
    assert (
        "All checks passed: newsletters can be sent." in ed.get(checks).body
    )  # overruled when it was set up
    assert "loopback" in ed.get(checks).body
    assert 400 == vera.get(checks).status
    assert 403 == ed.post(checks, {"overrule": "spf", "why": "I say so"}).status
    refused = anna.post(checks, {"overrule": "luck", "why": "I say so"}, PAGE)
    assert "unknown mail check" in refused.body
    assert 400 == anna.post(checks, {"overrule": "spf", "why": " "}, PAGE).status
    assert 303 == anna.post(checks, {"overrule": "spf", "why": "the relay has it"}).status
    assert "the relay has it" in ed.get(checks).body


def test_only_owners_see_addresses_whole(anna: Browser, ed: Browser) -> None:
    assert ADDRESS.search(anna.get(DONE).body)
    masked = ed.get(DONE).body
    assert not ADDRESS.search(masked)
    assert "r…@d…" in masked
    found = ed.post(f"{DONE}who", {"address": "reader20@d20.example"}, PAGE)
    assert "rejected by the mail server" in found.body
    assert "reader20@d20.example" not in found.body
    for path in (f"{READERS}1/", f"{READERS}suppressions/"):
        assert 403 == ed.get(path).status
    for path in (READERS, f"{READERS}1/", f"{READERS}import", f"{READERS}export"):
        assert 403 == ed.post(path, {"do": "find", "address": "reader1@d1.example"}).status


@pytest.mark.parametrize("number", ["0", "x", "9" * 20, "9" * 5_000, "٣"])
def test_a_number_that_no_reader_has_is_said(anna: Browser, number: str) -> None:
    answer = anna.get(f"{READERS}{quote(number)}/")

    assert 400 == answer.status
    assert re.search("unknown subscriber|no such", answer.body)


def test_who_got_it_is_a_page_by_state_and_goes_on(anna: Browser) -> None:
    first = anna.get(DONE).body
    following = re.search(r'<a href="([^"]+after=[^"]+)"', first)
    assert following is not None
    rest = anna.get(following[1].replace("&amp;", "&").partition("#")[0]).body
    lines = [set(ADDRESS.findall(body)) for body in (first, rest)]
    assert (100, 20, set()) == (len(lines[0]), len(lines[1]), lines[0] & lines[1])
    refused = anna.get(f"{DONE}?state=refused").body
    assert 5 == len(set(ADDRESS.findall(refused)))
    assert "&lt;b&gt;unwanted&lt;/b&gt;" in refused
    assert "{{ 7 * 7 }}" in refused
    assert 400 == anna.get(f"{DONE}?state=lost").status


def test_a_sending_goes_on_is_paused_and_ended_by_who_meant_it(
    ed: Browser, store: MailStore
) -> None:
    awaits = f"{MAILING}tidewatch-2026-11-12/"
    sending = store.ledger.find("tidewatch-2026-11-12")
    assert sending is not None
    unsure = ed.post(awaits, {"do": "end"}, PAGE)
    assert 400 == unsure.status
    assert "select the checkbox to confirm" in unsure.body
    assert 303 == ed.post(awaits, {"do": "pause"}).status
    assert "paused" == store.ledger.state_of(sending.number)
    assert 303 == ed.post(awaits, {"do": "end", "sure": "1"}).status
    assert "ended" == store.ledger.state_of(sending.number)
    again = ed.post(awaits, {"do": "send"}, PAGE)
    assert 400 == again.status
    assert "the delivery is neither paused nor waiting for your decision" in again.body
    assert "ended" == store.ledger.state_of(sending.number)


def test_a_look_at_somebodys_data_is_noted_without_their_address(
    served: ServedNewsroom, anna: Browser, desk_store: DeskStore, store: MailStore
) -> None:
    answer = anna.post(READERS, {"do": "find", "address": "Reader7@d7.example"})
    number = number_of(store, "reader7@d7.example")
    assert f"{READERS}{number}/" == answer.headers["location"]
    page = anna.get(answer.headers["location"])
    assert "reader7@d7.example" in page.body
    assert [("Anna", "reader-looked-at", str(number))] == last_notes(desk_store)
    anna.post(f"{DONE}who", {"address": "reader7@d7.example"})
    assert [("Anna", "reader-looked-at", str(number))] == last_notes(desk_store)
    with closing(sqlite3.connect(served.root / ".copydesk/desk.sqlite")) as kept:
        assert not any(ADDRESS.search(line) for line in kept.iterdump())
    assert not ADDRESS.search(served.said)


def test_what_came_back_unproved_or_from_a_former_address_is_shown_so(
    anna: Browser, store: MailStore
) -> None:
    number = store.subscribers.add("moved@d1.example", NOW).id
    store.subscribers.set_state(number, "active")
    store.subscriptions.put(Subscription(subscriber=number, letter="daily", since=NOW))
    new = NewSending(issue="moved-2026-11-09", letter="daily", via="smtp", state="paused")
    path = ReturnPath(sending=store.ledger.begin(new, NOW).number, subscriber=number)
    store.ledger.claim(path.sending, 0, 1_000, NOW)
    store.ledger.set_state(path.sending, "ended")
    store.subscribers.change_address(number, "here@d1.example", NOW)
    entry = ReturnEntry(digest=b"moved", path=path, kind="hard", at=NOW, is_proved=False)
    store.returns.add(entry)

    page = anna.get(f"{READERS}{number}/").body
    issue = anna.get(f"{MAILING}moved-2026-11-09/").body

    assert "bounced: no such mailbox (unverified bounce, bounce from a former address)" in page
    assert "changed the email address" in page
    assert "unverified bounce" in issue


def test_somebody_is_added_removed_suppressed_and_forgotten(
    anna: Browser, desk_store: DeskStore, store: MailStore
) -> None:
    told = anna.post(
        READERS,
        {"do": "add", "address": "new@n.example", "letter": "daily", "consent": "a card"},
    )
    number = number_of(store, "new@n.example")
    place = f"{READERS}{number}/"
    assert place == told.headers["location"]
    assert "a card" in anna.get(place).body
    before = count_suppressed_readers(anna)
    anna.post(READERS, {"do": "suppress", "address": "new@n.example"})
    assert before + 1 == count_suppressed_readers(anna)
    anna.post(READERS, {"do": "lift", "address": "new@n.example"})
    assert 303 == anna.post(place, {"do": "remove"}).status
    assert () == store.subscriptions.of(number)
    assert 303 == anna.post(READERS, {"do": "suppress", "address": "new@n.example"}).status
    assert "new@n.example" in anna.get(f"{READERS}suppressions/").body
    assert 303 == anna.post(READERS, {"do": "lift", "address": "new@n.example"}).status
    assert store.suppressions.find("new@n.example") is None
    assert 400 == anna.post(place, {"do": "erase"}).status
    assert 303 == anna.post(place, {"do": "erase", "sure": "1"}).status
    assert 400 == anna.get(place).status
    noted = [what for _, what, _ in last_notes(desk_store, 6)]
    assert "reader-erased" == noted[0]
    assert {"suppression-lifted", "suppressions-looked-at", "address-suppressed"} < {*noted}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "find", "address": "nobody@x.example"}, "no subscriber has this address"),
        ({"do": "find", "address": "nobody"}, "not a valid mail address"),
        ({"do": "add", "address": "a@x.example", "letter": "daily"}, "needs a proof of consent"),
        (
            {"do": "add", "address": "a@x.example", "letter": "?", "consent": "x"},
            "no such newsletter",
        ),
        ({"do": "lift", "address": "a@x.example"}, "not on the suppression list"),
        ({"do": "dance"}, "unknown action in the form"),
    ],
)
def test_what_cannot_be_is_said_on_the_page(
    anna: Browser, form: dict[str, str], words: str
) -> None:
    answer = anna.post(READERS, form, PAGE)
    assert 400 == answer.status
    assert words in answer.body
    assert 'role="alert"' in answer.body


def test_a_file_that_does_not_say_clearly_who_left_is_refused_until_its_column_is_ignored(
    served: ServedNewsroom, anna: Browser, store: MailStore
) -> None:
    data = b"email,State\r\nfour@i.example,Bavaria\r\n"
    refused = send_file(anna, data, letter="daily", consent="a fair in May")
    assert 400 == refused.status
    assert "but has unknown values: State (Bavaria)" in refused.body
    assert 'name="ignored"' in refused.body

    page = send_file(anna, data, letter="daily", consent="a fair in May", ignored=" , state")
    token = re.search(r'name="token" value="([^"]+)"', page.body)
    assert token is not None
    done = anna.post(f"{READERS}import", {"token": token[1]}, PAGE)
    assert "1 subscriber was added" in done.body
    left = send_file(anna, b"email,status\r\ntwo@i.example,unsubscribed\r\n", letter="daily")
    assert "0 subscribers would be added" in left.body
    assert "(plain, status)" in left.body
    assert store.subscribers.find("two@i.example") is None


def test_an_import_is_rehearsed_and_then_done_once(
    served: ServedNewsroom, anna: Browser, desk_store: DeskStore, store: MailStore
) -> None:
    data = b"email\r\none@i.example\r\nreader2@d2.example\r\n=cmd()\r\none@i.example\r\nno\r\n"
    page = send_file(anna, data, letter="daily", consent="a fair in May")
    assert "1 subscriber would be added" in page.body
    assert store.subscribers.find("one@i.example") is None
    token = re.search(r'name="token" value="([^"]+)"', page.body)
    assert token is not None
    done = anna.post(f"{READERS}import", {"token": token[1]}, PAGE)
    assert "1 subscriber was added" in done.body
    assert number_of(store, "one@i.example")
    assert [("Anna", "readers-imported", "1 / 5")] == last_notes(desk_store)
    again = anna.post(f"{READERS}import", {"token": token[1]}, PAGE)
    assert "the uploaded file has expired" in again.body
    assert [] == [*(served.root / ".copydesk").glob("import-*")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the form contains no file"),
        (b"name;town\r\na;b\r\n", "the file has no column of mail addresses"),
        (b"\x00" * 2_000, "the file has no column of mail addresses"),
        (b"x" * 20_200_000, "the request body is too large"),
    ],
    ids=["empty", "no addresses", "zeros", "huge"],
)
def test_a_file_that_is_none_is_refused_and_no_path_is_told(
    anna: Browser, data: bytes, words: str
) -> None:
    answer = send_file(anna, data)
    assert 400 == answer.status
    assert words in answer.body
    assert ".copydesk" not in answer.body


def test_all_readers_are_exported_and_that_is_noted(anna: Browser, desk_store: DeskStore) -> None:
    answer = anna.post(f"{READERS}export", {"form": "csv"})
    assert answer.body.startswith("address,state,")
    assert "reader3@d3.example" in answer.body
    assert [("Anna", "readers-exported", "csv")] == last_notes(desk_store)
    assert 405 == anna.get(f"{READERS}export").status


def test_forms_of_other_sites_change_nothing(anna: Browser, store: MailStore) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in (PAUSED, READERS, f"{READERS}export", f"{READERS}import", f"{READERS}1/"):
        assert 403 == anna.post(path, {"do": "end", "sure": "1"}, foreign).status
    assert store.ledger.state_of(4) == "paused"


def test_a_file_of_readers_that_is_damaged_is_a_notice_and_the_desk_goes_on(
    tmp_path: Path,
) -> None:
    root = filed_newsroom(tmp_path)
    with serve_newsroom(root) as served:
        anna = served.owner()
        (root / ".copydesk/mail.sqlite").write_bytes(b"no database at all " * 500)
        page = anna.get(MAILING, PAGE)
        assert 'role="alert"' in page.body
        assert "copydesk restore" in page.body
        assert 503 == anna.get(READERS, PAGE).status
        assert 200 == anna.get("/desk/").status


def test_where_nothing_is_set_up_the_page_says_how_to_begin(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    with serve_newsroom(root) as served:
        anna = served.owner()
        page = anna.get(MAILING).body
        assert "[mail.smtp]" in page
        assert "docs/guides/send-newsletters.md" in page
        assert not (root / ".copydesk/mail.sqlite").exists()
        assert "Your newsletters have no subscribers yet." in anna.get(READERS).body


def test_readers_of_a_letter_that_is_no_more_are_told_of(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    with closing(open_mail(root / ".copydesk")) as store:
        number = store.subscribers.add("reader1@d1.example", NOW).id
        store.subscribers.set_state(number, "active")
        store.subscriptions.put(Subscription(subscriber=number, letter="<gone>", since=NOW))
    with serve_newsroom(root) as served:
        page = served.owner().get(MAILING).body

    assert "<gone>" not in page
    said = html.unescape(page)
    assert "1 subscriber of a newsletter that no longer exists: <gone>" in said
    assert "<code>copydesk mail readers rename-letter '<gone>' " in said
    assert "reader1@" not in page


def test_an_owner_sends_to_the_uncertain_again_and_an_editor_does_not(
    anna: Browser, ed: Browser, store: MailStore
) -> None:
    sending = store.ledger.find("tidewatch-2026-11-10")
    assert sending is not None
    count = store.ledger.count(sending.number)[DeliveryState.UNCERTAIN]
    assert f"Send to {count} subscribers again" in anna.get(DONE).body
    assert "subscribers again" not in ed.get(DONE).body
    assert f"Send to {count} subscribers again" in anna.get(f"{DONE}now").body
    word = {"do": "again", "sure": "1", "count": str(count)}
    assert 403 == ed.post(DONE, word).status
    for wrong in ({"sure": ""}, {"count": "99"}, {"count": "x"}):
        sent = {name: value for name, value in {**word, **wrong}.items() if value}
        assert 400 == anna.post(DONE, sent, PAGE).status

    assert 303 == anna.post(DONE, word).status

    assert "sent again by Anna to subscribers with uncertain delivery" in anna.get(DONE).body
    assert "subscribers again" not in anna.get(DONE).body


def test_the_desk_says_why_an_issue_is_paused(anna: Browser, store: MailStore) -> None:
    sending = store.ledger.find("tidewatch-2026-11-13")
    assert sending is not None
    store.ledger.set_state(sending.number, "paused", remark="uncertain")

    assert "closed the connection after several emails" in anna.get(PAUSED).body


def test_the_composer_says_how_many_readers_get_what_is_filed(tmp_path: Path) -> None:
    root = mail_desk_newsroom(tmp_path, 9)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace('start = "person"', ""), "utf-8")
    add_readers(root, 7)
    (story,) = stories(4)[3:]
    records.write(Archive(root), replace(story, published_at=datetime.now(UTC)))
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a story")
    with serve_newsroom(root) as served:
        body = come_in_outside(served, "Anna").get("/desk/letters/daily/").body

    assert "Publish issue and send to 7 subscribers now" in body


def test_a_flood_of_sign_ups_is_told(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    use_up_sign_ups(root)
    with serve_newsroom(root) as served:
        page = served.owner().get(MAILING).body

    assert "Unusually many sign-ups" in page
    assert "Confirmation emails sent today: 500 of 500 allowed" in page
