"""Posts at Mastodon: made once for a key, edited, found and deleted; faults are told apart."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from copydesk.building.posts.accounts import (
    PostAnswer,
    PostDelayed,
    PostRefused,
    PostSent,
    PostUncertain,
)
from copydesk.building.posts.mastodon import (
    Mastodon,
    MastodonAccount,
    MastodonInstance,
    make_edit,
    make_status,
)
from copydesk.fetch.web import Web
from world.mastodon import ACCOUNT, FakeMastodon
from world.posting import LINK, talk

STATUS = make_status(f"Bridge closed\n\n{LINK}?a=1&b=2", language="en")
HALF_AN_HOUR = timedelta(minutes=30)


def client(server: FakeMastodon, web: Web, token: str = "token") -> Mastodon:
    return Mastodon(web=web, server=server.url, token=token)


async def send_once(server: FakeMastodon, web: Web) -> PostAnswer:
    return await client(server, web).send(STATUS, "key")


def sent(answer: object) -> PostSent:
    assert isinstance(answer, PostSent), answer
    return answer


def test_a_post_is_made_with_its_words_language_and_visibility() -> None:
    server = FakeMastodon()

    answer = sent(talk(server, send_once))

    (status,) = server.statuses.values()
    assert f"Bridge closed\n\n{LINK}?a=1&b=2" == status.text
    assert ("en", "public") == (status.language, status.visibility)
    assert status.id == answer.id
    assert f"https://mastodon.example/@desk/{status.id}" == answer.url
    assert "Bridge closed" in answer.words


@pytest.mark.parametrize(("later", "posts"), [(HALF_AN_HOUR, 1), (2 * HALF_AN_HOUR, 2)])
def test_the_same_key_makes_one_post_for_an_hour(later: timedelta, posts: int) -> None:
    async def send_twice(server: FakeMastodon, web: Web) -> None:
        first = await send_once(server, web)
        server.now += later
        second = await send_once(server, web)
        assert (first == second) is (posts == 1)

    server = FakeMastodon()
    talk(server, send_twice)

    assert posts == len(server.statuses)


def test_two_requests_at_once_make_two_posts_in_spite_of_the_key() -> None:
    """This is why nothing is sent again within a minute."""

    async def send_both(server: FakeMastodon, web: Web) -> None:
        server.pause_seconds = 0.1
        await asyncio.gather(send_once(server, web), send_once(server, web))

    server = FakeMastodon()
    talk(server, send_both)

    assert 2 == len(server.statuses)


@pytest.mark.parametrize(
    ("fault", "kind", "posts"),
    [
        ("500", PostUncertain, 0),
        ("503", PostUncertain, 0),
        ("done:500", PostUncertain, 1),
        ("done:502", PostUncertain, 1),
        ("done:late", PostUncertain, 1),
        ("done:closes", PostUncertain, 1),
        ("done:html", PostUncertain, 1),
        ("done:deep", PostUncertain, 1),
        ("done:drip", PostUncertain, 1),
        ("closes", PostUncertain, 0),
        ("408", PostUncertain, 0),
        ("429", PostDelayed, 0),
        ("401", PostRefused, 0),
        ("413", PostRefused, 0),
        ("redirect", PostRefused, 0),
        ("done:twice", PostSent, 1),
    ],
)
def test_each_fault_says_whether_the_post_may_have_been_made(
    fault: str, kind: type[PostAnswer], posts: int
) -> None:
    server = FakeMastodon()
    server.plan = [fault]

    answer = talk(server, send_once)

    assert isinstance(answer, kind), answer
    assert posts == len(server.statuses)
    assert 1 == len(server.asked)


@pytest.mark.parametrize("fault", ["done:500", "done:late", "done:closes", "done:html"])
def test_an_uncertain_post_is_made_once_by_the_same_key(fault: str) -> None:
    async def send_again(server: FakeMastodon, web: Web) -> PostAnswer:
        await send_once(server, web)
        return await send_once(server, web)

    server = FakeMastodon()
    server.plan = [fault]

    answer = sent(talk(server, send_again))

    assert [answer.id] == list(server.statuses)


def test_a_post_whose_key_was_lost_is_found_by_its_link() -> None:
    async def find(server: FakeMastodon, web: Web) -> object:
        server.fails_before_key = True
        assert isinstance(await send_once(server, web), PostUncertain)
        return await client(server, web).find(ACCOUNT, f"{LINK}?a=1&b=2")

    server = FakeMastodon()
    found = sent(talk(server, find))

    assert [found.id] == list(server.statuses)


@pytest.mark.parametrize("link", [LINK, f"{LINK}?a=1", f"{LINK}?a=1&b=2&c=3"])
def test_a_post_with_a_similar_link_is_not_taken_for_ours(link: str) -> None:
    async def find(server: FakeMastodon, web: Web) -> object:
        await send_once(server, web)
        return await client(server, web).find(ACCOUNT, link)

    assert talk(FakeMastodon(), find) is None


@pytest.mark.parametrize(
    ("fault", "kind"), [("500", PostUncertain), ("html", PostUncertain), ("429", PostDelayed)]
)
def test_a_search_that_fails_does_not_say_that_there_is_no_post(
    fault: str, kind: type[PostAnswer]
) -> None:
    async def find(server: FakeMastodon, web: Web) -> object:
        server.plan = [fault]
        return await client(server, web).find(ACCOUNT, LINK)

    assert isinstance(talk(FakeMastodon(), find), kind)


def test_a_second_answer_on_a_connection_is_nobodys() -> None:
    async def send_two(server: FakeMastodon, web: Web) -> list[PostAnswer]:
        server.plan = ["done:twice"]
        return [await client(server, web).send(STATUS, key) for key in ("one", "two")]

    server = FakeMastodon()
    answers = talk(server, send_two)

    assert list(server.statuses) == [sent(answer).id for answer in answers]


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_wait_is_measured_by_the_servers_own_clock(hours: int) -> None:
    server = FakeMastodon()
    server.plan = ["429"]
    server.clock_is_wrong_by = timedelta(hours=hours)

    answer = talk(server, send_once)

    assert isinstance(answer, PostDelayed)
    assert 90 == pytest.approx(answer.seconds, abs=1)


@pytest.mark.parametrize(("asked", "waited"), [(-5, 1), (0, 1), (300, 300), (10**7, 86_400)])
def test_a_wait_is_between_a_second_and_a_day(asked: int, waited: int) -> None:
    server = FakeMastodon()
    server.plan, server.wait_seconds = ["429"], asked

    answer = talk(server, send_once)

    assert isinstance(answer, PostDelayed)
    assert waited == pytest.approx(answer.seconds, abs=1)


def test_a_private_address_is_refused_and_never_asked() -> None:
    server = FakeMastodon()

    answer = talk(server, send_once, is_allowed=False)

    assert isinstance(answer, PostRefused)
    assert ("address", True) == (answer.code, answer.is_lasting)
    assert [] == server.asked


def test_what_never_left_is_sent_later() -> None:
    async def send_to_nobody(server: FakeMastodon, web: Web) -> PostAnswer:
        address = "http://127.0.0.1:1"  # nobody listens there
        return await Mastodon(web=web, server=address, token="token").send(STATUS, "key")

    assert isinstance(talk(FakeMastodon(), send_to_nobody), PostDelayed)


@pytest.mark.parametrize(("token", "code"), [("revoked", "401"), ("reader", "403")])
def test_a_token_without_the_right_is_refused_for_good(token: str, code: str) -> None:
    async def send_with(server: FakeMastodon, web: Web) -> PostAnswer:
        server.tokens["reader"] = frozenset({"read:statuses"})
        return await client(server, web, token).send(STATUS, "key")

    answer = talk(FakeMastodon(), send_with)

    assert isinstance(answer, PostRefused)
    assert (code, True) == (answer.code, answer.is_lasting)


def test_a_post_that_is_too_long_is_refused_in_the_servers_words() -> None:
    server = FakeMastodon(most=20)

    answer = talk(server, send_once)

    assert isinstance(answer, PostRefused)
    assert "status 422: Validation failed: Text character limit of 20 exceeded" == answer.why


def test_an_edit_keeps_the_pictures_that_it_names() -> None:
    async def edit(server: FakeMastodon, web: Web) -> PostAnswer:
        mastodon = client(server, web)
        media = sent(await mastodon.upload(b"png", "image/png", "A bridge, “closed”"))
        first = sent(await mastodon.send(make_status("Old", media_ids=[media.id]), "key"))
        return await mastodon.edit(first.id, make_edit("New", media_ids=[media.id], language="en"))

    server = FakeMastodon()
    answer = sent(talk(server, edit))

    (status,) = server.statuses.values()
    assert ("New", ["900"], 1) == (status.text, status.media, status.edits)
    assert "New" == answer.words
    (media,) = server.media.values()
    assert ("image/png", 3, "A bridge, “closed”") == (media.kind, media.size, media.alt)


@pytest.mark.parametrize("fault", ["done:500", "done:late", "done:closes"])
def test_an_edit_sent_twice_is_one_edit(fault: str) -> None:
    async def edit(server: FakeMastodon, web: Web) -> PostAnswer:
        first = sent(await send_once(server, web))
        server.plan = [fault]
        await client(server, web).edit(first.id, make_edit("New"))
        return await client(server, web).edit(first.id, make_edit("New"))

    server = FakeMastodon()
    sent(talk(server, edit))

    (status,) = server.statuses.values()
    assert 1 == status.edits


def test_an_edit_of_a_deleted_post_is_refused() -> None:
    async def edit(server: FakeMastodon, web: Web) -> PostAnswer:
        return await client(server, web).edit("1", make_edit("New"))

    answer = talk(FakeMastodon(), edit)

    assert isinstance(answer, PostRefused)
    assert "404" == answer.code


@pytest.mark.parametrize("fault", ["", "done:500", "done:late", "done:closes"])
def test_a_post_is_deleted_and_is_gone_at_the_second_time(fault: str) -> None:
    async def delete(server: FakeMastodon, web: Web) -> PostAnswer:
        first = sent(await send_once(server, web))
        server.plan = [fault]
        await client(server, web).delete(first.id)
        return await client(server, web).delete(first.id)

    server = FakeMastodon()
    sent(talk(server, delete))

    assert {} == server.statuses


@pytest.mark.parametrize("fault", ["html", "500", "late", "closes", "429", "redirect"])
def test_a_deletion_without_a_clear_answer_is_not_taken_for_done(fault: str) -> None:
    async def delete(server: FakeMastodon, web: Web) -> PostAnswer:
        first = sent(await send_once(server, web))
        server.plan = [fault, fault]  # the fetcher may send a DELETE twice
        return await client(server, web).delete(first.id)

    server = FakeMastodon()

    assert not isinstance(talk(server, delete), PostSent)
    assert 1 == len(server.statuses)


def test_a_deletion_that_is_refused_is_no_deletion() -> None:
    async def delete(server: FakeMastodon, web: Web) -> PostAnswer:
        first = sent(await send_once(server, web))
        server.tokens.clear()
        return await client(server, web).delete(first.id)

    server = FakeMastodon()

    assert isinstance(talk(server, delete), PostRefused)
    assert 1 == len(server.statuses)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("413", PostRefused), ("done:html", PostUncertain), ("", PostSent), ("500", PostUncertain)],
)
def test_a_picture_is_uploaded_or_not(fault: str, kind: type[PostAnswer]) -> None:
    async def upload(server: FakeMastodon, web: Web) -> PostAnswer:
        server.plan = [fault]
        return await client(server, web).upload(b"\x89PNG\r\n--", "image/png", "")

    assert isinstance(talk(FakeMastodon(), upload), kind)


def test_a_picture_of_an_unknown_type_is_refused() -> None:
    async def upload(server: FakeMastodon, web: Web) -> PostAnswer:
        return await client(server, web).upload(b"%PDF", "application/pdf", "")

    assert isinstance(talk(FakeMastodon(), upload), PostRefused)


def test_a_picture_that_is_being_processed_is_waited_for() -> None:
    async def upload(server: FakeMastodon, web: Web) -> list[PostAnswer]:
        server.processes_at_once = False
        media = sent(await client(server, web).upload(b"png", "image/png", ""))
        early = await client(server, web).check_media(media.id)
        server.media[media.id].is_ready = True
        return [early, await client(server, web).check_media(media.id)]

    early, ready = talk(FakeMastodon(), upload)

    assert isinstance(early, PostDelayed)
    assert isinstance(ready, PostSent)


def test_the_servers_limits_and_the_accounts_mark_are_read() -> None:
    async def read(server: FakeMastodon, web: Web) -> tuple[object, object]:
        mastodon = client(server, web)
        return await mastodon.read_instance(), await mastodon.read_account()

    instance, account = talk(FakeMastodon(most=5_000), read)

    assert isinstance(instance, MastodonInstance)
    assert 5_000 == instance.configuration.statuses.max_characters
    assert 23 == instance.configuration.statuses.characters_reserved_per_url
    assert MastodonAccount(id=ACCOUNT, acct="desk", bot=True) == account


def test_the_token_is_not_shown() -> None:
    async def show(server: FakeMastodon, web: Web) -> str:
        return repr(client(server, web, "secret"))

    assert "secret" not in talk(FakeMastodon(), show)
