"""Downloads of huge files from a host that breaks off, changes its mind and lies."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import FetchError
from copydesk.fetch import WallClock
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import Web
from copydesk.fetch.web.downloads import (
    DownloadLimits,
    Downloads,
    Manners,
)
from copydesk.news import Refused
from copydesk.news.options import FetchOptions
from world import web
from world.archive_host import archive
from world.behaviours import drips, moves
from world.fetching import START, Desk, StepClock, page
from world.machine import PATIENCE_SECONDS
from world.web import Behaviour, World, sends, serves

OPTIONS = FetchOptions(
    timeout_seconds=PATIENCE_SECONDS, allow_hosts=("127.0.0.1",), delay_seconds=0, tdmrep=False
)
DATA = random.Random(37).randbytes(300_000)
OTHER = random.Random(38).randbytes(250_000)


class Fetched:
    """What a download gave, what the clock waited, and what was asked."""

    def __init__(self) -> None:
        self.clock = StepClock()
        self.answer: int | Refused = 0
        self.asked: list[web.Asked] = []
        self.progress: list[tuple[int, int]] = []


def download(
    target: Path,
    *behaviours: Behaviour,
    options: FetchOptions = OPTIONS,
    limits: DownloadLimits | None = None,
    manners: Callable[[Web, StepClock], Manners] | None = None,
    prepare: Callable[[World], None] | None = None,
    address: Callable[[World], str] = lambda world: world.url("/a.warc.gz"),
) -> Fetched:
    """Download /a.warc.gz, which answers so."""

    async def work(world: World) -> Fetched:
        fetched = Fetched()
        world.at("/a.warc.gz", *behaviours)
        if prepare is not None:
            prepare(world)
        async with Web(options, fetched.clock) as raw:
            polite = manners(raw, fetched.clock) if manners else None
            downloads = Downloads(raw, fetched.clock, polite, limits or DownloadLimits())
            fetched.answer = await downloads.fetch(
                address(world), target, lambda *size: fetched.progress.append(size)
            )
        fetched.asked = list(world.asked)
        return fetched

    return web.run(work)


def reason(fetched: Fetched) -> str:
    assert isinstance(fetched.answer, Refused)
    return fetched.answer.reason


def ranges(fetched: Fetched) -> list[str]:
    return [asked.headers.get("range", "") for asked in fetched.asked]


# ---- whole ----


def test_a_file_comes_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.warc.gz"

    fetched = download(target, archive(DATA))

    assert fetched.answer == len(DATA)
    assert target.read_bytes() == DATA
    assert list(target.parent.iterdir()) == [target]
    assert fetched.progress[-1] == (len(DATA), len(DATA))
    assert fetched.asked[0].headers["accept-encoding"] == "identity"


def test_a_file_without_a_length_comes_whole(tmp_path: Path) -> None:
    size = f"{len(DATA):x}".encode()
    body = size + b"\r\n" + DATA + b"\r\n0\r\n\r\n"

    fetched = download(
        tmp_path / "a", sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
    )

    assert fetched.answer == len(DATA)
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_file_packed_on_the_way_is_kept_as_it_was_sent(tmp_path: Path) -> None:
    packed = gzip.compress(DATA)

    download(tmp_path / "a", serves(packed, headers={"Content-Encoding": "gzip"}))

    assert (tmp_path / "a").read_bytes() == packed


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    fetched = download(
        tmp_path / "a",
        moves("/b.warc.gz"),
        prepare=lambda world: world.at("/b.warc.gz", archive(DATA)),
    )

    assert fetched.answer == len(DATA)


# ---- broken off ----


@pytest.mark.parametrize("seed", range(6))
def test_a_download_goes_on_where_the_connection_broke(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    cuts = [chance.randrange(0, 90_000) for _ in range(4)]

    fetched = download(tmp_path / "a", *(archive(DATA, cut=cut) for cut in cuts), archive(DATA))

    assert (tmp_path / "a").read_bytes() == DATA
    have, expected = 0, [""]
    for cut in cuts:
        have += cut
        expected.append(f"bytes={have}-" if have else "")
    assert ranges(fetched) == expected
    assert fetched.clock.slept == [5.0, 10.0, 20.0, 40.0]


def test_tries_that_bring_nothing_are_bounded(tmp_path: Path) -> None:
    fetched = download(tmp_path / "a", archive(DATA, cut=0), limits=DownloadLimits(tries=3))

    assert reason(fetched) == "network"
    assert len(fetched.asked) == 3
    assert not (tmp_path / "a").exists()


def test_a_changing_file_does_not_make_tries_endless(tmp_path: Path) -> None:
    big = bytes(1_500_000)
    changing = [archive(big, f'"{number}"', cut=1_200_000) for number in range(20)]

    fetched = download(tmp_path / "a", *changing, limits=DownloadLimits(tries=3))

    assert reason(fetched) == "network"
    assert len(fetched.asked) == 3


def test_the_next_process_goes_on_with_the_part(tmp_path: Path) -> None:
    first = download(tmp_path / "a", archive(DATA, cut=70_000), limits=DownloadLimits(tries=1))
    assert isinstance(first.answer, Refused)
    keep_port(tmp_path / "a.part.json")

    second = download(tmp_path / "a", archive(DATA), address=same_address(tmp_path))

    assert ranges(second) == ["bytes=70000-"]
    assert second.asked[0].headers["if-range"] == '"1"'
    assert (tmp_path / "a").read_bytes() == DATA


def keep_port(note: Path) -> None:
    """Let a note be of an address of any port."""
    known = json.loads(note.read_bytes())
    note.write_text(json.dumps({**known, "address": "PORT"}))


def same_address(folder: Path) -> Callable[[World], str]:
    """Give the address, after the notes of earlier worlds were moved to the port of this one."""

    def address(world: World) -> str:
        for note in folder.glob("*.part.json"):
            text = note.read_text().replace("PORT", world.url("/a.warc.gz"))
            note.write_text(text)
        return world.url("/a.warc.gz")

    return address


def test_a_part_that_is_whole_needs_no_request(tmp_path: Path) -> None:
    leave_part(tmp_path, DATA, total=len(DATA))

    fetched = download(tmp_path / "a", archive(DATA), address=same_address(tmp_path))

    assert fetched.asked == []
    assert (tmp_path / "a").read_bytes() == DATA


def leave_part(folder: Path, data: bytes, total: int, etag: str = '"1"') -> None:
    (folder / "a.part").write_bytes(data)
    note = {"address": "PORT", "etag": etag, "last_modified": "", "total": total}
    (folder / "a.part.json").write_text(json.dumps(note))


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b'{"address": "http://b.example/", "etag": "\\"1\\""}'],
    ids=["empty", "broken", "of another kind", "of another address"],
)
def test_a_part_without_its_note_is_begun_anew(tmp_path: Path, note: bytes) -> None:
    (tmp_path / "a.part").write_bytes(b"x" * 1_000)
    (tmp_path / "a.part.json").write_bytes(note)

    fetched = download(tmp_path / "a", archive(DATA))

    assert ranges(fetched) == [""]
    assert (tmp_path / "a").read_bytes() == DATA


@pytest.mark.parametrize("etag", ["", 'W/"1"'])
def test_a_file_without_a_strong_validator_is_begun_anew(tmp_path: Path, etag: str) -> None:
    fetched = download(tmp_path / "a", archive(DATA, etag, cut=50_000), archive(DATA, etag))

    assert ranges(fetched) == ["", ""]
    assert (tmp_path / "a").read_bytes() == DATA


# ---- lies and changes ----


def test_a_host_without_ranges_is_asked_for_all_of_it(tmp_path: Path) -> None:
    broken = archive(DATA, cut=100_000)

    fetched = download(tmp_path / "a", broken, archive(DATA, obeys_range=False))

    assert ranges(fetched) == ["", "bytes=100000-"]
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_file_that_changed_is_begun_anew(tmp_path: Path) -> None:
    fetched = download(tmp_path / "a", archive(DATA, cut=100_000), archive(OTHER, '"2"'))

    assert fetched.answer == len(OTHER)
    assert (tmp_path / "a").read_bytes() == OTHER


@pytest.mark.parametrize(
    "content_range",
    [
        "bytes 0-{end}/{total}",
        "bytes {start}-{start}/{total}",
        "bytes {start}-{end}/999999",
        "bytes {start}-{end}/*",
        "words {start}-{end}/{total}",
        "",
    ],
)
def test_a_wrong_content_range_is_not_believed(tmp_path: Path, content_range: str) -> None:
    liar = archive(DATA, content_range=content_range)

    fetched = download(tmp_path / "a", archive(DATA, cut=100_000), liar, archive(DATA))

    assert ranges(fetched) == ["", "bytes=100000-", ""]
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_206_of_another_version_is_not_joined_to_the_part(tmp_path: Path) -> None:
    async def ignores_if_range(asked: web.Asked, writer: asyncio.StreamWriter) -> None:
        await archive(OTHER + bytes(50_000), '"2"')(
            replace(asked, headers={**asked.headers, "if-range": '"2"'}), writer
        )

    fetched = download(tmp_path / "a", archive(DATA, cut=9_000), ignores_if_range, archive(DATA))

    assert len(fetched.asked) == 3
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_range_that_is_not_there_begins_anew(tmp_path: Path) -> None:
    leave_part(tmp_path, bytes(len(DATA) + 9), total=0)

    fetched = download(tmp_path / "a", archive(DATA), address=same_address(tmp_path))

    assert ranges(fetched) == [f"bytes={len(DATA) + 9}-", ""]
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_part_of_the_file_that_nobody_asked_for_is_not_the_file(tmp_path: Path) -> None:
    head = f"HTTP/1.1 206 P\r\nContent-Range: bytes 0-9/{len(DATA)}\r\nContent-Length: 10\r\n\r\n"

    fetched = download(
        tmp_path / "a", sends(head.encode() + DATA[:10]), limits=DownloadLimits(tries=2)
    )

    assert reason(fetched) == "network"
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("status", [204, 203])
def test_a_success_without_the_file_is_no_success(tmp_path: Path, status: int) -> None:
    answer = serves(b"" if status == 204 else b"hello", status=status)

    fetched = download(tmp_path / "a", answer, limits=DownloadLimits(tries=1))

    assert reason(fetched) == "network"
    assert not (tmp_path / "a").exists()


def test_a_part_that_another_process_changed_does_not_become_the_file(tmp_path: Path) -> None:
    async def intrude(asked: web.Asked, writer: asyncio.StreamWriter) -> None:
        (tmp_path / "a.part").write_bytes(b"other")
        await archive(DATA)(asked, writer)

    leave_part(tmp_path, DATA[:1_000], total=len(DATA))

    with pytest.raises(FetchError, match="another process writes it too"):
        download(tmp_path / "a", intrude, address=same_address(tmp_path))

    assert not (tmp_path / "a").exists()


# ---- limits ----


@pytest.mark.parametrize("is_said", [True, False], ids=["said", "not said"])
def test_a_file_over_the_limit_is_refused(tmp_path: Path, is_said: bool) -> None:
    said = f"Content-Length: {len(DATA)}\r\n" if is_said else ""
    fetched = download(
        tmp_path / "a",
        sends(f"HTTP/1.1 200 OK\r\n{said}\r\n".encode() + DATA),
        limits=DownloadLimits(most_bytes=100_000),
    )

    assert reason(fetched) == "too-big"
    assert len(fetched.asked) == 1
    assert not (tmp_path / "a").exists()


def test_a_private_address_is_refused_also_behind_a_redirect(tmp_path: Path) -> None:
    direct = download(tmp_path / "a", archive(DATA), options=replace(OPTIONS, allow_hosts=()))
    behind = download(tmp_path / "b", moves("http://127.0.0.2:{port}/a.warc.gz"))

    assert (reason(direct), direct.asked) == ("address", [])
    assert (reason(behind), len(behind.asked)) == ("address", 1)


def test_a_circle_of_redirects_is_refused(tmp_path: Path) -> None:
    assert reason(download(tmp_path / "a", moves("/a.warc.gz"))) == "redirects"


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (500, 2), (503, 2)])
def test_only_passing_trouble_is_tried_again(tmp_path: Path, status: int, asked: int) -> None:
    fetched = download(tmp_path / "a", serves(b"no", status=status), limits=DownloadLimits(tries=2))

    assert isinstance(fetched.answer, Refused)
    assert fetched.answer.status == status
    assert len(fetched.asked) == asked


def test_a_host_that_asks_for_a_pause_gets_it(tmp_path: Path) -> None:
    busy = serves(b"", status=503, headers={"Retry-After": "120"})

    fetched = download(tmp_path / "a", busy, archive(DATA))

    assert fetched.answer == len(DATA)
    assert fetched.clock.slept == [120.0]


def test_a_host_that_asks_for_a_long_pause_ends_the_download(tmp_path: Path) -> None:
    busy = serves(b"", status=429, headers={"Retry-After": "7200"})

    fetched = download(tmp_path / "a", busy)

    assert isinstance(fetched.answer, Refused)
    assert fetched.answer.retry_at == START + timedelta(hours=2)
    assert fetched.clock.slept == []


def test_a_slow_drip_ends(tmp_path: Path) -> None:
    slow = drips(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x" * 5_000, 0.01)

    fetched = download(
        tmp_path / "a",
        slow,
        options=replace(OPTIONS, timeout_seconds=0.1),
        limits=DownloadLimits(tries=1),
    )

    assert reason(fetched) == "too-slow"


def test_a_long_download_is_not_too_slow(tmp_path: Path) -> None:
    fetched = download(
        tmp_path / "a",
        archive(DATA[:20_000], pause_seconds=0.02),
        options=replace(OPTIONS, timeout_seconds=0.2),
    )

    assert fetched.answer == 20_000


# ---- the disk ----


def test_a_full_disk_is_told_and_leaves_no_file_under_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """A file on a disk that has room for 100,000 bytes; no test may fill a real one."""

        def __init__(self, file: Any) -> None:
            self._file = file
            self._room = 100_000

        def write(self, data: memoryview) -> int:
            if not self._room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            count: int = self._file.write(data[: self._room])
            self._room -= count
            return count

        def close(self) -> None:
            self._file.close()

    plain = Path.open

    def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        file = plain(path, mode, *rest, **more)
        return Full(file) if mode == "ab" else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", opened)
        with pytest.raises(FetchError) as caught:
            download(tmp_path / "a", archive(DATA))

    assert "No space left on device" in caught.value.what
    assert caught.value.subject == str(tmp_path / "a.part")
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "a.part").read_bytes() == DATA[:100_000]


_CHILD = """
import asyncio, sys
from pathlib import Path
from copydesk.fetch import WallClock
from copydesk.fetch.web import Web
from copydesk.fetch.web.downloads import Downloads
from copydesk.news.options import FetchOptions

