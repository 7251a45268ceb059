"""Posts at Bluesky: one record for a key, sessions that are renewed and kept, faults told apart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from copydesk.building.posts import composing
from copydesk.building.posts.accounts import (
    PostAnswer,
    PostDelayed,
    PostFailure,
    PostRefused,
    PostSent,
    PostUncertain,
)
from copydesk.building.posts.bluesky import (
    Bluesky,
    BlueskyBlob,
    BlueskyReference,
    BlueskySession,
    make_card,
    make_picture,
    make_put,
    make_record,
    make_tid,
)
from copydesk.building.posts.composing import ComposedPost, PostParts
from copydesk.fetch.web import Web
from world.networks import NOON
from world.pds import DID, HANDLE, PASSWORD, FakePds
from world.posting import DEFAULT_TEMPLATE, LINK, talk

KEY = make_tid(NOON, "2026/12/a-story")
URI = f"at://{DID}/app.bsky.feed.post/{KEY}"
PARTS = PostParts(
    headline="Brücke gesperrt 👨‍👩‍👧", line="Für Wochen.", link=LINK, topics=("Straßen",)
)


def compose(parts: PostParts = PARTS) -> ComposedPost:
    post = composing.compose_post(
        parts, composing.read_post_template(DEFAULT_TEMPLATE), composing.BLUESKY
    )
    assert isinstance(post, ComposedPost)
    return post


RECORD = make_record(compose(), created=NOON, language="de")
PUT = make_put(DID, KEY, RECORD)


@dataclass
class Keeper:
    """What a caller keeps of sessions."""

    kept: list[BlueskySession] = field(default_factory=list)

    def open(self, server: FakePds, web: Web, password: str = PASSWORD) -> Bluesky:
        session = self.kept[-1] if self.kept else None
        return Bluesky(
            web=web,
            server=server.url,
            handle=HANDLE,
            password=password,
            session=session,
            keep=self.kept.append,
        )


async def put_once(server: FakePds, web: Web) -> PostAnswer:
    return await Keeper().open(server, web).put(PUT)


def sent(answer: object) -> PostSent:
    assert isinstance(answer, PostSent), answer
    return answer


def test_a_post_is_a_record_with_links_and_tags_at_their_bytes() -> None:
    server = FakePds()

    answer = sent(talk(server, put_once))

    assert URI == answer.id
    assert f"https://bsky.app/profile/{DID}/post/{KEY}" == answer.url
    assert answer.version.startswith("bafyrei")
    assert RECORD == server.records[KEY]
    assert ["de"] == RECORD["langs"]
    assert "2026-12-02T12:00:00Z" == RECORD["createdAt"]
    facets = RECORD["facets"]
    assert isinstance(facets, list)
    raw = compose().text.encode()
    words = [raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]] for facet in facets]
    assert [LINK.encode(), "#Straßen".encode()] == words


def test_the_same_bytes_are_no_change_and_others_an_update() -> None:
    other = make_put(DID, KEY, make_record(compose(), created=NOON + timedelta(seconds=1)))

    async def put_three(server: FakePds, web: Web) -> list[PostAnswer]:
        bluesky = Keeper().open(server, web)
        return [await bluesky.put(put) for put in (PUT, PUT, other)]

    server = FakePds()
    first, second, third = talk(server, put_three)

    assert first == second != third
    assert [KEY, KEY] == server.commits
    assert 1 == len(server.records)


def test_a_key_is_a_tid_of_the_minute_before_that_depends_on_the_story() -> None:
    letters = "234567abcdefghijklmnopqrstuvwxyz"

    def microseconds(key: str) -> int:
        number = 0
        for letter in key:
            number = number * 32 + letters.index(letter)
        return number >> 10

    minute = int(NOON.timestamp()) * 1_000_000 - 60_000_000

    assert 13 == len(KEY)
    assert KEY == make_tid(NOON + timedelta(seconds=59), "2026/12/a-story")
    assert len({make_tid(NOON, f"story-{number}") for number in range(1_000)}) == 1_000
    for number in range(100):
        assert 0 <= microseconds(make_tid(NOON, f"story-{number}")) - minute < 60_000_000
    assert KEY < make_tid(NOON + timedelta(minutes=1), "2026/12/a-story")
    assert "2222222222222" < KEY < "k"


@pytest.mark.parametrize(
    ("fault", "kind", "posts_made"),
    [
        ("500", PostUncertain, 0),
        ("done:500", PostUncertain, 1),
        ("done:late", PostUncertain, 1),
        ("done:closes", PostUncertain, 1),
        ("done:html", PostUncertain, 1),
        ("done:drip", PostUncertain, 1),
        ("429", PostDelayed, 0),
        ("401", PostRefused, 0),
        ("redirect", PostRefused, 0),
        ("done:twice", PostSent, 1),
    ],
)
def test_each_fault_says_whether_the_post_may_have_been_made(
    fault: str, kind: type[PostAnswer], posts_made: int
) -> None:
    server = FakePds()
    server.plan = ["", fault]

    answer = talk(server, put_once)

    assert isinstance(answer, kind), answer
    assert posts_made == len(server.records)


@pytest.mark.parametrize("fault", ["500", "done:500", "done:late", "done:closes", "done:html"])
def test_an_uncertain_post_is_made_once_by_the_same_bytes(fault: str) -> None:
    async def put_again(server: FakePds, web: Web) -> PostAnswer:
        bluesky = Keeper().open(server, web)
        server.plan = ["", fault]
        await bluesky.put(PUT)
        return await bluesky.put(PUT)

    server = FakePds()
    sent(talk(server, put_again))

    assert [KEY] == server.commits


@pytest.mark.parametrize("fault", ["500", "done:late", "done:html", "closes", "429"])
def test_without_a_session_nothing_was_sent(fault: str) -> None:
    server = FakePds()
    server.plan = [fault]

    answer = talk(server, put_once)

    assert isinstance(answer, PostDelayed)
    assert {} == server.records


def test_a_wrong_password_is_refused_for_good() -> None:
    async def put(server: FakePds, web: Web) -> PostAnswer:
        return await Keeper().open(server, web, password="wrong").put(PUT)

    server = FakePds()
    answer = talk(server, put)

    assert isinstance(answer, PostRefused)
    assert ("AuthenticationRequired", True) == (answer.code, answer.is_lasting)
    assert 1 == server.logins


def test_a_session_is_kept_and_used_by_the_next_client() -> None:
    async def put_often(server: FakePds, web: Web) -> None:
        keeper = Keeper()
        for number in range(40):
            put = make_put(DID, make_tid(NOON, str(number)), RECORD)
            sent(await keeper.open(server, web).put(put))

    server = FakePds()
    talk(server, put_often)

    assert 1 == server.logins
    assert 40 == len(server.records)


@pytest.mark.parametrize(("ends_refresh", "logins"), [(False, 1), (True, 2)])
def test_a_session_that_ends_in_the_middle_is_renewed(ends_refresh: bool, logins: int) -> None:
    async def put_later(server: FakePds, web: Web) -> list[BlueskySession]:
        keeper = Keeper()
        await keeper.open(server, web).open()
        server.end_sessions(refresh=ends_refresh)
        sent(await keeper.open(server, web).put(PUT))
        server.end_sessions()
        sent(await keeper.open(server, web).put(PUT))
        return keeper.kept

    server = FakePds()
    kept = talk(server, put_later)

    assert logins == server.logins
    assert 3 == len({session.refresh_token for session in kept})
    assert [KEY] == server.commits


@pytest.mark.parametrize("fault", ["500", "done:late", "429"])
def test_a_session_that_cannot_be_renewed_now_delays_the_post(fault: str) -> None:
    async def put_later(server: FakePds, web: Web) -> PostAnswer:
        keeper = Keeper()
        await keeper.open(server, web).open()
        server.end_sessions()
        server.plan = ["", fault]
        return await keeper.open(server, web).put(PUT)

    server = FakePds()

    assert isinstance(talk(server, put_later), PostDelayed)
    assert {} == server.records


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_wait_is_measured_by_the_servers_own_clock(hours: int) -> None:
    server = FakePds()
    server.plan = ["", "429"]
    server.clock_is_wrong_by = timedelta(hours=hours)

    answer = talk(server, put_once)

    assert isinstance(answer, PostDelayed)
    assert 90 == pytest.approx(answer.seconds, abs=1)


def test_a_picture_is_uploaded_and_named_by_the_record() -> None:
    async def put(server: FakePds, web: Web) -> PostAnswer:
        bluesky = Keeper().open(server, web)
        blob = await bluesky.upload(b"picture", "image/png")
        assert isinstance(blob, BlueskyBlob)
        embed = make_picture(blob, "A bridge")
        return await bluesky.put(
            make_put(DID, KEY, make_record(compose(), created=NOON, embed=embed))
        )

    server = FakePds()
    sent(talk(server, put))

    embed = server.records[KEY]["embed"]
    assert "app.bsky.embed.images" == embed["$type"]
    assert "A bridge" == embed["images"][0]["alt"]
    assert "image/png" == embed["images"][0]["image"]["mimeType"]


def test_a_picture_that_the_server_has_lost_is_named_as_the_reason() -> None:
    async def put(server: FakePds, web: Web) -> list[PostAnswer]:
        bluesky = Keeper().open(server, web)
        blob = await bluesky.upload(b"picture", "image/png")
        assert isinstance(blob, BlueskyBlob)
        card = make_card(LINK, "Brücke gesperrt", "Für Wochen.", blob)
        put = make_put(DID, KEY, make_record(compose(), created=NOON, embed=card))
        server.blobs.clear()
        lost = await bluesky.put(put)
        await bluesky.upload(b"picture", "image/png")
        return [lost, await bluesky.put(put)]

    server = FakePds()
    lost, again = talk(server, put)

    assert isinstance(lost, PostRefused)
    assert "BlobNotFound" == lost.code
    sent(again)
    assert LINK == server.records[KEY]["embed"]["external"]["uri"]


@pytest.mark.parametrize("size", [1_000_000, 1_000_001])
def test_a_picture_that_is_too_large_is_refused(size: int) -> None:
    async def upload(server: FakePds, web: Web) -> BlueskyBlob | PostFailure:
        return await Keeper().open(server, web).upload(bytes(size), "image/png")

    answer = talk(FakePds(), upload)

    assert isinstance(answer, BlueskyBlob if size == 1_000_000 else PostRefused)


def test_a_reply_names_the_post_in_its_version() -> None:
    async def reply(server: FakePds, web: Web) -> PostSent:
        bluesky = Keeper().open(server, web)
        first = sent(await bluesky.put(PUT))
        target = BlueskyReference(first.id, first.version)
        record = make_record(compose(), created=NOON, reply_to=target)
        sent(await bluesky.put(make_put(DID, make_tid(NOON, "reply"), record)))
        return first

    server = FakePds()
    first = talk(server, reply)

    target = {"uri": first.id, "cid": first.version}
    assert {"root": target, "parent": target} == server.records[make_tid(NOON, "reply")]["reply"]


def test_a_post_is_found_by_its_key_or_not() -> None:
    async def find(server: FakePds, web: Web) -> list[object]:
        bluesky = Keeper().open(server, web)
        before = await bluesky.find(KEY)
        put = await bluesky.put(PUT)
        found = await bluesky.find(KEY)
        server.plan = ["500", "403"]
        failed, refused = await bluesky.find(KEY), await bluesky.find(KEY)
        return [before, put, found, failed, refused]

    before, put, found, failed, refused = talk(FakePds(), find)

    assert before is None
    assert sent(put).version == sent(found).version
    assert compose().text == sent(found).words
    assert isinstance(failed, PostUncertain)
    assert isinstance(refused, PostRefused)


@pytest.mark.parametrize("fault", ["", "done:500", "done:late", "done:closes"])
def test_a_post_is_deleted_and_is_gone_at_the_second_time(fault: str) -> None:
    async def delete(server: FakePds, web: Web) -> PostAnswer:
        bluesky = Keeper().open(server, web)
        sent(await bluesky.put(PUT))
        server.plan = [fault]
        await bluesky.delete(URI)
        return await bluesky.delete(URI)

    server = FakePds()
    sent(talk(server, delete))

    assert {} == server.records


@pytest.mark.parametrize("fault", ["html", "500", "late", "closes", "429", "redirect"])
def test_a_deletion_without_a_clear_answer_is_not_taken_for_done(fault: str) -> None:
    async def delete(server: FakePds, web: Web) -> PostAnswer:
        bluesky = Keeper().open(server, web)
        sent(await bluesky.put(PUT))
        server.plan = [fault]
        return await bluesky.delete(URI)

    server = FakePds()

    assert not isinstance(talk(server, delete), PostSent)
    assert [KEY] == list(server.records)


def test_a_post_of_another_account_is_not_deleted() -> None:
    async def delete(server: FakePds, web: Web) -> PostAnswer:
        return await Keeper().open(server, web).delete(URI.replace(DID, "did:plc:before"))

    assert isinstance(talk(FakePds(), delete), PostRefused)


def test_secrets_are_not_shown() -> None:
    async def show(server: FakePds, web: Web) -> str:
        bluesky = Keeper().open(server, web)
        return f"{await bluesky.open()!r} {bluesky!r}"

    shown = talk(FakePds(), show)

    assert PASSWORD not in shown
    assert "access-1" not in shown
    assert "refresh-1" not in shown


def test_the_request_says_what_is_stored() -> None:
    expected = {"repo": DID, "collection": "app.bsky.feed.post", "rkey": KEY, "record": RECORD}

    assert expected == json.loads(PUT)
