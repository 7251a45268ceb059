"""Pages are read, and functions run, by processes of this machine or by a Dask cluster."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode

from copydesk import config
from copydesk.config import Settings
from copydesk.errors import ConfigError, PageError, PictureError, WorkerError
from copydesk.illustrate import PictureForms, measure_picture
from copydesk.news import Article, Dropped, Lead, Page
from copydesk.news.options import WorkerOptions
from copydesk.rounds import ReaderPool, workers
from illustrate.draw import URL as DRAWN
from illustrate.draw import drawn, encoded
from world import machine
from world.dask_cluster import FAR, TESTS, DaskCluster
from world.far_hostile import trap
from world.newsroom import KEY, NOW, SEALS, WALL, newsroom, page
from world.tls import Authority

Result = TypeVar("Result")
UTC_TIMES = st.datetimes(timezones=st.just(NOW.tzinfo))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = newsroom(tmp_path_factory.mktemp("coast"))
    return config.load(root, {"COPYDESK_KEY": KEY})


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        cluster.start_worker()
        cluster.start_worker()
        yield cluster


def of(settings: Settings, cluster: DaskCluster) -> Settings:
    return replace(settings, workers=cluster.options())


def pages(count: int) -> list[tuple[Page, Lead]]:
    """Return pages that differ, a few of which are no article."""
    return [_page(number) for number in range(count)]


def _page(number: int) -> tuple[Page, Lead]:
    url = f"https://gull.example/{number}"
    text = "Nothing." if number % 7 == 6 else (WALL, SEALS)[number % 2].replace("two", str(number))
    body = page(f"The sea wall rises by {number} metres", text).body
    fetched = Page(url=url, final_url=url, status=200, headers={}, body=body, fetched_at=NOW)
    return fetched, Lead(url=url, source="https://gull.example/feed.xml", found=NOW)


def read_all(
    readers: ReaderPool,
    given: list[tuple[Page, Lead]],
    meanwhile: Callable[[], Awaitable[None]] | None = None,
) -> tuple[list[Article | Dropped | str], tuple[str, ...]]:
    """Return what became of each page, and the notes of the pool."""

    async def read(page: Page, lead: Lead) -> Article | Dropped | str:
        try:
            return await readers.article(page, lead)
        except PageError as error:
            return str(error)

    async def run() -> list[Article | Dropped | str]:
        try:
            reading = asyncio.gather(*(read(*one) for one in given))
            if meanwhile:
                await meanwhile()
            return await reading
        finally:
            readers.close()

    return asyncio.run(asyncio.wait_for(run(), machine.PATIENCE_SECONDS)), readers.notes


def far(settings: Settings, cluster: DaskCluster) -> ReaderPool:
    return workers.open_readers(of(settings, cluster), lambda: None)


@pytest.fixture(scope="module")
def here(settings: Settings) -> list[Article | Dropped | str]:
    """Return what this machine reads in 60 pages."""
    return read_all(ReaderPool(settings.beat, workers=2), pages(60))[0]


def call_on(
    made: workers.Workers,
    work: Callable[[workers.Workers], Awaitable[Result]],
    seconds: float = machine.PATIENCE_SECONDS,
) -> Result:
    async def run() -> Result:
        with contextlib.closing(made):
            return await work(made)

    return asyncio.run(asyncio.wait_for(run(), seconds))


async def collect(
    made: workers.Workers, function: str, payloads: list[bytes]
) -> dict[int, bytes | str]:
    found: dict[int, bytes | str] = {}
    async for number, answer in workers.call_all(made, f"{FAR}:{function}", payloads):
        assert number not in found
        found[number] = str(answer) if isinstance(answer, WorkerError) else answer
    return found


ARTICLES = st.builds(
    Article,
    published_at=UTC_TIMES,
    found=UTC_TIMES,
    updated_at=st.none() | UTC_TIMES,
    watched_since=st.none() | UTC_TIMES,
)


@given(ARTICLES)
def test_an_article_comes_back_as_it_was_read(article: Article) -> None:
    assert article == decode(encode(article), type=Article)


# Processes of this machine.


@pytest.fixture(scope="module")
def local(settings: Settings) -> Iterator[workers.LocalWorkers]:
    with contextlib.closing(workers.LocalWorkers(settings.beat, b"!", size=2)) as made:
        yield made


@pytest.mark.slow
def test_each_payload_is_answered_and_one_that_ends_its_process_costs_itself_alone(
    local: workers.LocalWorkers,
) -> None:
    found = asyncio.run(collect(local, "end", [b"a", b"end", b"b", b"c"]))

    assert {0: b"a", 1: f"it ended its process 3 times: {FAR}:end", 2: b"b", 3: b"c"} == found


@pytest.mark.slow
def test_a_function_gets_what_all_share_and_tells_its_error_in_words(
    local: workers.LocalWorkers,
) -> None:
    assert {0: b"a!"} == asyncio.run(collect(local, "echo", [b"a"]))
    assert {0: f"{FAR}:fail: ValueError: no"} == asyncio.run(collect(local, "fail", [b"no"]))


@pytest.mark.slow
def test_idle_processes_that_the_system_kills_are_replaced(local: workers.LocalWorkers) -> None:
    for _ in range(3):
        for number in asyncio.run(collect(local, "number", [b""] * 4)).values():
            with contextlib.suppress(ProcessLookupError):  # one process may answer twice
                os.kill(int(number), signal.SIGKILL)
        assert {0: b"a!"} == asyncio.run(collect(local, "echo", [b"a"]))


# A Dask cluster.


@pytest.mark.slow
def test_a_cluster_reads_pages_and_pictures_as_this_machine_does(
    settings: Settings, cluster: DaskCluster, here: list[Article | Dropped | str]
) -> None:
    assert (here, ()) == read_all(far(settings, cluster), pages(60))

    async def draw(readers: ReaderPool) -> tuple[PictureForms, str]:
        good = measure_picture(DRAWN, encoded(drawn(800, 600), "JPEG"))
        with contextlib.closing(readers):
            await readers.prove_picture(good)
            with pytest.raises(PictureError) as refused:
                await readers.picture_forms(replace(good, data=good.data[:4000]))
            return await readers.picture_forms(good), str(refused.value)

    drawn_here = asyncio.run(draw(ReaderPool(settings.beat, workers=1)))
    assert drawn_here == asyncio.run(draw(far(settings, cluster)))


@pytest.mark.slow
def test_functions_run_on_a_cluster_as_on_this_machine(
    settings: Settings, cluster: DaskCluster
) -> None:
    made = workers.DaskWorkers(of(settings, cluster), b"!")

    async def work(made: workers.Workers) -> list[dict[int, bytes | str]]:
        lots = ("echo", [b"a", b"b"]), ("fail", [b"no"])
        return [await collect(made, name, payloads) for name, payloads in lots]

    expected = [{0: b"a!", 1: b"b!"}, {0: f"{FAR}:fail: ValueError: no"}]
    assert expected == call_on(made, work)


@pytest.mark.slow
def test_a_page_that_stalls_its_reader_costs_itself_alone(
    settings: Settings, cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workers.DaskWorkers(of(settings, cluster))

    async def work(made: workers.Workers) -> list[object]:
        stalled = asyncio.ensure_future(collect(made, "crash", [b"https://gull.example/a"]))
        return [await collect(made, "nap", [b"a", b"b"]), await stalled]

    crashed = f"{FAR}:crash: the page crashed the parser: https://gull.example/a"
    assert [{0: b"a", 1: b"b"}, {0: crashed}] == call_on(made, work)


def kills() -> list[object]:
    """Return how often workers, and the scheduler, are killed while pages are read."""
    return [pytest.param(4, 1, id="few"), pytest.param(50, 5, id="many", marks=pytest.mark.long)]


@pytest.mark.slow
@pytest.mark.parametrize(("of_workers", "of_scheduler"), kills())
def test_killed_workers_and_schedulers_lose_nothing(
    settings: Settings, tmp_path: Path, of_workers: int, of_scheduler: int
) -> None:
    count = 30 * of_workers
    victims = [False] * of_workers + [True] * of_scheduler
    random.Random(1).shuffle(victims)

    def replace_one(is_scheduler: bool) -> None:
        victim = cluster.scheduler if is_scheduler else living.pop(0)
        victim.kill()
        victim.wait()
        if is_scheduler:  # its workers end with it
            cluster.start_scheduler()
            for worker in living:
                worker.kill()
            living[:] = [cluster.start_worker()]
        living.append(cluster.start_worker())

    async def work(made: workers.Workers) -> dict[int, bytes | str]:
        calls = asyncio.ensure_future(collect(made, "nap", [b"%d" % n for n in range(count)]))
        for is_scheduler in victims:
            await asyncio.sleep(1)
            await asyncio.to_thread(replace_one, is_scheduler)
        return await calls

    with DaskCluster(tmp_path) as cluster:
        living = [cluster.start_worker(), cluster.start_worker()]
        made = workers.DaskWorkers(of(settings, cluster))
        found = call_on(made, work, 20 * count)

    assert {number: b"%d" % number for number in range(count)} == found


@pytest.mark.slow
def test_pages_of_killed_workers_are_read_elsewhere(
    settings: Settings, tmp_path: Path, here: list[Article | Dropped | str]
) -> None:
    async def kill() -> None:
        for _ in range(3):
            await asyncio.sleep(1)
            living.pop(0).kill()
            living.append(cluster.start_worker())

    with DaskCluster(tmp_path) as cluster:
        living = [cluster.start_worker(), cluster.start_worker()]
        found, _ = read_all(far(settings, cluster), pages(60) * 8, kill)

    assert here * 8 == found


@pytest.mark.slow
def test_a_cluster_that_is_away_is_said_and_this_machine_reads(
    settings: Settings, cluster: DaskCluster, here: list[Article | Dropped | str]
) -> None:
    away = replace(settings, workers=WorkerOptions(dask="tcp://127.0.0.1:9"))
    found, notes = read_all(workers.open_readers(away, lambda: None), pages(60))

    assert here == found
    assert ("this machine read pages: the Dask cluster is away: tcp://127.0.0.1:9",) == notes


@pytest.mark.slow
def test_a_worker_that_stands_still_is_not_waited_for(settings: Settings, tmp_path: Path) -> None:
    async def work(made: workers.Workers) -> list[bytes]:
        assert isinstance(made, workers.DaskWorkers)
        await collect(made, "echo", [b""])
        still.send_signal(signal.SIGSTOP)
        cluster.start_worker()
        return [await made.call(f"{FAR}:echo", b"%d" % n, seconds=5) for n in range(4)]

    with DaskCluster(tmp_path) as cluster:
        still = cluster.start_worker()
        made = workers.DaskWorkers(of(settings, cluster))
        assert [b"0", b"1", b"2", b"3"] == call_on(made, work)


@pytest.mark.slow
def test_a_worker_that_never_answers_a_greeting_leaves_the_cluster_away(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is one that its nanny starts again and again, because it has too little memory."""
    monkeypatch.setattr(workers, "_GREETING_SECONDS", 0.5)  # after that it is greeted again
    with DaskCluster(tmp_path) as cluster:
        cluster.start_worker().send_signal(signal.SIGSTOP)
        made = workers.DaskWorkers(of(settings, cluster), patience=2.0)
        with pytest.raises(WorkerError, match="the Dask cluster is away"):
            call_on(made, lambda made: made.call(f"{FAR}:echo", b""))