async def work():
    clock = WallClock()
    async with Web(FetchOptions(allow_hosts=("127.0.0.1",)), clock) as web:
        await Downloads(web, clock).fetch(sys.argv[1], Path(sys.argv[2]))

asyncio.run(work())
"""


@pytest.mark.slow
def test_a_killed_download_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    target = tmp_path / "a"

    async def work(world: World) -> list[str]:
        world.at("/a.warc.gz", archive(DATA, pause_seconds=0.01))
        address = world.url("/a.warc.gz")
        for least in (20_000, 60_000):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _CHILD, address, str(target)
            )
            until = time.monotonic() + PATIENCE_SECONDS
            while not (tmp_path / "a.part").exists() or size() < least:
                assert time.monotonic() < until
                await asyncio.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            assert not target.exists()
        async with Web(OPTIONS, WallClock()) as raw:
            assert await Downloads(raw, WallClock()).fetch(address, target) == len(DATA)
        return [asked.headers.get("range", "") for asked in world.asked]

    def size() -> int:
        return (tmp_path / "a.part").stat().st_size

    asked = web.run(work)

    assert target.read_bytes() == DATA
    assert asked[0] == ""
    assert all(int(text.strip("bytes=-")) >= 20_000 for text in asked[1:])
    assert list(tmp_path.iterdir()) == [target]


# ---- manners ----


def polite(raw: Web, clock: StepClock) -> Polite:
    return Polite(raw, replace(OPTIONS, delay_seconds=7), clock)


def test_each_request_of_a_download_waits_for_the_turn_of_its_host(tmp_path: Path) -> None:
    fetched = download(
        tmp_path / "a",
        archive(DATA, cut=0),
        moves("/a.warc.gz?2"),
        manners=polite,
        prepare=lambda world: world.at("/a.warc.gz?2", archive(DATA)),
    )

    assert fetched.answer == len(DATA)
    assert fetched.asked[0].path == "/robots.txt"
    assert fetched.clock.slept == [7.0, 5.0, 2.0, 7.0]


def test_robots_txt_forbids_a_download(tmp_path: Path) -> None:
    rules = serves(b"User-agent: *\nDisallow: /a", content_type="text/plain")

    fetched = download(
        tmp_path / "a",
        archive(DATA),
        manners=polite,
        prepare=lambda world: world.at("/robots.txt", rules),
    )

    assert reason(fetched) == "robots"
    assert [asked.path for asked in fetched.asked] == ["/robots.txt"]


def test_what_a_download_was_told_holds_for_the_next_request_to_the_host() -> None:
    desk = Desk({})
    url = "https://data.example/a"

    async def work() -> list[Refused | None]:
        first = await desk.polite.turn(url)
        desk.polite.note(page(url, 429, retry_after="60"))
        return [first, await desk.polite.turn(url)]

    first, second = asyncio.run(work())

    assert first is None
    assert second is not None
    assert (second.reason, second.retry_at) == ("slow-down", START + timedelta(seconds=65))


def test_a_turn_for_no_web_address_is_refused() -> None:
    answer = asyncio.run(Desk({}).polite.turn("javascript:1"))

    assert answer is not None
    assert answer.detail == "not a web address"
