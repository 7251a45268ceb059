"""Readers' pages before strangers: scanners, floods, forged links, odd bytes, a broken store."""

from __future__ import annotations

import hmac
import itertools
import re
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.mail_store.links import LinkPurpose, ReaderLink
from copydesk.newsletters.reader_pages import POLICY
from world.newsroom import NOW
from world.reader_pages import FORM, READER, ReaderDesk, open_reader_desk

PAGES = ("confirm", "change", "leave", "choices", "manage")


def all_links(desk: ReaderDesk) -> list[str]:
    """Return a good link of each page, of a reader whose mails all wait."""
    desk.subscribe()
    choices = desk.link("choices")
    desk.post(choices, {"act": "manage"})
    manage = desk.follow_mail()
    desk.post(manage, {"act": "address", "address": "new@tidewatch.example"})
    change = desk.follow_mail()
    desk.move(timedelta(days=1, hours=1))
    desk.post("/subscribe", {"address": READER, "letter": "weekly"})
    confirm = desk.follow_mail()
    desk.move(timedelta(hours=-20))
    leave = desk.link("unsubscribe", "daily")
    return [confirm, change, leave, choices, manage, f"{manage}/data.json", "/subscribe"]


def test_a_scanner_that_opens_every_link_of_every_page_changes_nothing(desk: ReaderDesk) -> None:
    links = all_links(desk)
    before = desk.dump()
    seen: set[str] = set()
    while links:
        link = links.pop()
        seen.add(link)
        answer = desk.get(link)
        assert 200 == answer.status, link
        assert 200 == desk.get(link, "HEAD").status
        found = re.findall(r'(?:href|action|src)="/tide/mail(/[^"]*)"', answer.body)
        links += [one for one in found if one not in seen]

    assert len(seen) > 8
    assert before == desk.dump()


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "LINK"])
def test_other_methods_are_refused_and_change_nothing(desk: ReaderDesk, method: str) -> None:
    links = all_links(desk)
    before = desk.dump()
    for link in links:
        answer = desk.ask(method, link, b"act=erase&sure=1", {"Content-Type": FORM})
        assert (405, "GET" in answer.headers["allow"]) == (answer.status, True)

    assert before == desk.dump()


def test_get_with_a_forms_fields_in_its_address_changes_nothing(desk: ReaderDesk) -> None:
    links = all_links(desk)
    before = desk.dump()
    for link in links:
        for fields in ("act=leave", "act=erase&sure=1", "page=1&act=all", f"address={READER}"):
            desk.get(f"{link}?{fields}&letter=daily&List-Unsubscribe=One-Click")

    assert before == desk.dump()


def tokens(desk: ReaderDesk) -> list[str]:
    """Return tokens that open nothing, or not the page of a purpose."""
    with desk.kept() as store:
        good = store.links.sign(ReaderLink(purpose="choices", subscriber=1, made=NOW))
        nobody = store.links.sign(ReaderLink(purpose="choices", subscriber=99, made=NOW))
    middle = len(good) // 2
    flipped = good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :]
    return [
        flipped,
        good[:-1],
        f"{good}A",
        good * 2,
        "A" * 5_000,
        "%00",
        "..%2f..",
        nobody,
        "é",
        "-",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_forged_link_opens_nothing_and_changes_nothing(desk: ReaderDesk, page: str) -> None:
    desk.subscribe()
    made = tokens(desk)
    before = desk.dump()
    for token in made:
        assert desk.get(f"/{page}/{token}").status in {404, 410}
        assert desk.post(f"/{page}/{token}", {"act": "leave"}).status in {200, 400, 404, 410}

    assert before == desk.dump()


@pytest.mark.parametrize(
    ("purpose", "opens"),
    [
        ("confirm", {"confirm"}),
        ("change", {"change"}),
        ("unsubscribe", {"leave"}),
        ("choices", {"choices", "leave"}),
        ("manage", {"manage", "choices", "leave"}),
    ],
)
def test_a_link_opens_the_pages_of_its_purpose_alone(
    desk: ReaderDesk, purpose: LinkPurpose, opens: set[str]
) -> None:
    links = all_links(desk)
    names = {"unsubscribe": "leave"}
    name = names.get(purpose, purpose)
    token = next(link for link in links if link.startswith(f"/{name}/")).split("/")[2]

    assert opens == {page for page in PAGES if desk.get(f"/{page}/{token}").status == 200}


ODD = [
    "a@b.example\r\nBcc: all@tidewatch.example",
    "\r\n",
    "\0",
    "<script>alert(1)</script>@tidewatch.example",
    '"><img src=x onerror=alert(1)>',
    "\u202emara@tidewatch.example",
    "m" * 12_000,
    "{{ site }}",
    "a@b.example,c@d.example",
    "'; DROP TABLE subscribers; --",
]


@pytest.mark.parametrize("field", ["address", "letter", "comment", "topic:daily", "act", "pause"])
def test_no_field_of_any_form_breaks_a_page(desk: ReaderDesk, field: str) -> None:
    desk.subscribe()
    usual = {"address": "new@tidewatch.example", "letter": "daily", "act": "choose"}
    links = ("/subscribe", desk.link("choices"), desk.link("unsubscribe", "weekly"))
    for link, value in itertools.product(links, ODD):
        answer = desk.post(link, {**usual, field: value})
        assert answer.status in {200, 400, 429}
        assert "<script>" not in answer.body
        assert "<img" not in answer.body

    with desk.kept() as store:
        kept = [reader.address for reader in store.subscribers.walk()]
    assert set(kept) <= {READER, "new@tidewatch.example"}
    assert [] == desk.said


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"address=" + b"a" * 1_000_000, FORM, 413),
        (b"a=1&" * 4_000, FORM, 400),
        (b"address=\xff\xfe%ff&letter=daily", FORM, 400),
        (b'{"address": "mara@tidewatch.example", "letter": "daily"}', "application/json", 415),
        (b"address=mara@tidewatch.example&letter=daily", "text/plain", 415),
        (b"", "", 415),
        (b"", FORM, 400),
        (b"&&&===", FORM, 400),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    desk: ReaderDesk, body: bytes, kind: str, status: int
) -> None:
    before = desk.dump()
    answer = desk.post("/subscribe", body, kind)

    assert status == answer.status
    assert answer.body.startswith("<!doctype html>")
    assert before == desk.dump()


