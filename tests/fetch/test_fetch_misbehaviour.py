"""Everything in the catalogue of misbehaviours, over real sockets: what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk import watch
from copydesk.errors import FeedError
from copydesk.fetch import WallClock
from copydesk.fetch.hosts import is_public
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import Web
from copydesk.news import NotModified, Page, Refused, Request, Source
from copydesk.news.options import FetchOptions
from copydesk.watch import entry
from world.dns import leads_to
from world.hosts import Hosts
from world.log import Visit
from world.misbehaviours import BY_NAME, CATALOGUE, INSIDE, allowed, stand_all
from world.resource import ANo, APage, Leads, NoFeed, Nothing, Resource
from world.tls import Authority
from world.web import serves

SILENT_NAMES = "name server that says nothing"
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
Answer = Page | NotModified | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of all: the answers by name, the visits by host, the authority that vouches."""

    answers: Mapping[str, Answer]
    visits: Mapping[str, list[Visit]]
    authority: Authority


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Ask for everything once."""
    authority = Authority(tmp_path_factory.mktemp("tls"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority.file))
        yield asyncio.run(ask_all(authority))


# A resource that keeps its asker waiting is asked with little patience. All others have a hundred
# times as long as they take, so that a busy machine changes nothing.
PATIENT = FetchOptions(max_bytes=1_500_000, timeout_seconds=300, connect_seconds=300)
IMPATIENT = FetchOptions(max_bytes=1_500_000, timeout_seconds=3, connect_seconds=3)
AT_ONCE = 4  # few, since each look-up of a name has five seconds


def keeps_waiting(resource: Resource) -> bool:
    """Decide whether a resource is told by the time that it takes."""
    makes = resource.makes
    return isinstance(makes, ANo) and (makes.reason == "too-slow" or resource.name == SILENT_NAMES)


async def ask_all(authority: Authority) -> Seen:
    async with Hosts(authority) as hosts:
        urls = stand_all(hosts)
        slow = [one for one in CATALOGUE if keeps_waiting(one)]
        quick = [one for one in CATALOGUE if not keeps_waiting(one)]
        answers = await ask_some(hosts, urls, slow, IMPATIENT, len(slow))
        answers |= await ask_some(hosts, urls, quick, PATIENT, AT_ONCE)
        names = {one.name: hosts.of(one.label) for one in CATALOGUE} | {INSIDE: hosts.of(INSIDE)}
        return Seen(answers=answers, visits=names, authority=authority)


async def ask_some(
    hosts: Hosts, urls: Mapping[str, str], some: list[Resource], patience: FetchOptions, most: int
) -> dict[str, Answer]:
    """Return the answers of some resources by name; at most so many are asked at once."""
    chosen = replace(
        patience,
        delay_seconds=0,
        penalty_seconds=0.01,
        allow_hosts=allowed(hosts),
        nameservers=(hosts.names.address,),
        concurrency=200,
    )
    places = asyncio.Semaphore(most)
    async with Web(chosen, WallClock()) as raw:
        polite = Polite(raw, chosen, WallClock())

        async def ask_one(resource: Resource) -> Answer:
            async with places:
                return await ask(polite, urls[resource.name], resource)

        answers = await asyncio.gather(*map(ask_one, some))
    return {one.name: answer for one, answer in zip(some, answers, strict=True)}


async def ask(polite: Polite, url: str, resource: Resource) -> Answer:
    request = Request(url=url, purpose="source", etag=resource.etag)
    for _ in range(resource.times - 1):
        await polite.fetch(request)
    return await polite.fetch(request)


def test_the_catalogue_is_long_and_its_names_and_hosts_differ() -> None:
    assert len(CATALOGUE) >= 40
    assert len(BY_NAME) == len({one.label for one in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.slow
@pytest.mark.parametrize("resource", CATALOGUE, ids=lambda one: one.name)
def test_what_copydesk_makes_of_a_misbehaviour(resource: Resource, seen: Seen) -> None:
    answer = seen.answers[resource.name]
    match resource.makes:
        case ANo() as no:
            check_refused(answer, no)
        case Nothing():
            assert isinstance(answer, NotModified), answer
        case APage() as page:
            check_page(answer, page)
        case Leads() as leads:
            check_leads(answer, leads)
        case NoFeed(words=words):
            with pytest.raises(FeedError, match=words):
                read(answer)
    if resource.most_visits is not None:
        assert len(seen.visits[resource.name]) <= resource.most_visits


def check_refused(answer: Answer, no: ANo) -> None:
    assert isinstance(answer, Refused), answer
    assert answer.reason == no.reason, answer
    assert no.words in answer.detail
    assert answer.detail
    assert not no.waits or answer.retry_at is not None


def check_page(answer: Answer, page: APage) -> None:
    assert isinstance(answer, Page), answer
    assert page.body in {None, answer.body}
    assert page.hops == tuple(status for status, _ in answer.hops)


def check_leads(answer: Answer, wanted: Leads) -> None:
    leads = read(answer).leads
    assert len(leads) == wanted.count
    assert wanted.guids in {None, len({lead.guid for lead in leads})}
    assert wanted.dated in {None, sum(lead.published_at is not None for lead in leads)}


def read(answer: Answer) -> entry.SourceReading:
    assert isinstance(answer, Page), answer
    return watch.read(answer, Source(url=answer.url), NOW)


@pytest.mark.slow
def test_what_is_inside_was_never_asked(seen: Seen) -> None:
    assert seen.visits[INSIDE] == []
    for one in CATALOGUE:
        if not one.is_allowed:
            assert seen.visits[one.name] == []


@pytest.mark.slow
def test_a_certificate_that_ends_soon_is_told(seen: Seen) -> None:
    page = seen.answers["certificate ending"]
    assert isinstance(page, Page)
    assert page.certificate_until == seen.authority.ends_at("ending")
    assert page.certificate_until < datetime.now(UTC) + timedelta(days=7)


@pytest.mark.slow
def test_no_cookie_comes_back(seen: Seen) -> None:
    assert [visit.path for visit in seen.visits["cookie wall"]] == [
        "/robots.txt",
        "/",
        "/consent?back=/",
    ]


@pytest.mark.slow
def test_a_connection_is_kept_for_the_next_request(seen: Seen) -> None:
    visits = seen.visits["changing guids"]
    assert len(visits) == 3
    assert len({visit.connection for visit in visits}) == 1


def test_a_name_that_changes_to_a_private_address_leads_nowhere() -> None:
    # no public address may be asked in a test, so that one of loopback stands for it
    def is_allowed(address: str) -> bool:
        return address == "127.0.1.5" or is_public(address)

    async def work() -> tuple[list[Answer], list[Visit]]:
        async with Hosts() as hosts:
            url = hosts.at("turncoat", "/", serves(b"so"))
            hosts.place("turncoat", leads_to("127.0.1.5"), leads_to("127.0.0.2"))
            chosen = FetchOptions(nameservers=(hosts.names.address,), delay_seconds=0)
            answers = []
            for times in (2, 1):  # the second Web asks the name server again
                async with Web(chosen, WallClock(), is_allowed=is_allowed) as raw:
                    answers += [await raw.fetch(Request(url=url)) for _ in range(times)]
            return answers, hosts.visits

    answers, visits = asyncio.run(work())

    assert [type(answer) for answer in answers] == [Page, Page, Refused]
    assert isinstance(answers[2], Refused)
    assert answers[2].reason == "address"
    assert len(visits) == 2