WRONG = {
    "object": "TypeError: Data serialized with error",
    "pickle": " is not used: it did not answer, or has no copydesk of this version",
    "error": "a Dask task failed, or killed its workers",
    "bytes": "DecodeError: MessagePack data is malformed",
    "lot": "ValueError: 0 results of",
}


@pytest.mark.slow
@pytest.mark.sample("pickle", "lot")
@pytest.mark.parametrize("trick", WRONG)
def test_what_a_hostile_worker_sends_is_neither_run_nor_believed(
    settings: Settings, tmp_path: Path, here: list[Article | Dropped | str], trick: str
) -> None:
    with DaskCluster(tmp_path) as cluster:
        cluster.start_worker(trick)
        found, notes = read_all(far(settings, cluster), pages(60))

    assert here == found
    assert not trap(tmp_path, trick, os.getpid()).exists()
    assert any(WRONG[trick] in note for note in notes), notes


@pytest.mark.slow
def test_what_a_hostile_scheduler_sends_is_not_run(
    settings: Settings, tmp_path: Path, here: list[Article | Dropped | str]
) -> None:
    with DaskCluster(tmp_path, trick="scheduler") as cluster:
        cluster.start_worker()
        found, notes = read_all(far(settings, cluster), pages(60))

    assert here == found
    for name in ("message", "marked", "answer", "serialized"):
        assert not trap(tmp_path, name, os.getpid()).exists()
    assert [f"this machine read pages: the Dask cluster is away: {cluster.address}"] == [*notes]