def test_a_body_without_end_ends_no_letter(desk: ReaderDesk) -> None:
    desk.subscribe()

    assert 413 == desk.post(desk.link("unsubscribe"), b"a" * 100_000, "multipart/form-data").status
    with desk.kept() as store:
        assert 1 == len(store.subscriptions.of(1))


def test_a_flood_of_forms_is_stopped_and_one_address_gets_one_mail(desk: ReaderDesk) -> None:
    fields = {"address": "victim@tidewatch.example", "letter": "daily"}
    answers = [desk.post("/subscribe", fields) for _ in range(30)]

    refused = [answer for answer in answers if answer.status == 429]
    assert {200, 429} == {answer.status for answer in answers}
    assert 30 == len(refused) + sum(answer.status == 200 for answer in answers)
    assert "86400" == refused[0].headers["retry-after"]
    assert "Try again in 24 hours." in refused[0].body
    with desk.kept() as store:
        assert 1 == store.outbox.count()


def test_every_answer_says_what_browsers_and_search_engines_must_not_do(desk: ReaderDesk) -> None:
    links = [*all_links(desk), "/nowhere", "/choices/forged", "/bounces"]
    for answer in [desk.get(link) for link in links] + [desk.post("/subscribe", b"x" * 99_999)]:
        assert POLICY == answer.headers["content-security-policy"]
        assert "no-store" == answer.headers["cache-control"]
        assert "no-referrer" == answer.headers["referrer-policy"]
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "set-cookie" not in answer.headers
        assert "<script" not in answer.body
        assert not re.findall(r'(?:src|href|action)="https?://(?!tidewatch\.example)', answer.body)


def test_what_came_back_is_taken_from_who_has_the_secret_alone(tmp_path: Path) -> None:
    body, secret = b"From: x@y.example\r\n\r\nno report\r\n", "s3cret"
    signature = f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"
    headers = {"X-Copydesk-Signature": signature}
    with open_reader_desk(tmp_path, environ={"COPYDESK_BOUNCE_SECRET": secret}) as desk:
        before = desk.dump()
        statuses = [
            desk.ask("POST", "/bounces", body, headers).status,
            desk.ask("POST", "/bounces", body + b"x", headers).status,
            desk.ask("POST", "/bounces", body, {}).status,
            desk.ask("POST", "/bounces", b"x" * 3_000_000, headers).status,
            desk.get("/bounces").status,
        ]
        assert [200, 403, 403, 413, 405] == statuses
        assert before == desk.dump()


def test_without_a_secret_nothing_is_taken_in(desk: ReaderDesk) -> None:
    assert 404 == desk.ask("POST", "/bounces", b"", {"X-Copydesk-Signature": "sha256="}).status


@pytest.mark.parametrize("content", [b"no database, no database, no database", b"\0" * 4096])
def test_where_the_file_is_damaged_readers_are_told_and_later_served(
    tmp_path: Path, content: bytes
) -> None:
    with open_reader_desk(tmp_path) as desk:
        desk.subscribe()
        link, file = desk.link("choices"), desk.newsroom.private / "mail.sqlite"
    kept = file.read_bytes()
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    file.write_bytes(content)

    with open_reader_desk(tmp_path, is_made=True) as desk:
        for answer in (desk.get(link), desk.post("/subscribe", {"address": READER})):
            assert 503 == answer.status
            assert "the operator has been notified" in answer.body
        assert 1 == len([said for said in desk.said if "readers' pages" in said])
        file.write_bytes(kept)
        assert 200 == desk.get(link).status


def test_no_log_has_a_readers_link(desk: ReaderDesk) -> None:
    desk.subscribe()
    link = desk.link("manage")
    desk.is_broken = True

    with pytest.raises(ZeroDivisionError):  # the server closes the connection
        desk.get(link)
    assert link.split("/")[2] not in "\n".join(desk.said)
    assert "/mail/manage/…" in desk.said[-1]