def test_a_plain_client_of_dask_runs_what_a_hostile_worker_sends(tmp_path: Path) -> None:
    """Otherwise the tests above would prove nothing."""
    code = """
import sys
from distributed import Client
from copydesk.rounds import workers

Client(sys.argv[1]).submit(workers.answer_order, b"").result()
"""
    with DaskCluster(tmp_path) as cluster:
        cluster.start_worker("object")
        environ = {**os.environ, "PYTHONPATH": str(TESTS), "WORLD_FOLDER": str(tmp_path)}
        command = (sys.executable, "-c", code, cluster.address)
        with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as client:
            client.wait()

    assert trap(tmp_path, "object", client.pid).exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trick", "objection"),
    [
        ("version", "lxml is 0.1 there and "),
        ("", "it was started without DASK_DISTRIBUTED__WORKER__DAEMON=False"),
    ],
)
def test_a_worker_that_would_read_otherwise_is_refused_in_words(
    settings: Settings,
    tmp_path: Path,
    here: list[Article | Dropped | str],
    trick: str,
    objection: str,
) -> None:
    with DaskCluster(tmp_path) as cluster:
        cluster.start_worker(trick, nanny=not trick, daemon=not trick)
        found, (refused, away) = read_all(far(settings, cluster), pages(60))

    assert here == found
    assert refused.startswith("the Dask worker tcp://127.0.0.1:")
    assert f" is not used: {objection}" in refused
    assert away.startswith("this machine read pages: the Dask cluster is away")


@pytest.mark.slow
def test_a_cluster_with_tls_is_spoken_to_with_its_certificates(
    settings: Settings, tmp_path: Path, here: list[Article | Dropped | str]
) -> None:
    authority = Authority(tmp_path)
    authority.make("cluster.example")
    tls = {"ca": authority.file, "own": tmp_path / "cluster.example.pem"}
    strange = tmp_path / "strange"
    strange.mkdir()
    Authority(strange).make("cluster.example")
    with DaskCluster(tmp_path, tls=tls) as cluster:
        cluster.start_worker(nanny=True)
        assert (here, ()) == read_all(far(settings, cluster), pages(60))

        other = replace(cluster.options(), certificate_file=str(strange / "cluster.example.pem"))
        stranger = replace(settings, workers=other)
        found, (note,) = read_all(workers.open_readers(stranger, lambda: None), pages(60))
    assert here == found
    assert note.startswith("this machine read pages: the Dask cluster is away")


def test_tls_needs_certificates(settings: Settings) -> None:
    cluster = replace(settings, workers=WorkerOptions(dask="tls://10.0.0.5:8786"))

    with pytest.raises(ConfigError, match="TLS needs certificates"):
        workers.open_workers(cluster)


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        *(("tls://10.0.0.5:8786", True), ("tls://[fd00::5]:8786", True), ("", True)),
        *(("tcp://127.0.0.1:8786", True), ("tcp://[::1]:8786", True), ("tcp://localhost:1", True)),
        *(("tcp://10.0.0.5:8786", False), ("tcp://127.0.0.1.example:8786", False)),
        *(("tcp://127.evil.example:1", False), ("tcp://a.localhost:1", False)),
        *(("10.0.0.5:8786", False), ("ws://127.0.0.1:1", False), ("inproc://a/1/2", False)),
    ],
)
def test_an_address_beyond_this_machine_needs_tls(
    tmp_path: Path, address: str, is_allowed: bool
) -> None:
    root = newsroom(tmp_path, more=f'[workers]\ndask = "{address}"\n', git=False)
    expected = contextlib.nullcontext() if is_allowed else pytest.raises(ConfigError)

    with expected:
        assert address == config.load(root, {"COPYDESK_KEY": KEY}).workers.dask


def test_without_the_extra_a_cluster_is_an_error_in_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.setattr(workers, "_load_client", workers._load_client.__wrapped__)
    cluster = replace(settings, workers=WorkerOptions(dask="tcp://127.0.0.1:9"))

    with pytest.raises(ConfigError, match=r"needs the extra copydesk\[dask\]"):
        workers.open_workers(cluster)


def test_the_command_line_loads_no_dask() -> None:
    code = "import sys, copydesk.cli, copydesk.rounds.workers; print('dask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert b"False" == done.stdout.strip()
